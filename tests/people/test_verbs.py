"""The verbs of people, as they are typed, in both languages: they answer in lines, and refuse in a sentence."""

import io
import json

import pytest
from told import FILES

from marrow.cli import main

FAMILY = """about = "dad"
recorder = "daughter"
[dad]
name = "陆长庚"
sex = "male"
died = "2019"
spouse = "mother"
[mother]
name = "沈桂兰"
also = ["桂兰"]
sex = "female"
consent = ["talk", "film", "public"]
[brother]
name = "陆小川"
also = ["小川"]
sex = "male"
father = "dad"
mother = "mother"
born = "1982"
[daughter]
name = "陆小满"
also = ["小满"]
sex = "female"
father = "dad"
mother = "mother"
born = "1988"
[friend]
name = "周德福"
also = ["老周"]
sex = "male"
"""


@pytest.fixture(params=["zh", "en"])
def run(request, tmp_path, monkeypatch, capsys):
    """A command typed in a folder where the testimony was taken in: exit code, what it said, what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MARROW_LANG", request.param)
    (tmp_path / "口述").mkdir()
    (tmp_path / "口述" / "family.toml").write_text(FAMILY, "utf-8")
    (tmp_path / "口述" / "录音.txt").write_text("Speaker 1 00:01\n他有一辆自行撤。\n\nSpeaker 2 00:05\n真的？\n",
                                             "utf-8")
    for name, words in FILES.items():
        (tmp_path / "口述" / name).write_text(words, "utf-8")

    def typed(*words, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main(list(words))
        out, complaint = capsys.readouterr()
        return code, out, complaint

    typed.lang = request.param
    assert typed("people", "add", "口述")[0] == 0
    return typed


def id_of(run, words):
    return run("people", "find", words)[1].split(" ", 1)[0]


def test_truth_what_is_added_is_shown(run):
    code, out, _ = run("people", "add", "口述")
    assert code == 0 and all(name in out for name in FILES) and "Speaker 1, Speaker 2" in out
    code, out, _ = run("people", "show")
    assert code == 0 and "沈桂兰" in out and "妈妈.txt" in out and "Speaker 1" in out
    code, out, _ = run("people", "show", "老周")
    assert code == 0 and "机修车间" in out and "腊肉" not in out


def test_truth_a_speaker_is_named_a_hearing_corrected_a_passage_sealed(run):
    assert run("people", "name", "Speaker 1", "mother")[0] == 0
    assert run("people", "name", "Speaker 2", "小满", "--file", "录音.txt")[0] == 0
    code, out, _ = run("people", "correct", id_of(run, "自行撤"), "他有一辆自行车。")
    assert code == 0 and "他有一辆自行撤。 → 他有一辆自行车。" in out
    code, out, _ = run("people", "find", "自行车")
    assert code == 0 and "沈桂兰 → 陆小满" in out and "他有一辆自行车。" in out
    assert "自行车" not in run("people", "find", "自行车", "--person", "老周")[1]
    tea = id_of(run, "他只喝茶")
    assert run("people", "seal", tea)[0] == 0
    assert "喝茶" not in run("people", "talk", "dad", "--as", "daughter", stdin="你喝酒吗？\n")[1]
    assert run("people", "seal", tea, "--open")[0] == 0
    assert "喝茶" in run("people", "talk", "dad", "--as", "daughter", stdin="你喝酒吗？\n")[1]


def test_truth_a_talk_is_disclosed_and_kept_where_asked(run):
    code, out, _ = run("people", "talk", "陆长庚", "--as", "小满", "--keep", "谈话.jsonl", stdin="你爱吃什么？\n再见\n")
    assert code == 0 and "腊肉饭" in out and "谈话.jsonl" in out
    with open("谈话.jsonl", encoding="utf-8") as file:
        assert [json.loads(line)["words"] for line in file] == ["你爱吃什么？", "再见"]
    code, out, _ = run("people", "talk", "dad", "--as", "daughter", "--view", "brother", stdin="你爱吃什么？\n")
    assert code == 0 and "腊肉饭" not in out


def test_truth_conflicts_are_listed_with_both_sides(run):
    code, out, _ = run("people", "conflicts")
    assert code == 0 and "一只手牵着你的手" in out and "爸没牵你的手" in out
    code, out, _ = run("people", "conflicts", "月球")
    assert code == 0 and "牵" not in out


def test_truth_generations_are_made_compared_and_judged(run):
    with open("questions.txt", "w", encoding="utf-8") as file:
        file.write("你爱吃什么？\n小川：你冬天做什么？\n")
    code, out, _ = run("people", "generation", "g1", "--without", "mother")
    assert code == 0 and "g1" in out
    assert run("people", "generation", "g2")[0] == 0
    code, out, _ = run("people", "compare", "g1", "g2")
    assert code == 0 and "g2: 我最爱吃腊肉饭" in out and "g1: " in out
    code, out, _ = run("people", "judge", "--as", "brother", stdin="y\n?\n不会\n\n")
    assert code == 0 and "g1" not in out and "g2" not in out
    assert "陆小川" in run("people", "compare", "g1", "g2")[1]
    assert run("people", "judge", "--as", "brother", stdin="y\n")[1] == ""


def test_truth_a_witness_is_left_out(run):
    from marrow.people.verbs_generations import without

    lines = list(without("桂兰"))
    assert any("腊肉" in each for each in lines) and len(lines) == 4 * 3 + 1 and "3" in lines[-1]


def test_truth_lines_and_cards_leave_with_what_is_public(run):
    code, out, _ = run("people", "export", "a.jsonl")
    with open("a.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    assert code == 0 and str(len(rows)) in out
    assert {each["witness"] for each in rows if "utterance" in each} == {"mother"}
    assert run("people", "export", "b.jsonl", "--purpose", "talk")[0] == 0
    for name in ("a.json", "a.png"):
        code, out, _ = run("people", "card", "dad", name)
        assert code == 0 and name in out
    from marrow.people.card import read_card

    cards = []
    for name in ("a.json", "a.png"):
        with open(name, "rb") as file:
            cards.append(read_card(file.read(), name))
    assert cards[0] == cards[1] and cards[0]["data"]["name"] == "陆长庚"
    assert run("people", "add", "a.png")[0] == 0


@pytest.mark.parametrize("words", [
    ("add", "没有.txt"), ("add", "空"), ("add", "坏"), ("show", "谁"), ("name", "Speaker 9", "mother"),
    ("name", "Speaker 1", "谁"), ("name", "Speaker 1", "mother", "--file", "没有.txt"), ("correct", "zzz", "好"),
    ("seal", "zzz"), ("find", "自行车", "--person", "谁"), ("talk", "谁", "--as", "daughter"),
    ("talk", "dad", "--as", "谁"), ("talk", "dad", "--as", "daughter", "--imagine", "2"),
    ("talk", "dad", "--as", "daughter", "--view", "谁"), ("generation", "g1"),
    ("generation", "g1", "--questions", "空白.txt"), ("compare", "g1", "g2"), ("judge", "--as", "谁"),
    ("judge", "--as", "brother", "--generations", "g9"), ("export", "a.txt"),
    ("export", "a.jsonl", "--purpose", "sell"),
    ("card", "dad", "a.gif"), ("card", "谁", "a.json"), ("card", "friend", "a.json"),
    ("card", "dad", "a.png", "--picture", "没有.jpg")])
@pytest.mark.parametrize("run", ["zh"], indirect=True)
def test_refuses_in_a_sentence(run, tmp_path, words):
    (tmp_path / "空").mkdir()
    (tmp_path / "坏").mkdir()
    (tmp_path / "坏" / "family.toml").write_text("[dad\n", "utf-8")
    (tmp_path / "空白.txt").write_text("\n", "utf-8")
    code, _, complaint = run("people", *words, stdin="你好\n")
    assert code in (1, 2, 3, 4) and complaint.strip() and "Traceback" not in complaint
    assert "→" in complaint and len(complaint.strip().splitlines()) <= 3


@pytest.mark.parametrize("words", ["", "\ufeff", 'about = "dad"\n', "# 还没写\n"])
@pytest.mark.parametrize("run", ["zh"], indirect=True)
def test_refuses_a_family_of_nobody_and_keeps_the_one_there_is(run, tmp_path, words):
    before = run("people", "show")
    (tmp_path / "family.toml").write_text(words, "utf-8")
    code, _, complaint = run("people", "add", "family.toml")
    assert code == 2 and "family.toml 里一个人也没有" in complaint
    assert run("people", "show") == before


@pytest.mark.parametrize("words", [("export", "file/a.jsonl"), ("card", "mother", "file/a.json"),
                                   ("talk", "dad", "--as", "daughter", "--keep", "file/a.jsonl")])
@pytest.mark.parametrize("run", ["zh"], indirect=True)
def test_refuses_to_write_where_nothing_can_be_written(run, tmp_path, words):
    (tmp_path / "file").write_text("")
    code, _, complaint = run("people", *words, stdin="你好\n")
    assert code in (2, 5) and "file" in complaint and "→" in complaint and "Traceback" not in complaint


@pytest.mark.parametrize("run", ["zh", "en"], indirect=True)
def test_refuses_a_verdict_that_is_none_and_a_name_that_is_taken(run):
    with open("questions.txt", "w", encoding="utf-8") as file:
        file.write("你爱吃什么？\n")
    assert run("people", "generation", "g1")[0] == 0
    code, _, complaint = run("people", "generation", "g1")
    assert code != 0 and "g1" in complaint
    code, _, complaint = run("people", "judge", "--as", "mother", stdin="也许\n")
    assert code != 0 and "也许" in complaint


def test_refuses_where_there_is_no_archive(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MARROW_LANG", "zh")
    for words in (("show",), ("find", "车"), ("conflicts",), ("export", "a.jsonl"), ("card", "dad", "a.json")):
        assert main(["people", *words]) != 0
        assert "marrow people add" in capsys.readouterr().err and not (tmp_path / "archive").exists()
