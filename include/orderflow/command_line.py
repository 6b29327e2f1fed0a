"""The command line of `python -m orderflow`: read, and documented, without importing what the commands need."""

import argparse
from pathlib import Path

_ABOUT = "Run Orderflow against the configured connections, without a scheduler."
_MORE = """\
`open`, `reconcile`, and `check-shop` without options change neither shop nor ERP. The last line on stdout is the
summary as JSON (`open` has none). Log and errors go to stderr.

exit codes:
  0  nothing failed, nothing has differed for longer than its grace period, nothing has to be set
  1  something did; each item is on stderr
  2  the command could not run at all

`python -m orderflow.ledger` creates or upgrades the ledger's tables.
"""
_LARGEST_ID = 2**63 - 1
_MOST_DAYS = 366


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="python -m orderflow",
        description=_ABOUT,
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND", title="commands")
    run = _add(commands, "run", does="run one day")
    run.add_argument("--date", required=True, type=_day, help="the shop-local day, such as 2026-11-22")
    run.add_argument("--dry-run", action="store_true", help="read only, and print every write that would be made")
    run.add_argument("--allow-open-window", action="store_true", help="run a day that is not over yet")
    sweep = _add(commands, "sweep", does="check and process everything that is open, from any day")
    sweep.add_argument("--reference", action="append", default=[], help="only this order, such as 2/CS48193")
    sweep.add_argument("--order-id", action="append", default=[], type=_id, help="only this order, by the shop's id")
    deliveries = _add(commands, "deliveries", does="send the ERP's new packing slips to the shop")
    deliveries.add_argument(
        "--since", type=_day, help="read every slip made since this shop-local day, such as 2026-11-22"
    )
    resolved = _add(commands, "resolve", does="close orders that somebody has dealt with by hand")
    resolved.add_argument("name", nargs="+", help="a reference, such as 2/CS48193, or an order id")
    erased = _add(commands, "forget", does="erase what the ledger knows about an order, and say what is kept and why")
    erased.add_argument("--reference", action="append", default=[], help="this order, such as 2/CS48193")
    erased.add_argument("--order-id", action="append", default=[], type=_id, help="this order, by the shop's id")
    _add(commands, "open", does="list every order that is not done: list, order, age, reason, owner")
    check = _add(commands, "check-shop", does="compare the assumptions about shop and ERP with the real ones")
    check.add_argument(
        "--with-order", type=_text, help="also write to this order of a test environment, and put it back"
    )
    check.add_argument("--record", type=_folder, metavar="FOLDER", help="keep the shapes of the answers there, no data")
    check.add_argument("--with-message", action="store_true", help="also send messages about an order that nobody has")
    both = _add(commands, "reconcile", does="compare shop and ERP, change neither")
    both.add_argument("--days", type=_days, help="whole days back, in addition to today; default: the setting")
    both.add_argument("--webshop", type=_id, help="only this webshop")
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, *, does: str
) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:20]) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {most}")
    return int(text)


def _text(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty")
    return text


def _folder(text: str) -> Path:
    return Path(_text(text))


def _day(text: str) -> str:
    """Refuse other scripts' digits; what is a day is known to the window."""
    if not _text(text).isascii():
        raise argparse.ArgumentTypeError("write a day as 2026-11-22")
    return text


def _id(text: str) -> int:
    return _whole(text, _LARGEST_ID)


def _days(text: str) -> int:
    return _whole(text, _MOST_DAYS)
