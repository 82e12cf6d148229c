"""Answering as the father: what can be answered, what must not be, whose memory it is, and how fast.

    python bench/people/bench_answer.py [--show]

Questions, evidence and whom to ask are those of the two families' keys; the Chinese one was looked at while a few
weights were set, the English one was not. Every asserted sentence is verified against the bytes of the original file,
and once more out of an export, which has no originals. `answered` counts replies that assert something or say that
witnesses disagree.
"""

import argparse
import tempfile
import time
from pathlib import Path

from house import FAMILIES, family_archive, ids_of, key
from results import rounded, write_result

from marrow.people.asking import ask
from marrow.people.hearing import Manner
from marrow.people.lines import lines, open_testimony

ASSERTED = ("quoted", "told", "inferred", "imagined")


def main() -> None:
    """Ask every question of the key once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    chosen = parser.parse_args()
    figures = {}
    for family in FAMILIES:
        with family_archive(family) as archive:
            rows = [asked(archive, each) for each in key(family)["questions"]]
            cited = sorted({id for row in rows for id in row["cited"]})
            verified = all(map(archive.verify, archive.get(cited).values()))
            exported = verified_out_of_an_export(archive, cited)
        if chosen.show:
            show(rows)
        figures[family] = {"questions": len(rows), "verified": verified,
                           "verified out of an export": exported, **counted(rows)}
    write_result("people_answer", figures)


def verified_out_of_an_export(archive, cited) -> bool:
    """Whether the same evidence verifies where only JSON Lines are, and says the same."""
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "testimony.jsonl"
        path.write_text("".join(f"{each}\n" for each in lines(archive, "talk")), "utf-8", newline="\n")
        with open_testimony(path) as carried:
            there, here = carried.get(cited), archive.get(cited)
            return all(id in there and carried.verify(there[id]) and there[id].text == here[id].text for id in cited)


def asked(archive, question) -> dict:
    """One question and what became of it."""
    begun = time.process_time()
    reply = ask(archive, question["words"], person=question["person"], asker=question["asker"], manner=Manner())
    seconds = time.process_time() - begun
    cited = {proof.utterance for each in reply.sentences if each.evidence for proof in each.evidence}
    right = {id for each in question["evidence"] for id in ids_of(archive, each)}
    answered = any(each.status in ASSERTED for each in reply.sentences) or bool(reply.rivals)
    return {"kind": question["kind"], "words": question["words"], "reply": reply.words, "answered": answered,
            "right": bool(cited & right), "named": bool(set(reply.ask) & set(question["ask"])), "asks": bool(reply.ask),
            "cited": cited, "seconds": seconds,
            "sentences": sum(each.status in ASSERTED for each in reply.sentences), "rivals": bool(reply.rivals),
            "belongs": question["belongs_to"], "whom": reply.ask}


def counted(rows: list[dict]) -> dict:
    """Shares by kind of question."""
    def share(kind, what):
        some = [row for row in rows if row["kind"] == kind]
        return sum(map(what, some)) / len(some)

    times = sorted(row["seconds"] for row in rows)
    return rounded({
        "answerable: answered": share("answerable", lambda row: row["answered"]),
        "answerable: answered by the key's evidence": share("answerable", lambda row: row["answered"] and row["right"]),
        "answerable: told that witnesses disagree": share("answerable", lambda row: row["rivals"]),
        "answerable: sentences of an answer": share("answerable", lambda row: row["sentences"]) / share(
            "answerable", lambda row: row["answered"]),
        "unanswerable: refused": share("unanswerable", lambda row: not row["answered"]),
        "unanswerable: names somebody to ask": share("unanswerable", lambda row: not row["answered"] and row["asks"]),
        "unanswerable: names whom the key names": share("unanswerable", lambda row: row["named"]),
        "wrong person: refused": share("wrong_person", lambda row: not row["answered"]),
        "wrong person: names whose it is": share("wrong_person", lambda row: row["belongs"] in row["whom"]),
        "milliseconds, median": 1000 * times[len(times) // 2],
        "milliseconds, p95": 1000 * times[len(times) * 95 // 100]})


def show(rows: list[dict]) -> None:
    """What went wrong, a line each."""
    for row in rows:
        good = row["answered"] and row["right"] if row["kind"] == "answerable" else not row["answered"]
        if not good:
            print(f"{row['kind'][:6]:7} {row['words']}\n        → {row['reply'][:150]}")


if __name__ == "__main__":
    main()
