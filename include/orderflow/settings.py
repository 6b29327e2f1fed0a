"""The settings, with defaults that work: the Airflow Variable `orderflow` (JSON), read only inside tasks."""

from datetime import datetime, time
from decimal import Decimal
from typing import Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from orderflow.domain.bounds import (
    MOST_DAYS,
    MOST_HOURS,
    MOST_MINUTES,
    CallsPerSecond,
    Id,
    Moment,
    OriginCode,
    Tolerance,
    Waits,
)
from orderflow.domain.charges import ChargeRules
from orderflow.domain.extra import FieldPath
from orderflow.domain.json_text import read_json
from orderflow.domain.last_step import LastStep
from orderflow.domain.page import Page
from orderflow.domain.recipients import AlertSettings
from orderflow.domain.retention import Retention
from orderflow.domain.timezone import Timezone
from orderflow.domain.webshop_settings import WebshopSettings
from orderflow.environment import SHOP_TIMEZONE
from orderflow.errors import ConfigurationError

VARIABLE = "orderflow"


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Addressee(NamedTuple):
    """The shop and user that a message is addressed to."""

    shop: int
    user: int


class Limits(_Settings):
    """How much, how fast, how long."""

    max_mapped: int = Field(default=32, ge=1, le=1000)
    """At most this many mapped task groups per run; if there are more orders, they share groups."""
    concurrency: int = Field(default=8, ge=1, le=64)
    """Orders processed at the same time inside one task."""
    page_size: int = Field(default=100, ge=1, le=1000)
    """Rows requested per list page; the shop may return fewer."""
    give_up_days: int = Field(default=30, ge=1, le=MOST_DAYS)
    """An order that waits longer than this for its payment is overdue. It is still checked."""
    never_paid_days: int | None = Field(default=90, ge=1, le=MOST_DAYS)
    """An unpaid order that was found longer ago than this, and has not changed in the shop since, is put aside as
    `never_paid`. It is not read any more until the shop changes it. null: never."""
    total_tolerance: Tolerance = Decimal("0.05")
    """How far the ERP's total may be from the shop's without being flagged. 0.05 is five cents, or five yen."""
    lookup_waits: Waits = (0, 1, 3)
    """Seconds to wait before each look-up after a request to the ERP with an unknown outcome. At least one wait."""
    slip_overlap_minutes: int = Field(default=120, ge=0, le=MOST_MINUTES)
    """How far back packing slips are read again, in case the ERP commits late or its clock differs."""
    slip_tracking_hours: float = Field(default=2, ge=0, le=MOST_HOURS)
    """How long a packing slip with a carrier waits for its tracking code, since it is sent only once; 0: not at all."""
    slip_grace_hours: int = Field(default=24, ge=0, le=MOST_HOURS)
    """A packing slip that waits longer than this for its order's numbers raises an alert."""
    catch_up_days: int = Field(default=14, ge=0, le=366)
    """The sweep picks up days that the schedule missed or could not finish until they are this many days old."""
    catch_up_after_hours: float = Field(default=3, ge=0, le=MOST_HOURS)
    """A day that is not done this long after its end counts as missed."""
    lease_seconds: int = Field(default=300, ge=5, le=86_400)
    """How long a claim on an order holds if its holder dies. Longer than a call may take (extra `deadline`)."""
    shop_per_second: CallsPerSecond | None = None
    """Calls to the shop per second, over all tasks of all runs; no limit when not set."""
    erp_per_second: CallsPerSecond | None = None
    """The same for the ERP."""
    shop_per_day: int | None = Field(default=None, ge=1, le=1_000_000_000)
    """Calls to the shop per day (in `timezone`), over all runs; no limit when not set."""
    live_share: float = Field(default=0.5, ge=0, le=1)
    """The share of `shop_per_day` that backfills leave to all other runs."""
    breaker_errors: int | None = Field(default=10, ge=1, le=1_000_000)
    """Open an endpoint's circuit after so many orders were refused with the same answer within an hour; null: never."""
    breaker_minutes: int = Field(default=15, ge=1, le=MOST_MINUTES)
    """For how many minutes the circuit stays open."""


class ReconciliationSettings(_Settings):
    """How shop and ERP are compared."""

    days: int = Field(default=7, ge=1, le=366)
    """How many whole days back, in addition to today."""
    tolerance: Tolerance | None = None
    """The former name of `limits.total_tolerance`. There is only one tolerance: if both are set, they must be equal."""
    in_flight_minutes: int = Field(default=60, ge=0, le=MOST_MINUTES)
    """An order that either side has changed this recently is still being processed, and is not compared."""
    grace_hours: int = Field(default=24, ge=0, le=MOST_HOURS)
    """Grace period for differences that heal on their own; older ones fail the run."""
    recheck_days: int = Field(default=60, ge=1, le=MOST_DAYS)
    """Orders with an open finding are compared again until they are this old."""
    csv_folder: str | None = None
    """Where the CSV files go: a folder, or a URL of an object store such as `s3://aws_default@bucket/orderflow`, where
    `aws_default` is an Airflow connection. Not set: `orderflow/reconciliation` under AIRFLOW_HOME."""


class Settings(_Settings):
    """All settings."""

    timezone: Timezone = Field(default=SHOP_TIMEZONE, validate_default=True)
    """The shop's time zone. It must equal `ORDERFLOW_TIMEZONE`, which the schedule needs earlier."""
    api_timezone: Timezone = Field(default=SHOP_TIMEZONE, validate_default=True)
    """The time zone of timestamps from the shop's API that have no zone."""
    webshops: dict[Id, WebshopSettings] = Field(default_factory=dict)
    """Settings by webshop id."""
    default_webshop: Id = 1
    """The webshop of an order that names none."""
    origins: tuple[OriginCode, ...] = ()
    """Codes of the origins whose lists of customers, addresses and users are read from the shop. Without any, orders go
    to the ERP with ids only, and a webshop can have no `customers`, `guests` or `tell_customer_code`."""
    shop_origins: tuple[OriginCode, ...] = ("webshop",)
    """Origins whose records were created in the shop. The ERP's other records are never changed."""
    charges: ChargeRules = Field(default_factory=dict)
    """Where amounts besides goods go, by the type of an order line, by product key or by field of the order. `"line"`:
    a line with its own product. An object: a line with the product it names. `"charge"`: an entry of `charges`.
    `"ignore"`: left out."""
    fields: tuple[FieldPath, ...] = ()
    """Fields of the order object, or of its lines (`order_lines.…`), that go to the ERP as `extra`."""
    not_before: Moment | None = None
    """Go-live: a day, such as `2026-11-22`, or an instant with its zone. Orders confirmed earlier are never exported.
    When not set, the sweep exports nothing confirmed before the earliest day that was run. Where the shop does not say
    when an order was confirmed, the sweep exports none ordered before that day. A day run by hand, a
    backfill and a named order are exported, whichever day they are from."""
    accepted_risks: frozenset[Literal["not_before", "offline", "references"]] = frozenset()
    """What `check-shop` calls unsafe and you accept. Until each is settled or accepted, no first order is exported."""
    offline_orders: bool = True
    """Whether the shop has offline orders. If so, an order that does not say whether it is offline has to be proved
    online before it is exported. If not, it counts as online."""
    limits: Limits = Limits()
    alerts: AlertSettings = AlertSettings()
    reconciliation: ReconciliationSettings = ReconciliationSettings()
    retention: Retention = Retention()
    page: Page = Page()

    @model_validator(mode="after")
    def _has_one_tolerance(self) -> Self:
        """Accept the former name of the tolerance."""
        own, limits = self.reconciliation.tolerance, self.limits
        if own not in {None, limits.total_tolerance}:
            if "total_tolerance" in limits.model_fields_set:
                raise ValueError("`limits.total_tolerance` and `reconciliation.tolerance` differ: set only the first")
            self.__dict__["limits"] = limits.model_copy(update={"total_tolerance": own})
        return self

    @model_validator(mode="after")
    def _can_reach_customers(self) -> Self:
        """Refuse settings about customers that would have no effect, or whose customer cannot be told."""
        others = [origin for origin in self.origins if origin not in self.shop_origins]
        for webshop, settings in self.webshops.items():
            if settings.about_customers and not self.origins:
                raise ValueError(
                    f"`webshops.{webshop}.{settings.about_customers}` needs `origins`: without it no customer is read "
                    'from the shop; name the origins of its customers and addresses, such as ["webshop", "erp"]'
                )
            key = settings.fixed_guest
            if key is not None and "/" not in key and len(others) != 1:
                raise ValueError(f"`webshops.{webshop}.guests` needs the customer's origin too: `fixed:origin/{key}`")
        return self

    @property
    def go_live(self) -> datetime | None:
        """The instant of `not_before`."""
        if self.not_before is None or isinstance(self.not_before, datetime):
            return self.not_before
        return datetime.combine(self.not_before, time(), ZoneInfo(self.timezone))

    @property
    def without_deliveries(self) -> frozenset[int]:
        """The webshops whose orders this flow finishes, because they get no despatch advices."""
        return frozenset(shop for shop, settings in self.webshops.items() if settings.deliveries == "none")

    def last_step(self, webshop: int | None) -> LastStep:
        """Return the last step of a webshop's orders that are written back now."""
        settings = self.webshop(webshop)
        return LastStep.DESPATCH_ADVICE if settings.deliveries == "desadv" else LastStep(settings.finish)

    @property
    def amount_tolerance(self) -> Decimal:
        """The tolerance between totals."""
        return self.limits.total_tolerance

    def names(self, webshop: int) -> bool:
        """Whether the settings cover this webshop; the defaults are meant for the default one."""
        return webshop in self.webshops or webshop == self.default_webshop

    def webshop(self, webshop: int | None) -> WebshopSettings:
        """Return the settings of a webshop; the defaults for one that is not listed, or not known."""
        return WebshopSettings() if webshop is None else self.webshops.get(webshop, WebshopSettings())

    def webshop_name(self, webshop: int) -> str:
        """Return a webshop's name for people: its id if it has none."""
        return self.webshop(webshop).name.strip() or str(webshop)

    def message_shop(self, webshop: int | None) -> int:
        """Return the shop for messages about a webshop's orders; ConfigurationError if it is unknown."""
        for named in (self.webshop(webshop).messages.shop, webshop):
            if named is not None:
                return named
        raise ConfigurationError("the order's webshop is not known, so no message can name it")

    def addressee(self, webshop: int | None) -> Addressee:
        """Return the addressee of messages about a webshop's orders; ConfigurationError if the user is not set."""
        user = self.webshop(webshop).messages.user
        if user is None:
            raise ConfigurationError(
                f"webshop {webshop}: set `webshops.{webshop}.messages.user` in the Airflow Variable `{VARIABLE}` to "
                "the user that the shop's messages name; ask CloudSuite which it is"
            )
        return Addressee(self.message_shop(webshop), user)

    @classmethod
    def read(cls, text: str | None) -> "Settings":
        """Read the text of the Variable, all defaults if there is none; ConfigurationError if it is not JSON."""
        try:
            value = read_json(text) if text and text.strip() else {}
        except ValueError as error:
            raise ConfigurationError(f"the Airflow Variable `{VARIABLE}` is not JSON: {error}") from error
        return cls.parse(value)

    @classmethod
    def parse(cls, value: object) -> "Settings":
        """Check the decoded JSON of the Variable; ConfigurationError lists every mistake in it."""
        try:
            return cls.model_validate({} if value is None else value)
        except ValidationError as error:
            mistakes = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise ConfigurationError(f"the Airflow Variable `{VARIABLE}` is not valid: {mistakes}") from error
