"""What is assumed about writes to an order; only a trial on a named order of a test environment can tell."""

from orderflow.checking.assumption import Assumption, Mark

_STATES = "Order JSON orderflow - states"
_USAGE = "Usage Info"
_FRAMEWORK = "what its framework, Django REST Framework, does"
_WRITES = "it takes a write, and this check makes none"

OF_WRITES: tuple[Assumption, ...] = tuple(
    Assumption(
        id=name,
        sentence=sentence,
        mark=mark,
        source=source,
        guard=guard,
        no_check=_WRITES,
        trial=f"`--with-order`: {trial}",
    )
    for name, sentence, mark, source, guard, trial in (
        (
            "writes_conditional",
            "a PATCH with `?state=…` changes nothing when the order is in another state",
            Mark.ASSUMED,
            _FRAMEWORK,
            "every write is read back, and never repeated on an old read",
            "a PATCH with a state that the order is not in",
        ),
        (
            "patch_kept",
            "PATCH changes the fields that it names, also several at once",
            Mark.DOCUMENTED,
            _USAGE,
            "every write is read back; a field that was not kept fails its order",
            "a PATCH of `erp_order_number` and `customer_order_number`",
        ),
        (
            "patch_answers",
            "PATCH answers with the whole object",
            Mark.ASSUMED,
            _FRAMEWORK,
            "if the answer does not show what was sent, the order is read, and that decides",
            "the answer to that PATCH",
        ),
        (
            "unknown_ignored",
            "a field that the shop does not know is ignored in a write, with a 200",
            Mark.ASSUMED,
            _FRAMEWORK,
            "only fields that were read are written",
            "a PATCH of a field that does not exist",
        ),
        (
            "put_as_read",
            "an order can be PUT as it was read, its nulls and read-only fields included",
            Mark.ASSUMED,
            _STATES,
            "a refused PUT fails its order by name; state and ERP number are written by then",
            "a PUT of the order as read",
        ),
        (
            "values_kept",
            "a write changes no value that it does not name or sends as it was read",
            Mark.ASSUMED,
            _STATES,
            "values are compared, not their formats, and what our own write has caused is no edit",
            "that PUT, and the order read before anything was written",
        ),
        (
            "put_keeps_lines",
            "PUT keeps lines by their `id`",
            Mark.ASSUMED,
            _STATES,
            "lines with new ids are identified by their content; in doubt nothing is written",
            "that PUT, and the order read before and after it",
        ),
        (
            "put_keeps_order",
            "PUT keeps the sequence of lines",
            Mark.ASSUMED,
            "nothing says it",
            "a line is identified by its id or its content, never by its place",
            "that PUT, and the order read before and after it",
        ),
        (
            "line_numbers_kept",
            "PUT stores the `erp_line_number` of each line",
            Mark.DOCUMENTED,
            _STATES,
            "every write is read back; a number that was not kept fails its order",
            "a PUT with a number for every line",
        ),
        (
            "state_moves",
            "a confirmed order can be set to `processing`",
            Mark.DOCUMENTED,
            _STATES,
            "a refused move fails its order by name; nothing else is written to it",
            "a PATCH of the state of a confirmed order, and back",
        ),
    )
)
