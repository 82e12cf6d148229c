"""Questionnaires as data: what is asked, what each witness answered, where they agree and where they differ.

Every figure here is one witness's own, or says how far apart witnesses are. Nothing is ever taken in the middle.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marrow.contents import Remark
from marrow.errors import InputError, near
from marrow.people.agreement import Estimate, alpha, icc, profile

if TYPE_CHECKING:
    from numpy import ndarray

SHIPPED = Path(__file__).parent / "instruments"
INFORMANTS = 0.3  # how far two who know a person agree on a trait: .29 to .35, Collabra: Psychology 7, 2021


@dataclass(frozen=True)
class Item:
    """One thing that is asked.

    reversed     a high answer means little of the trait
    words        "zh", "en" of oneself, "en_other" of somebody else; with "_against" the right side of a pair
    search       words that stories behind an answer may hold
    """

    key: str
    trait: str
    reversed: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    search: tuple[str, ...] = ()

    def ask(self, lang: str, who: str = "", *, she: bool = False) -> str:
        """The item in words: of oneself, or of `who` as the witness calls him: "他", "你爸", "my brother".

        test    no blank is left, in both languages, of oneself and of others
        """
        own = {"who": who or ("我" if lang == "zh" else "I"), "their": "her" if she else "his",
               "them": "her" if she else "him", "self": "herself" if she else "himself"}
        side = self.words.get(f"{lang}_other") if who else None
        text = (side or self.words.get(lang) or next(iter(self.words.values()), "")).format_map(own)
        against = self.words.get(f"{lang}_against", "")
        text = text[:1].upper() + text[1:] if lang == "en" and not against else text
        return f"{text} ←→ {against}" if against else text


@dataclass(frozen=True)
class Trait:
    """What items ask for together.

    letters     for questionnaires of types: the letter of low answers, then of high ones
    """

    key: str
    names: Mapping[str, str] = field(default_factory=dict)
    letters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Instrument:
    """A questionnaire.

    low, high    the least and the greatest answer
    marks        what each answer means, by language, from low to high
    """

    key: str
    low: float
    high: float
    traits: tuple[Trait, ...]
    items: tuple[Item, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def keyed(self, item: Item, value: float) -> float:
        """An answer turned so that more means more of the trait, or the second letter."""
        return self.low + self.high - value if item.reversed else value


@dataclass(frozen=True)
class Answers:
    """What one witness answered about one person.

    values    item -> answer; what was left open is not in it
    """

    instrument: str
    witness: str
    person: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class Score:
    """One witness's score of one trait, on the questionnaire's own scale.

    low, high    where it would lie, 19 of 20 times, with other items of the same kind; nan below two answers
    answered     how many items it rests on, of how many
    """

    value: float
    low: float
    high: float
    answered: int
    of: int


@dataclass(frozen=True)
class Difference:
    """An item and how far apart the witnesses are.

    values    witness -> answer as it was given
    apart     the greatest answer less the least
    search    words to look for the stories behind the answers
    """

    item: str
    values: Mapping[str, float]
    apart: float
    search: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """One trait, witness beside witness.

    agreement      Krippendorff's alpha over its items, ordinal
    differences    its items, where they differ most first
    """

    trait: str
    scores: Mapping[str, Score]
    agreement: Estimate
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Pair:
    """Two witnesses' answers over all items.

    alike    how their answers rise and fall together
    own      the same without what the other witnesses share; nan where there are none
    """

    one: str
    other: str
    alike: Estimate
    own: Estimate


@dataclass(frozen=True)
class Comparison:
    """What several witnesses answered about one person, side by side.

    agreement    alpha over all items; icc: one witness's answers, of witnesses like these (ICC 2,1)
    chances      witness -> letters and types with their chances; empty for questionnaires without letters
    remarks      what is to be expected of two who know the same person
    """

    person: str
    instrument: str
    traits: tuple[Beside, ...]
    agreement: Estimate
    icc: Estimate
    pairs: tuple[Pair, ...]
    chances: Mapping[str, Chances] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Chances:
    """A witness's answers as letters and as types, each with its chance; the most likely first, none the result."""

    letters: Mapping[str, float]
    types: Mapping[str, float]


def instruments() -> tuple[str, ...]:
    """The questionnaires that come with Marrow."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def instrument(name: str) -> Instrument:
    """A questionnaire that comes with Marrow.

    raises    InputError  where there is none of that name
    """
    if name not in instruments():
        raise InputError("people.questionnaire_unknown", name=name, choices=near(name, instruments()))
    return read_instrument(SHIPPED / f"{name}.toml")


def read_instrument(path: Path | str) -> Instrument:
    """Read a questionnaire: TOML as those in people/instruments/, or JSON with "questions" and "categories".

    raises    InputError  where it cannot be read, or an item has no trait
    test      those that come with Marrow; two JSON files of others
    """
    found = _read(Path(path))
    try:
        made = _of_questions(found) if "questions" in found else _of_items(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("people.questionnaire_wrong", path=str(path), part=str(error)) from error
    traits = {each.key for each in made.traits}
    for item in made.items:
        if item.trait not in traits:
            raise InputError("people.questionnaire_wrong", path=str(path), part=item.key)
    return made


def _read(path: Path) -> dict[str, Any]:
    """A TOML or JSON file as a table."""
    try:
        text = path.read_text("utf-8-sig")
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise InputError("people.questionnaire_read", path=str(path), cause=str(error)) from error
    if not isinstance(found, dict):
        raise InputError("people.questionnaire_read", path=str(path), cause=type(found).__name__)
    return found


def _of_items(found: Mapping[str, Any]) -> Instrument:
    said = ("key", "trait", "reversed", "search")
    items = tuple(Item(row["key"], row["trait"], bool(row.get("reversed")),
                       {name: text for name, text in row.items() if name not in said},
                       tuple(row.get("search", ()))) for row in found["items"])
    traits = tuple(Trait(row["key"], {lang: row[lang] for lang in ("zh", "en") if lang in row},
                         tuple(row.get("letters", ()))) for row in found["traits"])
    return Instrument(found["key"], float(found["low"]), float(found["high"]), traits, items,
                      {lang: found[lang] for lang in ("zh", "en") if lang in found},
                      {lang: tuple(found[f"marks_{lang}"]) for lang in ("zh", "en") if f"marks_{lang}" in found})


def _of_questions(found: Mapping[str, Any]) -> Instrument:
    """Numbered questions, the traits as lists of numbers."""
    traits = {str(number): group["cat_name"] for group in found["categories"] for number in group["cat_questions"]}
    back = {str(number) for number in found.get("reverse", ())}
    low, high = found["range"]
    items = tuple(Item(number, traits[number], number in back, {"zh": row["origin_zh"], "en": row["origin_en"]})
                  for number, row in found["questions"].items())
    return Instrument(found["name"], float(low), float(high), tuple(Trait(name, {"en": name})
                      for name in dict.fromkeys(traits.values())), items, {"en": found.get("full_name", found["name"])})


def read_answers(path: Path | str, asked: Instrument | None = None) -> Answers:
    """Read what one witness answered: TOML, JSON, or CSV of two columns.

    It says the instrument, the witness and the person, then an answer for each item; in TOML and JSON the answers
    stand in a table "answers". An empty answer, "-" or 不知道 leaves the item open.

    asked      the questionnaire, where it is not one that comes with Marrow
    raises     InputError  where it cannot be read, the head is missing, an item is unknown, an answer is off the scale
    test       the same answers from all three forms; each refusal
    """
    path = Path(path)
    return filled(_read_rows(path) if path.suffix.lower() == ".csv" else _read(path), path, asked)


def filled(found: Mapping[str, Any], path: Path, asked: Instrument | None = None) -> Answers:
    """Answers from a head and a table "answers", as they stood in a file; raises as `read_answers`."""
    head = {name: str(found.get(name, "")).strip() for name in ("instrument", "witness", "person")}
    for name, text in head.items():
        if not text:
            raise InputError("people.answers_head", path=str(path), name=name)
    given = found.get("answers", {})
    if not isinstance(given, dict):
        raise InputError("people.answers_head", path=str(path), name="answers")
    held = asked or instrument(head["instrument"])
    items = {each.key: each for each in held.items}
    values: dict[str, float] = {}
    for key, answer in given.items():
        if key not in items:
            raise InputError("people.answers_item", path=str(path), item=key, choices=near(key, items))
        value = _value(answer)
        if value is not None and not held.low <= value <= held.high:
            raise InputError("people.answers_value", path=str(path), item=key, value=str(answer),
                             low=f"{held.low:g}", high=f"{held.high:g}")
        if value is not None:
            values[key] = value
    return Answers(held.key, head["witness"], head["person"], values)


def _read_rows(path: Path) -> dict[str, Any]:
    """A CSV of two columns: the head's names, then items."""
    import csv

    try:
        rows = [row for row in csv.reader(path.read_text("utf-8-sig").splitlines()) if any(row)]
    except (OSError, ValueError, csv.Error) as error:
        raise InputError("people.questionnaire_read", path=str(path), cause=str(error)) from error
    pairs = {row[0].strip(): (row[1].strip() if len(row) > 1 else "") for row in rows}
    head = {name: pairs.pop(name) for name in ("instrument", "witness", "person") if name in pairs}
    return {**head, "answers": {key: value for key, value in pairs.items() if key not in ("item", "题")}}


def _value(answer: object) -> float | None:
    """A number; None for what was left open; infinity for what is neither."""
    if answer is None or str(answer).strip().lower() in ("", "-", "?", "？", "不知道", "unknown"):
        return None
    try:
        value = float(str(answer))
    except ValueError:
        return math.inf
    return math.inf if math.isnan(value) else value


def score(asked: Instrument, answers: Answers) -> dict[str, Score]:
    """One witness's score of each trait, with its interval.

    test    all answers alike give just that score; turning every item of a trait round mirrors it
    """
    return {trait.key: _score(asked, trait.key, answers) for trait in asked.traits}


def _keyed(asked: Instrument, trait: str, answers: Answers) -> list[float]:
    return [asked.keyed(item, answers.values[item.key]) for item in asked.items
            if item.trait == trait and item.key in answers.values]


def _score(asked: Instrument, trait: str, answers: Answers) -> Score:
    from scipy.special import stdtrit

    found, of = _keyed(asked, trait, answers), sum(item.trait == trait for item in asked.items)
    if not found:
        return Score(math.nan, math.nan, math.nan, 0, of)
    value, error = _centre(found)
    if len(found) < 2:
        return Score(value, math.nan, math.nan, len(found), of)
    reach = float(stdtrit(len(found) - 1, 0.975)) * error
    return Score(value, max(value - reach, asked.low), min(value + reach, asked.high), len(found), of)


def _centre(found: Sequence[float]) -> tuple[float, float]:
    """The middle of one witness's answers and its standard error, with what whole steps round away (1/12)."""
    value = math.fsum(found) / len(found)
    spread = math.fsum((each - value) ** 2 for each in found) / max(len(found) - 1, 1) + 1 / 12
    return value, math.sqrt(spread / len(found))


def chances(asked: Instrument, answers: Answers) -> Chances:
    """How likely each letter and each type is, by one witness's answers.

    A letter's chance is that of the witness's answers leaning its way if other pairs of the same kind had been asked;
    an axis without answers is even. A type's chance is the product of its letters'.

    test    chances of an axis add up to 1, those of the sixteen types too; mirrored answers swap the letters
    """
    axes = [(trait, _leaning(asked, trait.key, answers)) for trait in asked.traits if len(trait.letters) == 2]
    letters = {letter: part for trait, high in axes
               for letter, part in zip(trait.letters, (1 - high, high), strict=True)}
    types = {"".join(made): math.prod(letters[letter] for letter in made)
             for made in product(*(trait.letters for trait, _ in axes))} if axes else {}
    return Chances(letters, dict(sorted(types.items(), key=lambda each: (-each[1], each[0]))))


def _leaning(asked: Instrument, trait: str, answers: Answers) -> float:
    """The chance that the answers lean to the high side."""
    from scipy.special import stdtr

    found = _keyed(asked, trait, answers)
    if not found:
        return 0.5
    value, error = _centre(found)
    return float(stdtr(max(len(found) - 1, 1), (value - (asked.low + asked.high) / 2) / error))


def apart(agreement: float = INFORMANTS, axes: int = 4) -> float:
    """The chance that two witnesses who agree by this correlation on each axis arrive at different types.

    source    Sheppard's formula for the quadrants of the normal law
    test      .87 at .3, .69 at .7, .46 at .9; 0 at 1 and 15/16 at 0
    """
    return 1 - (0.5 + math.asin(agreement) / math.pi) ** axes


def compare(asked: Instrument, answers: Sequence[Answers]) -> Comparison:
    """Put what several witnesses answered about one person side by side.

    raises    InputError  where they are about several persons or questionnaires, or one witness answers twice
    test      no figure in it lies between the witnesses' own; the order of the witnesses changes no figure
    """
    import numpy as np

    _check(asked, answers)
    table = np.array([[asked.keyed(item, each.values[item.key]) if item.key in each.values else math.nan
                       for each in answers] for item in asked.items], float).reshape(len(asked.items), len(answers))
    given = {each.witness: score(asked, each) for each in answers}
    traits = tuple(Beside(trait.key, {name: scores[trait.key] for name, scores in given.items()},
                          alpha(table[[item.trait == trait.key for item in asked.items]]),
                          _differences(asked, trait.key, answers)) for trait in asked.traits)
    types = {each.witness: chances(asked, each) for each in answers} if any(t.letters for t in asked.traits) else {}
    return Comparison(answers[0].person, asked.key, traits, alpha(table), icc(table),
                      _pairs(table, answers), types, _expected(asked, len(answers)))


def _check(asked: Instrument, answers: Sequence[Answers]) -> None:
    if not answers:
        raise InputError("people.answers_none")
    names = [each.witness for each in answers]
    for each in answers:
        if (each.instrument, each.person) != (asked.key, answers[0].person):
            raise InputError("people.answers_mixed", witness=each.witness, person=each.person,
                             instrument=each.instrument)
        if names.count(each.witness) > 1:
            raise InputError("people.answers_twice", witness=each.witness)


def _differences(asked: Instrument, trait: str, answers: Sequence[Answers]) -> tuple[Difference, ...]:
    """The items of a trait that two witnesses answered, where they differ most first."""
    made = []
    for item in asked.items:
        values = {each.witness: each.values[item.key] for each in answers if item.key in each.values}
        if item.trait == trait and len(values) > 1:
            made.append(Difference(item.key, values, max(values.values()) - min(values.values()), item.search))
    return tuple(sorted(made, key=lambda each: -each.apart))


def _pairs(table: ndarray, answers: Iterable[Answers]) -> tuple[Pair, ...]:
    names = [each.witness for each in answers]
    return tuple(Pair(names[one], names[other], profile(table, one, other), profile(table, one, other, own=True))
                 for one, other in combinations(range(len(names)), 2))


def _expected(asked: Instrument, many: int) -> tuple[Remark, ...]:
    """What to expect of two who know the same person, said before anybody wonders."""
    axes = sum(len(trait.letters) == 2 for trait in asked.traits)
    if many < 2:
        return ()
    usual = Remark("people.witnesses_differ", {"agreement": f"{INFORMANTS:g}"})
    return (usual, Remark("people.types_differ", {"share": round(100 * apart(axes=axes))})) if axes else (usual,)
