"""Chats as text, every message under a line with its time: WeChat's many exporters, QQ, WeLink, LINE.

    wechat       2019-10-05 21:03:11 妈妈 · 妈妈 2019/10/5 21:03 · 妈妈(2019-10-05 21:03:11): words beside or below
    wechat_mail  a line for the day (————— 2019-10-05 —————), then 妈妈  21:03
    qq           the message manager's export: 2019-10-05 21:03:11 妈妈(10001), under a head with 消息对象
    welink       妈妈(z00123456), a tab, 2019-10-05 21:03:11
    line         a line for the day (2019/10/05（六）), then 21:03, a tab, 妈妈, a tab, words
"""

import re
from dataclasses import dataclass

from marrow.people.formats.original import Original, Reading
from marrow.people.formats.stamps import CLOCK, GAP, YEAR_FIRST, clock, day
from marrow.people.formats.stretched import Head, Heads, stretched

WEEKDAY = r"(?:[ \t]*[(（]?(?:星期|周|週)?[一二三四五六日天][)）]?|[ \t]*[(（]?[A-Z][a-z]{2,8}[)）]?)?"
STAMP = rf"(?P<day>{YEAR_FIRST}){WEEKDAY}[ T\t]{GAP}*(?P<clock>{CLOCK})"
PLATE = r"(?:【[^】]{1,12}】)*"                         # 【管理员】 before a name of QQ
NUMBER = r"[(<（](?P<number>[\w.@+-]{4,40})[)>）]"       # the account behind a name


BRACKET = rf"(?:{GAP}|[(（\[])+"


@dataclass(frozen=True)
class Style:
    """One way of heading messages.

    strict    tells the style: matches lines that can hardly be anything else
    head      reads it, once the style is known: groups day, clock, who, number, text; "frame" where a line is nobody's
              words, "date" where it gives the day for those after it
    dated     whether it needs such lines
    """

    dialect: str
    strict: re.Pattern[str]
    head: re.Pattern[str]
    dated: bool = False


def _style(dialect: str, strict: str, head: str = "", date: str = "", frame: str = "") -> Style:
    extra = f"|(?P<frame>{frame})" if frame else f"|{date}" if date else ""
    return Style(dialect, re.compile(f"^(?:{strict}{extra if date else ''})", re.MULTILINE),
                 re.compile(f"^(?:{head or strict}{extra})", re.MULTILINE), bool(date))


END = rf"{GAP}*$"
STYLES = (
    _style("qq", rf"{STAMP}{GAP}+{PLATE}(?P<who>.{{0,60}}?){NUMBER}{END}",
           rf"{STAMP}{GAP}+{PLATE}(?P<who>.{{0,80}}?)(?:{NUMBER})?{END}",
           frame=rf"={{20,}}{END}|消息(?:分组|对象){GAP}*[:：].*$|消息记录（此消息记录为文本格式.*$"),
    _style("welink", rf"(?P<who>[^\t\n]{{1,60}})(?P<number>\([a-zA-Z]\d{{8}}\))\t{STAMP}{END}"),
    _style("wechat", rf"{STAMP}{GAP}+['‘\"]?(?P<who>[^:：\n]{{1,64}}?)['’\"]?{END}",
           rf"{STAMP}{GAP}+['‘\"]?(?P<who>.{{1,80}}?)['’\"]?{END}", frame=rf"={{20,}}{END}"),
    _style("wechat", rf"(?P<who>[^:：\n]{{1,64}}?)(?:{GAP}*{NUMBER})?{BRACKET}{STAMP}[)）\]]?{GAP}*[:：]?{END}",
           rf"(?P<who>.{{1,80}}?)(?:{GAP}*{NUMBER})?{BRACKET}{STAMP}[)）\]]?{GAP}*[:：]?{END}"),
    _style("wechat", rf"(?P<who>[^:：\n]{{1,64}}?){BRACKET}{STAMP}[)）\]]?{GAP}*[:：]{GAP}*(?P<text>.*)"),
    _style("wechat", rf"[\[(（【]?{STAMP}[\])）】]?{GAP}+(?P<who>[^:：\n]{{1,64}}?){GAP}*[:：]{GAP}*(?P<text>.*)"),
    _style("wechat_mail", rf"(?P<who>\S.{{0,60}}?){GAP}{{2,}}(?P<clock>{CLOCK}){END}",
           date=rf"{GAP}*[—–-]{{3,}}{GAP}*(?P<date>{YEAR_FIRST}){GAP}*[—–-]{{3,}}{END}"),
    _style("line", rf"(?P<clock>{CLOCK})\t(?:(?P<who>[^\t\n]*)\t)?(?P<text>.*)",
           date=rf"(?P<date>{YEAR_FIRST}){WEEKDAY}{END}"),
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
    elif count < 2 and not (count and style.strict.match(lines[0])):
        return None
    head = {"title": found[1].strip()} if (found := re.search(r"^消息对象\s*[:：](.*)$", original.top, re.M)) else {}
    turns = stretched(original, _heads(style), style.head)
    return Reading("chat", style.dialect, original.encoding, turns, "", head, original.losses)


def _is_qq(original: Original) -> bool:
    return original.top.lstrip("\ufeff\n").startswith("消息记录（此消息记录为文本格式")


def _count(style: Style, lines: list[str]) -> int:
    """How many lines a style heads; none where it needs lines for the day and there are none."""
    found = [match for match in map(style.strict.match, lines[:3000]) if match]
    days = sum(1 for match in found if style.dated and match["date"])
    return len(found) if not style.dated or 0 < days < len(found) else 0


def _heads(style: Style) -> Heads:
    """The function that tells what a line heads."""
    numbered, worded, framed = (each in style.head.groupindex for each in ("number", "text", "frame"))
    asked, today = ("clock", "who", "clock" if style.dated else "day"), ""

    def heads(found: re.Match[str]) -> Head | None:
        nonlocal today
        if framed and found["frame"] is not None:
            return Head(found.end(), aside="system")
        if style.dated and found["date"]:
            today = day(found["date"]) or today
            return Head(found.end(), aside="system")
        time, who, date = found.group(*asked)
        date, time = today if style.dated else day(date), clock(time)
        if not time or not (date or style.dated):
            return None
        number = found["number"] or "" if numbered else ""
        aside = "system" if number in SYSTEM_NUMBERS or who is None else ""
        index = found.start("text") if worded else found.end()
        return Head(index, (who or number).strip(), f"{date}T{time}" if date else "", None, aside)

    return heads
