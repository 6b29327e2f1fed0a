"""Imports what tasks need before Airflow forks the processes that run them and those that parse the DAG files.

Scheduler (LocalExecutor), DAG processor and Celery worker load plugins and then fork a process per task or file: what
the plugin has imported by then is not imported again. New code takes effect only after a restart, so the plugin imports
this module only if ORDERFLOW_PRELOAD is 1.
"""

import orderflow.orchestration.delivery_tasks
import orderflow.orchestration.reconcile_tasks
import orderflow.orchestration.tasks  # noqa: F401 - for their effect on sys.modules
