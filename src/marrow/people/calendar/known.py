"""What is known where a phrase of time is said, and the intervals that only this makes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from marrow.people.calendar.days import DAY, Days, birthday, lunar_year, new_year, of_year, table
from marrow.people.testimony import Calendar, Interval

Cut = Callable[[int], Days | None]
YEARS = range(1001, 9000)  # that can be counted from
SELF = "self"  # whose age: the speaker's


@dataclass(frozen=True)
class Known:
    """What phrases may rest on.

    said      when the words were said
    births    when people were born, by name; "self" is the speaker
    year      the year told of last
    """

    said: Interval | None = None
    births: Mapping[str, Interval] = field(default_factory=dict)
    year: int | None = None

    @property
    def dated(self) -> Days | None:
        """When the words were said, if both ends are known and can be counted from."""
        return (self.said.first, self.said.last) if self.said and can_be(self.said) else None


def can_be(found: Interval) -> bool:
    """Whether an interval has both ends, in years of which some hundreds before and after are still in the calendar."""
    return bool(found.first and found.last and found.first.year in YEARS and found.last.year in YEARS)


def interval(days: Days | None, calendar: Calendar = "solar", sure: bool = True) -> Interval | None:
    """Days as an interval; None stays None."""
    return days and Interval(days[0], days[1], "", calendar, sure)


def unknown(calendar: Calendar) -> Interval:
    """A phrase of time that nothing known dates."""
    return Interval(None, None, "", calendar, False)


def century(two: int, known: Known) -> tuple[int, bool]:
    """The year of two digits, and whether there is no doubt: the last such year when it was said.

    Unsaid when, 30 to 99 are taken for the last century; 10 to 29 may be either.
    """
    if known.dated:
        latest = known.dated[1].year
        return latest - (latest - two) % 100, True
    return (1900 + two, True) if two >= 30 else (2000 + two, two < 10)


def of_said(known: Known, back: int, cut: Cut = of_year, ahead: int | None = None) -> Interval:
    """Something in the year `back` years before the words were said, or in the years from `back` to `ahead` before."""
    if not known.dated:
        return unknown("relative")
    years = known.dated[0].year - back, known.dated[1].year - (back if ahead is None else ahead)
    first, last = cut(years[0]), cut(years[1])
    if not first or not last:
        return unknown("relative")
    return Interval(first[0], last[1], "", "relative", years[0] == years[1])


def of_days(known: Known, back: int, ahead: int | None = None) -> Interval:
    """The day `back` days before the words were said, or the days from `back` to `ahead` before."""
    if not known.dated:
        return unknown("relative")
    first, last = known.dated[0] - back * DAY, known.dated[1] - (back if ahead is None else ahead) * DAY
    return Interval(first, last, "", "relative", ahead is None)


def of_months(known: Known, back: int, cut: Callable[[int, int], Days | None]) -> Interval:
    """Something in the month `back` months before the words were said."""
    if not known.dated:
        return unknown("relative")
    spots = [divmod(day.year * 12 + day.month - 1 - back, 12) for day in known.dated]
    found = [cut(year, month + 1) for year, month in spots]
    if None in found:
        return unknown("relative")
    return Interval(found[0][0], found[1][1], "", "relative", spots[0] == spots[1])


def of_weeks(known: Known, back: int, weekday: int | None = None) -> Interval:
    """The week `back` weeks before, Monday to Sunday, or a day of it (Monday 0)."""
    if not known.dated:
        return unknown("relative")
    mondays = [day - (day.weekday() + 7 * back) * DAY for day in known.dated]
    least, most = (0, 6) if weekday is None else (weekday, weekday)
    return Interval(mondays[0] + least * DAY, mondays[1] + most * DAY, "", "relative", mondays[0] == mondays[1])


def of_context(known: Known, cut: Cut, calendar: Calendar = "solar", shift: int = 0) -> Interval:
    """Something in the year told of last, which is a guess; open where none was told."""
    found = cut(known.year + shift) if known.year else None
    return interval(found, calendar, False) or unknown(calendar)


def of_age(born: Interval | None, least: int, most: int, way: str = "") -> Interval:
    """When somebody was of an age.

    way    "full": years since birth (周岁); "counted": one at birth, one more at each lunar new year (虚岁);
           "": either, and therefore unsure
    """
    if not born or not can_be(born):
        return unknown("age")
    counted = (new_year(lunar_year(born.first) + least - 1), new_year(lunar_year(born.last) + most) - DAY)
    full = birthday(born.first, least), birthday(born.last, most + 1) - DAY
    first, last = {"full": full, "counted": counted}.get(way, (min(counted[0], full[0]), max(counted[1], full[1])))
    return Interval(max(first, born.first), last, "", "age", bool(way))


def of_birthday(born: Interval | None, age: int, either: bool) -> Interval:
    """The day of a birthday; counted either way, from the one a year before."""
    if not born or not can_be(born):
        return unknown("age")
    first = birthday(born.first, age - 1 if either and age else age)
    return Interval(first, birthday(born.last, age), "", "age", not either)


def of_birth_years(born: Interval | None, least: int, most: int, sure: bool) -> Interval:
    """The calendar years in which somebody becomes `least` to `most`."""
    if not born or not can_be(born):
        return unknown("age")
    return Interval(date(born.first.year + least, 1, 1), date(born.last.year + most, 12, 31), "", "age", sure)


def of_school(born: Interval | None, least: int, most: int) -> Interval:
    """School years from September to August, by the years since birth in which they may begin and end."""
    if not born or not can_be(born):
        return unknown("school")
    return Interval(date(born.first.year + least, 9, 1), date(born.last.year + most, 8, 31), "", "school", False)


def of_event(name: str, whole_year: bool) -> Interval:
    """The days of an event of events.toml, or the whole year that is called after it."""
    row = table("events")[name.lower()]
    sure = row.get("sure", True)
    if whole_year:
        return interval(of_year(row.get("year", row["first"].year)), "event", sure)
    return Interval(row["first"], row.get("last"), "", "event", sure)


def loose(found: Interval) -> Interval:
    """The same, but not sure."""
    return replace(found, sure=False)


def before(found: Interval) -> Interval:
    """All that was before it."""
    return replace(found, first=None, last=found.first and found.first - DAY)


def after(found: Interval) -> Interval:
    """All that was after it; of what is still going on, since it began."""
    return replace(found, first=found.last + DAY if found.last else found.first, last=None)


def around(found: Interval) -> Interval:
    """It, and as much again on either side, a year at most; where it was is a guess."""
    if not found.first or not found.last:
        return replace(found, sure=False)
    first, last = found.first, found.last
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return replace(found, first=date(first.year - 1, 1, 1), last=date(last.year + 1, 12, 31), sure=False)
    reach = min((found.last - found.first).days + 1, 365) * DAY
    return replace(found, first=found.first - reach, last=found.last + reach, sure=False)


def since(found: Interval) -> Interval:
    """All from its beginning."""
    return replace(found, last=None)


def until(found: Interval) -> Interval:
    """All to its end."""
    return replace(found, first=None)
