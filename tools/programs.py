"""Finds the programs that tests and demos start on this machine: PostgreSQL's, and a browser.

Needs nothing but Python itself: it runs before anything is installed.
"""

import ctypes
import os
import shutil
import sys
from pathlib import Path

BROWSER_VARIABLE = "ORDERFLOW_BROWSER"
_POSTGRESQL_FOLDERS = (
    ("/usr/lib/postgresql", "*/bin"),  # Debian and Ubuntu keep the server's programs outside PATH
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
    ("/Applications/Postgres.app/Contents/Versions", "*/bin"),
)
_BROWSERS = ("chromium", "google-chrome-stable", "google-chrome", "chromium-browser")
_MAC_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def postgresql() -> Path | None:
    """Return the folder of `initdb`, `pg_ctl` and `pg_dump`: the newest version, otherwise the one on PATH."""
    found = [path for root, pattern in _POSTGRESQL_FOLDERS for path in Path(root).glob(f"{pattern}/initdb")]
    if found:
        return max(found, key=_version).parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


def browser() -> Path | None:
    """Return a Chromium or Chrome on this machine: the one in ORDERFLOW_BROWSER, otherwise the first one found."""
    if named := os.environ.get(BROWSER_VARIABLE):
        return Path(named) if Path(named).is_file() else None
    on_path = [Path(program) for name in _BROWSERS if (program := shutil.which(name))]
    known = [*on_path, *map(Path, _MAC_BROWSERS), *_playwright_browsers()]
    return next((path for path in known if path.is_file() and not _is_snap(path)), None)


def has_library(name: str) -> bool:
    """Say whether a shared library can be loaded; only checked on Linux."""
    if sys.platform != "linux":
        return True
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _version(program: Path) -> list[int]:
    """Read the version from the folder's name: `/usr/lib/postgresql/15/bin/initdb`, `…/postgresql@16/bin/initdb`."""
    return [int(part) for part in program.parts[-3].rpartition("@")[2].split(".") if part.isdigit()]


def _playwright_browsers() -> list[Path]:
    """Return the browsers that `playwright install chromium` has put in its own folder."""
    cache = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or cache)
    names = ("chrome", "headless_shell", "chrome-headless-shell", "Chromium")
    return sorted(path for name in names for path in folder.glob(f"chromium*/**/{name}") if os.access(path, os.X_OK))


def _is_snap(program: Path) -> bool:
    """Say whether it is a snap, which may not read our folders, or Ubuntu's script that asks to install one."""
    if program.resolve().is_relative_to("/snap"):
        return True
    with program.open("rb") as file:
        head = file.read(4096)
    return head.startswith(b"#!") and b"/snap/bin" in head
