"""An empty TaskFlow DAG: the fixed cost of parsing a file."""

from airflow.sdk import dag, task


@task
def nothing() -> None:
    """Do nothing."""


@dag(schedule=None, catchup=False)
def empty_taskflow() -> None:
    nothing()


empty_taskflow()
