"""The three ways of PCD hold the same cloud, and a packing that lies is refused."""

import struct

import numpy as np
import pytest

from marrow.contents import listener
from marrow.draw.axes import lowered
from marrow.draw.colour import srgb
from marrow.errors import InputError
from marrow.places.formats.lzf import unpacked
from marrow.places.formats.pcd import read_pcd

ROWS = np.zeros(40, [("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("rgb", "<u4"), ("Intensity", "<f4")])
for number, name in enumerate("xyz"):
    ROWS[name] = np.random.default_rng(number).normal(size=40)
ROWS["rgb"] = np.arange(40) * 1234567 % (1 << 24)
ROWS["Intensity"] = np.arange(40) / 8


def packed(raw):
    """LZF of nothing but literals, and one reference where the last bytes repeat."""
    made = b"".join(bytes([len(raw[at:at + 32]) - 1]) + raw[at:at + 32] for at in range(0, len(raw), 32))
    return made


def header(form, *, rows=ROWS, count=None, names=None, kinds="F F F F F", view="0 0 0 1 0 0 0"):
    return (f"# .PCD v0.7\nVERSION 0.7\nFIELDS {names or 'x y z rgb intensity'}\nSIZE 4 4 4 4 4\nTYPE {kinds}\n"
            f"COUNT 1 1 1 1 1\nWIDTH {len(rows) if count is None else count}\nHEIGHT 1\nVIEWPOINT {view}\n"
            f"POINTS {len(rows) if count is None else count}\nDATA {form}\n").encode()


def body(form, rows=ROWS):
    if form == "ascii":
        return "".join(f"{row['x']!r} {row['y']!r} {row['z']!r} {row['rgb'].view('<f4')!r} {row['Intensity']!r}\n"
                       .replace("np.float32(", "").replace(")", "") for row in rows).encode()
    if form == "binary":
        return rows.tobytes()
    raw = b"".join(np.ascontiguousarray(rows[name]).tobytes() for name in rows.dtype.names)
    return struct.pack("<II", len(packed(raw)), len(raw)) + packed(raw)


def check(cloud):
    assert np.allclose(lowered(cloud.origin + cloud.points.astype(float), "z"),
                       np.stack([ROWS[name] for name in "xyz"], axis=1), atol=1e-6)
    shades = srgb(cloud.colours).astype(int)
    assert (shades @ (65536, 256, 1) == ROWS["rgb"]).all()
    assert np.array_equal(cloud.intensity, ROWS["Intensity"])


@pytest.mark.parametrize("form", ["ascii", "binary", "binary_compressed"])
@pytest.mark.parametrize("names", ["x y z rgb intensity", "X Y Z RGB Intensity"])
def test_law_all_three_ways_hold_the_same_cloud(tmp_path, form, names):
    path = tmp_path / "a.pcd"
    path.write_bytes(header(form, names=names) + body(form))
    check(read_pcd(path))


def test_refuses_a_bad_row_by_its_line_in_the_file(tmp_path):
    path, raw = tmp_path / "a.pcd", header("ascii") + body("ascii")
    line = header("ascii").count(b"\n") + 3
    rows = raw.split(b"\n")
    rows[line - 1] = b"1 2 drei 4 5"
    path.write_bytes(b"\n".join(rows))
    with pytest.raises(InputError) as caught:
        read_pcd(path)
    assert caught.value.key == "places.row" and caught.value.facts["line"] == line


def test_truth_packed_colours_may_be_whole_numbers(tmp_path):
    path = tmp_path / "a.pcd"
    path.write_bytes(header("binary", kinds="F F F U F") + body("binary"))
    check(read_pcd(path))


def test_truth_lzf_copies_what_it_refers_to():
    raw = np.frombuffer(bytes([2]) + b"abc" + bytes([(5 << 5), 2]) + bytes([7 << 5, 4, 0]), np.uint8)
    assert unpacked(raw, 3 + 7 + 13).tobytes() == b"abcabcabca" + b"a" * 13


@pytest.mark.parametrize("raw", [[2, 97], [32, 0], [0, 97, 32, 5], [0, 97, 7 << 5], [31] * 40])
def test_refuses_lzf_that_reaches_outside(raw):
    assert unpacked(np.array(raw, np.uint8), 10) is None


def test_truth_a_grid_with_voids_is_its_points_and_a_viewpoint_is_told(tmp_path):
    rows = ROWS.copy()
    rows["x"][::4] = np.nan
    path, heard = tmp_path / "a.pcd", []
    path.write_bytes(header("binary", view="1 2 3 1 0 0 0") + body("binary", rows))
    token = listener.set(heard.append)
    assert len(read_pcd(path).points) == 30
    listener.reset(token)
    assert {each.key for each in heard} == {"cloud.numbers", "places.view"}


@pytest.mark.parametrize(("raw", "key"), [
    (header("binary", count=10**9) + body("binary"), "places.short"),
    (header("binary_compressed", count=10**9) + body("binary_compressed"), "places.short"),
    (header("ascii") + body("ascii")[:-30], "places.row"),
    (header("ascii") + b"\n".join(body("ascii").split(b"\n")[:20]), "places.short"),
    (header("binary_compressed") + body("binary_compressed")[:-5], "file.ends"),
    (header("binary_compressed") + body("binary_compressed")[:8] + b"\xff" * 900, "places.packed"),
    (header("zip"), "places.head"), (header("ascii")[:60], "file.ends"), (b"\x89PNG\0\0", "file.looks_picture"),
    (header("ascii", names="a b c d e") + body("ascii"), "cloud.empty"), (header("binary", count=0), "cloud.empty"),
    (header("binary").replace(b"SIZE 4 4 4 4 4", b"SIZE 4 4 4 4 3"), "places.head")])
def test_refuses_a_header_that_lies_and_a_file_that_breaks_off(tmp_path, raw, key):
    path = tmp_path / "点.pcd"
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        read_pcd(path)
    assert caught.value.key == key
    assert "点.pcd" in caught.value.tell("zh")
