"""Joining: a scan finds its place in another, or is refused."""

from pathlib import Path

import numpy as np
import pytest

from marrow.errors import InputError
from marrow.media import Cloud, Source, Splats
from marrow.places.cleaning.nearest import Nearest
from marrow.places.cleaning.normals import slopes
from marrow.places.clouds import after, carried
from marrow.places.joining.agreeing import agreed, fitted
from marrow.places.joining.features import Spots, matched
from marrow.places.joining.joining import found, joined, together

SCANS = Path(__file__).resolve().parents[3] / "shared" / "material" / "scans" / "registration"


def motion(seed, far=100.0):
    """A random rigid motion."""
    dice = np.random.default_rng(seed)
    made = np.eye(4)
    turn, stretch = np.linalg.qr(dice.normal(size=(3, 3)))
    turn = turn * np.sign(np.diag(stretch))
    made[:3, :3] = turn * np.sign(np.linalg.det(turn))
    made[:3, 3] = dice.uniform(-far, far, 3)
    return made


def place(seed, count=30000):
    """A court with boxes of all sizes in it, none like another."""
    dice = np.random.default_rng(seed)
    boxes = [((0, -1, 0), (24, 0.1, 18), count // 3)]
    for _ in range(14):
        size = dice.uniform(0.6, 5, 3)
        boxes.append((dice.uniform(-0.5, 0.5, 3) * [20, 0, 14] + [0, size[1] / 2 - 1, 0], size, count // 20))
    made = []
    for middle, size, number in boxes:
        points, side = dice.random((number, 3)) - 0.5, dice.integers(0, 6, number)
        points[np.arange(number), side // 2] = side % 2 - 0.5
        made.append(points * size + middle)
    points = np.concatenate(made)
    return points + dice.normal(size=points.shape) * 0.005


def cloud(points, **fields):
    middle = np.round(points.mean(0))
    return Cloud((points - middle).astype(np.float32), middle, **fields)


@pytest.fixture(scope="module")
def scans():
    if not SCANS.exists():
        pytest.skip("the two scans of shared/material are not here")
    made = []
    for name in ("target.ply", "source.ply"):
        raw = (SCANS / name).read_bytes()
        begin = raw.index(b"end_header\n") + 11
        made.append(np.frombuffer(raw[begin:], "<f4")[:len(raw[begin:]) // 16 * 4].reshape(-1, 4)[:, :3].astype(float))
    return *made, np.loadtxt(SCANS / "T_target_source.txt")


@pytest.mark.parametrize("seed", range(3))
def test_truth_a_laser_scan_finds_its_place_from_anywhere(scans, seed):
    target, source, truth = scans
    away = motion(seed)
    where = found(cloud(target), cloud(after(away, source))).transform
    off = after(where @ away, source) - after(truth, source)
    assert np.linalg.norm(off, axis=1).mean() < 0.05
    assert np.trace((where @ away)[:3, :3] @ truth[:3, :3].T) > 1 + 2 * np.cos(np.radians(0.5))


def test_refuses_scans_cut_apart(scans):
    target, source, truth = scans
    source = after(truth, source)
    with pytest.raises(InputError, match="do not clearly show one place"):
        found(cloud(target[target[:, 1] > -8]), cloud(after(motion(1), source[source[:, 1] < -9])))


def test_truth_two_scans_become_one_place_and_keep_their_sources():
    points, away = place(1), motion(5, 3000)
    first = cloud(points[::2], sources=(Source("a"),), intensity=np.ones(len(points[::2]), np.float32))
    second = cloud(after(away, points[1::2]), sources=(Source("b"), Source("c")),
                   source=np.ones(len(points[1::2]), np.uint16))
    made = joined(first, second)
    assert np.abs(made.cloud.points[len(first.points):] + made.cloud.origin - points[1::2]).max() < 0.02
    assert (made.cloud.points[:len(first.points)] == first.points).all()
    assert [each.name for each in made.cloud.sources] == ["a", "b", "c"]
    assert np.unique(made.cloud.source).tolist() == [0, 2]
    assert made.cloud.intensity is None
    assert made.overlap > 0.8
    assert made.residual < 0.05
    again = joined(first, second)
    assert (again.transform == made.transform).all()


def test_refuses_scans_of_two_places():
    with pytest.raises(InputError, match="do not clearly show one place"):
        found(cloud(place(1)), cloud(after(motion(2), place(2))))


@pytest.mark.parametrize("points", [np.zeros((40, 3)), np.array([[0.0, 1, 2]]),
                                    np.random.default_rng(0).random((3000, 3))])
def test_refuses_what_has_no_form(points):
    with pytest.raises(InputError, match="do not clearly show one place"):
        found(cloud(points), cloud(place(1)))


def test_truth_splats_turn_with_their_scan():
    away, one = motion(3), np.ones((1, 3), np.float32)
    splats = Splats(one * [1, 2, 3], np.float32([[1, 0, 0, 0]]), one[:, 0], one[:, None])
    made = carried(Cloud(one, np.zeros(3), splats=splats), away)
    w, x, y, z = made.splats.turns[0].astype(float)
    assert np.allclose([1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)], away[:3, 0], atol=1e-5)
    rich = Splats(one, splats.turns, one[:, 0], np.ones((1, 9, 3), np.float32))
    both = together(Cloud(one, np.zeros(3), splats=splats), Cloud(one, np.zeros(3), splats=rich))
    assert both.splats.harmonics[:, :, 0].sum(1).tolist() == [1, 9]
    assert both.splats.scales.tolist() == [[1, 2, 3], [1, 1, 1]]


def test_refuses_nothing():
    one = np.ones((1, 3), np.float32)
    with pytest.raises(InputError, match="no points"):
        found(Cloud(one * np.nan, np.zeros(3)), cloud(place(1)))


def told(points):
    """Each point as a spot, by what lies within a metre and a half."""
    from marrow.places.joining.feature_kernels import features

    near = Nearest(points)
    normals, (index, squared) = slopes(points, near), near.to(points, 60)
    return Spots(points, normals, features(points, normals, index, squared, 1.5), near)


def test_law_features_do_not_change_when_a_scan_turns():
    points, away = place(3, 6000), motion(9)
    first, second = told(points), told(after(away, points))
    assert (np.abs(first.features - second.features).max(1) <= 8).mean() > 0.95
    mine, other = matched(first, second, 5000)
    assert (mine == other).mean() > 0.9
    assert len(mine) > 2000


def test_truth_a_motion_is_found_among_nine_wrong_matches_of_ten():
    dice, away = np.random.default_rng(3), motion(4)
    ones, others = dice.random((400, 3)) * 20, dice.random((400, 3)) * 20
    others[:40] = after(away, ones[:40])
    assert np.allclose(agreed(ones, others, 0.1), away, atol=1e-9)
    assert agreed(ones[:2], others[:2], 0.1) is None


def test_law_a_fit_never_mirrors():
    flat = np.random.default_rng(6).random((10, 3)) * [1, 1, 0]
    assert np.linalg.det(fitted(flat, flat * [-1, 1, 1])[:3, :3]) == pytest.approx(1)
    assert np.allclose(fitted(flat, after(motion(7), flat)), motion(7))


def test_law_there_and_back_is_the_same():
    points, away = place(8, 900) + np.array([500_000, 0, -4_000_000]), motion(11)
    here = cloud(points, normals=np.tile(np.float32([0, 1, 0]), (len(points), 1)))
    back = carried(carried(here, away), np.linalg.inv(away), here.origin)
    assert np.abs(back.points - here.points).max() < 1e-5
    assert np.allclose(back.normals, here.normals, atol=1e-6)
    assert np.allclose(carried(here, away).normals[0], away[:3, 1], atol=1e-6)
