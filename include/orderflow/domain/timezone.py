"""Names of time zones in the settings."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

_LONGEST = 100


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # a folder of zones, or a name too long for a file
        raise ValueError(f"{name[:_LONGEST]!r} is not a time zone") from error
    return name


Timezone = Annotated[str, AfterValidator(_known_zone)]
