"""Whom to tell of what: by the owner of a cause."""

from pydantic import BaseModel, ConfigDict

from orderflow.domain.reasons import Owner


class AlertSettings(BaseModel):
    """Who is told of failed runs; a webhook is told if the connection `orderflow_alerts_webhook` exists."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mail_to: tuple[str, ...] | dict[Owner, tuple[str, ...]] = ()
    """Addresses, or addresses by owner, as `{"finance": ["debtors@shop.example"]}`: `shop team`, `ERP master data`,
    `finance`, `integration team`; `nobody` is for owners that are not named. By the connection `smtp_default`; empty:
    no mail."""
    mail_from: str | None = None
    """The sender; by default the one that the connection names."""
    digest_every_day: bool = False
    """Send the digest every morning, also when nothing has changed; else on Mondays and when something has."""

    def addresses_of(self, owner: Owner) -> tuple[str, ...]:
        """Return where mail about what is this owner's goes: never nowhere, if there is any address at all."""
        if not isinstance(self.mail_to, dict):
            return self.mail_to
        others = self.mail_to.get(Owner.NOBODY) or self.mail_to.get(Owner.INTEGRATION)
        everybody = tuple(dict.fromkeys(address for some in self.mail_to.values() for address in some))
        return self.mail_to.get(owner) or others or everybody
