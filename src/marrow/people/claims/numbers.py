"""Numbers as they are spoken: 两百步, 三十七块五, 半年, 一米七五, two dozen, a couple of weeks."""

import re
from collections.abc import Callable, Sequence
from functools import cache

from marrow.people.claims.tables import either, inside, listed, spans, table
from marrow.people.numerals import DIGITS, HAN, ONES, TYS, chinese

Span = tuple[int, int]
Reader = Callable[[re.Match[str]], str]

ENGLISH = {word: value for value, word in enumerate(ONES)} | {word: 10 * value for value, word in enumerate(TYS[2:], 2)}
POWERS = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12}
RANGES = re.compile(r"(.*?)([一二两三四五六七八])([二两三四五六七八九])([十百千万]*)")
TAILS = ("元", "米", "斤", "里", "公里")  # units with parts: 三十七块五, 一米七五
ORDERED = "车间|号楼|单元|楼|年级|班|厂|中学|小学|中|医院|路车|号|排|组|床|届|名"
HALVES = dict.fromkeys("凌晨 清晨 早上 早晨 一早 上午 中午".split(), 0) | dict.fromkeys(
    "下午 傍晚 晚上 夜里 晚".split(), 12)
STOP = ("of and or in on at to the for when who that was were he she they i we but then more from by with after before "
        "is it did had have has as so if my his her their our your this these those").split()
AGED = re.compile(r"\b(?:was|am|is|were|turned|aged|age)\s(?:only |just |about |barely )?$")   # I was twelve
GOES_ON = ("", "when", "and", "then", "but")
OLD = 110
FEW = ("几", "好几", "数", "上")


def english(words: list[str]) -> float | None:
    """The value of an English numeral: "two hundred and five" 205, "two dozen" 24; None for no numeral."""
    total = part = 0.0
    seen = False
    for word in words:
        if word in ENGLISH or re.fullmatch(r"[0-9][0-9,]*(\.[0-9]+)?", word):
            part, seen = part + (ENGLISH[word] if word in ENGLISH else float(word.replace(",", ""))), True
        elif word in POWERS:
            part, seen = (part or 1) * POWERS[word], True
            total, part = (total + part, 0.0) if POWERS[word] >= 1000 else (total, part)
        elif word not in ("and", "a", "an"):
            return None
    return total + part if seen else None


def written(value: float) -> str:
    """A value without needless zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def numbers(text: str, taken: Sequence[Span] = ()) -> list[tuple[int, int, str]]:
    """Numbers of a folded text in order: start, end, "200 步"; vague ones "~200 步", ranges "3-5 天", "~ 天" for 几天.

    taken     stretches that are something else: years, dates
    test      a table of values with their units, both languages
    """
    held = [*taken, *spans(_idle(), text)]
    found: list[tuple[int, int, str]] = []
    for read, pattern in _readers():
        for match in pattern.finditer(text):
            value = "" if not match[0] or inside(*match.span(), held) else read(match)
            if value:
                held.append(match.span())
                found.append((*match.span(), value))
    return sorted(found)


@cache
def _readers() -> tuple[tuple[Reader, re.Pattern[str]], ...]:
    """How each kind of number is found and read, the more special first."""
    one = rf"(?:[0-9]{{1,12}}(?:,[0-9]{{3}}){{0,3}}(?:\.[0-9]{{1,6}})?|[{HAN}]{{1,16}})"
    units = "|".join(map(re.escape, _units("zh")))
    near, nearly, end = (either(listed("number", key)) for key in ("vague_before", "vague_before_english", "vague_end"))
    figure = "|".join([*ENGLISH, *POWERS, r"[0-9][0-9,]{0,15}(?:\.[0-9]{1,6})?"])
    return tuple((read, re.compile(pattern)) for read, pattern in (
        (_share, rf"百分之({one})|({one})(?:%|成(?![了为功就绩人熟都立天年品])| ?per ?cent)"),
        (_clock, rf"({'|'.join(HALVES)})?的?(?:({one})点(?![儿心头名火菜])(钟|半|一刻|三刻|[零〇]?{one}分?)?"
                 r"|([0-9]{1,2})[:：]([0-9]{2}))(?![0-9])"),
        (_ordinal, rf"第({one})({ORDERED}|次|回|个)?|(?<![{HAN}0-9.])({one})({ORDERED})(?!人)"
                   rf"|([初高大]|[左右](?=[{HAN}](?:[是才就,，。;；]|$)))([一二三四五六七八九])(?![{HAN}月日])"),
        (_halved, rf"({one})?个半(月|小时|钟头|星期|礼拜)"),
        (_aged, rf"(?<=[我你他她])({one})了(?=[,，。!?;；、]|$)"),
        (_counted,
         rf"(?P<near>{near})?(?P<few>好几|数(?=[十百千万])|上(?=[百千万])|[几半])?"
         rf"(?P<number>[{HAN}](?=两(?![{HAN}个]))|{one}(?:[-~到至]{one})?)?(?P<after>[多来几余](?![次回趟]))?"
         rf"(?P<unit>{units})?(?P<tail>半(?![天夜路])|(?<=[块元米斤里])[{HAN}0-9]{{1,6}}(?:毛[{HAN}]?)?(?:分钱?)?(?!{units}|[月日号年]))?"
         rf"(?P<end>{end})?"),
        (_told, rf"(?:(?P<near>{nearly}) )?\b(a couple of|a couple|a few|several|half an?|"
                rf"(?:an? )?(?:{figure})(?:[ -](?:and )?(?:{figure})){{0,8}})\b"
                r"(-odd| odd| and a half)?(?:[ -](?:of |more )?(years?[ -]old|[a-z]+))?")))


@cache
def _idle() -> re.Pattern[str]:
    """Words with numerals that count nothing; 一个月四十块 is how often, not how long."""
    rate = "一个?(?:月|天|年|顿|次|回)(?=[^,，。]{0,6}[块元斤个两次])"
    other = "(?:星期|礼拜|周)[一二三四五六日天]|[五六七八九]几年"
    return re.compile(f"(?<![{HAN}])(?:{either(listed('number', 'idle'))}|{rate})|{other}")


@cache
def _units(language: str) -> dict[str, str]:
    """How a unit is said, and how it is written; the longest first."""
    said = {word.replace("_", " "): unit for unit, words in table("unit").items() for word in words.split()
            if word.isascii() == (language == "en")}
    if language == "zh":
        said |= {word: word for word in _generic() if word not in said}
    return dict(sorted(said.items(), key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def _generic() -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for line in table("classifier")["groups"] for word in line.split()))


def _share(match: re.Match[str]) -> str:
    value = chinese(match[1] or match[2])
    if value is None or ("成" in match[0] and not 1 <= value <= 10):
        return ""
    return f"{written(value * 10 if '成' in match[0] else value)} %"


def _clock(match: re.Match[str]) -> str:
    """A time of day as "20:30 点"; "?8:30 点" where morning or evening was not said."""
    part, hour, rest = match[1], chinese(match[2] or match[4]), match[3] or ""
    if hour is None or hour > 24 or (match[2] == "一" and not part and not rest):
        return ""
    known = {"半": 30.0, "一刻": 15.0, "三刻": 45.0}.get(rest)
    minute = known or chinese(match[5] or rest.strip("分零〇钟")) or 0.0
    sure = bool(part) or hour > 12
    hour += HALVES[part] if part and hour < 12 else 0
    return f"{'' if sure else '?'}{int(hour) % 24}:{int(minute):02d} 点"


def _ordinal(match: re.Match[str]) -> str:
    said, what = match[1] or match[3] or match[6], match[2] or match[4] or match[5] or ""
    value = chinese(said)
    return "" if value is None else f"第{written(value)} {what}".strip()


def _halved(match: re.Match[str]) -> str:
    unit = {"钟头": "小时", "星期": "周", "礼拜": "周"}.get(match[2], match[2])
    return f"{written((chinese(match[1]) if match[1] else 1.0) + 0.5)} {unit}"


def _counted(match: re.Match[str]) -> str:
    """A Chinese number with its unit; single numerals without a unit are no numbers, nor is 一个."""
    said, few, unit, tail = (match[name] or "" for name in ("number", "few", "unit", "tail"))
    if not said + few or (not unit and (len(said) < 2 or few or RANGES.fullmatch(said))):
        return ""
    if not unit and re.match("[ -][a-z]", match.string[match.end():]):
        return ""
    vague = bool(match["near"] or match["after"] or match["end"] or few in FEW)
    article = said == "一" and not (vague or few or tail) and unit in (*_generic(), *"次回趟遍句字层人")
    if article and (not _alone(match) or match.string[:match.start()].endswith(("块", "钱", "毛", "元"))):
        return ""
    name = _units("zh").get(unit, unit)
    more = _tail(tail, name) + (0.5 if few == "半" else 0.0)
    low, high = _ends(said) if said else (None if few in FEW else 0.0,) * 2
    return "" if low is None and few not in FEW else _value(None if few in FEW else low, high, more, name, vague)


def _alone(match: re.Match[str]) -> bool:
    """Whether 一张 counts, as nothing comes after it: 洗了一张。"""
    ends = re.match(r"[,，。!?;；、\s]|$", match.string[match.end():])
    return bool(ends) and match["unit"] not in ("", "个", "家", "声")


def _aged(match: re.Match[str]) -> str:
    """An age without its unit: 你二十二了."""
    value = chinese(match[1])
    return f"{written(value)} 岁" if value is not None and 1 < value < 110 else ""


def _value(low: float | None, high: float | None, more: float, unit: str, vague: bool) -> str:
    text = "" if low is None else written(low + more)
    text += f"-{written(high + more)}" if text and high is not None and high != low else ""
    return f"{'~' if vague else ''}{text} {unit}".rstrip() if unit else f"{'~' if vague else ''}{text}"


def _ends(said: str) -> tuple[float | None, float | None]:
    """The smallest and the largest a numeral may mean: 三五 3 and 5, 十七八 17 and 18, 两三百 200 and 300."""
    parted = re.split("[-~到至]", said)
    match = RANGES.fullmatch(said)
    if len(parted) == 2:
        return chinese(parted[0]), chinese(parted[1])
    if match and DIGITS[match[3]] - DIGITS[match[2]] in (1, 2) and match[1][-1:] not in DIGITS:
        return chinese(match[1] + match[2] + match[4]), chinese(match[1] + match[3] + match[4])
    return chinese(said), chinese(said)


def _tail(said: str, unit: str) -> float:
    """What stands after the unit, in that unit: 半 0.5, 三十七块五 0.5, 三块二毛五 0.25, 一米七五 0.75."""
    if said == "半":
        return 0.5
    value = chinese(re.sub("[毛分钱]", "", said))
    if value is None or unit not in TAILS or value >= 100:
        return 0.0
    return value / (10 if value < 10 else 100)


def _told(match: re.Match[str]) -> str:
    """An English number with its unit, or with the noun after it."""
    said, rest, noun = match[2].replace("-", " "), match[3] or "", (match[4] or "").replace("-", " ")
    few = said.startswith(("a couple", "a few", "several"))
    value = {"half a": 0.5, "half an": 0.5, "a couple": 2.0, "a couple of": 2.0}.get(said)
    value = english(said.split()) if value is None and not few else value
    unit = _units("en").get(noun, "" if noun in STOP else noun.removesuffix("s"))
    unit = "岁" if noun in GOES_ON and value and value < OLD and AGED.search(match.string[:match.start()]) else unit
    if (value is None and not few) or (said == "one" and noun not in _units("en")) or (noun == "day" and said == "one"):
        return ""
    more = 0.5 if rest.endswith("half") else 0.0
    return _value(value, value, more, unit, bool(match["near"] or few or "odd" in rest))
