"""An empty TaskFlow DAG: what parsing a file costs whatever is in it."""

from airflow.sdk import dag, task


@task
def nothing() -> None:
    """Do nothing."""


@dag(schedule=None, catchup=False)
def empty_taskflow() -> None:
    nothing()


empty_taskflow()
