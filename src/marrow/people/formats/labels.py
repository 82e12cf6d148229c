"""Speakers' labels: which words at the start of a line name who speaks, and what a file's head says of itself."""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from marrow.people.formats.stamps import CLOCK

# What a file's head may say, by the words it is said with.
HEADS = {
    "witness": "讲述人|讲述者|口述人|口述者|口述|受访人|受访者|被访者|被访人|叙述人|講述人|受訪者|日记人|"
               "写信人|寫信人|日记|日記|witness|narrator|told by|interviewee|speaker|diary of|diary|from|written by",
    "recorder": "记录人|记录者|记录|整理人|整理|采访人|采访者|访谈人|访谈者|紀錄人|採訪者|收集人|recorder|"
                "recorded by|interviewer|written down by|transcribed by",
    "date": "时间|日期|录音时间|采访时间|访谈时间|記錄時間|時間|date|when|recorded on",
    "place": "地点|采访地点|录音地点|地點|place|where|location",
    "title": "标题|题目|主题|標題|会议主题|title|subject",
    "to": "收信人|致|to",
    "about": "关于|about",
    "note": "备注|说明|note|notes"}
HEAD_WORDS = {word: key for key, words in HEADS.items() for word in words.split("|")}
HEAD_LINE = re.compile(r"\s*([^\s:：][^:：]{0,19}?)\s*[:：]\s*(.+?)\s*")
# Who speaks, said by a role: such a label needs no second time.
ROLES = frozenset("""
问 答 問 q a q1 a1 女儿 儿子 妈妈 爸爸 母亲 父亲 妈 爸 哥哥 姐姐 弟弟 妹妹 奶奶 爷爷 外婆 外公 姥姥 姥爷 舅舅 姑姑
叔叔 阿姨 记者 主持人 采访者 采访人 受访者 被访者 访谈者 访谈人 讲述人 讲述者 记录人 记录者 口述人 旁白 我 笔者 導演
导演 採訪者 受訪者 interviewer interviewee narrator witness recorder host guest mother father mom mum dad sister
brother daughter son i me
""".split())
SAYING = tuple("说道讲喊叫曰想写问答骂嚷回念唱")   # "妈说：…" is a sentence with a quotation
NO_LABELS = frozenset("""
时间 地点 日期 备注 注 比如 例如 譬如 第一 第二 第三 首先 其次 最后 所以 因为 但是 结果 总之 另外 还有 一 二 三 note
ps p.s http https
""".split())
INSIDE = r"[^\s，。、！？；“”‘’「」…\"!?;,:：\[\]【】()（）<>]"
FREE = r"[^，。！？；“”…\"!?;:：\[\]【】<>\n]"
NAME = rf"{INSIDE}(?:{FREE}{{0,22}}{INSIDE}|{FREE}{{0,21}}[)）])?"
COLON = re.compile(rf"\s*({NAME})\s*(?:[\[(（]({CLOCK})[\])）])?\s*[:：](?!//)")
SQUARE = re.compile(rf"\s*[\[【]({NAME})(?:\s+({CLOCK}))?[\]】]\s*[:：]?")
Finder = Callable[[str], tuple[int, str, str] | None]
LONGEST = 12  # Chinese characters of a label; Western ones may have twice as many letters


def label(text: str) -> tuple[int, str, str] | None:
    """A speaker's label at the start of a line: where the words begin, who, and the clock that stands with it."""
    found = SQUARE.match(text) or COLON.match(text)
    if not found or len(found[1]) > (2 * LONGEST if found[1].isascii() else LONGEST):
        return None
    return found.end(), found[1].strip(), found[2] or ""


def speakers(lines: Iterable[str], known: Iterable[str] = (), least: int = 2) -> frozenset[str]:
    """The labels of a file that really name speakers.

    A role names one, and so does what the head has named. Any other word must come twice (or `least` times), or nearly
    every line must begin with such a word; a quotation ("妈说：") never does.
    test    "他就一句话：别来" names nobody in a file of a witness's plain words
    """
    lines = [line for line in lines if line.strip()]
    labels = [(line, got) for line in lines if (got := label(line))]
    found = Counter(got[1] for _, got in labels)
    alone = sum(1 for line, got in labels if not line[got[0]:].strip())  # the words stand on the next line
    sure = {name for name in found if name.lower() in ROLES or name in set(known)}
    likely = {name: count for name, count in found.items() if name not in sure and not _is_phrase(name)}
    labelled = sum(likely.values()) + sum(found[name] for name in sure)
    dense = labelled >= 0.6 * max(len(lines) - alone, 1) and labelled > 1
    return frozenset(sure | {name for name, count in likely.items() if count >= least or dense})


def head(lines: Iterable[str]) -> tuple[dict[str, str], int]:
    """What the first lines of a file say of it, and how many lines that takes."""
    said: dict[str, str] = {}
    count = 0
    for number, line in enumerate(lines, 1):
        found = HEAD_LINE.fullmatch(line)
        key = HEAD_WORDS.get(found[1].lower().strip("#* ")) if found else None
        if key and key not in said:
            said[key], count = found[2], number
        elif line.strip():
            break
    return said, count


def bare(name: str) -> str:
    """A name without what stands in brackets behind it: 小川 of 小川（哥哥）."""
    return re.split(r"[（(]", name)[0].strip() or name.strip()


def fits(names: frozenset[str]) -> Finder:
    """A function that finds one of these labels at the start of a line."""
    def found(text: str) -> tuple[int, str, str] | None:
        got = label(text)
        return got if got and got[1] in names else None
    return found


def _is_phrase(name: str) -> bool:
    return name.lower() in NO_LABELS or (len(name) > 1 and name.endswith(SAYING)) or name[0].isdigit()
