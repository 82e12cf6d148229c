"""WhatsApp's exported chats, of iOS and of Android.

Whether 5/10 is a day of October or of May depends on the telephone that wrote the file. All dates of the file decide
together: only an order in which all of them exist can be right, and of those the one in which time goes forward.
"""

import re
from itertools import pairwise

from marrow.people.formats.original import Original, Reading
from marrow.people.formats.stamps import clock, real_day
from marrow.people.formats.stretched import Head, Heads, stretched

DATE = r"\d{1,4}[ ]?[./\-年] ?\d{1,2}[ ]?[./\-月] ?\d{1,4}[.日]?"
MARKS = r"[\u200e\u200f\u202a-\u202e\ufeff]*"
START = re.compile(rf"^{MARKS}(?:\[({DATE}),?[ \u202f]+([^\]\[\n]{{4,20}})\][ ]?"
                   rf"|({DATE}),?[ \u202f]+([^-–\[\n]{{4,20}}?)[ \u202f][-–][ ])"
                   r"(?:([^:\"“”\n]{1,60}?):(?=\s|\Z))?", re.MULTILINE)
NUMBERS = re.compile(r"\d+")
ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
YEARS = range(2009, 2100)  # WhatsApp began in 2009
SHARE = 0.1                # of lines that must head a message


def as_whatsapp(original: Original) -> Reading | None:
    """A WhatsApp chat, told by its lines."""
    lines = [line for line in original.top.split("\n") if line.strip()]
    found = [match for match in map(START.match, lines) if match]
    if not any(match[5] for match in found) or len(found) < SHARE * len(lines) or not START.match(lines[0]):
        return None
    order = "ymd" if len(NUMBERS.findall(lines[0])[0]) == 4 else _order(original)
    turns = stretched(original, _heads(order), START)
    return Reading("chat", "whatsapp", original.encoding, turns, "", {}, original.losses)


def order_of(dates: list[tuple[int, int, int]]) -> tuple[str, bool]:
    """The order in which a file writes its dates, and whether that is sure.

    dates     three numbers each, in the order of the file
    returns   "dmy", "mdy" or "ymd", or "" where no order fits all of them
    test      one day above 12 decides for the whole file; else that time goes forward; else it is not sure
    """
    fits = {}
    for name in ORDERS:
        days = [_day(each, name) for each in dates]
        if all(days):
            fits[name] = sum(1 for one, next_ in pairwise(days) if next_ < one)
    if not fits:
        return "", False
    least = min(fits.values())
    best = [name for name, back in fits.items() if back == least]
    same = len({tuple(_day(each, name) for each in dates) for name in best}) == 1
    return best[0], len(best) == 1 or same


def _day(numbers: tuple[int, int, int], order: str) -> str:
    """The day that three numbers mean in an order, "" for none."""
    year, month, number = (numbers[each] for each in ORDERS[order])
    year += 2000 if year < 100 else 0
    return real_day(year, month, number) if year in YEARS else ""


def _order(original: Original) -> str:
    """The order of this file's dates; what is not sure is told."""
    dates, before, halves = [], "", False
    for passage in original.passages(telling=False):
        for found in START.finditer(passage.text):
            date = found[1] or found[3]
            if date != before:
                before, halves = date, halves or "AM" in found[0] or "PM" in found[0]
                dates.append(tuple(map(int, NUMBERS.findall(date))))
    order, sure = order_of(dates)
    if not order:
        original.losses.note("dates_mixed")
    elif not sure:  # as a telephone of the United States writes it: no zeros before, AM and PM in capitals
        order = "mdy" if halves and order == "dmy" and not before.startswith("0") else order
        original.losses.note("dates_unsure", example=before, day=_day(dates[-1], order))
    return order


def _heads(order: str) -> Heads:
    """The function that tells what a line heads."""
    days: dict[str, str] = {}

    def said_of(date: str) -> str:
        if date not in days:
            numbers = tuple(map(int, NUMBERS.findall(date)))
            choices = sorted({_day(numbers, each) for each in ([order] if order else ORDERS)} - {""})
            days[date] = choices[0] if len(choices) == 1 else choices[0][:4] if choices else ""
        return days[date]

    def heads(found: re.Match[str]) -> Head | None:
        ios, ios_time, date, time, sender = found.groups()
        day, hour = said_of(ios or date), clock(ios_time or time)
        if not day or not hour:
            return None
        said = f"{day}T{hour}" if len(day) == 10 else day
        if sender is None:
            return Head(found.end(), "", said, None, "system")
        return Head(found.end(), sender.strip("\u200e\u202a\u202c ~"), said)

    return heads
