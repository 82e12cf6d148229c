"""Character cards: out with evidence and consent, back as they were, from JSON and PNG; hostile ones in a sentence."""

import base64
import io
import json
import zlib

import numpy as np
import pytest
from PIL import Image
from told import FAMILY, put, tell

from marrow.errors import InputError
from marrow.people.card import MOST, carried, read_card, with_card
from marrow.people.lines import card_of, write_card
from marrow.people.verbs import add

HEAD = b"\x89PNG\r\n\x1a\n"


def png(**text):
    """A small picture, with text chunks."""
    from PIL.PngImagePlugin import PngInfo

    made, out = PngInfo(), io.BytesIO()
    for key, value in text.items():
        made.add_text(key, value)
    pixels = np.arange(6 * 5 * 3, dtype=np.uint8).reshape(6, 5, 3)
    Image.fromarray(pixels).save(out, "PNG", pnginfo=made)
    return out.getvalue()


def coded(card):
    return base64.b64encode(json.dumps(card, ensure_ascii=False).encode()).decode()


def pixels(content):
    return np.asarray(Image.open(io.BytesIO(content)))


@pytest.fixture(scope="module")
def made(told):
    return card_of(told, "dad", "zh")


def test_truth_the_lorebook_is_what_public_witnesses_said_with_its_evidence(told, made):
    entries = made["data"]["character_book"]["entries"]
    assert {each["extensions"]["marrow"]["witness"] for each in entries} == {"mother"} == told.willing("public")
    for each in entries:
        proof = each["extensions"]["marrow"]
        there = told.one(proof["utterance"])
        assert (there.source, there.start, there.end) == (proof["source"], proof["start"], proof["end"])
        assert told.verify(there) and each["content"] == f"沈桂兰说：“{there.text}”" and each["name"] == there.id
        assert each["keys"] and all(key in there.text for key in each["keys"])
    assert [each["insertion_order"] for each in entries] == list(range(len(entries)))
    assert made["data"]["extensions"] == {"marrow": {"person": "dad"}} and made["data"]["first_mes"] == ""


def test_law_a_sealed_passage_and_an_unwilling_witness_are_in_no_card(archive):
    tell(archive, family=FAMILY | {"mother": FAMILY["mother"] | {"consent": ["talk"]}})
    assert card_of(archive, "dad", "zh")["data"]["character_book"]["entries"] == []
    archive.meet(FAMILY)
    before = card_of(archive, "dad", "zh")["data"]["character_book"]["entries"]
    archive.seal(archive.one(before[0]["name"]))
    assert card_of(archive, "dad", "zh")["data"]["character_book"]["entries"][0]["name"] == before[1]["name"]


@pytest.mark.parametrize("suffix", [".json", ".png"])
def test_law_written_and_read_back_it_is_the_same(made, tmp_path, suffix):
    write_card(made, tmp_path / f"a{suffix}", png())
    content = (tmp_path / f"a{suffix}").read_bytes()
    assert read_card(content, "a") == made
    write_card(made, tmp_path / f"b{suffix}", png())
    assert (tmp_path / f"b{suffix}").read_bytes() == content


def test_law_the_picture_stays_the_same_and_other_tools_open_it(made):
    content = with_card(png(Title="老陈"), made)
    assert (pixels(content) == pixels(png())).all()
    opened = Image.open(io.BytesIO(content))
    opened.load()
    assert json.loads(base64.b64decode(opened.text["ccv3"])) == made and opened.text["Title"] == "老陈"
    older = json.loads(base64.b64decode(opened.text["chara"]))
    assert older["spec"] == "chara_card_v2" and older["data"] == made["data"]


def test_law_a_second_card_takes_the_place_of_the_first(made):
    other = {"spec": "chara_card_v3", "spec_version": "3.0", "data": {"name": "别人"}}
    content = with_card(with_card(png(), other), made)
    assert read_card(content, "a") == made and content == with_card(png(), made)


V1 = {"name": "老陈", "description": "话少。", "personality": "", "scenario": "", "first_mes": "", "mes_example": ""}
V2 = {"spec": "chara_card_v2", "spec_version": "2.0", "data": {**V1, "creator": "阿明", "character_book": {
    "extensions": {}, "entries": [{"keys": ["车"], "content": "他会修车。", "extensions": {}, "enabled": True}]}}}


@pytest.mark.parametrize("card", [V1, V2, {**V2, "spec": "chara_card_v3"}])
def test_truth_older_versions_are_read_from_json_and_png(card):
    assert read_card(json.dumps(card).encode(), "a") == card
    assert read_card("\ufeff".encode() + json.dumps(card).encode(), "a") == card
    assert read_card(png(chara=coded(card)), "a") == card


def test_truth_the_newest_version_in_a_picture_is_read():
    assert read_card(png(chara=coded(V1), ccv3=coded(V2)), "a") == V2
    assert read_card(png(chara=coded(V1), ccv3="!"), "a") == V1


def chunk(kind, body, length=None):
    told = len(body) if length is None else length
    return told.to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"null", b"1", b'{"name": 3}', b'{"data": []}', b'{"data": {"name": null}}', b"\xff\xfe{",
    b"[" * 100_000, b'{"a":' * 100_000, png(), png(chara="!!!"), png(chara=coded([])), HEAD, HEAD + b"\0\0\0",
    HEAD + chunk(b"tEXt", b"ccv3", 1 << 31), HEAD + chunk(b"tEXt", b"ccv3\0" + b"A" * 5),
    with_card(png(), V2)[:-400], b'{"name": "' + b"a" * MOST + b'"}'], ids=range(20))
def test_refuses_what_carries_no_card_in_a_sentence(content):
    with pytest.raises(InputError) as caught:
        read_card(content, "卡.png")
    assert caught.value.key == "people.card" and "卡.png" in caught.value.tell("zh")


# ---------------------------------------------------------------- a card as testimony

def test_truth_a_card_is_testimony_of_who_made_it(archive):
    archive.meet(FAMILY)
    put(archive, "card.json", json.dumps(V2, ensure_ascii=False, indent=1))
    assert [(each.label, each.witness, each.text) for each in archive.utterances()] == [
        ("阿明", "", "话少。"), ("阿明", "", "他会修车。")]
    assert all(archive.verify(each) for each in archive.utterances()) and archive.strangers() == ["阿明"]
    archive.name("阿明", "friend")
    assert {each.witness for each in archive.utterances()} == {"friend"}


def test_truth_of_a_picture_the_card_is_kept_and_that_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "老陈.png").write_bytes(with_card(png(), V2))
    lines = list(add("老陈.png"))
    assert any("老陈.png" in each and "老陈.json" in each for each in lines)
    (kept,) = (tmp_path / "archive" / "originals").iterdir()
    assert json.loads(kept.read_bytes())["data"] == V2["data"]
    assert carried((tmp_path / "老陈.png").read_bytes()) == kept.read_bytes()


def test_truth_our_own_card_read_again_is_heard_from_nobody(told, made, archive):
    archive.meet(FAMILY)
    put(archive, "a.json", json.dumps(made, ensure_ascii=False))
    assert {each.label for each in archive.utterances()} == {"Marrow"}
    assert {each.witness for each in archive.utterances()} == {""}


@pytest.mark.parametrize("text", ['{"spec": "chara_card_v3", "data": {"name": "a", ',
                                  '{"spec": "chara_card_v3", "data": []}',
                                  '{"spec": "chara_card_v3", "data": ' + '{"a":' * 20_000])
def test_refuses_a_torn_card_and_takes_nothing_in(archive, text):
    with pytest.raises(InputError) as caught:
        put(archive, "a.json", text)
    assert caught.value.key == "people.card" and archive.count() == 0
