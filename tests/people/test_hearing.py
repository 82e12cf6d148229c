"""Hearing: who may be heard, for what; sealed passages and strangers never; sentences; what a question asks for."""

import pytest
from told import FAMILY, put, tell

from marrow.people.asking import ask
from marrow.people.finding import index
from marrow.people.hearing import AT_ONCE, HEARD, SENTENCE, Manner, hear, wanted

DRINK, FOOD = "你喝酒吗？", "你爱吃什么？"


def heard(archive, words, asker="daughter", **manner):
    return hear(archive, words, person="dad", asker=asker, manner=Manner(**manner)).found


def witnesses(archive, words, asker="daughter", **manner):
    return {each.utterance.witness for each in heard(archive, words, asker, **manner)}


def test_law_only_who_consents_is_heard_for_a_use(told):
    for words in (DRINK, FOOD, "你冬天做什么？", "家里的桂花开了吗？"):
        for purpose in ("talk", "film", "public"):
            assert witnesses(told, words, purpose=purpose) <= told.willing(purpose)
    assert "friend" in witnesses(told, DRINK) and "friend" not in witnesses(told, DRINK, purpose="film")
    assert witnesses(told, FOOD, purpose="public") == {"mother"}


def test_truth_who_takes_consent_back_is_silent(archive):
    tell(archive)
    assert "friend" in witnesses(archive, DRINK)
    archive.meet(FAMILY | {"friend": FAMILY["friend"] | {"consent": []}})
    archive.refresh()
    assert "friend" not in witnesses(archive, DRINK)
    assert ask(archive, DRINK, person="dad", asker="daughter").words == "我不知道。"


def test_law_what_is_sealed_is_never_heard(archive):
    tell(archive)
    (best, *_) = heard(archive, DRINK)
    archive.seal(best.utterance)
    assert best.utterance.id not in {each.utterance.id for each in heard(archive, DRINK)}
    assert "喝茶" not in ask(archive, DRINK, person="dad", asker="daughter").words
    archive.seal(archive.one(best.utterance.id), False)
    assert heard(archive, DRINK)[0] == best


def test_law_a_stranger_is_not_heard_until_he_is_named(archive):
    tell(archive, "妈妈.txt")
    put(archive, "录音.txt", "Speaker 1 00:01:12\n他会拉二胡，拉得不好。\n\nSpeaker 2 00:01:15\n真的？\n")
    assert witnesses(archive, "你会拉二胡吗？") <= {"mother"}
    archive.name("Speaker 1", "friend")
    archive.refresh()
    assert heard(archive, "你会拉二胡吗？")[0].utterance.witness == "friend"


def test_truth_a_view_hears_one_and_without_leaves_one_out(told):
    for words in (DRINK, FOOD, "你送我上学的时候牵着我的手吗？"):
        assert witnesses(told, words, view="mother") <= {"mother"}
        assert "mother" not in witnesses(told, words, without=frozenset({"mother"}))
    assert witnesses(told, FOOD, view="mother", without=frozenset({"mother"})) == set()


def test_truth_the_asker_and_the_letters_of_the_dead_are_heard(archive):
    tell(archive)
    assert witnesses(archive, "家里的桂花开了吗？") >= {"dad"}
    put(archive, "我.txt", "讲述人：小满\n\n我记得他会修收音机。\n")
    assert "daughter" in witnesses(archive, "你会修收音机吗？", "daughter")


def test_law_questions_of_an_interviewer_are_no_testimony(told):
    for words in (DRINK, FOOD, "你怕什么？", "你在厂里做什么？"):
        assert not any(each.utterance.text.endswith("？") for each in heard(told, words))
        assert not any(each.utterance.text[part.start:part.end].endswith("？")
                       for each in heard(told, words) for part in each.parts)


def test_law_a_quiet_witness_is_found_behind_many_unwilling(archive):
    archive.meet(FAMILY | {"friend": FAMILY["friend"] | {"consent": []}})
    crowd = "".join(f"第{number}回，他在桥头等船。\n\n" for number in range(AT_ONCE + 40))
    put(archive, "多.txt", f"讲述人：老周\n\n{crowd}")
    put(archive, "少.txt", "讲述人：桂兰\n\n他在桥头等船的时候总是唱歌，唱得整条街都听见。\n")
    assert witnesses(archive, "你在桥头等船吗？") == {"mother"}


def test_shape_found_is_ordered_bounded_and_cut_into_sentences(told):
    found = heard(told, "你在厂里做什么？")
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True) and 0 < scores[0] < 1.2 and len(found) <= HEARD
    for each in found:
        assert all(each.utterance.text[part.start:part.end].strip() for part in each.parts)
        assert [part.start for part in each.parts] == sorted(part.start for part in each.parts)


@pytest.mark.parametrize(("text", "parts"), [
    ("他走了。真的？嗯……好！", ["他走了。", "真的？", "嗯……", "好！"]), ("没有标点", ["没有标点"]),
    ("他说：“走吧。”然后走了。", ["他说：“走吧。”", "然后走了。"]), ("一行\n又一行", ["一行", "又一行"]), ("", [])])
def test_truth_sentences(text, parts):
    assert SENTENCE.findall(text) == parts


@pytest.mark.parametrize(("words", "kind"), [
    ("你什么时候进厂的？", "time"), ("你在哪里学的？", "place"), ("谁教你的？", "agent"), ("编了多少个？", "number"),
    ("你喝酒吗？", "polarity"), ("你牵没牵我的手？", "polarity"), ("What did you eat?", "object"),
    ("When did you leave?", "time"), ("Did you drink?", "polarity"), ("你吃饭還是吃麵？", "quality")])
def test_truth_what_a_question_asks_for(words, kind):
    assert kind in wanted(words)


def test_truth_a_plain_sentence_asks_for_nothing():
    assert wanted("我回来了。") == ()


def test_law_who_may_not_be_heard_weighs_nothing(told, archive):
    """Left out, or never indexed: the same is found, with the same scores and sentences."""
    tell(archive)
    hers = [each.id for each in archive.utterances("witness = 'mother'")]
    index.remove(archive.db, hers)
    archive.db.executemany("delete from utterances where id = ?", ((each,) for each in hers))
    for words in (DRINK, FOOD, "你送我上学的时候牵着我的手吗？", "你怕打雷吗？"):
        without = heard(told, words, without=frozenset({"mother"}))
        bare = heard(archive, words)
        assert hers and [(each.utterance.text, each.score, each.parts) for each in without] == [
            (each.utterance.text, each.score, each.parts) for each in bare]


def test_law_what_is_sealed_weighs_nothing_on_the_others(archive):
    tell(archive)
    whole = {each.utterance.id: each.score for each in heard(archive, FOOD)}
    archive.seal(heard(archive, FOOD)[0].utterance)
    rest = {each.utterance.id: each.score for each in heard(archive, FOOD)}
    far = [id for id in rest if id in whole and archive.one(id).witness != "mother"]
    assert far and all(rest[id] == whole[id] for id in far)
