"""Run the sandbox until it is stopped: `python -m sandbox --port 8090 --day 2026-11-22`."""

import argparse
import asyncio
import contextlib
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.catalogue import SHOP_TIMEZONE
from sandbox.catalogue_parts import PARTS
from sandbox.config import Config
from sandbox.keeping import Keeper
from sandbox.like import Recording
from sandbox.manners.table import MANNERS, checked
from sandbox.server import SandboxServer, build, listen, url_of


def main() -> None:
    """Read the command line, print the addresses, serve."""
    arguments = _arguments()
    recording = arguments.like
    switches = recording.switches() if recording else {}
    config = Config(**{**switches, "manners": arguments.manners | switches.get("manners", frozenset())})
    app = build(
        arguments.day, arguments.count, config, parts=arguments.parts, dress=recording.dressed if recording else list
    )
    keeper = Keeper(arguments.keep) if arguments.keep else None
    if keeper:
        keeper.restore(app.world)
    with listen(arguments.host, arguments.port) as sock:
        url = url_of(sock)
        sys.stdout.write(
            f"sandbox ready: shop {url}/api/order/ erp {url}/erp control {url}/_control "
            f"day {arguments.day} orders {len(app.world.orders.orders)}\n"
        )
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(SandboxServer(app, keeper).serve([sock]))


def _arguments() -> argparse.Namespace:
    yesterday = datetime.now(ZoneInfo(SHOP_TIMEZONE)).date() - timedelta(days=1)
    parser = argparse.ArgumentParser(
        prog="sandbox",
        description="A CloudSuite-shaped shop and an ERP.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090, help="0 takes a free one")
    parser.add_argument("--day", type=date.fromisoformat, default=yesterday, help="YYYY-MM-DD, yesterday by default")
    parser.add_argument("--count", type=int, default=40, help="orders in the shop")
    parser.add_argument("--parts", type=_parts, default=(), help=f"further orders, by comma: {', '.join(PARTS)}")
    parser.add_argument("--keep", type=Path, help="a file that keeps shop and ERP over a restart")
    parser.add_argument("--like", type=_recording, help="a folder of `check-shop --record`: be like that shop")
    known = "\n".join(f"  {name:28}{manner.sentence}" for name, manner in MANNERS.items())
    parser.epilog = f"manners:\n{known}"
    parser.add_argument("--manners", type=_manners, default=frozenset(), help="ways of a real shop, by comma")
    return parser.parse_args()


def _manners(text: str) -> frozenset[str]:
    try:
        return checked(text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _recording(text: str) -> Recording:
    try:
        return Recording(Path(text))
    except (ValueError, KeyError, TypeError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parts(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := set(names) - set(PARTS):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
    return names


if __name__ == "__main__":
    main()
