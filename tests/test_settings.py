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
