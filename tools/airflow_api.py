"""A small client of Airflow's public REST API (/api/v2), for commands and live tests."""

import json
from collections.abc import Collection, Iterator
from typing import Any

import httpx

from service import wait_until

ENDED = frozenset({"success", "failed"})
PAGE = 100  # Airflow's own maximum
Json = Any


class AirflowApiError(RuntimeError):
    """Airflow answered a call with an error; the message contains its status and text."""


class AirflowApi:
    """The API at `url`, as one user. It logs in at the first call."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url.rstrip("/")
        self._login = {"username": user, "password": password}
        self._client = httpx.Client(base_url=self.url, timeout=120, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def api(self, method: str, path: str, json: Json = None, **params: Any) -> Json:
        """Call /api/v2<path>; return the decoded answer, None if it is empty. AirflowApiError from status 400 on."""
        self._log_in()
        answer = self._sent(method, f"/api/v2{path}", json=json, params=params)
        return answer.json() if answer.content else None

    def get(self, path: str, **params: Any) -> Json:
        """GET a path of Airflow's server outside its own API, such as a plugin's; return the decoded answer."""
        self._log_in()
        return self._sent("GET", path, params=params).json()

    def _log_in(self) -> None:
        if "Authorization" not in self._client.headers:
            answer = self._sent("POST", "/auth/token", json=self._login)
            self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _sent(self, method: str, path: str, **content: Any) -> httpx.Response:
        answer = self._client.request(method, path, **content)
        if answer.is_error:
            raise AirflowApiError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    def _rows(self, path: str, name: str, **params: Any) -> Iterator[dict[str, Any]]:
        offset = 0
        while rows := self.api("GET", path, limit=PAGE, offset=offset, **params)[name]:
            yield from rows
            offset += len(rows)

    def health(self) -> dict[str, Any]:
        """Return the state of each part of Airflow; needs no login."""
        state: dict[str, Any] = self._sent("GET", "/api/v2/monitor/health").json()
        return state

    def unpause(self, dag_id: str) -> None:
        self.api("PATCH", f"/dags/{dag_id}", {"is_paused": False})

    def set_variable(self, name: str, value: str) -> None:
        """Create a Variable unless it exists: what a person has set stays."""
        if name not in [known["key"] for known in self._rows("/variables", "variables")]:
            self.api("POST", "/variables", {"key": name, "value": value})

    def set_pool(self, name: str, slots: int) -> None:
        """Create a pool, or give it this many slots."""
        pool = {"name": name, "slots": slots, "include_deferred": False}
        if name in [known["name"] for known in self._rows("/pools", "pools")]:
            self.api("PATCH", f"/pools/{name}", {"slots": slots}, update_mask="slots")
        else:
            self.api("POST", "/pools", pool)

    def trigger(self, dag_id: str, partition_key: str | None = None, conf: dict[str, Any] | None = None) -> str:
        """Start a run, of one partition if a key is given, and return its run id."""
        body: dict[str, Any] = {"logical_date": None, "conf": conf or {}}
        if partition_key is not None:
            body["partition_key"] = partition_key
        run_id: str = self.api("POST", f"/dags/{dag_id}/dagRuns", body)["dag_run_id"]
        return run_id

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        run: dict[str, Any] = self.api("GET", f"/dags/{dag_id}/dagRuns/{run_id}")
        return run

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """Return every run of a DAG, oldest first."""
        return list(self._rows(f"/dags/{dag_id}/dagRuns", "dag_runs", order_by="id"))

    def wait(self, dag_id: str, run_id: str, timeout: float) -> str:
        """Return `success` or `failed` once the run has ended; TimeoutError after `timeout` seconds."""

        def state() -> str | None:
            now: str = self.run(dag_id, run_id)["state"]
            return now if now in ENDED else None

        return wait_until(state, timeout, f"end of {dag_id} {run_id}", pause=0.5)

    def wait_partitions(self, dag_id: str, keys: Collection[str], timeout: float) -> dict[str, str]:
        """Return the state per partition key once the newest run of every key has ended (as after a backfill)."""

        def states() -> dict[str, str] | None:
            newest = {run["partition_key"]: run["state"] for run in self.runs(dag_id)}
            wanted = {key: newest.get(key, "missing") for key in keys}
            return wanted if ENDED.issuperset(wanted.values()) else None

        return wait_until(states, timeout, f"end of {dag_id} for {', '.join(keys)}", pause=0.5)

    def wait_backfills(self, dag_id: str, timeout: float) -> None:
        """Wait until Airflow counts every backfill as finished, which is some time after its last run.

        Until then it refuses another backfill.
        """

        def over() -> bool | None:
            return all(found["completed_at"] for found in self._rows("/backfills", "backfills", dag_id=dag_id)) or None

        wait_until(over, timeout, f"end of the backfills of {dag_id}", pause=0.5)

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return every task instance of a run, each mapped one separately."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances"
        return sorted(self._rows(path, "task_instances"), key=lambda row: (row["task_id"], row["map_index"]))

    def task_log(self, dag_id: str, run_id: str, task_id: str, *, map_index: int = -1, attempt: int = 1) -> str:
        """Return the log of one attempt of a task, one JSON object per line."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{attempt}"
        lines = self.api("GET", path, map_index=map_index, full_content=True)["content"]
        return "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)

    def xcom(self, dag_id: str, run_id: str, task_id: str, *, key: str = "return_value", map_index: int = -1) -> Json:
        """Return a task's return value."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/{key}"
        return self.api("GET", path, map_index=map_index, deserialize=True)["value"]

    def import_errors(self) -> str:
        """Return the stack trace of every DAG file that could not be imported; empty if all could."""
        errors = self._rows("/importErrors", "import_errors")
        return "\n\n".join(f"{error['filename']}:\n{error['stack_trace']}" for error in errors)
