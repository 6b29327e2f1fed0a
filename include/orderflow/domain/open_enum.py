"""Enumerations that newer code may have extended: older code can read stored values that it does not know."""

from enum import StrEnum
from typing import Generic, Self, TypeVar

Key = TypeVar("Key")
Text = TypeVar("Text")


class OpenEnum(StrEnum):
    """An enumeration whose values are stored. Calling it checks a value as usual; `stored` accepts any."""

    @classmethod
    def stored(cls, text: str) -> Self:
        """Return the member, or a stand-in of the same value that equals no member."""
        try:
            return cls(text)
        except ValueError:
            unknown = str.__new__(cls, text)
            unknown._name_ = unknown._value_ = text
            return unknown

    @property
    def is_known(self) -> bool:
        """Whether this code knows the value."""
        return self._value_ in type(self)._value2member_map_


class TextsOf(dict[Key, Text], Generic[Key, Text]):
    """A table with an entry for each member, and one for values that newer code has added."""

    def __init__(self, texts: dict[Key, Text], *, unknown: Text) -> None:
        super().__init__(texts)
        self._unknown = unknown

    def __missing__(self, key: Key) -> Text:
        return self._unknown
