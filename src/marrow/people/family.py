"""The graph of people: who is whose child, husband, sister or friend, read from plain tables.

A family.toml has one table for each person, under an id of the writer's choice:

    [dad]
    name = "陈建国"
    also = ["老陈"]
    sex = "male"
    born = "1955 腊月初八"
    trade = "机修工"
    father = "grandpa"
    spouse = "mother"
    younger = ["aunt"]            # brothers and sisters younger than him; `elder` and `siblings` likewise
    rank = 2                      # the second of his generation: 二叔, 二姨
    calls = { mother = "秀兰" }    # what he calls others
    tie = { zhou = "工友" }        # who is no kin

Everything may be left out. What one table says is not said again in another: a spouse, a brother and a tie go both
ways, brothers and sisters have the same parents unless their own tables say otherwise, and `mother = ""` says that
she is not known.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from marrow.contents import Remark
from marrow.errors import InputError, near
from marrow.people.birth import before

Sex = Literal["male", "female", ""]
ONE = ("father", "mother")
MANY = ("spouse", "siblings", "elder", "younger")
WORDS = ("name", "sex", "born", "died", "trade")
PAIRS = ("calls", "tie")
KEYS = ("name", "also", "sex", "born", "died", "trade", "rank", *ONE, *MANY, *PAIRS)
SEX_OF = {"father": "male", "mother": "female"}


@dataclass(frozen=True)
class Member:
    """One person of the family, or one who is tied to it. Persons are ids; "" and () are: not known.

    also        other names he goes by
    born, died  as they were written: "1955 腊月初八", "2016-03"
    trade       what he did for a living
    siblings    brothers and sisters, halves too, as far as stated or seen from the parents
    elder       of them those who were said to be older than he; `younger` those younger
    rank        his number among his brothers and sisters as the family counts: 2 for 二叔; 0 not known
    calls       id -> how he calls that person
    tie         id -> what that person is to him, who is no kin: "工友"
    """

    id: str
    name: str
    also: tuple[str, ...] = ()
    sex: Sex = ""
    born: str = ""
    died: str = ""
    trade: str = ""
    father: str = ""
    mother: str = ""
    spouses: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    elder: tuple[str, ...] = ()
    younger: tuple[str, ...] = ()
    rank: int = 0
    calls: Mapping[str, str] = field(default_factory=dict)
    tie: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The name and the other names."""
        return (self.name, *self.also)

    @property
    def given(self) -> str:
        """The name without the family name: of a Chinese one of three characters the last two, of others the first."""
        if self.name.isascii():
            first = self.name.split()[0]
            return first if first[-1] != "." else self.name
        return self.name[1:] if len(self.name) == 3 else self.name


@dataclass(frozen=True, eq=False)
class Family:
    """Everybody, by id, in the order of the tables.

    remarks    what was not sure on reading: two people of one name, a person who is tied to nobody
    """

    members: Mapping[str, Member] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    def named(self, words: str) -> frozenset[str]:
        """Everybody who goes by these very words: a name, another name, a given name."""
        return self._named.get(words.strip(), frozenset())

    def parents(self, id: str) -> tuple[str, ...]:
        """Father and mother, as far as they are known."""
        return tuple(each for each in (self.members[id].father, self.members[id].mother) if each)

    def children(self, id: str) -> tuple[str, ...]:
        """Sons and daughters, in the order of the tables."""
        return self._children.get(id, ())

    def siblings(self, id: str) -> tuple[str, ...]:
        """Brothers and sisters."""
        return self.members[id].siblings

    def spouses(self, id: str) -> tuple[str, ...]:
        """Husbands and wives, former ones too."""
        return self.members[id].spouses

    def elder(self, one: str, other: str) -> bool | None:
        """Whether the one was born before the other: as the tables say, else by birth, else by rank; None not known.

        test    never True both ways; True one way is False the other way
        """
        if other in self._older.get(one, ()):
            return False
        if one in self._older.get(other, ()):
            return True
        a, b = self.members[one], self.members[other]
        first = before(a.born, b.born)
        if first is None and a.rank and b.rank and a.sex == b.sex and other in a.siblings and a.rank != b.rank:
            return a.rank < b.rank
        return first

    @cached_property
    def _named(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for each in self.members.values():
            for name in (*each.names, each.given):
                found.setdefault(name, set()).add(each.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for each in self.members.values():
            for parent in self.parents(each.id):
                found[parent] = (*found.get(parent, ()), each.id)
        return found

    @cached_property
    def _older(self) -> dict[str, frozenset[str]]:
        """Id -> everybody who was said to be older, through any number of steps."""
        return {id: frozenset(_up(id, lambda each: self.members[each].elder)) for id in self.members}


def read_family(tables: Mapping[str, object]) -> Family:
    """Read a family from its tables, as `tomllib.loads` gives them.

    raises    InputError  for an unknown person or word, a circle, two fathers, a sex or an age that contradicts itself
    test      what is said in one table is known from the other; the order of the tables changes nobody's kin
    """
    members = {id: _member(id, table, tables) for id, table in tables.items()}
    shut = {(id, key) for id, table in tables.items() for key in ONE if table.get(key) == ""}
    members = _brought_up(_paired(members), shut)
    members, guessed = _mothers(members, shut)
    members = _sexes(_related(members))
    family = Family(members)
    _no_circles(family)
    return replace(family, remarks=(*guessed, *_remarks(family)))


def _member(id: str, table: object, tables: Mapping[str, object]) -> Member:
    """One table as it stands."""
    if not isinstance(table, Mapping):
        raise InputError("people.family.table", id=id)
    for key, value in table.items():
        _check(id, key, value, tables)
    words = {key: str(table.get(key, "")).strip() for key in WORDS}
    words["name"] = words["name"] or id
    parents = {key: "".join(_listed(table.get(key))[:1]) for key in ONE}
    several = {"spouses" if key == "spouse" else key: _listed(table.get(key)) for key in ("also", *MANY)}
    pairs = {key: dict(table.get(key, {})) for key in PAIRS}
    return Member(id, **words, **parents, **several, **pairs, rank=int(table.get("rank", 0)))


def _check(id: str, key: str, value: object, tables: Mapping[str, object]) -> None:
    """Refuse what no family.toml can mean."""
    if key not in KEYS:
        raise InputError("people.family.word", id=id, word=key, choices=near(key, KEYS))
    if isinstance(value, Mapping) != (key in PAIRS) or (key == "rank" and not str(value).isdigit()):
        raise InputError("people.family.value", id=id, word=key, value=value)
    if key == "sex" and value not in ("male", "female", ""):
        raise InputError("people.family.sex_word", id=id, value=value)
    if key in ONE and len(_listed(value)) > 1:
        raise InputError("people.family.parents", id=id, word=key, people=", ".join(_listed(value)))
    for other in (*_listed(value),) if key in (*ONE, *MANY, *PAIRS) else ():
        if other not in tables:
            raise InputError("people.family.unknown", id=id, word=key, other=other, choices=near(other, tables))
        if other == id:
            raise InputError("people.family.himself", id=id, word=key)


def _listed(value: object) -> tuple[str, ...]:
    """One word or several, none twice."""
    if value is None or value == "":
        return ()
    return tuple(dict.fromkeys([str(value)] if not isinstance(value, Iterable) or isinstance(value, str) else
                               map(str, value)))


def _paired(members: dict[str, Member]) -> dict[str, Member]:
    """What goes both ways, said both ways: spouses, brothers and sisters, their ages, ties."""
    for way, back in (("spouses", "spouses"), ("siblings", "siblings"), ("elder", "younger"), ("younger", "elder")):
        for id, each in list(members.items()):
            for other in getattr(each, way):
                members[other] = _more(members[other], back, (id,))
    for id, each in list(members.items()):
        members[id] = _more(members[id], "siblings", (*each.elder, *each.younger))
        for other, word in each.tie.items():
            members[other] = replace(members[other], tie={id: word} | dict(members[other].tie))
    return members


def _more(member: Member, key: str, ids: Iterable[str]) -> Member:
    return replace(member, **{key: tuple(dict.fromkeys((*getattr(member, key), *ids)))})


def _brought_up(members: dict[str, Member], shut: set[tuple[str, str]]) -> dict[str, Member]:
    """Brothers and sisters have the same parents, unless their own tables say otherwise."""
    for id in members:
        everybody = sorted(_up(id, lambda each: members[each].siblings))
        for key in ONE:
            stated = {getattr(members[each], key) for each in everybody} - {""}
            if not getattr(members[id], key) and (id, key) not in shut and len(stated) == 1:
                members[id] = replace(members[id], **{key: stated.pop()})
    return members


def _mothers(members: dict[str, Member], shut: set[tuple[str, str]]) -> tuple[dict[str, Member], list[Remark]]:
    """A parent who is not named is the only spouse of the one who is."""
    told = []
    for id, each in list(members.items()):
        for key, other in (ONE, ONE[::-1]):
            known, lacking = getattr(each, other), not getattr(each, key) and (id, key) not in shut
            if known and lacking and len(members[known].spouses) == 1:
                only = members[known].spouses[0]
                members[id] = each = replace(each, **{key: only})
                told.append(Remark("people.parent", {"name": each.name, "parent": members[only].name, "word": key}))
    return members, told


def _related(members: dict[str, Member]) -> dict[str, Member]:
    """Who has a parent in common is a brother or a sister too; whose parents are the same have the same siblings."""
    for id, each in list(members.items()):
        share = [other.id for other in members.values() if other.id != id and
                 {each.father, each.mother} & {other.father, other.mother} - {""}]
        members[id] = _more(each, "siblings", share)
    for id, each in list(members.items()):
        near_kin = (*each.siblings, *sorted(_up(id, lambda each: members[each].siblings) - {id}))
        alike = [other for other in near_kin if not _halves(each, members[other])]
        members[id] = _more(each, "siblings", alike)
    return members


def _halves(one: Member, other: Member) -> bool:
    """Whether two people cannot have all parents in common."""
    return any(getattr(one, key) and getattr(other, key) and getattr(one, key) != getattr(other, key) for key in ONE)


def _sexes(members: dict[str, Member]) -> dict[str, Member]:
    """A father is a man and a mother a woman."""
    for each in list(members.values()):
        for key, sex in SEX_OF.items():
            parent = members.get(getattr(each, key))
            if parent and parent.sex not in (sex, ""):
                raise InputError("people.family.sex", id=parent.id, word=key, child=each.id, sex=parent.sex)
            if parent:
                members[parent.id] = replace(parent, sex=sex)
    return members


def _no_circles(family: Family) -> None:
    """Nobody is his own ancestor, and nobody older than himself."""
    for id in family.members:
        if id in _up(id, family.parents):
            raise InputError("people.family.circle", id=id)
        if id in family._older[id]:
            raise InputError("people.family.age", id=id)


def _up(id: str, step: Callable[[str], Iterable[str]]) -> set[str]:
    """Everybody who is reached from one person in one step or more."""
    found, new = set(), set(step(id))
    while new:
        found |= new
        new = {other for each in new for other in step(each)} - found
    return found


def _remarks(family: Family) -> Iterator[Remark]:
    """What is allowed and worth knowing: one name for two, and people who hang in the air."""
    for name, ids in sorted(family._named.items()):
        if len(ids) > 1:
            yield Remark("people.shared", {"name": name, "ids": ", ".join(sorted(ids))})
    for id, each in family.members.items():
        others = (*family.parents(id), *family.children(id), *each.spouses, *each.siblings, *each.tie)
        if not others and len(family.members) > 1:
            yield Remark("people.alone", {"name": each.name, "id": id})
