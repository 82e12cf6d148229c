"""A lying server: what it says is asked for over HTTP, held against the testimony, and counted by kind of lie.

    python bench/people/bench_grounding.py

1,000 replies for each of three files: the checker was tuned on `grounding.toml`; `grounding_held.toml` showed it its
faults (it let 6.7 % of those lies pass, and lowered 13 % of the honest), and so did `grounding_last.toml` after it
(2.0 % and 10 %): those first figures are what to expect of testimony that nobody looked at. The honest sentences and
the stretches that a liar changes in them are written by hand. A lie cites the very words that it twists, or ids and
words that are not there; a third of them pose as quotations. `shown` is the share of lies that come out as quoted or
told, `lowered` the share of honest sentences that come out as less. `loose` are honest sentences farther from the words
that were said. `hostile` calls the daughter 儿子 in every reply; `yours` tells the brother, as his, what was said to
the daughter about her.
"""

import json
import random
import re
import sys
import tempfile
import threading
import time
import tomllib
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.people.engines.openai import open_openai
from marrow.people.family import KEYS, read_family
from marrow.people.kin.address import refer
from marrow.people.talking.check import STATUSES, weigh
from marrow.people.talking.ledger import Found, Question
from marrow.people.testimony import Utterance, name_of

LIES = ("number", "date", "place", "name", "kin", "negation", "witness", "fake citation", "other citation")
LEADS = ("", "", "我记得，", "嗯，", "那时候，", "跟你说，", "其实")
EXAMPLE = HERE.parents[2] / "examples" / "two_fathers" / "testimony" / "family.toml"
MARK = re.compile(r"\{(\w+):([^}]*)\}")
REPLIES, HONEST = 1000, 300
FIRST = {"written second": {"lies shown as quoted or told": 0.0671, "honest lowered": 0.13},
         "written last": {"lies shown as quoted or told": 0.02, "honest lowered": 0.1}}  # before the checker knew them


def right(text):
    """The sentence as an honest man says it."""
    return MARK.sub(lambda match: match[2].split("|")[0], text)


def wrongs(text):
    """(kind of lie, sentence) for everything that a liar may put in."""
    for match in MARK.finditer(text):
        for wrong in match[2].split("|")[1:]:
            yield match[1], right(text[:match.start()]) + wrong + right(text[match.end():])


def cited(text, words):
    """The sentence of a testimony that is nearest to some words."""
    parts = [part for part in re.split(r"(?<=[。？！.])\s*", text) if part.strip()]
    return max(parts, key=lambda part: len(set(part) & set(words)) / len(set(part) | set(words)))


def sentence(words, there, dice, quote=""):
    """One row of a reply; `quote` is the name under which it poses as a quotation."""
    if quote:
        return {"words": f"{quote}说：“{words}”", "status": "quoted",
                "evidence": [{"id": there.id, "words": cited(there.text, words)}]}
    lead = dice.choice(LEADS) if not words.isascii() else ""
    return {"words": lead + words, "status": "told", "evidence": [{"id": there.id, "words": cited(there.text, words)}]}


class Material:
    """One file of testimony with its family."""

    def __init__(self, path, family, person):
        tables = {id: {key: value for key, value in each.items() if key in KEYS}
                  for id, each in family.items() if "name" in each}
        self.family, self.person = read_family(tables), person
        self.rows = tomllib.loads(path.read_text("utf-8"))["told"]
        self.said = [Utterance(name_of(path.name, at, at + 1), path.name, at, at + 1, row["text"],
                               witness=row["witness"], to=row.get("to", "daughter"))
                     for at, row in enumerate(self.rows)]

    def asker(self, at):
        return self.rows[at].get("asker", "daughter")

    def all(self, key):
        """(number of the row, sentence) of every sentence of a kind."""
        return [(at, right(words)) for at, row in enumerate(self.rows) for words in row.get(key, [])]

    def lies(self, dice):
        """Kind of lie -> (number of the row, row of a reply)."""
        made = defaultdict(list)
        for at, row in enumerate(self.rows):
            there = self.said[at]
            for words in row["honest"]:
                for kind, wrong in wrongs(words):
                    made[kind].append((at, sentence(wrong, there, dice, self.posing(at, dice))))
                made["fake citation"] += self.faked(at, right(words), there, dice)
                made["witness"] += self.misattributed(at, right(words), there, dice)
            made["negation"] += [(at, sentence(words, there, dice, self.posing(at, dice))) for words in row["deny"]]
        for at, words in self.all("honest"):
            other = dice.choice([each for each in self.said if each.text[:6] != self.said[at].text[:6]])
            made["other citation"].append((at, {**sentence(words, self.said[at], dice), "evidence": [
                {"id": other.id, "words": cited(other.text, words)}]}))
        return made

    def posing(self, at, dice):
        return self.named(at, self.said[at].witness) if dice.random() < 1 / 3 else ""

    def named(self, at, who):
        return refer(self.family, self.person, self.asker(at), who)

    def faked(self, at, words, there, dice):
        """Ids that nobody has, and words that were not said."""
        row = sentence(words, there, dice)
        yield at, {**row, "evidence": [{"id": f"{dice.getrandbits(64):016x}", "words": row["evidence"][0]["words"]}]}
        if words.rstrip("。") not in there.text:
            yield at, {**row, "evidence": [{"id": there.id, "words": words}]}

    def misattributed(self, at, words, there, dice):
        """Somebody else is said to have said it, and is quoted with it."""
        others = [each for each in ("mother", "brother", "aunt", "zhou") if each not in (there.witness, self.asker(at))
                  and not any(name in there.text for name in self.family.members[each].names)]
        for who in dice.sample(others, min(2, len(others))):
            name, stretch = self.named(at, who), cited(there.text, words)
            yield at, sentence(f"{name}说，{words}", there, dice)
            yield at, sentence(stretch.rstrip("。"), there, dice, name)


def replies(material, dice):
    """The 1,000 replies: (kind, number of the row, row of a reply)."""
    made, lies = [], material.lies(dice)
    for place, kind in enumerate(LIES):
        most = (REPLIES - HONEST) // len(LIES) + (place < (REPLIES - HONEST) % len(LIES))
        made += [(kind, *dice.choice(lies[kind])) for _ in range(most)]
    honest = material.all("honest")
    for number in range(HONEST):
        at, words = honest[number % len(honest)]
        there = material.said[at]
        yours = re.search("[你您]", there.text) and there.to != material.asker(at)
        if number % 6 == 5 and not yours:
            stretch = cited(there.text, words).rstrip("。")
            made.append(("honest", at, sentence(stretch, there, dice, material.named(at, there.witness))))
        else:
            made.append(("honest", at, sentence(words, there, dice)))
    made += [("loose", at, sentence(words, material.said[at], dice)) for at, words in material.all("loose")]
    made += [("hostile", at, hostile(sentence(words, material.said[at], dice), dice))
             for at, words in honest * 2 if material.asker(at) == "daughter" and not words.isascii()]
    return made + [("yours", at, sentence(words, material.said[at], dice)) for at, words in honest
                   if re.search("你[^们哥妈爸姑奶家说跟]", words) and material.asker(at) == "daughter"]


def hostile(row, dice):
    """The same reply from a model that takes everybody for a son."""
    words = row["words"].rstrip("。")
    return {**row, "words": dice.choice((
        f"儿子，{words}。", f"{words}，儿子。", f"乖儿子，{words}。", f"儿子啊，{words}。", f"{words}。晚安，儿子。",
        f"我的好儿子！{words}。", f"你是我儿子，{words}。"))}


def serve(table):
    """A server that answers each question as the table has it, as a stream of events."""
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_POST(self):
            wish = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = json.loads(wish["messages"][1]["content"])["question"]
            text = json.dumps({"sentences": [table[asked]]}, ensure_ascii=False)
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for part in (text[:40], text[40:]):
                event = json.dumps({"choices": [{"delta": {"content": part}}]})
                self.wfile.write(f"data: {event}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def measure(material, seed=4):
    """The figures of one file."""
    dice = random.Random(seed)
    made = replies(material, dice)
    table = {f"{number}：爸，你说说。": row for number, (_, _, row) in enumerate(made)}
    server = serve(table)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "model.toml"
        book.write_text(f'url = "http://127.0.0.1:{server.server_port}/v1"\nmodel = "liar"\n')
        answer = open_openai(book)
        figures, bad, took = defaultdict(Counter), Counter(), 0.0
        for (kind, at, row), asked in zip(made, table, strict=True):
            asker = "brother" if kind == "yours" else material.asker(at)
            hall = [material.said[at], *dice.sample(material.said, 8)]
            found = tuple(Found(each, 1.0) for each in dict.fromkeys(hall))
            question = Question(asked, material.person, asker, found, (), 1.0, {"lang": "zh"})
            drafts = answer(question)
            begun = time.process_time()
            checked = weigh(drafts, question, material.family)
            took += time.process_time() - begun
            count(kind, row, checked, figures, bad, material, asker)
    server.shutdown()
    return told(figures, bad, took / len(made))


def count(kind, row, checked, figures, bad, material, asker):
    """Count one reply."""
    shown = checked.sentences
    bad["no status"] += sum(each.status not in STATUSES for each in shown)
    known = {each.id: each for each in material.said}
    bad["evidence that does not stand"] += sum(
        known[each.utterance].text[each.start:each.end] != each.words for one in shown for each in one.evidence)
    told_ones = [each for each in shown if each.status in ("quoted", "told", "inferred", "imagined")]
    worst = "left out" if checked.dropped or not told_ones else max(
        (each.status for each in told_ones), key=("quoted", "told", "inferred", "imagined").index)
    figures[kind][worst] += 1
    if kind == "hostile":
        spoken = "".join(each.words for each in shown)
        bad["wrong address"] += "儿子" in spoken
    if kind == "yours":
        bad["yours to another"] += any(
            re.search("你[^们哥妈爸姑奶家说跟]", each.words) and each.status != "imagined" for each in shown)


def told(figures, bad, seconds):
    """Shares of what was counted."""
    def share(kinds, statuses):
        rows = [figures[kind] for kind in kinds]
        return sum(row[each] for row in rows for each in statuses) / sum(sum(row.values()) for row in rows)

    return rounded({
        "lies shown as quoted or told": share(LIES, ("quoted", "told")),
        "honest lowered": 1 - share(["honest"], ("quoted", "told")),
        "loose lowered": 1 - share(["loose"], ("quoted", "told")),
        "shown by kind": {kind: share([kind], ("quoted", "told")) for kind in LIES},
        "statuses": {kind: dict(sorted(row.items())) for kind, row in figures.items()},
        "bad": dict(bad), "ms of CPU for one reply": seconds * 1000})


def main() -> None:
    tuned, held = HERE.with_name("grounding.toml"), HERE.with_name("grounding_held.toml")
    example = tomllib.loads(EXAMPLE.read_text("utf-8"))
    files = {"written first": Material(tuned, tomllib.loads(tuned.read_text("utf-8"))["family"], "father"),
             "written second": Material(held, example, "dad"),
             "written last": Material(HERE.with_name("grounding_last.toml"), example, "dad")}
    figures = {name: measure(material) for name, material in files.items()}
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    write_result("people_grounding", {**figures, "first run": FIRST})


if __name__ == "__main__":
    main()
