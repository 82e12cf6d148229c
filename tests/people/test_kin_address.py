"""How people call each other, and speak of a third."""

import itertools

import pytest
from test_kin_who import FAMILY

from marrow.people.family import read_family
from marrow.people.kin.address import address, refer, term_for
from marrow.people.kin.who import who


@pytest.mark.parametrize(("speaker", "listener", "said"), [
    ("daughter", "dad", "爸"), ("dad", "daughter", "小满"), ("daughter", "brother", "哥"),
    ("brother", "daughter", "小满"),
    ("dad", "mother", "秀兰"), ("daughter", "yi2", "二姨"), ("daughter", "yi3", "胖姨"), ("brother", "yi3", "三姨"),
    ("daughter", "jiu", "舅舅"), ("daughter", "zhou", "老周"), ("zhou", "dad", "陈建国"), ("sao", "dad", "爸"),
    ("sao", "aunt", "姑姑"), ("kid", "dad", "爷爷"), ("kid", "aunt", "姑奶奶"), ("cousin", "dad", "大舅"),
    ("cousin", "daughter", "表姐"), ("daughter", "cousin", "李想"), ("nephew", "step", "阿珍"),
    ("mother", "yi2", "秀梅"),
    ("uncle", "mother", "嫂子"), ("daughter", "村里人", "村里人"), ("daughter", "daughter", "小满"),
])
def test_truth_to_his_face(speaker, listener, said):
    assert address(FAMILY, speaker, listener) == said


@pytest.mark.parametrize(("speaker", "listener", "other", "said"), [
    ("dad", "daughter", "mother", "你妈妈"), ("dad", "daughter", "brother", "你哥"),
    ("dad", "zhou", "uncle", "我弟弟"),
    ("mother", "daughter", "yi2", "你二姨"), ("daughter", "mother", "dad", "我爸爸"),
    ("daughter", "dad", "brother", "我哥"),
    ("brother", "daughter", "dad", "咱爸"), ("dad", "mother", "daughter", "小满"),
    ("zhou", "daughter", "dad", "你爸爸"),
    ("dad", "mother", "grandpa", "我爸爸"), ("mother", "dad", "grandpa", "你爸爸"),
    ("dad", "daughter", "zhou", "老周"),
    ("cousin", "daughter", "dad", "你爸爸"), ("cousin", "daughter", "aunt", "我妈妈"),
    ("sao", "daughter", "brother", "你哥"),
    ("dad", "daughter", "dad", "我"), ("dad", "daughter", "daughter", "你"), ("dad", "daughter", "村里人", "村里人"),
    ("村里人", "daughter", "dad", "你爸爸"), ("daughter", "村里人", "dad", "我爸爸"),
])
def test_truth_of_a_third(speaker, listener, other, said):
    assert refer(FAMILY, speaker, listener, other) == said


def test_truth_english_forms():
    assert address(FAMILY, "daughter", "dad", "en") == "Dad"
    assert address(FAMILY, "daughter", "uncle", "en") == "Uncle 建军"
    assert refer(FAMILY, "dad", "daughter", "brother", "en") == "your brother"
    assert refer(FAMILY, "brother", "daughter", "dad", "en") == "our father"
    assert refer(FAMILY, "dad", "zhou", "daughter", "en") == "my daughter"
    assert refer(FAMILY, "dad", "daughter", "daughter", "en") == "you"


def test_truth_two_of_a_word_are_told_apart_by_number_or_by_name():
    brothers = {"a": {"name": "陈建国", "sex": "male", "rank": 1}, "b": {"name": "陈建军", "sex": "male", "rank": 2},
                "c": {"name": "小妹", "sex": "female", "elder": ["a", "b"], "siblings": ["a", "b"]}}
    family = read_family(brothers)
    assert (address(family, "c", "a"), address(family, "c", "b")) == ("大哥", "二哥")
    for each in ("a", "b"):
        brothers[each].pop("rank")
    family = read_family(brothers)
    assert (address(family, "c", "a"), address(family, "c", "b")) == ("建国哥", "建军哥")
    assert refer(family, "c", "村里人", "b") == "我建军哥"
    younger = read_family({"a": {"younger": ["b", "c"]}, "b": {"name": "陈建军", "sex": "male"}, "c": {"sex": "male"}})
    assert term_for(younger, "a", "b") == "弟弟建军" and address(younger, "a", "b") == "建军"


def test_truth_a_parents_cousin_is_older_or_younger_than_the_parent():
    tables = {"g": {}, "b": {"siblings": "g", "sex": "male"}, "f": {"father": "g", "born": 1955},
              "c": {"father": "b", "sex": "male", "born": 1958}, "me": {"father": "f"}, "wife": {"spouse": "me"}}
    family = read_family(tables | {"me": {"father": "f", "sex": "male"}})
    assert address(family, "me", "c") == address(family, "wife", "c") == "堂叔"
    assert address(read_family(tables | {"c": {"father": "b", "sex": "male", "born": 1950}}), "me", "c") == "堂伯"
    unknown = read_family(tables | {"c": {"father": "b", "sex": "male", "name": "陈长安"}})
    assert address(unknown, "me", "c") == "陈长安"


def test_truth_a_fathers_other_wife_is_no_mother():
    family = read_family({"a": {"spouse": ["b", "c"], "sex": "male"}, "b": {}, "c": {"name": "阿珍"},
                          "k": {"father": "a", "mother": "b"}, "half": {"father": "a", "mother": "c"}})
    assert refer(family, "a", "k", "b") == "你妈妈" and refer(family, "a", "k", "c") == "你继母"
    assert address(family, "k", "c") == "阿珍" and who(family, "k", "妈") == {"b"}


def test_truth_the_familys_own_word_goes_first():
    family = read_family({"g": {"name": "王氏", "sex": "female"}, "m": {"mother": "g"},
                          "d": {"mother": "m", "name": "小满", "calls": {"g": "姥姥", "m": "老妈"}}})
    assert address(family, "d", "g") == "姥姥" and refer(family, "m", "d", "g") == "你姥姥"
    assert address(family, "d", "m") == "老妈" and address(family, "d", "m", "en") == "Mum"


def test_law_nobody_is_called_by_what_he_is_not():
    for speaker, listener in itertools.permutations(FAMILY.members, 2):
        said = address(FAMILY, speaker, listener)
        chairs = (speaker, *FAMILY.spouses(speaker))  # a wife calls her husband's father as he does
        assert listener in {each for chair in chairs for each in who(FAMILY, chair, said)}, (speaker, listener)


def test_law_no_two_are_called_the_same_but_parents():
    for speaker in FAMILY.members:
        said = [address(FAMILY, speaker, each) for each in FAMILY.members if each != speaker]
        assert len({each for each in said if each not in ("爸", "妈")}) == len([each for each in said
                                                                            if each not in ("爸", "妈")])


def test_law_who_is_spoken_of_is_understood():
    for speaker, listener, other in itertools.permutations(FAMILY.members, 3):
        said = refer(FAMILY, speaker, listener, other)
        chair = listener if said.startswith("你") else speaker
        assert who(FAMILY, chair, said.removeprefix("你")) == {other}, (speaker, listener, other, said)
