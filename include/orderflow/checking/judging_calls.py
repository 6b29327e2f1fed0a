"""Judging how the shop handles calls: token, slash, encoding, errors, clocks, limits."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from statistics import median
from urllib.parse import urlsplit

from orderflow.checking.seen import Seen, ShopSeen
from orderflow.checking.verdict import CheckResult, fails, holds, unseen

OK = 200
_REDIRECTS = range(300, 400)
_REFUSALS = frozenset({401, 403})
_NOT_FOUND = 404
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
_APART = 120
_SHORTEST = 60
_CONTACT = "ask CloudSuite"


def judge_token(seen: ShopSeen) -> CheckResult:
    if seen.has_fixed_token:
        return fails(
            "the connection has a fixed `token`",
            "CloudSuite calls this way deprecated since 1 February 2024",
            "set login, password and extra `token_url` of `cloudsuite_default`",
        )
    if not any(one.status for one in seen.every):
        return unseen("no call was answered")
    if seen.token_lifetime is None:
        return fails("the token does not say how long it lives", "it is fetched anew every minute")
    if seen.token_lifetime < _SHORTEST:
        return fails(f"a token expires after {seen.token_lifetime:.0f} s", "tokens are fetched often", _CONTACT)
    return holds(f"Bearer by client credentials, lives {seen.token_lifetime:.0f} s")


def judge_token_refused(seen: ShopSeen) -> CheckResult:
    asked = seen.call("wrong_token")
    if asked.status is None:
        return unseen(asked.problem)
    if asked.status in _REFUSALS:
        return holds(f"status {asked.status} for a token that is none")
    if asked.rows:
        return fails("orders were listed for a token that is none", "whoever knows the address reads orders", _CONTACT)
    if asked.rows is not None:
        return fails(
            "an empty list came for a token that is none",
            "a token that has ended looks like a shop without orders",
            f"{_CONTACT} how a token that has ended is refused",
        )
    return fails(
        f"status {asked.status} for a token that is none; {_came(asked)}",
        "a token that ends early is not renewed, and its call fails",
        f"{_CONTACT} how a token that has ended is refused",
    )


def _came(asked: Seen) -> str:
    """Say what came instead of a refusal: a way to a login, a page, or an error under any other status."""
    if asked.status in _REDIRECTS:
        return "it redirects"
    return "a web page came" if asked.is_page else "no list of orders came"


def judge_encrypted(seen: ShopSeen) -> CheckResult:
    plain = [address for address in (seen.address, seen.token_address) if address and not _is_https(address)]
    if not any(one.status for one in seen.every):
        return unseen("no call was answered")
    if plain and all(urlsplit(address).hostname in _THIS_MACHINE for address in plain):
        return unseen("the shop is on this machine")
    if plain:
        return fails(
            "orders or tokens go over plain http",
            "they can be read, and changed, on the way",
            "use https in host and extra `token_url` of `cloudsuite_default`",
        )
    if not seen.checks_certificates:
        return fails(
            "certificates are not checked",
            "another service can take the shop's place",
            "set extra `verify` of `cloudsuite_default` to the file of your own CA, or leave it out",
        )
    return holds("https, and the certificate is valid")


def _is_https(address: str) -> bool:
    return urlsplit(address).scheme == "https"


def judge_slash(seen: ShopSeen) -> CheckResult:
    with_slash, without = seen.call("page"), seen.call("without_slash")
    other = f"without one: {_shown(without)}"
    if with_slash.status is None:
        return unseen(with_slash.problem)
    if with_slash.status in _REDIRECTS:
        return fails(
            f"the path with a slash is answered by {with_slash.status}; {other}",
            "no order can be listed",
            "check host and schema of `cloudsuite_default`; a redirect is never followed",
        )
    return holds(f"with a slash: {with_slash.status}; {other}")


def judge_json(seen: ShopSeen) -> CheckResult:
    besides = [seen.call(name) for name in ("wrong_token", "without_slash")]  # this flow never asks so
    asked = [one for one in seen.every if not any(one is other for other in besides)]
    expected = [one for one in asked if one.status == OK or (one.status is None and one.problem)]
    broken = [one for one in expected if one.problem and not one.is_throttled]
    if broken:
        return fails(
            f"{len(broken)} of {len(expected)} answers could not be read: {broken[0].problem}",
            "an order whose answer cannot be read fails",
            f"{_CONTACT}; where answers are too large, raise extra `max_answer_mb` of `cloudsuite_default`",
        )
    return holds(f"{len(expected)} answers") if expected else unseen("no call was answered")


def judge_errors(seen: ShopSeen) -> CheckResult:
    nobody = seen.call("nobody")
    if nobody.status is None:
        return unseen(nobody.problem)
    if nobody.is_page or nobody.problem:
        return fails(f"status {nobody.status}, not readable as JSON", "messages say less about the cause")
    if nobody.status != _NOT_FOUND:
        return fails(
            f"an order that does not exist is answered by {nobody.status}",
            "a deleted order cannot be distinguished from another failure",
            _CONTACT,
        )
    return holds(f"status {nobody.status} with JSON")


def judge_clocks(seen: ShopSeen) -> CheckResult:
    one = next((one for one in seen.every if one.ended and "date" in one.headers), None)
    apart = _apart(one) if one else None
    if apart is None:
        return unseen("no answer has a Date header that can be read")
    if abs(apart) > _APART:
        return fails(
            f"the shop's clock is {abs(apart):.0f} s {'ahead' if apart > 0 else 'behind'}",
            "orders at the edge of a day are found by the sweep, and not by the day's run",
            "set this machine's clock by NTP; if it is right, ask CloudSuite",
        )
    return holds(f"{abs(apart):.0f} s apart")


def _apart(one: Seen) -> float | None:
    try:
        date = parsedate_to_datetime(one.headers["date"])
    except ValueError:
        return None
    return (date - one.ended).total_seconds() if one.ended and date.tzinfo else None


def judge_limits(seen: ShopSeen) -> CheckResult:
    throttled = [one for one in seen.every if one.is_throttled]
    times = [one.seconds for one in seen.every if one.status]
    named = {name: value for one in seen.every for name, value in one.headers.items() if "ratelimit" in name}
    headers = "".join(f"; {name}: {value}" for name, value in sorted(named.items()))
    if throttled:
        return fails(
            f"{len(throttled)} calls were refused (429): {throttled[0].problem}{headers}",
            "runs pause, and leave orders to the sweep",
            "ask CloudSuite for the limit, and set `limits.shop_per_second` or `limits.shop_per_day` to it",
        )
    if not times:
        return unseen("no call was answered")
    took = f"median {median(times) * 1000:.0f} ms, slowest {max(times) * 1000:.0f} ms"
    if not seen.is_whole:
        return fails(
            f"{len(times)} calls answered, {took}" + headers + "; then the time of this check was over",
            "what was not asked cannot be seen, and runs take long, too",
            "check again when the shop is faster; if it never is, ask CloudSuite",
        )
    return holds(f"{len(times)} calls answered, {took}" + headers)


def _shown(one: Seen) -> str:
    return str(one.status) if one.status else one.problem


OF_CALLS: dict[str, Callable[[ShopSeen], CheckResult]] = {
    "token": judge_token,
    "token_refused": judge_token_refused,
    "encrypted": judge_encrypted,
    "slash": judge_slash,
    "json": judge_json,
    "errors": judge_errors,
    "clocks": judge_clocks,
    "limits": judge_limits,
}
