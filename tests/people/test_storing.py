"""What stands between a reader and the archive: ids, places, names that are broken, and what is no speech."""

import pytest

from marrow.people.archive import open_archive
from marrow.people.formats import follow, read
from marrow.people.formats.asides import aside_of
from marrow.people.testimony import name_of

FAMILY = {"about": "dad", "dad": {"name": "陆长庚"}, "mother": {"name": "沈桂兰", "also": ["妈妈"]},
          "daughter": {"name": "陆小满", "also": ["小满"]}, "brother": {"name": "陆小川", "also": ["小川"]}}
CHAT = ("2019-10-05 21:03:11 妈妈\n吃饭\n\n2019-10-05 21:04:00 小满\n好\n\n2019-10-06 08:00:00 妈妈\n早\n\n"
        "2019-10-07 08:00:00 妈妈\n来\n\n2019-10-07 08:01:00 小川\n来了\n\n2019-10-07 08:02:00 小满\n我也来\n\n"
        "2019-10-08 08:01:00 小满\n哥\n\n2019-10-08 08:02:00 小川\n嗯\n")
LINES = ('{"_type": "header", "chatlab": {"version": "0.0.2"}, "meta": {"platform": "wechat"}}\n'
         '{"sender": "1", "accountName": "妈\\ud83d", "timestamp": 1570280591, "type": 0, "content": "走"}\n')


@pytest.fixture
def archive(tmp_path):
    with open_archive(tmp_path / "archive" / "people.sqlite", new=True) as made:
        made.meet(FAMILY)
        yield made


def put(archive, content):
    path = archive.path.parent.parent / "a.txt"
    path.write_bytes(content)
    return archive.add(path)


def test_truth_the_id_of_a_row_is_the_name_of_its_place(archive):
    put(archive, CHAT.encode())
    assert all(each.id == name_of(each.source, each.start, each.end) for each in archive.utterances())


def test_truth_in_a_talk_of_two_each_speaks_to_the_other_and_to_nobody_in_one_of_three(archive):
    put(archive, CHAT.encode())
    assert [(each.witness, each.to) for each in archive.utterances()] == [
        ("mother", "daughter"), ("daughter", "mother"), ("mother", ""), ("mother", ""), ("brother", ""),
        ("daughter", ""), ("daughter", "brother"), ("brother", "daughter")]
    assert [each.place for each in archive.utterances()] == [0, 1, 0, 0, 1, 2, 0, 1]


@pytest.mark.parametrize("content", [
    CHAT.encode().replace("小满".encode(), b"\xe5\xb0\x8f\xe6\xbb", 1), LINES.encode()], ids=["chat", "json"])
def test_law_a_name_with_broken_letters_is_kept_and_stops_nothing(archive, content):
    assert put(archive, content).new == len(list(archive.utterances())) > 0
    assert any("\\x" in each or "\\u" in each for each in archive.strangers())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_truth_whole_letters_of_two_bytes_are_not_told_as_broken(tmp_path, encoding):
    (tmp_path / "a.txt").write_bytes(f"\ufeff{CHAT}".encode(encoding))
    assert not read(tmp_path / "a.txt").losses
    (tmp_path / "a.txt").write_bytes(f"\ufeff{CHAT}\ud800\n".encode(encoding, "surrogatepass"))
    reading = follow(tmp_path / "a.txt")
    assert sum(1 for _ in reading.turns) == 8 and [each.key for each in reading.losses.remarks()] == ["people.broken"]


@pytest.mark.parametrize(("text", "aside"), [
    ("[系统]好", "system"), ("好[系统]", ""),
    ("[图片]", "media"), ("<Media omitted>", "media"), ("media omitted", "media"),
    ("Missed voice call", "system"), ("我说 missed voice call", ""), ("你撤回了一条消息", "system"), ("图片", "")])
def test_truth_what_a_program_says_is_no_speech(text, aside):
    assert aside_of(text, "妈妈") == aside
