"""Let the person say himself what a witness said of him: 他下车 becomes 我下车, and nothing but the persons changes.

A witness speaks to one person, the person answers another; so every 我, 你, 他 and every word of kin is settled
first, then said anew from the person to whoever asks. Where one is not certain there is no sentence: the caller quotes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from marrow.people.family import Family
from marrow.people.mentions import Mention, hearsay, mentions
from marrow.people.reference import english
from marrow.people.reference.resolving import called
from marrow.people.reference.speech import PAUSES, STOPS, bounds, quotes
from marrow.people.reference.spotting import folded, unfolded, words
from marrow.people.reference.telling import subject

SECOND, GROUPS = ("你", "您", "妳"), ("你们", "您们", "妳们")
FIRST, OWNERS = ("i", "me", "my", "mine", "myself"), ("my", "your", "his", "her")
THIRD = ("他", "她", "he", "him", "his", "himself", "she", "her", "hers", "herself")


@dataclass(frozen=True)
class _Talk:
    """A sentence, who said it to whom, and who is to say it to whom."""

    text: str
    family: Family
    witness: str
    listener: str
    person: str
    asker: str
    marks: Sequence[Mention]


def revoice(text: str, family: Family, witness: str, listener: str, person: str, asker: str,
            marks: Sequence[Mention] | None = None) -> str | None:
    """Say a witness's sentence in the person's own voice to whoever asks; None where it has to be quoted.

    witness, listener    who said it to whom
    person, asker        who is to say it to whom
    marks                the mentions of `text`, found with the talk before it and whom it is about; without them 他 is
                         certain only where the text itself names him
    returns              the text with its references changed (in English also the verb beside one), all else byte
                         for byte; None where a reference is not certain, nobody is seen to act, it is known by hearsay
                         only, or only the witness can say it ("好像", "他老人家")
    test                 every reference of what comes back means, from the person to the asker, whom it meant before;
                         no 你 is anybody but the asker
    """
    if not {witness, person, asker} <= family.members.keys() or person == asker:
        return None
    found = mentions(text, family, witness, listener) if marks is None else tuple(marks)
    talk = _Talk(text, family, witness, listener, person, asker, found)
    if not _tellable(talk):
        return None
    parts = [_said(talk, each) for each in found]
    if any(part is None for part in parts):
        return None
    made, spans = _put(text, found, parts)
    return made if _same(talk, made, spans) else None


def _tellable(talk: _Talk) -> bool:
    """Whether the person can say it at all: seen by the witness, stated and not asked, and with somebody who acts."""
    plain, table = folded(talk.text), words()["revoice"]
    if any(_doubted(plain, doubt) for doubt in table["doubts"].split()):
        return False
    if any(plain.startswith(tuple(table["fixed"].split()), each.end) for each in talk.marks):
        return False
    if plain.rstrip(" ”\"」』\n").endswith(tuple(table["asks"].split())):
        return False
    if talk.listener == talk.person and any(each in plain for each in table["bids"].split()):
        return False
    return _grounded(talk) and not hearsay(talk.text, talk.family, talk.witness, talk.listener)


def _doubted(text: str, doubt: str) -> bool:
    """Whether a word of doubt is in it; "大概两百步" only counts steps."""
    at = text.find(doubt)
    behind = text[at + len(doubt):at + len(doubt) + 1]
    return at >= 0 and (not behind or behind not in "一二两三四五六七八九十百千几半有0123456789")


def _grounded(talk: _Talk) -> bool:
    """Whether the first sentence that means anybody says who acts; a sentence before it may only be a question."""
    if not talk.marks:
        return False
    start, end = bounds(talk.text, talk.marks[0].start, STOPS)
    if [each for each in talk.text[:start] if each in STOPS and each not in "？?"]:
        return False
    return any((each.sure or each.of) and each.end <= end and subject(talk.text, each.start, each.end)
               and not called(talk.text, each.start, each.end) for each in talk.marks)


def _said(talk: _Talk, mark: Mention) -> tuple[int, str] | None:
    """Up to where the text is replaced, and by what; None where it cannot be said for certain."""
    if any(start <= mark.start < end for start, end in quotes(talk.text)):
        return _quoted(talk, mark)
    if mark.words in GROUPS:
        return (mark.end, mark.words) if _yours(talk, mark) else None
    if called(talk.text, mark.start, mark.end) and mark.kind != "pronoun":
        return _calling(talk, mark)
    if mark.sure and len(mark.persons) == 1:
        one = next(iter(mark.persons))
        return _latin(talk, mark, one) if mark.words.isascii() else _han(talk, mark, one)
    return _owner(talk, mark) if mark.of and not mark.persons and not mark.words.isascii() else None


def _quoted(talk: _Talk, mark: Mention) -> tuple[int, str] | None:
    """Words in quotation marks stay: only where they mean the same in the person's mouth."""
    fits = {"我": talk.person, "你": talk.asker}.get(folded(mark.words))
    same = mark.sure and (mark.kind == "name" or mark.persons == {fits})
    return (mark.end, mark.words) if same else None


def _yours(talk: _Talk, mark: Mention) -> bool:
    """你们 stays where the asker was spoken to and the person himself acts on them: "我怕吵醒你们"."""
    ahead = [each for each in talk.marks if each.start < mark.start and subject(talk.text, each.start, each.end)]
    acts = bool(ahead) and ahead[-1].sure and ahead[-1].persons == {talk.person}
    clause = bounds(talk.text, mark.start, PAUSES)[0]
    hand = folded(talk.text[clause:mark.start]).endswith(tuple(words()["revoice"]["objects"].split()))
    alone = talk.text[mark.end:mark.end + 1] not in tuple("俩爷父母家那几")
    return talk.listener == talk.asker and acts and hand and alone


def _calling(talk: _Talk, mark: Mention) -> tuple[int, str] | None:
    """Somebody called by name: only the asker can be."""
    from marrow.people.kin.address import address

    if talk.listener != talk.asker or mark.persons != {talk.asker} or not mark.sure or mark.words.isascii():
        return None
    made = mark.words if mark.kind == "name" else address(talk.family, talk.person, talk.asker)
    return (mark.end, made) if made else None


def _han(talk: _Talk, mark: Mention, one: str) -> tuple[int, str] | None:
    """A Chinese reference to one certain person, from the person to the asker."""
    if one == talk.person:
        return mark.end, "我"
    if one == talk.asker:
        return mark.end, mark.words if mark.words in SECOND else "你"
    if mark.words in THIRD and _named_before(talk, mark, one):
        return mark.end, mark.words
    if mark.words in ("我", "俺") and talk.text[mark.end:mark.end + 1] == "家" and _household(talk):
        return None
    if mark.kind == "kin" and _reads(talk, mark.words) == {one}:
        return mark.end, mark.words
    made = _referred(talk, one)
    if _reads(talk, made) not in ({one}, set()) or made == mark.words:
        made = mark.words if mark.kind == "name" and _reads(talk, mark.words) == {one} else ""
    return (mark.end, unfolded(made) if folded(talk.text) != talk.text else made) if made else None


def _referred(talk: _Talk, one: str) -> str:
    from marrow.people.kin.address import refer

    return refer(talk.family, talk.person, talk.asker, one)


def _reads(talk: _Talk, said: str) -> set[str]:
    """Whom words mean for certain from the person to the asker: nobody where they are no word of the family's."""
    found = mentions(said, talk.family, talk.person, talk.asker)
    whole = [each for each in found if (each.start, each.end) == (0, len(said))]
    return set(whole[0].persons) | (set() if whole[0].sure else {""}) if whole else set()


def _named_before(talk: _Talk, mark: Mention, one: str) -> bool:
    return any(each.end <= mark.start and each.persons == {one} and each.sure and each.kind != "pronoun"
               for each in talk.marks)


def _household(talk: _Talk) -> bool:
    """Whether 我家 is the person's home too."""
    family = talk.family
    return talk.witness in (talk.person, talk.asker, *family.spouses(talk.person), *family.children(talk.person),
                            *family.parents(talk.person), *family.siblings(talk.person))


def _owner(talk: _Talk, mark: Mention) -> tuple[int, str] | None:
    """Kin whom the family does not have: only the owner changes, 我哥 becomes 你妈的哥."""
    one = next(iter(mark.of))
    stem = Mention(mark.start, mark.start + len(mark.stem), mark.stem, mark.of, True, "pronoun")
    made = _han(talk, stem, one)
    if made is None:
        return None
    rest = mark.words[len(mark.stem):]
    tied = rest.startswith(("的", "自己", "那个")) or (rest.startswith("家") and not rest.startswith("家家"))
    link = "" if made[1] in ("我", *SECOND) or tied else "的"
    return mark.end, made[1] + link + rest


def _latin(talk: _Talk, mark: Mention, one: str) -> tuple[int, str] | None:
    """An English reference to one certain person, with the verb behind it where it is the subject."""
    ahead, behind, word = talk.text[:mark.start], talk.text[mark.end:], mark.words.lower()
    case = english.role(mark.words, ahead, behind, subject(talk.text, mark.start, mark.end))
    old = 1 if word in FIRST else 2 if word in ("you", "your", "yours", "yourself") else 3
    new = 1 if one == talk.person else 2 if one == talk.asker else 3
    if old == new != 3 or (old == new and word in THIRD and _named_before(talk, mark, one)):
        return mark.end, mark.words
    if not case:
        return None
    if new == 3:
        made = _third(talk, mark, one, case)
    else:
        owner = case == "my" and word not in OWNERS
        made = mark.end + (2 if owner else 0), english.CASES[case][new - 1]
    return _verbed(talk, mark, made, case, (old, new)) if made else None


def _third(talk: _Talk, mark: Mention, one: str, case: str) -> tuple[int, str] | None:
    made = english.called(talk.family, talk.person, talk.asker, one)
    if not made or case in ("mine", "self"):
        return None
    return mark.end, made + ("'s" if case == "my" and mark.words.lower() in OWNERS else "")


def _verbed(talk: _Talk, mark: Mention, made: tuple[int, str], case: str,
            change: tuple[int, int]) -> tuple[int, str] | None:
    """With the verb in the new person where the reference is its subject."""
    ahead, behind = talk.text[:mark.start], talk.text[mark.end:]
    opening = not ahead.strip() or ahead.rstrip()[-1:] in (*STOPS, ".")
    said = made[1][0].upper() + made[1][1:] if opening else made[1]
    if case != "I" or change[0] == change[1]:
        return made[0], said
    turned = english.agreed(ahead, behind, *change)
    if turned is None:
        return None
    kept = next((at for at in range(1, len(behind) + 1) if behind[-at:] != turned[-at:]), len(behind) + 1) - 1
    return mark.end + len(behind) - kept, said + turned[:len(turned) - kept]


def _put(text: str, marks: Sequence[Mention], parts: Sequence[tuple[int, str]]) -> tuple[str, list[tuple[int, int]]]:
    """The text with its parts replaced, and where each now stands."""
    made, at, spans = "", 0, []
    for mark, (end, said) in zip(marks, parts, strict=True):
        made += text[at:mark.start]
        spans.append((len(made), len(made) + len(said)))
        made, at = made + said, end
    return made + text[at:], spans


def _same(talk: _Talk, made: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Read what was made as the asker hears it: everybody must be whom the witness meant."""
    heard = mentions(made, talk.family, talk.person, talk.asker)
    for mark, (start, end) in zip(talk.marks, spans, strict=True):
        inside = [each for each in heard if start <= each.start and each.end <= end]
        whole = [each for each in inside if each.start == start and (each.end == end or made[start:end].isascii())]
        if whole and not _agrees(mark, whole[0]):
            return False
    loose = [each for each in heard if not any(start <= each.start < end for start, end in spans)]
    return not loose and not any(one.end == two.start for one, two in pairwise(talk.marks))  # 你爸老陈 is one


def _agrees(before: Mention, after: Mention) -> bool:
    if before.words in GROUPS:
        return after.persons == before.persons
    return after.persons == before.persons and (after.sure or not before.persons)
