"""Meanings by a server of yours that speaks OpenAI's /v1/embeddings: Ollama, vLLM, llama.cpp, DashScope …

    embed: openai:embed.toml

What the file says of the address stands in `marrow.people.served`.

Every utterance travels to the server once, and every question.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.engine import Engine
from marrow.errors import EngineError
from marrow.people.served import Asking, Server, exchange, read_server

if TYPE_CHECKING:
    from numpy import ndarray

    from marrow.people.contract import Embed

LIMIT = 60.0          # seconds, where the file does not say
MOST = 20_000_000     # bytes of an answer


def open_openai(book: Path) -> "Embed":
    """The server that a file describes, ready to measure.

    raises    InputError   "people.server.form"
              EngineError  "people.server.leaves", "people.server.key"
    """
    server = read_server(book, "/embeddings", LIMIT)

    def embed(texts: Sequence[str]) -> "ndarray":
        import numpy as np

        content = _asked(server, json.dumps({"model": server.model, "input": list(texts)}).encode())
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


def _asked(server: Server, sent: bytes) -> bytes:
    """One request: the content of its answer.

    raises    EngineError  "people.server.away", "people.server.slow", "people.server.long", "people.server.moved",
              "people.server.refused"
    """
    asking = Asking("people.embed", ("application/json",), MOST, time.monotonic() + server.limit)
    status, _, content = exchange(server, sent, asking)
    server.moved(status)
    if status != 200:
        raise EngineError("people.server.refused", host=server.host, status=status, words=_shown(content, server))
    return content


def _shown(content: bytes, server: Server) -> str:
    """The first words of an answer, without the key should it repeat that."""
    text = content[:2000].decode("utf-8", "replace")
    text = text.replace(server.key, "…") if server.key else text
    return "".join(each for each in text if each.isprintable())[:200] or "…"


def _garbled(server: Server, content: bytes) -> EngineError:
    return EngineError("people.server.answer", host=server.host, words=_shown(content, server)[:80])


engine = Engine("people.embed", open_openai, about="an embedding model at an address of yours",
                about_zh="你自己地址上的向量模型（Ollama、vLLM、通义千问……）", licence="that of the model behind it",
                weights=True, offline=False)
