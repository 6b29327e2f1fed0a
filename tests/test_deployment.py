"""docker-compose.yaml and its Celery override: whole, and safe as they come."""

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import env_file

ROOT = Path(__file__).parent.parent
LOCAL = ("docker-compose.yaml",)
CELERY = (*LOCAL, "docker-compose.celery.yaml")
TOGETHER = [pytest.param(LOCAL, id="local"), pytest.param(CELERY, id="celery")]
NEEDS_SECRET = re.compile(r"PASSWORD|SECRET|FERNET|CONN|RESULT_BACKEND|BROKER|AUTH$")
ENDS_BY_ITSELF = {"init"}


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    path = tmp_path / "env"
    path.write_text(env_file.content(), encoding="utf-8")
    return path


def compose(files: tuple[str, ...], env: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("docker-compose", path=f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}")
    if not program:
        pytest.skip("there is no docker-compose on this machine")
    named = [word for file in files for word in ("-f", str(ROOT / file))]
    command = [program, "--env-file", str(env), "--profile", "demo", *named, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]})


def services(files: tuple[str, ...], env: Path) -> dict[str, Any]:
    told = compose(files, env, "config")
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = yaml.safe_load(told.stdout)["services"]
    return found


@pytest.mark.parametrize("files", TOGETHER)
def test_compose_finds_no_fault(files: tuple[str, ...], secrets: Path) -> None:
    checked = compose(files, secrets, "config", "-q")
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("files", TOGETHER)
def test_without_secrets_nothing_starts_and_the_error_says_what_to_do(files: tuple[str, ...], tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    refused = compose(files, empty, "config", "-q")
    assert refused.returncode != 0
    assert "make env" in refused.stderr


@pytest.mark.parametrize("name", CELERY)
def test_no_secret_stands_in_the_files_themselves(name: str) -> None:
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        key, colon, value = line.strip().partition(": ")
        if colon and NEEDS_SECRET.search(key):
            assert "${" in value, line
            assert ":-" not in value, f"{line}: a default would be a password that everyone knows"


@pytest.mark.parametrize("files", TOGETHER)
def test_every_service_is_watched_restarted_bounded_and_logs_within_limits(
    files: tuple[str, ...], secrets: Path
) -> None:
    for name, service in services(files, secrets).items():
        assert service["logging"]["options"]["max-size"], name
        if name not in ENDS_BY_ITSELF:
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name
            assert service["deploy"]["resources"]["limits"]["memory"], name


@pytest.mark.parametrize("files", TOGETHER)
def test_only_airflows_page_is_published_and_on_loopback(files: tuple[str, ...], secrets: Path) -> None:
    published = {name: service["ports"] for name, service in services(files, secrets).items() if "ports" in service}
    assert list(published) == ["api-server"]
    assert [port["host_ip"] for port in published["api-server"]] == ["127.0.0.1"]


def test_nothing_of_ours_runs_as_root_or_writes_into_the_code(secrets: Path) -> None:
    for name, service in services(CELERY, secrets).items():
        if name not in {"postgres", "redis"}:
            assert service["user"] == "50000:0", name
            assert all(mount["read_only"] for mount in service["volumes"] if mount["type"] == "bind"), name


def test_celery_changes_the_executor_and_adds_redis_and_workers_and_nothing_else(secrets: Path) -> None:
    local, celery = services(LOCAL, secrets), services(CELERY, secrets)
    assert set(celery) - set(local) == {"redis", "worker"}
    for name in set(local) - {"postgres", "sandbox"}:
        changed = dict(celery[name]["environment"].items() - local[name]["environment"].items())
        assert set(changed) == {"AIRFLOW__CORE__EXECUTOR"} | {key for key in changed if "CELERY" in key}, name
        assert changed["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert celery["worker"]["environment"].keys() >= celery["scheduler"]["environment"].keys()


def test_the_env_file_is_random_private_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".env"
    monkeypatch.setattr(env_file, "ENV_FILE", path)
    assert env_file.main() == 0
    written = path.read_text(encoding="utf-8")
    assert env_file.main() == 0

    assert path.read_text(encoding="utf-8") == written
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first, second = (dict(line.split("=", 1) for line in text.splitlines()) for text in (written, env_file.content()))
    alike = {name for name in first if first[name] == second[name]}
    assert alike == {"CLOUDSUITE_CONNECTION", "ERP_CONNECTION", "ORDERFLOW_SETTINGS", "DAGS_PAUSED"}
    assert all(len(first[name]) >= 40 for name in first if name not in alike)
