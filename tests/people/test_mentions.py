"""Mentions: the same word is another person in another mouth; what fits two is not certain; no person is none."""

import itertools

import pytest
from household import household

from marrow.people.mentions import about, hearsay, mentions, part

FAMILY = household()
M, D, B, Z, P = "mother", "daughter", "brother", "friend", "dad"


def found(text, speaker=M, listener=D, third=P, before=(), family=FAMILY):
    return {each.words: "/".join(sorted(each.persons)) + ("" if each.sure else "?")
            for each in mentions(text, family, speaker, listener, third, before)}


@pytest.mark.parametrize(("speaker", "listener", "text", "person"), [
    (D, M, "哥哥来了", "brother"), (P, D, "我哥来了", "uncle"), (M, D, "你哥来了", "brother"),
    (M, D, "你爸来了", "dad"), (D, B, "爸来了", "dad"), (M, D, "你二姨来了", "second"),
    (D, Z, "我二姨来了", "second"), (D, Z, "姑姑来了", "aunt"), (P, D, "我妹来了", "aunt"),
    (M, B, "你妹妹来了", "daughter"), (Z, D, "你爸的哥哥来了", "uncle"), (Z, D, "老陈他爱人来了", "mother"),
    (Z, D, "你妈来了", "mother"), (D, Z, "我爸的妹妹来了", "aunt"), (D, Z, "我妈她妈来了", "nana"),
    (Z, D, "小川他妈来了", "mother"), (Z, D, "小川妈来了", "mother"), (M, Z, "他爸来了", "dad"),
    (M, Z, "孩子他爸来了", "dad"), (D, Z, "我爸爸来了", "dad"), (D, M, "妳來了", "mother"),
    (D, B, "媽媽来了", "mother"), (D, Z, "咱爸来了", "dad"), (M, D, "你爷爷奶奶来了", "gran"),
    (Z, M, "军子来了", "uncle"), (D, Z, "My brother came", "brother"),
    (D, Z, "my mother's younger sister came", "second"), (M, D, "Your father came", "dad"), (D, B, "Dad came", "dad"),
    (Z, D, "Chuan's mother came", "mother")])
def test_truth_kin_is_counted_from_who_speaks(speaker, listener, text, person):
    meant = mentions(text, FAMILY, speaker, listener)[0]
    assert (set(meant.persons), meant.sure) == ({person}, True)


def test_truth_i_and_you_are_those_who_talk():
    assert found("我跟你说") == {"我": "mother", "你": "daughter"}
    assert found("我跟你说", P, B) == {"我": "dad", "你": "brother"}
    assert found("我跟你说", M, "") == {"我": "mother", "你": "?"}
    assert found("I told you about mine") == {"I": "mother", "you": "daughter", "mine": "mother"}
    assert found("我们跟你们去") == {"我们": "mother?", "你们": "daughter?"}


@pytest.mark.parametrize(("text", "third", "before", "meant"), [
    ("你爸下夜班，到了巷口他就下车", "", (), "dad"), ("他走得慢", P, (), "dad"), ("他走得慢", "", (), "?"),
    ("老周骑过去，他还在走", P, (), "dad/friend?"), ("你哥病了。你爸背着，他一路哭", P, (), "brother/dad?"),
    ("厂长来了，他骂人", P, (), "dad?"), ("小吴来了，他骂人", P, (), "dad?"), ("有个男的来了，他骂人", P, (), "dad?"),
    ("有个女的来了，他没理", P, (), "dad"), ("你妈来了，他没理", P, (), "dad"), ("老周叫他去", P, (), "dad"),
    ("老周说他不去", P, (), "dad/friend?"), ("你爸打了他", P, (), "?"), ("他背着他", P, (), "dad?"),
    ("他走得快", P, ((D, "我哥那时候呢？"),), "brother/dad?"), ("他走得快", P, ((D, "我爸那时候呢？"),), "dad"),
    ("他走得快", "", ((D, "我爸那时候呢？"),), "dad"), ("他走得快", P, ((D, "有个厂长？"),), "dad?"),
    ("那时候六岁。他走得快", P, ((D, "我哥呢？"), (M, "他啊。")), "brother/dad?")])
def test_truth_he_is_certain_only_where_nobody_else_fits(text, third, before, meant):
    last = [each for each in mentions(text, FAMILY, M, D, third, before) if each.words == "他"][-1]
    assert "/".join(sorted(last.persons)) + ("" if last.sure else "?") == meant


@pytest.mark.parametrize(("text", "before", "meant"), [
    ("你哥来了。老周要借就借给他。", (), "brother/dad?"), ("那是你爸还的。他也还了。", (), "dad?"),
    ("我站着看，他也站着。", (), "dad"), ("你爸说完把鞋脱了给他看", (), "?"),
    ("你哥病了，他不说话。后来他走了。", (), "brother/dad?"), ("他也不说话。", ((D, "我哥呢？"),), "brother/dad?")])
def test_truth_he_stays_uncertain_after_he_was(text, before, meant):
    last = [each for each in mentions(text, FAMILY, M, D, P, before) if each.words == "他"][-1]
    assert "/".join(sorted(last.persons)) + ("" if last.sure else "?") == meant


def test_truth_she_stays_uncertain_after_she_was():
    last = mentions("你妈记的是我答应她的那年。我答应她九五年接", FAMILY, "aunt", D, P)[-1]
    assert last.words == "她" and not last.sure


def test_truth_who_stands_beside_him_may_be_put_first():
    last = mentions("小川去了。老周要借就借给他", FAMILY, P, M, P)[-1]
    assert last.words == "他" and not last.sure


def test_truth_a_wife_says_his_father_to_others_only():
    assert found("他爸来了", M, Z, "") == {"他爸": "dad"} and found("他爸来了", M, D, "") == {"他爸": "?"}


def test_truth_a_name_of_one_character_is_no_name_within_a_text():
    assert mentions("他满身是汗", household(daughter={"also": ["满"]}), M, B, P)[0].words == "他"
    assert len(mentions("他满身是汗", household(daughter={"also": ["满"]}), M, B, P)) == 1


def test_truth_a_name_that_is_told_is_not_meant():
    assert found("你姑姑叫秋云。") == {"你姑姑": "aunt", "秋云": "aunt?"}
    assert found("他外号“老陈”。") == {"他": "dad", "老陈": "dad?"} and found("他叫老陈来帮忙")["老陈"] == "dad"


def test_truth_words_of_the_region_may_be_grandparents():
    assert found("你爹爹来了")["你爹爹"].endswith("?") and found("我婆婆来了") == {"我婆婆": "gran"}


def test_truth_who_speaks_and_who_listens_is_no_he():
    assert found("他来了", P, D, P) == {"他": "?"} and found("他来了", B, P, P) == {"他": "?"}
    assert found("小川，他来了", M, B)["他"] == "dad"


def test_truth_he_has_his_own_kin():
    assert found("他自己那个哥哥淹死了") == {"他自己那个哥哥": "uncle"}
    assert found("他姆妈不准他下河") == {"他姆妈": "gran", "他": "dad"}


@pytest.mark.parametrize("text", [
    "哥伦布拜妈祖", "自己", "大家", "其他", "吉他", "老公交", "大姨妈来了", "牛奶奶粉", "墨西哥", "爷们", "他妈的",
    "一个人走", "老天爷", "小姐", "姑娘家", "娘家", "道他乡", "生在小满那天", "小满前后", "父亲节", "徒弟", "空姐",
    "阿拉伯", "张爷爷", "刘大爷", "有个哥哥", "老师傅", "帅哥", "USA", "the US", "selfish", "theory", "mummified"])
def test_truth_what_is_no_person_of_the_family_is_none(text):
    assert mentions(text, FAMILY, M, D, P) == ()


def test_truth_a_nickname_that_is_kin_is_both():
    family = household(brother={"also": ["弟弟"]}, cousin={"name": "强子", "sex": "male", "born": "1990"},
                       daughter={"younger": ["cousin"]})
    assert found("弟弟来了", D, Z, family=family) == {"弟弟": "brother/cousin?"}
    assert found("弟弟来了", Z, D, family=household(brother={"also": ["弟弟"]})) == {"弟弟": "brother?"}
    assert found("妈妈来了", Z, D, family=household(mother={"also": ["妈妈"]})) == {"妈妈": "mother?"}
    assert found("妈妈来了", "aunt", D, family=household(mother={"also": ["妈妈"]})) == {"妈妈": "gran/mother?"}


def test_truth_elder_or_younger_not_known_is_a_set():
    family = household(other={"name": "大川", "sex": "male", "born": "1980", "father": "dad", "mother": "mother"})
    assert found("你哥来了", family=family) == {"你哥": "brother/other?"}
    assert found("你大哥来了", family=family) == {"你大哥": "other"}


def test_truth_kin_without_owner_may_be_the_childs():
    assert found("哥哥来了", M, D) == {"哥哥": "brother"} and found("哥哥来了", P, D) == {"哥哥": "brother/uncle?"}
    assert found("妈来了", M, D) == {"妈": "mother/nana?"} and found("妈来了", D, M) == {"妈": "mother"}
    assert found("他抱着儿子", M, D) == {"他": "dad", "儿子": "brother"}
    assert found("他抱着儿子", Z, D) == {"他": "dad", "儿子": "brother?"}


def test_truth_speech_inside_belongs_to_who_is_quoted():
    assert found("他跟你说：“我不去，你去。”") == {"他": "dad", "你": "daughter", "我": "dad"}
    assert found("他说：「我不去，你去。」") == {"他": "dad", "我": "dad", "你": "?"}
    assert found("“我不去。”") == {"我": "?"}
    assert found("他说你别怕，我在") == {"他": "dad", "你": "daughter?", "我": "mother?"}
    assert found("他说，快走。我在后面") == {"他": "dad", "我": "mother?"}
    assert found("我说你赔多了", Z) == {"我": "friend", "你": "daughter?"}
    assert found("他说你别怕。我在呢。") == {"他": "dad", "你": "daughter?", "我": "mother?"}
    assert [each.sure for each in mentions("我跟你爸说你别去", FAMILY, M, D, P)] == [True, True, False]
    assert found("我跟你说，你爸走得慢") == {"我": "mother", "你": "daughter", "你爸": "dad"}
    assert found("他问我去不去") == {"他": "dad", "我": "mother"}
    assert found("他一句话不说，我也不说") == {"他": "dad", "我": "mother"}
    assert found('He said, I will come') == {"He": "dad", "I": "mother?"}
    assert found("He said that I was late") == {"He": "dad", "I": "mother"}


def test_law_every_mention_stands_where_it_says_and_none_overlap():
    text = "我爸的哥哥跟老周他爱人，還有你二姨，My mother's sister and he saw 小川哥。"
    marks = mentions(text, FAMILY, D, B, P)
    assert all(text[each.start:each.end] == each.words for each in marks) and len(marks) == 6
    assert all(one.end <= two.start for one, two in itertools.pairwise(marks))
    assert [each.words for each in part(marks, 5, len(text))] == [each.words for each in marks[1:]]
    assert marks == mentions(text, FAMILY, D, B, P)


@pytest.mark.parametrize(("text", "speaker", "listener", "persons"), [
    ("他走得慢，你穿白裙子", M, D, ("dad", "daughter")), ("给你买了双鞋", M, D, ("dad", "daughter")),
    ("我记得他走得慢", M, D, ("dad",)), ("大概两百步，我数过", M, D, ("dad",)), ("我在门里听见铃", M, D, ("mother",)),
    ("妈说他九五年就戒了", D, B, ("dad",)), ("下夜班就走", Z, D, ("dad",)), ("你哥那年考初中", M, D, ("brother",)),
    ("小满，你哥来了", M, D, ("brother",)), ("My brother learned to ride", D, Z, ("brother",)),
    ("I remember he was slow", M, D, ("dad",))])
def test_truth_whom_it_tells_of(text, speaker, listener, persons):
    assert about(text, FAMILY, speaker, listener, P) == persons


@pytest.mark.parametrize(("text", "speaker", "listener", "through"), [
    ("你爸跟我说的", M, D, ("dad",)), ("听老周讲，他是听厂长说的", D, B, ("friend", "厂长")),
    ("听老周说他走得快", M, D, ("friend",)),
    ("妈跟我讲的。妈是听姑姑讲的，姑姑那时候才两岁", B, D, ("mother", "aunt")),
    ("姑姑也是听奶奶讲的", D, B, ("aunt", "gran")), ("老周告诉我他没下车", D, B, ("friend",)),
    ("厂长告诉老周，老周又告诉我", D, B, ("friend", "厂长")), ("妈说他九五年就戒了", D, B, ("mother",)),
    ("这是你爸说的。", M, D, ("dad",)), ("村里人都说他水性好", Z, D, ("村里人",)),
    ("听说他淹过一回", Z, D, ("听说",)), ("你姑姑告訴我的", M, D, ("aunt",)),
    ("我妈以前老跟我说他犟", D, Z, ("mother",)), ("Dad told me that", D, Z, ("dad",)),
    ("my mother used to say he was shy", D, Z, ("mother",)), ("I heard it from Zhou", D, B, ("friend",)),
    ("According to my mother he was slow", D, Z, ("mother",)), ("people told me he drowned", Z, D, ("people",)),
    ("我说他走得慢", M, D, ()), ("我跟你爸说过", M, D, ()), ("他走得慢", M, D, ()), ("他没跟我说", M, D, ()),
    ("我听见铃就去点火", M, D, ()), ("没听老周说过", M, D, ()), ("他说：“你别怕。”", M, D, ()), ("他听话", M, D, ()),
    ("我数过", M, D, ()), ("他一句话不说", M, D, ()), ("I told your father", M, D, ()), ("I saw him", M, D, ())])
def test_truth_through_whom_the_witness_has_it(text, speaker, listener, through):
    assert hearsay(text, FAMILY, speaker, listener, P) == through


def test_law_a_strangers_words_break_nothing():
    for text in ("", "\n\n", "“", "他" * 300, "说：" * 50, '"' * 7, "\u202e我", "💐你👨‍👩‍👧", "我的的的的哥",
                 "'s 's", "听" * 40):
        assert mentions(text, FAMILY, M, D, P) == mentions(text, FAMILY, M, D, P)
        assert about(text, FAMILY, "", "", P) is not None and hearsay(text, FAMILY, "", "") is not None
