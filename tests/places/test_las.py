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


def written(path, raw, *, count=None, colours=None, keys=b""):
    """A LAS 1.2 file, byte by byte: point format 2 when it has colours, else 0; keys: a directory of GeoTIFF."""
    scale, offset = (0.01, 0.01, 0.001), (500000.0, 4100000.0, -3.5)
    kind, length = (2, 26) if colours is not None else (0, 20)
    head = bytearray(227)
    head[:4], head[24:26] = b"LASF", bytes((1, 2))
    records = struct.pack("<H16sHH32s", 0, b"LASF_Projection", 34735, len(keys), b"") + keys if keys else b""
    struct.pack_into("<HII", head, 94, 227, 227 + len(records), bool(keys))
    struct.pack_into("<BHI", head, 104, kind, length, len(raw) if count is None else count)
    struct.pack_into("<6d", head, 131, *scale, *offset)
    body = b"".join(struct.pack("<3iHBBbBH", *map(int, row), 0, 0, 0, 0, 0, 0)
                    + (struct.pack("<3H", *map(int, colours[number])) if colours is not None else b"")
                    for number, row in enumerate(raw))
    path.write_bytes(bytes(head) + records + body)
    return np.array(raw) * scale + offset


def test_truth_positions_are_raw_numbers_times_scale_plus_offset(tmp_path):
    raw = np.random.default_rng(1).integers(-90000, 90000, (200, 3))
    world = written(tmp_path / "a.las", raw)
    scan = read_las(tmp_path / "a.las")
    assert np.abs(lowered(scan.origin + scan.points, "z") - world).max() < 1e-4
    assert scan.sources[0].axes == "z" and scan.colours is None and scan.points.dtype == np.float32


@pytest.mark.parametrize(("plane", "height"), [(9001, 9002), (9002, 9001), (9002, 9002), (9001, 9001)])
def test_truth_heights_may_be_in_feet_over_metres_and_the_other_way(tmp_path, plane, height):
    keys = struct.pack("<16H", 1, 1, 0, 3, 1024, 0, 1, 1, 3076, 0, 1, plane, 4099, 0, 1, height)
    world = written(tmp_path / "a.las", [[100, 200, 3000], [0, 0, 0]], keys=keys)
    scan, metres = read_las(tmp_path / "a.las"), {9001: 1.0, 9002: 0.3048}
    step = lowered(scan.points[0] - scan.points[1], "z")
    assert np.allclose(step, (world[0] - world[1]) * [metres[plane], metres[plane], metres[height]], atol=1e-5)


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


@pytest.mark.skipif(not SCANS.exists(), reason="the shared scans are not here")
def test_truth_feet_become_metres_and_a_time_may_be_no_number():
    scan = read_las(SCANS / "las_test1_4.las")
    assert scan.sources[0].unit == pytest.approx(1200 / 3937) and "EPSG:2903" in scan.sources[0].crs
    assert lowered(scan.origin + scan.points, "z")[:, 0].min() == pytest.approx(1694038.4456 * 1200 / 3937, abs=1e-3)
    assert np.isnan(read_las(SCANS / "broken" / "gps-time-nan.las").time).all()
    assert len(read_las(SCANS / "broken" / "bad_vlr_count.las").points) == 10


@pytest.mark.skipif(not SCANS.exists(), reason="the shared scans are not here")
def test_refuses_a_laz_that_ends_or_is_wiped_in_the_middle_of_a_chunk(tmp_path):
    whole = (SCANS / "autzen_trim.laz").read_bytes()
    for raw in (whole[:603200], whole[:9000], whole[:300000] + bytes(1000) + whole[301000:]):
        (tmp_path / "扫描.laz").write_bytes(raw)
        with pytest.raises(InputError) as caught:
            read_las(tmp_path / "扫描.laz")
        assert caught.value.key == "scan.broken" and "扫描.laz" in caught.value.tell("zh")


def test_truth_withheld_points_stay_out_and_are_told(tmp_path):
    import laspy

    from marrow.contents import listener

    made = laspy.create(point_format=6, file_version="1.4")
    made.x, made.y, made.z = np.arange(9.0), np.arange(9.0), np.zeros(9)
    made.withheld, made.classification = np.arange(9) % 3 == 0, np.arange(9)
    made.write(str(tmp_path / "a.LAZ"))
    heard = []
    token = listener.set(heard.append)
    scan = read_las(tmp_path / "a.LAZ")
    listener.reset(token)
    assert scan.labels.tolist() == [1, 2, 4, 5, 7, 8]
    assert [(each.key, each.facts["count"]) for each in heard] == [("places.withheld", 3)]


@pytest.mark.skipif(not SCANS.exists(), reason="the shared scans are not here")
def test_truth_records_behind_the_points_that_lie_outside_of_the_file_are_passed_by(tmp_path):
    raw = bytearray((SCANS / "las_test1_4.las").read_bytes())
    for start in (2**63, 2**64 - 1, 2**62, len(raw) - 3):
        struct.pack_into("<QI", raw, 235, start, 2**32 - 1)
        (tmp_path / "a.las").write_bytes(raw)
        assert len(read_las(tmp_path / "a.las").points) == 1000
