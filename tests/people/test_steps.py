"""The step people.answer: by its name, for the film only, telling ids and never words."""

import pytest
from told import FAMILY, FILES, tell

from marrow import media
from marrow.contents import listener
from marrow.errors import InputError, MarrowError
from marrow.media import Person, Text
from marrow.people.archive import open_archive
from marrow.step import find

DAD, BROTHER = Person("dad"), Person("brother")


@pytest.fixture(scope="module")
def testimony(tmp_path_factory):
    with open_archive(tmp_path_factory.mktemp("film") / "archive" / "people.sqlite", new=True) as archive:
        tell(archive)
    return media.Testimony(archive.path)


@pytest.fixture
def remarks():
    heard = []
    token = listener.set(heard.append)
    yield heard
    listener.reset(token)


def answer(words, testimony, asker=None, speaker=DAD, **settings):
    return find("people.answer").run(Text(words), testimony, speaker, asker, **settings).words


def test_truth_he_answers_whoever_asks(testimony):
    assert answer("你爱吃什么？", testimony) == "我最爱吃腊肉饭，一顿能吃三碗。"
    assert answer("我是在哪里学会骑车的？", testimony, BROTHER) == "你小时候在河边学会骑车，摔了三回。"
    assert answer("我是在哪里学会骑车的？", testimony) == "那是你哥的事。"


def test_law_without_consent_to_the_film_a_witness_is_never_heard(testimony):
    assert answer("你喝酒吗？", testimony) == "我不知道。"
    with open_archive(testimony.path, write=False) as archive:
        assert "friend" in archive.willing("talk") - archive.willing("film")


def test_law_the_same_archive_and_settings_give_the_same_bytes(testimony):
    hand = "你送我上学的时候牵着我的手吗？"
    assert answer(hand, testimony) == answer(hand, testimony)
    assert answer(hand, testimony, sentences=2) == "我不知道。你妈妈和你哥记得不一样。"
    assert answer(hand, testimony, view="mother") == "牵着的，我一只手推车，一只手牵着你的手。"


def test_law_what_is_told_on_the_way_holds_ids_and_never_words(testimony, remarks):
    answer("你送我上学的时候牵着我的手吗？", testimony)
    kinds = [each.key.rpartition(".") for each in remarks]
    assert [each[2] for each in kinds] == ["unknown", "unknown", "quoted", "quoted"]
    assert {each[0] for each in kinds} == {"people.sentence"}
    with open_archive(testimony.path, write=False) as archive:
        ids = " ".join(str(each.facts["evidence"]) for each in remarks).split()
        assert len(ids) == 4 and all(archive.one(id).id == id for id in ids)
    told = "".join(each.tell(lang) for each in remarks for lang in ("zh", "en"))
    runs = {line[place:place + 4] for text in FILES.values() for line in text.splitlines()
            for place in range(len(line) - 3)}
    assert not [run for run in runs if run in told and not run.isascii()]


@pytest.mark.parametrize(("call", "key"), [
    (lambda place: answer("你好", place, speaker=Person("nobody")), "people.person"),
    (lambda place: answer("你好", place, Person("nobody")), "people.person"),
    (lambda place: answer("你好", place, view="nobody"), "people.person"),
    (lambda place: answer("你爱吃什么？", place, engine="nothing"), "engine.unknown"),
    (lambda place: answer("你好", media.Testimony(place.path.with_name("none.sqlite"))), "people.archive")])
def test_refuses_whom_and_what_is_not_there(testimony, call, key):
    with pytest.raises(MarrowError) as caught:
        call(testimony)
    assert caught.value.key == key and caught.value.tell("zh") != caught.value.tell("en")


def test_refuses_to_speak_for_somebody_who_was_put_to_rest(archive):
    tell(archive, "妈妈.txt", family=FAMILY | {"dad": FAMILY["dad"] | {"rests": True}})
    with pytest.raises(InputError) as caught:
        answer("你爱吃什么？", media.Testimony(archive.path))
    assert caught.value.key == "people.resting"
