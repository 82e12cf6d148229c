"""The next interview on the command line: whom to ask what and why; questionnaires side by side."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.words import language, say

if TYPE_CHECKING:
    from marrow.people.agreement import Estimate
    from marrow.people.archive import Archive
    from marrow.people.planner import Asking, Ground
    from marrow.people.questionnaire import Answers, Beside, Comparison, Difference, Instrument, Item
    from marrow.people.testimony import Utterance

FEW = 3      # questions for each witness, where nobody in particular is asked; items of a trait
STORIES = 2  # of each witness
SCARCE = 8   # people who are named as hardly told of
ALONE = "骂打哭笑烦冷闷乱躲急吵书画歌"  # letters that are a story by themselves; others stand in too many words
SOUGHT = 12  # utterances that may be stories, looked at closer


def questions(witness: str = "", *, picture: str = "") -> Iterator[str]:
    """Plan the next interview: ten questions for one witness, each with its reason; or what is thin, and three each.

    witness    an id or a name; without one everybody who can be asked
    picture    a .png to draw years and witnesses into
    """
    from marrow.people import planner
    from marrow.people.archive import open_archive

    with open_archive(write=False) as archive:
        read = planner.ground(archive)
        if witness:
            yield from _interview(archive, read, archive.person(witness), planner.MOST)
        else:
            yield from _thin(archive, read)
            for who in read.covered.witnesses:
                if planner.living(archive.family, who):
                    yield ""
                    yield from _interview(archive, read, who, FEW)
        if picture:
            yield say("people.plan.drawn", path=_draw(archive, read, Path(picture)))


def _interview(archive: "Archive", read: "Ground", who: str, most: int) -> Iterator[str]:
    """One witness's questions."""
    from marrow.people import planner

    name = _called(archive, who)
    if not planner.living(archive.family, who):
        yield say("people.plan.dead", name=name)
        return
    found = planner.plan(archive, who, read=read)[:most]
    yield say("people.plan.head" if found else "people.plan.none", name=name)
    for number, each in enumerate(found, 1):
        yield from _asking(archive, number, each)


def _called(archive: "Archive", who: str) -> str:
    """A witness by name, and how whoever collects testimony calls him to his face."""
    from marrow.people import showing
    from marrow.people.kin.address import address

    name, recorder = showing.called(archive, who), archive.fact("recorder")
    word = address(archive.family, recorder, who, language()) if recorder not in ("", who) else name
    return name if word == name else say("people.plan.called", name=name, address=word)


def _asking(archive: "Archive", number: int, each: "Asking") -> Iterator[str]:
    from marrow.people import showing

    yield say("people.plan.line", number=number, words=each.words)
    yield say("people.plan.reason", reason=each.reason.tell())
    for there in islice(archive.get(each.utterances).values(), FEW):
        yield say("people.plan.from", id=there.id[:8], place=showing.place(archive, there))


def _thin(archive: "Archive", read: "Ground") -> Iterator[str]:
    """What is thin: years, people, themes."""
    from marrow.people import coverage, showing
    from marrow.people.desk import near

    covered = read.covered
    years = [say("people.plan.year" if first == last else "people.plan.years", first=first, last=last)
             for first, last in coverage.thin(covered)]
    yield say("people.plan.thin", years="  ".join(years)) if years else say("people.plan.thin_none")
    told = {id: sum(held.get(id, 0) for held in covered.people.values())
            for id in near(archive.family, covered.subject)}
    scarce = sorted(told, key=lambda id: (told[id], id))[:SCARCE]
    if scarce:
        yield say("people.plan.people", people="  ".join(
            say("people.plan.people_of", name=showing.called(archive, id), count=told[id]) for id in scarce))
    themes = {name: sum(held.get(name, 0) for held in covered.themes.values()) for name in coverage.themes()}
    yield say("people.plan.themes", themes="  ".join(
        say("people.plan.people_of", name=say(f"people.theme.{name}"), count=themes[name])
        for name in sorted(themes, key=lambda name: (themes[name], name))[:FEW]))


def _draw(archive: "Archive", read: "Ground", path: Path) -> Path:
    from marrow import forms
    from marrow.media import Photo
    from marrow.people.coverage_picture import coverage_picture

    forms.write(Photo(coverage_picture(archive, read=read)), path)
    return path


def agree(instrument: str = "") -> Iterator[str]:
    """Hold questionnaires side by side: each witness's scores, how far they agree, what parts them; never a mean.

    instrument    which; without one all that were filled in
    """
    from marrow.people import answers, questionnaire, showing
    from marrow.people.archive import open_archive

    with open_archive(write=False) as archive:
        groups: dict[tuple[str, str], list[Answers]] = {}
        for each in answers.kept(archive, instrument):
            groups.setdefault((each.instrument, each.person), []).append(each)
        if not groups:
            yield say("people.agree.none")
        for (key, person), held in groups.items():
            asked = questionnaire.instrument(key)
            yield say("people.agree.head", instrument=asked.names.get(language(), key),
                      person=showing.called(archive, person))
            yield from _compared(archive, asked, held)


def _compared(archive: "Archive", asked: "Instrument", held: "list[Answers]") -> Iterator[str]:
    """One questionnaire about one person."""
    from marrow.contents import told
    from marrow.people import questionnaire

    found = questionnaire.compare(asked, held)
    names = {trait.key: trait.names.get(language(), trait.key) for trait in asked.traits}
    for trait in found.traits:
        yield ""
        yield say("people.agree.trait", trait=names[trait.trait])
        yield from _trait(archive, asked, found, trait)
    yield ""
    yield from _types(archive, found)
    if len(held) > 1:
        yield _estimate("people.agree.whole", found.agreement)
    yield from told(found.remarks)


def _trait(archive: "Archive", asked: "Instrument", found: "Comparison", trait: "Beside") -> Iterator[str]:
    """A trait: who scores it how, how far they agree, the items that part them most."""
    from marrow.people import showing

    for who, score in trait.scores.items():
        yield say("people.agree.score", who=showing.called(archive, who), value=_figure(score.value),
                  low=_figure(score.low), high=_figure(score.high), answered=score.answered, of=score.of)
    if len(trait.scores) > 1:
        yield _estimate("people.agree.alpha", trait.agreement)
    items = {item.key: item for item in asked.items}
    for each in [each for each in trait.differences if each.apart > 1][:FEW]:
        yield from _item(archive, asked, items[each.item], each, found.person)
    yield from _stories(archive, asked, trait, found.person)


def _item(archive: "Archive", asked: "Instrument", item: "Item", each: "Difference", person: str) -> Iterator[str]:
    """An item that parts them: each witness's answer, and what he tells that bears on it."""
    from marrow.people import showing

    member = archive.family.members.get(person)
    she = bool(member) and member.sex == "female"
    pronoun = say("people.ask.she.he" if she else "people.ask.he.he")
    yield say("people.agree.item", item=item.ask(language(), pronoun, she=she))
    marks = asked.marks.get(language(), ())
    for who, value in each.values.items():
        place = round(value - asked.low)
        mark = marks[place] if place < len(marks) and value == asked.low + place else ""
        yield say("people.agree.answer", who=showing.called(archive, who), value=f"{value:g}", mark=mark).rstrip()
        for there in stories(archive, who, each.search, person)[:STORIES]:
            yield say("people.agree.story", id=there.id[:8], words=there.text)


def _stories(archive: "Archive", asked: "Instrument", trait: "Beside", person: str) -> Iterator[str]:
    """What each witness tells that bears on a trait."""
    import tomllib

    from marrow.people import showing

    table = tomllib.loads(Path(__file__).with_name("stories.toml").read_text("utf-8"))
    words = table.get(trait.trait, "").split() or [
        word for item in asked.items if item.trait == trait.trait for word in item.search]
    for who in trait.scores:
        for there in stories(archive, who, words, person)[:STORIES]:
            yield say("people.agree.bears", who=showing.called(archive, who), id=there.id[:8], words=there.text)


def stories(archive: "Archive", witness: str, words: Sequence[str], person: str) -> "list[Utterance]":
    """What a witness tells of somebody in which the words stand, the most of them first; nothing sealed, no questions.

    test    only the witness's own words, each with one of the words that were given
    """
    from marrow.people.coverage import people_in
    from marrow.people.finding.tokens import fold
    from marrow.people.understanding import understood

    wanted = [fold(word) for word in words if len(word) > 1 or word in ALONE]
    found = []
    for each in archive.utterances("witness = ? and sealed = 0", (witness,)):
        text = fold(each.text)
        held = sum(word in text for word in wanted)
        found += [(-held, len(found), each)] if held and not text.rstrip().endswith(("?", "？")) else []
    best = [each for _, _, each in sorted(found, key=lambda one: one[:2])[:SOUGHT]]
    return [each.utterance for each in understood(archive, best) if witness == person or person in people_in(each)]


def _types(archive: "Archive", found: "Comparison") -> Iterator[str]:
    """Letters as chances, the likeliest types of each witness."""
    from marrow.people import showing

    for who, chances in found.chances.items():
        types = "  ".join(f"{name} {share:.0%}" for name, share in islice(chances.types.items(), FEW))
        yield say("people.agree.chances", who=showing.called(archive, who), types=types)


def _estimate(key: str, found: "Estimate") -> str:
    if found.value != found.value:
        return say("people.agree.alpha_none")
    if found.low != found.low:
        return say(f"{key}_bare", value=_figure(found.value))
    return say(key, value=_figure(found.value), low=_figure(found.low), high=_figure(found.high))


def _figure(value: float) -> str:
    return "–" if value != value else f"{value:.2f}".replace("-", "−")
