"""The app itself: login everywhere, strict headers, plain words if the ledger is down, files without surprises."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from orderflow.domain.reasons import Reason
from orderflow.errors import TransientError
from orderflow.web import hosts, security
from orderflow.web.app import HEADERS, create_app
from orderflow.web.files import ASSETS, STATIC
from orderflow.web.source import source
from support.page import PATIENCE, serving

EXAMPLES = {"webshop": "1", "order_id": "1", "name": "page.css", "page": "order"}
ROUTES = [route for route in create_app().routes if isinstance(route, APIRoute)]
SCRIPTS = sorted(path for path in STATIC.glob("*.js"))
PAGES = sorted(STATIC.glob("*.html"))


def address(route: APIRoute) -> str:
    return re.sub(r"{(\w+)(:path)?}", lambda match: EXAMPLES[match[1]], route.path)


@pytest.fixture
def app() -> FastAPI:
    return create_app()


@pytest.fixture
def anonymous(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as client:
        yield client


def test_there_are_routes_and_all_of_them_only_read() -> None:
    assert len(ROUTES) > 10
    assert all(route.methods == {"GET"} for route in ROUTES)
    assert len(create_app().routes) == len(ROUTES), "nothing mounted beside the routes, where no login would be asked"


@pytest.mark.parametrize("route", ROUTES, ids=address)
def test_anonymous_sees_nothing(anonymous: httpx.Client, route: APIRoute) -> None:
    answer = anonymous.get(address(route))

    assert answer.status_code == 401
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_ledger_that_is_away_is_said_in_words_and_without_what_the_database_said(
    app: FastAPI, anonymous: httpx.Client
) -> None:
    def away() -> None:
        raise TransientError("connection to db.internal:5432 failed", reason=Reason.LEDGER_UNAVAILABLE)

    app.dependency_overrides |= {security.may_see: lambda: None, source: away}

    answer = anonymous.get("/api/orders")

    assert answer.status_code == 503
    assert "ledger's database did not answer" in answer.json()["detail"]
    assert "internal" not in answer.text.replace("integration", "")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("POST", "/api/orders", 405), ("HEAD", "/api/orders", 405), ("OPTIONS", "/", 405)],
)
def test_every_refusal_has_the_strict_headers(
    app: FastAPI, anonymous: httpx.Client, method: str, path: str, status: int
) -> None:
    app.dependency_overrides[security.may_see] = lambda: None

    answer = anonymous.request(method, path)

    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_what_nobody_foresaw_has_the_strict_headers_and_says_nothing_of_itself(
    app: FastAPI, anonymous: httpx.Client
) -> None:
    def broken() -> None:
        raise RuntimeError("password hunter2 of db.internal")

    app.dependency_overrides |= {security.may_see: lambda: None, source: broken}

    answer = anonymous.get("/api/orders")

    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("named", "base_url", "host", "status"),
    [
        ((), "https://airflow.example.com/team", "airflow.example.com", 200),
        ((), "https://airflow.example.com/team", "AIRFLOW.example.com:443", 200),
        ((), "https://airflow.example.com/team", "localhost:8080", 200),
        ((), "https://airflow.example.com/team", "[::1]:8080", 200),
        ((), "https://airflow.example.com/team", "evil.example", 400),
        ((), "https://airflow.example.com/team", "airflow.example.com.evil.example", 400),
        ((), "https://airflow.example.com/team", "airflow.example.com@evil.example", 400),
        ((), "https://airflow.example.com/team", "", 400),
        ((), None, "whatever.example", 200),
        (("*.example.com", "10.0.0.7"), "https://airflow.example.org", "a.example.com", 200),
        (("*.example.com", "10.0.0.7"), "https://airflow.example.org", "10.0.0.7:8080", 200),
        (("*.example.com", "10.0.0.7"), "https://airflow.example.org", "airflow.example.org", 400),
        (("*",), "https://airflow.example.org", "evil.example", 200),
    ],
)
def test_the_page_answers_under_its_own_names_alone(
    monkeypatch: pytest.MonkeyPatch, named: tuple[str, ...], base_url: str | None, host: str, status: int
) -> None:
    monkeypatch.setattr(hosts, "TRUSTED_HOSTS", named)
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base_url or "")
    app = create_app()
    app.dependency_overrides[security.may_see] = lambda: None

    with serving(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        answer = client.get("/", headers={"Host": host})

    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("path", ["/assets/..%2fapp.py", "/assets/overview.html", "/assets/", "/app.py", "/nothing"])
def test_no_other_files_are_handed_out(app: FastAPI, anonymous: httpx.Client, path: str) -> None:
    app.dependency_overrides[security.may_see] = lambda: None

    assert anonymous.get(path).status_code == 404


def test_pages_name_only_files_that_are_handed_out(app: FastAPI, anonymous: httpx.Client) -> None:
    app.dependency_overrides[security.may_see] = lambda: None
    for path in PAGES:
        named = re.findall(r'(?:src|href)="(assets/[^"]+)"', path.read_text(encoding="utf-8"))
        assert named
        for name in named:
            assert anonymous.get(f"/{name}").status_code == 200, name
    assert anonymous.get("/").headers["Content-Type"].startswith("text/html")


def test_scripts_import_only_each_other() -> None:
    for path in SCRIPTS:
        for name in re.findall(r'from "(.+?)"', path.read_text(encoding="utf-8")):
            assert name.removeprefix("./") in ASSETS, f"{path.name}: {name}"


@pytest.mark.parametrize("path", [*SCRIPTS, *PAGES], ids=lambda path: path.name)
def test_nothing_is_ever_made_markup_or_code_from_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert not re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=\"", text), "the CSP would refuse it"
    assert not re.findall(r"(?:src|href|from|import)\W{1,3}(?:https?:)?//", text), "it has to work without internet"


def test_both_languages_have_every_text() -> None:
    source_text = (STATIC / "texts.js").read_text(encoding="utf-8")
    english, dutch = source_text.split("\n  nl: {")
    keys = re.compile(r'^    "?([\w. ]+?)"?:', re.MULTILINE)

    assert sorted(keys.findall(english)) == sorted(keys.findall(dutch))
    used = {key for path in SCRIPTS for key in re.findall(r'\bt\("([\w.]+)"', path.read_text(encoding="utf-8"))}
    used |= {key for path in PAGES for key in re.findall(r'data-(?:text|label|hint)="([^"]+)"', path.read_text())}
    assert used <= set(keys.findall(english))


def test_the_overview_has_a_field_for_every_filter() -> None:
    """A filter without a field stops the script, and with it the whole page."""
    script = (STATIC / "overview.js").read_text()
    filters = json.loads(script.partition("const FILTERS = ")[2].partition(";")[0])
    page = (STATIC / "overview.html").read_text()
    assert [name for name in filters if f'id="filter-{name}"' not in page] == []
