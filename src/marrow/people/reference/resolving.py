"""Settle whom each spot means: relative to who speaks and to whom, certain only where nothing else fits."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from marrow.people.family import Family
from marrow.people.reference.speech import PAUSES, STOPS, bounds, quotes, reports, speaking
from marrow.people.reference.spotting import Spot, folded, pairs, spots, words

NOBODY: frozenset[str] = frozenset()
REACH = 8  # sentences before a pronoun in which whom it means may have been named
JOINTS = (" that ", " said ", " thinks ", " knew ", " and ", " but ", " when ", " because ", " while ", " so ")
SEXES = {"he": "male", "she": "female"}


@dataclass(frozen=True)
class Scene:
    """Who speaks to whom, and about whom the talk is. "" is not known."""

    family: Family
    speaker: str
    listener: str
    third: str = ""

    def fits(self, id: str, sex: str) -> bool:
        """Whether he may be meant by a pronoun of that sex."""
        return id not in (self.speaker, self.listener, "") and self.family.members[id].sex in (sex, "")


@dataclass(frozen=True)
class Meant:
    """A spot with whom it means; `of` is whom its base means, where it has one: 你 of 你二姨."""

    spot: Spot
    persons: frozenset[str] = NOBODY
    sure: bool = False
    of: frozenset[str] = NOBODY
    of_sure: bool = False


Past = Sequence[Sequence[Meant]]  # sentences, oldest first, each with whom it names


def kin(family: Family, egos: frozenset[str], term: str) -> frozenset[str]:
    """Everybody the term may mean, said of any of these people."""
    from marrow.people.kin.who import who

    return frozenset(each for ego in egos if ego in family.members for one in pairs().get(term, [term])
                     for each in who(family, ego, one))


def resolve(text: str, scene: Scene, past: Past = ()) -> tuple[Meant, ...]:
    """Everybody a text means, in order."""
    found = spots(text, scene.family)
    outer = [span for span in quotes(text)]
    plain = [spot for spot in found if not any(start <= spot.start < end for start, end in outer)]
    meant = _plain(text, plain, scene, past)
    for start, end in outer:
        meant += _quoted(text, start, end, scene, [each for each in meant if each.spot.end < start])
    return tuple(sorted(meant, key=lambda each: each.spot.start))


def _quoted(text: str, start: int, end: int, scene: Scene, before: Sequence[Meant]) -> list[Meant]:
    """What stands in quotation marks: 我 and 你 are those of who is quoted."""
    clause = bounds(text, max(start - 3, 0), STOPS)[0]
    verb = [span for span in speaking(text[:start]) if span[0] >= clause]
    near = [each for each in before if each.spot.start >= clause]
    certain = bool(verb) and len(near) in (1, 2) and near[0].sure and len(near[0].persons) == 1 \
        and near[0].spot.start < verb[-1][0] and text[verb[-1][1]:start].strip(" ，,：:“「『‘\"道了过") == ""
    teller = next(iter(near[0].persons)) if certain else ""
    hearer = next(iter(near[1].persons)) if certain and len(near) == 2 and near[1].sure else ""
    inner = resolve(text[start:end], Scene(scene.family, teller, hearer, ""))
    told = folded(text[:start - 1]).endswith(tuple(words()["revoice"]["naming"].split()))
    return [replace(each, sure=each.sure and not told, spot=replace(
        each.spot, start=each.spot.start + start, end=each.spot.end + start, stem=each.spot.stem + start))
        for each in inner]


def _plain(text: str, found: Sequence[Spot], scene: Scene, past: Past) -> list[Meant]:
    told, meant = reports(text, found), []
    for spot in found:
        cover = [each for each in told if each.start <= spot.start < each.end]
        foreign = any(not each.own for each in cover)
        of, sure = _base(text, spot, scene, meant, past)
        if (spot.base in ("I", "we", "kin", "spouse") and foreign) or (spot.base in ("you", "ye") and cover):
            sure = False
        meant.append(_chained(spot, of, sure, scene, meant, text))
    return _doubled(text, meant)


def _base(text: str, spot: Spot, scene: Scene, meant: Sequence[Meant], past: Past) -> tuple[frozenset[str], bool]:
    """Whom the base of a spot means, and whether that is certain."""
    people = scene.family.members
    if spot.base in ("I", "we"):
        one = frozenset({scene.speaker} & people.keys())
        return one, bool(one) and (spot.base == "I" or bool(spot.steps))
    if spot.base in ("you", "ye"):
        one = frozenset({scene.listener} & people.keys())
        return one, bool(one) and (spot.base == "you" or bool(spot.steps))
    if spot.base in SEXES:
        return _third(text, spot, scene, meant, past)
    if spot.base == "name":
        found = _named(spot, scene)
        return found, len(found) == 1 and not _told(text, spot)
    if spot.base == "kin":
        return _bare(text, spot, scene, meant)
    if spot.base == "spouse":
        spouses = frozenset(scene.family.spouses(scene.speaker)) if scene.speaker in people else NOBODY
        return spouses, len(spouses) == 1
    return NOBODY, False


def _told(text: str, spot: Spot) -> bool:
    """Whether the name itself is told: 你姑姑叫秋云。"""
    ahead, behind = folded(text[:spot.start]).rstrip("“\"「『"), text[spot.end:].lstrip("”\"」』")[:1]
    return ahead.endswith(tuple(words()["revoice"]["naming"].split())) and (not behind or behind in PAUSES)


def _named(spot: Spot, scene: Scene) -> frozenset[str]:
    return _bearers(scene.family).get(spot.word, NOBODY)


@lru_cache(maxsize=16)
def _bearers(family: Family) -> dict[str, frozenset[str]]:
    """Everybody by his names, folded."""
    found: dict[str, frozenset[str]] = {}
    for each in family.members.values():
        for name in map(folded, (*each.names, each.given)):
            found[name] = found.get(name, NOBODY) | {each.id}
    return found


def _bare(text: str, spot: Spot, scene: Scene, meant: Sequence[Meant]) -> tuple[frozenset[str], bool]:
    """Kin without an owner: the speaker's, or the child's to whom a parent speaks, or the subject's."""
    family, term, table = scene.family, spot.word, words()["kin"]
    own = kin(family, frozenset({scene.speaker}), term)
    if scene.listener in own and called(text, spot.start, spot.end):
        return frozenset({scene.listener}), True
    elder = scene.listener in family.members and scene.speaker in _above(family, scene.listener)
    child = kin(family, frozenset({scene.listener}), term) if elder else NOBODY
    found = own | child | _named(spot, scene)  # 弟弟 and 妈妈 are names too, in some families and in files
    sure = bool(own or child) and not (elder and term in table["bare"].split()) and term not in table["vague"].split()
    if term in table["descended"].split():
        clause = bounds(text, spot.start, STOPS)[0]
        theirs = [kin(family, each.persons, term) for each in meant if clause <= each.spot.start]
        found = found.union(*theirs)
        sure = sure and bool(own) and all(each == own for each in theirs)
    return found, sure and len(found) == 1


def called(text: str, at: int, behind: int) -> bool:
    """Whether somebody is called by it: alone between marks of punctuation, "爸，你……"."""
    start, end = bounds(text, at, PAUSES)
    return not text[start:at].strip() and not text[behind:end].strip(" 啊呀哎欸") and (end < len(text) or start > 0)


def _above(family: Family, id: str) -> set[str]:
    """Everybody from whom somebody descends, with their husbands, wives, brothers and sisters."""
    found: set[str] = set()
    row = {id}
    while row:
        row = {up for each in row for up in family.parents(each)} - found
        found |= row
    return found | {by for each in found for by in (*family.spouses(each), *family.siblings(each))}


def _third(text: str, spot: Spot, scene: Scene, meant: Sequence[Meant], past: Past) -> tuple[frozenset[str], bool]:
    """他 and 她: whom the words before name, and whom the talk is about; certain where that is one person."""
    sex = SEXES[spot.base]
    out = _partners(text, spot, meant)
    named, strange = _candidates(text, spot, sex, scene, [each for each in meant if each not in out], past)
    for each in out:
        named -= each.persons
    barred = {id for each in out for id in each.persons}
    also = spot.end < len(text) and text[spot.end] == "也" and not any(
        each.spot.base in ("I", "you") and each.spot.start >= bounds(text, spot.start, STOPS)[0] for each in meant)
    topic = {scene.third} if scene.third and scene.fits(scene.third, sex) and scene.third not in barred else set()
    found = frozenset(named | topic)
    loose = strange or also or (out and found != topic)  # 那是你爸还的。他也还了; 桂生要借就借给他
    return found, len(found) == 1 and not loose


def _partners(text: str, spot: Spot, meant: Sequence[Meant]) -> list[Meant]:
    """Who stands in the same clause beside 他, so that 他 is somebody else: 老周叫他, but not 老周说他."""
    owner = text[spot.end:spot.end + 1] in ("的", "家", "自", "屋") and text[spot.end:spot.end + 2] != "的那"
    if spot.steps or owner or spot.word.lower() in ("his", "her"):
        return []
    start = bounds(text, spot.start, PAUSES)[0]
    near = [each for each in meant if each.spot.start >= start
            and (each.spot.steps or each.spot.base in ("name", "kin", "spouse", "other"))]
    return [each for each in near if not _parted(text[each.spot.end:spot.start])]


def _parted(between: str) -> bool:
    """Whether a verb of saying or thinking, or a joint, stands between two people: the second may be the first."""
    table = words()["speech"]
    plain = re.sub("|".join(table["not"].split()), "", folded(between))
    return any(joint in plain for joint in (*table["thinks"].split(), *JOINTS))


def _candidates(text: str, spot: Spot, sex: str, scene: Scene, meant: Sequence[Meant],
                past: Past) -> tuple[set[str], bool]:
    """Who was named before, sentence by sentence back to one that names a single person of that sex."""
    at = bounds(text, spot.start, STOPS)[0]
    rows = [[each for each in meant if each.spot.start >= at]]
    while at > 0:
        at, old = bounds(text, at - 1, STOPS)[0], at
        rows.append([each for each in meant if at <= each.spot.start < old])
    named: set[str] = set()
    strange = False
    for number, row in enumerate([*rows, *reversed(past)][:REACH]):
        found, odd, vague = _people(row, sex, scene)
        named, strange = named | found, strange or odd or vague
        if number and len(found) + odd == 1 and not vague:
            break
    return named, strange


def _people(row: Sequence[Meant], sex: str, scene: Scene) -> tuple[set[str], bool, bool]:
    """Who of that sex is named in a sentence; whether somebody unknown is; whether a 他 in it is not certain."""
    outside = words()["outside"]
    other = outside["women" if sex == "male" else "men"].split()
    found, strange, vague = set(), False, False
    for each in row:
        if each.spot.base not in ("he", "she", "I", "you", "we", "ye", "they") or each.spot.steps:
            found |= {id for id in each.persons if scene.fits(id, sex)}
            strange = strange or (not each.persons and each.spot.word not in other)
        elif SEXES.get(each.spot.base) == sex:
            vague = vague or not each.sure
    return found, strange, vague


def _chained(spot: Spot, of: frozenset[str], sure: bool, scene: Scene, meant: Sequence[Meant], text: str) -> Meant:
    """From the base along the kin terms: 我 -> 我爸 -> 我爸的哥哥."""
    if not spot.steps:
        return Meant(spot, of, sure and len(of) == 1)
    family, persons = scene.family, of
    for term in spot.steps:
        persons = kin(family, persons, term)
    married = any(family.spouses(each) for each in of)
    sure = sure and "爹爹" not in spot.steps and (married or spot.steps[0] not in ("婆婆", "公公"))  # grandparents too
    pair = spot.steps[-1] in pairs()
    if spot.base in SEXES and len(spot.steps) == 1 and spot.steps[0] in ("爸", "妈", "爹", "娘") and not sure:
        persons, sure = _teknonym(spot, persons, scene)
    return Meant(spot, persons, sure and (len(persons) == 1 or (pair and len(persons) == 2)), of, sure and len(of) == 1)


def _teknonym(spot: Spot, persons: frozenset[str], scene: Scene) -> tuple[frozenset[str], bool]:
    """他爸, said by a wife of her husband where nobody else can be 他."""
    family = scene.family
    children = family.children(scene.speaker) if scene.speaker in family.members else ()
    if not children or scene.listener in children:  # to her own child she says 你爸
        return persons, False
    spouses = frozenset(id for id in family.spouses(scene.speaker)
                        if family.members[id].sex == ("male" if spot.steps[0] in "爸爹" else "female"))
    found = persons | spouses
    return found, len(found) == 1 and bool(spouses)


def _doubled(text: str, meant: Sequence[Meant]) -> list[Meant]:
    """Two 他 side by side in one clause may be two people: neither is certain."""
    unsure = set()
    bare = [each for each in meant if each.spot.base in SEXES and not each.spot.steps]
    for one, two in itertools.pairwise(bare):
        between, after = text[one.spot.end:two.spot.start], text[two.spot.end:two.spot.end + 1]
        same = one.spot.base == two.spot.base and not any(mark in between for mark in PAUSES)
        if same and after not in ("的", "家", "自") and not _parted(between) \
                and two.spot.word.lower() not in ("his", "her", "himself", "herself"):
            unsure |= {one.spot, two.spot} if one.spot.word in ("他", "她") else {two.spot}
    return [replace(each, sure=False) if each.spot in unsure else each for each in meant]
