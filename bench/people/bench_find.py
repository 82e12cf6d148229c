"""Finding what was said: how well, in Chinese, and how fast, at a hundred thousand utterances.

    python bench/people/bench_find.py [--utterances 100000]

Quality: CMRC2018 dev (shared/material/testimony, read in place) cut to 10,582 sentences; 1,000 questions drawn with a
fixed seed; a hit is a sentence of the right paragraph that holds the answer. Alone, every sentence is a talk of its
own; with neighbours, a paragraph is a talk. Then the same questions in traditional characters (OpenCC s2t), and with
15 % of their characters replaced by others that sound the same. Peer: SQLite's own FTS5 (unicode61, and trigram) over
the same sentences. Speed: a made-up chat, its lines cut from the same text; CPU seconds.
"""

import argparse
import json
import random
import re
import resource
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from opencc import OpenCC
from pypinyin import lazy_pinyin

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.people.finding.index import add, build, compact, remove
from marrow.people.finding.rank import Index
from marrow.people.testimony import Utterance, name_of

MATERIAL = HERE.parents[3] / "shared" / "material" / "testimony" / "cmrc2018_dev.json"
QUESTIONS, NOISE = 1000, 0.15
FIRST = (1, 5, 10)
Asked = list[tuple[str, set[str]]]


def utterance(number: int, text: str, talk: str, place: int, witness: str = "") -> Utterance:
    """A made-up utterance."""
    return Utterance(name_of("bench", number, number + 1), "bench", number, number + 1, text, witness, talk=talk,
                     place=place)


def sentences() -> tuple[list[Utterance], Asked]:
    """The sentences, a paragraph a talk, and the questions with the ids of those that answer."""
    said, asked = [], []
    articles = json.loads(MATERIAL.read_text("utf-8"))["data"]
    for number, paragraph in enumerate(each for article in articles for each in article["paragraphs"]):
        cut = [each for each in re.split(r"(?<=[。！？；])", paragraph["context"]) if len(each.strip()) > 3]
        held = [utterance(len(said) + place, text, f"{number:05d}", place) for place, text in enumerate(cut)]
        said += held
        for each in paragraph["qas"]:
            answers = {one.id for one in held if each["answers"][0]["text"] in one.text}
            asked += [(each["question"], answers)] if answers else []
    return said, random.Random(0).sample(asked, QUESTIONS)


def homophones(said: Sequence[Utterance]) -> Callable[[str], str]:
    """What writes other characters of the same sound, as a recogniser might."""
    chance = random.Random(1)
    seen = {each for one in said[:6000] for each in one.text if "\u4e00" <= each <= "\u9fff"}
    same = defaultdict(list)
    for each in sorted(seen):
        same[lazy_pinyin(each)[0]].append(each)
    return lambda text: "".join(chance.choice(same[lazy_pinyin(each)[0]]) if each in seen and chance.random() < NOISE
                                else each for each in text)


def hits(ask: Callable[[str], list[str]], asked: Asked) -> dict:
    """Shares of questions with an answer among the first; and the mean of 1 / rank."""
    found, ranks, begun = dict.fromkeys(FIRST, 0), 0.0, time.process_time()
    for question, answers in asked:
        rank = next((place for place, each in enumerate(ask(question), 1) if each in answers), 1000)
        ranks += 1 / rank if rank < 1000 else 0
        for many in FIRST:
            found[many] += rank <= many
    return {**{f"R@{many}": share / len(asked) for many, share in found.items()}, "MRR": ranks / len(asked),
            "cpu ms": 1e3 * (time.process_time() - begun) / len(asked)}


def quality() -> dict:
    """All ways of asking, alone and with neighbours."""
    said, asked = sentences()
    traditional, noise = OpenCC("s2t"), homophones(said)
    ways = {"as written": asked, "traditional": [(traditional.convert(each), of) for each, of in asked],
            "15 % homophones": [(noise(each), of) for each, of in asked]}
    archives = {"alone": [utterance(number, each.text, f"{number:06d}", 0) for number, each in enumerate(said)],
                "with neighbours": said}
    made: dict = {"sentences": len(said), "questions": len(asked)}
    for name, held in archives.items():
        db = sqlite3.connect(":memory:")
        build(db, held)
        index = Index(db)
        made[name] = {way: hits(lambda text, index=index: [each for each, _ in index.search(text)], each)
                      for way, each in ways.items()}
    return made | {"peer: SQLite FTS5": {kind: hits(_peer(said, kind), asked) for kind in ("unicode61", "trigram")}}


def _peer(said: Sequence[Utterance], tokenizer: str) -> Callable[[str], list[str]]:
    """FTS5 over the raw sentences, as most would do it."""
    db = sqlite3.connect(":memory:")
    db.execute(f"create virtual table peer using fts5(id unindexed, text, tokenize='{tokenizer}')")
    db.executemany("insert into peer values (?, ?)", ((each.id, each.text) for each in said))

    def ask(question: str) -> list[str]:
        plain = re.sub(r"\W", "", question)
        words = re.findall(r"\w+", question) if tokenizer == "unicode61" else [
            plain[at:at + 3] for at in range(len(plain) - 2)]
        match = " OR ".join(f'"{each}"' for each in dict.fromkeys(words))
        return [id for id, in db.execute("select id from peer where peer match ? order by rank limit 10", (match,))]

    return ask


def chat(many: int) -> list[Utterance]:
    """A made-up chat of many short lines."""
    chance = random.Random(0)
    articles = json.loads(MATERIAL.read_text("utf-8"))["data"]
    text = [each for article in articles for paragraph in article["paragraphs"]
            for each in re.split("[，。！？；、：]", paragraph["context"]) if len(each) > 2]
    made = []
    for number in range(many):
        line = chance.choice(("", "", "你知道", "我记得", "那时候", "哈哈", "嗯，")) + chance.choice(text)[:40]
        line += "，" + chance.choice(text)[:chance.randint(2, 12)] if len(line) < 6 or chance.random() < 0.4 else ""
        made.append(utterance(number, line, f"{number // 60:06d}", number % 60, chance.choice("ABCD")))
    return made


def timed(work: Callable, *given: object) -> float:
    """CPU seconds of one call."""
    begun = time.process_time()
    work(*given)
    return time.process_time() - begun


def speed(many: int) -> dict:
    """Building, opening, asking, adding, removing."""
    said, asked = chat(many), [each for each, _ in sentences()[1]]
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "archive.db"
        db = sqlite3.connect(path)
        building = timed(build, db, said)
        db.commit()
        db.close()
        db = sqlite3.connect(path)
        opening = timed(lambda: Index(db).search(asked[0]))
        index = Index(db)
        asking = sorted(timed(index.search, each) for each in ["河边", *asked])
        adding = sorted(timed(_added, db, utterance(many + number, f"外婆说第{number}次。", "new", number))
                        for number in range(200))
        after = timed(index.search, "外婆说了什么")
        removing = timed(lambda: (remove(db, [each.id for each in said[::97]]), db.commit()))
        figures = {"compact s": timed(compact, db), "file MB": path.stat().st_size / 1e6}
        db.close()
    return {"utterances": many, "characters each": sum(len(each.text) for each in said) / many,
            "index per s": many / building, "cold open and first answer s": opening,
            "search median ms": 1e3 * asking[len(asking) // 2], "search p95 ms": 1e3 * asking[len(asking) * 95 // 100],
            "add p95 ms": 1e3 * adding[190], "first search after 200 more ms": 1e3 * after,
            "remove 1 in 97 s": removing, **figures,
            "peak memory MB, building and the made-up chat included":
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}


def _added(db: sqlite3.Connection, one: Utterance) -> None:
    add(db, [one])
    db.commit()


def main() -> None:
    """Measure and write results/people_find.json."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--utterances", type=int, default=100_000)
    given = ask.parse_args()
    figures = rounded({"speed": speed(given.utterances), "quality": quality()})
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    write_result("people_find", {"command": " ".join(["python", "bench/people/bench_find.py", *sys.argv[1:]]),
                                 **figures})


if __name__ == "__main__":
    main()
