"""All scans of an E57 in one space, each in its pose."""

from pathlib import Path

import numpy as np
import pytest

from marrow.draw.axes import lowered
from marrow.draw.colour import srgb
from marrow.errors import InputError
from marrow.places.formats.e57 import read_e57

SCANS = Path(__file__).resolve().parents[3] / "shared" / "material" / "scans"
pye57 = pytest.importorskip("pye57")
TURN = np.array([np.cos(0.3), 0, 0, np.sin(0.3)])  # .6 rad about z
SHIFT = np.array([400000.0, 5000000.0, 12.0])


def written(path):
    spread = np.random.default_rng(3).normal(size=(50, 3)) * 9
    shades = np.arange(150, dtype=np.uint8).reshape(50, 3)
    with pye57.E57(str(path), mode="w") as file:
        for number in range(2):
            columns = dict(zip(("cartesianX", "cartesianY", "cartesianZ"), spread.T, strict=True))
            columns |= dict(zip(("colorRed", "colorGreen", "colorBlue"), shades.T, strict=True))
            columns["intensity"] = np.linspace(0, 1, 50, dtype=np.float32)
            pose = {"rotation": TURN, "translation": SHIFT} if number else {}
            file.write_scan_raw({name: np.ascontiguousarray(each) for name, each in columns.items()}, **pose)
    return spread, shades


def test_truth_each_scan_stands_in_its_pose(tmp_path):
    spread, shades = written(tmp_path / "扫描.e57")
    cloud = read_e57(tmp_path / "扫描.e57")
    places = lowered(cloud.origin + cloud.points.astype(float), "z")
    angle = np.array([[np.cos(.6), -np.sin(.6), 0], [np.sin(.6), np.cos(.6), 0], [0, 0, 1]])
    assert np.allclose(places[:50], spread, atol=1e-4)
    assert np.allclose(places[50:], spread @ angle.T + SHIFT, atol=0.5)  # float32, 5000 km from the first scan
    assert cloud.source.tolist() == [0] * 50 + [1] * 50 and len(cloud.sources) == 2
    assert np.array_equal(srgb(cloud.colours), np.tile(shades, (2, 1)))
    assert np.allclose(cloud.intensity[:50], np.linspace(0, 1, 50))


def test_refuses_a_file_that_breaks_off_or_is_something_else(tmp_path):
    written(tmp_path / "a.e57")
    whole = (tmp_path / "a.e57").read_bytes()
    for raw, key in ((whole[:1500], "places.e57"), (b"ply\n", "file.looks_ply"),
                     (whole[:1100] + b"\xff" * 40 + whole[1140:], "places.e57")):
        (tmp_path / "b.e57").write_bytes(raw)
        with pytest.raises(InputError) as caught:
            read_e57(tmp_path / "b.e57")
        assert caught.value.key == key


@pytest.mark.skipif(not SCANS.exists(), reason="the shared scans are not here")
def test_truth_the_shared_scans_of_2_and_4_points():
    cloud = read_e57(SCANS / "A_B.e57")
    assert cloud.source.tolist() == [0, 0, 1, 1, 1, 1]
    assert cloud.intensity.max() == pytest.approx(257.896, abs=1e-3)


def test_truth_range_azimuth_and_elevation_are_what_the_standard_says():
    from marrow.places.formats.e57 import _places

    east, north, sky = _places({"sphericalRange": np.full(3, 2.0), "sphericalAzimuth": np.array([0, np.pi / 2, 1]),
                                "sphericalElevation": np.array([0, 0, np.pi / 2])})
    assert np.allclose([east, north, sky], [[2, 0, 0], [0, 2, 0], [0, 0, 2]], atol=1e-9)
