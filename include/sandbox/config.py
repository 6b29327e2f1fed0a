"""The sandbox's switches, which can change while it runs."""

from collections.abc import Collection
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from sandbox.manners.table import MANNERS, checked

Service = Literal["shop", "token", "erp"]


class Config(BaseModel):
    """All switches; the defaults are a well-behaved shop and ERP."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_id: str = "orderflow"
    client_secret: str = "sandbox-secret"  # noqa: S105  # guards nothing
    legacy_token: str | None = "0123456789abcdef0123456789abcdef01234567"  # noqa: S105  # guards nothing
    """The token for the deprecated `Authorization: Token` scheme; None refuses the scheme."""
    token_ttl: float = 300
    """Lifetime of an access token in seconds."""
    default_limit: int = 20
    max_limit: int = 100
    unknown_filters: frozenset[str] = frozenset()
    """Filters that this shop does not know and therefore ignores."""
    hidden_fields: frozenset[str] = frozenset()
    """Fields missing from this shop's order objects."""
    next_origin: str | None = None
    """Scheme and host in `next` and `previous`; None repeats what the client used."""
    unstable_rows: bool = False
    """Each list call returns its rows in another order."""
    put_renumbers_lines: bool = False
    """A PUT recreates every line with a new id."""
    strict_states: bool = False
    """Refuse state changes that make no sense."""
    api_timezone: str = "Europe/Amsterdam"
    """Zone of the shop's naive timestamps."""
    rate_limit: int | None = None
    """Shop calls per `rate_period` before 429."""
    rate_period: Literal["second", "minute", "hour"] = "second"
    rate_retry_after: bool = True
    """A 429 carries Retry-After."""
    write_answers: Literal["whole", "partial", "empty", "no_content", "old"] = "whole"
    """What a PATCH or PUT answers: the order, the fields sent, nothing, 204, or the order as it was before."""
    refuse_unknown_fields: bool = False
    """A write with a field that the shop does not know is a 400."""
    refuse_read_only_fields: bool = False
    """A write with a read-only field is a 400."""

    manners: frozenset[str] = frozenset()
    """Habits of real shops, see `sandbox.manners.table`. They set switches that still have their default."""
    erp_manners: frozenset[str] = frozenset()
    """The same for the ERP: only manners of the wire."""
    trickle_seconds: float = 0.5
    """Pause before each byte of a trickling answer."""
    bomb_megabytes: int = 200
    """Size of a gzip bomb after decompression."""

    origins: tuple[str, ...] = ("webshop", "erp")
    """Origins under which customers, addresses and users are found."""
    origin_lists: Literal["all", "own"] = "all"
    """What an origin's list returns: records of every origin, as documented, or only its own."""
    brief_directory_rows: bool = False
    """Rows of those lists contain only id, key and dates."""
    hidden_directory_fields: frozenset[str] = frozenset()
    """Fields missing from customers, addresses and users."""
    key_twins: bool = False
    """Orders also give the origin and key of customer, user and addresses (`customer_key`, ...)."""
    reuse_guest_party: bool = False
    """A guest with a known email address keeps the first order's customer record; otherwise each order creates one."""
    guests_have_users: bool = True
    """A guest's order has a user; otherwise its `user` is null."""
    directory_patch: frozenset[str] = frozenset({"user"})
    """Kinds of records that PATCH can change; only users are documented."""

    enforce_unique_desadv: bool = True
    """Refuse a despatch advice with a DesadvNumber seen before; otherwise accept it again."""

    erp_user: str = "orderflow"
    erp_password: str = "sandbox-secret"  # noqa: S105  # guards nothing
    erp_token: str = "sandbox-erp-token"  # noqa: S105  # guards nothing
    enforce_unique_reference: bool = True
    erp_ignores_case: bool = False
    """The ERP treats external references that differ only in case as the same."""
    honour_idempotency_key: bool = True
    late_commit_seconds: float = 0
    """How long a created order stays invisible to GET. Setting it back to 0 shows it at once."""
    unknown_products: tuple[str, ...] = ("UNKNOWN",)
    """The ERP rejects product keys that contain one of these."""
    erp_page_size: int = 100
    erp_capabilities: bool = True
    """`GET /capabilities` says what this ERP can do; otherwise it is a 404."""
    erp_shop_order_id: bool = True
    """Answers contain the shop's order id, and orders can be found by it."""
    erp_customers: bool = True
    """`/customers` is offered; otherwise it is a 404."""
    erp_charges: bool = True
    """`charges` count towards an order's total; otherwise they are ignored."""
    erp_extra: bool = True
    """What the ERP says about `extra`; it keeps the fields in any case."""
    erp_answers_content: bool = True
    """An order's answer includes each line's content and the customer."""
    erp_answers_buyer: bool = True
    """An order's answer includes the ERP's customer number, if known, and the delivery address's key."""
    erp_names_orders_of_slips: bool = True
    """A packing slip says what its order is called, and the shop order it was created from."""
    erp_unknown_customers: Literal["accept", "reject", "create"] = "accept"
    """What happens to an order of a customer that this ERP does not have."""
    erp_unknown_addresses: Literal["accept", "reject", "create"] = "accept"
    """What happens to an order with an address that its customer does not have in this ERP."""
    erp_customer_needs: tuple[str, ...] = ()
    """Fields without which a customer is rejected: `email`, `vat_number`, `addresses.city`."""
    enforce_unique_customers: bool = True
    erp_number_format: str = "ERP-{n}"
    """How orders are numbered: by `{n}`, a series over all orders, or `{of_shop}`, one per webshop (from 1)."""
    late_numbers: int = 0
    """How many look-ups return a new order without its number."""

    latency_ms: dict[Service, float] = Field(default_factory=dict)
    """Delay before a call is handled, by service."""

    @field_validator("manners", "erp_manners")
    @classmethod
    def _known(cls, names: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        return checked(names, of_erp=info.field_name == "erp_manners")

    def behaving(self, service: Service, more: Collection[str] = ()) -> Self:
        """Return the config for one call: with the switches of the service's manners, and these extra ones."""
        own = {"shop": self.manners, "erp": self.erp_manners}.get(service, frozenset())
        names = own.union(more)
        if not names:
            return self
        untouched = {name for name, field in type(self).model_fields.items() if getattr(self, name) == field.default}
        wanted = {switch: value for name in names for switch, value in MANNERS[name].switches.items()}
        return self.model_copy(update={"manners": names, **{n: v for n, v in wanted.items() if n in untouched}})

    def changed(self, changes: dict[str, Any]) -> Self:
        """Return the config with some switches changed; pydantic.ValidationError for unknown ones."""
        return self.model_validate({**self.model_dump(), **changes})


TODAYS_ERP: dict[str, Any] = {
    "erp_capabilities": False,
    "erp_shop_order_id": False,
    "erp_customers": False,
    "erp_charges": False,
    "erp_extra": False,
    "erp_answers_content": False,
    "erp_answers_buyer": False,
    "erp_names_orders_of_slips": False,
}
"""Switches for an ERP without any of the additions to the contract."""
