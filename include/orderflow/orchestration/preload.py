"""Imports what DAG files and their tasks need before Airflow forks the processes that read the files and run the tasks.

Scheduler (LocalExecutor), DAG processor and Celery worker load plugins and then fork a process per task or file: what
the plugin has imported by then is not imported again. New code takes effect only after a restart, so the plugin imports
this module only if ORDERFLOW_PRELOAD is 1.
"""

import orderflow.orchestration.asset_work
import orderflow.orchestration.check_tasks
import orderflow.orchestration.check_work
import orderflow.orchestration.deadline
import orderflow.orchestration.delivery_tasks
import orderflow.orchestration.delivery_work
import orderflow.orchestration.order_work
import orderflow.orchestration.params
import orderflow.orchestration.question_tasks
import orderflow.orchestration.question_work
import orderflow.orchestration.reconcile_tasks
import orderflow.orchestration.reconcile_work
import orderflow.orchestration.retries  # noqa: F401 - for their effect on sys.modules
