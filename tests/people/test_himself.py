"""Who he is and who asks: told out of family.toml with the bytes it rests on; what witnesses say otherwise stands."""

import pytest
from told import put

from marrow.errors import InputError
from marrow.people.archive import open_archive
from marrow.people.asking import ask
from marrow.people.hearing import Manner
from marrow.people.himself import dated
from marrow.people.lines import lines, open_testimony
from marrow.people.recorded import facts, meet
from marrow.people.showing import reply as shown
from marrow.people.talking.himself import asked

CHINESE = '''about = "dad"
recorder = "girl"     # 谁收集的

[dad]
name = "乔振海"   # 爸爸 = 他
born = "1950-04-07"
died = "2011"
trade = "船木匠"
sex = "male"
spouse = "mother"
siblings = ["uncle"]
tie = { pal = "师弟" }

[mother]
name = "冯月娥"
sex = "female"
consent = ["talk"]

[uncle]
name = "乔振江"
sex = "male"
born = 1946

[girl]
name = "乔念"
sex = "female"
father = "dad"
mother = "mother"

[boy]
name = "乔远"
sex = "male"
siblings = [
    "girl",
]

[pal]
name = "田满仓"
sex = "male"
tie = { dad = "师兄" }
'''
ENGLISH = '''about = "pop"
recorder = "june"
[pop]
name = "Abel Fenn"
sex = "male"
born = "1931-11-30"
died = "2001"
trade = "a cooper"
spouse = "rose"
tie = { ned = "his apprentice" }
[rose]
name = "Rose Fenn"
sex = "female"
[june]
name = "June Fenn"
sex = "female"
father = "pop"
[ned]
name = "Ned Carr"
'''
WITNESS = """讲述人：月娥
记录人：乔念

问：他哪年生的？
答：他是四月初九生的，派出所写早了两天。
问：他爱吃什么？
答：他爱吃糯米糕。
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with archive_of(tmp_path_factory.mktemp("house"), CHINESE) as archive:
        put(archive, "妈妈.txt", WITNESS.replace("月娥", "冯月娥"))
        yield archive


@pytest.fixture(scope="module")
def abroad(tmp_path_factory):
    with archive_of(tmp_path_factory.mktemp("abroad"), ENGLISH) as archive:
        yield archive


def archive_of(room, written):
    place = room / "family.toml"
    place.write_text(written, "utf-8")
    opened = open_archive(room / "archive" / "people.sqlite", new=True)
    archive = opened.__enter__()
    meet(archive, place)
    archive.refresh()

    class Closing:
        def __enter__(self):
            return archive

        def __exit__(self, *why):
            return opened.__exit__(*why)

    return Closing()


def said(archive, words, asker, person="dad"):
    given = ask(archive, words, person=person, asker=asker)
    assert all(each.evidence for each in given.sentences if each.status == "told")
    return given.words


@pytest.mark.parametrize(("asker", "words", "answer"), [
    ("girl", "爸，你叫什么名字？", "我叫乔振海。"), ("girl", "你是谁", "我叫乔振海。"),
    ("pal", "請問你貴姓？", "我叫乔振海。"),
    ("girl", "我是谁？", "你是乔念，我女儿。"), ("boy", "我是谁？", "你是乔远，我儿子。"),
    ("mother", "你还认得我吗？", "你是冯月娥，我老婆。"), ("pal", "我是谁", "你是田满仓，我师弟。"),
    ("girl", "你是我什么人？", "我是你爸爸。"), ("pal", "你是我什么人", "我是你师兄。"),
    ("girl", "我是你什么人", "你是我女儿。"),
    ("girl", "你做什么工作的？", "我是船木匠。"),
    ("girl", "你有几个孩子？", "我有两个孩子：你和乔远。"), ("boy", "你有几个儿子", "有一个：你。"),
    ("girl", "你老婆叫什么？", "我老婆是你妈妈冯月娥。"), ("mother", "你爱人是谁", "我爱人是你。"),
    ("girl", "你有哥哥吗？", "有一个：你大伯乔振江。"), ("girl", "我妈妈是谁", "你妈妈是冯月娥。"),
    ("girl", "你和谁结的婚？", "我和你妈妈冯月娥结的婚。")])
def test_truth_he_knows_who_he_is_and_who_asks(house, asker, words, answer):
    assert said(house, words, asker) == answer


@pytest.mark.parametrize(("asker", "words", "answer"), [
    ("june", "Pop, what's your name?", "My name is Abel Fenn."),
    ("june", "Who am I?", "You are June Fenn, my daughter."),
    ("ned", "Who am I?", "You are Ned Carr, my apprentice."), ("june", "Who are you to me?", "I am your father."),
    ("june", "When were you born?", "I was born on 30 November 1931."),
    ("ned", "who was your wife?", "My wife is Rose Fenn."),
    ("june", "What did you do for a living?", "I was a cooper."),
    ("june", "How many children did you have?", "One: you."),
    ("rose", "What are your children's names?", "One: June Fenn.")])
def test_truth_in_english_too(abroad, asker, words, answer):
    assert said(abroad, words, asker, "pop") == answer


@pytest.mark.parametrize("words", [
    "你叫什么人来帮忙？", "你叫什么名字的人借过你的刨子？", "那天晚上，你叫什么？",
    "你有几个徒弟？", "你有钱吗？", "谁是你的师父？",
    "你老婆为什么哭？", "我是谁生的？", "Who was your best friend?", "How many boats did you have?", "你有姐姐吗？"])
def test_law_what_asks_more_or_else_is_no_such_question(house, words):
    assert asked(words, house.family, "dad", "girl") is None


def test_law_every_line_of_the_file_verifies_by_its_bytes(house):
    held = facts(house)
    assert [(each.person, each.key) for each in held[:3]] == [("dad", "name"), ("dad", "born"), ("dad", "died")]
    for each in held:
        original = (house.originals / each.there.source).read_bytes()
        assert original[each.there.start:each.there.end].decode() == each.there.text and house.verify(each.there)
    siblings = next(each for each in held if (each.person, each.key) == ("boy", "siblings"))
    assert siblings.value == ["girl"] and siblings.there.text.startswith("siblings = [\n")
    assert not any("#" in each.there.text for each in held)


def test_law_every_name_in_an_answer_stands_in_a_line_that_is_cited(house):
    for words in ("你老婆叫什么？", "我是谁？", "你有几个孩子？", "你有哥哥吗？"):
        [sentence] = ask(house, words, person="dad", asker="boy").sentences
        cited = "".join(each.words for each in sentence.evidence)
        for member in house.family.members.values():
            assert member.name not in sentence.words or member.name in cited


def test_law_nothing_that_looks_for_testimony_finds_the_family_file(house):
    assert all(each.form != "family" for each in house.utterances())
    assert house.index.search("船木匠") == []
    text = "\n".join(shown(house, ask(house, "你叫什么", person="dad", asker="girl")))
    assert "family.toml" in text and "乔念「name" in text


def test_truth_who_says_otherwise_stands_beside_it(house):
    given = ask(house, "你哪年生的？", person="dad", asker="girl")
    assert [each.status for each in given.sentences] == ["told", "quoted"]
    assert given.sentences[0].words == "我是1950年4月7日生的。" and "四月初九" in given.sentences[1].words
    one = ask(house, "你哪年生的？", person="dad", asker="girl", manner=Manner(sentences=1))
    assert len(one.sentences) == 1


def test_law_the_recorder_s_lines_need_the_recorder(house):
    for manner in (Manner(view="mother"), Manner(without=frozenset({"girl"})), Manner(purpose="film")):
        given = ask_as(house, manner)
        assert all("乔振海" not in each.words for each in given.sentences)


def ask_as(archive, manner):
    return ask(archive, "你叫什么名字？", person="dad", asker="girl", manner=manner)


def test_law_taken_in_again_it_is_what_the_file_says_now(tmp_path):
    with archive_of(tmp_path, CHINESE) as archive:
        before = facts(archive)
        meet(archive, tmp_path / "family.toml")
        assert facts(archive) == before
        (tmp_path / "family.toml").write_text(CHINESE.replace("船木匠", "渔民"), "utf-8")
        meet(archive, tmp_path / "family.toml")
        assert said(archive, "你做什么工作？", "girl") == "我是渔民。"
        assert not (archive.originals / before[0].there.source).exists()


def test_law_what_travels_answers_the_same(house, tmp_path):
    place = tmp_path / "testimony.jsonl"
    place.write_text("".join(line + "\n" for line in lines(house, "talk")), "utf-8")
    with open_testimony(place) as archive:
        assert all(archive.verify(each.there) for each in facts(archive))
        for words in ("你叫什么？", "我是谁？", "你老婆叫什么？"):
            assert said(archive, words, "girl") == said(house, words, "girl")


@pytest.mark.parametrize(("changed", "open_to_talk"), [
    ('', False), ('died = "2011"\n', True), ('died = "unknown"\n', True), ('consent = ["talk"]\n', True),
    ('consent = ["film"]\n', False), ('consent = []\n', False)])
def test_refuses_to_speak_for_the_living_without_their_own_consent(tmp_path, changed, open_to_talk):
    with archive_of(tmp_path, CHINESE.replace('died = "2011"\n', changed)) as archive:
        if open_to_talk:
            assert said(archive, "你叫什么？", "girl") == "我叫乔振海。"
            return
        with pytest.raises(InputError) as caught:
            ask(archive, "你叫什么？", person="dad", asker="girl")
        assert caught.value.key == "people.living" and "[dad]" in caught.value.tell("zh")


@pytest.mark.parametrize(("written", "zh", "en"), [
    ("1950-04-07", "1950年4月7日", "on 7 April 1950"), ("1950-04", "1950年4月", "in April 1950"),
    ("1950", "1950年", "in 1950"),
    ("1955 腊月初八", "1955年腊月初八", "1955 腊月初八")])
def test_truth_dates_are_said_as_people_say_them(written, zh, en):
    assert (dated(written, "zh"), dated(written, "en")) == (zh, en)
