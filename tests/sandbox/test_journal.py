import pytest
import requests

from sandbox.auth import FORM
from sandbox.config import Config
from sandbox.control import SandboxControl

SECRETS = ("sandbox-secret", "sandbox-erp-token", str(Config().legacy_token))


def test_calls_to_all_services_are_kept_in_order_with_what_they_were_about(shop, erp, control: SandboxControl):
    control.add_orders({"id": 7})
    shop("GET", "/api/order/?state=confirmed&limit=5")
    shop("PATCH", "/api/order/7/", json={"state": "processing"})
    erp("GET", "/sales-orders?external_reference=1/CS7")

    listed, patched, looked_up = control.journal()

    assert (listed["service"], listed["query"]) == ("shop", {"state": "confirmed", "limit": "5"})
    assert (patched["method"], patched["path"], patched["order_id"]) == ("PATCH", "/api/order/7/", 7)
    assert (patched["request_body"], patched["status"], patched["committed"]) == ({"state": "processing"}, 200, True)
    assert (looked_up["service"], looked_up["external_reference"]) == ("erp", "1/CS7")
    assert (looked_up["committed"], looked_up["fault"], looked_up["finished"]) == (False, None, True)
    assert listed["n"] < patched["n"] < looked_up["n"]


def test_only_calls_after_a_number_are_given_when_asked(shop, control: SandboxControl):
    shop("GET", "/api/order/")
    last = control.journal()[-1]["n"]
    shop("GET", "/api/order/1/")

    assert [entry["path"] for entry in control.journal(since=last)] == ["/api/order/1/"]


def test_numbering_goes_on_after_clearing(shop, control: SandboxControl):
    shop("GET", "/api/order/")
    last = control.journal()[-1]["n"]
    control.clear_journal()
    shop("GET", "/api/order/")

    assert [entry["n"] for entry in control.journal()] == [last + 1]


def test_a_refused_write_is_not_committed(shop, control: SandboxControl):
    control.add_orders({"id": 7})
    shop("PATCH", "/api/order/7/", json={"state": "bogus"})

    assert (control.journal()[-1]["status"], control.journal()[-1]["committed"]) == (400, False)


def test_control_calls_are_not_in_it(control: SandboxControl):
    control.orders()

    assert control.journal() == []


def test_no_secret_is_in_it(sandbox, anyone, control: SandboxControl):
    form = {"grant_type": "client_credentials", "client_id": "orderflow", "client_secret": SECRETS[0]}
    token = requests.post(sandbox.token_url, data=form, headers={"Content-Type": FORM}, timeout=30).json()
    for scheme in (f"Bearer {token['access_token']}", f"Token {SECRETS[2]}", f"Bearer {SECRETS[1]}"):
        anyone("GET", "/erp/sales-orders", headers={"Authorization": scheme})

    kept = str(control.journal())
    assert len(control.journal()) == 4
    assert not [secret for secret in (*SECRETS, token["access_token"]) if secret in kept]


def test_the_most_calls_at_the_same_time_are_counted_per_service(shop, control: SandboxControl):
    control.fault("delay", times=3)
    for _ in range(3):
        with pytest.raises(requests.ReadTimeout):
            shop("GET", "/api/order/", timeout=0.2)
    control.release()
    control.settle()
    shop("GET", "/api/order/")

    assert control.high_water() == {"shop": 3}
