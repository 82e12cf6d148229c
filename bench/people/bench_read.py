"""Reading chats: messages per second of every large dialect, and the memory that a chat of 1 GB needs.

    python bench/people/bench_read.py [--messages 1000000] [--bytes 1000000000]

The files are made here, in a folder that is deleted afterwards: Chinese and English messages of 4 to 40 characters,
one in twenty of two lines, one in thirty a picture that was left out. CPU seconds of `follow`, gone through to its
end, in a process of its own; the peak is that process's. Every turn of a small file of the same make is checked
against its bytes first.
"""

import argparse
import csv
import io
import json
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.people.formats import read, words

WORDS = "他那天走得很慢一只手推车另牵着我巷口到家大概两百步你记得什么好吧饭吃了没有下雨把衣服收进来过年回来"
ENGLISH = "well he walked slowly with one hand on the bicycle and the other one held mine all the way down lane".split()
NAMES = ("妈妈", "小川", "小满", "二姨", "Aunt May")
CHILD = """
import resource, sys, time
from pathlib import Path
from marrow.people.formats import follow
begun = time.process_time()
reading = follow(Path(sys.argv[1]))
count = sum(1 for _ in reading.turns)
print(count, time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, reading.dialect)
"""


def messages(count: int, seed: int = 7):
    """Time, speaker and text of so many messages."""
    dice, now = random.Random(seed), datetime(2015, 1, 1, 8)
    pool = ["".join(dice.choices(WORDS, k=dice.randint(4, 40))) for _ in range(4000)]
    pool += [" ".join(dice.choices(ENGLISH, k=dice.randint(2, 9))) for _ in range(1000)]
    for number in range(count):
        now += timedelta(seconds=dice.randint(3, 240))
        text = dice.choice(pool)
        text = "[图片]" if number % 30 == 7 else f"{text}\n{dice.choice(pool)}" if number % 20 == 3 else text
        yield now, NAMES[dice.randrange(len(NAMES))], text


def whatsapp(now: datetime, name: str, text: str) -> str:
    """A line of an Android telephone."""
    return f"{now.day:02d}/{now.month:02d}/{now.year}, {now:%H:%M} - {name}: {text}\n"


def wechat(now: datetime, name: str, text: str) -> str:
    """A message as most exporters write it."""
    return f"{now:%Y-%m-%d %H:%M:%S} {name}\n{text}\n\n"


def jsonl(now: datetime, name: str, text: str) -> str:
    """A line of ChatLab's JSON Lines."""
    return json.dumps({"_type": "message", "sender": f"id{name}", "accountName": name, "type": 0, "content": text,
                       "timestamp": int(now.timestamp())}, ensure_ascii=False) + "\n"


def memotrace(now: datetime, name: str, text: str) -> str:
    """A row of MemoTrace's table."""
    cells = io.StringIO()
    csv.writer(cells).writerow((1, 2, 1, 0, 0, int(now.timestamp()), "", text, f"{now:%F %T}", name, name, "w"))
    return cells.getvalue()


TABLE = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\r\n"
HEADER = '{"_type":"header","chatlab":{"version":"0.0.2","exportedAt":1},"meta":{"name":"x","platform":"wechat"}}\n'
CHATLAB = '{"chatlab":{"version":"0.0.2","exportedAt":1},"meta":{"name":"x","platform":"wechat"},"messages":['
MAKES = {"whatsapp.txt": ("", whatsapp), "wechat.txt": ("", wechat), "chatlab.jsonl": (HEADER, jsonl),
         "chatlab.json": (CHATLAB, lambda *each: jsonl(*each)[:-1] + ",\n"), "memotrace.csv": (TABLE, memotrace)}


def make(path: Path, count: int) -> None:
    """A file of so many messages."""
    head, line = MAKES[path.name]
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(head)
        file.writelines(line(*each) for each in messages(count))
        if path.suffix == ".json":
            file.write('{"content": null}]}')


def checked(path: Path) -> int:
    """How many turns a small file has, each checked against its bytes."""
    make(path, 3000)
    held, original = read(path), path.read_bytes()
    for turn in held.turns:
        assert words(original, turn.start, turn.end, held.encoding, held.escape) == turn.text, turn
    assert [(each.text, each.speaker) for each in held.turns] == [(text, name) for _, name, text in messages(3000)]
    return len(held.turns)


def timed(path: Path) -> dict:
    """Speed and peak of reading one file."""
    done = subprocess.run([sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, check=True)
    count, seconds, peak, dialect = done.stdout.split()
    return {"dialect": dialect, "messages": int(count), "megabytes": path.stat().st_size / 1e6,
            "cpu_seconds": float(seconds), "messages_per_second": int(count) / float(seconds), "peak_mb": float(peak)}


def main() -> None:
    """Everything, to bench/results/people_read.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--bytes", type=int, default=1_000_000_000)
    asked = parser.parse_args()
    figures: dict = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in MAKES:
            path = Path(folder) / name
            checked(path)
            make(path, asked.messages)
            figures[name] = timed(path)
            print(name, rounded(figures[name]))
            if name == "whatsapp.txt" and asked.bytes:
                figures["large"] = large(path, asked.bytes)
                print("large", rounded(figures["large"]))
            path.unlink()
    write_result("people_read", rounded(figures))


def large(path: Path, most: int) -> dict:
    """The same chat again and again, up to so many bytes."""
    grown = path.with_name("large.txt")
    piece = path.read_bytes()
    with open(grown, "wb") as file:
        while file.tell() < most:
            file.write(piece)
    figures = timed(grown)
    grown.unlink()
    return figures


if __name__ == "__main__":
    main()
