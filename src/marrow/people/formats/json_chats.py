"""Testimony in JSON: chats (ChatLab, Telegram, other exporters), Whisper's transcripts, interviews in pieces.

    chatlab     "chatlab" and "messages", version 0.0.2, or JSON Lines with "_type"
    telegram    result.json of one chat or of all; "text" is a string or a list of pieces
    whisper     "segments" with start, end, text; a speaker where WhisperX named one
    pieces      objects with "content" in which several speak, each after a label
    json        any other list of messages: words, sender and time are looked for under the usual keys
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from marrow.errors import InputError
from marrow.people.formats.asides import OFFICIAL, aside_of
from marrow.people.formats.labels import fits, speakers
from marrow.people.formats.original import Original, Reading, size
from marrow.people.formats.records import Record, lined, records
from marrow.people.formats.stamps import moment
from marrow.people.formats.stretches import spelled, unescaped
from marrow.people.testimony import Turn

LIST = re.compile(r'"(?:messages|segments|msgs|records|data|chats|items|conversation)"\s*:\s*\[')
MESSAGES = re.compile(r'"messages"\s*:\s*\[')
SEGMENTS = re.compile(r'"segments"\s*:\s*\[')
BARE = re.compile(r"\[")
WORDS = ("content", "text", "msg", "message", "StrContent", "utterance", "sentence", "words")
SENDERS = ("senderDisplayName", "accountName", "groupNickname", "sender_name", "senderName", "from", "speaker",
           "sender", "nickname", "NickName", "author", "name", "talker", "role")
TIMES = ("formattedTime", "timestamp", "date", "time", "createTime", "CreateTime", "StrTime", "create_time", "datetime")
CHINA = ("wechat", "weixin", "qq", "微信", "welink", "dingtalk", "feishu")  # one clock for all of the country
MEDIA_TYPES = frozenset((1, 2, 3, 4, 5, 7, 8, 20, 21, 24, 26, 27))
SYSTEM_TYPES = frozenset((22, 23, 80, 81))
RUN = re.compile(r"\\[nr]|((?:[^\\]|\\[^nr])+)", re.DOTALL)   # what stands between the line breaks of a JSON string
SIGN = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[0-9a-fA-F]{4}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)

Told = tuple[int, int, str, str, str, tuple[float, float] | None, str]  # the fields of a turn, without its talk
Maker = Callable[[Record], Told | None]


def as_json(original: Original) -> Reading | None:
    """Any JSON that holds what people said.

    raises    InputError  JSON in which no such thing is found
    """
    top = original.top.lstrip("\ufeff \n\t")
    if not top.startswith(("{", "[")) or re.match(r"\[[^\"{\]]{2,40}\]", top):
        return None
    if re.match(r'\{[^\n]*"_type"\s*:\s*"header"', top):
        return _chatlab(original, lined(original))
    if re.search(r'"chatlab"\s*:\s*\{', top):
        return _chatlab(original, records(original, MESSAGES))
    if SEGMENTS.search(top) and re.search(r'"start"\s*:', top):
        return _reading(original, "whisper", records(original, SEGMENTS), _segment, form="interview")
    if MESSAGES.search(top) and re.search(r'"(?:date_unixtime|from_id|text_entities)"\s*:', top):
        names = dict(enumerate(re.findall(r'"name"\s*:\s*("(?:[^"\\]|\\.)*")', top)[:1]))
        head = {"title": _string(names[0])} if names else {}
        return _reading(original, "telegram", records(original, MESSAGES), _telegram, head)
    return _other(original, top)


def _other(original: Original, top: str) -> Reading:
    """Lists of messages of no known program."""
    bare = top.startswith("[")
    many = records(original, BARE if bare else LIST, bare) if bare or LIST.search(top) else lined(original)
    key = next((each for each in WORDS if re.search(rf'"{each}"\s*:\s*["\[]', top)), "")
    if not key:
        raise InputError("people.json", path=original.path)
    if not any(re.search(rf'"{each}"\s*:', top) for each in SENDERS):
        return Reading("interview", "pieces", original.encoding, _pieces(original, many, key, top), "json", {},
                       original.losses)
    sender = next(each for each in SENDERS if re.search(rf'"{each}"\s*:\s*"', top) or each == "role")
    time = next((each for each in TIMES if re.search(rf'"{each}"\s*:', top)), "")

    def made(record: Record) -> Told | None:
        return _message(record, key, str(record.value.get(sender) or ""), moment(record.value.get(time)))

    return _reading(original, "json", many, made)


def _reading(original: Original, dialect: str, many: Iterable[Record], made: Maker, head: dict[str, str] | None = None,
             form: str = "chat") -> Reading:
    return Reading(form, dialect, original.encoding, _turns(original, many, made), "json", head or {}, original.losses)


def _turns(original: Original, many: Iterable[Record], made: Maker) -> Iterator[Turn]:
    """The turns of records; talks are counted by the day and by the list. Records without words are told of."""
    talk, before = -1, None
    for record in many:
        told = made(record)
        if told is None:
            if record.value.get("_type") not in ("header", "member"):
                original.losses.note("wordless")
            continue
        now = (record.part, told[4][:10])
        if now != before:
            talk, before = talk + 1, now
        first, last, words, speaker, said, times, aside = told
        yield Turn(first, last, words, speaker if speaker.isascii() else _storable(speaker), said, times, talk, aside)


@lru_cache(1 << 12)
def _storable(speaker: str) -> str:
    return spelled(speaker)


def _message(record: Record, key: str, speaker: str, said: str, aside: str | None = None) -> Told | None:
    stretch = record.stretch(key)
    if stretch is None:
        return None
    first, last, words = stretch
    return first, last, words, speaker, said, None, aside_of(words, speaker) if aside is None else aside


def _chatlab(original: Original, many: Iterator[Record]) -> Reading:
    """ChatLab 0.0.2: senders are numbers of accounts, their names stand beside them or among the members."""
    head = {key: _string(found[1]) for key, name in (("title", "name"), ("platform", "platform"))
            if (found := re.search(rf'"{name}"\s*:\s*("(?:[^"\\]|\\.)*")', original.top[_meta(original.top):]))}
    east = 8 if head.get("platform", "").lower() in CHINA else 0
    names = {found[1]: _string(f'"{found[2]}"') for found in re.finditer(
        r'"platformId"\s*:\s*"([^"\\]*)"\s*,\s*"accountName"\s*:\s*"((?:[^"\\]|\\.)*)"', original.top)}

    def made(record: Record) -> Told | None:
        value, kind = record.value, record.value.get("type")
        if value.get("_type", "message") != "message":
            return None
        kind = kind if isinstance(kind, int) else 0
        aside = "media" if kind in MEDIA_TYPES else "system" if kind in SYSTEM_TYPES else None
        sender = str(value.get("sender") or "")
        speaker = str(value.get("accountName") or names.get(sender) or value.get("groupNickname") or sender)
        if speaker in OFFICIAL:
            aside = "system"
        return _message(record, "content", speaker, moment(value.get("timestamp"), east), aside)

    return _reading(original, "chatlab", many, made, head)


def _string(raw: str) -> str:
    """What a JSON string says; as it stands where it is broken."""
    try:
        return unescaped(raw, "json")
    except InputError:
        return raw[1:-1]


def _meta(top: str) -> int:
    """Where the file speaks of the chat as a whole."""
    found = re.search(r'"meta"\s*:', top)
    return found.end() if found else 0


def _telegram(record: Record) -> Told | None:
    value = record.value
    said = moment(value.get("date") or value.get("date_unixtime"))
    service = value.get("type") == "service"
    media = any(value.get(each) for each in ("photo", "file", "media_type", "sticker_emoji"))
    speaker = str(value.get("from") or value.get("actor") or "")
    if not value.get("text"):
        key = next((each for each in ("action", "file", "photo", "media_type") if isinstance(value.get(each), str)), "")
        return _message(record, key, speaker, said, "system" if service else "media") if key else None
    return _message(record, "text", speaker, said, "system" if service else "" if media else None)


def _segment(record: Record) -> Told | None:
    value, place = record.value, record.found("text")
    raw = record.text[place[0] + 1:place[1] - 1] if place and isinstance(value["text"], str) else ""
    if not raw.strip(" "):
        return None
    first = record.byte(place[0] + 1 + len(raw) - len(raw.lstrip(" ")))
    raw = raw.strip(" ")
    stretch = first, first + size(raw, record.encoding), unescaped(raw, "json")
    times = [value.get(each) for each in ("start", "end")]
    known = all(isinstance(each, int | float) for each in times)
    return *stretch, str(value.get("speaker") or ""), "", tuple(map(float, times)) if known else None, ""


def _pieces(original: Original, many: Iterable[Record], key: str, top: str) -> Iterator[Turn]:
    """Turns out of strings in which several speak: paragraphs, each of the speaker last named by a label."""
    lines = [line for found in re.findall(rf'"{key}"\s*:\s*("(?:[^"\\]|\\.)*")', top)
             for line in _string(found).split("\n")]
    find, speaker = fits(speakers(lines)), ""
    for record in many:
        place = record.found(key) if isinstance(record.value.get(key), str) else None
        for run in RUN.finditer(record.text, place[0] + 1, place[1] - 1) if place else ():
            if run[1] is None:
                continue
            label = find(unescaped(run[0], "json"))
            speaker = label[1] if label else speaker
            first = run.start() + (_escaped(run[0], label[0]) if label else 0)
            raw = record.text[first:run.end()]
            first, raw = first + len(raw) - len(raw.lstrip(" ")), raw.strip(" ")
            if words := unescaped(raw, "json") if raw else "":
                yield Turn(record.byte(first), record.byte(first + len(raw)), words, speaker)


def _escaped(raw: str, count: int) -> int:
    """How long the first characters of a JSON string are as it is written."""
    return sum(len(each) for each in SIGN.findall(raw)[:count])
