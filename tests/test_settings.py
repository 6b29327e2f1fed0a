"""The Variable `orderflow`: defaults that work, and errors that list every mistake."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from orderflow.errors import ConfigurationError
from orderflow.settings import Settings


@pytest.mark.parametrize("value", [None, {}])
def test_without_a_variable_everything_has_a_default(value: object) -> None:
    settings = Settings.parse(value)
    assert settings.webshop(7).payment_option is True
    assert settings.timezone == "Europe/Amsterdam"


def test_every_mistake_is_named_at_once() -> None:
    wrong = {"timezone": "Mars/Base", "limits": {"concurrency": 0}, "webshops": {"1": {"delivery": "none"}}, "x": 1}
    with pytest.raises(ConfigurationError) as error:
        Settings.parse(wrong)
    for named in ("timezone", "limits.concurrency", "webshops.1.delivery", "x:"):
        assert named in str(error.value)


def test_a_webshop_keeps_the_defaults_it_does_not_change() -> None:
    webshop = Settings.parse({"webshops": {"2": {"payment_option": False}}}).webshop(2)
    assert (webshop.payment_option, webshop.deliveries) == (False, "desadv")


def test_messages_name_the_webshop_and_the_user_that_is_set() -> None:
    webshops = {"2": {"messages": {"user": 10}}, "3": {"messages": {"shop": 7, "user": 1}}}
    settings = Settings.parse({"webshops": webshops})
    assert settings.addressee(2) == (2, 10)
    assert settings.addressee(3) == (7, 1)


def test_without_a_user_it_is_said_which_setting_is_missing() -> None:
    with pytest.raises(ConfigurationError, match=r"`webshops\.1\.messages\.user`"):
        Settings().addressee(1)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"webshops": {"1": {"confirmation": "cxml"}}}, r"webshops\.1: .*`messages\.user`"),
        ({"webshops": {"3": {"confirmation": "cxml", "messages": {"shop": 3}}}}, r"webshops\.3: .*`messages\.user`"),
        ({"origins": ["webshop", "a", "b"], "webshops": {"1": {"guests": "fixed:G"}}}, r"`webshops\.1\.guests`"),
        ({"origins": ["webshop"], "webshops": {"1": {"guests": "fixed:G"}}}, r"`webshops\.1\.guests`"),
        *(
            ({"webshops": {"1": {}, "2": given}}, rf"`webshops\.2\.{next(iter(given))}` .*`origins`")
            for given in (
                {"customers": "create"},
                {"customers": "create_and_update"},
                {"guests": "by_mail"},
                {"guests": "fixed:erp/G"},
                {"tell_customer_code": True},
            )
        ),
    ],
)
def test_a_setting_that_cannot_work_without_another_is_refused(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        Settings.parse(wrong)


@pytest.mark.parametrize("guest", ["", "/", "/G", "erp/", "..", "./G", "erp/..", "erp/.", "\0", "erp/\0", "\ud800"])
def test_a_customer_of_guests_without_origin_or_key_is_refused(guest: str) -> None:
    with pytest.raises(ConfigurationError, match=r"webshops\.1\b.*guests"):
        Settings.parse({"webshops": {"1": {"guests": f"fixed:{guest}"}}})


@pytest.mark.parametrize("origin", ["", ".", "..", "a/b", "a b", "\0", "a\x1b", "\ud800", "\u202e"])
@pytest.mark.parametrize("key", ["origins", "shop_origins"])
def test_an_origin_that_cannot_be_part_of_an_address_is_refused(key: str, origin: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"{key}\.1: "):
        Settings.parse({key: ["webshop", origin]})


PATHS = [
    "../../x",
    "a/../../x",
    "..",
    ".",
    "./x",
    "a//b",
    "/",
    "%2e%2e/x",
    "%2E./x",
    "a/%2f/b",
    "..\\x",
    "%2e%2e%5cx",
    "\0",
]


@pytest.mark.parametrize("path", [*PATHS, "\0", "\ud800"])
def test_a_confirmation_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"webshops\.1\.messages\.confirmation_path: "):
        Settings.parse({"webshops": {"1": {"messages": {"confirmation_path": f"/proxy/{path}"}}}})


def test_names_with_dots_and_other_letters_are_taken() -> None:
    messages = {"user": 0, "confirmation_path": "/proxy/v1.2/..x/o%20c/"}
    webshops = {
        "1": {"confirmation": "cxml", "messages": messages, "guests": "fixed:erp/a/b"},
        "2": {"guests": "fixed:G.1"},
    }
    settings = Settings.parse({"origins": ["webshop", "erp.nl"], "webshops": webshops})
    assert settings.webshop(1).fixed_guest == "erp/a/b"
    assert settings.webshop(2).fixed_guest == "G.1"
    assert Settings.parse({"origins": ["...", "?x#", "b\u00e9"]}).origins == ("...", "?x#", "b\u00e9")


@pytest.mark.parametrize(
    "messages",
    [
        {"confirmation_path": "https://elsewhere.example/"},
        {"confirmation_path": "//elsewhere.example/"},
        {"confirmation_path": "/api/order/"},
        {"order_status": {"pushed": {"nl": "In behandeling"}}},
        {"order_status": {"pushed": {"nl_NL": ""}}},
        {"order_status": {"shipped": {"nl_NL": "Onderweg"}}},
    ],
)
def test_mistakes_in_the_message_settings_are_named(messages: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match=r"webshops\.1\.messages\."):
        Settings.parse({"webshops": {"1": {"messages": messages}}})


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"limits": {"lookup_waits": []}}, "limits.lookup_waits"),
        ({"limits": {"lookup_waits": [0, -1]}}, "limits.lookup_waits.1"),
        ({"limits": {"lookup_waits": [1e9]}}, "limits.lookup_waits.0"),
        ({"limits": {"lookup_waits": ["NaN"]}}, "limits.lookup_waits.0"),
        ({"limits": {"lease_seconds": 0}}, "limits.lease_seconds"),
        ({"limits": {"total_tolerance": "NaN"}}, "limits.total_tolerance"),
        ({"limits": {"total_tolerance": "0.05"}, "reconciliation": {"tolerance": "0.01"}}, "set only the first"),
        ({"alerts": {"mail_to": ["the team"]}}, "is not a mail address"),
        ({"alerts": {"mail_to": ["a@x.example, b@x.example"]}}, "is not a mail address"),
        ({"alerts": {"mail_to": ["a@x.example\nBcc: b@x.example"]}}, "is not a mail address"),
        ({"alerts": {"mail_to": {"finance": ["@x.example"]}}}, "is not a mail address"),
        ({"alerts": {"mail_from": "Orderflow"}}, "is not a mail address"),
        ({"alerts": {"mail_from": "Orderflow\n <a@x.example>"}}, "one line"),
    ],
    ids=str,
)
def test_what_cannot_work_is_refused(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        Settings.parse(wrong)
    assert named in str(error.value)


def _numbers(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield where every setting is that is a number, or may be one."""
    for name, field in model.model_fields.items():
        for kind in _kinds(field):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _numbers(kind, (*path, name, *(["1"] if _is_table(field) else [])))
            elif kind in {int, float, Decimal}:
                yield (*path, name)


def _is_table(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is dict


def _kinds(field: FieldInfo) -> Iterator[Any]:
    """Yield the types that a setting may have, or that the values of a table have."""
    todo: list[Any] = [get_args(field.annotation)[1] if _is_table(field) else field.annotation]
    while todo:
        kind = todo.pop()
        inner = get_args(kind)[:1] if get_origin(kind) is Annotated else get_args(kind)
        todo.extend(inner)
        if not inner:
            yield kind


NUMBERS = sorted(set(_numbers(Settings)))
BEYOND = ("1e400", "-1", "1" + "0" * 30, "9" * 5000, '"Infinity"', '"-Infinity"', '"NaN"', '"1E+400"', "[]", '"x"')


def test_all_numbers_are_found() -> None:
    assert len(NUMBERS) > 25
    assert {("limits", "lease_seconds"), ("webshops", "1", "messages", "user"), ("retention", "events")} <= {*NUMBERS}


@pytest.mark.parametrize("path", NUMBERS, ids=".".join)
def test_a_number_that_no_clock_or_database_can_hold_is_refused_by_name(path: tuple[str, ...]) -> None:
    for number in BEYOND:
        text = number
        for name in reversed(path):
            text = f'{{"{name}": {text}}}'
        with pytest.raises(ConfigurationError) as error:
            Settings.read(text)
        assert path[-1] in str(error.value) or "not JSON" in str(error.value), number
        assert len(str(error.value)) < 2000


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"limits": {"page_size": 5}, "limits": {}}', "'limits' is there twice"),
        ('{"limits": {"total_tolerance": NaN}}', "NaN is no number"),
        ('{"limits": {"total_tolerance": Infinity}}', "Infinity is no number"),
        ("[]", "dictionary"),
        ("false", "dictionary"),
        ("0", "dictionary"),
        ('""', "dictionary"),
        ('{"\\ud800": 1}', "unicode"),
        ('{"timezone": "Europe"}', "is not a time zone"),
        ('{"timezone": "' + "a" * 5000 + '"}', "is not a time zone"),
        ('{"api_timezone": "../UTC"}', "is not a time zone"),
        ('{"not_before": 20261122}', "write a day as 2026-11-22"),
        ('{"not_before": "20261122"}', "write a day as 2026-11-22"),
        ('{"not_before": "0001-01-01"}', "of the year 1"),
        ('{"not_before": "2026-11-22T06:00:00"}', "not_before"),
        ('{"default_webshop": 9223372036854775808}', "default_webshop"),
        ('{"webshops": {"-1": {}}}', "webshops"),
    ],
    ids=lambda text: text[:50],
)
def test_a_variable_that_cannot_be_meant_is_refused(text: str, named: str) -> None:
    """Airflow itself takes one that it cannot decode for one that is not set, and all defaults would hold."""
    with pytest.raises(ConfigurationError) as error:
        Settings.read(text)
    assert named in str(error.value)


@pytest.mark.parametrize("text", [None, "", " ", "{}", "null"])
def test_a_variable_without_anything_in_it_means_the_defaults(text: str | None) -> None:
    assert Settings.read(text) == Settings()


@pytest.mark.parametrize(
    "given",
    [
        {"limits": {"total_tolerance": "0.02"}},
        {"reconciliation": {"tolerance": "0.02"}},
        {"limits": {"total_tolerance": "0.02"}, "reconciliation": {"tolerance": "0.020"}},
    ],
    ids=str,
)
def test_there_is_one_tolerance_whatever_it_is_called(given: dict[str, object]) -> None:
    settings = Settings.parse(given)
    assert settings.limits.total_tolerance == settings.amount_tolerance == Decimal("0.02")


@pytest.mark.parametrize("sender", ["a@x.example", "Orderflow <a@x.example>", "ops@localhost"])
def test_a_sender_may_have_a_name(sender: str) -> None:
    assert Settings.parse({"alerts": {"mail_from": sender}}).alerts.mail_from == sender
