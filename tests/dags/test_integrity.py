"""The DAG files: exactly these DAGs, parsed without database or network, with consistent properties."""

import inspect
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from orderflow.orchestration.edge import guarded

ROOT = Path(__file__).parents[2]
DECISIONS = "orderflow_decisions"
RUNNING = {"orderflow_daily", "orderflow_sweep", "orderflow_orders", "orderflow_deliveries", "orderflow_reconcile"} | {
    "orderflow_check"
}
DAGS = RUNNING | {DECISIONS}
MOST_RUNS = {"orderflow_orders": 8, DECISIONS: 50}
"""At a time; of all others two at most."""
NEEDS_NOTHING = """
import socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("a DAG file opened a connection while it was read")
socket.socket.connect = refuse
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
assert not bag.import_errors, bag.import_errors
print('DAGS', *sorted(bag.dags))
"""
LIGHT = {"domain", "environment", "errors", "orchestration", "redaction"}
HEAVY = {
    "aiohttp",
    "alembic",
    "httpx",
    "lxml",
    "opentelemetry",
    "psycopg",
    "pydantic",
    "requests",
    "sqlalchemy",
    "urllib3",
}
"""What takes longest to import, and only a running task needs."""
WHAT_A_FILE_IMPORTS = """
import sys
from airflow.dag_processing.dagbag import DagBag
import airflow.dag_processing.processor, airflow.serialization.serialized_objects
before = {*sys.modules}
bag = DagBag(sys.argv[1])
assert bag.dags and not bag.import_errors, bag.import_errors
print('IMPORTED', *sorted({*sys.modules} - before))
"""


@pytest.fixture(scope="session")
def bag() -> DagBag:
    return DagBag(str(ROOT / "dags"))


def test_exactly_these_dags_and_no_import_error(bag: DagBag) -> None:
    assert bag.import_errors == {}
    assert set(bag.dags) == DAGS


def test_each_file_is_named_after_its_dag() -> None:
    assert {path.stem for path in (ROOT / "dags").glob("*.py")} == DAGS


def test_reading_them_needs_no_database_no_network_no_connection_and_no_variable(tmp_path: Path) -> None:
    assert set(_said_by(NEEDS_NOTHING, tmp_path)) == DAGS
    assert not (tmp_path / "airflow.db").exists()
    assert not (tmp_path / "orderflow.db").exists()


def test_reading_them_imports_nothing_that_only_a_running_task_needs(tmp_path: Path) -> None:
    """The DAG processor reads each file every half minute, in a new process."""
    imported = _said_by(WHAT_A_FILE_IMPORTS, tmp_path)
    ours = {name.removeprefix("orderflow.") for name in imported if name.startswith("orderflow.")}
    assert "orchestration.tasks" in ours
    assert {name for name in ours if name.split(".")[0] not in LIGHT} == {"flow", "flow.batch"}, "for `retries`"
    assert [name for name in ours if name.endswith("_work")] == []
    assert HEAVY & {name.split(".")[0] for name in imported} == set(), "Airflow itself had not imported it"


def _said_by(code: str, home: Path) -> list[str]:
    """Read the DAG files in a new process that knows no connection; return the words of its one line in capitals."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "include"), "AIRFLOW_HOME": str(home)}
    environment["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
    command = [sys.executable, "-c", code, str(ROOT / "dags")]
    read = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    (said,) = [line for line in read.stdout.splitlines() if line.startswith(("DAGS ", "IMPORTED "))]
    return said.split()[1:]


@pytest.mark.parametrize("dag_id", sorted(DAGS))
def test_a_dag_survives_serialization(bag: DagBag, dag_id: str) -> None:
    """The scheduler only ever sees the serialized form."""
    again = DagSerialization.from_dict(DagSerialization.to_dict(bag.dags[dag_id]))
    assert set(again.task_ids) == set(bag.dags[dag_id].task_ids)


@pytest.mark.parametrize("dag_id", sorted(DAGS))
def test_every_dag_is_documented_owned_tagged_and_does_not_pile_up(bag: DagBag, dag_id: str) -> None:
    dag: DAG = bag.dags[dag_id]
    assert dag.doc_md
    assert "**When it fails" in dag.doc_md
    assert "orderflow" in dag.tags
    assert dag.catchup is False
    assert dag.max_active_runs <= MOST_RUNS.get(dag_id, 2)
    for task in dag.tasks:
        assert task.owner == "integration", task.task_id
        assert task.retries >= 2, task.task_id
        assert task.retry_policy is not None, task.task_id
        assert task.doc_md or task.python_callable.__doc__, task.task_id


@pytest.mark.parametrize("dag_id", sorted(RUNNING))
def test_a_run_that_waits_for_no_person_ends_in_time_or_is_reported(bag: DagBag, dag_id: str) -> None:
    dag: DAG = bag.dags[dag_id]
    assert dag.deadline
    assert dag.dagrun_timeout
    assert all(task.execution_timeout for task in dag.tasks)
    assert dag.dagrun_timeout > max(task.execution_timeout for task in dag.tasks if task.execution_timeout)


def test_a_question_waits_for_ever_and_no_time_out_answers_it(bag: DagBag) -> None:
    dag: DAG = bag.dags[DECISIONS]
    assert not dag.deadline
    assert dag.dagrun_timeout is None
    ask = dag.get_task("ask")
    assert ask.execution_timeout is None
    assert not {"defaults", "response_timeout"} & ask.partial_kwargs.keys()


def test_no_task_lets_an_error_out_unguarded(bag: DagBag) -> None:
    edge = Path(inspect.getfile(guarded))
    tasks = [task for dag in bag.dags.values() for task in dag.tasks if hasattr(task, "python_callable")]
    outermost = {task.task_id: Path(task.python_callable.__code__.co_filename) for task in tasks}
    assert outermost
    assert [name for name, path in outermost.items() if path != edge] == []


def test_the_daily_dag_runs_in_this_sequence(bag: DagBag) -> None:
    edges = {
        (task.task_id.split(".")[-1], down.split(".")[-1])
        for task in bag.dags["orderflow_daily"].tasks
        for down in task.downstream_task_ids
    }
    sentence = [
        "list_confirmed",
        "select_payable",
        "push_to_erp",
        "patch_state",
        "patch_erp_order_number",
        "put_order_lines",
        "mark_offline_orders_sent",
        "report",
    ]
    assert set(pairwise(sentence)) <= edges


@pytest.mark.parametrize("dag_id", ["orderflow_daily", "orderflow_sweep", "orderflow_orders"])
def test_finish_and_report_run_whatever_happened_before(bag: DagBag, dag_id: str) -> None:
    """With the default rule one failed order would leave the offline orders unsent and the day unreported."""
    for task in bag.dags[dag_id].tasks:
        if task.task_id.startswith(("mark_", "finish_", "report")):
            assert task.trigger_rule == "all_done", task.task_id


def test_sweep_and_daily_share_the_mapped_group(bag: DagBag) -> None:
    def group(dag_id: str) -> dict[str, object]:
        tasks = bag.dags[dag_id].tasks
        return {t.task_id: t.python_callable.__qualname__ for t in tasks if t.task_id.startswith("process_order.")}

    assert len(group("orderflow_daily")) == 4
    assert group("orderflow_daily") == group("orderflow_sweep") == group("orderflow_orders")


@pytest.mark.parametrize("dag_id", sorted(DAGS))
def test_a_form_opens_with_what_is_needed_and_marks_nothing_as_required(bag: DagBag, dag_id: str) -> None:
    """Airflow opens the parameters without a section, and marks as required what may not be null."""
    dag = bag.dags[dag_id]
    params = {name: dag.params.get_param(name).schema for name in dag.params}
    needed = {"date", "references", "order_ids", "days"}

    assert dag.description
    if dag_id in RUNNING:
        assert [name for name, schema in params.items() if "null" not in schema["type"]] == []
        covering = [name for name, schema in params.items() if "`" in schema["description_md"]]
        assert covering == [], "the background of code covers the line above"
        assert [name for name in params if name in needed and "section" in params[name]] == []
