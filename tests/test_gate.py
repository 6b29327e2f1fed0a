"""The last gate: a secret is hidden in any form, and nothing can forge a line."""

import base64
import html
import io
import json
import logging
import re
import textwrap
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.errors import PermanentError
from orderflow.flow.reporting.messages import Message
from orderflow.ledger.database.rows import truncate
from orderflow.redaction import GuardedFormatter, excerpt, fit_to_show, guard_logs, hide, remember, visible

SECRETS = [
    "plain-s3cr3t-0123456789",
    "q\"u'o/t\\e<d>&amp;+= %100-§é-secret",
    "eyJ not.a.jwt / but long enough",
    "pässwörd-ünïcode-€",
    "ABCDEFGH",
]

DISGUISES: dict[str, Callable[[str], str]] = {
    "raw": str,
    "JSON": json.dumps,
    "JSON in UTF-8": lambda secret: json.dumps(secret, ensure_ascii=False),
    "JSON with slashes": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "JSON fit for a page": lambda s: (
        json.dumps(s).replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
    ),
    "JSON fit for a page, upper case": lambda s: (
        json.dumps(s).replace("<", r"\u003C").replace(">", r"\u003E").replace("&", r"\u0026")
    ),
    "JSON in JSON": lambda secret: json.dumps(json.dumps({"a": secret})),
    "Python": repr,
    "address": lambda secret: quote(secret, safe=""),
    "path": quote,
    "component": lambda secret: quote(secret, safe="!'()*"),
    "form": lambda secret: urlencode({"a": secret}),
    "plus": quote_plus,
    "address in lower case": lambda secret: (
        quote(secret, safe="").replace("%2F", "%2f").replace("%3D", "%3d")
        if secret.isascii() and "/" in secret and "\\" not in secret and "%" not in secret
        else quote(secret, safe="")
    ),
    "page": html.escape,
    "text of a page": lambda secret: html.escape(secret, quote=False),
    "Django's page": lambda secret: html.escape(secret).replace("&#x27;", "&#39;"),
    "Jinja's page": lambda secret: html.escape(secret).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    "XML's page": lambda secret: html.escape(secret).replace("&#x27;", "&apos;"),
    "ASCII page": lambda s: html.escape(s, quote=False).encode("ascii", "xmlcharrefreplace").decode(),
    "ASCII page in hexadecimal": lambda s: "".join(c if c.isascii() else f"&#x{ord(c):X};" for c in html.escape(s)),
    "page in JSON": lambda secret: json.dumps(html.escape(secret)),
    "JSON in a page": lambda secret: html.escape(json.dumps(secret)[1:-1]),
    "JSON in upper case": lambda s: re.sub(r"\\u[0-9a-f]{4}", lambda m: "\\u" + m[0][2:].upper(), json.dumps(s)),
    "address in an address": lambda secret: quote(quote(secret, safe=""), safe=""),
    "address of an old server": lambda secret: quote(secret.encode("cp1252"), safe=""),
    "base64 of an old server": lambda secret: base64.b64encode(secret.encode("cp1252")).decode(),
    "read in the wrong encoding": lambda secret: secret.encode().decode("latin-1"),
    "bytes": lambda secret: repr(secret.encode()),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "letters taken apart": lambda secret: unicodedata.normalize("NFD", secret),
    "SQL": lambda secret: secret.replace("'", "''"),
    "invisible signs between": "\u200b".join,
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 for addresses": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
    "base64 without its end": lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
    "in a block": lambda secret: base64.b64encode(f"user:{secret}:more".encode()).decode(),
    "in a block, one further": lambda secret: base64.b64encode(f"users:{secret}:more".encode()).decode(),
    "in a block, two further": lambda secret: base64.b64encode(f"userss:{secret}:more".encode()).decode(),
    "in a JSON block": lambda secret: base64.b64encode(b'{"a": "' + secret.encode() + b'"}').decode(),
    "wrapped": lambda secret: "\n".join(textwrap.wrap(secret.replace(" ", "_"), 7)) if " " not in secret else secret,
    "base64 wrapped as MIME": lambda secret: base64.encodebytes(f"{'x' * 40}{secret}".encode()).decode(),
    "base64 wrapped and escaped": lambda secret: json.dumps(
        base64.encodebytes(f"{'x' * 45}{secret}".encode()).decode()
    ),
    ".NET's JSON": lambda secret: "".join(
        rf"\u{ord(sign):04X}" if sign in "\"&'+<>`" or sign > "~" else sign for sign in secret.replace("\\", r"\\")
    ),
    "Handlebars' page": lambda secret: (
        html.escape(secret).replace("&#x27;", "&#39;").replace("=", "&#x3D;").replace("`", "&#x60;")
    ),
    "every sign of an address": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "every sign of a page": lambda secret: "".join(f"&#{ord(sign)};" for sign in secret),
    "every sign of JSON": lambda secret: "".join(rf"\u{ord(sign):04x}" for sign in secret),
    "page in a page": lambda secret: html.escape(html.escape(secret)),
    "page in an address": lambda secret: quote(html.escape(secret), safe=""),
    "JSON in an address": lambda secret: quote(json.dumps(secret), safe=""),
    "address in an address in JSON": lambda secret: json.dumps(f"/{quote(quote(quote(secret, safe=''), safe=''))}"),
    "colours between": "\x1b[0;31m".join,
    "changes of direction between": "\u202e".join,
    "indented": lambda secret: textwrap.indent(
        "\n".join(textwrap.wrap(base64.b64encode(secret.encode()).decode(), 9)), "    "
    ),
}


@pytest.mark.parametrize("form", DISGUISES)
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_hidden_in_every_form(secret: str, form: str) -> None:
    disguised = DISGUISES[form](secret)
    shown = fit_to_show(f"before {disguised} after", (secret,))
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    squeezed = "".join(shown.replace("\\n", "").split())
    for piece in (disguised, secret, base64.b64encode(secret.encode()).decode().rstrip("=")[:-2]):
        assert "".join(piece.replace("\\n", "").split()).strip('"') not in squeezed
    assert "***" in shown


@given(
    st.lists(st.characters(exclude_categories=["Cs"]), min_size=8, unique=True).map("".join),
    st.integers(min_value=0, max_value=5),
    st.text(),
)
def test_a_secret_inside_a_block_of_base64_is_hidden_wherever_it_begins(secret: str, before: int, after: str) -> None:
    data = secret.encode("utf-8", "replace")
    text = base64.b64encode(b"x" * before + data + after.encode("utf-8", "replace")).decode()
    shown = fit_to_show(text, (data.decode(),))
    first, last = -(-before * 8 // 6) + 1, (before + len(data)) * 8 // 6 - 1
    assert text[first:last] not in shown


def test_of_overlapping_secrets_nothing_is_left() -> None:
    long = "overlap-s3cr3t-0001-and-its-end-0002"
    wrapped = long.replace("-", "-\n")
    assert fit_to_show(f"a {wrapped} b", (long, "s3cr3t-0001")) == "a *** b"


def test_what_only_looks_like_an_escape_stays() -> None:
    text = r"100%25 C:\users\new &nbsp; %zz \uzzzz &; {\"a\": 1}"
    assert fit_to_show(text, ("another-s3cr3t-0001",)) == text


def test_what_was_remembered_is_hidden_everywhere(caplog: pytest.LogCaptureFixture) -> None:
    remember("remembered-s3cr3t")
    assert "remembered-s3cr3t" not in str(PermanentError("the answer is remembered-s3cr3t"))
    assert "remembered-s3cr3t" not in truncate("the answer is remembered-s3cr3t")
    assert "remembered-s3cr3t" not in excerpt("<p>remembered-s3cr3t</p>")
    factory = logging.getLogRecordFactory()
    try:
        guard_logs()
        guard_logs()
        logging.getLogger("orderflow.somewhere").warning("the %s is %s", "token", "remembered-s3cr3t\x1b[2J")
        logging.getLogger("other.somewhere").warning("as it was")
        assert logging.makeLogRecord({"name": "orderflow.x", "msg": "taken over"}).getMessage() == "taken over"
    finally:
        logging.setLogRecordFactory(factory)
    assert [record.getMessage() for record in caplog.records] == ["the token is ***\\x1b[2J", "as it was"]


@pytest.mark.parametrize("secret", ["q7x#", "pz&9k", "Zz'9"])
@pytest.mark.parametrize("form", ["raw", "JSON", "Python", "address", "form", "page", "Jinja's page", "base64", "SQL"])
def test_a_short_secret_is_hidden_where_it_stands_alone(secret: str, form: str) -> None:
    remember(secret)
    disguised = DISGUISES[form](secret)
    for text in (
        f"before {disguised}, after",
        f"password was {disguised}.",
        f"/a?p={disguised}&b=1",
        f"<b>{disguised}</b>",
    ):
        assert disguised.strip("\"'") not in fit_to_show(text), text


def test_a_short_secret_blacks_out_no_part_of_a_word() -> None:
    remember("zork")
    text = "zorks azork zork-api.example zork.example a_zork"
    assert fit_to_show(text) == text
    assert fit_to_show("zork, 'zork' (zork). user:zork@") == "***, '***' (***). user:***@"


@pytest.mark.parametrize("word", ["token", "Bearer", "true", "null", "https"])
def test_an_ordinary_word_as_a_password_hides_no_other_ones_name(word: str) -> None:
    remember(word)
    text = f'{{"{word}": 1}} https://host.example'
    assert fit_to_show(text) == text


@pytest.mark.parametrize("secret", [*SECRETS, "canary+pass/word=<&>\"'\\é-7731", "ünïcödé-pässwörd+/<>&'"])
def test_airflow_is_handed_few_forms_because_its_own_list_grows_slow(secret: str) -> None:
    """It compiles one pattern of all of them anew for each: 700 forms took half a minute of every task."""
    handed: list[str] = []
    factory = logging.getLogRecordFactory()
    try:
        hide(handed.extend, secret)
    finally:
        logging.setLogRecordFactory(factory)
    assert len(handed) <= 16
    assert {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), html.escape(secret)} <= set(handed)


def test_a_traceback_of_our_loggers_passes_the_gate_whoever_writes_it_down(caplog: pytest.LogCaptureFixture) -> None:
    remember("caused-s3cr3t-value")
    factory = logging.getLogRecordFactory()
    try:
        guard_logs()
        try:
            int("caused-s3cr3t-value")
        except ValueError:
            logging.getLogger("orderflow.somewhere").warning("it failed", exc_info=True)
    finally:
        logging.setLogRecordFactory(factory)
    (record,) = caplog.records
    assert record.exc_info is None
    assert record.getMessage().startswith("it failed\nTraceback")
    assert record.getMessage().endswith("invalid literal for int() with base 10: '***'\n")


def test_a_handler_that_cannot_write_tells_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default it prints the record's arguments, and the exception being handled with all its causes."""
    remember("ambient-s3cr3t-value")
    factory = logging.getLogRecordFactory()
    monkeypatch.setattr(logging, "raiseExceptions", True)
    full = logging.StreamHandler(io.StringIO())
    full.stream.close()
    loggers = [logging.getLogger(name) for name in ("orderflow.somewhere", "other.somewhere")]
    try:
        guard_logs()
        for log in loggers:
            log.addHandler(full)
            try:
                int("ambient-s3cr3t-value")
            except ValueError:
                log.warning("not %s", "ambient-s3cr3t-value")
    finally:
        logging.setLogRecordFactory(factory)
        for log in loggers:
            log.removeHandler(full)
    assert "ambient" not in capsys.readouterr().err


def test_a_traceback_passes_the_gate() -> None:
    remember("traced-s3cr3t-value")
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(GuardedFormatter("%(message)s"))
    log = logging.getLogger("gate.test")
    log.addHandler(handler)
    try:
        int("traced-s3cr3t-value")
    except ValueError:
        log.exception("it failed")
    finally:
        log.removeHandler(handler)
    assert "it failed" in out.getvalue()
    assert "ValueError" in out.getvalue()
    assert "traced-s3cr3t-value" not in out.getvalue()


@pytest.mark.parametrize(
    "forging",
    [
        "\x00",
        "\x07",
        "\x08",
        "\r",
        "\x1b[31m",
        "\x7f",
        "\x9b31m",
        "\u2028",
        "\u202e",
        "\u2066",
        "\u200f",
        "\ud800",
        "\ufeff",
        "\u200b",
        "\u2060",
        "\u00ad",
        "\ufff9",
        "\U000e0041",
    ],
)
def test_what_steers_a_terminal_or_a_line_is_shown_as_its_escape(forging: str) -> None:
    shown = visible(f"CS1{forging}CS2")
    assert shown.isprintable()
    assert shown.encode()
    assert visible(shown) == shown


def test_line_ends_and_letters_of_all_scripts_stay() -> None:
    text = "Müller\n\t- שלום, 你好, 👩‍🌾"
    assert visible(text) == text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("mail j.jansen+x@example.nl.", "mail [mail address]"),
        ("jansen@exämple.nl is unknown", "[mail address] is unknown"),
        ("call +31 (0)6 1234 5678 now", "call [phone number] now"),
        ("call 06-12345678 now", "call [phone number] now"),
        ("call 030/123 45 67 now", "call [phone number] now"),
        (
            "product 0001234567, order 123456789012, 2024-10-23 01:02",
            "product 0001234567, order 123456789012, 2024-10-23 01:02",
        ),
        ("5 @ 10.00", "5 @ 10.00"),
    ],
)
def test_quoted_answers_hold_no_mail_addresses_and_phone_numbers(said: str, shown: str) -> None:
    assert excerpt(said) == shown


@pytest.mark.parametrize("scheme", ["http:", "postgresql:", "socks5h:", ""])
@pytest.mark.parametrize("password", ["plain", "with@sign", "with/slash", "with#and?too", "w/it@h:all", ""])
def test_of_an_address_nothing_before_its_host_is_shown(scheme: str, password: str) -> None:
    shown = fit_to_show(f"cannot reach {scheme}//user:{password}@proxy.example:3128/x, sorry")
    assert shown == f"cannot reach {scheme}//proxy.example:3128/x, sorry"


def test_of_an_address_a_token_before_its_host_is_not_shown() -> None:
    assert fit_to_show("https://t0ken@part@hooks.example/x") == "https://hooks.example/x"


def test_of_an_address_without_a_password_all_is_shown() -> None:
    for address in ("https://host:8080/a@b", "http://host.example/path?mail=x", "a // b@c"):
        assert fit_to_show(address) == address


def test_of_a_long_answer_no_half_secret_is_shown() -> None:
    secret = "half-a-s3cr3t-is-one-too"
    for size in range(16_384 - len(secret), 16_384):
        page = "<p>" + "<i>" * ((size - 3) // 3) + "x" * (size % 3) + secret
        assert secret[:4] not in excerpt(page, (secret,))


def test_a_message_leaves_without_secrets_and_forged_lines() -> None:
    remember("message-s3cr3t-value")
    message = Message("order \u202e1SC", "order message-s3cr3t-value\x1b[2J", "CS1\r").fit()
    assert message == Message("order \\u202e1SC", "order ***\\x1b[2J", "CS1\\x0d")
