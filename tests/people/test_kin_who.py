"""Whom somebody means by a word of kinship, from every chair of one family."""

import itertools
import tomllib

import pytest

from marrow.people.family import read_family
from marrow.people.kin.algebra import blind, reverse
from marrow.people.kin.who import place, relation, who

FAMILY = read_family(tomllib.loads("""
grandpa = { name = "陈德厚" }
dad = { name = "陈建国", also = ["老陈"], born = "1955 腊月初八", father = "grandpa", younger = ["aunt", "uncle"] }
aunt = { name = "陈建芳", sex = "female", spouse = "gu" }
gu = { name = "李明", sex = "male" }
cousin = { name = "李想", sex = "male", mother = "aunt", father = "gu", born = 1990 }
uncle = { name = "陈建军", sex = "male", elder = ["aunt"] }
mother = { name = "林秀兰", siblings = ["yi2", "yi3", "jiu"], spouse = "dad" }
yi2 = { name = "林秀梅", sex = "female", rank = 2 }
yi3 = { name = "林秀竹", sex = "female", rank = 3 }
jiu = { name = "林松", sex = "male" }
brother = { name = "大军", sex = "male", father = "dad", mother = "mother", born = 1984, spouse = "sao" }
sao = { name = "小丽", sex = "female" }
kid = { name = "豆豆", father = "brother", mother = "sao" }
daughter = { name = "小满", sex = "female", father = "dad", mother = "mother", born = "1988", calls = { yi3 = "胖姨" } }
step = { name = "阿珍", sex = "female", spouse = "jiu" }
nephew = { name = "林小松", sex = "male", father = "jiu", mother = "" }
zhou = { name = "老周", tie = { dad = "工友" } }
"""))


@pytest.mark.parametrize(("ego", "words", "ids"), [
    ("daughter", "哥哥", "brother"), ("dad", "哥哥", ""), ("uncle", "哥哥", "dad"), ("kid", "哥哥", ""),
    ("daughter", "爸", "dad"), ("kid", "爸", "brother"), ("dad", "老爸", "grandpa"), ("sao", "公公", "dad"),
    ("daughter", "二姨", "yi2"), ("daughter", "三姨", "yi3"), ("daughter", "四姨", ""), ("daughter", "姨", "yi2 yi3"),
    ("daughter", "胖姨", "yi3"), ("brother", "胖姨", ""), ("daughter", "舅舅", "jiu"), ("daughter", "舅妈", "step"),
    ("daughter", "我爸的弟弟", "uncle"), ("daughter", "我爸他妹妹家的儿子", "cousin"), ("kid", "爷爷的妹妹", "aunt"),
    ("daughter", "爸爸的女儿", "daughter"), ("brother", "爸爸的儿子", "brother"), ("zhou", "老陈的女儿", "daughter"),
    ("zhou", "小满她哥", "brother"), ("mother", "他爸", "dad"), ("mother", "孩子他爸", "dad"),
    ("dad", "孩子他妈", "mother"),
    ("mother", "我们家老头子", "dad"), ("cousin", "表姐", "daughter"), ("daughter", "表弟", "cousin nephew"),
    ("daughter", "姑父", "gu"), ("gu", "侄女", "daughter"), ("uncle", "大哥", "dad"), ("aunt", "弟弟", "uncle"),
    ("dad", "儿媳妇", "sao"), ("sao", "小姑子", "daughter"), ("kid", "太爷爷", "grandpa"), ("nephew", "后妈", "step"),
    ("nephew", "妈妈", ""), ("daughter", "我", "daughter"), ("daughter", "", ""), ("daughter", "你爸", ""),
    ("daughter", "陈建芳", "aunt"), ("daughter", "my mother's brother", "jiu"), ("daughter", "Dad", "dad"),
    ("daughter", "the brother of my mother", "jiu"), ("daughter", "older brother", "brother"),
    ("daughter", "my uncle", "uncle gu jiu"), ("daughter", "paternal aunt", "aunt"),
    ("daughter", "nobody at all", ""),
    ("zhou", "爸爸", ""), ("daughter", "的", ""), ("daughter", "他", ""),
])
def test_truth_whom_ego_means(ego, words, ids):
    assert who(FAMILY, ego, words) == frozenset(ids.split())


def test_truth_a_father_in_law_is_no_father_though_he_is_called_so():
    assert who(FAMILY, "sao", "我爸") == frozenset()


def test_truth_a_word_beside_a_name_is_one_person():
    assert who(FAMILY, "daughter", "建军叔叔") == who(FAMILY, "daughter", "uncle 陈建军") == {"uncle"}
    assert who(FAMILY, "brother", "表弟李想") == {"cousin"} and who(FAMILY, "brother", "建芳叔叔") == frozenset()


def test_truth_a_label_that_is_a_word_of_kinship_is_no_name():
    family = read_family({"dad": {"also": ["爸爸"]}, "me": {"father": "dad"}, "wu": {"tie": {"dad": "邻居"}}})
    assert who(family, "wu", "爸爸") == who(family, "wu", "爸爸的女儿") == frozenset()
    assert who(family, "me", "爸爸") == {"dad"}


def test_truth_you_and_he_are_given():
    assert who(FAMILY, "dad", "你哥", you="daughter") == {"brother"}
    assert who(FAMILY, "dad", "他爸", he="kid") == {"brother"}
    assert who(FAMILY, "dad", "his father", he="kid") == who(FAMILY, "dad", "your dad", you="kid") == {"brother"}
    assert who(FAMILY, "dad", "你", you="zhou") == {"zhou"}


def test_truth_sex_and_age_that_are_not_known_stay_open():
    family = read_family({"f": {}, "a": {"father": "f"}, "b": {"father": "f"}})
    assert relation(family, "a", "b") == {"eB", "yB", "eZ", "yZ"}
    assert who(family, "a", "哥哥") == who(family, "a", "妹妹") == {"b"}


@pytest.mark.parametrize(("ego", "other", "kin"), [
    ("daughter", "brother", "eB"), ("brother", "daughter", "yZ"), ("daughter", "gu", "FyZH"),
    ("gu", "daughter", "WBD"),
    ("cousin", "daughter", "MBDe"), ("kid", "grandpa", "FFF"), ("daughter", "kid", "BS BD"), ("zhou", "dad", ""),
    ("sao", "uncle", "HFyB"), ("dad", "dad", "ego"), ("nephew", "step", "FW"),
])
def test_truth_what_he_is_to_ego(ego, other, kin):
    assert relation(FAMILY, ego, other) == frozenset(kin.split())


def test_law_what_he_is_to_me_undone_is_what_i_am_to_him():
    for one, other in itertools.permutations(FAMILY.members, 2):
        there, back = relation(FAMILY, one, other), relation(FAMILY, other, one)
        assert bool(there) == bool(back)
        if not {"step", "nephew"} & {one, other}:
            home = {blind(kin) for way in there for kin in reverse(way, FAMILY.members[one].sex)}
            assert {blind(kin) for kin in back} <= home, (one, other)


def test_truth_places_among_brothers():
    assert place(FAMILY, "dad") == 1 and place(FAMILY, "uncle") == 2 and place(FAMILY, "yi3") == 3
    assert place(FAMILY, "mother") == 0 and place(FAMILY, "kid") == 0


def test_law_hostile_words_mean_nobody():
    for words in ("的" * 50, "爸" * 60, "我我我", "'s", " of  of ", "'; drop table", "my", "\n", "他他", "爸的" * 40):
        who(FAMILY, "daughter", words)
