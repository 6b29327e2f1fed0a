"""`make docs`: writes docs/reference/dags.md from the DAGs themselves; --check only compares.

python tools/dag_docs.py [--check]
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from generated_page import REPOSITORY, cell, write_or_check

PAGE = REPOSITORY / "docs" / "reference" / "dags.md"
HEAD = "# The DAGs\n\nWritten by `make docs` from the DAGs themselves; do not edit.\n"


def main(*, check: bool) -> int:
    """Write the page or compare it; return the exit code."""
    page = "\n".join([HEAD, *(_section(dag) for dag in _dags())]).rstrip() + "\n"
    return write_or_check(PAGE, page, check=check)


def _dags() -> list[Any]:
    """Read the DAG files in an Airflow that ignores this machine's home, database, plugins and settings."""
    for name in [name for name in os.environ if name.startswith(("AIRFLOW", "ORDERFLOW"))]:
        del os.environ[name]
    sys.path.insert(0, str(REPOSITORY / "include"))
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        }
        from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415 - Airflow reads its settings when imported

        bag = DagBag(str(REPOSITORY / "dags"))
    if bag.import_errors:
        sys.exit("\n".join(f"{path}:\n{trace}" for path, trace in bag.import_errors.items()))
    return [dag for _, dag in sorted(bag.dags.items())]


def _section(dag: Any) -> str:
    return "\n".join([f"## {dag.dag_id}\n", *_facts(dag), "", *_text(dag), *_params(dag), *_graph(dag), *_tasks(dag)])


def _facts(dag: Any) -> Iterator[str]:
    yield f"- Schedule: {_schedule(dag)}"
    yield f"- Runs at the same time: {dag.max_active_runs}; past days are caught up automatically: {_yes(dag.catchup)}"
    if dag.tags:
        yield f"- Tags: {', '.join(sorted(dag.tags))}"


def _schedule(dag: Any) -> str:
    """Return the timetable's name and arguments, as far as its public attributes show them."""
    names = ("expression", "timezone", "run_offset", "key_format")
    given = {name: getattr(dag.timetable, name, None) for name in names}
    shown = [f"{name} `{getattr(value, 'name', value)}`" for name, value in given.items() if value is not None]
    return ", ".join([f"`{type(dag.timetable).__name__}`", *shown])


def _text(dag: Any) -> Iterator[str]:
    if dag.doc_md:
        yield dag.doc_md.strip() + "\n"


def _params(dag: Any) -> Iterator[str]:
    if not dag.params:
        return
    yield "### Params\n"
    yield "| param | type | default | what it does |"
    yield "|---|---|---|---|"
    for name in dag.params:
        param = dag.params.get_param(name)
        kind = param.schema.get("type", "any")
        kinds = kind if isinstance(kind, str) else " or ".join(kind)
        said = param.description or param.schema.get("description_md") or param.schema.get("title") or ""
        yield f"| `{name}` | {kinds} | `{param.value!r}` | {cell(said)} |"
    yield ""


def _graph(dag: Any) -> Iterator[str]:
    yield "### Tasks\n"
    yield "```mermaid"
    yield "flowchart LR"
    for group_id, group in sorted(dag.task_group.get_task_group_dict().items(), key=lambda entry: entry[0] or ""):
        if group_id:
            yield f'  subgraph {_node(group_id)}_group["{group_id}"]'
            yield from (f"    {_node(child)}" for child in sorted(group.children) if dag.has_task(child))
            yield "  end"
    for task in dag.topological_sort():
        yield f'  {_node(task.task_id)}["{task.task_id.rsplit(".", 1)[-1]}"]'
        yield from (f"  {_node(task.task_id)} --> {_node(after)}" for after in _next(task))
    yield "```\n"


def _next(task: Any) -> list[str]:
    """Return the tasks right after this one, without those that also follow from one of them."""
    after = task.downstream_task_ids
    later = {task_id for other in after for task_id in task.dag.get_task(other).get_flat_relative_ids(upstream=False)}
    return sorted(after - later)


def _tasks(dag: Any) -> Iterator[str]:
    yield "| task | runs when upstream is | retries | pool | mapped |"
    yield "|---|---|---|---|---|"
    for task in dag.topological_sort():
        mapped = task.is_mapped or any(True for _ in task.iter_mapped_task_groups())
        cells = (f"`{task.task_id}`", f"`{task.trigger_rule.value}`", str(task.retries), f"`{task.pool}`", _yes(mapped))
        yield f"| {' | '.join(cells)} |"
    yield ""


def _node(identifier: str) -> str:
    return identifier.replace(".", "_")


def _yes(value: object) -> str:
    return "yes" if value else "no"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 with the differences when the page is out of date")
    sys.exit(main(check=parser.parse_args().check))
