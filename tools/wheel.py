"""`make wheel`: builds the package's wheel into dist/, from a copy, because a build leaves files beside the sources.

python tools/wheel.py [FOLDER]
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "include/orderflow")


def build(folder: Path) -> Path:
    """Build the wheel into the folder; return its path."""
    with tempfile.TemporaryDirectory(prefix="orderflow-wheel-") as copy:
        for name in SOURCES:
            source, target = REPOSITORY / name, Path(copy) / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        uv = Path(sys.executable).parent / "uv"
        command = [str(uv), "build", "--quiet", "--wheel", "--out-dir", str(folder.resolve()), copy]
        # The build has its own environment: nothing else on this one's path belongs to it.
        own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        subprocess.run(command, check=True, env=own)
    return max(folder.glob("orderflow-*.whl"), key=lambda path: path.stat().st_mtime)


if __name__ == "__main__":
    print(build(Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "dist"))
