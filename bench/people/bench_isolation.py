"""Whether a witness weighs on answers that do not rest on her.

    python bench/people/bench_isolation.py [--show]

Every question of both families' keys is answered with all witnesses and with each of them left out. Two things are
counted. The law: where the evidence is the same, the same utterances in the same order, the words are the same, byte
for byte. And the side effects: answers that cite the one left out neither with her nor without her, and rest on other
evidence all the same, for she stood among what was found. That a witness left out is as one never taken in is a law of
tests/people/test_hearing.py.
"""

import argparse
import json
from collections import Counter

from house import FAMILIES, family_archive, key
from results import rounded, write_result

from marrow.people.asking import ask
from marrow.people.hearing import Manner


def main() -> None:
    """Measure and write results/people_isolation.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", action="store_true", help="print what changed without a reason")
    chosen = parser.parse_args()
    figures = {}
    for family in FAMILIES:
        with family_archive(family) as archive:
            figures[family] = measured(archive, key(family)["questions"], show=chosen.show)
    print(json.dumps(rounded(figures), indent=1))
    write_result("people_isolation", {"command": "python bench/people/bench_isolation.py", **rounded(figures)})


def measured(archive, questions, *, show: bool) -> dict:
    """Every question with all, and without each."""
    count: Counter[str] = Counter()
    whole = [told(archive, each) for each in questions]
    for who in sorted(archive.willing("talk")):
        without = [told(archive, each, who) for each in questions]
        for each, (words, evidence), (others, rest) in zip(questions, whole, without, strict=True):
            cited = any(found.witness == who for found in archive.get({*evidence, *rest}).values())
            count["answers"] += 1
            count["the same evidence"] += evidence == rest
            count["of these, other words"] += evidence == rest and words != others
            count["never cited her"] += not cited
            count["of these, other evidence"] += not cited and evidence != rest
            if show and not cited and words != others:
                print(f"{who}: {each['words']}\n  {words}\n  {others}")
        count["witnesses"] += 1
    return {**count, "side effects": count["of these, other evidence"] / count["never cited her"]}


def told(archive, question, without: str = "") -> tuple[str, tuple[str, ...]]:
    """The words of an answer, and the ids of what it rests on, in their order."""
    manner = Manner(without=frozenset({without} if without else ()))
    reply = ask(archive, question["words"], person=question["person"], asker=question["asker"], manner=manner)
    proofs = [proof.utterance for each in reply.sentences for proof in each.evidence]
    return reply.words, tuple(dict.fromkeys([*proofs, *reply.rivals]))


if __name__ == "__main__":
    main()
