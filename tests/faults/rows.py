"""Rows and columns of the fault matrix, as data: the point of a run, and what goes wrong there."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ONLINE, OFFLINE = 20001, 20002
"""The two orders of the day: a paid one with the same product on two lines, and one placed offline."""


class Column(StrEnum):
    """What goes wrong. The first eight are about an answer, the last three about the worker."""

    REFUSED = "refused"
    RESET_BEFORE = "reset before commit"
    RESET_AFTER = "reset after commit"
    LATE = "time-out, then late commit"
    THROTTLED = "429"
    HTML = "500 HTML"
    UNAUTHORIZED = "401"
    WRONG = "wrong answer"
    KILL_BEFORE = "kill -9 before"
    KILL_DURING = "kill -9 during"
    KILL_AFTER = "kill -9 after"


KILLS = {Column.KILL_BEFORE: "before", Column.KILL_DURING: "during", Column.KILL_AFTER: "after"}


class Kind(StrEnum):
    """The service that a row talks to."""

    HTTP = "http"
    LEDGER = "ledger"
    XCOM = "xcom"


class Scene(StrEnum):
    """What a run is about, and how the webshop is configured."""

    DAY = "day"
    CXML = "told by cXML"
    FINISHED = "without deliveries"
    SHIPMENTS = "packing slips"
    GUEST = "a guest's order"
    MOVED = "an address added while ordering"


SETTINGS: dict[Scene, dict[str, Any]] = {
    Scene.DAY: {},
    Scene.CXML: {"webshops": {1: {"confirmation": "cxml", "messages": {"user": 10}}}},
    Scene.FINISHED: {"webshops": {1: {"deliveries": "none"}}},
    Scene.SHIPMENTS: {"webshops": {1: {"messages": {"user": 10}}}},
    Scene.GUEST: {"origins": ["webshop", "erp"], "webshops": {1: {"customers": "create"}}},
    Scene.MOVED: {"origins": ["webshop", "erp"], "webshops": {1: {"customers": "create"}}},
}


@dataclass(frozen=True)
class Row:
    """One point of a run; `rule` finds it in the sandbox, `what` in the worker."""

    name: str
    what: str
    kind: Kind = Kind.HTTP
    scene: Scene = Scene.DAY
    rule: dict[str, Any] = field(default_factory=dict)
    skip: int = 0
    wrong: tuple[dict[str, Any], ...] = ()
    """The wrong answers, one after another."""
    table: str = ""
    """The table of the ledger that is locked in the column for a busy database."""


def _shop(
    name: str,
    method: str,
    path: str,
    *wrong: dict[str, Any],
    body: str = "",
    skip: int = 0,
    scene: Scene = Scene.DAY,
) -> Row:
    rule = {"service": "shop", "method": method, "path": path, "skip": skip, **({"body": body} if body else {})}
    return Row(name, f"^{method} {path}.*{body}", scene=scene, rule=rule, skip=skip, wrong=wrong)


def _erp(name: str, method: str, *wrong: dict[str, Any], path: str = "/sales-orders", scene: Scene = Scene.DAY) -> Row:
    rule = {"service": "erp", "method": method, "path": path}
    return Row(name, f"^{method} /erp{path}", scene=scene, rule=rule, wrong=wrong)


def _shipment_event(name: str, outcome: str) -> Row:
    what = f"INSERT INTO orderflow_event.*'send_packing_slip'.*'{outcome}'"
    return Row(name, what, Kind.LEDGER, Scene.SHIPMENTS, table="orderflow_event")


def _says(answer: Any, **more: Any) -> dict[str, Any]:
    return {"action": "wrong_answer", "answer": answer, **more}


def _ignores(field_name: str) -> tuple[dict[str, Any], ...]:
    """Answer 200 without storing a field: once admitting it, once hiding it."""
    return tuple({"action": "ignore_fields", "fields": [field_name], "echo": hidden} for hidden in (False, True))


_ELSE = {"id": 1, "reference": "CS1"}
_STRANGERS = {"results": [{"number": "ERP-1", "external_reference": "9/CS9", "lines": []}]}
_STRANGE_CUSTOMERS = {"results": [{"origin": "webshop", "key": "another", "code": "1"}]}
_DETAIL = f"/api/order/{ONLINE}/"
_CXML, _DESADV = "/proxy/oci_xml/confirmation/", "/proxy/des_adv_xml/delivery/"
_HTML_LOGIN = {"action": "wrong_answer", "html": "<html><h1>Log in</h1></html>"}

ROWS = (
    _shop("list", "GET", r"/api/order/\?", _says({"hello": "world"})),
    _shop("detail", "GET", _DETAIL, _says(_ELSE)),
    Row("claim", r"UPDATE orderflow_order SET.*attempts=\(", Kind.LEDGER, table="orderflow_order"),
    _erp("ERP look-up", "GET", _says(_STRANGERS)),
    Row(
        "ledger commit: intent",
        "INSERT INTO orderflow_event.*'push_to_erp'.*'intent'",
        Kind.LEDGER,
        table="orderflow_event",
    ),
    _erp("ERP POST", "POST", _says({"number": "ERP-1"}), _says({"number": "ERP-1"}, commit=True)),
    Row(
        "ledger commit: outcome",
        "INSERT INTO orderflow_event.*'push_to_erp'.*'done'",
        Kind.LEDGER,
        table="orderflow_event",
    ),
    _shop("PATCH state", "PATCH", _DETAIL, *_ignores("state"), body='{"state"'),
    _shop("PATCH number", "PATCH", _DETAIL, *_ignores("erp_order_number"), body='{"erp_order_number"'),
    _shop("PUT", "PUT", _DETAIL, *_ignores("order_lines.erp_line_number")),
    # Selecting, the push, the PATCH of the state and the PUT have read it before.
    _shop("read-back", "GET", _DETAIL, _says(_ELSE), skip=4),
    _shop("offline PATCH", "PATCH", f"/api/order/{OFFLINE}/", *_ignores("shipment_state"), body='{"shipment_state"'),
    Row("XCom push", "XCOM select", Kind.XCOM),
    _shop(
        "cXML confirmation", "POST", _CXML, _says({"hello": "world"}), _HTML_LOGIN | {"commit": True}, scene=Scene.CXML
    ),
    _shop(
        "finish without deliveries",
        "PATCH",
        _DETAIL,
        *_ignores("shipment_state"),
        body='{"shipment_state"',
        scene=Scene.FINISHED,
    ),
    _shop("customers: list", "GET", r"/api/origin/webshop/customer/\?", _says({"hello": "world"}), scene=Scene.GUEST),
    _shop(
        "customers: record",
        "GET",
        r"/api/origin/webshop/address/[0-9a-f]+-",
        _says({"id": 1, "key": "another"}),
        scene=Scene.GUEST,
    ),
    _erp("customers: ERP look-up", "GET", _says(_STRANGE_CUSTOMERS), path="/customers", scene=Scene.GUEST),
    Row(
        "customers: ledger commit: intent",
        "UPDATE orderflow_party SET (?!.*in_erp=).*intended_at=",
        Kind.LEDGER,
        Scene.GUEST,
        table="orderflow_party",
    ),
    _erp(
        "customers: ERP POST",
        "POST",
        _says({"hello": "world"}),
        _says({"hello": "world"}, commit=True),
        path="/customers",
        scene=Scene.GUEST,
    ),
    Row(
        "customers: ledger commit: outcome",
        "UPDATE orderflow_party SET.*in_erp=",
        Kind.LEDGER,
        Scene.GUEST,
        table="orderflow_party",
    ),
    _erp(
        "customers: ERP PUT",
        "PUT",
        _says({"hello": "world"}),
        _says({"hello": "world"}, commit=True),
        path="/customers",
        scene=Scene.MOVED,
    ),
    _erp("slips: list", "GET", _says({"hello": "world"}), path="/deliveries", scene=Scene.SHIPMENTS),
    Row(
        "slips: claim",
        r"UPDATE orderflow_slip SET.*attempts=\(",
        Kind.LEDGER,
        Scene.SHIPMENTS,
        table="orderflow_slip",
    ),
    _shop("slips: order", "GET", _DETAIL, _says(_ELSE), scene=Scene.SHIPMENTS),
    _shipment_event("slips: ledger commit: intent", "intent"),
    _shop("slips: DESADV POST", "POST", _DESADV, _HTML_LOGIN, {**_HTML_LOGIN, "commit": True}, scene=Scene.SHIPMENTS),
    _shipment_event("slips: ledger commit: outcome", "done"),
)

MEANINGLESS = {
    (Kind.LEDGER, Column.THROTTLED): "a database does not throttle; too many connections are *refused*",
    (Kind.LEDGER, Column.HTML): "no HTTP; a database that stops is *reset before commit*",
    (Kind.LEDGER, Column.UNAUTHORIZED): "a wrong password is *refused*: the driver has one error for both",
    (Kind.LEDGER, Column.WRONG): "what the database has confirmed is believed",
}
"""Cells that need no proof, and why."""

RULES: dict[Column, dict[str, Any]] = {
    Column.RESET_BEFORE: {"action": "reset_before_commit"},
    Column.RESET_AFTER: {"action": "reset_after_commit"},
    Column.LATE: {"action": "hang_then_commit"},
    Column.THROTTLED: {
        "action": "status",
        "status": 429,
        "headers": {"retry-after": "1"},
        "answer": {"detail": "slow"},
    },
    Column.HTML: {"action": "status", "status": 500, "html": "<html><h1>Server Error (500)</h1></html>"},
    Column.UNAUTHORIZED: {"action": "status", "status": 401, "answer": {"detail": "no"}},
}
