"""Who gets which messages: by the owner of a cause."""

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
        raise ValueError(f"{text!r} is not a mail address, such as team@shop.example")
    return text


def _sender(text: str) -> str:
    name, bracket, rest = text.rpartition("<")
    _address(rest.removesuffix(">").strip() if bracket else text)
    if "\n" in name or "\r" in name:
        raise ValueError("the sender's name must be on one line")
    return text


Address = Annotated[str, AfterValidator(_address)]


class AlertSettings(BaseModel):
    """Who gets alerts. The webhook gets them if the connection `orderflow_alerts_webhook` exists."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mail_to: tuple[Address, ...] | dict[Owner, tuple[Address, ...]] = ()
    """Addresses, or addresses by owner, such as `{"finance": ["debtors@shop.example"]}`. Owners are `shop team`,
    `ERP master data`, `finance` and `integration team`; `nobody` stands for those that are not named. Mail goes through
    the connection `smtp_default`. Empty: no mail."""
    mail_from: Annotated[str, AfterValidator(_sender)] | None = None
    """The sender; by default the one that the connection names."""
    service_level: str | None = Field(default=None, pattern=PATTERN)
    """Which share of a day's orders should be in the ERP within which time, as `95 % within 1 h` (`min`, `h`, `d`).
    The time starts with the confirmation, or when a later payment was seen. A day that misses it opens an alert the
    next morning."""
    digest_every_day: bool = False
    """Send the digest every morning. Otherwise it is sent on Mondays and when something has changed."""

    @property
    def level(self) -> ServiceLevel | None:
        """The service level, if one is set."""
        return None if self.service_level is None else ServiceLevel.parse(self.service_level)

    def addresses_of(self, owner: Owner) -> tuple[str, ...]:
        """Return the addresses for this owner's causes; somebody gets them, as long as there is any address at all."""
        if not isinstance(self.mail_to, dict):
            return self.mail_to
        others = self.mail_to.get(Owner.NOBODY) or self.mail_to.get(Owner.INTEGRATION)
        everybody = tuple(dict.fromkeys(address for some in self.mail_to.values() for address in some))
        return self.mail_to.get(owner) or others or everybody
