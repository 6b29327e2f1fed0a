"""The Variable `orderflow`: defaults that work, and mistakes that are all named."""

import pytest

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


@pytest.mark.parametrize("webshops", [{}, {"1": {"confirmation": "cxml"}}])
def test_without_a_user_it_is_said_which_setting_is_missing(webshops: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match=r"`webshops\.1\.messages\.user`"):
        Settings.parse({"webshops": webshops}).addressee(1)


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
