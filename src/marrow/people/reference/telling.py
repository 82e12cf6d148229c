"""Who tells, and of whom: the chain through which a witness has it, and whom an utterance is about."""

import re
from collections.abc import Sequence

from marrow.people.reference.resolving import Meant
from marrow.people.reference.speech import PAUSES, STOPS, bounds, quotes
from marrow.people.reference.spotting import folded, words

FIRST = 0xE000  # private characters stand for people, so that patterns see one character for each
ONE = "([\ue000-\uf8ff])"
PASSING = ("(?:是|也|又|还|就|都|才|以前|后来|从小|小时候|当年|那时候|老|总|常常?|经常|亲口|自己|早就|曾经|"
           "有一[次回]|今天|昨天|上[次回]|去年|临走|走之前|在[^，,。！？\ue000-\uf8ff]{1,6})*")
SAID = "(?:说起|讲起|提起|谈起|念叨|说|讲|提|唠)"
CROWD = re.compile("村里的?(?:老?人|人们)|厂里的?人|街坊们?|邻居们|老人们|别人|人家|人们|大家|有人|工友们|"
                   r"同事们|外头人|\b(?:people|everyone|everybody|they|"
                   r"the (?:children|neighbou?rs|old people|others|family))\b")
# what is said, the place of the teller and of the hearer in it; 0: not said
TELLINGS = (
    (re.compile(f"{ONE}?{PASSING}(?<![没别不莫])听{ONE}(?:自己|亲口)?(?:{SAID}|的(?=[，,。]))"), 2, 1),
    (re.compile(f"{ONE}{PASSING}[跟对和给向]{ONE}{SAID}(?!不)"), 1, 2),
    (re.compile(f"{ONE}{PASSING}告诉[过了]?{ONE}"), 1, 2),
    (re.compile(f"{ONE}{PASSING}[说讲]过?的(?=[，。！？,.!?；\n]|$)"), 1, 0),
    (re.compile(f"{ONE}的?(?:日记|信|本子|账本)[里上]?(?:头|面)?(?:也|就|都)?[写记]"), 1, 0),
    (re.compile(f"(?<=[，,]){ONE}[说讲](?=[。.！!\n]|$)"), 1, 0),
    (re.compile(rf"{ONE}(?:'s| has| had| once| always| never)?\s+(?:told|telling|used to tell)\s+{ONE}"), 1, 2),
    (re.compile(rf"\bby\s+{ONE}\s+telling\s+{ONE}"), 1, 2),
    (re.compile(rf"(?i:according to)\s+{ONE}"), 1, 0),
    (re.compile(rf"\b(?:heard|had|got)\s+(?:it|that|this|the story)\s+from\s+{ONE}"), 1, 0),
    (re.compile(rf"\b(?:heard)\s+{ONE}\s+(?:say|tell)\b"), 1, 0),
)
# "老周说他……": only of somebody named; 他说 tells of him
SAYINGS = (
    re.compile(f"(?:^|[，,。！？!?；\n 、])(?:可是|但是|不过|那时候|后来|以前|反正|也|又)*{ONE}{PASSING}[说讲]过?"
               "(?=[，,]?[^，,。“\"「『的不定话得到起明：:])"),
    re.compile(rf"{ONE}\s+(?:always\s+|often\s+|once\s+)?(?:says|said|used to say)\b(?!\s*,?\s*[\"“])"),
)
RUMOUR = re.compile(r"(?<!没)听说|据说|传说|\b[Ii](?:'ve|’ve)? heard that\b|\b[Tt]hey say\b|"
                    r"\b[Ii](?:'ve| have| was|'d)? been told\b|\bI was told\b")
STANCE = re.compile("(?:也|还|就|都|只|真的?|可|一直|到现在|现在|不|没|大概|至今)*(?:记得|记不|觉得|数过|想想|猜|晓得|"
                    "知道|听说|以为|没?印象|估计|看见?过?的|敢说|说不好|乱说|跟你[说讲]|告诉你|说|问)|"
                    r"\s+(?:don't |do |still |can't |can )?(?:remember|recall|think|know|guess|suppose|believe|counted|"
                    r"see|mean)\b")


def chain(text: str, meant: Sequence[Meant], speaker: str) -> tuple[str, ...]:
    """From whom the speaker has it, nearest first."""
    coded, people = _coded(text, meant, speaker)
    links = _links(coded, people, speaker)
    found: list[str] = []
    here = speaker
    while here := next((teller for teller, to in links if to == here and teller not in (*found, speaker)), ""):
        found.append(here)
    heard = TELLINGS[0][0].search(coded)
    if not found and links and heard and heard[1]:  # 姑姑也是听奶奶讲的
        found = [links[0][1], links[0][0]]
    rumour = RUMOUR.search(folded(text))
    return tuple(found) or ((text[rumour.start():rumour.end()],) if rumour else ())


def _coded(text: str, meant: Sequence[Meant], speaker: str) -> tuple[str, list[tuple[str, bool]]]:
    """The text with a private character for each person outside quotation marks; who he is, and whether he is named."""
    plain = folded(text)
    spans = [(each.spot.start, each.spot.end, _called(text, each),
              each.spot.base in ("name", "kin", "other") or bool(each.spot.steps)) for each in meant]
    spans += [(match.start(), match.end(), text[match.start():match.end()], True) for match in CROWD.finditer(plain)
              if not any(start < match.end() and match.start() < end for start, end, _, _ in spans)]
    inside = quotes(text)
    coded, people, at = "", [], 0
    for start, end, who, named in sorted(spans):
        if not any(a <= start < b for a, b in inside):
            coded += plain[at:start] + chr(FIRST + len(people))
            people.append((speaker if who == "" else who, named))
            at = end
    return coded + plain[at:], people


def _called(text: str, each: Meant) -> str:
    """The id, or the words where it is nobody for certain; "" for the speaker and his own."""
    if each.spot.base in ("I", "we") and not each.spot.steps:
        return ""
    return next(iter(each.persons)) if each.sure and len(each.persons) == 1 else text[each.spot.start:each.spot.end]


def _links(coded: str, people: Sequence[tuple[str, bool]], speaker: str) -> list[tuple[str, str]]:
    """(who told, whom), in the order of the text."""
    found = []
    for pattern, teller, hearer in TELLINGS:
        for match in pattern.finditer(coded):
            told = match[hearer] if hearer else None
            found.append((match.start(teller), people[ord(match[teller]) - FIRST], told))
    taken = {place for place, _, _ in found}
    for pattern in SAYINGS:
        found += [(match.start(1), people[ord(match[1]) - FIRST], None) for match in pattern.finditer(coded)
                  if match.start(1) not in taken and people[ord(match[1]) - FIRST][1]]
    links: list[tuple[str, str]] = []
    for _, (teller, _), told in sorted(found, key=lambda each: each[0]):
        hearer = people[ord(told) - FIRST][0] if told else links[-1][0] if links else speaker
        if hearer in ("他", "她", "he", "she", "him", "her") and links:
            hearer = links[-1][0]
        if teller not in (speaker, hearer):
            links.append((teller, hearer))
    return links


def subject(text: str, start: int, end: int) -> bool:
    """Whether whoever stands there acts: not behind a word that acts on him, and with something behind him."""
    clause, stop = bounds(text, start, PAUSES)[0], bounds(text, max(end - 1, start), PAUSES)[1]
    ahead = folded(text[clause:start])
    if not text[end:stop].strip(" ”\"」』") or text[end:end + 1] in "的":
        return False
    if not any(mark > "\u2e80" for mark in text[start:end]):
        return not re.search(r"\b(?:to|for|with|of|at|by|from|him|her|saw|told|asked|let|made|took|wake|woke|waking|"
                             r"held|holding|carried|gave|give|brought|bought|on|and|than|like|about)\s+$", ahead)
    return not ahead.endswith(tuple(words()["revoice"]["objects"].split()))


def told_of(text: str, meant: Sequence[Meant], third: str) -> tuple[str, ...]:
    """Whom an utterance is about, its subjects first."""
    tellers = set(chain(text, meant, "?"))
    acting, others = [], []
    for each in meant:
        if each.spot.base == "other" or not each.sure or len(each.persons) != 1:
            continue
        person = next(iter(each.persons))
        if person in tellers or _aside(text, each):
            continue
        (acting if subject(text, each.spot.start, each.spot.end) else others).append(person)
    found = tuple(dict.fromkeys([*acting, *([third] if third and not acting else []), *others]))
    return found or ((third,) if third else ())


def _aside(text: str, each: Meant) -> bool:
    """Whether it is the witness as a witness, or somebody called by name."""
    start, end = bounds(text, each.spot.start, PAUSES)
    if text[start:end].strip(" 啊呀哎") == text[each.spot.start:each.spot.end]:
        return end < len(text) and text[end] not in STOPS
    bare = each.spot.base in ("I", "you") and not each.spot.steps
    return bare and bool(STANCE.match(folded(text[each.spot.end:])))
