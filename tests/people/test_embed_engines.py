"""The two ways to bring an embedding model: an address, and a folder; every way to fail is one sentence."""

import json
import struct
import time

import numpy as np
import pytest
from serving import written

from marrow.errors import EngineError, InputError
from marrow.people.engines import embed_onnx, embed_openai


def send(handler, content, status=200, head=()):
    handler.send_response(status)
    for name, value in head:
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


def rows(*vectors, order=None):
    return json.dumps({"data": [{"index": number, "embedding": vectors[number]}
                                for number in order or range(len(vectors))]}).encode()


def refused(book, family=EngineError):
    with pytest.raises(family) as caught:
        embed_openai.open_openai(book)(["一", "二"])
    assert all(caught.value.tell(lang) for lang in ("en", "zh"))
    return caught.value


def test_truth_vectors_come_back_in_order_and_of_length_one(serve, monkeypatch):
    monkeypatch.setenv("KEY", "sesame")
    book, asked = serve(lambda handler, _: send(handler, rows([3, 4], [0, 2], order=(1, 0))), key_env="KEY")
    assert np.allclose(embed_openai.open_openai(book)(["一", "二"]), [[0.6, 0.8], [0, 1]])
    path, head, wish = asked[0]
    assert path == "/v1/embeddings" and wish == {"model": "stub", "input": ["一", "二"]}
    assert head["Authorization"] == "Bearer sesame"


@pytest.mark.parametrize("content", [
    b"", b"{}", b"[1]", b"<html>", rows([1, 2]), rows([1, 2], [0, 0]), rows([1, 2], [1]), rows([1, 2], ["a", "b"]),
    rows([1, 2], [float("nan"), 1]), rows([1, 2], [1, 2], order=(0, 0)), b"[" * 9000])
def test_refuses_what_is_no_answer(serve, content):
    book, _ = serve(lambda handler, _: send(handler, content))
    assert refused(book).key == "people.server.answer"


def test_refuses_a_redirect_and_a_refusal_without_showing_the_key(serve, monkeypatch):
    monkeypatch.setenv("KEY", "sesame")
    book, asked = serve(lambda handler, _: send(handler, b"", 307, [("Location", "/v2/embeddings")]), key_env="KEY")
    assert refused(book).key == "people.server.moved" and len(asked) == 1
    book, _ = serve(lambda handler, _: send(handler, b"bad key sesame", 401), key_env="KEY")
    error = refused(book)
    assert error.key == "people.server.refused" and "sesame" not in error.tell("zh") and "401" in error.tell("zh")


def test_refuses_a_server_that_stalls_drips_or_never_ends(serve, monkeypatch):
    def drip(handler, _):
        send(handler, b"")
        for _ in range(40):
            handler.wfile.write(b" ")
            time.sleep(0.1)

    for reply in (lambda *_: time.sleep(2), drip):
        begun = time.monotonic()
        assert refused(serve(reply, limit=0.4)[0]).key == "people.server.slow" and time.monotonic() - begun < 1.5
    monkeypatch.setattr(embed_openai, "MOST", 1000)
    assert refused(serve(lambda handler, _: send(handler, b" " * 5000))[0]).key == "people.server.long"


def test_refuses_a_book_without_address_another_machine_and_a_missing_key(tmp_path, monkeypatch):
    monkeypatch.delenv("NO_SUCH", raising=False)
    assert refused(tmp_path / "none.toml", InputError).key == "people.server.form"
    assert refused(written(tmp_path, url="ftp://x"), InputError).key == "people.server.form"
    assert refused(written(tmp_path, url="http://example.org/v1")).key == "people.server.leaves"
    assert refused(written(tmp_path, url="http://localhost:1/v1", key_env="NO_SUCH")).key == "people.server.key"
    assert refused(written(tmp_path, url="http://127.0.0.1:1/v1")).key == "people.server.away"


def field(number, content):
    """A field of a protocol buffer."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    made = b""
    while value > 127:
        made, value = made + bytes([value & 127 | 128]), value >> 7
    return made + bytes([value])


def network(table):
    """An ONNX file: last_hidden_state = table[input_ids]."""
    def port(name, kind):
        shape = b"".join(field(1, field(2, axis)) for axis in ("n", "t")) + field(1, field(1, 3)) * (kind == 1)
        return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))

    held = field(1, table.shape[0]) + field(1, table.shape[1]) + field(2, 1) + field(8, "table") + field(
        9, b"".join(struct.pack("<f", each) for each in table.ravel()))
    node = field(1, "table") + field(1, "input_ids") + field(2, "last_hidden_state") + field(4, "Gather")
    graph = field(1, node) + field(2, "g") + field(5, held) + field(11, port("input_ids", 7)) + field(
        12, port("last_hidden_state", 1))
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


TABLE = np.float32([[0, 0, 9], [1, 0, 0], [0, 1, 0], [0, 0, 1]])


@pytest.fixture
def folder(tmp_path):
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    maker = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[PAD]": 0, "茶": 1, "河": 2, "[UNK]": 3}, "[UNK]"))
    maker.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    maker.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "model.onnx").write_bytes(network(TABLE))
    return tmp_path


def test_truth_a_folder_gives_the_mean_of_its_tokens_and_padding_counts_nothing(folder):
    measure = embed_onnx.open_onnx(folder)
    half = np.sqrt(0.5)
    assert np.allclose(measure(["茶", "茶 河", "河"]), [[1, 0, 0], [half, half, 0], [0, 1, 0]], atol=1e-6)
    assert np.allclose(measure(["茶 河"])[0], measure(["茶 河", "茶 茶 茶 茶"])[0])
    assert measure(["茶"]).dtype == np.float32


def test_truth_the_first_token_stands_for_all_where_the_folder_says_so(folder):
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    assert np.allclose(embed_onnx.open_onnx(folder)(["茶 河"]), [[1, 0, 0]])


def test_refuses_a_folder_without_a_model_and_a_broken_one(folder):
    (folder / "model.onnx").write_bytes(network(TABLE)[:40])
    with pytest.raises(EngineError) as caught:
        embed_onnx.open_onnx(folder)
    assert caught.value.key == "people.embed.broken" and caught.value.tell("zh")
    for broken in ("", "[]", "{}"):
        (folder / "tokenizer.json").write_text(broken)
        with pytest.raises(InputError) as caught:
            embed_onnx.open_onnx(folder)
        assert caught.value.key == "people.embed.folder" and str(folder) in caught.value.tell("zh")


def test_law_cards_say_what_they_need_and_where_words_go():
    assert embed_onnx.engine.task == embed_openai.engine.task == "people.embed"
    assert embed_onnx.engine.offline and not embed_openai.engine.offline and "onnxruntime" in embed_onnx.engine.needs
