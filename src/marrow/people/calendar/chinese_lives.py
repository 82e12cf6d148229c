"""Chinese phrases of time that are counted from somebody's birth: ages, school, turns of a life."""

import re
from dataclasses import replace
from functools import cache

from marrow.people.calendar.chinese import ERAS, STOPS, THEN, N, Rule, Written, made
from marrow.people.calendar.known import SELF, Known, loose, of_age, of_birth_years, of_birthday, of_school, unknown
from marrow.people.calendar.numbers import CHINESE, about, chinese
from marrow.people.testimony import Interval

TERM = (rf"(?:(?:毕业|开学)?(?:的)?(?:时候|那一?年|时|那会儿?|那阵子?|暑假|寒假|上学期|下学期)|毕业|(?={ERAS}))")
AGED = rf"{THEN}|上|起|开始|就|才|离|去|到|进|结婚|当|参|考|来|跟|没|嫁|娶|生|死|下|入|出|[我俺他她]"
LIFE = "结婚|当兵|参军|入伍|入党|退休|下岗|参加工作|工作|出嫁|插队|下乡|离婚|搬家|分家|出国|转业|退伍|复员|下海|毕业"
SCHOOLS = {"小学": (6, 13), "初中": (11, 16), "高中": (14, 19), "大学": (17, 23), "幼儿园": (3, 7)}
GRADES = {"小": (5, 7), "初": (10, 13), "高": (13, 16), "大": (16, 19)}
YOUTH = {"小时候": (0, 12), "小的时候": (0, 12), "年轻的时候": (18, 35), "年轻时": (18, 35), "年轻那会儿": (18, 35)}
WAYS = {"虚岁": "counted", "大寿": "counted", "周岁": "full", "实岁": "full", "满": "full"}
WHO = r"(?P<who>[我俺咱他她你您])?(?:们)?"
NOBODY = f"在到从自打就是才说的了着过刚满当等于时等 　{STOPS}"




@cache
def rules() -> tuple[Rule, ...]:
    """The rules of lives: signs, pattern, meaning."""
    written: list[Written] = [
        ("岁 出头 大寿", rf"{WHO}(?P<now>今年)?(?:才|刚)?(?P<way>虚岁|周岁|实岁|满)?"
         rf"(?P<count>[几{CHINESE}]{{1,9}}[几多来]?)"
         r"(?:(?P<loose>出头)岁?|(?P<way2>周岁|虚岁|实岁|岁|大寿)(?P<about>左右|上下)?)的?"
         r"(?:(?P<day>那一?天|生日)|那一?年)?", _age),
        ("小 年轻", rf"{WHO}(?P<youth>{'|'.join(YOUTH)})", _youth),
        ("出生 生下来", rf"{WHO}(?:出生|生下来)的?那一?年", _born),
        ("年级 初 高 大", rf"{WHO}刚?[上读念]?(?:小学)?(?:(?P<number>[一二三四五六七八九1-9])年级|"
         rf"(?P<kind>[初高大])(?P<n>[一二三四])){TERM}", _grade),
        ("学 中 幼", rf"{WHO}刚?[上读念]?(?P<stage>{'|'.join(SCHOOLS)}){TERM}", _stage),
        ("高考", rf"{WHO}(?:参加)?高考的?那一?年", _exam),
        ("年 天", rf"(?:{LIFE})(?:以后|后)?的?(?:第{N}{{1,9}}年|那一?年|那一?天)",
         lambda found, known: unknown("event"))]
    return made(written)


def _age(found: re.Match, known: Known) -> Interval | None:
    """An age, where a word of time stands beside it: 七岁那年, 三十出头就…"""
    behind = found.string[found.end():]
    if found["now"] or not (found["day"] or found[0].endswith(("年", "大寿")) or re.match(AGED, behind)):
        return None
    span = about(found["count"] + (found["loose"] or "") + (found["about"] or ""))
    if not span or span[1] > 130 or (found["loose"] and span[0] < 10):
        return None
    if re.search("(?:不到|没到|未满)$", found.string[:found.start()]):
        span = span[0] - 2, span[1] - 1
    born, told = _born_of(found, known)
    way = WAYS.get(found["way"] or found["way2"] or "", "")
    if found["day"]:
        return of_birthday(born, span[0], way != "full")
    made = of_age(born, *span, way)
    return made if told else loose(made)


def _born_of(found: re.Match, known: Known) -> tuple[Interval | None, bool]:
    """When the person was born whose age or school is told of, and whether it is said who that is."""
    if found["who"]:
        return known.births.get(SELF if found["who"] in "我俺咱" else found["who"]), True
    before = re.sub("(?:不到|没到|未满|的|刚|才|在|到)$", "", found.string[:found.start()].rstrip())
    for name in sorted(known.births, key=lambda each: (-len(each), each)):
        if name != SELF and before.endswith(name):
            return known.births[name], True
    mine = not before or before[-1] in NOBODY or before[-1] in "我俺咱"
    return (known.births.get(SELF) if mine else None), False


def _youth(found: re.Match, known: Known) -> Interval | None:
    return loose(of_age(_born_of(found, known)[0], *YOUTH[found["youth"]], "full"))


def _born(found: re.Match, known: Known) -> Interval | None:
    born, told = _born_of(found, known)
    return of_birth_years(born, 0, 0, told)


def _grade(found: re.Match, known: Known) -> Interval | None:
    """A class of school, by its pupil's birth; entered at six or seven, five or six years of primary school."""
    number = chinese(found["number"] or found["n"]) or 0
    kind, number = (found["kind"] or "小", number) if number <= 6 else ("初", number - 6)
    first, last = GRADES[kind]
    return of_school(_born_of(found, known)[0], first + number, last + number)


def _stage(found: re.Match, known: Known) -> Interval | None:
    return of_school(_born_of(found, known)[0], *SCHOOLS[found["stage"]])


def _exam(found: re.Match, known: Known) -> Interval | None:
    made = of_birth_years(_born_of(found, known)[0], 17, 20, False)
    return replace(made, calendar="school")
