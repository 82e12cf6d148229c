"""A language model behind an OpenAI-compatible address: Ollama, vLLM, llama.cpp, LM Studio, DeepSeek, Qwen, …

    engine: openai:model.toml

    url = "http://127.0.0.1:11434/v1"
    model = "qwen3:8b"
    limit = 120               # seconds until it counts as hung
    key_env = "MODEL_KEY"     # name of the environment variable that holds the key, where one is needed
    leaves = true             # only for another machine: yes, this family's testimony may leave this one

What was found travels as data, each utterance with its id; the answer must be JSON, sentence by sentence, with what
each rests on. Nothing of it is believed here: `marrow.people.talking.check` holds every sentence against what it cites.
No redirect is followed, no proxy is asked; time and bytes are bounded.
"""

import ipaddress
import json
import logging
import os
import re
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from marrow.contents import Remark, tell_of
from marrow.engine import Engine
from marrow.errors import EngineError, InputError
from marrow.people.talking.ledger import Evidence, Question, Sentence
from marrow.progress import reporter
from marrow.words import say

if TYPE_CHECKING:
    import socket
    from http.client import HTTPResponse

    from marrow.people.contract import Answer

LIMIT = 120.0          # seconds, where the file does not say
MOST = 4_000_000       # bytes of an answer
SENTENCES = 40         # of one answer; what comes after them is not read
LENGTH = 1000          # characters of one sentence
TRIES = 5              # requests for one answer: each leaves out what the server said it does not know
SEED = 1
KINDS = ("text/event-stream", "application/json")
OPTIONAL = ("response_format", "temperature", "seed")
STATUSES = ["quoted", "told", "inferred", "imagined", "unknown", "social"]
SCHEMA = {
    "type": "object", "additionalProperties": False, "required": ["sentences"], "properties": {"sentences": {
        "type": "array", "items": {
            "type": "object", "additionalProperties": False, "required": ["words", "status", "evidence"],
            "properties": {
                "words": {"type": "string"}, "status": {"type": "string", "enum": STATUSES},
                "evidence": {"type": "array", "items": {
                    "type": "object", "additionalProperties": False, "required": ["id", "words"],
                    "properties": {"id": {"type": "string"}, "words": {"type": "string"}}}}}}}}}
FORMATS = ({"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA}},
           {"type": "json_object"})


@dataclass(frozen=True)
class Server:
    """What the file says of a server."""

    url: str
    model: str
    key: str
    limit: float

    @property
    def host(self) -> str:
        """Name and port, without what may stand before them."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


def open_openai(book: Path) -> "Answer":
    """The model that a file describes, ready to be asked."""
    server = _server(book)

    def answer(question: Question) -> Sequence[Sentence]:
        wish = {"model": server.model, "stream": True, "temperature": 0, "seed": SEED, "response_format": FORMATS[0],
                "messages": messages(question)}
        if not _here(server.url):
            tell_of([Remark("people.leaves", {"host": server.host, "count": len(question.found)})])
        return drafts(_asked(server, wish), server.host)

    return answer


def messages(question: Question) -> list[dict[str, str]]:
    """What the model is told: one instruction, and everything else as data.

    Of the facts it reads "lang", "name", "address", and "refer.<id>" for each witness.
    """
    facts = question.facts
    names = {question.person: facts.get("name", ""), question.asker: facts.get("address", "")}
    order = say("people.model.instruction", facts.get("lang", "zh"), person=names[question.person],
                address=names[question.asker], share=round(100 * question.imagination))
    material = {
        "testimony": [{"id": each.id, "witness": facts.get(f"refer.{each.witness}", ""), "words": each.text}
                      for each in (found.utterance for found in question.found)],
        "before": [{"who": names.get(who, who), "words": words} for who, words in question.before],
        "question": question.words}
    return [{"role": "system", "content": order},
            {"role": "user", "content": json.dumps(material, ensure_ascii=False)}]


def drafts(text: str, host: str) -> tuple[Sentence, ...]:
    """The sentences of an answer, as the model claims them; offsets are left to `check` (start and end are -1).

    raises    EngineError  "people.server.answer" where there is no JSON with sentences in it
    """
    for tree in _trees(text):
        rows = tree.get("sentences") if isinstance(tree, dict) else None
        if isinstance(rows, list):
            return tuple(_sentence(row) for row in rows[:SENTENCES] if _worded(row))
    raise _garbled(host, text)


def _server(book: Path) -> Server:
    """What stands in the file.

    raises    InputError   "people.server.form"
              EngineError  "people.server.leaves", "people.server.key"
    """
    try:
        said = tomllib.loads(book.expanduser().read_text("utf-8"))
        url, limit, name = str(said["url"]).rstrip("/"), float(said.get("limit", LIMIT)), str(said.get("key_env", ""))
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or (parts.port or 1) < 1 or not 0 < limit < 1e6:
            raise ValueError(url)
        model = str(said["model"])
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise InputError("people.server.form", path=book) from error
    url += "" if parts.path.rstrip("/").endswith("/chat/completions") else "/chat/completions"
    key = os.environ.get(name, "").strip() if name else ""
    server = Server(url, model, key, limit)
    if not _here(url) and said.get("leaves") is not True:
        raise EngineError("people.server.leaves", host=server.host, path=book)
    if name and not (key.isascii() and key.isprintable() and key):
        raise EngineError("people.server.key", name=name)
    return server


def _asked(server: Server, wish: dict) -> str:
    """What the model says. What a server does not know (a JSON schema, a seed) is asked again without."""
    until = time.monotonic() + server.limit
    for _ in range(TRIES):
        status, kind, content = _exchange(server, json.dumps(wish).encode(), until)
        words = _reason(content, kind, server)
        if status in (400, 415, 422, 500, 501) and (less := _less(wish, words if status < 500 else "")):
            wish = less
        else:
            break
    if 300 <= status < 400:
        raise EngineError("people.server.moved", host=server.host, status=status)
    if status != 200:
        raise EngineError("people.server.refused", host=server.host, status=status, words=words)
    if kind not in KINDS:
        raise _garbled(server.host, content.decode("utf-8", "replace"))
    return "".join(_said(content.decode("utf-8", "replace"), kind, server))


def _less(wish: dict, words: str) -> dict | None:
    """The same wish without the field that a server names; without more of the format where it names none."""
    field = next((each for each in OPTIONAL if each in wish and each in words), "response_format")
    if field not in wish:
        return None
    less = {name: value for name, value in wish.items() if name != field}
    return {**wish, field: FORMATS[1]} if wish[field] == FORMATS[0] else less


def _exchange(server: Server, sent: bytes, until: float) -> tuple[int, str, bytes]:
    """One request: its status, the kind of its content, and the content.

    A guard cuts the line when the time is up, whatever the server is doing: stalling, dripping, sending without end.
    """
    import http.client
    from threading import Timer

    parts, left = urlsplit(server.url), max(0.1, until - time.monotonic())
    logging.getLogger(__name__).info("people.answer → %s: %.1f kB", server.host, len(sent) / 1e3)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line, guard = kind(parts.hostname, parts.port, timeout=left), None
    head = {"Content-Type": "application/json", "Accept": ", ".join(KINDS)}
    head |= {"Authorization": f"Bearer {server.key}"} if server.key else {}
    try:
        line.connect()
        guard = Timer(max(0.1, until - time.monotonic()), _cut, [line.sock])
        guard.daemon = True
        guard.start()
        line.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), sent, head)
        answer = line.getresponse()
        return answer.status, answer.headers.get_content_type(), b"".join(_pieces(answer, server, until))
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() > until - 0.05:
            raise _slow(server) from error
        raise EngineError("people.server.away", host=server.host, why=str(error) or type(error).__name__) from error
    finally:
        if guard:
            guard.cancel()
        line.close()


def _pieces(answer: "HTTPResponse", server: Server, until: float) -> Iterator[bytes]:
    """The content as it comes, up to the mark that says it is over."""
    size, tail = 0, b""
    while piece := answer.read1(1 << 16):
        yield piece
        reporter.get()("people.answer", 0, 1)
        size, tail = size + len(piece), tail[-16:] + piece
        if size > MOST:
            raise EngineError("people.server.long", host=server.host, most=f"{MOST / 1e6:.0f}")
        if b"data: [DONE]" in tail or b"data:[DONE]" in tail:
            return
    if time.monotonic() > until - 0.05:
        raise TimeoutError


def _cut(line: "socket.socket") -> None:
    import contextlib
    import socket

    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _said(content: str, kind: str, server: Server) -> Iterator[str]:
    """The model's words, out of a stream of events or one JSON object."""
    events = [content] if kind == "application/json" else [
        line[5:] for line in content.splitlines() if line.startswith("data:") and line[5:].strip() != "[DONE]"]
    try:
        for event in events:
            tree = json.loads(event)
            if "error" in tree:
                raise EngineError("people.server.refused", host=server.host, status=200,
                                  words=_reason(event.encode(), "application/json", server))
            for choice in tree.get("choices", [])[:1]:
                words = (choice.get("delta") or choice.get("message") or {}).get("content")
                yield words if isinstance(words, str) else "".join(
                    each["text"] for each in words or () if isinstance(each.get("text"), str))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise _garbled(server.host, content) from error


def _trees(text: str) -> Iterator[object]:
    """What may be the JSON of an answer: all of it, what stands in a fence, from the first brace to the last."""
    text = re.sub(r"<think>.*?(</think>|\Z)", "", text, flags=re.DOTALL)
    fenced = re.findall(r"```(?:json)?\s*\n?(.*?)```", text, re.DOTALL)
    for part in (text, *fenced, text[text.find("{"):text.rfind("}") + 1]):
        try:
            yield json.loads(part)
        except (ValueError, RecursionError):
            continue


def _worded(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("words"), str) and bool(_clean(row["words"]))


def _sentence(row: dict) -> Sentence:
    """One sentence as claimed; what is no text is left out of it."""
    cited = row.get("evidence") if isinstance(row.get("evidence"), list) else []
    evidence = tuple(Evidence(each["id"], -1, -1, each["words"]) for each in cited[:SENTENCES] if isinstance(each, dict)
                     and isinstance(each.get("id"), str) and isinstance(each.get("words"), str))
    status = row.get("status")
    return Sentence(_clean(row["words"]), status if isinstance(status, str) else "", evidence)


def _clean(words: str) -> str:
    """Words without what steers a terminal, turns the direction of writing round, or is no character."""
    words = words.encode("utf-8", "replace").decode()
    words = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", words)
    return re.sub(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", words).strip()[:LENGTH]


def _reason(content: bytes, kind: str, server: Server) -> str:
    """What the server says that is wrong, without the key should it repeat that."""
    text = content.decode("utf-8", "replace")
    try:
        tree = json.loads(text)
        found = tree.get("error") or tree.get("message") or tree.get("detail")
        text = str(found.get("message", found) if isinstance(found, dict) else found)
    except (ValueError, AttributeError, RecursionError):
        text = text if kind == "text/plain" else kind
    return _clean(text.replace(server.key, "…") if server.key else text)[:300]


def _slow(server: Server) -> EngineError:
    return EngineError("people.server.slow", host=server.host, seconds=f"{server.limit:g}")


def _garbled(host: str, text: str) -> EngineError:
    return EngineError("people.server.answer", host=host, words=_clean(text)[:80] or "…")


def _here(url: str) -> bool:
    """Whether an address is this machine."""
    name = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


engine = Engine("people.answer", open_openai,
                about="a language model at an address of yours; every sentence is checked",
                about_zh="你自己地址上的语言模型（Ollama、vLLM、DeepSeek、通义千问……）；每一句都要核对",
                licence="that of the model behind it", weights=True, offline=False)
