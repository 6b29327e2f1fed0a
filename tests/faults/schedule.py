"""One random schedule: some days of orders, faults, crashes, double runs and lost ledgers; then all is well again."""

import logging
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from faults.dag_run import UNFORESEEN, DagRun, ShipmentRun
from faults.dice_rules import random_rules
from faults.erps import ErpSide
from faults.invariants import Allowed, Books
from faults.ledgers import Ledgers, WatchedEngine
from faults.points import AFTER, BEFORE, DURING, Listener
from faults.process import DiedError, Process
from faults.stand import MIDNIGHT, make_services
from faults.warehouse import Warehouse
from faults.worker import ZONE, Job, Stop, Worker
from faults.world import World, content
from orderflow.domain.shipment import OperatorDecision
from orderflow.domain.states import WRITTEN
from orderflow.domain.window import Window
from orderflow.flow.services import Services
from sandbox.control import SandboxControl
from support.clock import Clock

log = logging.getLogger(__name__)

IMPATIENT, PATIENT = 0.15, 20.0
_ROUNDS_TO_QUIET = 8
WEEK_EVERY = 25
"""One in this many schedules covers a week."""


@dataclass
class Schedule:
    """One random schedule: its plan depends only on the seed."""

    seed: int
    control: SandboxControl
    sandbox_url: str
    ledgers: Ledgers
    erp: ErpSide
    demo: bool = False
    """Whether it uses the demo's orders."""
    seen: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.clock = Clock(MIDNIGHT)
        switches = self.erp.begin(self.dice)
        self.hang = self.dice.random() < 0.3
        late = self.dice.choice((0, 0, 0, 0.2))
        self.renumbers = self.dice.random() < 0.3
        self.control.reset(
            late_commit_seconds=late,
            unstable_rows=self.dice.random() < 0.2,
            put_renumbers_lines=self.renumbers,
            **switches,
        )
        self.world = World(
            self.control,
            self.dice,
            days=self.dice.choice((1, 2, 2)) if self.seed % WEEK_EVERY else 7,
            edit_lines=not self.hang,
            products=self.erp.products,
            currencies=self.erp.currencies,
            demo=self.demo,
        )
        self.warehouse = None if self.erp.at else Warehouse(self.control)
        # A separate generator keeps the rest of a seed's plan. An ERP without guarantees creates duplicate customers.
        guests = random.Random(f"people {self.seed}")
        self.people = self.erp.gives_proof_of_customers and guests.random() < 0.5
        if self.people:
            self.world.invite_guests(guests, self.seed)
            self.erp.knows_customers()
        messages = {"user": 10, "repeat_is_refused": self.dice.random() < 0.3}
        self.settings = {
            "limits": {"concurrency": self.dice.choice((1, 2, 4)), "page_size": self.dice.choice((3, 100))},
            "webshops": {
                1: {"messages": messages},
                2: {
                    "messages": messages,
                    "deliveries": self.dice.choice(("desadv", "none")),
                    "finish": self.dice.choice(("shipment_sent", "done")),
                    "payment_option": 2 not in self.world.terms.free,  # the webshop's number
                },
            },
        }
        if self.people:
            self.settings["origins"] = ["webshop", "erp"]
            for webshop in self.settings["webshops"].values():
                webshop["customers"] = "create"
        self.takes_messages = {1, 2} if self.settings["webshops"][2]["deliveries"] == "desadv" else {1}
        self.memory_lost = False
        self.unforeseen: list[str] = []
        self.runs = 0

    def play(self) -> list[str]:
        """Play it to its end; return what is wrong."""
        self.ledgers.fresh()
        for _ in range(self.dice.randint(2, 4)):
            self._round()
        self._calm()
        for _ in range(_ROUNDS_TO_QUIET):
            if not self._normal_round():
                break
        allowed = Allowed(doubt=not self.erp.gives_proof, forgotten=self.memory_lost, renumbered=self.renumbers)
        broken = self._books().broken(allowed)
        self._count()
        broken += self.erp.people_broken(self.world) if self.people else []
        return [*self.unforeseen, *broken, *self._unfinished(), *self._broken_shipments()]

    def _round(self) -> None:
        """Make something go wrong in several concurrent runs."""
        dice = self.dice
        if dice.random() < 0.75:
            rules = random_rules(
                dice, self.erp.dice, honest_lookup=self.erp.honest_lookup, hang=self.hang, people=self.people
            )
            self.control.faults([rule for rule in rules if rule["service"] != "erp"])
            self.erp.faults([rule for rule in rules if rule["service"] == "erp"])
        if self.warehouse and dice.random() < 0.7 and self.control.erp_orders():
            self.warehouse.deliver(dice, self.clock.now)
        workers = [self._worker(engine) for engine in self.ledgers.engines[: dice.choice((1, 1, 2, 2, 3))]]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if dice.random() < 0.1:
            self._kill_a_process()
        if dice.random() < 0.5:
            self._clear_faults()
        self.clock.advance(seconds=dice.choice((0, 60, 400, 4_000, 90_000)))
        if dice.random() < 0.3:
            self.world.edit(dice)
        self._mistreat_ledger()

    def _worker(self, engine: WatchedEngine) -> threading.Thread:
        dice = self.dice
        self.runs += 1
        process = Process(self.world, random.Random(dice.random()), trouble=self.erp.trouble)
        if dice.random() < 0.5:
            process.dies_at = 1 + int(dice.expovariate(1 / 150))
        if dice.random() < 0.5:
            process.edits_at = frozenset(dice.sample(range(20, 300), 25))
        if dice.random() < 0.2:
            process.breaks_at = frozenset(dice.sample(range(1, 300), 15))
        if self.erp.at and dice.random() < 0.2:
            process.troubles_at = frozenset(dice.sample(range(1, 300), 3))
        window = self._window()
        # Two concurrent runs with the same id are a task instance that Airflow has started twice.
        run_id = f"run {dice.choice((self.runs, self.runs, self.runs - 1))}"
        tries = dice.choice((1, 2))
        ahead = dice.choice((0, 130, 400))
        of_shipments = self.warehouse is not None and dice.random() < 0.35

        def work() -> None:
            try:
                services = self._services(engine, process, impatient=self.hang)
                how: dict[str, Any] = {"tries": tries, "pause": lambda: self.clock.advance(seconds=ahead)}
                run = ShipmentRun(services, run_id, **how) if of_shipments else DagRun(services, run_id, window, **how)
                run.go()
                self.unforeseen += [str(failure) for failure in run.failures if failure.reason == UNFORESEEN]
            except DiedError:
                self.seen["deaths"] += 1
            except BaseException as error:
                log.exception("seed %d", self.seed)
                self.unforeseen.append(f"{type(error).__name__}: {error}")

        return threading.Thread(target=work)

    def _kill_a_process(self) -> None:
        """Start a real process for some day, or a sweep, and kill it at some point if it gets there."""
        dice, self.runs = self.dice, self.runs + 1
        job = Job(
            self.sandbox_url,
            self.ledgers.url,
            run_id=f"run {self.runs}",
            day=dice.choice((None, *(day.isoformat() for day in self.world.days))),
            minutes_later=(self.clock.now - MIDNIGHT) / timedelta(minutes=1),
            capabilities=self.erp.capabilities,
            tryton=self.erp.at,
            settings=self.settings,
            stop=Stop(".", dice.choice((BEFORE, DURING, AFTER)), skip=dice.randrange(80)),
            word=OperatorDecision() if self.warehouse and dice.random() < 0.3 else None,
        )
        worker = Worker(job)
        if worker.until("here", "over") == "here":
            worker.kill()
            self.seen["deaths of real processes"] += 1

    def _window(self) -> Window | None:
        """Choose a day, an overlapping window, or the sweep."""
        dice = self.dice
        if dice.random() < 0.3:
            return None
        day = dice.choice(self.world.days)
        window = Window.of_day(day.isoformat(), ZONE)
        if dice.random() < 0.2:
            shift = timedelta(hours=dice.randrange(-12, 12))
            return Window.of_interval(window.start + shift, window.end + shift, ZONE)
        return window

    def _mistreat_ledger(self) -> None:
        dice = self.dice
        if dice.random() < 0.2:
            self.ledgers.back_up()
        if dice.random() > 0.12:
            return
        if not self.erp.gives_proof:
            # Nobody could know of an order that an ERP without guarantees is still processing.
            self.control.settle()
            self.control.configure(late_commit_seconds=0)
        self.memory_lost = True
        self.seen["ledgers lost or restored"] += 1
        self.ledgers.lose() if dice.random() < 0.5 else self.ledgers.restore()

    def _calm(self) -> None:
        """Remove all faults."""
        self._clear_faults()
        self.control.release()
        self.control.settle()
        self.erp.settle()
        self.control.configure(late_commit_seconds=0)

    def _clear_faults(self) -> None:
        self.control.clear_faults()
        self.erp.clear_faults()

    def _normal_round(self) -> bool:
        """Let a day pass: every day's run again, and sweeps. Return whether anything changed."""
        before = (content_of_all(self.control), self.erp.orders(), self._progress())
        self.clock.advance(hours=25)
        for day in self.world.days:
            self._normal_run(Window.of_day(day.isoformat(), ZONE))
        self._normal_run(None)
        self._normal_shipments()
        return before != (content_of_all(self.control), self.erp.orders(), self._progress())

    def _normal_shipments(self) -> None:
        """Run the packing slips; a person checks those in doubt, and catches up if the ledger was lost."""
        if self.warehouse is None:
            return
        asked = MIDNIGHT - timedelta(days=2) if self.memory_lost else None
        for _ in range(2):  # the first run finds out what is in doubt
            self.runs += 1
            services = self._services()
            ShipmentRun(
                services, f"run {self.runs}", self.warehouse.persons_word(services.ledger), asked=asked, tries=2
            ).go()

    def _unfinished(self) -> list[str]:
        """List exported orders of a webshop without deliveries that are not finished as configured."""
        if self.memory_lost or self.hang or 2 in self.takes_messages:
            return []  # a PUT that is executed late, after it was given up, restores the old values (ADR 5)
        field, value = {"shipment_sent": ("shipment_state", "sent"), "done": ("state", "done")}[
            self.settings["webshops"][2]["finish"]
        ]
        known = self._services().ledger.get_many(self.world.versions)
        exported = {i for i, order in known.items() if order.webshop == 2 and order.progress in WRITTEN}
        self.seen["orders finished without deliveries"] += len(exported)
        return [
            f"order {order['id']}: HALF: {field} is {order[field]}"
            for order in self.control.orders()
            if order["id"] in exported and not order["offline"] and order["state"] != "cancel" and order[field] != value
        ]

    def _broken_shipments(self) -> list[str]:
        if self.warehouse is None:
            return []
        shop = {o["erp_order_number"]: o for o in self.control.orders() if o["webshop"] in self.takes_messages}
        self.seen["packing slips"] += len(self.warehouse.shipments)
        self.seen["delivery messages taken"] += len(self.control.desadv_messages())
        return list(self.warehouse.broken(self._services().ledger, shop, forgotten=self.memory_lost))

    def _normal_run(self, window: Window | None) -> None:
        self.runs += 1
        services = self._services()
        DagRun(services, f"run {self.runs}", window, tries=2, pause=lambda: self.clock.advance(seconds=400)).go()

    def _services(
        self, watched: WatchedEngine | None = None, listener: Listener | None = None, *, impatient: bool = False
    ) -> Services:
        watched = watched or self.ledgers.engines[0]
        watched.listener = listener
        return make_services(
            self.sandbox_url,
            "",
            clock=self.clock,
            listener=listener,
            capabilities=self.erp.capabilities,
            read_timeout=IMPATIENT if impatient else PATIENT,
            settings=self.settings,
            writing=self.world.writing,
            engine=watched.engine,
            tryton=self.erp.at,
            erp_timeout=self.erp.impatient if impatient else PATIENT,
        )

    def _progress(self) -> dict[int, str]:
        known = self._services().ledger.get_many(self.world.versions)
        return {order_id: order.progress.value for order_id, order in known.items()}

    def _books(self) -> Books:
        ledger = self._services().ledger
        return Books(self.control, ledger, self.world.versions, orders=self.erp.orders(), terms=self.world.terms)

    def _count(self) -> None:
        books = self._books()
        self.seen += self.erp.seen()
        self.seen["schedules with guests"] += self.people
        self.seen["schedules with the demo's day"] += self.demo
        self.seen["schedules whose PUTs renumber lines"] += self.renumbers
        self.seen["runs"] += self.runs
        self.seen["orders"] += len(books.shop)
        self.seen["orders in the ERP"] += sum(map(len, books.erp.values()))
        self.seen["calls"] += len(books.journal)
        self.seen["calls hit by a fault"] += sum(bool(call["fault"]) for call in books.journal)
        self.seen["versions made by people"] += sum(len(versions) - 1 for versions in self.world.versions.values())
        for order in books.shop.values():
            last = self.world.versions[order["id"]][-1]
            now, then = (content(version, line_ids=not self.renumbers) for version in (order, last))
            self.seen["edits overwritten between GET and PUT (ADR 5)"] += now != then
        for known in books.known.values():
            self.seen[f"at the end {known.progress.value}"] += 1


def content_of_all(control: SandboxControl) -> list[dict[str, Any]]:
    """Return the shop's orders without their timestamps."""
    return [{name: value for name, value in order.items() if name != "modified_date"} for order in control.orders()]
