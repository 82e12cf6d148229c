"""LAS is read to the last digit, and a file that lies about itself is refused."""

import struct
from pathlib import Path

import numpy as np
import pytest

from marrow.draw.axes import lowered
from marrow.draw.colour import linear, srgb
from marrow.errors import InputError
from marrow.places.formats.las import read_las

SCANS = Path(__file__).resolve().parents[3] / "shared" / "material" / "scans"


def written(path, raw, *, count=None, colours=None):
    """A LAS 1.2 file, byte by byte: point format 2 when it has colours, else 0."""
    scale, offset = (0.01, 0.01, 0.001), (500000.0, 4100000.0, -3.5)
    kind, length = (2, 26) if colours is not None else (0, 20)
    head = bytearray(227)
    head[:4], head[24:26] = b"LASF", bytes((1, 2))
    struct.pack_into("<HII", head, 94, 227, 227, 0)
    struct.pack_into("<BHI", head, 104, kind, length, len(raw) if count is None else count)
    struct.pack_into("<6d", head, 131, *scale, *offset)
    body = b"".join(struct.pack("<3iHBBbBH", *map(int, row), 0, 0, 0, 0, 0, 0)
                    + (struct.pack("<3H", *map(int, colours[number])) if colours is not None else b"")
                    for number, row in enumerate(raw))
    path.write_bytes(bytes(head) + body)
    return np.array(raw) * scale + offset


def test_truth_positions_are_raw_numbers_times_scale_plus_offset(tmp_path):
    raw = np.random.default_rng(1).integers(-90000, 90000, (200, 3))
    world = written(tmp_path / "a.las", raw)
    scan = read_las(tmp_path / "a.las")
    assert np.abs(lowered(scan.origin + scan.points, "z") - world).max() < 1e-4
    assert scan.sources[0].axes == "z" and scan.colours is None and scan.points.dtype == np.float32


def test_truth_colours_of_8_bits_of_8_times_256_and_of_16(tmp_path):
    for full, wanted in (([[0, 128, 255]], [0, 128, 255]), ([[256, 32768, 65280]], [1, 128, 255]),
                         ([[257, 32896, 65535]], [1, 128, 255])):
        written(tmp_path / "a.las", [[1, 2, 3]], colours=full)
        assert np.array_equal(read_las(tmp_path / "a.las").colours, linear(np.uint8([wanted])))


def test_refuses_a_header_that_claims_more_than_the_file_holds(tmp_path):
    written(tmp_path / "a.las", [[1, 2, 3]] * 5, count=10**9)
    with pytest.raises(InputError) as caught:
        read_las(tmp_path / "a.las")
    assert caught.value.key == "scan.claims"


def test_refuses_files_that_are_something_else(tmp_path):
    (tmp_path / "a.las").write_bytes(b"LASF")
    (tmp_path / "b.las").write_bytes(b"not a scan at all")
    for name, key in (("a", "file.ends"), ("b", "file.looks_text")):
        with pytest.raises(InputError) as caught:
            read_las(tmp_path / f"{name}.las")
        assert caught.value.key == key


@pytest.mark.skipif(not SCANS.exists(), reason="the shared scans are not here")
def test_truth_shared_scans_keep_their_bounds_and_broken_ones_are_refused(tmp_path):
    scan = read_las(SCANS / "autzen_trim.laz")
    assert len(scan.points) == 110000 and srgb(scan.colours).max() == 236
    feet = lowered(scan.points + scan.origin, "z") / scan.sources[0].unit
    assert np.allclose(feet.min(0), (636001.76, 848935.20, 406.26), atol=0.001)
    cut = tmp_path / "cut.laz"
    cut.write_bytes((SCANS / "autzen_trim.laz").read_bytes()[:200000])
    for path in [cut, SCANS / "broken" / "garbage_nVariableLength.las"]:
        with pytest.raises(InputError):
            read_las(path)
