"""A hundred thousand memories: taking in, indexing, opening, answering.

    python bench/people/bench_scale.py [--messages 100000]

A WeChat export of made-up messages (two sentences of the example's testimony each) is taken in and indexed, then the
questions of the Chinese key are asked as the plain engine answers them. CPU seconds; memory is the peak of the
whole process. `import` is that of a fresh interpreter.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from house import FOLDER, key
from results import rounded, write_result

from marrow.people.archive import open_archive
from marrow.people.asking import ask

MODULES = ("marrow.people.archive, marrow.people.asking, marrow.people.steps, marrow.people.verbs")


def main() -> None:
    """Measure and write results/people_scale.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=100_000)
    count = parser.parse_args().messages
    with tempfile.TemporaryDirectory() as room:
        os.chdir(room)
        figures = measured(chat(Path("chat.txt"), count))
    write_result("people_scale", rounded(figures))


def chat(path: Path, count: int) -> Path:
    """A made-up export of so many messages."""
    dice = random.Random(1)
    said = [line for each in sorted((FOLDER / "testimony").glob("*.txt")) for line in
            each.read_text("utf-8", errors="ignore").splitlines() if 8 < len(line) < 40 and line[-1] in "。？！"]
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_500_000_000 + number * 420))
            file.write(f"{moment} {('妈妈', '小满')[number % 2]}\n{dice.choice(said)}{dice.choice(said)}\n\n")
    return path


def measured(path: Path) -> dict:
    """Everything that is timed."""
    figures = {"import, seconds": imported()}
    with open_archive(new=True) as archive:
        archive.meet(tomllib.loads((FOLDER / "testimony" / "family.toml").read_text("utf-8")))
        seconds, added = timed(lambda: archive.add(path))
        figures |= {"messages": added.new, "taken in, messages a second": added.new / seconds}
        seconds, _ = timed(archive.refresh)
        figures["indexed, messages a second"] = added.new / seconds
    with open_archive(write=False) as archive:
        figures["cold open and first search, seconds"] = timed(lambda: archive.index.search("谁扶的后座"))[0]
        questions = [each for each in key("Chinese")["questions"] if each["person"] == "dad"][:120]
        found = [timed(lambda each=each: archive.index.search(each["words"], limit=60))[0] for each in questions]
        told = [timed(lambda each=each: ask(archive, each["words"], person="dad", asker=each["asker"]))[0]
                for each in questions]
    figures |= {"retrieval, ms, median and p95": spread(found), "answer, ms, median and p95": spread(told),
                "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    return figures


def timed(what) -> tuple:
    """CPU seconds of a call, and what it returns."""
    begun = time.process_time()
    made = what()
    return time.process_time() - begun, made


def spread(seconds: list[float]) -> list[float]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    return [1000 * ordered[len(ordered) // 2], 1000 * ordered[len(ordered) * 95 // 100]]


def imported() -> float:
    """CPU seconds of importing the department, over a bare interpreter; the median of five."""
    def run(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return sorted(run(f"import {MODULES}") - run("pass") for _ in range(5))[2]


if __name__ == "__main__":
    main()
