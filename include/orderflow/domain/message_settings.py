"""How messages to the shop, outside its order API, are addressed, and what customers read."""

from pydantic import BaseModel, ConfigDict, Field

from orderflow.domain.bounds import Id, ProxyPath, Texts


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OrderStatusTexts(_Settings):
    """What the customer reads with the order. Without a text nothing is sent."""

    pushed: Texts = Field(default_factory=dict)
    """Once the ERP has the order and the shop knows its numbers."""
    delivered: Texts = Field(default_factory=dict)
    """Once the order was delivered."""


class MessageSettings(_Settings):
    """How messages to the shop, outside its order API, are addressed."""

    shop: Id | None = None
    """The shop that messages name; the webshop's own id when not set."""
    user: Id | None = None
    """The user that messages name. Despatch advices and cXML confirmations need it; ask the vendor which it is."""
    confirmation_path: ProxyPath = "/proxy/oci_xml/confirmation/"
    """Where cXML confirmations go. ASSUMED: the vendor's page is not public, so ask for it."""
    repeat_is_refused: bool = False
    """Once CloudSuite has confirmed that it refuses a number it has had: a message in doubt is then sent again."""
    order_status: OrderStatusTexts = OrderStatusTexts()
