"""A packed place holds every point once, coarse to fine, and is opened without being read."""

import numpy as np
import pytest

from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places import files, pack, verbs
from marrow.places.pack import first_points, packed, read_place
from marrow.places.pack_kernels import _together, codes, levels

ORIGIN = np.array([5e6, 10.0, -4e6])


def part(count, seed, sources=1, number=0):
    """Points on a floor, ten times as dense in one corner, each with a colour of its own."""
    dice = np.random.default_rng(seed)
    flat = np.where(dice.random((count, 1)) < 0.1, dice.uniform(0, 10, (count, 2)), dice.uniform(0, 3, (count, 2)))
    points = np.stack([flat[:, 0], 0 * flat[:, 0], flat[:, 1]], axis=1).astype(np.float32)
    return Cloud(points, ORIGIN, dice.random((count, 3)).astype(np.float32), labels=dice.integers(0, 9, count).astype(
        np.int32), time=dice.random(count), intensity=np.zeros(count, np.float32),
        source=np.full(count, number, np.uint16) if sources > 1 else None,
        sources=tuple(Source(f"扫描 {each}", "z") for each in range(sources)))


def rows(cloud):
    return np.sort(np.concatenate([cloud.points, cloud.colours, cloud.labels[:, None], cloud.time[:, None]],
                                  axis=1).view([("", "f8")] * 8).ravel())


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(pack, "BUCKET", 700)
    monkeypatch.setattr(pack, "CHUNK", 300)


def test_law_every_point_is_there_once_with_all_that_is_known_of_it(tmp_path, small):
    parts = [part(1500, 1, 2, 0), part(800, 2, 2, 1)]
    assert packed(iter(parts), tmp_path / "a.place") == 2300
    cloud = read_place(tmp_path / "a.place")
    assert np.array_equal(rows(cloud), np.sort(np.concatenate([rows(each) for each in parts])))
    assert np.array_equal(cloud.origin, ORIGIN) and cloud.sources == parts[0].sources and cloud.intensity is None
    assert (np.bincount(cloud.source) == (1500, 800)).all()
    assert not cloud.points.flags.writeable and not list(tmp_path.glob(".a*"))


def test_law_the_same_points_give_the_same_bytes(tmp_path, small):
    for name in "ab":
        packed([part(2000, 4)], tmp_path / f"{name}.place")
    assert (tmp_path / "a.place").read_bytes() == (tmp_path / "b.place").read_bytes()


def test_truth_the_first_points_are_an_even_picture_of_the_whole(tmp_path):
    packed([part(60000, 5)], tmp_path / "a.place")
    for most in (700, 1500, 2500):
        some = first_points(tmp_path / "a.place", most).points[:, [0, 2]]
        assert len(some) == most
        corner = ((some < 3).all(axis=1)).mean()
        assert abs(corner - 0.09) < 0.05  # 9 of 100 square metres; 91 of 100 points of the scan lie there
        counts = np.histogram2d(*some.T, bins=5, range=[[0, 10]] * 2)[0]
        assert counts.std() < np.sqrt(counts.mean())  # more even than dice


def test_truth_levels_add_to_each_other_and_lie_along_the_curve(tmp_path):
    packed([part(20000, 6)], tmp_path / "a.place")
    head, _ = pack._head(tmp_path / "a.place")
    ends = [each for each in dict.fromkeys(head["levels"]) if each]
    cloud = read_place(tmp_path / "a.place")
    assert ends[-1] == 20000 and ends == sorted(ends) and len(ends) > 4
    for start, end in zip([0, *ends], ends, strict=False):
        few = cloud.points[start:end]
        steps = np.linalg.norm(np.diff(few, axis=0), axis=1)
        mixed = np.linalg.norm(few[np.random.default_rng(1).permutation(len(few))][1:] - few[:-1], axis=1)
        assert len(few) < 200 or np.median(steps) < np.median(mixed) / 4


def test_truth_morton_numbers_weave_the_bits_of_three_axes():
    points = np.array([[1, 2, 4], [5, 0, 3], [-9, 99, 7]], np.float32)
    numbers = codes(points, np.zeros(3), 1.0)
    wanted = [[1, 2, 4], [5, 0, 3], [0, 99, 7]]
    assert [[_together(number >> axis) for axis in range(3)] for number in numbers] == wanted


def test_truth_points_of_one_place_fill_the_last_level():
    level = levels(np.zeros(5, np.int64), 5)
    assert sorted(level.tolist()) == [0, 17, 17, 17, 17]


@pytest.mark.parametrize("points", [np.ones((1, 3)), np.ones((3000, 3)), [[0, 0, 0], [1e7, 0, 0], [1, 1, 1]]])
def test_truth_one_point_equal_points_and_strays_are_places(tmp_path, small, points):
    points = np.array(points, np.float32)
    packed([Cloud(points, np.zeros(3))], tmp_path / "a.place")
    assert np.array_equal(np.sort(read_place(tmp_path / "a.place").points, axis=0), np.sort(points, axis=0))


def test_truth_any_scan_is_packed_and_opened_like_any_other(tmp_path):
    (tmp_path / "a.pts").write_text("2\n1 2 3 7 10 20 30\n4 5 6 9 255 0 7\n")
    told = list(verbs.pack(str(tmp_path / "a.pts"), str(tmp_path / "屋.place")))
    again, cloud = files.read(tmp_path / "屋.place"), files.read(tmp_path / "a.pts")
    order = np.argsort(again.points[:, 0])
    assert "2" in told[0] and np.array_equal(again.points[order], cloud.points)
    assert np.array_equal(again.colours[order], cloud.colours) and again.sources == cloud.sources


def test_refuses_what_is_no_place_or_not_a_whole_one(tmp_path):
    path = tmp_path / "a.place"
    packed([part(500, 8)], path)
    whole = path.read_bytes()
    for raw in (whole[:-100], whole[:40], b"ply\n", whole.replace(b'"count": 500', b'"count": 5e9'),
                whole.replace(b'"count": 500', b'"count": 999'), whole.replace(b'"points": 0', b'"points":-8'),
                whole.split(b"\n")[0] + b"\n" + b"[" * 30_000 + b"\n"):
        path.write_bytes(raw)
        with pytest.raises(InputError) as caught:
            read_place(path)
        assert caught.value.key == "places.pack"
    with pytest.raises(InputError):
        packed([], path)
