"""Setting up a fresh machine: system packages by apt or by instructions, and an installer that crashes."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import programs

TOOLS = Path(__file__).parent.parent / "tools"
DEBIAN = not Path("/etc/os-release").exists() or "ubuntu" not in Path("/etc/os-release").read_text(encoding="utf-8")
ENV = 'while case $1 in *=*) ;; *) false;; esac; do shift; done; "$@"'

Script = Callable[[str, str], Path]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Return a function that puts a shell script with this text below the test's folder."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return write


def system_packages(tmp_path: Path, *, user: int, part: str = "browser") -> subprocess.CompletedProcess[str]:
    """Run the script as this user, with a browser that is missing and no program on the PATH but the test's own."""
    run = f"runpy.run_path({str(TOOLS / 'system_packages.py')!r}, run_name='__main__')"
    setup = f"os.geteuid = lambda: {user}; sys.argv[1:] = [{part!r}]; sys.path.insert(0, {str(TOOLS)!r})"
    code = f"import os, runpy, sys; {setup}; {run}"
    environment = {"PATH": str(tmp_path / "bin"), programs.BROWSER_VARIABLE: str(tmp_path / "browser")}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_what_is_there_is_used_and_nothing_is_installed(tmp_path: Path, script: Script) -> None:
    script("bin/apt-get", "echo apt was called >&2; exit 1")
    script("browser", "")
    done = system_packages(tmp_path, user=0)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not DEBIAN, reason="Ubuntu's Chromium is a snap: there Playwright installs the browser")
@pytest.mark.parametrize("user", [0, 1000])
def test_apt_installs_what_is_missing_as_root_or_by_sudo(tmp_path: Path, script: Script, user: int) -> None:
    script("bin/env", ENV)
    script("bin/apt-get", f'echo "$@" >> {tmp_path}/calls; : > {tmp_path}/browser')
    script("bin/sudo", 'shift; [ "$1" = true ] || "$@"')
    done = system_packages(tmp_path, user=user)
    assert done.returncode == 0, done.stderr
    update, install = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert update.startswith("update")
    assert install.endswith("chromium fonts-liberation")


@pytest.mark.skipif(not DEBIAN, reason="Ubuntu's Chromium is a snap: there Playwright installs the browser")
def test_where_sudo_asks_for_a_password_the_commands_are_named_and_nothing_is_run(
    tmp_path: Path, script: Script
) -> None:
    script("bin/apt-get", f": > {tmp_path}/called")
    script("bin/sudo", "exit 1")
    done = system_packages(tmp_path, user=1000)
    assert done.returncode == 1
    assert "Chromium or Google Chrome" in done.stderr
    assert "sudo apt-get update" in done.stderr
    assert "install -y -qq --no-install-recommends libatomic1 chromium fonts-liberation" in done.stderr
    assert not (tmp_path / "called").exists()


def test_without_apt_it_says_what_is_needed(tmp_path: Path) -> None:
    done = system_packages(tmp_path, user=0)
    assert done.returncode == 1
    assert f"Chromium or Google Chrome, or {programs.BROWSER_VARIABLE}=" in done.stderr


def test_a_library_that_cannot_be_loaded_is_missing() -> None:
    assert programs.has_library("libc.so.6")
    assert not programs.has_library("libnobody-has-this.so.1")


@pytest.mark.skipif(not DEBIAN, reason="Ubuntu's Chromium is a snap: there Playwright installs the browser")
def test_an_installation_that_fails_ends_with_instructions(tmp_path: Path, script: Script) -> None:
    script("bin/env", ENV)
    script("bin/apt-get", "exit 100")
    done = system_packages(tmp_path, user=0)
    assert done.returncode == 1
    assert "this failed: sudo apt-get update" in done.stderr
    assert "Run this, then the same command again" in done.stderr


def test_ubuntus_stand_in_for_a_snap_is_no_browser(
    tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    script("bin/chromium", 'exec /snap/bin/chromium "$@"')
    browser = script("bin/google-chrome", "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv(programs.BROWSER_VARIABLE, raising=False)
    assert programs.browser() == browser


def _installer(
    tmp_path: Path, script: Script, python: str = sys.executable
) -> Callable[[], subprocess.CompletedProcess[str]]:
    """Return a function that runs a copy of install.sh on a lock of the test's own."""
    path = script("tools/install.sh", (TOOLS / "install.sh").read_text(encoding="utf-8"))
    (tmp_path / "requirements.lock").write_text("uv==1.0\n", encoding="utf-8")
    command = [str(path), python]
    return lambda: subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("deaths", "by_uv", "by_pip"), [(0, 1, 0), (1, 2, 0), (2, 2, 1)])
def test_an_installer_that_dies_is_tried_again_and_then_pip_does_it(
    tmp_path: Path, script: Script, deaths: int, by_uv: int, by_pip: int
) -> None:
    install = _installer(tmp_path, script)
    calls = tmp_path / "calls"
    script(".venv/bin/uv", f'echo uv >> {calls}; [ "$(grep -c uv {calls})" -gt {deaths} ] || kill -SEGV $$')
    script(".venv/bin/python", f"echo pip >> {calls}")
    done = install()
    assert done.returncode == 0, done.stderr
    said = calls.read_text(encoding="utf-8").split()
    assert (said.count("uv"), said.count("pip")) == (by_uv, by_pip)


def test_a_lock_that_is_installed_is_not_installed_again(tmp_path: Path, script: Script) -> None:
    install = _installer(tmp_path, script)
    calls = tmp_path / "calls"
    script(".venv/bin/uv", f"echo uv >> {calls}")
    assert [install().returncode, install().returncode] == [0, 0]
    assert calls.read_text(encoding="utf-8").split() == ["uv"]

    (tmp_path / "requirements.lock").write_text("uv==2.0\n", encoding="utf-8")
    assert install().returncode == 0
    assert calls.read_text(encoding="utf-8").split() == ["uv", "uv"]


def test_without_a_python_that_fits_it_says_so(tmp_path: Path, script: Script) -> None:
    done = _installer(tmp_path, script, python="")()
    assert done.returncode == 1
    assert "Python 3.11 to 3.14 is needed" in done.stderr
