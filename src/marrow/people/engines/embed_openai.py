"""Meanings by a server of yours that speaks OpenAI's /v1/embeddings: Ollama, vLLM, llama.cpp, DashScope …

    embed: openai:embed.toml

    url = "http://127.0.0.1:11434/v1"
    model = "bge-m3"
    limit = 60                # seconds until it counts as hung
    key_env = "MODEL_KEY"     # name of the environment variable that holds the key, where one is needed
    leaves = true             # only for another machine: yes, this family's testimony may leave this one

Every utterance travels to the server once, and every question. No redirect is followed, no proxy is asked; time and
bytes are bounded.
"""

import ipaddress
import json
import logging
import os
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from marrow.engine import Engine
from marrow.errors import EngineError, InputError

if TYPE_CHECKING:
    import socket
    from http.client import HTTPResponse

    from numpy import ndarray

    from marrow.people.contract import Embed

LIMIT = 60.0          # seconds, where the file does not say
MOST = 20_000_000     # bytes of an answer


@dataclass(frozen=True)
class _Server:
    url: str
    model: str
    key: str
    limit: float
    host: str


def open_openai(book: Path) -> "Embed":
    """The server that a file describes, ready to measure.

    raises    InputError   "people.server.form"
              EngineError  "people.server.leaves", "people.server.key"
    """
    server = _server(book)

    def embed(texts: Sequence[str]) -> "ndarray":
        import numpy as np

        content = _exchange(server, json.dumps({"model": server.model, "input": list(texts)}).encode())
        try:
            rows = sorted(json.loads(content)["data"], key=lambda each: int(each["index"]))
            if [each["index"] for each in rows] != list(range(len(texts))):
                raise ValueError(len(rows))
            said = np.array([each["embedding"] for each in rows], np.float32)
            length = np.linalg.norm(said, axis=1, keepdims=True)
            if not np.isfinite(said).all() or not (length > 0).all():
                raise ValueError(said.shape)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _garbled(server, content) from error
        return said / length

    return embed


def _server(book: Path) -> _Server:
    """What stands in the file."""
    try:
        said = tomllib.loads(book.expanduser().read_text("utf-8"))
        url, limit, name = str(said["url"]).rstrip("/"), float(said.get("limit", LIMIT)), str(said.get("key_env", ""))
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or (parts.port or 1) < 1 or not 0 < limit < 1e6:
            raise ValueError(url)
        model = str(said["model"])
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise InputError("people.server.form", path=book) from error
    host = parts.netloc.rpartition("@")[2]
    if not _here(parts.hostname) and said.get("leaves") is not True:
        raise EngineError("people.server.leaves", host=host, path=book)
    key = os.environ.get(name, "").strip() if name else ""
    if name and not (key and key.isascii() and key.isprintable()):
        raise EngineError("people.server.key", name=name)
    return _Server(url + "/embeddings" * (not parts.path.rstrip("/").endswith("/embeddings")), model, key, limit, host)


def _exchange(server: _Server, sent: bytes) -> bytes:
    """One request: the content of its answer.

    raises    EngineError  "people.server.away", "people.server.slow", "people.server.long", "people.server.moved",
              "people.server.refused"
    """
    import http.client
    from threading import Timer

    parts, until = urlsplit(server.url), time.monotonic() + server.limit
    logging.getLogger(__name__).info("people.embed → %s: %.1f kB", server.host, len(sent) / 1e3)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line, guard = kind(parts.hostname, parts.port, timeout=server.limit), None
    head = {"Content-Type": "application/json", "Accept": "application/json"}
    head |= {"Authorization": f"Bearer {server.key}"} if server.key else {}
    try:
        line.connect()
        guard = Timer(server.limit, _cut, [line.sock])   # whatever the server is doing: stalling, dripping
        guard.daemon = True
        guard.start()
        line.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), sent, head)
        answer = line.getresponse()
        content = _whole(answer, server, until)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() > until - 0.05:
            raise EngineError("people.server.slow", host=server.host, seconds=f"{server.limit:g}") from error
        raise EngineError("people.server.away", host=server.host, why=str(error) or type(error).__name__) from error
    finally:
        if guard:
            guard.cancel()
        line.close()
    if 300 <= answer.status < 400:
        raise EngineError("people.server.moved", host=server.host, status=answer.status)
    if answer.status != 200:
        raise EngineError("people.server.refused", host=server.host, status=answer.status,
                          words=_shown(content, server))
    return content


def _cut(line: "socket.socket") -> None:
    import contextlib
    import socket

    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _whole(answer: "HTTPResponse", server: _Server, until: float) -> bytes:
    """The content as it comes, up to a size."""
    content = bytearray()
    while piece := answer.read1(1 << 16):
        content += piece
        if len(content) > MOST:
            raise EngineError("people.server.long", host=server.host, most=f"{MOST / 1e6:.0f}")
    if time.monotonic() > until - 0.05:
        raise TimeoutError
    return bytes(content)


def _shown(content: bytes, server: _Server) -> str:
    """The first words of an answer, without the key should it repeat that."""
    text = content[:2000].decode("utf-8", "replace")
    text = text.replace(server.key, "…") if server.key else text
    return "".join(each for each in text if each.isprintable())[:200] or "…"


def _garbled(server: _Server, content: bytes) -> EngineError:
    return EngineError("people.server.answer", host=server.host, words=_shown(content, server)[:80])


def _here(name: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


engine = Engine("people.embed", open_openai, about="an embedding model at an address of yours",
                about_zh="你自己地址上的向量模型（Ollama、vLLM、通义千问……）", licence="that of the model behind it",
                weights=True, offline=False)
