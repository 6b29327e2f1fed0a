"""What can be switched while the sandbox runs."""

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
    """For the deprecated `Authorization: Token` scheme; None refuses it."""
    token_ttl: float = 300
    """Seconds an access token lives."""
    default_limit: int = 20
    max_limit: int = 100
    unknown_filters: frozenset[str] = frozenset()
    """Filters that this shop does not know, and therefore ignores."""
    hidden_fields: frozenset[str] = frozenset()
    """Fields that this shop's order objects do not show."""
    next_origin: str | None = None
    """Scheme and host written in `next` and `previous`; None repeats what the client used."""
    unstable_rows: bool = False
    """Rows of each list call come in another order."""
    put_renumbers_lines: bool = False
    """A PUT makes every line anew, with a new id."""
    strict_states: bool = False
    """Refuse moves between states that make no sense."""
    api_timezone: str = "Europe/Amsterdam"
    """Zone of the shop's naive timestamps."""
    rate_limit: int | None = None
    """Shop calls per `rate_period` before 429."""
    rate_period: Literal["second", "minute", "hour"] = "second"
    rate_retry_after: bool = True
    """A 429 says when to come back."""
    write_answers: Literal["whole", "partial", "empty", "no_content", "old"] = "whole"
    """What a PATCH or PUT answers: the order, the fields sent, nothing, 204, or the order as it was before."""
    refuse_unknown_fields: bool = False
    """A write that names a field the shop does not know is a 400."""
    refuse_read_only_fields: bool = False
    """A write that names a read-only field is a 400."""

    manners: frozenset[str] = frozenset()
    """Ways of a real shop, see `sandbox.manners.table`; they set switches that are at their default."""
    erp_manners: frozenset[str] = frozenset()
    """The same for the ERP: those of the wire."""
    trickle_seconds: float = 0.5
    """Pause before each byte of a trickling answer."""
    bomb_megabytes: int = 200
    """Size of a gzip bomb once it is unpacked."""

    origins: tuple[str, ...] = ("webshop", "erp")
    """Codes below which customers, addresses and users are found."""
    origin_lists: Literal["all", "own"] = "all"
    """What a list below an origin holds: records of every origin, as documented, or only its own."""
    brief_directory_rows: bool = False
    """Rows of those lists carry id, key and dates only."""
    hidden_directory_fields: frozenset[str] = frozenset()
    """Fields that customers, addresses and users do not show."""
    key_twins: bool = False
    """Orders name their customer, user and addresses by origin and key too (`customer_key`, ...)."""
    reuse_guest_party: bool = False
    """A guest whose mail address is known keeps the party of the first order; else every order makes one."""
    guests_have_users: bool = True
    """A guest's order names a user; else its `user` is null."""
    directory_patch: frozenset[str] = frozenset({"user"})
    """Kinds of records that can be changed by PATCH; only users are documented."""

    enforce_unique_desadv: bool = True
    """Refuse a despatch advice whose DesadvNumber was taken before; else it is taken again."""

    erp_user: str = "orderflow"
    erp_password: str = "sandbox-secret"  # noqa: S105  # guards nothing
    erp_token: str = "sandbox-erp-token"  # noqa: S105  # guards nothing
    enforce_unique_reference: bool = True
    honour_idempotency_key: bool = True
    late_commit_seconds: float = 0
    """How long a created order stays invisible to GET; set back to 0 it shows at once."""
    unknown_products: tuple[str, ...] = ("UNKNOWN",)
    """The ERP rejects product keys that contain one of these."""
    erp_page_size: int = 100
    erp_capabilities: bool = True
    """`GET /capabilities` says what this ERP can do; else it is a 404."""
    erp_shop_order_id: bool = True
    """Answers name the shop's order id, and orders are found by it."""
    erp_customers: bool = True
    """`/customers` is offered; else it is a 404."""
    erp_charges: bool = True
    """`charges` count in an order's total; else they are ignored."""
    erp_extra: bool = True
    """What the ERP says about `extra`; it is kept in any case."""
    erp_answers_content: bool = True
    """An order's answer says what each line holds, and of which customer it is."""
    erp_answers_buyer: bool = True
    """An order's answer holds the customer's own number here, where it is known, and the delivery address's key."""
    erp_unknown_customers: Literal["accept", "reject", "create"] = "accept"
    """What happens to the order of a customer that this ERP does not have."""
    erp_unknown_addresses: Literal["accept", "reject", "create"] = "accept"
    """What happens to an order with an address that its customer does not have here."""
    erp_customer_needs: tuple[str, ...] = ()
    """Fields without which a customer is rejected: `email`, `vat_number`, `addresses.city`."""
    enforce_unique_customers: bool = True
    late_numbers: int = 0
    """How many look-ups show a new order without its number."""

    latency_ms: dict[Service, float] = Field(default_factory=dict)
    """Waiting time before a call is handled, by service."""

    @field_validator("manners", "erp_manners")
    @classmethod
    def _known(cls, names: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        return checked(names, of_erp=info.field_name == "erp_manners")

    def behaving(self, service: Service, more: Collection[str] = ()) -> Self:
        """Return the config for one call: with the switches of the service's manners, and of some more."""
        own = {"shop": self.manners, "erp": self.erp_manners}.get(service, frozenset())
        names = own.union(more)
        if not names:
            return self
        untouched = {name for name, field in type(self).model_fields.items() if getattr(self, name) == field.default}
        wanted = {switch: value for name in names for switch, value in MANNERS[name].switches.items()}
        return self.model_copy(update={"manners": names, **{n: v for n, v in wanted.items() if n in untouched}})

    def changed(self, changes: dict[str, Any]) -> Self:
        """Return the config with some switches set; pydantic.ValidationError for unknown ones."""
        return self.model_validate({**self.model_dump(), **changes})


TODAYS_ERP: dict[str, Any] = {
    "erp_capabilities": False,
    "erp_shop_order_id": False,
    "erp_customers": False,
    "erp_charges": False,
    "erp_extra": False,
    "erp_answers_content": False,
    "erp_answers_buyer": False,
}
"""Switches of an ERP that knows none of the additions to the contract."""
