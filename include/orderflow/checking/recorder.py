"""Recording a shop in a folder: shapes and verdicts, no data."""

import json
import os
from pathlib import Path

from orderflow.checking.report import Checked
from orderflow.errors import ConfigurationError

FILE = "shop.json"


def record(checked: Checked, folder: Path) -> Path:
    """Write the shapes of the answers and the outcome of each assumption; ConfigurationError if that fails.

    What a verdict is based on is left out: it may quote references and ids.
    """
    document = {**checked.shapes, "outcomes": {name: one.outcome.value for name, one in checked.verdicts.items()}}
    path = folder / FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            json.dump(document, file, indent=1)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error
    return path
