"""Which addresses of the shop's admin the settings accept."""

import pytest

from orderflow.domain.order_link import order_link


@pytest.mark.parametrize(
    "link", ["https://shop.example/orders/{order_id}", "https://shop.example:8443/{webshop}?ref={reference}"]
)
def test_https_with_placeholders_in_path_and_query_is_taken(link: str) -> None:
    assert order_link(link) == link


@pytest.mark.parametrize(
    "link",
    [
        "http://shop.example/{order_id}",
        "javascript:alert(1)//https://",
        "//shop.example/{order_id}",
        "https:/shop.example",
        "https://",
        "https://{reference}.example/",
        "https://shop.example{reference}/",
        "https://shop.example:{order_id}/",
        "https://user:password@shop.example/",
        "https://@shop.example/",
        "https://shop.example\\@evil.example/",
        "https://shop.example/#{reference}",
        "https://shop.example/{name}",
        "https://shop.example/\n{order_id}",
        "ht\ttps://shop.example/",
        " https://shop.example/",
        "https://[::1/",
        "",
    ],
)
def test_every_other_address_is_refused(link: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text is for people
        order_link(link)
