"""What differs between webshops."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orderflow.domain.bounds import is_path_part
from orderflow.domain.message_settings import MessageSettings

FIXED = "fixed:"


class WebshopSettings(BaseModel):
    """What differs between webshops."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="", max_length=60)
    """What people call it on the page; its id where there is none."""
    payment_option: bool = True
    """Whether buyers can pay in this webshop. If not, payment status `none` is payable."""
    deliveries: Literal["desadv", "none"] = "desadv"
    """Whether the shop gets despatch advices (DESADV). If not, this flow finishes orders once they are written back. An
    order keeps what was set when it was written back."""
    finish: Literal["shipment_sent", "done"] = "shipment_sent"
    """How orders are finished where no despatch advice is sent."""
    confirmation: Literal["json", "cxml"] = "json"
    """How the ERP's number and line numbers are written to the shop."""
    customers: Literal["must_exist", "create", "create_and_update"] = "must_exist"
    """What happens if the ERP does not have the customer: its orders are held, or it is created there. The last value
    also brings later changes to the shop's own customers and addresses to the ERP."""
    guests: str = Field(default="one_per_order", pattern=r"^(one_per_order|by_mail|fixed:[^\s]+)$")
    """The ERP customer of a guest's order: its own, one per mail address, or always the one with this key, such as
    `fixed:erp/GUESTS`."""
    tell_customer_code: bool = False
    """Whether the ERP's own customer number goes back to the shop, as `code`. ASSUMED: the vendor documents PATCH for
    users only."""
    messages: MessageSettings = MessageSettings()

    @property
    def fixed_guest(self) -> str | None:
        """The customer of every guest, as `key` or `origin/key`; None if `guests` names none."""
        return self.guests.removeprefix(FIXED) if self.guests.startswith(FIXED) else None

    @property
    def about_customers(self) -> str | None:
        """The name of a setting, changed from its default, that acts on customers read from the shop."""
        names = ("customers", "guests", "tell_customer_code")
        return next((name for name in names if getattr(self, name) != type(self).model_fields[name].default), None)

    @model_validator(mode="after")
    def _names_a_customer(self) -> Self:
        """Refuse a customer of guests without a key, or whose origin is empty."""
        if self.fixed_guest is not None and not all(map(is_path_part, self.fixed_guest.split("/", 1))):
            raise ValueError(f"`guests` is {self.guests!r}: name a customer of the ERP, as `{FIXED}erp/GUESTS`")
        return self

    @model_validator(mode="after")
    def _can_confirm(self) -> Self:
        """Refuse cXML without a user: the shop could be told nothing about an order that the ERP already has."""
        if self.confirmation == "cxml" and self.messages.user is None:
            raise ValueError(
                '`confirmation` is "cxml", which needs `messages.user`: set it to the user that the shop\'s messages '
                "name; ask CloudSuite which it is"
            )
        return self
