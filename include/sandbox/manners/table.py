"""All manners by name. Tests and random schedules use the names: keep them."""

from collections.abc import Iterable

from sandbox.manners import bodies, events, pages, shown, stored
from sandbox.manners.kinds import Manner

_RATES = {"second": 3, "minute": 60, "hour": 600}

MANNERS: dict[str, Manner] = {
    # what a PUT does to lines
    "lines_recreated": Manner(
        "A PUT deletes every line and makes it anew, with a new id.", switches={"put_renumbers_lines": True}
    ),
    "lines_reversed_on_put": Manner("A PUT turns the order of the lines round.", stored=stored.lines_reversed),
    "lines_newest_first": Manner("Lines are shown by id, the highest first.", shown=shown.newest_line_first),
    "lines_shuffled": Manner("Lines are shown in another order each time.", shown=shown.shuffled_lines),
    # what a write stores
    "texts_trimmed": Manner("Every write takes leading and trailing spaces off all texts.", stored=stored.trimmed),
    "decimals_rescaled_on_write": Manner(
        "Every write gives all decimals four places: 10.00 becomes 10.0000.", stored=stored.with_four_decimals
    ),
    # what a write answers
    "answers_partial": Manner("A write answers only the fields that were sent.", switches={"write_answers": "partial"}),
    "answers_empty": Manner("A write answers 200 without a body.", switches={"write_answers": "empty"}),
    "answers_no_content": Manner("A write answers 204.", switches={"write_answers": "no_content"}),
    "answers_old": Manner("A write answers the order as it was before.", switches={"write_answers": "old"}),
    # what a write refuses
    "unknown_fields_refused": Manner(
        "A write that names a field the shop does not know is a 400.", switches={"refuse_unknown_fields": True}
    ),
    "read_only_refused": Manner(
        "A write that names a read-only field is a 400.", switches={"refuse_read_only_fields": True}
    ),
    # how values are shown
    "decimals_as_text": Manner("All decimals are shown as texts.", shown=shown.decimals_as_text),
    "decimals_as_numbers": Manner("All decimals are shown as JSON numbers.", shown=shown.decimals_as_numbers),
    "decimals_longer": Manner("All decimals are shown with four places.", shown=shown.four_decimals),
    "times_with_offset": Manner("Instants carry the offset of the shop's zone.", shown=shown.times_with_offset),
    "times_in_utc": Manner("Instants are in UTC, with a Z.", shown=shown.times_in_utc),
    "times_without_fraction": Manner("Instants have whole seconds.", shown=shown.whole_seconds),
    "nulls_left_out": Manner("Fields that are null are left out.", shown=shown.without_nulls),
    # rate limits
    **{
        f"throttled_per_{period}": Manner(
            f"More than {rate} calls a {period} are a 429 with Retry-After.",
            switches={"rate_limit": rate, "rate_period": period},
        )
        for period, rate in _RATES.items()
    },
    "no_retry_after": Manner("A 429 does not say when to come back.", switches={"rate_retry_after": False}),
    # lists
    "rows_shuffled": Manner("Rows of each list call come in another order.", switches={"unstable_rows": True}),
    "next_empty_text": Manner('The last page has `next` = "".', page=pages.empty_next),
    "next_ends_early": Manner("The first page has no `next`, though there are more rows.", page=pages.ends_early),
    "next_never_ends": Manner("The last page names itself as `next`.", page=pages.never_ends),
    "next_relative": Manner("`next` and `previous` have no scheme and host.", page=pages.relative_links),
    "empty_page": Manner(
        "The second page is empty every other time it is asked for, and has a `next`.", page=pages.empty_in_the_middle
    ),
    "count_too_high": Manner("`count` is two more than there are rows.", page=pages.count_too_high),
    "count_null": Manner("`count` is null.", page=pages.without_count),
    # the wire, in order of application; an ERP may also have these
    "html_errors": Manner("Every error is a web page.", reply=bodies.html_errors),
    "latin1": Manner("Answers are in Latin-1 under a JSON header.", reply=bodies.latin1),
    "utf16": Manner("Answers are in UTF-16 under a JSON header.", reply=bodies.utf16),
    "byte_order_mark": Manner("Answers begin with a byte order mark.", reply=bodies.byte_order_mark),
    "gzip": Manner("Answers are compressed for a client that takes it.", reply=bodies.gzipped),
    "gzip_bomb": Manner(
        "Answers are followed by blanks: `bomb_megabytes` once unpacked, little on the wire.", reply=bodies.gzip_bomb
    ),
    "trickling": Manner("Answers come byte by byte, `trickle_seconds` apart.", reply=bodies.trickling),
    # what happens between two calls
    "renamed_after_read": Manner("An order is renamed once its detail was read.", event=events.renamed),
    "moved_after_read": Manner("An order moves to the next webshop once its detail was read.", event=events.moved),
    "drafted_after_read": Manner(
        "An order goes back to draft, unconfirmed, once its detail was read.", event=events.back_to_draft
    ),
    "cancelled_after_read": Manner("An order is cancelled once its detail was read.", event=events.cancelled),
    # how new orders are numbered
    "reference_repeated": Manner(
        "Every other order that is placed has the reference of the one before.", inserted=events.same_reference
    ),
    "numbers_restarted": Manner(
        "Orders that are placed have the references of the first orders of the shop.", inserted=events.restarted
    ),
}


def checked(names: Iterable[str], *, of_erp: bool = False) -> frozenset[str]:
    """Return the names; ValueError for one that does not exist or that an ERP cannot have."""
    wanted = frozenset(names)
    possible = {name for name, manner in MANNERS.items() if manner.reply or not of_erp}
    if unknown := wanted - possible:
        raise ValueError(f"there is no manner {', '.join(sorted(unknown))}; there are {', '.join(sorted(possible))}")
    return wanted
