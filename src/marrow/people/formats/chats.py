"""Chats as text, every message under a line with its time: WeChat's many exporters, QQ, WeLink, LINE.

    wechat       2019-10-05 21:03:11 妈妈 · 妈妈 2019/10/5 21:03 · 妈妈(2019-10-05 21:03:11): words beside or below
    wechat_mail  a line for the day (————— 2019-10-05 —————), then 妈妈  21:03
    qq           the message manager's export: 2019-10-05 21:03:11 妈妈(10001), under a head with 消息对象
    welink       妈妈(z00123456), a tab, 2019-10-05 21:03:11
    line         a line for the day (2019/10/05（六）), then 21:03, a tab, 妈妈, a tab, words
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from marrow.people.formats.original import Original, Reading
from marrow.people.formats.stamps import CLOCK, YEAR_FIRST, clock, day
from marrow.people.formats.stretched import FRAME, Head, stretched

WEEKDAY = r"(?:\s*[(（]?(?:星期|周|週)?[一二三四五六日天][)）]?|\s*[(（]?[A-Z][a-z]{2,8}[)）]?)?"
STAMP = rf"(?P<day>{YEAR_FIRST}){WEEKDAY}[ T\t]\s*(?P<clock>{CLOCK})"
PLATE = r"(?:【[^】]{1,12}】)*"                         # 【管理员】 before a name of QQ
NUMBER = r"[(<（](?P<number>[\w.@+-]{4,40})[)>）]"       # the account behind a name


@dataclass(frozen=True)
class Style:
    """One way of heading messages.

    strict    tells the style: matches lines that can hardly be anything else
    head      reads it, once the style is known: groups day, clock, who, number, text
    date      a line that gives the day for those after it
    frame     lines of the file that are nobody's words
    """

    dialect: str
    strict: re.Pattern[str]
    head: re.Pattern[str]
    date: re.Pattern[str] | None = None
    frame: re.Pattern[str] | None = None


def _style(dialect: str, strict: str, head: str = "", date: str = "", frame: str = "") -> Style:
    made = [re.compile(each) if each else None for each in (date, frame)]
    return Style(dialect, re.compile(strict), re.compile(head or strict), *made)


QQ_FRAME = r"={20,}\s*$|消息(?:分组|对象)\s*[:：].*$|消息记录（此消息记录为文本格式.*$"
STYLES = (
    _style("qq", rf"{STAMP}\s+{PLATE}(?P<who>.{{0,60}}?){NUMBER}\s*$",
           rf"{STAMP}\s+{PLATE}(?P<who>.{{0,80}}?)(?:{NUMBER})?\s*$", frame=QQ_FRAME),
    _style("welink", rf"(?P<who>[^\t]{{1,60}})(?P<number>\([a-zA-Z]\d{{8}}\))\t{STAMP}\s*$"),
    _style("wechat", rf"{STAMP}\s+['‘\"]?(?P<who>[^:：]{{1,64}}?)['’\"]?\s*$",
           rf"{STAMP}\s+['‘\"]?(?P<who>.{{1,80}}?)['’\"]?\s*$", frame=r"={20,}\s*$"),
    _style("wechat", rf"(?P<who>[^:：\n]{{1,64}}?)(?:\s*{NUMBER})?[\s(（\[]+{STAMP}[)）\]]?\s*[:：]?\s*$",
           rf"(?P<who>.{{1,80}}?)(?:\s*{NUMBER})?[\s(（\[]+{STAMP}[)）\]]?\s*[:：]?\s*$"),
    _style("wechat", rf"(?P<who>[^:：\n]{{1,64}}?)[\s(（\[]+{STAMP}[)）\]]?\s*[:：]\s*(?P<text>.*)"),
    _style("wechat", rf"[\[(（【]?{STAMP}[\])）】]?\s+(?P<who>[^:：]{{1,64}}?)\s*[:：]\s*(?P<text>.*)"),
    _style("wechat_mail", rf"(?P<who>\S.{{0,60}}?)\s{{2,}}(?P<clock>{CLOCK})\s*$",
           date=rf"\s*[—–-]{{3,}}\s*(?P<day>{YEAR_FIRST})\s*[—–-]{{3,}}\s*$"),
    _style("line", rf"(?P<clock>{CLOCK})\t(?P<who>[^\t]*)\t(?P<text>.*)",
           rf"(?P<clock>{CLOCK})\t(?:(?P<who>[^\t]*)\t)?(?P<text>.*)",
           date=rf"(?P<day>{YEAR_FIRST}){WEEKDAY}\s*$"),
)
SYSTEM_NUMBERS = frozenset(("10000", "1000000"))


def as_chat(original: Original) -> Reading | None:
    """A chat as text, by the style that heads most lines."""
    lines = [line for line in original.top.split("\n") if line.strip()]
    counts = [_count(style, lines) for style in STYLES]
    best = max(range(len(STYLES)), key=lambda each: counts[each])
    style, count = STYLES[best], counts[best]
    if _is_qq(original):
        style = STYLES[0]
    elif count < 2 and not (count and (style.date or style.strict.match(lines[0]))):
        return None
    head = {"title": found[1].strip()} if (found := re.search(r"^消息对象\s*[:：](.*)$", original.top, re.M)) else {}
    turns = stretched(original.lines(), _heads(style), original.encoding)
    return Reading("chat", style.dialect, original.encoding, turns, "", head, original.losses)


def _is_qq(original: Original) -> bool:
    return original.top.lstrip("\ufeff\n").startswith("消息记录（此消息记录为文本格式")


def _count(style: Style, lines: list[str]) -> int:
    """How many lines a style heads; none where it needs lines for the day and there are none."""
    if style.date and not any(map(style.date.match, lines)):
        return 0
    return sum(1 for line in lines[:3000] if style.strict.match(line))


def _heads(style: Style) -> Callable[[str], Head | None]:
    """The function that tells what a line heads."""
    match, frame, today = style.head.match, style.frame and style.frame.match, ""
    dated = style.date and style.date.match

    def heads(text: str) -> Head | None:
        nonlocal today
        if dated and (found := dated(text)):
            today = day(found["day"]) or today
            return FRAME
        found = match(text)
        if not found:
            return FRAME if frame and frame(text) else None
        parts = found.groupdict()
        date = today if dated else day(parts["day"])
        time = clock(parts["clock"])
        if not time or not (date or dated):
            return None
        index = found.start("text") if "text" in parts else len(text)
        number = parts.get("number") or ""
        aside = "system" if number in SYSTEM_NUMBERS or parts["who"] is None else ""
        return Head(index, (parts["who"] or number).strip(), f"{date}T{time}" if date else "", None, aside)

    return heads
