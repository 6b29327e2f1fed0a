"""Excerpts: short, on one line, and never with a secret."""

import pytest

from orderflow.redaction import excerpt, redact, remember
from orderflow.redaction.gate import LONGEST_EXCERPT
from orderflow.transport.faults import pointed_at

SECRET = "p4ss-w0rd-of-the-shop"


@pytest.mark.parametrize(
    "text",
    [
        f"known {SECRET} value",
        f'{{"client_secret": "{SECRET}"}}',
        f"{{'password': '{SECRET}'}}",
        f"client_id=me&client_secret={SECRET}&scope=openid",
        f"Authorization: Bearer {SECRET}",
        f"authorization: token {SECRET}",
        f'"access_token":"{SECRET}"',
        f"api_key={SECRET}",
        f"https://user:{SECRET}@example.com/",
    ],
)
def test_a_secret_is_hidden_by_its_value_or_by_its_name(text: str) -> None:
    known = (SECRET,) if text.startswith("known") else ()
    assert SECRET not in redact(text, known)


def test_a_secret_that_is_an_ordinary_word_hides_no_other_ones_name() -> None:
    remember("secret", "password")
    assert SECRET not in redact(f'{{"client_secret": "{SECRET}"}}')
    assert SECRET not in redact(f"password={SECRET}")


def test_long_credentials_and_web_tokens_are_hidden_wherever_they_stand() -> None:
    assert redact("saw Bearer abcdefghijklmnop1234") == "saw Bearer ***"
    assert redact("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1 end") == "jwt *** end"


@pytest.mark.parametrize(
    "text", ["Invalid token header.", "the token endpoint is down", "basic knowledge", "state: done"]
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text, ("", "a")) == text


def test_a_secret_is_hidden_before_the_text_is_cut() -> None:
    """Cut first, half of the secret would stay, and be found by no search for the whole."""
    body = "x" * (LONGEST_EXCERPT - 10) + SECRET
    assert SECRET[:6] not in excerpt(body, (SECRET,))


def test_an_excerpt_is_one_short_line() -> None:
    text = excerpt("line one\n\n  line two\n" + "word " * 500)
    assert text.startswith("line one line two word")
    assert len(text) == LONGEST_EXCERPT
    assert "\n" not in text


def test_of_a_page_the_title_is_told() -> None:
    assert excerpt("<!doctype html><html><head><title>Server Error (500) &amp; more</title></head>") == (
        "Server Error (500) & more"
    )


def test_of_a_page_without_a_title_the_text_is_told() -> None:
    page = "<html><style>p {color: red}</style><script>alert(1)</script><body><p>Bad</p><p>Gateway</p></body></html>"
    assert excerpt(page) == "Bad Gateway"


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("/api/order/1/?x=1", "/api/order/1/"),
        ("https://u:p@h.example/a?token=1#f", "https://h.example/a"),
        ("//h.example/a", "//h.example/a"),
        ("", ""),
    ],
)
def test_where_a_redirect_points_is_told_without_secrets(location: str, told: str) -> None:
    assert pointed_at(location) == told
