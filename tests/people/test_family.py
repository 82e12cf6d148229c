"""The graph of people: what one table says is known from the other, and what cannot be is refused with its cure."""

import itertools
import tomllib

import pytest

from marrow.errors import InputError
from marrow.people.birth import before
from marrow.people.family import read_family

TABLES = tomllib.loads("""
[grandpa]
name = "陈德厚"
[dad]
name = "陈建国"
also = ["老陈"]
sex = "male"
born = "1955 腊月初八"
died = 2016-03-04
father = "grandpa"
spouse = "mother"
younger = ["aunt"]
[aunt]
name = "陈建芳"
sex = "female"
rank = 2
[mother]
name = "林秀兰"
calls = { dad = "老陈" }
[brother]
name = "大军"
sex = "male"
father = "dad"
mother = "mother"
born = 1984
[daughter]
name = "小满"
father = "dad"
mother = "mother"
born = "1988"
calls = { dad = "爸", brother = "哥" }
[zhou]
name = "老周"
tie = { dad = "工友" }
""")


def refused(text):
    with pytest.raises(InputError) as caught:
        read_family(tomllib.loads(text))
    for lang in ("en", "zh"):
        assert "→" in caught.value.tell(lang)
    return caught.value


def test_truth_what_one_table_says_the_other_knows():
    family = read_family(TABLES)
    assert family.spouses("mother") == ("dad",)
    assert family.siblings("aunt") == ("dad",) and family.parents("aunt") == ("grandpa",)
    assert family.children("dad") == family.children("mother") == ("brother", "daughter")
    assert family.siblings("daughter") == ("brother",)
    assert family.members["mother"].sex == "female" and family.members["grandpa"].sex == "male"
    assert family.members["dad"].tie == {"zhou": "工友"}
    assert family.members["daughter"].calls["brother"] == "哥"
    assert family.members["dad"].died == "2016-03-04"


def test_truth_names_find_people_and_two_of_a_name_stay_two():
    family = read_family(TABLES | {"other": {"name": "老陈", "tie": {"zhou": "邻居"}}})
    assert family.named("陈建国") == family.named("建国") == {"dad"}
    assert family.named(" 老陈 ") == {"dad", "other"}
    assert family.named("谁") == frozenset()
    assert [each.key for each in family.remarks] == ["people.shared"]


def test_truth_elder_by_word_by_birth_and_by_rank():
    family = read_family(TABLES)
    assert family.elder("dad", "aunt") is True
    assert family.elder("brother", "daughter") is True and family.elder("daughter", "brother") is False
    assert family.elder("mother", "dad") is None
    ranked = read_family({"a": {"sex": "male", "rank": 3, "siblings": ["b"]}, "b": {"sex": "male", "rank": 2}})
    assert ranked.elder("b", "a") is True
    chain = read_family({"a": {"elder": ["b"]}, "b": {"elder": "c"}, "c": {}})
    assert chain.elder("c", "a") is True and chain.siblings("a") == ("b", "c")


@pytest.mark.parametrize(("one", "other", "first"), [
    ("1955", "1956", True), ("1956", "1955", False), ("1955", "1955", None), ("1955 腊月初八", "1956-01", None),
    ("1955 腊月初八", "1956-03", True), ("1955 腊月初八", "1955-12-05", False), ("1990-02-28", "1990-03", True),
    ("", "1990", None), ("不知道", "1990", None), ("1988年5月3日", "1988年5月4日", True), ("0000", "9999 腊月", True),
])
def test_truth_births_compare_as_far_as_their_words_reach(one, other, first):
    assert before(one, other) is first
    assert before(other, one) is (None if first is None else not first)


def test_law_elder_never_holds_both_ways_and_order_of_tables_changes_nobodys_kin():
    family = read_family(TABLES)
    turned = read_family(dict(reversed(TABLES.items())))
    for one, other in itertools.permutations(TABLES, 2):
        way = family.elder(one, other)
        assert family.elder(other, one) is (None if way is None else not way)
        assert turned.elder(one, other) is way
    for id in TABLES:
        assert set(turned.siblings(id)) == set(family.siblings(id))
        assert turned.parents(id) == family.parents(id)


def test_truth_halves_share_one_parent_and_lend_no_other():
    family = read_family({"f": {}, "m": {}, "n": {}, "a": {"father": "f", "mother": "m"},
                          "b": {"father": "f", "mother": "n"}, "c": {"mother": "n"}})
    assert family.siblings("a") == ("b",)
    assert set(family.siblings("b")) == {"a", "c"}
    assert family.members["c"].father == ""
    between = read_family({"f": {}, "g": {}, "a": {"father": "f"}, "b": {"father": "g"}, "x": {"siblings": ["a", "b"]}})
    assert between.members["x"].father == ""


def test_truth_a_parent_left_out_is_the_only_spouse_and_said_so():
    family = read_family({"f": {"spouse": "m"}, "m": {}, "a": {"father": "f"}})
    assert family.members["a"].mother == "m"
    assert [each.key for each in family.remarks] == ["people.parent"]
    shut = read_family({"f": {"spouse": "m"}, "m": {}, "a": {"father": "f", "mother": ""}})
    assert shut.members["a"].mother == ""


def test_truth_a_witness_tied_to_nobody_is_allowed_and_told():
    family = read_family(TABLES | {"stranger": {"name": "路人"}})
    assert [each.key for each in family.remarks] == ["people.alone"]
    assert "路人" in family.remarks[0].tell("zh") and "路人" in family.remarks[0].tell("en")
    assert read_family({}).members == {}


@pytest.mark.parametrize(("text", "fault"), [
    ("dad = 3", "table"), ("[a]\nfather = 'b'", "unknown"), ("[a]\nfater = 'a'", "word"),
    ("[a]\nfather = 'a'", "himself"), ("[a]\nfather = ['b', 'c']\n[b]\n[c]", "parents"),
    ("[a]\nfather = 'b'\n[b]\nmother = 'c'\n[c]\nfather = 'a'", "circle"),
    ("[a]\nsex = 'female'\n[b]\nfather = 'a'", "sex"), ("[a]\n[b]\nfather = 'a'\n[c]\nmother = 'a'", "sex"),
    ("[a]\nsex = '男的'", "sex_word"), ("[a]\nrank = '二'", "value"), ("[a]\ncalls = '爸'", "value"),
    ("[a]\nelder = 'b'\n[b]\nelder = 'a'", "age"), ("[a]\ntie = { b = '邻居' }", "unknown"),
    ("[a]\nname = { b = 'c' }", "value"),
])
def test_refuses_what_no_family_can_be(text, fault):
    assert refused(text).key == f"people.family.{fault}"


def test_refuses_an_unknown_person_and_names_the_nearest_first():
    assert refused("[dad]\n[zhou]\n[a]\nfather = 'dda'").facts["choices"].startswith("dad")


def test_truth_a_tie_said_in_one_table_ties_both():
    dad, zhou = {"name": "陈建国", "tie": {"zhou": "工友"}}, {"name": "周德福"}
    for tables in ({"dad": dad, "zhou": zhou}, {"zhou": zhou, "dad": dad}):
        family = read_family(tables)
        assert family.members["zhou"].tie == {"dad": "工友"}
        assert family.remarks == ()
