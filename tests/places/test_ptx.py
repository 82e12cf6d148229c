"""Every scan of a PTX stands in its pose, and a ray that met nothing is no point."""

import numpy as np
import pytest

from marrow.draw.axes import lowered
from marrow.draw.colour import srgb
from marrow.errors import InputError
from marrow.places.formats.ptx import read_ptx

POSE = np.array([[0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 1, 0], [500000, 20, 3, 1]], float)


def written(path, scans, *, cut=None):
    lines = []
    for (columns, rows), pose, points in scans:
        lines += [f"{columns}", f"{rows}", "0 0 0", "1 0 0", "0 1 0", "0 0 1"]
        lines += [" ".join(map(repr, row)) for row in pose.tolist()]
        lines += [" ".join(f"{value:g}" for value in point) for point in points]
    path.write_text("\n".join(lines[:cut]) + "\n")
    return path


def test_truth_scans_stand_in_their_poses_and_voids_are_left_out(tmp_path):
    path = written(tmp_path / "a.ptx", [
        ((2, 2), np.eye(4), [(1, 2, 3, .5, 255, 0, 7), (0, 0, 0, .5, 0, 0, 0),
                             (4, 5, 6, .1, 1, 2, 3), (0, 0, 0, 0, 0, 0, 0)]),
        ((1, 1), POSE, [(1, 2, 3, .25, 9, 8, 7)])])
    cloud = read_ptx(path)
    places = lowered(cloud.origin + cloud.points.astype(float), "z")
    assert np.allclose(places, [[1, 2, 3], [4, 5, 6], np.array([1, 2, 3, 1]) @ POSE[:, :3]], atol=0.02)
    assert cloud.source.tolist() == [0, 0, 1] and len(cloud.sources) == 2
    assert srgb(cloud.colours).tolist() == [[255, 0, 7], [1, 2, 3], [9, 8, 7]]
    assert np.allclose(cloud.intensity, [.5, .1, .25])


@pytest.mark.parametrize(("cut", "key"), [(11, "places.short"), (5, "places.head")])
def test_refuses_a_scan_that_breaks_off(tmp_path, cut, key):
    with pytest.raises(InputError) as caught:
        read_ptx(written(tmp_path / "a.ptx", [((1, 2), np.eye(4), [(1, 2, 3, .5), (4, 5, 6, .5)])], cut=cut))
    assert caught.value.key == key


def test_refuses_a_count_that_cannot_be_true_and_a_line_that_is_no_point(tmp_path):
    for size, points, key in (((99999, 99999), [(1, 2, 3, .5)], "places.short"), ((1, 1), [(1, 2, 3)], "places.row")):
        with pytest.raises(InputError) as caught:
            read_ptx(written(tmp_path / "a.ptx", [(size, np.eye(4), points)]))
        assert caught.value.key == key
