"""Installs system packages that the project's commands need and this machine lacks: with apt, as root or with sudo.

    python3 tools/system_packages.py [python] [postgresql] [browser]

Existing programs are used. If nothing may be installed, it lists what is missing and ends with exit code 1. Needs
nothing but Python itself.
"""

import argparse
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import programs

PLAYWRIGHT = Path(__file__).parent.parent / ".venv" / "bin" / "playwright"
PYTHON_PACKAGE = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
PLAYWRIGHT_NEEDS = "libatomic.so.1"
"""Playwright's driver is a Node that fails without this library, which a bare Debian 12 lacks."""
WITHOUT_APT = {
    "python": "the Python modules `venv` and `ensurepip`, which some systems package apart from Python",
    "postgresql": "PostgreSQL 15 or newer: the server's programs (`initdb`, `pg_ctl`); no server has to run",
    "browser": f"Chromium or Google Chrome, or {programs.BROWSER_VARIABLE}=/path/to/it; and {PLAYWRIGHT_NEEDS}",
}
HOMEBREW = {"python": "python@3.13", "postgresql": "postgresql@17", "browser": "--cask google-chrome"}


def is_there(part: str) -> bool:
    """Say whether this machine has what the part needs."""
    if part == "python":
        return all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))
    if part == "postgresql":
        return programs.postgresql() is not None
    return programs.browser() is not None and programs.has_library(PLAYWRIGHT_NEEDS)


def main(parts: Sequence[str]) -> int:
    """Install what is missing; return the exit code."""
    missing = [part for part in parts if not is_there(part)]
    if not missing:
        return 0
    system = _System()
    if (as_root := system.as_root()) is not None:
        _say(f"Installing for {', '.join(missing)} …")
        for step in [step for part in missing for step in system.steps(part)]:
            command = [*(as_root if step.as_root else []), *step.command]
            if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
                _say(f"this failed: {step}")
        missing = [part for part in missing if not is_there(part)]
        if not missing:
            return 0
    _say("This machine lacks what the next step needs, and it could not be installed from here:")
    for part in missing:
        _say(f"  - {WITHOUT_APT[part]}")
    if instructions := system.instructions(missing):
        _say("Run this, then the same command again:", *(f"  {line}" for line in instructions))
    return 1


class InstallStep(NamedTuple):
    """One command of an installation."""

    command: list[str]
    as_root: bool = True

    def __str__(self) -> str:
        words = " ".join(f'"{word}"' if " " in word else word for word in self.command)
        return f"sudo {words}" if self.as_root else words


class _System:
    """How packages are installed on this machine."""

    def __init__(self) -> None:
        self._apt = shutil.which("apt-get")
        self._updated = False

    def as_root(self) -> list[str] | None:
        """Return the prefix that runs a command as root; None if that is impossible, or without apt."""
        if not self._apt:
            return None
        if os.geteuid() == 0:
            return []
        sudo = shutil.which("sudo")
        allowed = sudo and not subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode
        return ["sudo", "-n"] if allowed else None

    def steps(self, part: str) -> list[InstallStep]:
        """Return the steps that install a part with apt."""
        update = [] if self._updated else [InstallStep(["apt-get", "update", "-qq"])]
        self._updated = True
        if part == "python":
            return [*update, _install(PYTHON_PACKAGE)]
        if part == "postgresql":
            return [*update, _install("postgresql-common"), _NO_CLUSTER, _install("postgresql")]
        if _is_ubuntu():  # its package `chromium` is a snap
            by_playwright = [str(PLAYWRIGHT), "install", "--with-deps", "--only-shell", "chromium"]
            return [*update, _install("libatomic1"), InstallStep(by_playwright, as_root=False)]
        return [*update, _install("libatomic1", "chromium", "fonts-liberation")]

    def instructions(self, parts: Sequence[str]) -> list[str]:
        """Return the commands that a person can type to install the parts."""
        if self._apt:
            self._updated = False
            return [str(step) for part in parts for step in self.steps(part)]
        if sys.platform == "darwin":
            return [f"brew install {HOMEBREW[part]}" for part in parts]
        return []


# Only the programs are needed, not a running server.
_NO_CLUSTER = InstallStep(
    [
        *("sed", "-i", "s/^#create_main_cluster.*/create_main_cluster=false/"),
        "/etc/postgresql-common/createcluster.conf",
    ]
)


def _install(*packages: str) -> InstallStep:
    quietly = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    return InstallStep([*quietly, *packages])


def _is_ubuntu() -> bool:
    try:
        return platform.freedesktop_os_release().get("ID") == "ubuntu"
    except OSError:
        return False


def _say(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=("python", "postgresql", "browser"))
    sys.exit(main(parser.parse_args().parts))
