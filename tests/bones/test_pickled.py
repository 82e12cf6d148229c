"""Pickles as data: what pickle, numpy, torch and joblib wrote comes back; what a hostile file asks for is not done."""

import base64
import bz2
import collections
import gzip
import io
import lzma
import os
import pickle
import struct
import sys
import types
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marrow.bones.formats.pickled import MAGIC, numbers, unpickled
from marrow.errors import InputError, LimitError

DANCE = {"poses": np.arange(12.0).reshape(2, 6), "trans": np.asfortranarray(np.arange(6, dtype="f4").reshape(2, 3)),
         "who": ["父亲", None, True, 2.5, b"\xff"], 7: {"fps": np.float32(30)}, "few": {3, 1},
         "kinds": np.array(["a", "b"]), "big": np.arange(3, dtype=">i4")}
# {"pose": (2, 3) float32 0..5, "names": an array of the objects "a" and None, "n": 3}
JOBLIB = base64.b64decode(  # joblib 1.6: the bytes of an array lie between the instructions
    "gASV3QAAAAAAAAB9lCiMBHBvc2WUjBNqb2JsaWIubnVtcHlfcGlja2xllIwRTnVtcHlBcnJheVdyYXBwZXKUk5QpgZR9lCiMCHN1YmNsYXNzlIwF"
    "bnVtcHmUjAduZGFycmF5lJOUjAVzaGFwZZRLAksDhpSMBW9yZGVylIwBQ5SMBWR0eXBllGgIjAVkdHlwZZSTlIwCZjSUiYiHlFKUKEsDjAE8lE5O"
    "Tkr/////Sv////9LAHSUYowKYWxsb3dfbW1hcJSIjBtudW1weV9hcnJheV9hbGlnbm1lbnRfYnl0ZXOUSxB1Ygf/////////AAAAAAAAgD8AAABA"
    "AABAQAAAgEAAAKBAlU8AAAAAAAAAjAVuYW1lc5RoBCmBlH2UKGgHaApoC0sChZRoDWgOaA9oEYwCTziUiYiHlFKUKEsDjAF8lE5OTkr/////Sv//"
    "//9LP3SUYmgXiWgYSxB1YoAFlY8AAAAAAAAAjBZudW1weS5fY29yZS5tdWx0aWFycmF5lIwMX3JlY29uc3RydWN0lJOUjAVudW1weZSMB25kYXJy"
    "YXmUk5RLAIWUQwFilIeUUpQoSwFLAoWUaAOMBWR0eXBllJOUjAJPOJSJiIeUUpQoSwOMAXyUTk5OSv////9K/////0s/dJRiiV2UKIwBYZROZXSU"
    "Yi6VCAAAAAAAAACMAW6USwN1Lg==")


def same(first, second):
    if isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in second)
    if isinstance(second, np.ndarray):
        return np.array_equal(first, second) and first.dtype == second.dtype
    if isinstance(second, list | tuple | set):
        return len(first) == len(second) and all(same(*pair) for pair in zip(first, sorted(second) if isinstance(
            second, set) else second, strict=True))
    return first == second


def read(tmp_path, content):
    path = tmp_path / "a.pkl"
    path.write_bytes(content)
    return unpickled(path)


@pytest.mark.parametrize("protocol", range(6))
def test_truth_every_protocol_comes_back(tmp_path, protocol):
    assert same(read(tmp_path, pickle.dumps(DANCE, protocol)), DANCE)


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress, bz2.compress, lzma.compress])
def test_truth_packed_pickles_come_back(tmp_path, pack):
    assert same(read(tmp_path, pack(pickle.dumps(DANCE))), DANCE)


def test_truth_an_npy_of_objects_comes_back(tmp_path):
    path = tmp_path / "results.npy"
    np.save(path, {"motion": np.ones((1, 22, 3, 4)), "text": ["walk"]})
    assert same(unpickled(path), {"motion": np.ones((1, 22, 3, 4)), "text": ["walk"]})
    np.save(path, np.array([[{"a": 1}, None], [2, 3]], object), allow_pickle=True)
    assert unpickled(path) == [[{"a": 1}, None], [2, 3]]


def torch_like(monkeypatch):
    """Classes that pickle themselves as those of torch do."""
    modules = {name: types.ModuleType(name) for name in ("torch", "torch._utils")}
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)

    def rebuild(*given):
        return given

    def parameter(*given):
        return given

    class FloatStorage:
        pass

    class BFloat16Storage:
        pass

    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    parameter.__module__, parameter.__qualname__ = "torch._utils", "_rebuild_parameter"
    modules["torch._utils"]._rebuild_tensor_v2, modules["torch._utils"]._rebuild_parameter = rebuild, parameter
    for kind in (FloatStorage, BFloat16Storage):
        kind.__module__, kind.__qualname__ = "torch", kind.__name__
        setattr(modules["torch"], kind.__name__, kind)
    return rebuild, parameter, FloatStorage, BFloat16Storage


class Tensor:
    """A view of shape and strides into the storage of a kind and key."""

    def __init__(self, rebuild, kind, key, offset, shape, strides):
        self.rebuild, self.kind, self.key, self.view = rebuild, kind, key, (offset, shape, strides)

    def __reduce__(self):
        return self.rebuild, (Held(self.kind, self.key), *self.view, False, collections.OrderedDict())


class Held:
    def __init__(self, kind, key):
        self.kind, self.key = kind, key


class Pickler(pickle.Pickler):
    def persistent_id(self, thing):
        return ("storage", thing.kind, thing.key, "cpu", 12) if isinstance(thing, Held) else None


def dumped(value):
    made = io.BytesIO()
    Pickler(made, 2).dump(value)
    return made.getvalue()


def archive(tmp_path, value, order="little"):
    path = tmp_path / "results.pt"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("results/data.pkl", dumped(value))
        made.writestr("results/byteorder", order)
        kind = "<" if order == "little" else ">"
        made.writestr("results/data/0", np.arange(12).astype(f"{kind}f4").tobytes())
        made.writestr("results/data/1", (np.arange(12, dtype=np.float32).view(np.uint32) >> 16).astype(
            f"{kind}u2").tobytes())
    return path


@pytest.mark.parametrize("order", ["little", "big"])
def test_truth_torch_tensors_come_back_from_their_storages(tmp_path, monkeypatch, order):
    rebuild, _, floats, halves = torch_like(monkeypatch)
    value = collections.OrderedDict(whole=Tensor(rebuild, floats, "0", 0, (3, 4), (4, 1)),
                                    turned=Tensor(rebuild, floats, "0", 1, (2, 3), (1, 4)),
                                    spread=Tensor(rebuild, floats, "0", 2, (5, 2), (0, 1)),
                                    halves=Tensor(rebuild, halves, "1", 0, (12,), (1,)),
                                    none=Tensor(rebuild, floats, "0", 0, (0, 3), (3, 1)))
    found = unpickled(archive(tmp_path, value, order))
    whole = np.arange(12, dtype="f4")
    assert np.array_equal(found["whole"], whole.reshape(3, 4))
    assert np.array_equal(found["turned"], [[1, 5, 9], [2, 6, 10]])
    assert np.array_equal(found["spread"], [[2, 3]] * 5)
    assert np.array_equal(found["halves"], whole) and found["none"].shape == (0, 3)


def test_truth_an_old_torch_stream_comes_back(tmp_path, monkeypatch):
    rebuild, _, floats, _ = torch_like(monkeypatch)
    stream = b"".join(pickle.dumps(each, 2) for each in (MAGIC, 1001, {"little_endian": True}))
    stream += dumped({"pose": Tensor(rebuild, floats, "93", 0, (2, 2), (2, 1))}) + pickle.dumps(["93"], 2)
    stream += struct.pack("<q4f", 4, 1, 2, 3, 4)
    assert np.array_equal(read(tmp_path, stream)["pose"], [[1, 2], [3, 4]])


@pytest.mark.parametrize("view", [(0, (13,), (1,)), (11, (2,), (1,)), (0, (2,), (-1,)), (0, (4, 4), (4, 1)),
                                  (-1, (2,), (1,)), (0, (2,), (1, 1))])
def test_refuses_a_tensor_that_looks_beyond_its_storage(tmp_path, monkeypatch, view):
    rebuild, _, floats, _ = torch_like(monkeypatch)
    with pytest.raises(InputError) as refused:
        unpickled(archive(tmp_path, Tensor(rebuild, floats, "0", *view)))
    assert refused.value.key == "pickled.form"


def test_refuses_a_tensor_that_would_fill_the_memory(tmp_path, monkeypatch):
    rebuild, _, floats, _ = torch_like(monkeypatch)
    with pytest.raises(LimitError):
        unpickled(archive(tmp_path, Tensor(rebuild, floats, "0", 0, (10**10,), (0,))))


def test_truth_arrays_of_joblib_are_found_in_the_stream(tmp_path):
    found = read(tmp_path, JOBLIB)
    assert np.array_equal(found["pose"], [[0, 1, 2], [3, 4, 5]]) and found["pose"].dtype == np.float32
    assert found["names"] == ["a", None] and found["n"] == 3
    with pytest.raises(InputError):
        read(tmp_path, JOBLIB[:-60])


class Asks:
    """Pickles itself as a call."""

    def __init__(self, function, *given):
        self.call = function, given

    def __reduce__(self):
        return self.call


def asking(module, name, *given):
    words = b"".join(b"\x8c" + bytes([len(word)]) + word.encode() for word in (module, name))
    return b"\x80\x04" + words + b"\x93" + pickle.dumps(given, 3)[2:-1] + b"R."


TRICKS = {
    "system": lambda mark: pickle.dumps(Asks(os.system, f"touch {mark}")),
    "eval": lambda mark: pickle.dumps(Asks(eval, f"open({str(mark)!r}, 'w')")),
    "exec": lambda mark: pickle.dumps(Asks(exec, f"open({str(mark)!r}, 'w')"), 0),
    "getattr": lambda mark: pickle.dumps(Asks(getattr, "", "join")),
    "open": lambda mark: pickle.dumps(Asks(open, str(mark), "w")),
    "old text": lambda mark: f"cos\nsystem\n(S'touch {mark}'\ntR.".encode(),
    "inst": lambda mark: f"(S'touch {mark}'\nios\nsystem\n.".encode(),
    "dotted": lambda mark: asking("numpy", "os.system", f"touch {mark}"),
    "loads": lambda mark: pickle.dumps(Asks(pickle.loads, pickle.dumps(Asks(os.system, f"touch {mark}")))),
    "import": lambda mark: asking("builtins", "__import__", "os"),
    "numpy load": lambda mark: pickle.dumps(Asks(np.load, str(mark))),
    "memory": lambda mark: asking("builtins", "bytearray", 10**15),
    "registry": lambda mark: b"\x80\x02\x82\x01.",
    "torch bytes": lambda mark: asking("torch.storage", "_load_from_bytes", b"x"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_refuses_what_would_run_and_runs_nothing(tmp_path, trick):
    mark = tmp_path / "was_here"
    with pytest.raises(InputError) as refused:
        read(tmp_path, TRICKS[trick](mark))
    assert refused.value.key == "pickled.asks" and not mark.exists()
    assert str(refused.value) and refused.value.facts["name"]


BOMBS = {
    "huge claim": b"\x80\x04\x8e" + struct.pack("<q", 2**40) + b"x.", "huge word": b"\x80\x04X\xff\xff\xff\x7fx.",
    "counted list": asking("builtins", "list", 10**12), "counted dict": asking("builtins", "dict", 5),
    "array": pickle.dumps(np.arange(3.0))[:-1].replace(b"K\x03", b"K\xff") + b".",
    "dtype": asking("numpy", "dtype", "f999999999999", False, True), "fields": asking("numpy", "dtype", "f4,f4", False),
    "empty": b"\x80\x04.", "cut": pickle.dumps(DANCE)[:90], "no end": pickle.dumps(DANCE)[:-1], "nothing": b"\x80",
    "dictionary key": b"\x80\x04}]K\x01s.", "not a list": b"\x80\x04K\x01K\x02a.", "memo": b"\x80\x04h\x05.",
    "mark": b"\x80\x04t.", "storage": b"\x80\x04K\x01Q.", "state": b"\x80\x04K\x01}b.",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_refuses_claims_and_broken_programs(tmp_path, bomb):
    with pytest.raises((InputError, LimitError)) as refused:
        read(tmp_path, BOMBS[bomb])
    assert refused.value.key in ("pickled.form", "pickled.asks", "pickled.large")


def test_refuses_lists_that_lie_in_themselves_or_too_deep(tmp_path):
    ring, deep = [], []
    ring.append(ring)
    for _ in range(200):
        deep = [deep]
    for value in (ring, deep):
        with pytest.raises(LimitError) as refused:
            read(tmp_path, pickle.dumps(value))
        assert refused.value.key == "pickled.long"


def test_truth_a_billion_laughs_stay_thirty_lists(tmp_path):
    laugh = [1.0] * 10
    for _ in range(30):
        laugh = [laugh] * 10
    found = read(tmp_path, pickle.dumps(laugh))
    assert found[0] is found[9]
    with pytest.raises(ValueError, match="too many"):
        numbers(found)


def test_refuses_what_unpacks_to_more_than_fits(tmp_path, monkeypatch):
    monkeypatch.setattr("marrow.bones.formats.pickled.UNPACKED", 10_000)
    for pack in (zlib.compress, gzip.compress, bz2.compress, lzma.compress):
        with pytest.raises(LimitError) as refused:
            read(tmp_path, pack(bytes(10**6)))
        assert refused.value.key == "pickled.large"


def test_refuses_a_program_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("marrow.bones.formats.pickled.LONGEST", 1000)
    with pytest.raises(LimitError):
        read(tmp_path, b"\x80\x04" + b"]0" * 600 + b"].")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_refuses_any_mutation_in_one_sentence(tmp_path, data):
    content = bytearray(pickle.dumps(DANCE, data.draw(st.integers(0, 5))))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(tmp_path, bytes(content))
    except (InputError, LimitError) as refused:
        assert refused.key.startswith("pickled.") and str(tmp_path) in refused.tell("zh")
