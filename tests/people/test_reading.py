# ruff: noqa: E501  (samples are lines of files, as they are)
"""Any file of testimony: told by what stands in it, and every turn's bytes spell its words, in every encoding."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow.errors import InputError, MarrowError
from marrow.people.formats import follow, read, words

SAMPLES = {
    "srt": ("a.srt", "1\n00:00:01,000 --> 00:00:03,500\n妈妈：你那时候五岁，\n你记得<i>什么</i> &amp; 谁。\n\n"
                     "2\n00:00:04,000 --> 00:00:05,000\n- 走吧\n- 好\n"),
    "vtt": ("a.vtt", "WEBVTT\n\nNOTE 说明\n\n00:01.000 --> 00:03.500 align:left\n<v 妈妈>走得慢 &amp; 稳</v>\n"),
    "timed": ("a.txt", "主题：家里的会\n\n妈妈 00:03\n走得慢。\n很慢。\n\n小满(00:01:12)\n后来呢？\n"),
    "labelled": ("a.txt", "妈妈：走得慢。\n小满：后来呢？\n\n妈妈：没有了。\n"),
    "plain": ("a.txt", "讲述人：小川（哥哥）\n时间：2019 年 12 月 31 日\n\n那一段他走得快。\n……\n妈说：不是那样的。\n"),
    "letter": ("a.txt", "小满吾儿：\n见字如面。天冷了。\n\n父字\n2003年5月1日\n"),
    "diary": ("a.txt", "一九九三年七月十一日 星期日 晴\n买煤一百斤。\n\n七月十八日\n照了一张相。\n"),
    "captions": ("a.txt", "river.jpg: 夏天下河\n[gate.png 背面]\n老周：我没下水。\n"),
    "wechat": ("a.txt", "2019-10-05 21:03:11 妈妈\n你回来\n\n多吃点\n\n2019-10-06 08:00:00 小满\n[图片]\n"),
    "wechat_mail": ("a.txt", "————— 2019-10-05 —————\n\n妈妈  21:03\n\n吃饭\n\n小满  21:04\n\n好\n"),
    "qq": ("a.txt", "消息记录（此消息记录为文本格式，不支持重新导入）\n消息对象:家\n\n2019-10-05 21:03:11 妈妈(10001)\n吃饭\n"),
    "line": ("a.txt", "2019/10/05（六）\n21:03\t媽媽\t吃飯了\n21:04\t小滿\t好\n"),
    "whatsapp": ("a.txt", "[05.10.19, 21:03:11] Mama: 你好\nzweite Zeile\n[13.10.19, 21:03:11] Mama: \u200eBild weggelassen\n"),
    "chatlab": ("a.json", '{"chatlab": {"version": "0.0.2"}, "meta": {"name": "家", "platform": "wechat"}, "messages": [\n'
                          '{"sender": "1", "accountName": "妈妈", "timestamp": 1570280591, "type": 0, "content": "走\\n\\"慢\\""}]}'),
    "telegram": ("a.json", '{"name": "家", "messages": [{"id": 1, "type": "message", "date": "2020-07-04T23:40:00", "from": "苗苗",'
                           ' "from_id": "u", "text": ["看 ", {"type": "link", "text": "http://a"}, " 好"]}]}'),
    "whisper": ("a.json", '{"text": "x", "segments": [{"start": 0.0, "end": 3.2, "text": " 你好"}]}'),
    "pieces": ("a.json", '[{"content": "Interviewer: Who?\\n\\nJoon: \\u6211\\u3002\\n"}, {"content": "Joon: 是的。"}]'),
    "memotrace": ("a.csv", "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\n"
                           '1,2,文本,0,妈妈,x,"走得""慢"",\n第二行",,2019-10-05 21:03:11\n2,3,文本,1,我,x,好,,2019-10-05 21:04:11\n'),
    "card": ("a.json", '{"spec": "chara_card_v3", "data": {"name": "老陈", "description": "话少。", "creator": "阿明", "first_mes": "你好",'
                       ' "character_book": {"entries": [{"content": "他\\n修\\"车\\"。"}, {"content": ""}]}}}'),
    "html": ("a.html", "<html><h1>采访</h1><p><b>妈妈</b>：走得\n  慢<br>很 &lt;慢&gt;</p><p>很慢。</p></html>")}
TEXTS = {"srt": ["你那时候五岁，你记得什么 & 谁。", "走吧", "好"], "vtt": ["走得慢 & 稳"], "timed": ["走得慢。\n很慢。", "后来呢？"],
         "labelled": ["走得慢。", "后来呢？", "没有了。"], "plain": ["那一段他走得快。", "……", "妈说：不是那样的。"],
         "letter": ["小满吾儿：", "见字如面。天冷了。"], "diary": ["买煤一百斤。", "照了一张相。"], "captions": ["夏天下河", "我没下水。"],
         "wechat": ["你回来\n\n多吃点", "[图片]"], "wechat_mail": ["吃饭", "好"], "qq": ["吃饭"], "line": ["吃飯了", "好"],
         "whatsapp": ["你好\nzweite Zeile", "Bild weggelassen"], "chatlab": ['走\n"慢"'], "telegram": ["看 http://a 好"],
         "whisper": ["你好"], "pieces": ["Who?", "我。", "是的。"], "memotrace": ['走得"慢",\n第二行', "好"],
         "card": ["话少。", '他\n修"车"。'], "html": ["采访", "走得慢\n很 <慢>", "很慢。"]}
DAMAGE = (b"\n", b"\r", b'"', b",", b"<", b"\xff", b"\0", b"\\", b"[", "：".encode(), "\u202e".encode(), "😀".encode())
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")


def laid(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def checked(path):
    """The transcript, each turn checked against its bytes."""
    held, original = read(path), path.read_bytes()
    for turn in held.turns:
        assert words(original, turn.start, turn.end, held.encoding, held.escape) == turn.text
        assert 0 <= turn.start < turn.end <= len(original) and turn.text
    assert [turn.start for turn in held.turns] == sorted({turn.start for turn in held.turns})
    return held


@pytest.mark.parametrize("dialect", SAMPLES)
def test_truth_every_dialect_is_told_and_read(tmp_path, dialect):
    held = checked(laid(tmp_path, *SAMPLES[dialect]))
    assert (held.dialect, [turn.text for turn in held.turns]) == (dialect, TEXTS[dialect])
    assert held.losses == ()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("dialect", SAMPLES)
@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
def test_law_encodings_and_line_breaks_change_no_word(tmp_path, dialect, encoding, break_):
    name, text = SAMPLES[dialect]
    content = text.replace("\n", break_).encode(encoding)
    held = checked(laid(tmp_path, name, content))
    assert [turn.text for turn in held.turns] == TEXTS[dialect]
    assert [(turn.speaker, turn.said, turn.at, turn.aside) for turn in held.turns] == [
        (turn.speaker, turn.said, turn.at, turn.aside) for turn in read(laid(tmp_path, f"plain{name}", text)).turns]


@pytest.mark.parametrize("dialect", SAMPLES)
def test_law_following_a_file_gives_what_reading_it_gives(tmp_path, dialect):
    path = laid(tmp_path, *SAMPLES[dialect])
    reading = follow(path)
    assert (tuple(reading.turns), reading.losses.remarks()) == (read(path).turns, read(path).losses)


@pytest.mark.parametrize("dialect", SAMPLES)
def test_law_damage_is_told_or_refused_and_offsets_stay_true(tmp_path, dialect):
    name, text = SAMPLES[dialect]
    dice = random.Random(dialect)
    for _ in range(40):
        content = bytearray(text.encode(dice.choice(ENCODINGS)))
        for _ in range(dice.randint(1, 4)):
            at = dice.randint(0, len(content))
            content[at:at + dice.randint(0, 9)] = dice.choice([dice.randbytes(dice.randint(0, 6)), *DAMAGE])
        path = laid(tmp_path, name, bytes(content))
        try:
            held = checked(path)
        except MarrowError as error:
            assert path.name in error.tell("zh") and error.tell("en")
        else:
            assert all(each.tell("zh") and each.tell("en") for each in held.losses)


@settings(max_examples=60, deadline=None)
@given(said=st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30), min_size=1, max_size=6))
def test_law_no_word_of_a_chat_is_lost_or_obeyed(tmp_path_factory, said):
    """Whatever is written in a message comes out of JSON, a table and a text as it was."""
    folder = tmp_path_factory.mktemp("said")
    rows = ["StrContent,StrTime,Remark"] + [f'"{each.replace(chr(34), chr(34) * 2)}",2019-10-05 21:03:11,妈' for each in said]
    chat = [{"sender": "1", "accountName": "妈", "timestamp": 1570280591, "type": 0, "content": each} for each in said]
    lines = [{"_type": "header", "chatlab": {"version": "0.0.2"}, "meta": {}}, *({"_type": "message"} | each for each in chat)]
    files = {"a.csv": "\n".join(rows), "a.json": json.dumps({"chatlab": {"version": "0.0.2"}, "messages": chat}),
             "a.jsonl": "\n".join(json.dumps(each, ensure_ascii=False) for each in lines),
             "a.txt": "".join(f"2019-10-05 21:03:11 妈\n{each}\n\n" for each in said)}
    for name, text in files.items():
        found = [turn.text for turn in checked(laid(folder, name, text)).turns]
        expected = [each.strip(" \t\u3000\u200e\ufeff") if name == "a.txt" else each for each in said]
        assert found == [each for each in expected if each], name


def test_law_a_message_may_be_larger_than_what_is_read_at_once(tmp_path, monkeypatch):
    from marrow.people.formats import original, records

    text = "".join(f"2019-10-05 21:{each // 60:02d}:{each % 60:02d} 妈妈\n第{each}句，走得慢😀\n还有\n\n" for each in range(90))
    chat = json.dumps({"chatlab": {}, "messages": [{"accountName": "妈", "timestamp": 1, "content": f"第{each}句😀"}
                                                   for each in range(90)]}, ensure_ascii=False, indent=1)
    whole = [checked(laid(tmp_path, name, content)) for name, content in (("a.txt", text), ("a.json", chat))]
    for block in (7, 64, 1000):
        monkeypatch.setattr(original, "BLOCK", block)
        monkeypatch.setattr(records, "BLOCK", block)
        for encoding in ("utf-8", "utf-16", "gb18030"):
            for held, (name, content) in zip(whole, (("a.txt", text), ("a.json", chat)), strict=True):
                again = checked(laid(tmp_path, name, content.encode(encoding)))
                assert [turn.text for turn in again.turns] == [turn.text for turn in held.turns]


def test_law_a_name_in_chinese_is_a_name(tmp_path):
    assert checked(laid(tmp_path, "妈妈的话 二〇一九.txt", "妈妈：走。\n小满：好。\n")).dialect == "labelled"


@pytest.mark.parametrize(("content", "key"), [
    (b"", "file.empty"), (b"\0\1\2\3" * 400, "people.no_text"), (b"%PDF-1.4\n\x80\x81\x01\x02\x03\x04\x05\x06", "people.no_text"),
    (b'{"a": 1}', "people.json"), (b"[" * 100_000, "people.json"), (b"\xff\xd8\xff\xe0 no picture", "people.picture")])
def test_refuses_what_is_no_testimony(tmp_path, content, key):
    with pytest.raises(InputError) as caught:
        read(laid(tmp_path, "a.txt", content))
    assert caught.value.key == key and "a.txt" in caught.value.tell("zh") and caught.value.tell("en")


def test_refuses_a_missing_file_and_a_folder(tmp_path):
    for path, key in ((tmp_path / "none.txt", "file.missing"), (tmp_path, "file.folder")):
        with pytest.raises(InputError) as caught:
            read(path)
        assert caught.value.key == key


def test_refuses_a_table_without_words(tmp_path):
    with pytest.raises(InputError) as caught:
        read(laid(tmp_path, "a.csv", "a,b\n1,2\n"))
    assert caught.value.key == "people.columns" and "a, b" in caught.value.tell("zh")
