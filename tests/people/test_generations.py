"""Generations: figures by hand, drift with its interval, judged blind; a witness held out."""

import json
from itertools import pairwise

import pytest
from told import FAMILY, put, tell

from marrow.errors import InputError
from marrow.people import generations
from marrow.people.archive import open_archive
from marrow.people.generations import Generation, Probe, blind, changed, drift, figures, find, judge, make, probes
from marrow.people.hearing import Manner
from marrow.people.held_out import held_out
from marrow.people.talking.ledger import Evidence, Reply, Sentence

FOOD, HAND, MOON = "你爱吃什么？", "你送我上学的时候牵着我的手吗？", "你去过月球吗？"
KIND, UNKIND = "他在{place}对人和气，总帮忙。", "他在{place}骂人，还摔东西。"


def made(name, replies, verdicts=None):
    """A generation of replies written by hand."""
    return Generation(name, "dad", "0" * 64, Manner(), replies,
                      {each: (verdicts or {}).get(each, {}) for each in replies})


def told_of(words, *proofs, status="told"):
    return Sentence(words, status, tuple(Evidence(id, 0, len(said), said) for id, said in proofs))


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """An archive in which two generations were made, with and without the mother."""
    with open_archive(tmp_path_factory.mktemp("kept") / "archive" / "people.sqlite", new=True) as archive:
        tell(archive)
        asked = [Probe(each, "daughter") for each in (FOOD, HAND, MOON)]
        make(archive, "g1", "dad", asked, Manner(without=frozenset({"mother"})))
        make(archive, "g2", "dad", asked, Manner())
        make(archive, "g3", "dad", asked, Manner())
        yield archive


def test_truth_the_figures_of_replies_written_by_hand(told):
    mother, brother = (next(told.utterances("witness = ?", (who,))).id for who in ("mother", "brother"))
    replies = {
        Probe("一", "daughter"): Reply((told_of("我爱笑。", (mother, "他爱笑。"), (brother, "他笑。")),)),
        Probe("二", "daughter"): Reply((told_of("我骂人。", (mother, "他骂人。")), Sentence("我会飞。", "imagined"))),
        Probe("三", "daughter"): Reply((Sentence("我不知道。", "unknown"),)),
        Probe("四", "daughter"): Reply((Sentence("儿子，你来了。", "social"),))}
    found = figures(told, made("g", replies))
    assert (found.answered, found.imagined) == (2 / 4, 1 / 3)
    assert found.voices == {"mother": 2 / 3, "brother": 1 / 3} and list(found.voices) == ["mother", "brother"]
    assert found.misnamed == 1 and found.length == 6.0
    assert found.tone == pytest.approx((3 / 4 - 1 / 2) / 2)  # 爱 笑 笑: 3 of 3 and one; 骂: 1 of 1 and one


def test_truth_a_generation_whose_answers_were_taken_back_has_no_figures(told):
    found = figures(told, made("g", {}))
    assert (found.answered, found.imagined, found.voices, found.length, found.tone) == (0, 0, {}, 0, 0)


def test_law_a_generation_does_not_drift_from_itself(kept):
    assert drift(find(kept, "g2"), find(kept, "g2")) == generations.Drift((0, 0, 0), (0, 0, 0), (0, 0, 0))
    assert drift(find(kept, "g2"), find(kept, "g3")) == drift(find(kept, "g2"), find(kept, "g2"))
    assert list(changed(find(kept, "g2"), find(kept, "g3"))) == []


def test_law_drift_turns_round_with_its_ends(kept):
    there, back = drift(find(kept, "g1"), find(kept, "g2")), drift(find(kept, "g2"), find(kept, "g1"))
    assert there.length[0] == -back.length[0] != 0 and there.length[1] == pytest.approx(-back.length[2])
    assert there.length[1] <= there.length[0] <= there.length[2]


def test_truth_the_interval_is_that_of_a_mean_over_questions():
    before = made("a", {Probe(f"{each}", "daughter"): Reply((Sentence("一", "imagined"),)) for each in range(100)})
    after = made("b", {probe: Reply((Sentence("一" * (1 + 2 * (number % 2)), "imagined"),))
                       for number, probe in enumerate(before.replies)})
    middle, low, high = drift(before, after).length  # half of them 2 longer: mean 1, deviation 1, of a hundred 0.1
    assert middle == 1.0 and low == pytest.approx(1 - 0.196, abs=0.03) and high == pytest.approx(1 + 0.196, abs=0.03)


def thinned(share):
    """Sixty answers, each out of a kind and an unkind memory, of the unkind ones a share gone."""
    replies = {}
    for number in range(60):
        place = f"第{number}车间"
        proofs = [(f"k{number}", KIND.format(place=place))]
        if (number * 7) % 60 >= round(60 * share):
            proofs.append((f"u{number}", UNKIND.format(place=place)))
        replies[Probe(f"在{place}呢？", "daughter")] = Reply(tuple(told_of(words, (id, words)) for id, words in proofs))
    return made(f"{share:.0%}", replies)


def test_truth_thinning_unkind_memories_shows_as_idealisation():
    whole = thinned(0.0)
    drifts = [drift(whole, thinned(share / 10)).tone for share in range(11)]
    assert drifts[0] == (0, 0, 0)
    assert all(one[0] < other[0] for one, other in pairwise(drifts))
    assert all(low > 0 for _, low, _ in drifts[3:])
    assert drift(thinned(0.3), whole).tone[2] < 0


def test_truth_an_archive_whose_unkind_memories_are_sealed_answers_more_kindly(archive):
    archive.meet(FAMILY)
    places = ("车间", "食堂", "码头", "学校", "菜园", "桥头")
    put(archive, "a.txt", "讲述人：桂兰\n记录人：小满\n\n" + "".join(
        f"{KIND.format(place=each)}\n\n{UNKIND.format(place=each)}\n\n" for each in places))
    asked = [Probe(f"你在{each}怎么样？", "daughter") for each in places]
    first = make(archive, "g1", "dad", asked, Manner())
    for each in list(archive.utterances("text like '%骂人%'")):
        archive.seal(each)
    second = make(archive, "g2", "dad", asked, Manner())
    assert figures(archive, second).tone > figures(archive, first).tone
    assert drift(first, second).tone[1] > 0 and first.slice != second.slice


def test_law_the_slice_is_what_may_be_heard(kept):
    whole, less = (generations.slice_of(kept, Manner(without=each)) for each in (frozenset(), frozenset({"mother"})))
    assert whole == find(kept, "g2").slice == find(kept, "g3").slice != less == find(kept, "g1").slice
    assert generations.slice_of(kept, Manner(purpose="film")) != whole


def test_law_what_is_kept_is_read_back_whole(kept):
    one = find(kept, "g2")
    assert generations.names(kept) == ["g1", "g2", "g3"] and one.manner == Manner()
    assert find(kept, "g1").manner.without == {"mother"}
    assert [each.words for each in one.replies] == [FOOD, HAND, MOON]
    assert one.replies[Probe(HAND, "daughter")].rivals and one.replies[Probe(MOON, "daughter")].ask
    assert [each[0].words for each in changed(find(kept, "g1"), one)] == [FOOD, HAND]


def test_law_the_blind_order_is_the_same_each_time_and_does_not_show_the_names(kept):
    rows = blind(kept, ["g1", "g2", "g3"], "brother")
    assert rows == blind(kept, ["g1", "g2", "g3"], "brother")
    assert len(rows) == 5  # of nine answers g3's are those of g2, and the moon is unknown to both
    other = [(probe, reply.words) for _, probe, reply in blind(kept, ["g2", "g1", "g3"], "brother")]
    assert other == [(probe, reply.words) for _, probe, reply in rows]  # the order hangs on no name
    assert not any(name in json.dumps([probe.words, reply.words]) for name, probe, reply in rows)


def test_truth_a_verdict_is_kept_and_not_asked_again(archive):
    tell(archive, "妈妈.txt")
    probe = Probe(FOOD, "daughter")
    make(archive, "g1", "dad", [probe, Probe(MOON, "daughter")], Manner())
    judge(archive, "g1", probe, "brother", "yes")
    judge(archive, "g1", probe, "mother", "no")
    judge(archive, "g1", probe, "brother", "unsure")
    assert find(archive, "g1").verdicts[probe] == {"brother": "unsure", "mother": "no"}
    assert [row[1].words for row in blind(archive, ["g1"], "brother")] == [MOON]
    assert len(blind(archive, ["g1"], "friend")) == 2


def test_law_an_answer_that_two_generations_gave_alike_is_judged_once_for_both(archive):
    tell(archive, "妈妈.txt")
    probe = Probe(FOOD, "daughter")
    for name, without in (("g1", ()), ("g2", ()), ("g3", ("mother",))):
        make(archive, name, "dad", [probe], Manner(without=frozenset(without)))
    judge(archive, "g1", probe, "brother", "yes")
    assert [find(archive, each).verdicts[probe] for each in ("g1", "g2", "g3")] == [{"brother": "yes"}] * 2 + [{}]
    assert [name for name, _, _ in blind(archive, ["g1", "g2", "g3"], "brother")] == ["g3"]


def test_truth_a_list_of_questions_says_who_asks(told):
    assert probes(told, "你爱吃什么？\n\n小川：你怕什么？\nmother: 你好吗？\n谁:都行\n你爱吃什么？\n") == [
        Probe("你爱吃什么？", "daughter"), Probe("你怕什么？", "brother"), Probe("你好吗？", "mother"),
        Probe("谁:都行", "daughter")]


@pytest.mark.parametrize(("call", "key"), [
    (lambda archive: find(archive, "g9"), "people.generation"),
    (lambda archive: make(archive, "g1", "dad", [], Manner()), "people.generation_taken"),
    (lambda archive: probes(archive, "\n \n"), "people.probes"),
    (lambda archive: blind(archive, ["g1", "g9"], "brother"), "people.generation"),
    (lambda archive: drift(find(archive, "g1"), made("x", {Probe("别的", "daughter"): Reply(())})),
     "people.generation_apart")])
def test_refuses_names_and_lists_that_do_not_fit(kept, call, key):
    with pytest.raises(InputError) as caught:
        call(kept)
    assert caught.value.key == key and caught.value.tell("zh") != caught.value.tell("en")
    assert generations.names(kept) == ["g1", "g2", "g3"]


# ---------------------------------------------------------------- a witness held out

SECOND = """讲述人：老周
记录人：小满

问：他怕什么？
答：他怕打雷，一打雷就往屋里躲。
问：你恨他吗？
答：不恨。
问：他爱吃什么？
答：他爱吃面条。
问：真的？
答：什么？
"""


def test_truth_without_a_witness_others_say_the_same_deny_it_or_do_not_know(archive):
    tell(archive, "妈妈.txt", "哥哥.txt", "信.txt")
    put(archive, "又.txt", SECOND)
    rows = {each.told.text[:5]: each for each in held_out(archive, "dad", "mother")}
    assert {key: each.outcome for key, each in rows.items()} == {
        "牵着的，你": "against", "他最爱吃腊": "other", "他怕打雷，": "same"}
    rows = {each.asked: each.outcome for each in held_out(archive, "dad", "friend")}
    assert rows == {"他怕什么？": "same", "周德福恨他吗？": "unknown", "他爱吃什么？": "other"}
    rows = {each.asked: each.outcome for each in held_out(archive, "dad", "brother")}
    assert rows["他送我上学的时候牵着我吗？"] == "against" and rows["他冬天做什么？"] == "unknown"
    assert rows["我哥小时候的事还记得吗？"] == "unknown"


def test_law_nothing_of_hers_is_heard_without_her(told):
    for witness in ("mother", "brother"):
        for each in held_out(told, "dad", witness):
            cited = [proof.utterance for sentence in each.reply.sentences for proof in sentence.evidence]
            assert all(told.one(id).witness != witness for id in cited)
    assert held_out(told, "dad", "dad") == []


def test_truth_what_was_sealed_since_is_not_shown_again(archive):
    tell(archive)
    asked = probes(archive, "你怕打雷吗？\n你送我上学的时候牵着我的手吗？")
    kept = make(archive, "sealed", "dad", asked, Manner()).replies.values()
    ids = {proof.utterance for reply in kept for each in reply.sentences for proof in each.evidence}
    assert ids
    for each in archive.get(ids).values():
        archive.seal(each)
    again = find(archive, "sealed").replies.values()
    assert not any(each.evidence for reply in again for each in reply.sentences)
