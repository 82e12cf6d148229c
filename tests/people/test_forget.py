"""A witness withdraws: nothing that only she said is found anywhere, and nobody else's byte has moved."""

import base64
import gzip
import io
import json
import tarfile
import tomllib
import zipfile
import zlib

import pytest
from pypinyin import Style, pinyin

from marrow.people.archive import open_archive
from marrow.people.forget import forget, hollow, leaving
from marrow.people.runs import runs_of
from marrow.people.scraps import scraps
from marrow.people.sweep import Sought, holds, sweep
from marrow.people.verbs_revoke import withdraw

FAMILY = {"about": "dad", "recorder": "daughter", "dad": {"name": "陆长庚", "also": ["爸爸"], "sex": "male"},
          "mother": {"name": "沈桂兰", "also": ["妈妈"], "sex": "female", "spouse": "dad"},
          "brother": {"name": "陆小川", "also": ["哥哥"], "sex": "male", "father": "dad", "mother": "mother"},
          "daughter": {"name": "陆小满", "also": ["小满"], "sex": "female", "father": "dad", "mother": "mother"}}
HERS = "他走得慢，一只手推车。枣树锯成三截拉走的。"
THEIRS = "两只手都在车把上，你在后面跑。"
TALK = f"妈妈：{HERS}\n哥哥：{THEIRS}\n妈妈：嗯。\n"
RUNS = runs_of([HERS], [THEIRS])


@pytest.fixture
def home(tmp_path):
    with open_archive(tmp_path / "archive" / "people.sqlite", new=True) as archive:
        archive.meet(FAMILY)
        yield tmp_path, archive


def put(home, name, content):
    path = home[0] / "testimony" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    home[1].add(path)
    home[1].refresh()
    return path


def everything(folder):
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


SPELLINGS = {
    "as it stands": "他走得慢", "other signs between": "他走，得……慢", "across lines": "他走\n得慢",
    "in JSON": "他走\\n得慢",
    "traditional": "棗樹鋸成三截", "full width beside": "ＡＢ枣树锯成", "pinyin": "zao shu ju cheng san jie",
    "tones": "zǎo shù jù chéng", "numbers": "zao3 shu4 ju4 cheng2", "run together": "zaoshujucheng",
    "escaped": json.dumps("枣树锯成")[1:-1], "in an address": "%E6%9E%A3%E6%A0%91%E9%94%AF%E6%88%90",
    "entities": "&#26531;&#26641;&#38191;&#25104;", "base64": base64.b64encode("枣树锯成三截".encode()).decode()}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_truth_a_run_is_found_in_every_spelling_and_blacked_out_at_its_length(spelling):
    text = f"前面的话 {spelling} and after"
    better = RUNS.blank(text)
    assert RUNS.holds(text) and not RUNS.holds(better)
    assert len(better) == len(text) and len(better.encode()) == len(text.encode())
    assert better.startswith("前面的话 ") and better.endswith(" and after")


@pytest.mark.parametrize("text", ["走得慢", "两只手都在车把上", "他走x得慢", "他█走得慢", "1998 1999 2000 2001",
                                  "zao shu", ""])
def test_truth_shorter_runs_and_other_peoples_stay(text):
    assert not RUNS.holds(text)


def test_truth_what_somebody_else_said_too_is_not_hers_alone():
    both = runs_of(["他走得慢"], ["我说他走得慢"])
    assert not both.holds("他走得慢") and not both.holds("tazoudeman")
    english = runs_of(["He never raised his voice"], ["his voice"])
    assert english.holds("that HE NEVER RAISED HIS hand") and not english.holds("raised his voice")


def test_law_two_utterances_side_by_side_make_no_run():
    runs = runs_of(["个钟头", "十七床枣树"], [])
    assert runs.blank("██个钟头。█") == "██个钟头。█" and runs.holds("十七床枣")


def test_truth_digits_count_as_characters_and_are_left_standing():
    years = runs_of(["98年发大水，1998年"], ["1998"])
    assert years.blank("九八，98年发大") == "九八，98███" and years.blank("1998") == "1998"


def test_law_pinyin_with_tones_of_every_run_is_found():
    marks = " ".join(each[0] for each in pinyin(HERS, style=Style.TONE, errors="ignore"))
    assert all(RUNS.holds(" ".join(marks.split()[at:at + 6])) for at in range(len(marks.split()) - 5))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs"])
@pytest.mark.parametrize("odd", [0, 1])
def test_truth_words_among_bytes_that_are_no_text_are_found(encoding, odd):
    noise = bytes(range(1, 256)) * 40
    words = "枣树锯成三截" if encoding != "big5hkscs" else "棗樹鋸成三截"
    content = b"\0" * (100 + odd) + noise + words.encode(encoding) + noise[::-1]
    assert any("三截" in text for text in scraps(content))
    assert holds(content, RUNS) and not holds(noise * 4, RUNS)


def packed(words):
    files = {}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", words)
    files["a.docx"] = held.getvalue()
    files["a.gz"] = gzip.compress(words.encode("gb18030"))
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:xz") as archive:
        entry = tarfile.TarInfo("a.docx")
        entry.size = len(files["a.docx"])
        archive.addfile(entry, io.BytesIO(files["a.docx"]))
    files["a.tar.xz"] = held.getvalue()
    body = b"zTXtnote\0\0" + zlib.compress(words.encode())
    files["a.png"] = b"\x89PNG\r\n\x1a\n" + (len(body) - 4).to_bytes(4, "big") + body + b"\0\0\0\0"
    files["a.pdf"] = b"%PDF-1.4\nstream\n" + zlib.compress(words.encode("utf-16-be")) + b"\nendstream"
    return files


def test_truth_words_inside_archives_are_found_and_left_to_the_person(tmp_path):
    for name, content in packed(HERS).items():
        (tmp_path / name).write_bytes(content)
    found = {hit.path.name: hit.act for hit in sweep(tmp_path, Sought(RUNS), really=True)}
    assert found == dict.fromkeys(packed(HERS), "hand")
    assert not list(sweep(tmp_path, Sought(runs_of([THEIRS], [HERS]))))


def test_truth_a_film_and_other_texts_are_blacked_out_where_they_stand(tmp_path):
    film = f'title = "他走得慢"\n[[shot]]\nname = "一"\ntext = """\n{HERS}\n"""  # 枣树锯成\nlength = "2s"\n'
    (tmp_path / "film.toml").write_text(film, "utf-8")
    (tmp_path / "台词.txt").write_bytes(HERS.encode("gb18030"))
    (tmp_path / "台詞.txt").write_bytes("他走得慢，棗樹鋸成三截".encode("big5hkscs"))
    rows = [{"words": HERS, "id": 5}, {"words": "嗯", "evidence": "00112233445566aa"}, {"words": "嗯", "id": "1" * 16}]
    (tmp_path / "talk.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    sought = Sought(RUNS, frozenset({"00112233445566aa"}))
    hits = list(sweep(tmp_path, sought, really=True))
    assert [number for number, _ in hits[0].lines] == [1, 5, 6]
    made = tomllib.loads((tmp_path / "film.toml").read_text("utf-8"))
    assert made["shot"][0]["length"] == "2s" and made["title"] == "████"
    first, second, third = (tmp_path / "talk.jsonl").read_text("utf-8").split("\n")
    assert json.loads(first)["id"] == 5 and second == "" and json.loads(third) == rows[2]
    assert "■■■■" in (tmp_path / "台词.txt").read_bytes().decode("gb18030")
    assert (tmp_path / "台詞.txt").read_bytes().decode("big5hkscs") == "■■■■，■■■■■■"
    assert {words for hit in hits for _, words in hit.lines if hit.path.name == "台詞.txt"} == {"■■■■，■■■■■■"}
    assert list(sweep(tmp_path, sought)) == []


def test_law_a_broken_rewrite_is_refused_and_left_to_the_person(tmp_path):
    (tmp_path / "a.toml").write_text('"枣树锯成" = 1\n', "utf-8")
    (tmp_path / "b.toml").write_text('"枣树锯成" = 1\n"锯成三截" = 2\n', "utf-8")  # blacked out, two keys are one
    before = (tmp_path / "b.toml").read_bytes()
    assert [hit.act for hit in sweep(tmp_path, Sought(RUNS), really=True)] == ["text", "hand"]
    assert (tmp_path / "b.toml").read_bytes() == before


SHAPES = {
    "a.txt": (TALK.encode(), ""), "wide.txt": (TALK.encode("utf-16"), ""), "gb.txt": (TALK.encode("gb18030"), ""),
    "a.srt": (f"1\n00:00:01,000 --> 00:00:03,000\n妈妈：<i>{HERS}</i>\n\n2\n00:00:04,000 --> 00:00:06,000\n"
              f"哥哥：{THEIRS}\n".encode(), ""),
    "a.csv": (f'发送人,时间,内容\n妈妈,2019-10-05 10:00:00,"{HERS} ""好"",\n他走得慢"\n'
              f"哥哥,2019-10-05 10:01:00,{THEIRS}\n".encode("utf-8-sig"), ""),
    "a.json": (json.dumps({"chatlab": {"version": "0.0.2"},
                           "meta": {"name": "家", "platform": "wechat", "type": "group"},
                           "members": [{"platformId": "1", "accountName": "妈妈"},
                                       {"platformId": "2", "accountName": "哥哥"}],
                           "messages": [{"sender": "1", "accountName": "妈妈", "timestamp": 1570240800, "type": 0,
                                         "content": f"{HERS}\n😀"},
                                        {"sender": "2", "accountName": "哥哥", "timestamp": 1570240860, "type": 0,
                                         "content": THEIRS, "reply": {"content": "他走得慢，一只手"}}]}).encode(), "")}


@pytest.mark.parametrize("name", SHAPES)
def test_law_others_stand_where_they_stood_in_every_form(home, name):
    path = put(home, name, SHAPES[name][0])
    folder, archive = home
    before = {each.id: each for each in archive.utterances("witness = 'brother'")}
    assert before and archive.db.execute("select count(*) from utterances where witness = 'mother'").fetchone()[0]
    size = path.stat().st_size
    list(withdraw(archive, "mother", folder, really=True))
    assert {each.id: each for each in archive.utterances()} == before
    assert all(archive.verify(each) for each in archive.utterances())
    assert not holds(everything(folder), RUNS) and path.stat().st_size == size
    if name.endswith(".json"):
        json.loads(path.read_text("utf-8"))
    again = archive.add(path)
    assert (again.new, archive.count()) == (0, len(before))
    path.write_bytes(SHAPES[name][0])  # an old copy comes back
    archive.add(path)
    assert archive.count() == len(before) and not holds(everything(folder / "archive"), RUNS)


def test_truth_a_file_in_which_only_she_speaks_goes_and_never_comes_back(home):
    path = put(home, "妈妈.txt", f"讲述人：沈桂兰\n记录人：小满\n\n{HERS}\n……\n")
    folder, archive = home
    content = path.read_bytes()
    list(withdraw(archive, "mother", folder, really=True))
    assert not path.exists() and not list(archive.originals.iterdir()) and archive.count() == 0
    path.write_bytes(content)
    assert archive.add(path).new == 0 and archive.count() == 0 and not list(archive.originals.iterdir())


def test_truth_what_a_nameless_voice_says_does_not_shield_her(home):
    """Speaker 1 may be she: her words there are told of as left, and who it is is asked for."""
    put(home, "a.txt", TALK)
    put(home, "b.txt", f"Speaker 1 00:00:01\n{HERS}\n\n小满 00:00:05\n真的？\n")
    told = list(withdraw(home[1], "mother", home[0], really=True))
    assert any("b.txt" in each for each in told)
    assert any("people.sqlite" in each for each in told)


def test_truth_the_index_forgets_her_and_what_others_said_too_stays(home):
    put(home, "a.txt", TALK)
    put(home, "b.txt", "小满：妈说他走得慢。\n哥哥：嗯。\n")
    (home[0] / "台词.txt").write_text("他走得慢。别的话。枣树锯成", "utf-8")
    hers = {each.id for each in home[1].utterances("witness = 'mother'")}
    list(withdraw(home[1], "mother", home[0], really=True))
    assert not {row[0] for row in home[1].db.execute("select id from finding_turn")} & hers
    assert not {id for id, _ in home[1].index.search("枣树锯成三截")} & hers
    assert (home[0] / "台词.txt").read_text("utf-8") == "他走得慢。别的话。████"
    assert "妈说他走得慢。" in {each.text for each in home[1].utterances()}


def test_truth_without_really_nothing_changes_and_everything_is_named(home):
    put(home, "a.txt", TALK)
    (home[0] / "台词.txt").write_text(HERS, "utf-8")
    before = everything(home[0])
    told = "\n".join(withdraw(home[1], "mother", home[0], really=False))
    assert everything(home[0]) == before
    assert "a.txt" in told and "台词.txt" in told and "--really" in told


def test_truth_the_end_of_one_value_and_the_start_of_the_next_are_no_run(home):
    put(home, "a.txt", "妈妈：在学校小川都好。\n哥哥：我在学\n")
    from marrow.people.forget import held

    going = leaving(home[1], "mother")
    assert held(home[1], going.runs)
    told = list(withdraw(home[1], "mother", home[0], really=True))
    assert not held(home[1], going.runs) and "Nothing" in told[-1]
    with home[1].change():
        home[1].note("x", "在学，校小")
    assert held(home[1], going.runs)


def test_truth_answers_that_rest_on_her_go_and_others_stay(home):
    put(home, "a.txt", TALK)
    archive = home[1]
    ids = {each.witness: each.id for each in archive.utterances()}
    with archive.change():
        for witness, words in (("mother", "转述"), ("brother", THEIRS), ("daughter", "他走得慢")):
            proof = [{"utterance": ids.get(witness, "0" * 16)}]
            reply = json.dumps({"sentences": [{"words": words, "evidence": proof}]})
            archive.db.execute("insert into replies(generation, question, asker, reply, verdicts) "
                               "values('g1', ?, 'daughter', ?, '')", (f"问{witness}", reply))
        archive.db.execute("insert into answers values('mother', 'dad', 'x', '[1]'), ('brother', 'dad', 'x', '[2]')")
    forget(archive, leaving(archive, "mother"))
    for table in ("replies", "answers"):
        assert archive.db.execute(f"select count(*) from {table}").fetchone()[0] == 1
    assert "mother" not in archive.willing("talk") and "brother" in archive.willing("talk")


def test_law_done_twice_is_done_once_and_a_broken_off_one_is_taken_up(home):
    put(home, "a.txt", TALK)
    folder, archive = home
    path = archive.originals / archive.db.execute("select source from originals").fetchone()[0]
    going = leaving(archive, "mother")
    from marrow.people.forget import remains
    path.write_bytes(remains(path.read_bytes(), going.files[0], going.runs))  # killed before the tables changed
    forget(archive, leaving(archive, "mother"))
    assert all(archive.verify(each) for each in archive.utterances()) and archive.count() == 1
    before = everything(folder)
    list(withdraw(archive, "mother", folder, really=True))
    assert everything(folder / "testimony") in before and archive.count() == 1


def test_truth_a_picture_with_a_card_of_ours_goes(tmp_path):
    from marrow.people.card import with_card

    end = b"\0\0\0\0IEND\xaeB`\x82"
    for name, mark in (("ours.png", {"marrow": {}}), ("foreign.png", {})):
        made = {"spec": "chara_card_v3", "data": {"name": HERS, "extensions": mark}}
        (tmp_path / name).write_bytes(with_card(b"\x89PNG\r\n\x1a\n" + end, made))
        (tmp_path / name.replace("png", "json")).write_text(json.dumps(made), "utf-8")
    assert {hit.path.name: hit.act for hit in sweep(tmp_path, Sought(RUNS), really=True)} == {
        "ours.png": "own", "foreign.png": "hand", "ours.json": "own", "foreign.json": "text"}
    assert not (tmp_path / "ours.png").exists()


@pytest.mark.parametrize(("piece", "escape", "blank"), [
    ('"他走"', "json", '"      "'), ('["他",{"text":"走"}]', "json", "[" + " " * 20 + "]"),
    ("他\r\n走", "", "   \r\n   "),
    ('"a ""b"""', "csv", '"       "'), ('<a href="他">走<br/></a>', "html", "<a           >   <br/></a>")])
def test_truth_a_blank_turn_keeps_the_form_around_it(piece, escape, blank):
    assert hollow(piece.encode(), "utf-8", escape).decode() == blank
    wide = hollow(piece.encode("utf-16-le"), "utf-16-le", escape)
    assert len(wide) == len(piece.encode("utf-16-le")) and "他" not in wide.decode("utf-16-le")
