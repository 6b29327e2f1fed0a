"""Fields that go to the ERP in addition to those that this project knows."""

from typing import Annotated

from pydantic import AfterValidator, Field

Scalar = str | int | bool | None
"""Numbers with decimals are texts, as everywhere in the contract."""
OF_LINES = "order_lines."
"""How the path to a field of every order line begins."""


def _one_field(path: str) -> str:
    if path == OF_LINES.rstrip("."):
        raise ValueError("name a field of the lines, such as `order_lines.department`")
    return path


FieldPath = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$"), AfterValidator(_one_field)]
"""The path to a field, such as `delivery.option`."""
