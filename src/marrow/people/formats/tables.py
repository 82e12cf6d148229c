"""Chats and captions as tables: MemoTrace (留痕), WeClone, WeFlow and others, told by the names of their columns."""

from collections.abc import Iterator
from pathlib import Path

from marrow.errors import InputError
from marrow.people.formats.asides import aside_of
from marrow.people.formats.original import Original, Reading
from marrow.people.formats.rows import Row, part_of, rows
from marrow.people.formats.stamps import moment
from marrow.people.formats.stretches import tidy
from marrow.people.testimony import Turn

# The names of columns that say the same thing, the surest first.
COLUMNS = {
    "words": "StrContent msg content message 内容 消息 消息内容 聊天内容 文字 text 说的话 话 句子 utterance sentence",
    "caption": "caption 说明 图注 题注 描述 照片说明 description 背面",
    "file": "file filename 文件 文件名 照片 图片 picture photo image",
    "speaker": "发送人 发送者 sender_name senderName talker Remark 备注 NickName 昵称 Sender sender 说话人 讲述人 姓名 "
               "谁 写的人 speaker name author from 作者 witness",
    "time": "StrTime 时间 CreateTime createTime create_time 日期 发送时间 timestamp datetime date time 拍摄时间 when",
    "mine": "is_sender IsSender issend is_self",
    "kind": "type_name Type 类型 消息类型 type"}
CONTACT = ("Remark", "备注", "NickName")  # whom the chat is with, not who speaks
MEDIA = frozenset("图片 语音 视频 表情包 动画表情 文件 位置 名片 卡片 红包 转账 链接 小程序 音频 image voice video "
                  "sticker emoji file location link 3 34 42 43 47 48".split())
SYSTEM = frozenset("系统消息 系统 拍一拍 撤回 system 10000 10002".split())


def as_table(original: Original) -> Reading | None:
    """A chat or captions as a table.

    raises    InputError  a table (.csv, .tsv) in which no column holds words
    """
    first = original.top.lstrip("\ufeff").split("\n", 1)[0]
    part = part_of(first)
    names = [name.strip().strip('"').strip() for name in first.split(part)]
    columns = _columns(names)
    captioned = "caption" in columns and "file" in columns
    spoken = "words" in columns and ("speaker" in columns or "time" in columns)
    if not captioned and not spoken:
        if Path(original.path).suffix.lower() in (".csv", ".tsv") and part in first:
            raise InputError("people.columns", path=original.path, columns=", ".join(names)[:200])
        return None
    if captioned and not spoken:
        columns["words"] = columns["caption"]
    form = "chat" if spoken else "caption"
    dialect = ("memotrace" if {"MsgSvrID", "StrContent"} & set(names) else "table") if spoken else "captions"
    head = {} if spoken else _pictures(original, part, columns)
    return Reading(form, dialect, original.encoding, _turns(original, part, columns, not spoken), "csv", head,
                   original.losses)


def _columns(names: list[str]) -> dict[str, int]:
    """Where the columns stand that are known by name."""
    low = {name.lower(): number for number, name in reversed(list(enumerate(names)))}
    found = {key: next((low[word.lower()] for word in words.split() if word.lower() in low), -1)
             for key, words in COLUMNS.items()}
    if "speaker" in found and names[found["speaker"]] in CONTACT:
        found["contact"] = found["speaker"]
    return {key: number for key, number in found.items() if number >= 0}


def _pictures(original: Original, part: str, columns: dict[str, int]) -> dict[str, str]:
    """Which picture each talk is about."""
    many = [row for row in rows(original, part)][1:] if original.whole else []
    return {f"picture {number}": row.cell(columns["file"]) for number, row in enumerate(many)}


def _turns(original: Original, part: str, columns: dict[str, int], captions: bool) -> Iterator[Turn]:
    """The turns of a table; talks are counted by the day, or by the picture."""
    talk, before = -1, None
    encoding = "utf-8" if original.encoding == "utf-8-sig" else original.encoding
    for number, row in enumerate(rows(original, part)):
        if not number:
            continue
        said = moment(row.cell(columns["time"]), 8) if "time" in columns else ""
        if captions or said[:10] != before:
            talk, before = talk + 1, said[:10]
        stretch = row.stretch(columns["words"], encoding)
        words = tidy(row.cell(columns["words"])) if stretch else ""
        if words:
            speaker = _speaker(row, columns)
            aside = "" if captions else _aside(row, columns, words, speaker)
            yield Turn(*stretch, words, speaker, said, None, max(talk, 0), aside)
        elif len(row.spans) <= columns["words"]:
            original.losses.note("torn", row.number)


def _speaker(row: Row, columns: dict[str, int]) -> str:
    """Who speaks; the owner of a telephone is 我 where his name is not told."""
    speaker = row.cell(columns["speaker"]) if "speaker" in columns else ""
    mine = row.cell(columns["mine"]) in ("1", "true", "True") if "mine" in columns else False
    return "我" if mine and (not speaker or "contact" in columns) else speaker


def _aside(row: Row, columns: dict[str, int], words: str, speaker: str) -> str:
    kind = row.cell(columns["kind"]) if "kind" in columns else ""
    return "media" if kind in MEDIA else "system" if kind in SYSTEM else aside_of(words, speaker)
