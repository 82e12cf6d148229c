"""The clauses of an utterance: what stands in each, whom it is about, and what of it states nothing."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from marrow.people.claims.doers import doers
from marrow.people.claims.fold import folded
from marrow.people.claims.negation import CLAUSE, content, unsure
from marrow.people.claims.slots import Kind, Mention, Slot, slots
from marrow.people.claims.topics import Word, words_of
from marrow.people.testimony import Interval, Utterance

Times = Sequence[tuple[int, int, Interval]]
WITNESS = re.compile(r"^\W*(?:我|i)\s?(?:也|还|都|就|亲眼|亲手|没)?"
                     r"(?:数|记得|看|知道|见|听|想|问|量|陪|remember|saw|know|think|heard|counted)")
REFUSED = re.compile(r"(?:不是|not|n't)\s?$")   # 不是十五
WISHED = re.compile(r"\b(?:ought to|should|going to|meant to|want(?:s|ed)? to|would)\b|应该|打算|要是")
FORBIDDEN = re.compile("don't |do not |不让|不许|不准|不要|不用|别|莫|甭|休")
ONLY = re.compile(r"也?(?:没?有|看|记得|知道|晓得|听|想|以为|说|讲|写|记)"
                  r"| (?:says?|said|told|thinks?|remembers?|knows?|knew)\b")   # only seen
PRONOUN = re.compile("[我你他她您咱它](?:们)?|i|me|my|you|your|he|him|his|she|her|we|us|our|they|them|their")
YET = re.compile(r"\byet$|还没")   # not yet is not never
RATE = re.compile(r"(?:一个?|每个?)(?:月|天|年|顿|次|回|趟|人|家|星期|礼拜|斤|件)[^,，]{0,3}$"
                  r"|(?:每|each|every) ?\w*\s?$")
EACH = re.compile(r"[^,，]{0,2}换一"
                  r"|\s?(?:一个?|每个?)(?:月|天|年|顿|次|回|趟|人|家|星期|斤|件)|\s?(?:\w+ )?(?:an?|per|each|every) "
                  r"(?:day|week|month|year|trip|head|night|time|piece|mile|pound)\b")
ASIDE = re.compile(r"[(（][^)）]*[)）]")
NOW = re.compile("现在|今[天晚早日年]|昨[天晚]|明天|刚才|today|tonight|yesterday|tomorrow|nowadays")
HARDLY = re.compile("哪[有够能会]")   # 六十块哪够
# 不是我教的 denies who, not what; "Not at a wedding." nothing that it says
CLOVEN = re.compile(r"不是[我你他她|].*的$|not (?:on|at|in|one|a|to|for)\b")
CORRECTS = re.compile(r"^\W*(?:可|又)?不(?:是|在)([^,，。;；]{1,6})$|^\W*not (?:in |at |on |the |a )*(\w+(?: \w+)?)$")
SENTENCE = re.compile(r"[^。！？!?\n]+?(?:[。！？!?\n]+|\.(?=\s|$)|$)")
TAG = re.compile(r"[,，]\s*(?:是不是|对不对|是|对|好|真的?|right|isn't it|did(?:n't)? (?:he|she))[吗吧呢]?[?？]\W*$")
ASKED = re.compile(r"[?？吗呢][”」\"]?\s*$")


@dataclass(frozen=True)
class Part:
    """A clause of an utterance with what is found in it.

    start, end    characters of the utterance's text
    plain         the clause folded
    words         that say what it is about
    slots         in characters of the utterance's text
    persons       who is in it; none where it is not certain who, None where nobody is named
    through       from whom the witness has it
    told          it is no question, and not what nobody knows
    sentence      the number of its sentence
    kin           who is named in it, and not only meant by 我 or 他
    """

    start: int
    end: int
    plain: str
    words: tuple[Word, ...]
    slots: tuple[Slot, ...]
    persons: tuple[str, ...] | None
    through: tuple[str, ...]
    told: bool
    sentence: int
    kin: tuple[str, ...] = ()

    def values(self, kind: Kind) -> tuple[str, ...]:
        """What stands in its slots of a kind."""
        return tuple(slot.value for slot in self.slots if slot.kind == kind)

    def within(self, slot: Slot) -> tuple[str, ...]:
        """The places that stand before a slot."""
        return tuple(each.value for each in self.slots if each.kind == "place" and each.end <= slot.start)


def parts_of(told: Utterance, found: Sequence[Mention], times: Times,
           hearsay: Callable[[Utterance, str], tuple[str, ...]] | None) -> list[Part]:
    """The clauses of one utterance."""
    return [part for number, (start, end, through) in enumerate(_sentences(told, hearsay))
            for part in _parts(told.text, start, end, found, times, through, number)]


def corrects(slot: Slot, part: Part) -> bool:
    """Whether a denial refuses one value: 不是东闸."""
    return slot.kind == "polarity" and slot.value[0] == "-" and bool(CORRECTS.match(part.plain))


def alone(slot: Slot, part: Part) -> bool:
    """Whether a clause of the first sentence says nothing but a slot: Right. 口琴。 (pencil) 1959."""
    start, end = slot.start - part.start, slot.end - part.start
    return not part.sentence and slot.kind not in ("polarity", "agent", "person") and not content(
        ASIDE.sub("", f"{part.plain[:start]}|{part.plain[end:]}"))


def rated(slot: Slot, part: Part) -> bool:
    """Whether a number is so many every time: 一个月三十斤, two a day."""
    start, end = slot.start - part.start, slot.end - part.start
    return slot.kind == "number" and bool(RATE.search(part.plain[:start]) or EACH.match(part.plain[end:]))


def void(slot: Slot, text: str, clause: str) -> bool:
    """Whether a slot states nothing: what is only refused, forbidden or of today.

    test    不是十五, 不让我下河, 今天四十周年, 六十块哪够
    """
    said = folded(text[slot.start:slot.end])
    if slot.kind == "polarity":
        wished = slot.value[0] == "+" and WISHED.search(clause)
        return bool(wished or YET.search(clause) or CLOVEN.match(said) or FORBIDDEN.match(said))
    if slot.kind == "agent":
        return slot.value[0] != "!" and bool(ONLY.match(folded(text[slot.end:slot.end + 9])))
    if NOW.search(clause) if slot.kind in ("time", "place") else slot.kind == "number" and HARDLY.search(clause):
        return True
    return bool(REFUSED.search(folded(text[max(0, slot.start - 4):slot.start])))


def _sentences(told: Utterance, hearsay: Callable[[Utterance, str], tuple[str, ...]] | None
               ) -> list[tuple[int, int, tuple[str, ...]]]:
    """Where the sentences stand, each with whom the witness has it from."""
    found = [(match.start(), match.end(), hearsay(told, match.group()) if hearsay else ())
             for match in SENTENCE.finditer(told.text)]
    if any(through for _, _, through in found):
        return found
    return [(start, end, told.through) for start, end, _ in found]


def _parts(text: str, start: int, end: int, found: Sequence[Mention], times: Times, through: tuple[str, ...],
           number: int) -> Iterator[Part]:
    sentence = text[start:end]
    for match in CLAUSE.finditer(sentence):
        first, last = start + match.start(), start + match.end()
        clause = text[first:last]
        plain = folded(clause)
        people = [replace(each, start=each.start - first, end=each.end - first)
                  for each in found if first <= each.start and each.end <= last]
        seen = WITNESS.search(plain) and len(people) == 1
        phrases = [(a - first, b - first, interval) for a, b, interval in times if first <= a and b <= last]
        held = tuple(doers(plain, slots(clause, mentions=people, times=phrases),
                           [(each.start, each.end) for each in people], through))
        apart = [(slot.start, slot.end) for slot in held if slot.kind in ("number", "person", "name")]
        dated = [(slot.start, slot.end) for slot in held if slot.kind == "time"]
        apart += [(each.start, each.end) for each in people]
        yield Part(first, last, plain, words_of(plain, apart, dated),
                    tuple(replace(slot, start=slot.start + first, end=slot.end + first) for slot in held),
                    None if seen else _persons(held, people), through,
                    not (_asked(sentence, clause) or unsure(plain)), number, _kin(held, clause))


def _asked(sentence: str, clause: str) -> bool:
    """Whether a clause is asked: the last of a question, or all of one that ends in 是吗; before it things are told."""
    tag = TAG.search(sentence)
    return bool(ASKED.search(clause) or (tag and ASKED.search(sentence)))


def _persons(found: Sequence[Slot], people: Sequence[Mention]) -> tuple[str, ...] | None:
    """Who is in a clause; none where it is not certain who, None where nobody is named."""
    sure = tuple(dict.fromkeys(slot.value for slot in found if slot.kind == "person"))
    return sure if sure or people else None


def _kin(found: Sequence[Slot], clause: str) -> tuple[str, ...]:
    """Who is named in a clause, and not only meant by 我 or 他."""
    return tuple(dict.fromkeys(slot.value for slot in found if slot.kind == "person" and not PRONOUN.fullmatch(
        folded(clause[slot.start:slot.end]))))
