"""Mistakes in film.toml: each names its line, says in two languages what to do, and doing it works."""

import os
import re
import subprocess
import sys
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stubs import write_film

from marrow import words
from marrow.errors import FilmError
from marrow.film import check, resolve
from marrow.film.film import read

FILM = '''\
title = "两个父亲"
fps = 24
size = "1280x720"
version = "v2"

[people.dad]
name = "父亲"
voice = { pitch = -5 }

[defaults]
stub.grade = { warmth = 0.2 }

[recipes]
chain = ["stub.clean", "stub.animate"]

[[shot]]
name = "01-问"
recipe = ["frames.title"]
text = "他是怎样的人？"
length = "4s"
subtitles = [ { at = "0.5s", to = "3s", text = "爸爸", below = "Father" } ]

[[shot]]
name = "02-走"
recipe = "chain"
use = "words/walk.txt"
stub.animate = { speed = 2.0 }
fade = "1s"

[[shot]]
name = "03-答"
recipe = ["stub.join", "stub.card"]
text = "我不知道。"
other = { shot = "02-走" }
speaker = "dad"
label = true

[[sound]]
name = "答"
recipe = ["voice.speak"]
text = "我不知道。"
speaker = "dad"
shot = "03-答"
at = "1s"
gain = -3

[versions.v1]
note = "第一版"

[versions.v2]
from = "v1"
stub.grade = { warmth = 0.8 }

[versions.v2.shot."02-走"]
stub.animate = { speed = 3.0 }
'''

# id, what stands, what a hand makes of it, the line, the error
SLIPS = [
    ("wide equals", 'title = "两个父亲"', 'title ＝ "两个父亲"', 1, "film.wide"),
    ("wide quotes", 'title = "两个父亲"', "title = “两个父亲”", 1, "film.wide"),
    ("wide closing quote", 'title = "两个父亲"', 'title = "两个父亲”', 1, "film.wide"),
    ("wide opening quote", 'title = "两个父亲"', 'title = “两个父亲"', 1, "film.wide"),
    ("corner quotes", 'title = "两个父亲"', "title = 「两个父亲」", 1, "film.wide"),
    ("single wide quotes", 'title = "两个父亲"', "title = ‘两个父亲’", 1, "film.wide"),
    ("wide digits", "fps = 24", "fps = ２４", 2, "film.wide"),
    ("wide letters", "fps = 24", "ｆｐｓ = 24", 2, "film.wide"),
    ("wide space", "fps = 24", "fps　=　24", 2, "film.wide"),
    ("no-break space", "fps = 24", "fps\u00a0=\u00a024", 2, "film.wide"),
    ("wide comma", '["stub.clean", "stub.animate"]', '["stub.clean"，"stub.animate"]', 14, "film.wide"),
    ("list comma", '["stub.clean", "stub.animate"]', '["stub.clean"、"stub.animate"]', 14, "film.wide"),
    ("wide brackets", '["stub.clean", "stub.animate"]', '［"stub.clean", "stub.animate"］', 14, "film.wide"),
    ("lenticular brackets", "[recipes]", "【recipes】", 13, "film.wide"),
    ("wide braces", "{ pitch = -5 }", "｛ pitch = -5 ｝", 8, "film.wide"),
    ("wide comment", "fps = 24", "fps = 24 ＃帧率", 2, "film.wide"),
    ("wide colon", "fps = 24", "fps：24", 2, "film.colon"),
    ("wide full stop in a key", "stub.grade = { warmth = 0.2 }", "stub。grade = { warmth = 0.2 }", 11, "film.wide"),
    ("semicolon", "fps = 24", "fps = 24;", 2, "film.wide"),
    ("wide semicolon", "fps = 24", "fps = 24；", 2, "film.wide"),
    ("everything wide", 'chain = ["stub.clean", "stub.animate"]', "chain＝［“stub.clean”，“stub.animate”］", 14,
     "film.wide"),
    ("Chinese key", "[people.dad]", "[people.爸爸]\n[people.dad]", 6, "film.bare_key"),
    ("Chinese key in a table", "chain = [", '链 = ["stub.clean"]\nchain = [', 14, "film.bare_key"),
    ("shot table of a Chinese name", '[versions.v2.shot."02-走"]', "[versions.v2.shot.02-走]", 54, "film.bare_key"),
    ("colon", "fps = 24", "fps: 24", 2, "film.colon"),
    ("two equals", "fps = 24", "fps == 24", 2, "film.equals"),
    ("Python's true", "label = true", "label = True", 36, "film.truth"),
    ("Chinese truth", "label = true", "label = 是", 36, "film.truth"),
    ("no quotes", 'title = "两个父亲"', "title = 两个父亲", 1, "film.quote"),
    ("no quotes around a size", 'size = "1280x720"', "size = 1280x720", 3, "film.quote"),
    ("no quotes around seconds", 'length = "4s"', "length = 4s", 20, "film.quote"),
    ("no closing quote", 'use = "words/walk.txt"', 'use = "words/walk.txt', 26, "film.quote"),
    ("no opening quote", 'use = "words/walk.txt"', 'use = words/walk.txt"', 26, "film.quote"),
    ("no quotes in a list", '["stub.clean", "stub.animate"]', "[stub.clean, stub.animate]", 14, "film.quote"),
    ("quotes in quotes", 'note = "第一版"', 'note = "第"一"版"', 48, "film.quote"),
    ("Windows path", 'use = "words/walk.txt"', 'use = "words\\walk.txt"', 26, "film.slashes"),
    ("Windows path that TOML takes for a line break", 'use = "words/walk.txt"', 'use = "words\\new.txt"', 26,
     "film.slashes"),
    ("quotes that only close", 'text = "他是怎样的人？"', "text = ”他是怎样的人？”", 19, "film.wide"),
    ("quotes that only open", 'text = "他是怎样的人？"', "text = “他是怎样的人？“", 19, "film.wide"),
    ("wide quotes in wide quotes", 'note = "第一版"', "note = 「「第」，一版」", 48, "film.wide"),
    ("comma forgotten", '["stub.clean", "stub.animate"]', '["stub.clean" "stub.animate"]', 14, "film.comma"),
    ("comma forgotten in a table", '{ at = "0.5s", to = "3s",', '{ at = "0.5s" to = "3s",', 21, "film.comma"),
    ("comma before a brace", 'below = "Father" }', 'below = "Father", }', 21, "film.comma"),
    ("comma at the end", "fps = 24", "fps = 24,", 2, "film.comma"),
    ("bracket left open", '"stub.animate"]', '"stub.animate"', 14, "film.bracket"),
    ("brace left open", "{ pitch = -5 }", "{ pitch = -5", 8, "film.bracket"),
    ("heading left open", "[recipes]", "[recipes", 13, "film.header"),
    ("heading half open", '[[shot]]\nname = "03', '[[shot]\nname = "03', 30, "film.header"),
    ("single brackets", '[[shot]]\nname = "03', '[shot]\nname = "03', 30, "film.header"),
    ("slashes as a comment", "fps = 24", "// 帧率\nfps = 24", 2, "film.comment"),
    ("leading zero", "fps = 24", "fps = 024", 2, "film.number"),
    ("number without its zero", "warmth = 0.2", "warmth = .2", 11, "film.number"),
]

# id, what stands, what somebody writes, the line, the error, a word that the message must offer
CHOICES = [
    ("misspelt step", '"frames.title"', '"frames.titel"', 18, "film.step", "frames.title"),
    ("misspelt department", '"frames.title"', '"frame.title"', 18, "film.step", "frames.title"),
    ("misspelt recipe", 'recipe = "chain"', 'recipe = "chian"', 25, "film.recipe", "chain"),
    ("misspelt key of a shot", "fade = ", "fede = ", 28, "film.key", "fade"),
    ("misspelt key of the film", "title = ", "titel = ", 1, "film.key", "title"),
    ("misspelt setting", "speed = 2.0", "sped = 2.0", 27, "setting.unknown", "speed"),
    ("misspelt default", "stub.grade = { warmth = 0.2 }", "stub.grad = { warmth = 0.2 }", 11, "film.step",
     "stub.grade"),
    ("a step that is not in the recipe", "stub.animate = { speed = 2.0 }", "stub.render = { samples = 2 }", 27,
     "film.not_in_recipe", "stub.animate"),
    ("missing file", "words/walk.txt", "words/wlak.txt", 26, "film.file", "walk.txt"),
    ("wrong case", "words/walk.txt", "words/Walk.TXT", 26, "film.file", "walk.txt"),
    ("a folder", "words/walk.txt", "words", 26, "film.folder", "file"),
    ("one name twice", 'name = "03-答"', 'name = "02-走"', 31, "film.twice", "24"),
    ("no name", 'name = "03-答"\n', "", 30, "film.nameless", "name"),
    ("unknown shot", 'shot = "02-走"', 'shot = "02-走路"', 34, "film.shot", "02-走"),
    ("unknown shot of a sound", 'shot = "03-答"', 'shot = "04"', 43, "film.shot", "03-答"),
    ("unknown person", 'speaker = "dad"\nlabel', 'speaker = "dda"\nlabel', 35, "film.person", "dad"),
    ("unknown version", 'version = "v2"', 'version = "v3"', 4, "film.version", "v2"),
    ("unknown parent", 'from = "v1"', 'from = "v0"', 51, "film.version", "v1"),
    ("versions in a circle", '[versions.v1]\n', '[versions.v1]\nfrom = "v2"\n', 48, "film.from_circle", "from"),
    ("wrong unit", 'length = "4s"', 'length = "4 sec"', 20, "setting.kind", "4s"),
    ("words for a number", "speed = 2.0", 'speed = "fast"', 27, "setting.kind", "1.0"),
    ("wrong rate", "fps = 24", 'fps = "fast"', 2, "film.value", "24000/1001"),
    ("odd size", '"1280x720"', '"1281x721"', 3, "film.value", "1280x720"),
    ("a size in one number", '"1280x720"', "720", 3, "film.value", "1280x720"),
    ("wrong fade", 'fade = "1s"', 'fade = "one"', 28, "film.value", "1s"),
    ("negative length", 'length = "4s"', 'length = "-4s"', 20, "setting.range", "600"),
    ("steps that do not fit", '["stub.join", "stub.card"]', '["stub.card", "stub.join"]', 32, "film.fit", "video"),
    ("a sound that is a picture", '["voice.speak"]', '["frames.title"]', 40, "film.fit", "sound"),
    ("a sound without a place", 'shot = "03-答"\n', "", 38, "film.sound_where", "shot"),
    ("a subtitle that is no table", 'subtitles = [ {', 'subtitles = [ "爸爸", {', 21, "film.value", "below"),
    ("no input", 'use = "words/walk.txt"\n', "", 23, "film.input", "stub.clean"),
    ("a list of a shot", 'shot = "03-答"', 'shot = ["03-答"]', 43, "film.shot", "03-答"),
    ("a key of the film at the end", "speed = 3.0 }\n", "speed = 3.0 }\nloudness = -16\n", 56, "film.top", "loudness"),
    ("a key twice", "fps = 24\n", "fps = 24\nfps = 25\n", 3, "film.duplicate", "one"),
    ("a heading twice", "[recipes]", "[recipes]\n[recipes]", 14, "film.duplicate", "one"),
    ("a file of no name like it", "words/walk.txt", "old/zzz.txt", 26, "film.no_file", "folder"),
    ("a name longer than a name can be", "words/walk.txt", "a" * 5000, 26, "film.no_file", "folder"),
    ("two beginnings", 'text = "他是怎样的人？"', 'text = "他"\nuse = "words/walk.txt"', 19, "film.both", "text"),
    ("a negative fade", 'fade = "1s"', 'fade = "-1s"', 28, "film.value", "1s"),
    ("a subtitle that ends first", 'at = "0.5s", to = "3s"', 'at = "3s", to = "1s"', 21, "film.subtitle", "later"),
    ("an order without shots", 'note = "第一版"', "shots = []", 48, "film.value", "01"),
    ("an order with a shot twice", 'note = "第一版"', 'shots = ["01-问", "01-问"]', 48, "film.repeated", "01-问"),
    ("unknown shot in an order", 'note = "第一版"', 'shots = ["01-闻"]', 48, "film.shot", "01-问"),
    ("a table for an unknown shot", 'shot."02-走"]', 'shot."02-跑"]', 54, "film.shot", "02-走"),
    ("unknown engine", 'recipe = ["voice.speak"]', 'recipe = ["voice.speak"]\nvoice.speak = { engine = "espek" }', 41,
     "engine.unknown", "espeak"),
    ("no shots", "[[shot]]", "[[scene]]", 16, "film.key", "shot"),
]


# errors whose first choice, written instead of the wrong word, is the fix
OFFERED = ("film.step", "film.recipe", "film.key", "film.file", "film.shot", "film.person", "film.version",
           "setting.unknown", "engine.unknown")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "words").mkdir()
    for name in ("walk.txt", "new.txt"):
        (tmp_path / "words" / name).write_text("他走得慢。", "utf-8")
    return tmp_path


def write(folder, text):
    path = folder / "film.toml"
    path.write_text(text, "utf-8", newline="\n")
    return path


def told(error: FilmError) -> None:
    """Both languages render, with no blank left, on the right line."""
    for lang in words.LANGUAGES:
        message = error.tell(lang)
        assert "→" in message
        assert not re.search(r"\{[a-z_]+\}", message.replace(str(error.facts.get("better", "\0")), ""))
    assert error.tell("en") != error.tell("zh")


def first(path) -> FilmError:
    grave = [each for each in check.find(path) if not getattr(each, "harmless", False)]
    assert grave, "no mistake was found"
    return grave[0]


def test_truth_the_film_itself_is_without_mistakes(folder):
    path = write(folder, FILM)
    assert check.find(path) == []
    assert resolve.cut(read(path)).shots[1].calls[1].settings["speed"] == 3.0


@pytest.mark.parametrize(("old", "new", "line", "key"), [row[1:] for row in SLIPS], ids=[row[0] for row in SLIPS])
def test_truth_a_slip_is_named_and_mended(folder, old, new, line, key):
    assert old in FILM
    wrong = FILM.replace(old, new, 1)
    path = write(folder, wrong)
    error = first(path)
    assert (error.key, error.line) == (key, line)
    told(error)
    with pytest.raises(FilmError):
        resolve.cut(read(path))
    assert check.fix(path)
    assert [each.tell("en") for each in check.find(path)] == []
    if not re.search("people.爸爸|链|note|//|new.txt", new):
        assert resolve.cut(read(path)) == resolve.cut(read(write(folder, FILM)))


@pytest.mark.parametrize(("old", "new", "line", "key", "word"), [row[1:] for row in CHOICES],
                         ids=[row[0] for row in CHOICES])
def test_truth_a_wrong_word_is_named_with_the_right_one(folder, old, new, line, key, word):
    assert old in FILM
    path = write(folder, FILM.replace(old, new, 1) if new != "[[scene]]" else FILM.replace(old, new))
    errors = [each for each in check.find(path) if each.key == key and each.line == line]
    assert errors, [(each.key, each.line) for each in check.find(path)]
    told(errors[0])
    assert word in errors[0].tell("en")
    assert check.find(path)[0].line == line, "another mistake is told first"
    if key in OFFERED and new not in ("[[scene]]", 'shot = ["03-答"]'):
        path.write_text(obeyed(path.read_text("utf-8"), errors[0]), "utf-8")
        assert [each.tell("en") for each in check.find(path)] == []


def obeyed(text: str, error: FilmError) -> str:
    """The text as the message wants it: its first choice instead of the wrong word, from the caret on."""
    wrong, right = str(error.facts["name"]).rpartition("/")[2], error.facts["choices"].split(", ")[0]
    lines = text.split("\n")
    before, after = lines[error.line - 1][: error.column - 1], lines[error.line - 1][error.column - 1 :]
    if wrong not in after:  # a step as the key of a table: the department stands before the caret
        wrong, right = wrong.partition(".")[2], right.partition(".")[2]
    assert wrong in after
    lines[error.line - 1] = before + after.replace(wrong, right, 1)
    return "\n".join(lines)


@pytest.mark.parametrize(("old", "new", "line", "column"), [
    ('"frames.title"', '"frames.titel"', 18, 11), ("fade = ", "fede = ", 28, 1), ("words/walk", "words/wlak", 26, 7),
    ('shot = "02-走"', 'shot = "02-走路"', 34, 18), ("speed = 2.0", "sped = 2.0", 27, 18),
    ("speed = 2.0", 'speed = "x"', 27, 26), ("below", "belo", 21, 54), ("fps = 24", "fps　= 24", 2, 4)])
def test_truth_the_caret_stands_under_the_mistake(folder, old, new, line, column):
    assert old in FILM
    error = first(write(folder, FILM.replace(old, new, 1)))
    assert (error.line, error.column) == (line, column)
    shown, caret = error.tell("en").split("\n")[1:3]
    assert caret == "    " + "".join("  " if ord(mark) > 0x2E80 else " " for mark in shown[4:column + 3]) + "^"


@pytest.mark.parametrize(("encoding", "harmless"), [("utf-8-sig", True), ("gb18030", True), ("utf-16", True)])
def test_truth_other_encodings_are_read_and_mended(folder, encoding, harmless):
    path = folder / "film.toml"
    path.write_bytes(FILM.replace("\n", "\r\n").encode(encoding))
    assert read(path).title == "两个父亲"
    assert all(each.harmless == harmless for each in check.find(path))
    check.fix(path)
    assert path.read_bytes() == FILM.encode()
    assert check.find(path) == []


def test_law_a_readable_film_is_never_edited(folder):
    words_of_his = '"""\n[shot]\n他说＝“不，知道”\nfps: 24\n"""'
    path = write(folder, FILM.replace('"我不知道。"', words_of_his))
    before = path.read_bytes()
    assert check.find(path) == []
    assert check.fix(path) == []
    assert path.read_bytes() == before


@pytest.mark.parametrize(("old", "new"), [("fps = 24", "fps = 24\nfps = 25"), ("[recipes]", "[recipes]\n[recipes]"),
                                          ("[people.dad]", "[people.dad]\n[people.dad]")])
def test_law_what_is_said_twice_is_left_to_the_director(folder, old, new):
    path = write(folder, FILM.replace(old, new, 1))
    before = path.read_bytes()
    assert check.fix(path) == []
    assert path.read_bytes() == before


WIDER = {"=": "＝", ",": "，", "[": "［", "]": "］", "{": "｛", "}": "｝", " ": "　"}
PAIRS = ('""', "“”", "””", "““", "「」", "＂＂")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_law_mending_changes_no_word_of_the_director(data):
    rows = []
    for line in FILM.split("\n"):
        wide, pair, inside = data.draw(st.booleans()), data.draw(st.sampled_from(PAIRS)), False
        row = ""
        for mark in line:
            if mark == '"':
                row += pair[inside]
                inside = not inside
            else:
                row += WIDER.get(mark, mark) if wide and not inside else mark
        rows.append(row)
    better, _ = check.mend("\n".join(rows))
    assert tomllib.loads(better) == tomllib.loads(FILM)


def test_truth_a_mistake_in_a_version_is_shown_in_the_version(folder):
    text = FILM + '\n[versions.v2.shot."03-答"]\nother = { shot = "02" }\n'
    error = first(write(folder, text))
    assert (error.key, error.line, error.column) == ("film.shot", 58, 18)


def test_truth_a_circle_of_shots_is_spelled_out(folder):
    text = FILM.replace('use = "words/walk.txt"', 'use = { shot = "丙" }').replace(
        '[[sound]]', '[[shot]]\nname = "丙"\nrecipe = ["stub.clean"]\nuse = { shot = "02-走" }\n\n[[sound]]', 1)
    error = first(write(folder, text))
    assert error.key == "film.circle"
    assert "丙" in error.tell("zh")
    assert "02-走" in error.tell("zh")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 50, b"\xff" * 300, b"[" * 5000, b'"""', b"title = \"a\n",
                                     "＝".encode() * 400])
def test_refuses_what_is_no_film(folder, content):
    path = folder / "film.toml"
    path.write_bytes(content)
    errors = check.find(path)
    assert errors
    told(errors[0])


def test_refuses_a_film_that_is_not_there(tmp_path):
    with pytest.raises(FilmError):
        read(tmp_path / "film.toml")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 60), st.booleans())
def test_law_no_bytes_escape_as_anything_but_an_error_of_ours(tmp_path_factory, junk, line, alone):
    path = tmp_path_factory.mktemp("film") / "film.toml"
    rows = FILM.encode().split(b"\n")
    path.write_bytes(junk if alone else b"\n".join([*rows[:line], junk, *rows[line:]]))
    for error in check.find(path):
        told(error)
    try:
        check.fix(path)
    except FilmError as error:
        told(error)


ODD = ["3", "-1", "1e400", "nan", "true", '""', '"x"', "[]", '["a"]', "[[1]]", "{}", "{ a = 1 }", '{ shot = "01-问" }',
       '{ shot = ["a"] }', "{ file = { a = 1 } }", "{ words = [1] }", "1979-05-27", "[{ step = 3 }]",
       '[{ step = ["a"] }]', '[{ step = "stub.clean", text = 3 }]', '"\\u0000"', '"\\n"', '"1:99"', '[1, "a"]']


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([n for n, row in enumerate(FILM.split("\n")) if re.match(r"[a-z_.]+ = ", row)]),
       st.sampled_from(ODD), st.sampled_from(["", "from", "to", "use", "recipe", "shots", "shot", "sound", "versions",
                                              "at", "fade_in", "subtitles", "stub", "stub.animate.engine", "speaker"]))
def test_law_no_value_of_another_kind_escapes_as_anything_but_an_error_of_ours(tmp_path_factory, line, value, name):
    folder = tmp_path_factory.mktemp("film")
    rows = FILM.split("\n")
    rows[line] = f"{name or rows[line].partition(' = ')[0]} = {value}"
    path = write(folder, "\n".join(rows))
    for error in check.find(path):
        told(error)
    for version in ("v1", "v2"):
        for draft in (False, True):
            try:
                resolve.cut(read(path), version, draft=draft)
            except FilmError as error:
                told(error)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_law_no_mutation_of_a_film_escapes_as_anything_but_an_error_of_ours(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("film")
    at = data.draw(st.integers(0, len(FILM)))
    cut = data.draw(st.integers(0, 12))
    put = data.draw(st.text(st.sampled_from('[]{}"\'=,.#\n 0a两：“”\\'), max_size=4))
    path = write(folder, FILM[:at] + put + FILM[at + cut:])
    for error in check.find(path):
        assert isinstance(error, FilmError)
        told(error)


LEVELS = [
    ("built-in", "", 0.0),
    ("defaults", "[defaults]\nstub.grade = { warmth = 1 }", 1.0),
    ("recipe", '[recipes]\nr = [{ step = "stub.grade", warmth = 2 }]', 2.0),
    ("version", "[versions.v2]\nstub.grade = { warmth = 3 }", 3.0),
    ("shot", "shot", 4.0),
    ("version's shot", '[versions.v2.shot."1"]\nstub.grade = { warmth = 5 }', 5.0),
]


@pytest.mark.parametrize("present", [range(n) for n in range(1, 7)] + [(0, 1, 4), (0, 2, 3), (0, 3, 5), (0, 1, 5)])
def test_law_the_nearest_level_wins(folder, present):
    rows = [LEVELS[number] for number in present]
    recipe = '"r"' if any(row[0] == "recipe" for row in rows) else '["stub.grade"]'
    own = "stub.grade = { warmth = 4 }" if any(row[0] == "shot" for row in rows) else ""
    more = [row[1] for row in rows if row[0] not in ("shot", "built-in")]
    if not any("versions.v2]" in text for text in more):
        more.append("[versions.v2]")
    text = f'title = "a"\nversion = "v2"\n[[shot]]\nname = "1"\nrecipe = {recipe}\ntext = "a"\n{own}\n'
    cut = resolve.cut(read(write(folder, text + "\n".join(more))))
    assert cut.shots[0].calls[0].settings["warmth"] == rows[-1][2]


FROM = [  # what the parent and the child say, of the version and of the shot; who wins
    ({"v1": 1}, 1.0), ({"v1": 1, "v2": 2}, 2.0), ({"v1.shot": 3, "v2": 2}, 3.0), ({"v1.shot": 3, "v2.shot": 4}, 4.0),
    ({"v1": 1, "v2.shot": 4}, 4.0), ({"v1": 1, "v1.shot": 3, "v2": 2, "v2.shot": 4}, 4.0), ({}, 0.0)]


@pytest.mark.parametrize(("said", "warmth"), FROM)
def test_law_the_nearest_level_wins_and_at_one_level_the_youngest_version(folder, said, warmth):
    rows = ['title = "a"', 'version = "v2"', "[[shot]]", 'name = "1"', 'recipe = ["stub.grade"]', 'text = "a"',
            "[versions.v1]", "[versions.v2]", 'from = "v1"']
    for place, value in said.items():
        version, _, shot = place.partition(".")
        rows.append(f"[versions.{version}.{'shot.1.' if shot else ''}stub.grade]\nwarmth = {value}")
    assert resolve.cut(read(write(folder, "\n".join(rows)))).shots[0].calls[0].settings["warmth"] == warmth


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_law_order_comments_and_spaces_do_not_change_the_cut(tmp_path_factory, dice):
    folder = tmp_path_factory.mktemp("film")
    (folder / "words").mkdir()
    (folder / "words" / "walk.txt").write_text("他走得慢。", "utf-8")
    head, *tables = re.split(r"(?m)^(?=\[)", FILM)
    mixed = []
    for table in (head, *tables):
        title, rows = (table.split("\n", 1) if table.startswith("[") else ("", table))
        rows = [row.replace(" = ", dice.choice(["=", "  =\t", " = "]), 1) + dice.choice(["", "   # 改过 = “不”"])
                for row in rows.split("\n") if row]
        dice.shuffle(rows)
        mixed.append((title, "\n".join([title, "# 注", *rows, ""])))
    in_order = [text for title, text in mixed if title.startswith("[[")]
    others = [text for title, text in mixed if title and not title.startswith("[[")]
    dice.shuffle(others)
    cut = resolve.cut(read(write(folder, FILM)))
    assert resolve.cut(read(write(folder, "\n".join([mixed[0][1], *others, *in_order])))) == cut


def test_law_a_thousand_shots_are_read_without_numpy_and_without_the_scanner_of_places(tmp_path):
    path = write_film(tmp_path, 1000)
    program = ("import sys; from pathlib import Path;"
               "from marrow.film import resolve; from marrow.film.film import read;"
               "cut = resolve.cut(read(Path(sys.argv[1])));"
               "assert len(cut.shots) == 1000 and sum(len(each.calls) for each in cut.shots) == 4000;"
               "assert 'numpy' not in sys.modules and 'marrow.film.toml_places' not in sys.modules")
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=False)
    assert done.returncode == 0, done.stderr


def test_law_a_draft_changes_only_size_and_rate(folder):
    film = read(write(folder, FILM))
    whole, draft = resolve.cut(film), resolve.cut(film, draft=True)
    assert draft.size == (480, 270)
    assert draft.fps == 12
    for one, other in zip(whole.shots, draft.shots, strict=True):
        for before, after in zip(one.calls, other.calls, strict=True):
            assert before.inputs == after.inputs
            changed = {name for name in before.settings if before.settings[name] != after.settings[name]}
            assert changed <= {"size", "fps"}


def test_law_every_scan_that_can_be_read_flies_by_its_suffix():
    from marrow import engine
    from marrow.film.calls import BY_SUFFIX

    told = " ".join(BY_SUFFIX.values()).split()
    read = [name.removeprefix("cloud") for name in engine.points("marrow.formats") if name.startswith("cloud.")]
    assert ".spz" in read and not {*read} - {*told}
