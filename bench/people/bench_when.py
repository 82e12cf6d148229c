"""Phrases of time: how many of those worked out by hand are right, and how fast they are found.

    python bench/people/bench_when.py
"""

import sys
import time
import tomllib
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from results import rounded, write_result

from marrow.people.testimony import Interval
from marrow.people.when import when

SAID = Interval(date(2019, 10, 5), date(2019, 10, 5))
YEAR, DAY = Interval(date(1940, 1, 1), date(1940, 12, 31)), Interval(date(1988, 6, 18), date(1988, 6, 18))
FULL = {"said": SAID, "born": date(1965, 12, 30), "births": {"爸爸": YEAR, "father": YEAR, "小梅": DAY, "Mary": DAY}}
KNOWN = {"plain": {}, "said": {"said": SAID}, "born": FULL, "traps": FULL}
SPOKEN = ("今天吃什么", "好的", "他一天到晚不说话", "明天见", "ok see you", "那年冬天雪下得很大，我和你爸去河边挑水",
          "一九九三年七月十八日，厂里下河，水里的是老陆", "when I was seven we lived by the river")


def right(group, text, expected):
    told = [f"{each.first or ''}..{each.last or ''} {each.calendar}{'' if each.sure else '?'}"
            for _, _, each in when(text, **KNOWN[group])]
    return told == [each.split(" = ")[1] for each in expected]


def main() -> None:
    figures = {}
    for name in ("when_phrases", "when_phrases_unseen"):
        groups = tomllib.loads((ROOT / "tests" / "people" / f"{name}.toml").read_text("utf-8"))
        for group, rows in groups.items():
            good = sum(right(group, text, expected) for text, *expected in rows["rows"])
            figures.setdefault(name, {})[group] = [good, len(rows["rows"])]
        figures[name]["share"] = sum(good for good, _ in figures[name].values()) / sum(
            many for _, many in figures[name].values())
    begun = time.process_time()
    for _ in range(2000):
        for text in SPOKEN:
            when(text, **FULL)
    figures["microseconds per utterance"] = (time.process_time() - begun) / (2000 * len(SPOKEN)) * 1e6
    print(figures)
    write_result("people_when", rounded(figures))


if __name__ == "__main__":
    main()
