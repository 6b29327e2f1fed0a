"""Whom to tell of what: by the owner of a cause."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from orderflow.domain.reasons import Owner
from orderflow.domain.service_level import PATTERN, ServiceLevel


def _address(text: str) -> str:
    """Refuse what no mail could be sent to, such as a name, or two addresses in one text."""
    box, _, host = text.partition("@")
    if (
        not box
        or not host
        or any(letter in '@<>,;:"' or not letter.isprintable() or letter.isspace() for letter in box + host)
    ):
        raise ValueError(f"{text!r} is no mail address; write team@shop.example")
    return text


def _sender(text: str) -> str:
    name, bracket, rest = text.rpartition("<")
    _address(rest.removesuffix(">").strip() if bracket else text)
    if "\n" in name or "\r" in name:
        raise ValueError("a name goes on one line")
    return text


Address = Annotated[str, AfterValidator(_address)]


class AlertSettings(BaseModel):
    """Who is told of failed runs; a webhook is told if the connection `orderflow_alerts_webhook` exists."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mail_to: tuple[Address, ...] | dict[Owner, tuple[Address, ...]] = ()
    """Addresses, or addresses by owner, as `{"finance": ["debtors@shop.example"]}`: `shop team`, `ERP master data`,
    `finance`, `integration team`; `nobody` is for owners that are not named. By the connection `smtp_default`; empty:
    no mail."""
    mail_from: Annotated[str, AfterValidator(_sender)] | None = None
    """The sender; by default the one that the connection names."""
    service_level: str | None = Field(default=None, pattern=PATTERN)
    """Which share of a day's orders should be in the ERP within which time, as `95 % within 1 h` (`min`, `h`, `d`).
    The time starts with the confirmation, or when a later payment was seen. A day that misses it opens an alert the
    next morning."""
    digest_every_day: bool = False
    """Send the digest every morning, also when nothing has changed; else on Mondays and when something has."""

    @property
    def level(self) -> ServiceLevel | None:
        """The service level, if one is set."""
        return None if self.service_level is None else ServiceLevel.parse(self.service_level)

    def addresses_of(self, owner: Owner) -> tuple[str, ...]:
        """Return where mail about what is this owner's goes: never nowhere, if there is any address at all."""
        if not isinstance(self.mail_to, dict):
            return self.mail_to
        others = self.mail_to.get(Owner.NOBODY) or self.mail_to.get(Owner.INTEGRATION)
        everybody = tuple(dict.fromkeys(address for some in self.mail_to.values() for address in some))
        return self.mail_to.get(owner) or others or everybody
