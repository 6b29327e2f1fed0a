"""docker-compose.yaml and its Celery override: complete, and safe by default."""

import json
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import env_file

ROOT = Path(__file__).parent.parent
LOCAL = ("docker-compose.yaml",)
CELERY = (*LOCAL, "docker-compose.celery.yaml")
TOGETHER = [pytest.param(LOCAL, id="local"), pytest.param(CELERY, id="celery")]
NEEDS_SECRET = re.compile(r"PASSWORD|SECRET|FERNET|CONN|RESULT_BACKEND|BROKER|AUTH$")
NO_SECRET = re.compile(r"_CMD$|^AIRFLOW__SECRETS__")
ENDS_BY_ITSELF = {"init"}


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    env_file.write_secrets(tmp_path / "secrets", {})
    path = tmp_path / "env"
    path.write_text(env_file.content(str(tmp_path / "secrets")), encoding="utf-8")
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


@pytest.mark.parametrize("files", TOGETHER)
def test_no_secret_is_in_an_environment_or_a_command(files: tuple[str, ...], secrets: Path) -> None:
    known = [path.read_text(encoding="utf-8") for path in (secrets.parent / "secrets").iterdir()]
    told = compose(files, secrets, "config")
    assert not [secret for secret in known if secret in told.stdout]
    for name, service in services(files, secrets).items():
        for variable, value in service.get("environment", {}).items():
            if NEEDS_SECRET.search(variable) and not NO_SECRET.search(variable):
                pytest.fail(f"{name}: {variable}")
            assert not variable.endswith("_CMD") or value.startswith("cat /run/secrets/"), name


@pytest.mark.parametrize("files", TOGETHER)
def test_each_service_has_the_secrets_it_needs_and_no_others(files: tuple[str, ...], secrets: Path) -> None:
    held = {name: _files(service) for name, service in services(files, secrets).items()}
    celery = {"celery_broker", "celery_results"} if files == CELERY else set()
    tasks = "worker" if files == CELERY else "scheduler"

    assert [name for name, files in held.items() if "connections.json" in files] == [tasks], "shop and ERP"
    assert held["sandbox"] == set()
    assert held["dag-processor"] == {"airflow_database"} | celery
    assert held["api-server"] - celery == {
        "airflow_database",
        "fernet_key",
        "api_secret_key",
        "jwt_secret",
        "ledger_connection.json",
    }
    only = {"postgres_password": "postgres", "admin_password": "init", "redis_password": "redis"}
    for secret, service in only.items():
        assert [name for name, files in held.items() if secret in files] in ([service], []), secret


def _files(service: dict[str, Any]) -> set[str]:
    """Return the names of the files on this machine whose text a service gets to read."""
    names = {secret["source"] for secret in service.get("secrets", [])}
    return {"ledger_connection.json" if name == "ledger_connection" else name for name in names}


def test_the_pages_connections_are_the_ledger_alone(secrets: Path) -> None:
    folder = secrets.parent / "secrets"
    assert set(json.loads((folder / "ledger_connection.json").read_text())) == {"orderflow_ledger"}
    everything = json.loads((folder / "connections.json").read_text())
    assert set(everything) == {"orderflow_ledger", "cloudsuite_default", "erp_default"}


@pytest.mark.parametrize("files", TOGETHER)
def test_every_service_may_do_and_write_as_little_as_it_needs(files: tuple[str, ...], secrets: Path) -> None:
    for name, service in services(files, secrets).items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["deploy"]["resources"]["limits"]["pids"], name
        assert not service.get("privileged"), name
        assert "cap_add" not in service or name == "postgres"


def test_the_image_of_production_has_neither_tests_nor_sandbox() -> None:
    stages = re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    by_name = {stage.splitlines()[0].partition(" AS ")[2]: stage for stage in stages}
    copied = re.findall(r"^COPY (.+)$", by_name["production"], re.MULTILINE)
    assert copied == [
        "deploy/image.lock deploy/image-lxml.lock /opt/orderflow/",
        "dags /opt/airflow/dags",
        "include/orderflow /opt/airflow/include/orderflow",
        "include/orderflow.dist-info /opt/airflow/include/orderflow.dist-info",
    ]
    assert "include/sandbox" in by_name["trial"]
    assert stages[-1].strip() == "production", "what is built when no target is named"


def test_production_is_what_every_service_but_the_sandbox_is_built_from(secrets: Path) -> None:
    targets = {
        name: service["build"]["target"] for name, service in services(CELERY, secrets).items() if "build" in service
    }
    assert targets.pop("sandbox") == "trial"
    assert set(targets.values()) == {"production"}


def test_helm_values_fit_the_charts_schema() -> None:
    """The schema is 650 KB and not kept here; name a copy of it: `values.schema.json` of the unpacked chart."""
    schema = os.environ.get("ORDERFLOW_CHART_SCHEMA")
    if not schema:
        pytest.skip("ORDERFLOW_CHART_SCHEMA names no values.schema.json of Airflow's chart")
    rules = json.loads(Path(schema).read_text(encoding="utf-8"))
    values = yaml.safe_load((ROOT / "deploy" / "helm" / "values.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(values, rules)
    assert values.keys() <= rules["properties"].keys(), "the chart ignores keys that it does not know"


TEXT = {"type": "string"}
CHART = {
    **dict.fromkeys(
        ["airflowVersion", "defaultAirflowRepository", "defaultAirflowTag", "executor", "extraEnvFrom"], TEXT
    ),
    **dict.fromkeys(["fernetKeySecretName", "jwtSecretName", "apiSecretKeySecretName"], TEXT),
    "env": {
        "type": "array",
        "items": {
            "properties": {"name": TEXT, "value": TEXT},
            "required": ["name", "value"],
            "additionalProperties": False,
        },
    },
    "data": {"properties": {"metadataSecretName": TEXT, "brokerUrlSecretName": TEXT}, "additionalProperties": False},
    "migrateDatabaseJob": {"properties": {"args": {"type": "array", "items": TEXT}}, "additionalProperties": False},
    "postgresql": {"properties": {"enabled": {"type": "boolean"}}, "additionalProperties": False},
}
"""The keys that we use, with their types in the chart of which docs/how-to/deployment.md speaks."""


def test_helm_values_have_the_charts_types_and_migrate_the_ledger() -> None:
    values = yaml.safe_load((ROOT / "deploy" / "helm" / "values.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(values, {"properties": CHART, "additionalProperties": False})
    assert values["migrateDatabaseJob"]["args"][-1].splitlines() == ["airflow db migrate", "python -m orderflow.ledger"]
    assert yaml.safe_load(values["extraEnvFrom"]) == [{"secretRef": {"name": "orderflow-connections"}}]


@pytest.mark.parametrize("lock", ["image", "image-lxml", "image-tests"])
def test_the_images_locks_have_a_hash_for_each_package_that_is_asked_for(lock: str) -> None:
    asked = {
        re.split(r"[\[=<>]", line.split("#")[0].strip())[0]
        for line in (ROOT / "deploy" / f"{lock}.in").read_text(encoding="utf-8").splitlines()
    } - {""}
    locked = (ROOT / "deploy" / f"{lock}.lock").read_text(encoding="utf-8")
    found = dict(re.findall(r"^([a-z0-9-]+)==\S+((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", locked, re.MULTILINE))
    assert set(found) == asked
    assert locked.count("==") == len(found)


def test_actions_of_ci_are_pinned_by_hash() -> None:
    for path in (ROOT / ".github" / "workflows").iterdir():
        used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
        assert used
        for action in used:
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v\d+(\.\d+)*", action), action


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
            assert all(mount["read_only"] for mount in service.get("volumes", []) if mount["type"] == "bind"), name


def test_celery_changes_the_executor_and_adds_redis_and_workers_and_nothing_else(secrets: Path) -> None:
    local, celery = services(LOCAL, secrets), services(CELERY, secrets)
    assert set(celery) - set(local) == {"redis", "worker"}
    for name in set(local) - {"postgres", "sandbox"}:
        changed = dict(celery[name]["environment"].items() - local[name]["environment"].items())
        assert set(changed) == {"AIRFLOW__CORE__EXECUTOR"} | {key for key in changed if "CELERY" in key}, name
        assert changed["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    tokens = {"AIRFLOW__API_AUTH__JWT_SECRET_CMD"}  # a worker gets its tokens with its work, and makes none
    assert celery["worker"]["environment"].keys() >= celery["scheduler"]["environment"].keys() - tokens


def test_secrets_are_random_closed_to_others_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env_file, "ENV_FILE", tmp_path / ".env")
    monkeypatch.setattr(env_file, "SECRETS", tmp_path / ".secrets")
    assert env_file.main() == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / ".secrets").iterdir()}
    assert env_file.main() == 0

    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / ".secrets").iterdir()} == written
    assert stat.S_IMODE((tmp_path / ".secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    others = env_file.secret_files({})
    assert not [name for name, text in written.items() if text == others[name] or len(text) < 40]
    assert not [text for text in written.values() if text in (tmp_path / ".env").read_text(encoding="utf-8")]


def test_passwords_of_an_earlier_env_file_are_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The databases know no others, and rows were encrypted with the old key."""
    monkeypatch.setattr(env_file, "ENV_FILE", tmp_path / ".env")
    monkeypatch.setattr(env_file, "SECRETS", tmp_path / ".secrets")
    earlier = (
        "AIRFLOW_DB_PASSWORD=old-airflow\nLEDGER_DB_PASSWORD=old-ledger\nFERNET_KEY=old-key=\n"
        """CLOUDSUITE_CONNECTION='{"conn_type": "cloudsuite", "password": "old=secret"}'\nERP_CONNECTION=http://a:b@erp\n"""
    )
    (tmp_path / ".env").write_text(earlier, encoding="utf-8")
    assert env_file.main() == 0

    texts = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / ".secrets").iterdir()}
    assert texts["airflow_database"] == "postgresql+psycopg2://airflow:old-airflow@postgres/airflow"
    assert texts["fernet_key"] == "old-key="
    connections = json.loads(texts["connections.json"])
    assert connections["orderflow_ledger"]["password"] == "old-ledger"
    assert connections["cloudsuite_default"]["password"] == "old=secret"
    assert connections["erp_default"] == "http://a:b@erp"
    assert (tmp_path / ".env").read_text(encoding="utf-8") == earlier
    said = capsys.readouterr().out
    assert "SECRETS=./.secrets" in said
    assert "old-" not in said


def test_half_a_folder_of_secrets_is_refused(tmp_path: Path) -> None:
    env_file.write_secrets(tmp_path / "secrets", {})
    (tmp_path / "secrets" / "redis_password").unlink()
    with pytest.raises(SystemExit, match="redis_password missing"):
        env_file.write_secrets(tmp_path / "secrets", {})
