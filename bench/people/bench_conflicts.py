"""Conflicts in the testimony of two families, against their answer keys; and how long ten thousand utterances take.

    python bench/people/bench_conflicts.py [--show] [--key "mail boat"]

A planted contradiction is found when one conflict holds utterances of two of its sides apart; two utterances of one
value are no pair to find. A conflict that the key does not have is counted as false, though it may be one in truth;
what the key names as looking like a contradiction and being none is counted apart. `--show` tells which.

The rules and weights were first set on the made-up pairs of tests/people/rivals.toml alone; measured so, before anybody
looked, recall was .195 and precision .412 for the two fathers. Everything since was tuned while looking at what was
missed and false in that Chinese family. The English family of the mail boat was written later: its key was read when
the second round of rules was made, and a few were mended by it, so it is the less tuned figure, and no blind one.

The second round (opposites, kinds, what an answer answers, captions) looked at what was missed in both families.
conflicts_held.toml was written before it and only ever counted, all and by class: 20 pairs that cannot both be so and
20 that can, in each language.
"""

import argparse
import json
import random
import sys
import tempfile
import time
import tomllib
from itertools import combinations
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.people.archive import Archive, open_archive
from marrow.people.claims.claims import claims
from marrow.people.claims.conflicts import Conflict, conflicts
from marrow.people.disagreeing import stated
from marrow.people.family import Family, read_family
from marrow.people.mentions import mentions
from marrow.people.testimony import Utterance, name_of
from marrow.people.understanding import understood
from marrow.people.verbs import _files
from marrow.people.when import when

TRUTHS = HERE.parents[2] / "tests" / "people" / "rivals.toml"
EXAMPLE = HERE.parents[2] / "examples" / "two_fathers"
# what is measured, its folder, its key, whom it is about, and who its unnamed speakers are
FAMILIES = {"two fathers": ("testimony", "two_fathers_key.json", "dad", {"Speaker 1": "zhou", "Speaker 2": "daughter"}),
            "mail boat": ("testimony_en", "english_family_key.json", "gran", {})}
# recall and precision of conflicts_held.toml with the rules of the first round
HELD_BEFORE = {"Chinese": {"recall": 0.25, "precision": 0.625}, "English": {"recall": 0.35, "precision": 0.7}}
Pair = frozenset[str]


def filled(folder: Path, family: str) -> Archive:
    """A family's testimony in an archive below a folder, its unnamed speakers named."""
    testimony, _, about, speakers = FAMILIES[family]
    with open_archive(folder / "people.sqlite", new=True) as archive:
        archive.meet(tomllib.loads((EXAMPLE / testimony / "family.toml").read_text("utf-8")))
        for path in _files(EXAMPLE / testimony):
            if path.suffix != ".toml" and not path.name.startswith("questionnaire"):  # forms, no testimony
                archive.add(path)
        archive.note("about", about)
        for label, person in speakers.items():
            archive.name(label, person)
    return archive


def where(archive: Archive, held: dict) -> str:
    """The id of the utterance that a place of the key names; "" where it is not found."""
    sources = {name: source for source, name in archive.db.execute("select source, name from originals")}
    said = [each for each in archive.utterances() if each.source == sources.get(Path(held["file"]).name)]
    return next((each.id for each in said if held["text"] in each.text or held["text"] in each.heard), "")


def apart(conflict: Conflict) -> set[Pair]:
    """Every two utterances that a conflict holds on different sides."""
    sides = [{id for voice in side.voices for id in voice.utterances} for side in conflict.sides]
    return {frozenset((one, two)) for first, second in combinations(sides, 2) for one in first for two in second
            if one != two}


def planted(archive: Archive, entry: dict) -> set[Pair]:
    """Every two utterances of an entry of the key whose values differ."""
    sides = [(where(archive, each), each.get("value", "")) for each in entry["sides"]]
    return {frozenset((one, two)) for (one, value), (two, other) in combinations(sides, 2)
            if one and two and one != two and value != other}


def quality(family: str, show: bool) -> dict:
    """What is found of what was planted."""
    key = json.loads(HERE.with_name(FAMILIES[family][1]).read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        filled(Path(folder), family)
        with open_archive(Path(folder) / "people.sqlite", write=False) as archive:
            held = list(archive.utterances())
            begun = time.process_time()
            found = conflicts(stated(archive, understood(archive, held), FAMILIES[family][2]), archive.family)
            spent = time.process_time() - begun
            wanted = [planted(archive, each) for each in key["contradictions"]]
            traps = [{frozenset(pair) for pair in combinations({where(archive, side) for side in each["sides"]}, 2)}
                     for each in key["not_contradictions"]]
            if show:
                _show(key, wanted, traps, found, {each.id: each for each in held})
            twice = _twice(archive, key, found)
    met = set().union(*map(apart, found)) if found else set()
    hit = [bool(each & met) for each in wanted]
    true = [any(apart(each) & pairs for pairs in wanted) for each in found]
    pairs = set().union(*wanted)
    return {"utterances": len(held), "planted": len(wanted), "found": sum(hit), "recall": sum(hit) / len(wanted),
            "pairs planted": len(pairs), "pairs found": len(pairs & met), "conflicts": len(found),
            "precision": sum(true) / max(len(found), 1), "traps": len(traps),
            "traps fallen into": sum(bool(each & met) for each in traps), "hearsay counted twice": twice,
            "cpu seconds": spent}


def _twice(archive: Archive, key: dict, found: tuple[Conflict, ...]) -> int:
    """Sides on which several voices stand that the key says are one witness."""
    one = [{where(archive, side) for side in each["sides"]} for each in key["same_source"]]
    return sum(sum(bool(set(voice.utterances) & ids) for voice in side.voices) > 1
               for conflict in found for side in conflict.sides for ids in one)


def _show(key: dict, wanted: list[set[Pair]], traps: list[set[Pair]], found: tuple[Conflict, ...],
          said: dict[str, Utterance]) -> None:
    met = set().union(*map(apart, found)) if found else set()
    for entry, pairs in zip(key["contradictions"], wanted, strict=True):
        print("found " if pairs & met else "MISSED", entry["slot"], entry["topic"])
        for side in entry["sides"] if not pairs & met else ():
            print("          ", side.get("value"), "|", side["file"], "|", side["text"][:90])
    for entry, pairs in zip(key["not_contradictions"], traps, strict=True):
        if pairs & met:
            print("TRAP  ", entry["topic"], entry["why"])
    for each in found:
        if not any(apart(each) & pairs for pairs in wanted):
            print("FALSE ", each.kind, each.topic)
            for side in each.sides:
                print("          ", side.value, [(voice.witness, said[id].text[:80]) for voice in side.voices
                                                 for id in voice.utterances])


def held_out() -> dict:
    """What is found of the pairs that were written before the second round of rules, each an archive of its own."""
    pairs = tomllib.loads(HERE.with_name("conflicts_held.toml").read_text("utf-8"))
    family = read_family(tomllib.loads(TRUTHS.read_text("utf-8"))["family"])
    return {language: _held(table["rivals"], table["friends"], family) for language, table in pairs.items()}


def _held(rivals: list[list[str]], friends: list[list[str]], family: Family) -> dict:
    hit = [bool(_between(row[:2], family)) for row in rivals]
    fallen = sum(bool(_between(row, family)) for row in friends)
    classes = {kind: [done for row, done in zip(rivals, hit, strict=True) if row[2] == kind]
               for kind in dict.fromkeys(row[2] for row in rivals)}
    return {"planted": len(rivals), "found": sum(hit), "recall": sum(hit) / len(hit), "harmless": len(friends),
            "fallen into": fallen, "precision": sum(hit) / max(sum(hit) + fallen, 1),
            "found by class": {kind: f"{sum(done)} of {len(done)}" for kind, done in classes.items()}}


def _between(rows: list[str], family: Family) -> tuple[Conflict, ...]:
    told = [Utterance(name_of("held", number, 0), "held", number, number + 1, text, witness=who, place=number,
                      to="mother" if who == "daughter" else "daughter", talk=str(number))
            for number, (who, text) in enumerate(row.split(": ", 1) for row in rows)]
    who = {each.id: mentions(each.text, family, each.witness, each.to, "dad") for each in told}
    stated = claims(told, mentions=who, times={each.id: when(each.text) for each in told}, subject="dad")
    return conflicts(stated, family)


def speed(many: int) -> dict:
    """Ten thousand made-up utterances, words of two letters put together at random."""
    chance = random.Random(0)
    letters = [chr(0x4e00 + 7 * number) for number in range(2000)]
    words = ["".join(chance.choices(letters, k=2)) for _ in range(4000)]
    ends = ("没去", "走了三百步", "是九三年", "在河边", "花了五块钱", "拿了两件")
    told = [Utterance(name_of("bench", number, 0), "bench", number, number + 1, "，".join(
        f"他{''.join(chance.choices(words, k=3))}{chance.choice(ends)}"
        for _ in range(3)) + "。", witness=chance.choice(["mother", "brother", "aunt"]), talk=str(number // 40))
        for number in range(many)]
    begun = time.process_time()
    made = claims(told, subject="dad")
    middle = time.process_time()
    found = conflicts(made)
    return {"utterances": many, "claims": len(made), "conflicts": len(found), "cpu s claims": middle - begun,
            "cpu s conflicts": time.process_time() - middle}


def main() -> None:
    """Measure and write results/people_conflicts.json."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--show", action="store_true", help="tell what was missed and what is false")
    ask.add_argument("--key", choices=FAMILIES, help="only this family; nothing is written")
    given = ask.parse_args()
    made = {family: quality(family, given.show) for family in ([given.key] if given.key else FAMILIES)}
    made = rounded(made if given.key else made | {"held out": held_out(), "speed": speed(10_000)})
    print(json.dumps(made, ensure_ascii=False, indent=1))
    before = {"recall": 0.195, "precision": 0.412, "traps fallen into": 2}
    if not given.key:
        write_result("people_conflicts", {"command": "python bench/people/bench_conflicts.py",
                                          "two fathers, before anybody looked": before,
                                          "held out, before the second round": HELD_BEFORE, **made})


if __name__ == "__main__":
    main()
