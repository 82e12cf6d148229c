"""C3D: the same markers in every maker's order of bytes; axes, units and rates as the file says; gaps are told."""

import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow.bones.formats.c3d import read_c3d, read_markers
from marrow.bones.skeleton import fk
from marrow.errors import InputError, LimitError

INTEL, DEC, MIPS = 84, 85, 86


def floats(values, maker):
    if maker != DEC:
        return np.asarray(values, ">f4" if maker == MIPS else "<f4").tobytes()
    halves = (np.asarray(values, np.float32) * 4).view(np.uint32)
    return np.stack([halves >> 16, halves & 0xFFFF], -1).astype("<u2").tobytes()


def text(*words):
    wide = max(map(len, words))
    return -1, (wide, len(words)), b"".join(word.ljust(wide) for word in words)


def record(number, name, order, value=None):
    body = b"" if value is None else struct.pack(f"2b{len(value[1])}B", value[0], len(value[1]), *value[1]) + value[2]
    body += b"\0"
    return struct.pack("2b", len(name), number) + name + struct.pack(f"{order}H", len(body) + 2) + body


def c3d(places, labels, *, maker=INTEL, whole=False, rate=120.0, analog=3, point=(), groups=(), first=1, scale=0.05):
    """A C3D file of places (frames, points, 3) in its own unit; NaN is a point that was not seen."""
    order = ">" if maker == MIPS else "<"
    frames, points = places.shape[:2]
    said = {b"LABELS": text(*labels), b"UNITS": text(b"mm"), b"RATE": (4, (), floats([rate], maker)),
            b"X_SCREEN": text(b"+X"), b"Y_SCREEN": text(b"+Z"), **dict(point)}
    head = record(-1, b"POINT", order)
    head += b"".join(record(1, name, order, value) for name, value in said.items() if value)
    for number, (group, values) in enumerate(groups, 2):
        head += record(-number, group, order) + b"".join(record(number, *pair[:1], order, pair[1]) for pair in values)
    head = b"\1\x50\0" + bytes([maker]) + head + b"\0\0"
    blocks = -(-len(head) // 512)
    head = head[:2] + bytes([blocks]) + head[3:].ljust(512 * blocks - 3, b"\0")
    start = struct.pack(f"{order}5H", points, analog, first, (first + frames - 1) % 65536, 10)
    start = b"\2\x50" + start + floats([scale if whole else -scale], maker)
    start += struct.pack(f"{order}2H", 2 + blocks, 1) + floats([rate], maker)
    seen = np.isfinite(places).all(-1, keepdims=True)
    values = np.concatenate([np.where(seen, places / (scale if whole else 1), 0), np.where(seen, 3, -1)], -1)
    rows = np.concatenate([values.reshape(frames, -1), np.full((frames, analog), 7)], 1)
    data = np.round(rows).astype(f"{order}i2").tobytes() if whole else floats(rows, maker)
    return start.ljust(512, b"\0") + head + data


def walk(frames=20, points=4):
    dice = np.random.default_rng(1)
    return dice.normal(size=(points, 3)) * (300, 200, 900) + dice.normal(size=(frames, points, 3)) * 20


LABELS = (b"LASI", b"RASI", b"LKNE", b"HEAD")


def read(tmp_path, content):
    path = tmp_path / "a.c3d"
    path.write_bytes(content)
    return read_c3d(path)


@pytest.mark.parametrize("maker", [INTEL, DEC, MIPS])
@pytest.mark.parametrize("whole", [False, True])
def test_truth_every_maker_means_the_same_places(tmp_path, maker, whole):
    places = walk()
    held = read(tmp_path, c3d(places, LABELS, maker=maker, whole=whole))
    motion = held.rigs[0].motions[0]
    assert motion.skeleton.names == ("markers", "LASI", "RASI", "LKNE", "HEAD") and motion.rate == 120
    across, up, back = np.moveaxis(fk(motion)[:, 1:], -1, 0)   # the file's Z is up, its Y points away
    assert np.stack([across, -back, up], -1) == pytest.approx(places / 1000, abs=3e-5 if whole else 1e-6)
    assert held.stated["unit"] == 0.001 and held.stated["up"] == "z" and held.stated["up_by"] == "file"
    assert not held.losses


@pytest.mark.parametrize(("screen", "turned"), [
    ((b"+X", b"+Y"), lambda p: p), ((b"-X", b"+Z"), lambda p: p[..., [0, 2, 1]] * (-1, 1, 1)),
    ((b"+Y", b"+Z"), lambda p: p[..., [1, 2, 0]]), ((b"+Y", b"-X"), lambda p: p[..., [1, 0, 2]] * (1, -1, 1))])
def test_truth_the_screen_says_which_axis_is_up(tmp_path, screen, turned):
    places = walk()
    point = {b"X_SCREEN": text(screen[0]), b"Y_SCREEN": text(screen[1]), b"UNITS": text(b"cm")}
    motion = read(tmp_path, c3d(places, LABELS, point=point)).rigs[0].motions[0]
    assert fk(motion)[:, 1:] == pytest.approx(turned(places) / 100, abs=1e-5)


@pytest.mark.parametrize(("tall", "up", "by"), [((300, 900, 200), "y", "body"), ((300, 200, 900), "z", "body"),
                                                ((300, 300, 300), "z", "custom")])
def test_truth_without_a_screen_the_body_decides(tmp_path, tall, up, by):
    places = np.array([[-1, -1, -1], [1, 1, 1], [0, 0, 0.5], [0, 0.5, 0]]) * np.array(tall, float) + np.ones((5, 1, 1))
    held = read(tmp_path, c3d(places, LABELS, point={b"X_SCREEN": None, b"Y_SCREEN": None}))
    assert (held.stated["up"], held.stated["up_by"]) == (up, by)


@pytest.mark.parametrize(("rate", "truth"), [
    (100, 100), (119.88, Fraction(120000, 1001)), (29.97, Fraction(30000, 1001)), (119.875, Fraction(959, 8)),
    (59.94006, Fraction(60000, 1001)), (1000, 1000), (83.3333, Fraction(250, 3))])
def test_truth_rates_are_exact(tmp_path, rate, truth):
    assert read(tmp_path, c3d(walk(), LABELS, rate=rate)).rigs[0].motions[0].rate == truth


def test_truth_gaps_are_bridged_and_told(tmp_path):
    places = walk()
    places[5:8, 2] = np.nan
    places[:, 3] = np.nan
    held = read(tmp_path, c3d(places, LABELS))
    motion = held.rigs[0].motions[0]
    assert motion.skeleton.names == ("markers", "LASI", "RASI", "LKNE")
    path = fk(motion)[:, 3]
    assert path[5:8] == pytest.approx(path[4] + (path[8] - path[4]) * np.arange(1, 4)[:, None] / 4)
    assert [each.key for each in held.losses] == ["markers.unseen", "markers.gaps"]
    assert held.losses[0].facts == {"count": 1, "first": "HEAD"} and held.losses[1].facts["worst"] == "LKNE"
    assert "LKNE" in held.losses[1].tell("zh")
    assert np.isnan(read_markers(tmp_path / "a.c3d").places[6, 2]).all()


def test_truth_each_body_has_its_own_markers_and_angles_are_no_places(tmp_path):
    labels = (b"Anna:LASI", b"Bo:LASI", b"Bo:HEAD", b"Anna:LKneeAngles")
    held = read(tmp_path, c3d(walk(), labels, point={b"ANGLES": text(b"Anna:LKneeAngles")},
                              groups=[(b"SUBJECTS", [(b"NAMES", text(b"Anna", b"Bo"))])]))
    assert [(rig.name, rig.skeleton.names[1:]) for rig in held.rigs] == [("Anna", ("LASI",)), ("Bo", ("LASI", "HEAD"))]
    assert held.stated["title"] == "Anna Bo"


def test_truth_more_labels_than_one_list_holds_and_points_without(tmp_path):
    places = np.tile(walk(2, 1), (1, 300, 1))
    names = [f"m{number}".encode() for number in range(300)]
    held = read(tmp_path, c3d(places, names[:255], point={b"LABELS2": text(*names[255:280])}))
    assert held.rigs[0].skeleton.names[1:] == (*(f"m{each}" for each in range(280)),
                                               *(f"marker {each}" for each in range(281, 301)))


def test_truth_long_takes_count_beyond_the_head(tmp_path):
    ends = [(2, (2,), struct.pack("<2H", 1, 0)), (2, (2,), struct.pack("<2H", 70_000 % 65536, 1))]
    groups = [(b"TRIAL", [(b"ACTUAL_START_FIELD", ends[0]), (b"ACTUAL_END_FIELD", ends[1])])]
    held = read(tmp_path, c3d(walk(70_000, 1), (b"a",), groups=groups, analog=0))
    assert len(held.rigs[0].motions[0].rotations) == 70_000


@pytest.mark.parametrize(("change", "key"), [
    (lambda content: content[:-1], "file.ends"), (lambda content: content[:600], "file.ends"),
    (lambda content: b"\2\x51" + content[2:], "file.looks_unknown"),
    (lambda content: b"\0" + content[1:], "file.looks_unknown"),
    (lambda content: content[:2] + b"\0\0" + content[4:], "c3d.empty"),
    (lambda content: content[:6] + b"\x09\0\x01\0" + content[10:], "c3d.empty"),
    (lambda content: content.replace(floats([120], INTEL), floats([np.nan], INTEL)), "c3d.head"),
    (lambda content: content[:515] + b"\x07" + content[516:], "file.ends"),
    (lambda content: content[:16] + b"\xff\xff" + content[18:], "file.ends")])
def test_refuses_what_is_no_take(tmp_path, change, key):
    with pytest.raises(InputError) as caught:
        read(tmp_path, change(c3d(walk(), LABELS)))
    assert caught.value.key == key and "a.c3d" in caught.value.tell("zh")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_refuses_damage_in_one_sentence(tmp_path_factory, data):
    content = bytearray(c3d(walk(3), LABELS, maker=data.draw(st.sampled_from([INTEL, DEC, MIPS])),
                            whole=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at:at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    path = tmp_path_factory.mktemp("c3d") / "a.c3d"
    path.write_bytes(bytes(content))
    try:
        held = read_c3d(path)
    except (InputError, LimitError) as error:
        assert str(path) in error.tell("zh")
    else:
        assert all(np.isfinite(fk(rig.motions[0])).all() for rig in held.rigs)
