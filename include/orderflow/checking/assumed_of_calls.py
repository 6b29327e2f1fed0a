"""What is assumed about calls to the shop, its lists and their filters."""

from orderflow.checking.assumption import Assumption, Mark

_GET = "Orders GET"
_STATES = "Order JSON orderflow - states"
_USAGE = "Usage Info"
_FRAMEWORK = "what its framework, Django REST Framework, does"

OF_CALLS: tuple[Assumption, ...] = (
    # how to talk to the shop
    Assumption(
        id="token",
        sentence="access tokens are fetched with client credentials and say how long they live",
        mark=Mark.DOCUMENTED,
        source=_USAGE,
        guard="a token is renewed before its end, and once when it is refused; without a lifetime it is kept a minute",
        check="kind and lifetime of the token that was fetched",
    ),
    Assumption(
        id="token_refused",
        sentence="a token that has ended or is wrong is refused with 401 or 403",
        mark=Mark.ASSUMED,
        source=_FRAMEWORK,
        guard="a token is renewed before its end; one that is refused otherwise fails its call",
        check="the list with a token that is none",
    ),
    Assumption(
        id="encrypted",
        sentence="shop and token address are reached over https, with certificates that are valid",
        mark=Mark.DOCUMENTED,
        source=_USAGE,
        guard="credentials are not sent over plain http to another machine unless extra `allow_http` says so",
        check="the addresses of the connection, and every answer of this check",
    ),
    Assumption(
        id="slash",
        sentence="trailing slash on every path",
        mark=Mark.SEEN,
        source=_STATES,
        guard="a redirect is an error, never followed",
        check="the list with a slash, and without",
    ),
    Assumption(
        id="json",
        sentence="every answer is JSON in UTF-8, of a size that the connection allows",
        mark=Mark.DOCUMENTED,
        source=_USAGE,
        guard="an answer that cannot be read is an error that names the reason; nothing is guessed",
        check="every answer of this check",
    ),
    Assumption(
        id="readable",
        sentence="a list is an object with `results`, and its rows and orders have the fields of an order",
        mark=Mark.SEEN,
        source=_GET,
        guard="what cannot be read is an error that names the fields; the other orders go on",
        check="lists without a filter, and a sample of orders, read as this flow reads them",
    ),
    Assumption(
        id="errors",
        sentence="errors are JSON as well",
        mark=Mark.ASSUMED,
        source=_FRAMEWORK,
        guard="decisions rest on the status of an error, never on its text",
        check="an order that does not exist",
    ),
    Assumption(
        id="clocks",
        sentence="the shop's clock and this machine's are less than two minutes apart",
        mark=Mark.ASSUMED,
        source="nothing says it",
        guard="orders that come late are found by the sweep",
        check="the Date header of an answer",
    ),
    Assumption(
        id="limits",
        sentence="a few dozen calls in a row are not limited",
        mark=Mark.ASSUMED,
        source="nothing says it",
        guard="a pause that the shop asks for is respected; a long one ends the run and leaves the rest to the sweep",
        check="all calls of this check, how long each took, and headers that name a limit",
    ),
    # lists
    Assumption(
        id="page_size",
        sentence="a page holds as many rows as `limits.page_size` asks for",
        mark=Mark.ASSUMED,
        source=_FRAMEWORK,
        guard="a list is read by the rows that came, not by the number requested",
        check="one page of that size",
    ),
    Assumption(
        id="count",
        sentence="`count` is the number of rows of all pages",
        mark=Mark.SEEN,
        source=_GET,
        guard="a list with fewer rows than counted is read again, and fails the run when it stays short",
        check="the row before the count, and the one after it",
    ),
    Assumption(
        id="row_order",
        sentence="the same page holds the same rows when it is asked for again",
        mark=Mark.ASSUMED,
        source="nothing says it",
        guard="each row counts once, and a list with fewer rows than counted is read again",
        check="one page, twice",
    ),
    Assumption(
        id="pages_filled",
        sentence="no page before the last one is empty",
        mark=Mark.ASSUMED,
        source=_FRAMEWORK,
        guard="an empty page is skipped as long as more rows are counted",
        check="the second page",
    ),
    Assumption(
        id="next",
        sentence="`next` is an address of the same host, and null on the last page only",
        mark=Mark.SEEN,
        source=_GET,
        guard="only the offset is taken from it, and a list ends when its rows do",
        check="the first page, and the one with the last row",
    ),
    # filters
    *(
        Assumption(
            id=f"filter_{name}",
            sentence=f"the list filters by `{shown}`",
            mark=mark,
            source=source,
            guard=guard,
            check=check,
        )
        for name, shown, mark, source, guard, check in (
            (
                "state",
                "state",
                Mark.DOCUMENTED,
                _GET,
                "every row and every order is checked again",
                "the rows' state",
            ),
            (
                "confirm_date_from",
                "confirm_date__gte",
                Mark.DOCUMENTED,
                _GET,
                "the date of every order is checked again where it shows one",
                "the far future: no row may come; the far past: rows must",
            ),
            (
                "confirm_date_to",
                "confirm_date__lte",
                Mark.DOCUMENTED,
                _GET,
                "the date of every order is checked again where it shows one",
                "the far past: no row may come; the far future: rows must",
            ),
            (
                "modified_date_from",
                "modified_date__gte",
                Mark.ASSUMED,
                "older Orders GET, without the name",
                (
                    "without it only cancellations are asked for, hourly, and edits wait for the morning; "
                    "a long list is read whole every six hours"
                ),
                "the far future: no row may come; the far past: rows must",
            ),
            (
                "offline",
                "offline",
                Mark.DOCUMENTED,
                _GET,
                "an order that shows no `offline` is accepted only if a second listing proves it",
                "`true` and `false`: no order may be in both",
            ),
            (
                "reference",
                "reference",
                Mark.DOCUMENTED,
                _STATES,
                "the reference of every order is compared",
                "a reference that no order has: no row may come; that of the first row: one must",
            ),
            (
                "erp_order_number",
                "erp_order_number",
                Mark.ASSUMED,
                "a field of that name",
                "a row with another number shows that it is ignored; then no ERP order is adopted by its content alone",
                "a number that no order has: no row may come; that of the first row with one: one must",
            ),
            (
                "webshop",
                "webshop",
                Mark.DOCUMENTED,
                _STATES,
                "the webshop of every order is compared",
                "a webshop that does not exist: no row may come",
            ),
        )
    ),
    Assumption(
        id="unknown_filters",
        sentence="a filter that the shop does not know is ignored, with a 200",
        mark=Mark.ASSUMED,
        source=_FRAMEWORK,
        guard="every row is checked again, so that a refusal and an ignored filter are both noticed",
        check="a filter that does not exist",
    ),
    Assumption(
        id="filters_on_one",
        sentence="a write with `?state=…` is refused when the order has left that state",
        mark=Mark.ASSUMED,
        source=_FRAMEWORK,
        guard="a shop that ignores it writes anyway; one that refuses the condition is asked without it",
        check="reading one order with a state that it is not in; for writes it follows from that",
    ),
)
