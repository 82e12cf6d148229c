"""Chinese phrases of time: a rule is a pattern and what a match of it means; None where it means no time."""

import re
from collections.abc import Callable, Iterable
from functools import cache

from marrow.people.calendar import days
from marrow.people.calendar.days import names_of
from marrow.people.calendar.known import (
    Cut,
    Known,
    century,
    interval,
    loose,
    of_context,
    of_days,
    of_event,
    of_months,
    of_said,
    of_weeks,
)
from marrow.people.calendar.numbers import CHINESE, about, chinese
from marrow.people.testimony import Calendar, Interval

Meaning = Callable[[re.Match, Known], Interval | None]
Written = tuple[str, str, Meaning]
Rule = tuple[frozenset[str], re.Pattern, Meaning]

N = rf"[{CHINESE}]"
FOUR = r"(?:[12][0-9]{3}|[12一二两][〇零○一二三四五六七八九0-9]{3}|两千)"
TWO = r"(?:[0-9]{2}|[〇零○一二三四五六七八九]{2})"
BACK = {"今": 0, "去": 1, "前": 2, "大前": 3, "明": -1, "后": -2}
DAYS = {"今": 0, "昨": 1, "前": 2, "大前": 3, "明": -1, "后": -2, "大后": -3}
NEAR = {"上上": 2, "上": 1, "这": 0, "本": 0, "下": -1}
MONTHS = {"正": 1, "冬": 11, "腊": 12}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏"\
           "卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
ERAS = r"以前|之前|以后|之后|前(?!后)|后(?!来)"
THEN = rf"(?:{ERAS}|那一?年|那一?天|那几天|的?时候|时|那会儿?|那阵子?|期间|时期|初期?|放假|假期)"
FEASTS = {(1, 15), (2, 2), (3, 3), (5, 5), (6, 6), (7, 7), (7, 15), (8, 15), (9, 9), (12, 8)}  # 八月十五 without 号
DIGITS_ONLY = "0123456789"
FOLD = str.maketrans(  # traditional letters of the patterns and tables, one for one
    "乾亞來個們傢債兒內兩剋剛劉動勝勞厤參吳呂員唸單噹嚴囌國園圖墻壽奧婦孫學實對崗嵗嶺師幫幹幾張"
    "後從復慶戰戶擊敎數於時曆書會楊業榦樑樹橋檯歲歷歸沒溝滿漢瀋災煉燈爭牆產産畢當發盧睏硃禮箇節"
    "範紀約級結總纔羅聖聯臘臺興舊華萬葉蓆蔘蔣蕭薑蘇虛號衕衚衛裏裡複訪許話誕說説講謝譚讀變貿賈賬"
    "趙躍軍輕轉農迴這連週進運過鄉鄧鄭鈡鋼鍊鍾鐘鐵長門開閏間閻陣陰陳陽隊離難鞦韆韓頭颱飢餅餘饑馬"
    "馮髮鬆鬍鬧鮮黃黨鼕齣",
    "干亚来个们家债儿内两克刚刘动胜劳历参吴吕员念单当严苏国园图墙寿奥妇孙学实对岗岁岭师帮干几张"
    "后从复庆战户击教数于时历书会杨业干梁树桥台岁历归没沟满汉沈灾炼灯争墙产产毕当发卢困朱礼个节"
    "范纪约级结总才罗圣联腊台兴旧华万叶席参蒋萧姜苏虚号同胡卫里里复访许话诞说说讲谢谭读变贸贾账"
    "赵跃军轻转农回这连周进运过乡邓郑钟钢炼钟钟铁长门开闰间阎阵阴陈阳队离难秋千韩头台饥饼余饥马"
    "冯发松胡闹鲜黄党冬出")
MONTH = (rf"(?P<lunar>农历|阴历|旧历)?(?P<solar>阳历|公历|新历)?(?P<leap>闰)?(?P<month>正|冬|腊|{N}{{1,2}})\s*月份?"
         rf"(?:\s*(?:(?P<tenth>上旬|中旬|下旬|[初底末](?!{N}))|(?P<first>初)?(?P<day>廿?{N}{{1,3}}|廿)\s*"
         r"(?P<mark>[号日])?(?!个)))?|大年(?P<new>初[一二三四五六七八九十])")
# a year of two digits is a length of time after or before these
LENGTH = re.compile(r"\s*(?:没|了|多|来|里|内|间|不|就|才|前|后|以|之|时间|过去|工夫|功夫|光景|兵|书|牢|的[路债账情]|"
                    r"[,，。！!；;]|$)")
HELD = re.compile(r"(?:(?<!到)了|[过有整满约近每第隔]|大概|差不多|一共|足足|前后)\s*$")
SURELY_HELD = re.compile(r"(?:(?<!到)了|整|足足|一共|第)\s*$")
ANCHORED = re.compile(r"(?:[在从到自打]|是)\s*$")
LONG = re.compile(r"\s*(?:前|来|以来|的?历史|文明)")
STOPS = "，。、；：！？,.;:!?“”「」\n"
@cache
def rules() -> tuple[Rule, ...]:
    """The rules of days and years: signs, pattern, meaning; of equal matches the earlier rule counts."""
    alone, tied = names_of("holidays", False), names_of("holidays", True)
    cut = (rf"(?P<holiday>{alone}|(?:{tied})(?![{CHINESE}月号日]))|"
           rf"[初开入深盛]?(?P<season>[春夏秋冬])(?:天|季)?|{MONTH}|(?P<part>上半年|下半年|年?[初底末]|年头|年?中(?!学|国|间|央))")
    written: list[Written] = [
        ("1 2 一 二", rf"(?<![0-9])(?P<year>{FOUR})\s*[-/.]\s*(?P<m>[0-9]{{1,2}})\s*[-/.]\s*(?P<d>[0-9]{{1,2}})"
         "(?![0-9])", _digits),
        ("年", rf"(?<![{CHINESE}.])(?P<a>{FOUR}|{TWO})\s*年?\s*(?:到|至|[-—–~～]+)\s*"
         rf"(?P<b>{FOUR}|{TWO})\s*年(?![级代])", _years),
        ("年", rf"(?:(?<![{CHINESE}.])(?:(?P<four>{FOUR})|(?P<two>{TWO}))\s*|(?<!过)(?P<back>大前|[今去前明后]))"
         rf"年(?![级代])(?:的(?!时))?\s*(?P<cut>{cut})?", _date),
        ("年", rf"(?P<which>那一?|同|第二|次|转过|转)年(?![级代月头])(?:的(?!时))?(?P<cut>{cut})?", _that_year),
        ("几年", rf"(?<![{CHINESE}])(?P<age>19|20|一九|二[零〇])?(?P<ten>[0-9〇零二三四五六七八九])"
         r"几年(?!前|来|级)", _some_year),
        ("民国", rf"民国(?P<year>{N}{{1,3}})年", _republic),
        ("年代", rf"(?:(?P<last>上个?世纪|二十世纪|20世纪|19)|(?P<this>本世纪|20))?"
         rf"(?P<pair>[二三四五六七八](?=[三四五六七八九]十年代))?(?P<ten>{N}{{1,2}})年代"
         "(?P<part>[初早前中末后]期?)?", _decade)]
    return made((*written, *_said()))


def _said() -> list[Written]:
    """Months, holidays and events without a year, and what is counted from when the words were said."""
    alone, tied = names_of("holidays", False), names_of("holidays", True)
    events, called = names_of("events", False), names_of("events", True)
    return [
        ("月 大年", rf"(?<![0-9{CHINESE}个第上下])(?:{MONTH})", _month),
        ("*holidays", rf"(?<![{CHINESE}])(?P<holiday>{alone})(?!上河图|月饼|路)", _holiday),
        ("一 国 十", rf"(?<![{CHINESE}{SURNAMES}])(?P<holiday>{tied})(?={THEN})", _holiday),
        ("*events", rf"(?P<event>{events})(?P<whole>(?:的)?那一?年)?", _event),
        ("解 建", rf"(?<![{SURNAMES}])(?P<event>{called})(?={THEN})(?P<whole>那一?年)?", _event),
        ("前", rf"(?P<count>好?几|半|{N}{{1,9}}[几多来]?)(?P<unit>天|个?月|个?星期|个?礼拜|周|年)多?"
         "(?:以|之)?前(?!后|头)(?:的?(?P<season>[春夏秋冬])[天季])?", _ago),
        ("年", r"(?:前|这|近)(?:几|些|两)年", lambda found, known: loose(of_said(known, 9, ahead=1))),
        ("前", r"前(?:几|些|两)天", lambda found, known: loose(of_days(known, 9, 1))),
        ("今 昨 前 明 后", r"(?P<back>大前|大后|[今昨前明后])(?:天|儿个?|晚|早)",
         lambda found, known: of_days(known, DAYS[found["back"]])),
        ("月 周 星期 礼拜", r"(?P<back>上上|上|这|本|下)个?(?:(?P<unit>月(?!饼))|(?:周|星期|礼拜)"
         rf"(?P<weekday>[一二三四五六日天])?)(?:(?P<day>{N}{{1,3}})[号日]|(?P<tenth>[初底末]))?", _near)]


def made(written: Iterable[Written]) -> tuple[Rule, ...]:
    """Rules as they are looked for."""
    return tuple((days.hints(signs), re.compile(pattern), means) for signs, pattern, means in written)


def _digits(found: re.Match, known: Known) -> Interval | None:
    return interval(days.of_day(chinese(found["year"]) or 0, int(found["m"]), int(found["d"])))


def _years(found: re.Match, known: Known) -> Interval | None:
    """九三年到九五年: from the first day of one to the last of the other."""
    (first, one), (last, other) = (_year(found[name], known) for name in "ab")
    return interval((days.of_year(first)[0], days.of_year(last)[1]), "solar", one and other) if first < last else None


def _year(text: str, known: Known) -> tuple[int, bool]:
    """The year that is written, and whether its century is."""
    number = 2000 if text == "两千" else chinese(text) or 0
    return century(number, known) if len(text) == 2 and text != "两千" else (number, True)


def _date(found: re.Match, known: Known) -> Interval | None:
    """A year, said or counted from today, and what of it."""
    cut, calendar, sure = _cut(found) if found["cut"] else (days.of_year, "solar", True)
    if found["back"]:
        made = of_said(known, BACK[found["back"]], cut)
        return Interval(made.first, made.last, "", "lunar" if calendar == "lunar" else "relative", made.sure and sure)
    if not found["cut"] and _is_length(found):
        return None
    year, told = _year(found["four"] or found["two"], known)
    doubt = found["two"] and not found["cut"] and not _leads(found["two"]) and 10 <= year % 100 < 30
    return interval(cut(year), calendar, sure and told and not (doubt and not known.dated))


def _leads(text: str) -> bool:
    return text[0] in "0〇零○"


def _is_length(found: re.Match) -> bool:
    """15年, 七八年, 两千年 may be how long something took."""
    before, behind, two = found.string[:found.start()], found.string[found.end():], found["two"]
    if not two:
        return found["four"] == "两千" and bool(LONG.match(behind) or HELD.search(before))
    number = chinese(two) or 0
    pair = two[0] not in DIGITS_ONLY and number % 10 == number // 10 + 1
    if _leads(two) or not (pair or number < 50 or number % 10 == 0):
        return bool(SURELY_HELD.search(before))
    opens = number >= 30 and re.match(r"\s*[,，]", behind) and (not before.strip() or before.rstrip()[-1] in STOPS)
    return bool(HELD.search(before) or (LENGTH.match(behind) and not (opens or ANCHORED.search(before))))


def _cut(found: re.Match) -> tuple[Cut, Calendar, bool]:
    """What of a year, season, month, holiday, lunar day; its calendar; False where two days may be meant."""
    if found["holiday"]:
        return _cut_of_holiday(found["holiday"])
    if found["season"]:
        return lambda year: days.of_season(year, found["season"]), "solar", True
    if found["part"]:
        part = found["part"] if "半" in found["part"] else found["part"].lstrip("年")
        return lambda year: days.of_part(year, part), "solar", True
    return _month_cut(found)


def _cut_of_holiday(name: str) -> tuple[Cut, Calendar, bool]:
    row = days.table("holidays")[name.lower()]
    sure = "until" in row or not row.get("eve")  # the eve before a year's spring, or the one at its end
    return lambda year: days.of_holiday(name, year), "lunar" if "lunar" in row else "solar", sure


def _month_cut(found: re.Match) -> tuple[Cut, Calendar, bool]:
    """A month or a day, by the calendar that its words are of: 正月, 初八, 农历 are lunar, 号 is solar."""
    if found["new"]:
        return lambda year: days.of_lunar(year, 1, chinese(found["new"][1:])), "lunar", True
    month = MONTHS.get(found["month"]) or chinese(found["month"]) or 0
    text = (found["day"] or "").replace("廿", "二十")
    day = (chinese(text) or 0) if text else 0
    if found["month"] in MONTHS or found["lunar"] or found["first"] or found["leap"]:
        return lambda year: days.of_lunar(year, month, day, bool(found["leap"])), "lunar", True
    if (month, day) in FEASTS and not found["mark"] and not found["solar"] and text[0] not in DIGITS_ONLY:
        return lambda year: days.of_lunar(year, month, day), "lunar", False
    if day:
        return lambda year: days.of_day(year, month, day), "solar", True
    if not 1 <= month <= 12:
        return lambda year: None, "solar", True
    if found["tenth"]:
        return lambda year: days.of_tenth(year, month, found["tenth"]), "solar", True
    return lambda year: days.of_month(year, month), "solar", True


def _that_year(found: re.Match, known: Known) -> Interval | None:
    """那年 and 第二年: of the year told of last."""
    cut, calendar, _ = _cut(found) if found["cut"] else (days.of_year, "relative", True)
    shift = 0 if found["which"][0] in "那同" else 1
    return of_context(known, cut, "lunar" if calendar == "lunar" else "relative", shift)


def _decade(found: re.Match, known: Known) -> Interval | None:
    ten = chinese(found["ten"])
    if ten is None or ten % 10 or ten > 90:
        return None
    years = 2000 if found["this"] else 1900
    part = (found["part"] or "")[:1]
    if found["pair"]:
        first, last = years + 10 * (chinese(found["pair"]) or 0), years + ten
        return interval((days.of_decade(first)[0], days.of_decade(last, part)[1]))
    return interval(days.of_decade(years + ten, part), "solar", ten >= 30 or bool(found["last"] or found["this"]))


def _some_year(found: re.Match, known: Known) -> Interval | None:
    """九几年, 一九七几年: some year of ten."""
    ten = 10 * (chinese(found["ten"]) or 0)
    years = chinese(found["age"] or "")
    if years is None:
        years = 20 if ten == 0 else 19
    return interval(days.of_decade(100 * years + ten), "solar", bool(found["age"]) or ten != 20)


def _republic(found: re.Match, known: Known) -> Interval | None:
    """民国三十一年: counted from 1912."""
    number = chinese(found["year"])
    return interval(days.of_year(1911 + number)) if number and number < 150 else None


def _month(found: re.Match, known: Known) -> Interval | None:
    cut, calendar, _ = _month_cut(found)
    if not cut(2000) and not cut(2001) and not found["leap"]:  # no such day in any year
        return None
    return of_context(known, cut, calendar)


def _holiday(found: re.Match, known: Known) -> Interval | None:
    cut, calendar, _ = _cut_of_holiday(found["holiday"])
    return of_context(known, cut, calendar)


def _event(found: re.Match, known: Known) -> Interval | None:
    return of_event(found["event"], bool(found["whole"]))


def _ago(found: re.Match, known: Known) -> Interval | None:
    """三年前, 十几年前, 两个月前; a year of two digits (93年前) is none."""
    count, unit = found["count"], found["unit"][-1]
    if count == "半":
        return loose(of_days(known, 210, 150)) if unit == "年" else None
    least, most = (1, 9) if count in ("几", "好几") else about(count) or (0, 0)
    if not 0 < most < 1000 or (unit == "年" and (least > 200 or (least == most and least >= 30 and least % 10))):
        return None
    if unit == "年":
        season = found["season"]
        return of_said(known, most, lambda year: days.of_season(year, season) if season else days.of_year(year), least)
    if unit == "天" or least != most:
        size = {"天": (1, 1), "月": (31, 28)}.get(unit, (7, 7))
        return of_days(known, most * size[0], None if least == most else least * size[1])
    return of_months(known, least, days.of_month) if unit == "月" else of_weeks(known, least)


def _near(found: re.Match, known: Known) -> Interval | None:
    """上个月, 上周三."""
    back = NEAR[found["back"]]
    if not found["unit"]:
        return of_weeks(known, back, "一二三四五六日天".index(found["weekday"]) % 7 if found["weekday"] else None)
    if found["day"]:
        return of_months(known, back, lambda year, month: days.of_day(year, month, chinese(found["day"]) or 0))
    tenth = found["tenth"]
    return of_months(known, back, lambda year, month: days.of_tenth(year, month, tenth) if tenth else
                     days.of_month(year, month))
