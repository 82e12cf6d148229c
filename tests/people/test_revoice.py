"""Revoicing: only the persons change; 你 is nobody but the asker; what is not certain is left to be quoted."""

import re
import sys
from pathlib import Path

import pytest
from household import household

from marrow.people.mentions import mentions
from marrow.people.revoice import revoice

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench" / "people"))

from bench_address import generated

FAMILY = household()
M, D, B, Z, P = "mother", "daughter", "brother", "friend", "dad"


def said(text, witness=M, listener=D, asker=D, person=P, third=P, family=FAMILY):
    marks = mentions(text, family, witness, listener, third)
    return revoice(text, family, witness, listener, person, asker, marks)


@pytest.mark.parametrize(("text", "witness", "listener", "asker", "made"), [
   
    ("你爸下夜班，到了巷口他就下车，推着走。怕吵醒你们。", M, D, D, "我下夜班，到了巷口我就下车，推着走。怕吵醒你们。"),
    ("巷口到家那一段？大概两百步，我数过。", M, D, D, "巷口到家那一段？大概两百步，你妈妈数过。"),
    ("大概两百步，我数过。", M, D, M, "大概两百步，你数过。"),
    ("他走得慢。一只手牵着你。", M, D, D, "我走得慢。一只手牵着你。"),
    ("他走得慢。一只手牵着你。", M, D, B, "我走得慢。一只手牵着你妹妹。"),
    ("我跟你爸八〇年国庆结的婚。", M, D, B, "你妈妈跟我八〇年国庆结的婚。"), ("他打过我。", B, D, B, "我打过你。"),
    ("他打过我。", B, D, D, "我打过你哥。"), ("爸没打过你。", B, D, D, "我没打过你。"),
    ("我家还在前头，我回头看他还在走。", Z, D, D, "周德福家还在前头，周德福回头看我还在走。"),
    ("他姆妈再不准他下河。", M, D, D, "你奶奶再不准我下河。"), ("他的手我牵过。", M, D, D, "我的手你妈妈牵过。"),
    ("他比你二姨大六岁。", M, D, D, "我比你二姨大六岁。"), ("他比我妹大六岁。", M, D, D, "我比你二姨大六岁。"),
    ("小满，他把你背回来的。", M, D, D, "小满，我把你背回来的。"),
    ("妈，他把你背回来的。", D, M, M, "桂兰，我把你背回来的。"),
    ("枣树是他栽的，你哥生的那年。", M, D, B, "枣树是我栽的，你生的那年。"),
    ("他跟你说：“我不去。”", M, D, D, "我跟你说：“我不去。”"), ("我媽說過的，他怕水", D, Z, B, None),
    ("我媽跟他去過三次廠裡。", D, Z, D, "你媽媽跟我去過三次廠裡。"),
    ("老周，他欠你一百块。", D, Z, Z, "老周，我欠你一百块。"),
    ("他跟我师公学过木匠。", M, D, D, "我跟你妈妈师公学过木匠。"),
    ("He was tired and I saw him.", D, Z, B, "I was tired and your sister saw me."),
    ("He walks my bike home.", D, Z, D, "I walk your bike home."),
    ("Dad held my brother's hand.", D, Z, B, "I held your hand."), ("My mother and he were late.", D, Z, D, None),
    ("He is slow.", D, Z, D, "I am slow."), ("His bike was red.", D, Z, D, "My bike was red.")])
def test_truth_from_the_person_to_the_asker(text, witness, listener, asker, made):
    assert said(text, witness, listener, asker) == made


@pytest.mark.parametrize(("text", "witness", "listener", "asker"), [
    ("怕吵醒你们。", M, D, D), ("我怕吵醒你们，他在外头。", M, D, D), ("I walk home with him.", D, Z, B),
    ("他怕吵醒你们。", M, D, B), ("你们去了河边，他在家。", M, D, D), ("他说你别怕，我在呢。", M, D, D),
    ("我们俩一个班，他管东头。", Z, D, D), ("厂长来了，他骂人。", M, D, D), ("老周说他走得慢。", M, D, D),
    ("你哥病了，他背着。", M, D, D), ("给你买了双鞋。", M, D, D), ("在门里听见铃，就去点火。", M, D, D),
    ("院子九八年拆了。", M, D, D), ("好像他不高兴。", M, D, D), ("他可能不高兴。", M, D, D),
    ("听老周说他走得慢。", M, D, D), ("你爸跟我说的，他走得慢。", M, D, D), ("他老人家走得慢。", M, D, D),
    ("他这个人犟。", M, D, D), ("他背着他。", M, D, D), ("他跟我说：“你别怕。”", M, D, D),
    ("他说：“你别怕。”", M, D, D), ("小满，他把你背回来的。", M, D, B), ("他们走得慢。", M, D, D),
    ("不知道他去没去。", M, D, D), ("我家在河边，他常来。", M, D, D), ("我跟你哥说过他怕水。", M, D, B),
    ("你哥生的那年，他栽的枣树。", M, D, B), ("你走得慢，他快。", M, "", D), ("你爸老陈走得慢。", M, D, D),
    ("大家叫他老陈。", M, D, D), ("He's slow.", D, Z, D), ("He walks home and sings.", D, Z, D),
    ("He told me, I love you.", D, Z, D), ("", M, D, D), ("She says he was late.", D, Z, D),
    ("He said I was late.", D, Z, B), ("He and I were late.", D, Z, D)])
def test_refuses_what_is_not_certain(text, witness, listener, asker):
    assert said(text, witness, listener, asker) is None


@pytest.mark.parametrize(("text", "witness", "listener"), [
    ("他走得慢吗？", D, M), ("他走得慢不慢呢", D, M), ("你莫去河边。", "gran", P), ("建国，你别去。", "gran", P),
    ("你姑姑叫秋云，他叫她妹妹。", M, D)])
def test_refuses_what_asks_or_bids(text, witness, listener):
    assert said(text, witness, listener, B) is None


def test_refuses_people_it_does_not_know():
    assert revoice("你爸走得慢。", FAMILY, M, D, P, "stranger") is None
    assert revoice("你爸走得慢。", FAMILY, "", D, P, D) is None and revoice("你爸走得慢。", FAMILY, M, D, P, P) is None


def test_refuses_he_where_nobody_says_whom_the_talk_is_about():
    assert revoice("他走得慢。", FAMILY, M, D, P, D) is None
    assert revoice("你爸走得慢，他扶着车。", FAMILY, M, D, P, D) == "我走得慢，我扶着车。"


def test_refuses_a_brother_who_could_be_two():
    family = household(other={"name": "大川", "sex": "male", "born": "1980", "father": "dad", "mother": "mother"})
    assert said("他背着你哥。", family=family) is None
    assert said("他背着小川。", family=family) in ("我背着小川。", "我背着你二哥。")


def test_truth_take_in_the_brother_and_let_the_daughter_speak():
    heard = "他让我坐后座，你坐前杠，把你的脚绑着。"
    assert said(heard, B, D, D) == "我让你哥坐后座，你坐前杠，把你的脚绑着。"
    assert said(heard, B, D, B) == "我让你坐后座，你妹妹坐前杠，把你妹妹的脚绑着。"
    assert said(heard, B, M, D) == "我让你哥坐后座，你妈妈坐前杠，把你妈妈的脚绑着。"


@pytest.mark.parametrize("text", [
    "他一九八三年三月五日花168块5毛在汉口买了辆永久二八。", "2019-10-05，他走了1,200 步 😂。", "他\t走得　慢……"])
def test_law_nothing_but_persons_changes(text):
    made = said(text)
    assert re.sub("我", "他", made) == text


@pytest.mark.parametrize("asker", [D, B, M, Z, "aunt", "uncle", "gran"])
@pytest.mark.parametrize("listener", [D, B, M, Z, "aunt"])
def test_law_everybody_means_whom_he_meant_before(listener, asker):
    texts = ("他牵着你，我在后头看。", "你爱看他修车，我不爱看。", "他给我买鞋，给你买糖。", "小川跟他去河边，你在家。",
             "他送桂兰回家，我送你。")
    for witness in {D, B, M, Z, "aunt", "uncle"} - {listener}:
        for text in texts:
            marks = mentions(text, FAMILY, witness, listener, P)
            made = revoice(text, FAMILY, witness, listener, P, asker, marks)
            if made:
                after = mentions(made, FAMILY, P, asker)
                truth = [each.persons for each in marks]
                assert [each.persons for each in after] == truth, (text, made)
                assert all(each.persons == {asker} for each in after if each.words == "你")


def test_law_of_two_thousand_made_up_turns_nobody_is_mixed_up():
    figures = generated(2000)
    assert (figures["wrong"], figures["wrong addresses"], figures["examples"]) == (0, 0, [])
    assert figures["plain said"] > 0.8 * figures["plain turns"] and figures["trap said"] < 0.2 * figures["trap turns"]
