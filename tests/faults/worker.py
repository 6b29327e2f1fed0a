"""A real process that does one run of a DAG, and can be stopped or killed at exactly one point."""

import logging
import multiprocessing
import os
import re
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Any, Literal
from urllib.parse import urlsplit

import psycopg
import requests

from faults.dag_run import DagRun, Failure, ShipmentRun
from faults.points import AFTER, BEFORE, DURING
from faults.stand import MIDNIGHT, PROVED, TrytonAt, make_services
from orderflow.domain.shipment import OperatorDecision
from orderflow.domain.window import Window
from orderflow.erp.port import Capabilities
from support.clock import Clock

PATIENCE = 60
ZONE = "Europe/Amsterdam"

# A new process is forked from a server that has imported everything and has no threads: real and fast.
os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["faults.worker", "pytest"])


@dataclass(frozen=True)
class Stop:
    """A point: the `skip`-th that `what` (a regular expression) matches, and what happens there to `times` of them.

    wait    tell the parent and wait for its word: it may kill this process
    refuse  the call goes to a port that nobody listens on
    lose    the ledger's connection breaks, after what was said was done
    fail    what was being done fails
    """

    what: str
    moment: str
    skip: int = 0
    times: int = 1
    then: Literal["wait", "refuse", "lose", "fail"] = "wait"


@dataclass(frozen=True)
class Job:
    """A worker's job."""

    sandbox_url: str
    ledger_url: str
    run_id: str = "first"
    day: str | None = None
    """None for the sweep."""
    minutes_later: float = 0
    tries: int = 1
    first_try: int = 1
    told: Mapping[str, Any] = field(default_factory=dict)
    read_timeout: float = 20.0
    capabilities: Capabilities = PROVED
    tryton: TrytonAt | None = None
    """The ERP, if it is not the sandbox's."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    stop: Stop | None = None
    word: OperatorDecision | None = None
    """A person's decision about packing slips: the run handles those, not orders."""


class Worker:
    """The parent's view of the process."""

    def __init__(self, job: Job) -> None:
        self._pipe, theirs = _processes.Pipe()
        self._process = _processes.Process(target=work, args=(job, theirs))
        self._process.start()
        theirs.close()
        self.told: dict[str, Any] = dict(job.told)
        """What the tasks that have ended have returned, as Airflow knows it."""
        self.failures: list[Failure] = []

    def until(self, *signs: str) -> str:
        """Wait for one of these signs of life; EOFError if the process ends before."""
        while self._pipe.poll(PATIENCE):
            sign, *said = self._pipe.recv()
            if sign == "ended":
                self.told[said[0]] = said[1]
            if sign == "over":
                self.failures = said[0]
                self._process.join(PATIENCE)
            if sign in signs:
                return str(sign)
        raise TimeoutError(f"the worker gave none of these signs: {signs}")

    def go_on(self) -> None:
        """Let it continue past the point where it waits."""
        self._pipe.send("go on")

    def kill(self) -> None:
        """Kill it, as the kernel kills a process that uses too much memory."""
        assert self._process.pid
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.join(PATIENCE)
        assert self._process.exitcode == -signal.SIGKILL


def work(job: Job, pipe: Connection) -> None:
    """Run as the process; its failures are reported, not logged."""
    logging.disable()
    clock = Clock(MIDNIGHT + timedelta(minutes=job.minutes_later))
    point = _Point(job.stop, pipe)
    services = make_services(
        job.sandbox_url,
        job.ledger_url,
        clock=clock,
        listener=point,
        capabilities=job.capabilities,
        read_timeout=job.read_timeout,
        settings={**job.settings, "limits": {"concurrency": 1}},
        tryton=job.tryton,
    )

    def pause() -> None:
        pipe.send(("pause",))
        pipe.recv()
        clock.advance(minutes=6)

    def tell(task: str, value: Any) -> Any:
        point(BEFORE, f"XCOM {task}")
        point(DURING, f"XCOM {task}")
        pipe.send(("ended", task, value))
        point(AFTER, f"XCOM {task}")
        return value

    how: dict[str, Any] = {"tries": job.tries, "first_try": job.first_try, "told": job.told}
    how |= {"pause": pause, "tell": tell}
    if job.word is not None:
        run: DagRun = ShipmentRun(services, job.run_id, job.word, **how)
    else:
        run = DagRun(services, job.run_id, Window.of_day(job.day, ZONE) if job.day else None, **how)
    run.go()
    pipe.send(("over", run.failures))


class _Point:
    """Listens to all points and acts at the chosen one."""

    def __init__(self, stop: Stop | None, pipe: Connection) -> None:
        self._stop = stop
        self._pipe = pipe
        self._seen = 0

    def __call__(self, moment: str, what: str, request: requests.PreparedRequest | None = None) -> None:
        stop = self._stop
        if stop is None or moment != stop.moment or not re.search(stop.what, what, re.DOTALL):
            return
        self._seen += 1
        if not stop.skip < self._seen <= stop.skip + stop.times:
            return
        if stop.then == "wait":
            self._pipe.send(("here",))
            self._pipe.recv()
        elif stop.then == "refuse" and request is not None and request.url:
            request.url = request.url.replace(urlsplit(request.url).netloc, f"127.0.0.1:{_nobodys_port()}", 1)
        elif stop.then == "lose":
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        else:
            raise ConnectionError("what was returned could not be stored")


_kept: list[socket.socket] = []


def _nobodys_port() -> int:
    """Return a port that is taken but not listened on: the kernel refuses every connection."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    _kept.append(taken)
    port: int = taken.getsockname()[1]
    return port
