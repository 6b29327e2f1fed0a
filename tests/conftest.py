"""What all tests share: no network beyond loopback, a separate Airflow home, one sandbox, one PostgreSQL server."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

# Airflow reads these when it is first imported.
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="orderflow-tests-")
os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(Path(__file__).parent.parent / "dags")
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] = "False"
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"

import hypothesis
import pytest
from sqlalchemy import URL

from postgres import postgres_server
from sandbox.control import SandboxControl
from sandbox.server import RunningSandbox, running
from support.ledgers import ledger_folder, migrated_database  # noqa: F401 - fixtures of all ledgers
from support.live_airflow import live, whole  # noqa: F401 - fixtures: one Airflow for tests/live and tests/browser
from support.orderflow_command import environment, own_logging  # noqa: F401 - fixtures of the command's tests
from tryton import RunningTryton
from tryton import running as running_tryton

if TYPE_CHECKING:
    from support.django_shop.server import DjangoShop

hypothesis.settings.register_profile("tests", deadline=None)  # a busy machine is not a failure
hypothesis.settings.load_profile("tests")


def pytest_configure(config: pytest.Config) -> None:
    """No test may reach beyond this machine."""
    config.option.allow_hosts = "127.0.0.1,::1"
    config.option.allow_unix_socket = True


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Decide which tests share a process when `make test` runs them in several."""
    from support.parallel_tests import ByWhatTheyStart  # noqa: PLC0415 - without xdist there is nothing to import

    return ByWhatTheyStart(config, log)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    """Return the one sandbox that the tests share; `control` resets it for each."""
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def control(sandbox: RunningSandbox) -> Iterator[SandboxControl]:
    """Return the sandbox's controls; the sandbox is empty and well-behaved."""
    with SandboxControl(sandbox.url) as control:
        control.reset()
        yield control
        control.release()


@pytest.fixture(scope="session")
def django_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator["DjangoShop"]:
    """Return the one shop built with Django REST Framework; `django_shop` empties it for each test."""
    from support.django_shop.server import running as running_django  # noqa: PLC0415 - half a second, for few tests

    with running_django(tmp_path_factory.mktemp("django")) as shop:
        yield shop


@pytest.fixture
def django_shop(django_server: "DjangoShop") -> "DjangoShop":
    """Return the shop without orders, well-behaved."""
    django_server.empty()
    return django_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """Return the URL of a PostgreSQL server; see `postgres.fresh_database`."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def tryton_server(postgres: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTryton]:
    """Return the one Tryton that the tests share; `tryton` empties it for each. Mark tests that use it `tryton`."""
    with running_tryton(postgres, tmp_path_factory.mktemp("tryton")) as tryton:
        yield tryton


@pytest.fixture
def tryton(tryton_server: RunningTryton) -> RunningTryton:
    """Return a Tryton with master data and without sales."""
    tryton_server.forget_sales()
    return tryton_server
