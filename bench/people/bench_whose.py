"""Whose memory it is, and whether anybody said it: our own family's questions against the key.

    python bench/people/bench_whose.py

The two families of examples/two_fathers are taken in as a director would, every question of their keys is asked as
its asker. Three things are measured: finding (is an utterance of the
evidence among the first), the guard (questions that credit the wrong person against all others: AUC, and how many are
caught where 1 in 10 of the others is), and abstention (answerable against unanswerable: how many of the unanswerable
are refused where 9 in 10 of the answerable are answered). Named beside the guard: what similarity alone would say, and
the vote of speakers alone. The few weights of the guard and of the abstention were set while looking at the Chinese
family; the English one was not looked at.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from house import FAMILIES, family_archive, key
from results import rounded, write_result

from marrow.people.archive import Archive
from marrow.people.finding.answerable import answerable
from marrow.people.finding.whose import whose
from marrow.people.hearing import Manner, hear
from marrow.people.mentions import about


def evidence(archive: Archive, sides: list[dict]) -> list[set[str]]:
    """For each piece the ids of the utterances that hold it."""
    names = dict(archive.db.execute("select source, name from originals"))
    told = [(names[each.source], each.text, each.id) for each in archive.utterances()]
    return [{id for name, text, id in told if name == Path(side["file"]).name and _holds(text, side["text"])}
            for side in sides]


def _holds(text: str, piece: str) -> bool:
    bare, wanted = (re.sub(r"\s+", "", each) for each in (text, piece))
    return wanted in bare or (len(bare) > 6 and bare in wanted)


def rows(archive: Archive, questions: list[dict]) -> list[dict]:
    """Every question asked."""
    made = []
    for each in questions:
        hall = hear(archive, each["words"], person=each["person"], asker=each["asker"], manner=Manner())
        tells = about(each["words"], archive.family, each["asker"], each["person"], each["person"])
        meant = {id: one.mentions for id, one in hall.known.items()}
        verdict = whose(each["words"], hall.found, hall.about, meant, named={*tells, each["person"]},
                        before=hall.asked)
        votes = [(1 / place, one.utterance.witness == each["person"]) for place, one in enumerate(hall.found[:10], 1)]
        pieces = evidence(archive, each["evidence"])
        made.append({
            "kind": each["kind"], "ids": [one.utterance.id for one in hall.found],
            "pieces": [one for one in pieces if one],
            "lost": sum(not one for one in pieces), "share": verdict.share, "other": verdict.other,
            "owner": each["belongs_to"], "sure": answerable(archive.index, each["words"], hall.found, verdict.share),
            "fit": max(archive.index.cover(each["words"], [one.utterance.text for one in hall.found]), default=0.0),
            "speakers": sum(weight for weight, his in votes if his)})
    return made


def finding(asked: list[dict]) -> dict:
    """Shares of questions: any piece among the first, all of them, and how much of them."""
    made: dict = {"questions": len(asked), "pieces that stand in no utterance": sum(each["lost"] for each in asked)}
    places = [[min((each["ids"].index(id) + 1 for id in piece if id in each["ids"]), default=10_000)
               for piece in each["pieces"]] for each in asked if each["pieces"]]
    for many in (1, 5, 10):
        made[f"any@{many}"] = float(np.mean([min(each) <= many for each in places]))
    made["all@10"] = float(np.mean([max(each) <= 10 for each in places]))
    made["coverage@10"] = float(np.mean([np.mean(np.array(each) <= 10) for each in places]))
    return made | {"MRR": float(np.mean([1 / min(each) for each in places]))}


def parted(low: np.ndarray, high: np.ndarray) -> float:
    """AUC: how often one of `low` lies below one of `high`; level counts half."""
    return float(((low[:, None] < high) + 0.5 * (low[:, None] == high)).mean())


def guard(asked: list[dict]) -> dict:
    """Wrong persons against the rest."""
    wrong = np.array([each["kind"] == "wrong_person" for each in asked])
    right = np.array([each["kind"] == "answerable" for each in asked])
    made: dict = {"wrong": int(wrong.sum()), "others": int((~wrong).sum())}
    for name, sign in (("share", 1), ("speakers", 1), ("fit", 1)):
        score = sign * np.array([each[name] for each in asked])
        caught = float((score[wrong] < np.quantile(score[~wrong], 0.1)).mean())
        made[{"share": "guard", "speakers": "peer: vote of speakers", "fit": "peer: similarity"}[name]] = {
            "AUC": parted(score[wrong], score[~wrong]), "AUC against answerable": parted(score[wrong], score[right]),
            "caught at 10 % false alarms": caught}
    fired = np.array([bool(each["other"]) for each in asked])
    return made | {"as shipped": {
        "caught": float(fired[wrong].mean()), "answerable refused": float(fired[right].mean()),
        "right owner named": float(np.mean([each["other"] == each["owner"] for each in asked
                                            if each["other"] and each["kind"] == "wrong_person"]))}}


def abstention(asked: list[dict]) -> dict:
    """Answerable against unanswerable."""
    there = np.array([each["sure"] for each in asked if each["kind"] == "answerable"])
    none = np.array([each["sure"] for each in asked if each["kind"] == "unanswerable"])
    return {"answerable": len(there), "unanswerable": len(none), "AUC": parted(none, there),
            "refused where 9 in 10 are answered": float((none < np.quantile(there, 0.1)).mean()),
            "at 0.5": {"answered": float((there >= 0.5).mean()), "refused": float((none < 0.5).mean())}}


def together(asked: list[dict]) -> dict:
    """Guard and abstention one after the other, as shipped: what is answered of each kind of question."""
    told = {kind: [each["sure"] >= 0.5 and not each["other"] for each in asked if each["kind"] == kind]
            for kind in ("answerable", "unanswerable", "wrong_person")}
    return {f"{kind}, answered": float(np.mean(each)) for kind, each in told.items()}


def measured(family: str) -> dict:
    """One family."""
    with family_archive(family) as archive:
        asked = rows(archive, key(family)["questions"])
        return rounded({"utterances": archive.count(), "questions": len(asked),
                        "finding": finding([each for each in asked if each["kind"] == "answerable"]),
                        "finding, wrong person": finding([each for each in asked if each["kind"] == "wrong_person"]),
                        "whose": guard(asked), "said at all": abstention(asked), "both": together(asked)})


def main() -> None:
    """Measure and write results/people_whose.json."""
    figures = {family: measured(family) for family in FAMILIES}
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    write_result("people_whose", {"command": "python bench/people/bench_whose.py", **figures})


if __name__ == "__main__":
    main()
