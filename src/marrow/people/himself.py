"""What he knows of himself and of who asks: told out of family.toml, with the lines it rests on.

Where witnesses say otherwise, that is told beside it: what somebody once wrote down outweighs nobody.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from marrow.people.family import MANY, ONE
from marrow.people.kin.terms import Lang, word
from marrow.people.kin.who import relation
from marrow.people.recorded import Fact, facts
from marrow.people.talking.himself import Asked, asked
from marrow.people.talking.ledger import Evidence, Found, Part, Sentence
from marrow.people.testimony import Utterance
from marrow.words import say

if TYPE_CHECKING:
    from marrow.people.archive import Archive
    from marrow.people.claims.conflicts import Side
    from marrow.people.family import Family
    from marrow.people.hearing import Hall, Manner

OWNER = re.compile(r"^(?:his|her|their|my|a|an|the)\s+", re.I)
NUMBERS = {"zh": "零一两三四五六七八九十", "en": "no one two three four five six seven eight nine ten".split()}
DATE = re.compile(r"\d|[一二三四五六七八九十〇零腊正冬闰][年月日号]|初[一二三四五六七八九十]|"
                  r"\b(?:first|second|third|jan|feb|mar|apr|may|june?|july?|aug|sept|oct|nov|dec)[a-z]*\b", re.I)
KIN = (*ONE, *MANY)
MONTHS = "January February March April May June July August September October November December".split()


def of_himself(archive: "Archive", words: str, person: str, asker: str, manner: "Manner",
               lang: Lang) -> Sentence | None:
    """The answer to who he is, who asks, and who is what to whom; None where that is not asked, or not written down.

    returns    told, with the lines of family.toml that it rests on; spoken to who asks
    test       every word of it stands in the family's tables or is worked out from them; no other asker gets it
    """
    what = asked(words, archive.family, person, asker)
    if what is None or not _may(archive, manner):
        return None
    told = _Told(archive.family, facts(archive), person, asker, lang)
    sentence, proofs = told.answer(what)
    if not sentence or not proofs:
        return None
    shown = {each.there.id: Evidence(each.there.id, 0, len(each.there.text), each.there.text) for each in proofs}
    return Sentence(sentence[:1].upper() + sentence[1:], "told", tuple(shown.values()))


def _may(archive: "Archive", manner: "Manner") -> bool:
    """Whether what the recorder wrote may be used: she consents, and is not left out."""
    recorder = archive.fact("recorder")
    return not recorder or (recorder in archive.willing(manner.purpose) - manner.without
                            and manner.view in ("", recorder))


class _Told:
    """Sentences out of the tables, from one person to another; each with the lines it rests on."""

    def __init__(self, family: "Family", lines: Sequence[Fact], person: str, asker: str, lang: Lang) -> None:
        self.family, self.lines, self.person, self.asker, self.lang = family, lines, person, asker, lang

    def answer(self, what: Asked) -> tuple[str, list[Fact]]:
        """The sentence, "" for none, and its lines."""
        if what.kind == "kin":
            return self._kin(what)
        if what.kind in ("asker", "his", "hers"):
            return getattr(self, f"_{what.kind}")()
        line = self._line(self.person, what.kind)
        if not line:
            return "", []
        value = str(line.value)
        return self._say(what.kind, value=dated(value, self.lang) if what.kind == "born" else value), [line]

    def _asker(self) -> tuple[str, list[Fact]]:
        name, line = self.family.members[self.asker].name, self._line(self.asker, "name")
        if not line:
            return "", []
        kin = self._word(self.person, self.asker)
        ties = self._ties(self.person, self.asker)
        return (self._say("asker_kin", name=name, kin=kin), [line, *ties]) if kin and ties else (
            self._say("asker", name=name), [line])

    def _his(self) -> tuple[str, list[Fact]]:
        return self._related("his", self.asker, self.person)

    def _hers(self) -> tuple[str, list[Fact]]:
        return self._related("hers", self.person, self.asker)

    def _related(self, key: str, ego: str, other: str) -> tuple[str, list[Fact]]:
        """What the other is to ego."""
        kin = self._word(ego, other)
        return (self._say(key, kin=kin), self._ties(ego, other)) if kin else ("", [])

    def _kin(self, what: Asked) -> tuple[str, list[Fact]]:
        proofs = [line for other in what.people for line in (*self._ties(what.ego, other),
                                                             *filter(None, [self._line(other, "name")]))]
        told = [self._named(each, what.ego) for each in what.people]
        listed = told[0] if len(told) == 1 else say("people.himself.and", self.lang).join(
            [say("people.reply.comma", self.lang).join(told[:-1]), told[-1]])
        owner = "his" if what.ego == self.person else "hers"
        key = ("married" if what.term == "married" else f"kins_{owner}" if len(told) > 1 else "only" if what.counted
               else f"kin_{owner}")
        term = what.term.replace(" or ", " and ")
        return self._say(key, term=term, people=listed, count=self._count(len(told))), proofs

    def _named(self, other: str, ego: str) -> str:
        """Somebody as he is spoken of to who asks, with his name: 你妈妈沈桂兰; the name alone where the sentence says
        already what he is.
        """
        from marrow.people.kin.address import refer

        member = self.family.members[other]
        made = refer(self.family, self.person, self.asker, other, self.lang)
        if other in (self.person, self.asker):
            return made
        if ego == self.asker or made in member.names or made.startswith(("我", "my ")):
            return member.name
        bare = made.removesuffix(member.given).strip()
        return say("people.himself.named", self.lang, who=bare, name=member.name) if bare else member.name

    def _word(self, ego: str, other: str) -> str:
        """What somebody is to ego in one word; of no kin, what ego's own table says; "" where that is not certain."""
        found = {word(each, self.lang) for each in relation(self.family, ego, other)}
        if found:
            return found.pop() if len(found) == 1 else ""
        tie = next((str(each.value[other]) for each in self._lines(ego, "tie") if each.names(other)), "")
        return OWNER.sub("", tie) if tie.isascii() == (self.lang == "en") else ""

    def _lines(self, person: str, key: str) -> list[Fact]:
        return [each for each in self.lines if (each.person, each.key) == (person, key)]

    def _line(self, person: str, key: str) -> Fact | None:
        return next(iter(self._lines(person, key)), None)

    def _ties(self, one: str, other: str) -> list[Fact]:
        """The lines that lead from one to another over parents, spouses, brothers and sisters; of no kin ego's tie."""
        came: dict[str, list[Fact]] = {one: []}
        for each in (border := [one]):
            for line, near in self._tied(each):
                if near not in came:
                    came[near] = [*came[each], line]
                    border.append(near)
        return came.get(other) or [line for line in self._lines(one, "tie") if line.names(other)]

    def _tied(self, one: str) -> Iterator[tuple[Fact, str]]:
        """Every line that ties somebody to kin next to him, and to whom."""
        for line in self.lines:
            if line.key in KIN and line.person == one:
                yield from ((line, each) for each in self.family.members if line.names(each))
            elif line.key in KIN and line.names(one):
                yield line, line.person

    def _count(self, number: int) -> str:
        return NUMBERS[self.lang][number] if number < len(NUMBERS[self.lang]) else str(number)

    def _say(self, key: str, **named: str) -> str:
        return say(f"people.himself.{key}", self.lang, **named)


def dated(written: str, lang: Lang) -> str:
    """A date of family.toml as it is said: 1955年3月2日, 2 March 1955; a lunar one as it was written."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", written.strip())
    if not found:
        return re.sub(r"^(\d{4})\s+(?=\D)", r"\1年", written.strip()) if lang == "zh" else written.strip()
    year, month, day = found.groups()
    if lang == "zh":
        return f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
    said = filter(None, (day and str(int(day)), month and MONTHS[(int(month) - 1) % 12], year))
    return ("on " if day else "in ") + " ".join(said)


def quoting(archive: "Archive", hall: "Hall", person: str, asker: str, lang: Lang) -> tuple[Found, ...]:
    """What was found, and where a witness reports his own words to who asks, those in the place of the sentence.

    returns    the same utterances; only sentences that could not be said in his voice are other than before
    test       nobody is handed words that were said to another
    """
    from marrow.people.kin.address import refer
    from marrow.people.mentions import part as within
    from marrow.people.talking.reported import heard

    def said(each: Found, part: Part) -> Part:
        there, marks = each.utterance, hall.known[each.utterance.id].mentions
        text = there.text[part.start:part.end]
        speech = None if part.voiced else heard(text, within(marks, part.start, part.end), person, asker, there.witness)
        if not speech:
            return part
        key = "said_by" if there.witness != asker else "said_to_you" if speech.to else "said"
        made = say(f"people.himself.{key}", lang, words=text[speech.start:speech.end].strip(),
                   who=refer(archive.family, person, asker, there.witness, lang))
        return replace(part, voiced=made[:1].upper() + made[1:])

    return tuple(replace(each, parts=tuple(said(each, part) for part in each.parts)) for each in hall.found)


def otherwise(archive: "Archive", own: Sentence, hall: "Hall", person: str, asker: str) -> list[tuple[Found, Part]]:
    """What witnesses said that cannot be so as well, and what they said themselves of the day he was born, where that
    is what he told.
    """
    from marrow.people.claims.conflicts import conflicts
    from marrow.people.disagreeing import stated
    from marrow.people.understanding import understood

    there = Utterance(own.evidence[0].utterance, "", 0, 0, own.words, person, asker, talk="family.0")
    claims = stated(archive, [*understood(archive, [there]), *hall.known.values()], person)
    against = {side.clause[:2] for each in conflicts(claims, archive.family) if _among(each.sides, there.id)
               for side in each.sides if not _among([side], there.id)}
    born = {(each.utterance, each.clause[0]) for each in claims
            if each.persons == (person,) and each.topic.get("@birth", 0) >= 1}
    born = born if any(id == there.id for id, _ in born) else set()
    return [(each, part) for each in hall.found for part in each.parts for id, start in sorted(against | born)
            if id == each.utterance.id and part.start <= start < part.end
            and ((id, start) in against or DATE.search(each.utterance.text, part.start, part.end))]


def _among(sides: "Sequence[Side]", id: str) -> bool:
    return any(id in voice.utterances for side in sides for voice in side.voices)
