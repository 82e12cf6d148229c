"""A model of somebody's behind an OpenAI-compatible address: what its file says, and one request, bounded.

    url = "http://127.0.0.1:11434/v1"
    model = "qwen3:8b"
    limit = 120               # seconds until it counts as hung
    key_env = "MODEL_KEY"     # name of the environment variable that holds the key, where one is needed
    leaves = true             # only for another machine: yes, this family's testimony may leave this one

No redirect is followed, no proxy is asked; time and bytes are bounded.
"""

import logging
import os
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from marrow.engine import here
from marrow.errors import EngineError, InputError
from marrow.progress import reporter

if TYPE_CHECKING:
    import socket
    from http.client import HTTPResponse

LATE = 0.05  # seconds before the time is up: what fails then failed for that


@dataclass(frozen=True)
class Server:
    """What the file says of a server; `limit` in seconds."""

    url: str
    model: str
    key: str
    limit: float

    @property
    def host(self) -> str:
        """Name and port, without what may stand before them."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def moved(self, status: int) -> None:
        """Follow no redirect; raises EngineError "people.server.moved"."""
        if 300 <= status < 400:
            raise EngineError("people.server.moved", host=self.host, status=status)


@dataclass(frozen=True)
class Asking:
    """How a request is made.

    task     of the engine, as it is told
    kinds    of content that are asked for
    most     bytes of an answer
    until    the moment of `time.monotonic` when the time is up
    ends     marks after which nothing more is read
    """

    task: str
    kinds: Sequence[str]
    most: int
    until: float
    ends: Sequence[bytes] = ()


def read_server(book: Path, way: str, limit: float) -> Server:
    """What stands in the file.

    way       what is asked for, below the address: "/chat/completions"
    limit     seconds, where the file does not say
    raises    InputError   "people.server.form"
              EngineError  "people.server.leaves", "people.server.key"
    """
    try:
        said = tomllib.loads(book.expanduser().read_text("utf-8"))
        url, limit, name = str(said["url"]).rstrip("/"), float(said.get("limit", limit)), str(said.get("key_env", ""))
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or (parts.port or 1) < 1 or not 0 < limit < 1e6:
            raise ValueError(url)
        model = str(said["model"])
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise InputError("people.server.form", path=book) from error
    url += "" if parts.path.rstrip("/").endswith(way) else way
    key = os.environ.get(name, "").strip() if name else ""
    server = Server(url, model, key, limit)
    if not here(url) and said.get("leaves") is not True:
        raise EngineError("people.server.leaves", host=server.host, path=book)
    if name and not (key.isascii() and key.isprintable() and key):
        raise EngineError("people.server.key", name=name)
    return server


def exchange(server: Server, sent: bytes, asking: Asking) -> tuple[int, str, bytes]:
    """One request: its status, the kind of its content, and the content.

    A guard cuts the line when the time is up, whatever the server is doing: stalling, dripping, sending without end.
    raises    EngineError  "people.server.away", "people.server.slow", "people.server.long"
    """
    import http.client
    from threading import Timer

    parts, left = urlsplit(server.url), max(0.1, asking.until - time.monotonic())
    logging.getLogger(__name__).info("%s → %s: %.1f kB", asking.task, server.host, len(sent) / 1e3)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line, guard = kind(parts.hostname, parts.port, timeout=left), None
    head = {"Content-Type": "application/json", "Accept": ", ".join(asking.kinds)}
    head |= {"Authorization": f"Bearer {server.key}"} if server.key else {}
    try:
        line.connect()
        guard = Timer(max(0.1, asking.until - time.monotonic()), _cut, [line.sock])
        guard.daemon = True
        guard.start()
        line.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), sent, head)
        answer = line.getresponse()
        return answer.status, answer.headers.get_content_type(), b"".join(_pieces(answer, server, asking))
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() > asking.until - LATE:
            raise EngineError("people.server.slow", host=server.host, seconds=f"{server.limit:g}") from error
        raise EngineError("people.server.away", host=server.host, why=str(error) or type(error).__name__) from error
    finally:
        if guard:
            guard.cancel()
        line.close()


def _pieces(answer: "HTTPResponse", server: Server, asking: Asking) -> Iterator[bytes]:
    """The content as it comes, up to a mark that says it is over."""
    size, tail = 0, b""
    while piece := answer.read1(1 << 16):
        yield piece
        reporter.get()(asking.task, 0, 1)
        size, tail = size + len(piece), tail[-16:] + piece
        if size > asking.most:
            raise EngineError("people.server.long", host=server.host, most=f"{asking.most / 1e6:.0f}")
        if any(each in tail for each in asking.ends):
            return
    if time.monotonic() > asking.until - LATE:
        raise TimeoutError


def _cut(line: "socket.socket") -> None:
    import contextlib
    import socket

    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
