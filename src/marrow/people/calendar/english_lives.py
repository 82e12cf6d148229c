"""English phrases of time that are counted from somebody's birth: ages, school."""

import re
from dataclasses import replace
from functools import cache

from marrow.people.calendar import days
from marrow.people.calendar.chinese import Rule, Written
from marrow.people.calendar.english import DECADES, PART, TENS, made
from marrow.people.calendar.known import SELF, Known, of_age, of_birth_years, of_birthday, of_school
from marrow.people.calendar.numbers import SPOKEN, english
from marrow.people.testimony import Interval

SCHOOLS = {"primary school": (6, 13), "elementary school": (6, 13), "grade school": (6, 13), "middle school": (11, 16),
           "junior high": (11, 16), "high school": (14, 19), "college": (17, 23), "university": (17, 23),
           "kindergarten": (3, 7)}
CLASSES = {"freshman": 1, "sophomore": 2, "junior": 3, "senior": 4}
WHO = r"(?P<who>I|he|she|they|we|you|(?:my|his|her|our)\s+\w+|[A-Z]\w+)"
OWNER = r"(?P<who>my|his|her|their|our|your|[A-Z]\w+(?:'s|’s))"
AGE = rf"(?P<loose>about|around|only|just|barely)?\s*(?P<count>{SPOKEN})\b"\
      r"(?!\s+(?:of|o'clock|miles|feet|years\s+(?!old)|months|days))"


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of lives: signs, pattern, meaning."""
    schools, ties = "|".join(SCHOOLS), TENS.replace("|", " ")
    written: list[Written] = [
        ("was were turned", rf"\b(?:when|while|before|since|until|by the time|after)\s+{WHO}\s+"
         rf"(?P<way>was|were|turned|had turned)\s+{AGE}", _age),
        ("age aged", rf"\b(?P<who>)(?:at\s+(?:the\s+)?(?:tender\s+)?age(?:\s+of)?|aged)\s+{AGE}", _age),
        ("year", rf"(?:the\s+)?year\s+(?:that\s+|when\s+)?{WHO}\s+(?P<way>turned|was|were)\s+"
         rf"(?P<count>born|{SPOKEN})\b", _year_of),
        (f"{ties} teens", rf"\b{OWNER}\s+(?:(?P<part>{PART})[- ]+)?(?P<word>teens|{TENS})\b", _in_decade),
        ("birthday", rf"\b{OWNER}\s+(?P<count>{SPOKEN})\s+birthday\b", _birthday),
        ("kid child boy girl baby", rf"\b(?:when\s+{WHO}\s+(?:was|were)|(?P<as>as))\s+(?:just\s+|still\s+|only\s+)?"
         r"an?\s+(?:\w+\s+)?(?:kid|child|boy|girl|baby)\b(?! of)", _child),
        ("year grade", rf"\b(?:{OWNER}|the)\s+(?P<count>{SPOKEN})\s+(?:year|grade)\s+(?:of|in|at)\s+"
         rf"(?P<stage>{schools}|school)", _class),
        ("grade", rf"\b(?:in|started|finished)\s+(?:the\s+)?(?P<who>)(?P<count>{SPOKEN})\s+grade\b(?!\s+teacher)"
         "(?P<stage>)", _class),
        ("year", rf"\b{OWNER}\s+(?P<class>{'|'.join(CLASSES)})\s+year"
         rf"(?:\s+(?:of|in|at)\s+(?P<stage>{schools}))?", _class),
        ("school junior college university kindergarten", rf"\b(?:in|at|during|through)\s+(?P<stage>{schools})\b"
         r"(?!\s+(?:teacher|student|gym|building|year)s?)", _stage)]
    return made(written)


def _born_of(who: str, text: str, known: Known) -> tuple[Interval | None, bool]:
    """When the person was born whose age is told of, and whether it is said who that is."""
    name = re.sub("['’]s$", "", who)
    if name.lower() in ("i", "my", "we", "our"):
        return known.births.get(SELF), True
    if not name:
        return known.births.get(SELF), bool(re.search(r"\b(?:I|my|me)\b", text))
    for each in (name, name.split()[-1]):
        if each in known.births:
            return known.births[each], True
    return None, False


def _age(found: re.Match, known: Known) -> Interval | None:
    number = english(found["count"])
    if number is None or not 0 < number < 120 or found["count"].lower() in ("a", "an"):
        return None
    born, told = _born_of(found["who"], found.string, known)
    span = (number - 2, number + 2) if found["loose"] in ("about", "around") else (number, number)
    made = of_age(born, *span, "full")
    return replace(made, sure=made.sure and told and span[0] == span[1])


def _year_of(found: re.Match, known: Known) -> Interval | None:
    """The year I was born, the year she turned thirty."""
    born, told = _born_of(found["who"], found.string, known)
    number = 0 if found["count"] == "born" else english(found["count"])
    if number is None or number > 120:
        return None
    return of_birth_years(born, number, number, told) if found["way"] == "turned" or not number else \
        of_age(born, number, number, "full")


def _in_decade(found: re.Match, known: Known) -> Interval | None:
    """In my early twenties."""
    born, told = _born_of(found["who"], found.string, known)
    part = (found["part"] or "").split()[0].lower() if found["part"] else ""
    least, most = days.ERAS.get(part, (0, 9))
    if found["word"].lower() == "teens":
        return of_age(born, 13, 19, "full")
    made = of_age(born, DECADES[found["word"].lower()] + least, DECADES[found["word"].lower()] + most, "full")
    return replace(made, sure=made.sure and told)


def _birthday(found: re.Match, known: Known) -> Interval | None:
    born, _ = _born_of(found["who"], found.string, known)
    number = english(found["count"])
    return of_birthday(born, number, False) if number and number < 120 else None


def _child(found: re.Match, known: Known) -> Interval | None:
    born, _ = _born_of(found["who"] or "", found.string, known)
    return replace(of_age(born, 0, 12, "full"), sure=False)


def _class(found: re.Match, known: Known) -> Interval | None:
    """A year of school, by its pupil's birth."""
    groups = found.groupdict()
    number = CLASSES[groups["class"].lower()] if groups.get("class") else english(groups["count"] or "") or 0
    stage = (groups.get("stage") or "").lower() or ("college" if groups.get("class") else "school")
    first = {"school": 5, "middle school": 10, "junior high": 10, "high school": 13, "college": 16, "university": 16}
    start = first.get(stage, 5)
    if not 1 <= number <= 12:
        return None
    return of_school(_born_of(groups.get("who") or "", found.string, known)[0], start + number,
                     start + number + (2 if start == 5 else 3))


def _stage(found: re.Match, known: Known) -> Interval | None:
    before = re.search(rf"{WHO}\s+(?:was|were)\s*$", found.string[:found.start()])
    born, _ = _born_of(before["who"] if before else "", found.string, known)
    return of_school(born, *SCHOOLS[found["stage"].lower()])
