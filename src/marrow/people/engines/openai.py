"""A language model behind an OpenAI-compatible address: Ollama, vLLM, llama.cpp, LM Studio, DeepSeek, Qwen, …

    engine: openai:model.toml

What the file says of the address stands in `marrow.people.served`.

What was found travels as data, each utterance with its id; the answer must be JSON, sentence by sentence, with what
each rests on. Nothing of it is believed here: `marrow.people.talking.check` holds every sentence against what it cites.
"""

import json
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.contents import Remark, tell_of
from marrow.engine import Engine, here
from marrow.errors import EngineError
from marrow.people import served
from marrow.people.served import Asking, Server
from marrow.people.talking.ledger import Evidence, Question, Sentence
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.contract import Answer

LIMIT = 120.0          # seconds, where the file does not say
MOST = 4_000_000       # bytes of an answer
SENTENCES = 40         # of one answer; what comes after them is not read
LENGTH = 1000          # characters of one sentence
TRIES = 5              # requests for one answer: each leaves out what the server said it does not know
SEED = 1
DONE = (b"data: [DONE]", b"data:[DONE]")  # what ends a stream
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


def open_openai(book: Path) -> "Answer":
    """The model that a file describes, ready to be asked."""
    server = served.read_server(book, "/chat/completions", LIMIT)

    def answer(question: Question) -> Sequence[Sentence]:
        wish = {"model": server.model, "stream": True, "temperature": 0, "seed": SEED, "response_format": FORMATS[0],
                "messages": messages(question)}
        if not here(server.url):
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


def _asked(server: Server, wish: dict) -> str:
    """What the model says. What a server does not know (a JSON schema, a seed) is asked again without."""
    asking = Asking("people.answer", KINDS, MOST, time.monotonic() + server.limit, DONE)
    for _ in range(TRIES):
        status, kind, content = served.exchange(server, json.dumps(wish).encode(), asking)
        words = _reason(content, kind, server)
        if status in (400, 415, 422, 500, 501) and (less := _less(wish, words if status < 500 else "")):
            wish = less
        else:
            break
    server.moved(status)
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


def _garbled(host: str, text: str) -> EngineError:
    return EngineError("people.server.answer", host=host, words=_clean(text)[:80] or "…")


engine = Engine("people.answer", open_openai,
                about="a language model at an address of yours; every sentence is checked",
                about_zh="你自己地址上的语言模型（Ollama、vLLM、DeepSeek、通义千问……）；每一句都要核对",
                licence="that of the model behind it", weights=True, offline=False)
