"""Who is you? A witness's sentence said again by the person to whoever asks: how often, and is anybody ever mixed up?

    python bench/people/bench_address.py [--turns 6000]

Made-up turns: person x witness x whom she spoke to x who asks now x family x sentence x the words each is meant by
(pronoun, kin from either chair, name, nickname). The truth of every reference is chosen before the words, also
of 他 where two fit and of 你 in speech without quotation marks: whoever guesses there is caught half of the time.
What comes back is laid over the sentence's fixed parts and every reference read without `mentions`: 我 must be the
person, 你 the asker, kin and names whom `who` takes them for. Fixed parts must come back byte for byte. Among the
turns: every sentence of the brother's said to the daughter, and of the daughter's to him. Then how a reply opens.

The family of examples/two_fathers: references, hearsay against the key, and how many of the sentences about the father
can be said in his voice to each of four who may ask.
"""

import argparse
import json
import random
import re
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "tests" / "people")]

from household import household
from results import rounded, write_result

from marrow.people.archive import Archive, open_archive
from marrow.people.family import Family
from marrow.people.kin.address import address, term_for
from marrow.people.kin.who import who
from marrow.people.mentions import hearsay, mentions, part
from marrow.people.revoice import revoice
from marrow.people.testimony import Utterance

TESTIMONY = HERE.parents[2] / "examples" / "two_fathers" / "testimony"
KEY = HERE.with_name("two_fathers_key.json")
# P the person, W the witness, L whom she speaks to, X somebody else; lower case: by a pronoun where there is one.
# h is 他 or 她 for the person or for X, drawn at random; y is 你 inside speech without marks: L or W, drawn at random.
PLAIN = ("{P}下夜班，到了巷口{p}就下车，推着走。", "{P}牵着{l}，走了两百步。", "{w}在门里听见铃，就去点火。",
         "{l}那年七岁，{P}教{l}认字。", "{P}让{w}坐后座，{l}坐前杠。", "{w}跟{P}八〇年结的婚。",
         "{P}给{X}买了双鞋，花了3块6毛。", "{X}来的那天，{P}没下车。", "{P}的手{w}牵过，{l}也牵过。",
         "{P}把{X}背到二医院，{w}在后头跟着。", "九三年8月2号，{P}下河找{X}。", "{P}比{X}大，比{w}话少。",
         "{l}坐前头，{X}坐后头，{P}推着车。", "{w}记得{P}送{l}上学，下雨也送。", "{P}不会水，{X}教过一回。",
         "{P}欠{X}一百块，是{w}还的。", "{L}，{P}那天来接{l}。", "{P}叫{l}回家，{w}在门口等。", "{X}的车是{P}修的。",
         "{P}跟{X}吵过一架，{w}不知道。")
TRAPS = ("{X}病了。{P}背着，{h}一路哭。", "{X}跟{P}去了，{h}没进门。", "{P}说{y}别怕。",
         "{X}说{y}走得慢，{P}没听见。", "{P}打了{h}，{w}看见的。", "{X}来了，{h}没说话。",
         "{P}说，{y}先回去。{w}就走了。", "{w}说{y}赔多了，{P}没作声。", "{X}说{P}走得慢，{h}不会水。",
         "{h}走得慢，{w}数过。", "{X}骂{h}，{P}在旁边。", "{P}喊：“{y}回来！”{w}没听见。",
         "{P}带{l}去，{X}带{w}去，{h}先到。", "怕{P}摔着，{h}扶着车。")
ENGLISH = ("{P} walked home with {l} every day.", "{P} was tired and {w} saw it.", "{X} was six when {P} left.",
           "{P} held the bike and {w} held the lamp.", "{w} asked {P} about it in 1993.", "{X} gave {P} three coins.")


@dataclass(frozen=True)
class Turn:
    """A sentence with whom each of its references means."""

    family: Family
    witness: str
    listener: str
    person: str
    asker: str
    text: str
    fixed: tuple[str, ...]
    truth: tuple[str, ...]
    trap: bool


def families() -> list[Family]:
    """The family of the tests; with two elder brothers; of unknown ages; with a nickname that is kin; a shared one."""
    more = {"name": "大川", "sex": "male", "born": "1980", "father": "dad", "mother": "mother"}
    return [household(), household(other=more), household(other={**more, "born": ""}),
            household(brother={"also": ["弟弟", "Chuan"]}, other={**more, "born": "1990", "name": "小海"}),
            household(friend={"also": ["老陈", "Zhou"]}), household(daughter={"also": ["小满", "妹妹", "Man"]})]


def called(family: Family, draw: random.Random, speaker: str, listener: str, other: str, english: bool) -> str:
    """Words by which the speaker may mean somebody, drawn from all that fit."""
    if other == speaker:
        return "I" if english else "我"
    if other == listener:
        return "you" if english else "你"
    choices = [name for name in family.members[other].names if name.isascii() == english]
    for ego, owner in ((listener, "your " if english else "你"), (speaker, "my " if english else "我")):
        term = term_for(family, ego, other, "en" if english else "zh")
        named = any(term in name for name in family.members[other].names)
        choices += [owner + term] * 2 if not named and who(family, ego, term) == {other} else []
    return draw.choice(choices or [family.members[other].name])


def turn(family: Family, draw: random.Random, people: tuple[str, str, str, str], sentence: str) -> Turn | None:
    """One turn; None where its sentence needs somebody who is not there."""
    person, witness, listener, asker = people
    english, trap = sentence in ENGLISH, sentence in TRAPS
    sex = family.members[person].sex
    others = [id for id, each in family.members.items() if id not in (person, witness, listener)
              and (not trap or each.sex == sex)]
    if not others or person in (witness, listener):
        return None
    role = {"P": person, "W": witness, "L": listener, "X": draw.choice(others)}
    role |= {"H": draw.choice([person, role["X"]]), "Y": draw.choice([witness, listener])}
    if "{X}" not in sentence and role["H"] != person:
        role["H"] = person
    text, fixed, truth = "", [], []
    for piece in re.split(r"(\{\w\})", sentence):
        if not re.fullmatch(r"\{\w\}", piece):
            fixed.append(piece)
            text += piece
            continue
        one = role[piece[1].upper()]
        truth.append(one)
        pronoun = {"p": "他" if sex == "male" else "她", "h": "他" if sex == "male" else "她", "y": "你"}.get(piece[1])
        if piece == "{L}":
            pronoun = draw.choice([name for name in family.members[one].names if len(name) > 1 and not name.isascii()])
        word = pronoun or called(family, draw, witness, listener, one, english)
        text += word[0].upper() + word[1:] if english and not text else word
    return Turn(family, witness, listener, person, asker, text, tuple(fixed), tuple(truth), trap)


def turns(count: int) -> Iterator[Turn]:
    """All between brother and daughter first, then drawn ones."""
    draw, made = random.Random(0), 0
    held = families()
    for family in held:
        for people in (("dad", "brother", "daughter", "daughter"), ("dad", "brother", "daughter", "brother"),
                       ("dad", "daughter", "brother", "daughter"), ("dad", "brother", "mother", "daughter")):
            for sentence in (*PLAIN, *TRAPS, *ENGLISH):
                one = turn(family, draw, people, sentence)
                made += one is not None
                yield from [one] if one else []
    while made < count:
        family = draw.choice(held)
        people = (draw.choice(["dad", "dad", "dad", "mother", "friend", "gran", "uncle"]),
                  *(draw.choice(list(family.members)) for _ in range(3)))
        one = turn(family, draw, people, draw.choice((*PLAIN, *PLAIN, *TRAPS, *ENGLISH)))
        if one and one.witness != one.listener and one.asker != one.person:
            made += 1
            yield one


def meant(one: Turn, said: str) -> frozenset[str]:
    """Whom words mean from the person to the asker, read without `mentions`."""
    plain = said.removesuffix("'s")
    if plain.lower() in ("我", "i", "me", "my", "mine"):
        return frozenset({one.person})
    if plain.lower() in ("你", "you", "your"):
        return frozenset({one.asker})
    return one.family.named(plain) or who(one.family, one.person, plain, you=one.asker)


def faults(one: Turn, made: str) -> list[str]:
    """What is wrong with a sentence that came back."""
    pattern = "(.+?)".join(re.escape(each) for each in one.fixed)
    found = re.fullmatch(pattern, re.sub(r"\bwere\b", "was", made))
    if not found:
        return ["changed"]
    wrong = []
    for truth, said in zip(one.truth, found.groups(), strict=True):
        if said in ("他", "她"):
            wrong += ["he"] if truth in (one.person, one.asker) else []
        elif meant(one, said) != {truth}:
            wrong.append("you" if meant(one, said) == {one.asker} else "person")
    return wrong


def generated(count: int) -> dict:
    """Figures of the made-up turns."""
    tally: Counter = Counter()
    examples = []
    begun = time.process_time()
    for one in turns(count):
        marks = mentions(one.text, one.family, one.witness, one.listener, one.person)
        made = revoice(one.text, one.family, one.witness, one.listener, one.person, one.asker, marks)
        kind = "trap" if one.trap else "plain"
        tally[f"{kind} turns"] += 1
        tally[f"{kind} said"] += made is not None
        for wrong in faults(one, made) if made else []:
            tally[f"wrong {wrong}"] += 1
            examples.append((one.witness, one.listener, one.person, one.asker, one.text, made, one.truth))
    seconds = time.process_time() - begun
    hailed = [(family, person, asker) for family in families() for person in family.members
              for asker in family.members if asker != person]
    amiss = [each for each in hailed if not _hailed(*each, address(*each))]
    return {"turns": tally["plain turns"] + tally["trap turns"], **dict(sorted(tally.items())),
            "wrong": sum(number for key, number in tally.items() if key.startswith("wrong")),
            "milliseconds each": 1000 * seconds / count, "addresses": len(hailed), "wrong addresses": len(amiss),
            "examples": examples[:12], "amiss": [(each[1], each[2], address(*each)) for each in amiss[:12]]}


def _hailed(family: Family, speaker: str, listener: str, said: str) -> bool:
    """Whether a form of address is right: a name, his kin, or what his wife calls her own."""
    mates = (speaker, *family.spouses(speaker))
    return listener in family.named(said) or any(listener in who(family, each, said) for each in mates)


def utterances(archive: Archive) -> list[Utterance]:
    """Everything the example's family said."""
    archive.meet(tomllib.loads((TESTIMONY / "family.toml").read_text("utf-8")))
    for path in sorted(TESTIMONY.rglob("*")):
        if path.suffix in (".txt", ".srt", ".vtt", ".csv", ".json") and "questionnaire" not in path.name:
            archive.add(path)
    return list(archive.utterances())


def example() -> dict:
    """Figures of the family of the film."""
    with tempfile.TemporaryDirectory() as folder, open_archive(Path(folder) / "people.sqlite", new=True) as archive:
        said = utterances(archive)
        family, key = archive.family, json.loads(KEY.read_text("utf-8"))
        return {"utterances": len(said), "references": references(key["kin"], archive, said),
                "hearsay": chains(key["hearsay"], family, said),
                "said in his voice": {asker: voiced(archive, family, said, asker)
                                      for asker in ("daughter", "brother", "mother", "zhou")}}


def one_of(said: list[Utterance], text: str) -> Utterance | None:
    """The utterance a line of the key names."""
    return next((each for each in said if each.text == text), None)


def references(rows: list[dict], archive: Archive, said: list[Utterance]) -> dict:
    """Of the key's references: found and certain, and certain but wrong."""
    tally: Counter = Counter()
    wrong, family = [], archive.family
    for row in rows:
        known = set(row["persons"]) <= family.members.keys()
        tally["all"] += known
        stands = one_of(said, row["text"]) if known else None
        before = [(one.witness, one.text) for one in archive.before(stands, 6)] if stands else []
        found = [each for each in mentions(row["text"], family, row["speaker"], row["listener"], "dad", before)
                 if each.words == row["words"]][:1] if known else []
        tally["found"] += bool(found)
        tally["held"] += any(set(row["persons"]) & each.persons for each in found)
        for each in found:
            right = each.persons == set(row["persons"])
            tally["certain and right"] += each.sure and right
            if each.sure and not right:
                tally["certain and wrong"] += 1
                wrong.append((row["file"], row["text"], row["words"], row["persons"], sorted(each.persons)))
    return {**dict(sorted(tally.items())), "wrong": wrong}


def chains(rows: list[dict], family: Family, said: list[Utterance]) -> dict:
    """Of the key's hearsay: the nearest teller found; and how much of the rest is taken for hearsay."""
    told = {row["text"]: [each["through"] for each in rows if each["text"] == row["text"]] for row in rows}
    speakers = {row["text"]: row["witness"] for row in rows}
    found = {each.text: hearsay(each.text, family, speakers.get(each.text, each.witness), each.to, "dad")
             for each in said}
    nearest = [text for text, ways in told.items() if found.get(text, ())[:1] in [tuple(way[:1]) for way in ways]]
    other = [text for text, through in found.items() if through and text not in told]
    return {"all": len(told), "nearest right": len(nearest), "taken for hearsay": len(other),
            "of": len(found) - len(told),
            "missed": [(text, found.get(text)) for text in told if text not in nearest], "others": other}


def voiced(archive: Archive, family: Family, said: list[Utterance], asker: str) -> dict:
    """Of sentences that name the father or speak of him as 他: how many can be said in his voice."""
    tally: Counter = Counter()
    lines = []
    for each in said:
        if not each.witness or each.witness in ("dad",):
            continue
        before = [(one.witness, one.text) for one in archive.before(each, 6)]
        marks = mentions(each.text, family, each.witness, each.to, "dad", before)
        for found in re.finditer(r"[^。！？!?\n]+[。！？!?\n]*", each.text):
            inside = part(marks, *found.span())
            if not any("dad" in mark.persons for mark in inside):
                continue
            tally["sentences"] += 1
            made = revoice(found[0], family, each.witness, each.to, "dad", asker, inside)
            tally["said"] += made is not None
            lines.append((each.witness, each.to, found[0], made))
    return {**tally, "share": tally["said"] / max(tally["sentences"], 1), "lines": lines}


def counts(figures: dict) -> dict:
    """The figures without the sentences they were counted on."""
    return {key: counts(each) if isinstance(each, dict) else each for key, each in figures.items()
            if not isinstance(each, list)}


def main() -> None:
    """Measure, print, and write the figures down."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--turns", type=int, default=6000)
    arguments.add_argument("--lines", action="store_true", help="print every sentence and what became of it")
    asked = arguments.parse_args()
    figures = {"generated": generated(asked.turns), "two fathers": example()}
    if not asked.lines:
        figures = counts(figures)
        write_result("people_address", rounded(figures))
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
