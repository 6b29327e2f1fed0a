"""Manners of the wire: the same answer in other bytes, or at another speed."""

import codecs
import gzip
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus

from sandbox.manners.kinds import Switches
from sandbox.wire import Call, Reply, html_reply

FIRST_ERROR = 400
_MEGABYTE = 1_000_000


def html_errors(reply: Reply, _: Call, __: Switches) -> Reply:
    """Report the error as an HTML page; headers such as Retry-After stay."""
    if reply.status < FIRST_ERROR:
        return reply
    page = html_reply(reply.status, f"{HTTPStatus(reply.status).phrase} ({reply.status})")
    return replace(page, headers={**reply.headers, **page.headers}, committed=reply.committed)


def trickling(reply: Reply, _: Call, switches: Switches) -> Reply:
    """Send one byte at a time."""
    return replace(reply, pace=switches.trickle_seconds)


def gzipped(reply: Reply, call: Call, _: Switches) -> Reply:
    """Compress for a client that accepts it."""
    if "gzip" not in call.headers.get("accept-encoding", "") or not reply.body:
        return reply
    return replace(reply, body=gzip.compress(reply.body), headers={**reply.headers, "content-encoding": "gzip"})


def gzip_bomb(reply: Reply, _: Call, switches: Switches) -> Reply:
    """Append blanks to the answer: few bytes when compressed, very many after decompression."""
    if not reply.body:
        return reply
    body = gzip.compress(reply.body) + _blanks(switches.bomb_megabytes)
    return replace(reply, body=body, headers={**reply.headers, "content-encoding": "gzip"})


def latin1(reply: Reply, _: Call, __: Switches) -> Reply:
    """Encode in Latin-1 without declaring it."""
    return replace(reply, body=reply.body.decode("utf-8", "replace").encode("latin-1", "replace"))


def utf16(reply: Reply, _: Call, __: Switches) -> Reply:
    """Encode in UTF-16 without declaring it."""
    return replace(reply, body=reply.body.decode("utf-8", "replace").encode("utf-16"))


def byte_order_mark(reply: Reply, _: Call, __: Switches) -> Reply:
    """Start with a byte order mark, as Windows editors do."""
    return replace(reply, body=codecs.BOM_UTF8 + reply.body) if reply.body else reply


@lru_cache(maxsize=4)
def _blanks(megabytes: int) -> bytes:
    return gzip.compress(b" " * (megabytes * _MEGABYTE), compresslevel=9)
