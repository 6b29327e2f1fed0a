"""Texts of a check in Dutch. The English text is the key; `{}` stands for what varies."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from orderflow.checking.dutch_of_assumptions import OF_ASSUMPTIONS
from orderflow.checking.dutch_of_erp import OF_ERP
from orderflow.checking.dutch_of_shop import OF_SHOP

WORDS: Mapping[str, str] = {
    "yes": "ja",
    "refused": "geweigerd",
    "text": "tekst",
    "decimal": "decimaal getal",
    "whole number": "geheel getal",
    "null": "null",
    "and": "en",
    "more": "meer",
    "fewer": "minder",
    "missing": "zonder status",
    "rows": "rijen",
    "by": "met",
    "an empty text": "een lege tekst",
    "an address": "een adres",
}
"""Words within what varies."""


def in_dutch(text: str) -> str:
    """Return a text of a check in Dutch; what has no translation, such as an error's message, stays as it is."""
    return _translated(text) or "; ".join(_translated(part) or part for part in text.split("; "))


def dutch_of(texts: Iterable[str]) -> dict[str, str]:
    """Return the Dutch of each text that has one, by the English text."""
    found = {text: in_dutch(text) for text in texts}
    return {text: dutch for text, dutch in found.items() if dutch != text}


def _translated(text: str) -> str | None:
    if text in _EXACT:
        return _EXACT[text]
    for pattern, dutch in _patterns():
        if match := pattern.fullmatch(text):
            return dutch.format(*(_filled(part) for part in match.groups()))
    return None


def _filled(part: str) -> str:
    """Translate the words of a varying part, such as `yes`, and lists of them."""
    part = re.sub(r" and (\d+) more\b", rf" {WORDS['and']} \1 {WORDS['more']}", part)
    return re.sub(r"[a-z]+(?: [a-z]+)*", lambda found: _of_words(found[0]), part)


def _of_words(text: str) -> str:
    """Translate `decimal and text`; a text with any other word, such as an error's message, stays as it is."""
    words = text.split(" and ")
    return f" {WORDS['and']} ".join(WORDS[word] for word in words) if WORDS.keys() >= set(words) else text


_VERDICTS = {**OF_SHOP, **OF_ERP}
_VARYING = r"((?:(?!; )[\s\S])*?)"
_EXACT = {
    english: dutch for of in (OF_ASSUMPTIONS, OF_SHOP, OF_ERP) for english, dutch in of.items() if "{}" not in english
}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the texts with varying parts, the most specific first."""
    templates = sorted((text for text in _VERDICTS if "{}" in text), key=lambda text: -len(text.replace("{}", "")))
    return tuple((re.compile(_VARYING.join(map(re.escape, text.split("{}")))), _VERDICTS[text]) for text in templates)
