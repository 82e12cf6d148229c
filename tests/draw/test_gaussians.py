"""Splats on the processor: a plain loop over float64 makes the same picture, and nothing changes a bit of it."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from marrow.draw import colour, gaussians, harmonics
from marrow.draw.camera import look_at
from marrow.draw.gaussians import splatted
from marrow.media import Splats
from marrow.rotations import to_matrix

SIZE = (112, 72)
CAMERA = look_at((0.3, 0.2, 1.6), (0, 0, -2), lens=28, size=SIZE)


def room(count=400, seed=1, large=0.3, terms=16):
    """Splats on the walls of a room that the camera stands in."""
    dice = np.random.default_rng(seed)
    points, side = dice.random((count, 3)) * 4 - 2, dice.integers(0, 5, count)
    for number, (axis, place) in enumerate(((0, -2), (0, 2), (1, -2), (1, 2), (2, -2))):
        points[side == number, axis] = place
    turns = dice.normal(size=(count, 4))
    turns /= np.linalg.norm(turns, axis=1, keepdims=True)
    light = dice.normal(size=(count, terms, 3)) * np.where(np.arange(terms)[:, None] > 0, 0.1, 0.8)
    splats = Splats(large * (0.2 + dice.random((count, 3))), turns, 0.2 + 0.8 * dice.random(count), light)
    kept = {name: np.asarray(getattr(splats, name), np.float32) for name in ("scales", "turns", "opacity", "harmonics")}
    return points.astype(np.float32), Splats(**kept)


def oracle(points, splats, camera, near):
    """Display light times cover, and cover, by a loop over float64."""
    width, height = camera.size
    axes = camera.world_from_camera[:3, :3].T * [[1], [-1], [-1]]
    places = (points.astype(float) - camera.eye) @ axes.T
    rest, sums, focal = np.ones((height, width)), np.zeros((height, width, 3)), camera.focal
    rows, columns = np.mgrid[0:height, 0:width] + 0.5
    ways = points.astype(float) - camera.eye
    tints = harmonics.shown(splats.harmonics, ways / np.linalg.norm(ways, axis=1, keepdims=True))
    for i in np.argsort(places[:, 2], kind="stable"):
        x, y, z = places[i]
        alpha = splats.opacity[i] * np.clip(z / near - 1, 0, 1)
        if z <= near or alpha < 1 / 255:
            continue
        slopes = [np.clip(each / z, -1.3 * side / 2 / focal, 1.3 * side / 2 / focal)
                  for each, side in ((x, width), (y, height))]
        flat = focal / z * np.array([[1, 0, -slopes[0]], [0, 1, -slopes[1]]])
        flat = flat @ axes @ (to_matrix(splats.turns[i].astype(float)) * splats.scales[i].astype(float))
        inverse = np.linalg.inv(flat @ flat.T + 0.3 * np.eye(2))
        dx, dy = columns - (focal * x / z + width / 2), rows - (focal * y / z + height / 2)
        share = alpha * np.exp(-(inverse[0, 0] * dx * dx + inverse[1, 1] * dy * dy) / 2 - inverse[0, 1] * dx * dy)
        share = np.where((share < 1 / 255) | (rest < 1e-4), 0, np.minimum(share, 0.99))
        sums += (rest * share)[..., None] * tints[i]
        rest *= 1 - share
    return sums, 1 - rest


def likeness(first, second):
    return -10 * np.log10(((first.astype(float) - second) ** 2).mean() + 1e-30)


@pytest.mark.parametrize("terms", [1, 4, 9, 16])
def test_truth_a_loop_over_float64_makes_the_same_picture(terms):
    points, splats = room(terms=terms)
    made = splatted(points, splats, CAMERA)
    sums, cover = oracle(points, splats, CAMERA, gaussians.near(points))
    whole = np.maximum(cover, 1e-9)[..., None]
    assert likeness(made.cover, cover) > 80
    assert likeness(made.light, colour.light(np.clip(sums / whole, 0, 1)) * cover[..., None]) > 70
    assert cover.mean() > 0.5


def test_truth_one_splat_is_a_gaussian_of_its_size_where_it_stands():
    camera = look_at((0, 0, 5), (0, 0, 0), lens=36, size=(101, 81))
    splats = Splats(*(np.array(each, np.float32) for each in (
        [[0.4, 0.1, 0.1]], [[1, 0, 0, 0]], [0.5], [[[0.5 / harmonics.FLAT, 0, -0.5 / harmonics.FLAT]]])))
    points = np.array([[1, 0.5, 0]], np.float32)
    made = splatted(np.repeat(points, 3, 0) * [[1], [99], [-99]], Splats(*(np.repeat(each, 3, 0) for each in (
        splats.scales, splats.turns, splats.opacity, splats.harmonics))), camera)
    row, column = np.unravel_index(made.cover.argmax(), made.cover.shape)
    assert (row, column) == (30, 70)
    assert np.isclose(made.cover.max(), 0.5, atol=0.01)
    assert np.allclose(made.light[row, column] / made.cover[row, column], [1, colour.light(0.5), 0], atol=1e-4)
    assert made.depth[row, column] == 5
    assert made.index[row, column] == 0
    wide, high = (made.cover[row] > 0.3).sum(), (made.cover[:, column] > 0.3).sum()
    assert wide > 3 * high
    assert np.isinf(made.depth[0, 0])
    assert made.index[0, 0] == -1


def blot(camera, **shutter):
    """One small splat in the middle of the place: how much light, its middle, its variance along x and y in pixels²."""
    splats = Splats(*(np.array(each, np.float32) for each in ([[0.08] * 3], [[1, 0, 0, 0]], [0.6], [[[1, 1, 1]]])))
    points = np.repeat(np.float32([[0.2, 0.1, 0]]), 3, 0) * np.float32([[1], [60], [-60]])
    lone = Splats(*(np.repeat(getattr(splats, name), 3, 0) for name in ("scales", "turns", "opacity", "harmonics")))
    cover = splatted(points, lone, camera, samples=16, **shutter).cover.astype(float)
    y, x = np.mgrid[:cover.shape[0], :cover.shape[1]] + 0.5
    total = cover.sum()
    middle = (cover * x).sum() / total, (cover * y).sum() / total
    return total, *middle, (cover * (x - middle[0]) ** 2).sum() / total, (cover * (y - middle[1]) ** 2).sum() / total


def test_truth_out_of_focus_a_splat_is_as_wide_as_the_lens_says_and_gives_as_much_light():
    sharp = replace(look_at((0, 0, 5), (0, 0, 0), lens=36, size=(161, 121)), fstop=0.1, focus=5.0)
    for focus in (2.0, 40.0):
        soft = replace(sharp, focus=focus)
        radius = soft.blur * abs(1 / focus - 1 / 5)
        one, other = blot(sharp), blot(soft)
        assert radius > 5 and np.isclose(other[0], one[0], rtol=0.06)
        assert np.allclose(other[1:3], one[1:3], atol=0.15)
        assert np.allclose(other[3:], np.add(one[3:], radius ** 2 / 4), rtol=0.12)


def test_truth_while_the_shutter_is_open_a_splat_is_drawn_out_along_its_way():
    camera = look_at((0, 0, 5), (0, 0, 0), lens=36, size=(161, 121))
    moved = camera.world_from_camera.copy()
    moved[:3, 3] += (0.5, 0, 0)
    away = 0.5 * camera.focal / 5
    still = blot(camera)
    for shutter, way in (({"closing": replace(camera, world_from_camera=moved)}, -away),
                         ({"moved": np.tile(np.float32([0.5, 0, 0]), (3, 1))}, away)):
        made = blot(camera, **shutter)
        assert np.isclose(made[0], still[0], rtol=0.02) and np.isclose(made[1] - still[1], way / 2, atol=0.5)
        assert np.isclose(made[3] - still[3], away ** 2 / 12, rtol=0.05) and np.isclose(made[4], still[4], rtol=0.02)


def test_truth_the_nearer_hides_the_farther_whatever_their_order():
    points, splats = room(60)
    order = np.random.default_rng(0).permutation(60)
    turned = Splats(*(getattr(splats, name)[order] for name in ("scales", "turns", "opacity", "harmonics")))
    first, second = splatted(points, splats, CAMERA), splatted(points[order], turned, CAMERA)
    assert np.array_equal(first.light, second.light)
    assert np.array_equal(first.depth, second.depth)


def test_truth_light_that_changes_follows_the_eye():
    points, splats = np.zeros((1, 3), np.float32), room(1, terms=4)[1]
    terms = np.zeros((1, 4, 3), np.float32)
    terms[0, 3] = 0.9   # brighter seen along -X, from +X
    splats = replace(splats, harmonics=terms, opacity=np.ones(1, np.float32))
    right, left = (splatted(points, splats, look_at((side, 0, 0), (0, 0, 0), lens=35, size=(32, 32))).light.max()
                   for side in (2, -2))
    assert right > 5 * left


def test_law_an_origin_far_away_changes_no_pixel():
    points, splats = room()
    near = splatted(points, splats, CAMERA)
    far = np.array([524288.0, 0, -5242880.0])
    placed = CAMERA.world_from_camera.copy()
    placed[:3, 3] = np.round(placed[:3, 3] * 1024) / 1024
    near = splatted(points, splats, replace(CAMERA, world_from_camera=placed))
    moved = placed.copy()
    moved[:3, 3] += far
    assert np.array_equal(splatted(points, splats, replace(CAMERA, world_from_camera=moved), origin=far).light,
                          near.light)


def test_law_a_place_a_hundred_times_smaller_is_the_same_picture():
    points, splats = room()
    small = look_at(CAMERA.eye / 128, (0, 0, -2 / 128), lens=28, size=SIZE)
    made = splatted(points / np.float32(128), replace(splats, scales=splats.scales / np.float32(128)), small)
    assert likeness(made.light, splatted(points, splats, CAMERA).light) > 80


def test_law_what_is_not_there_is_not_drawn_and_size_is_size():
    points, splats = room(50)
    some = np.arange(50) % 2
    kept = Splats(*(getattr(splats, name)[some > 0] for name in ("scales", "turns", "opacity", "harmonics")))
    camera = look_at((0, 0, 9), (0, 0, 0), lens=35, size=SIZE)
    assert np.array_equal(splatted(points, splats, camera, there=some).light,
                          splatted(points[some > 0], kept, camera).light)
    assert np.allclose(splatted(points, splats, camera, size=2.0).light,
                       splatted(points, replace(splats, scales=splats.scales * 2), camera).light, atol=1e-6)
    assert not splatted(points, splats, camera, there=np.zeros(50)).cover.any()


@pytest.mark.parametrize("scale", [1e4, 1e12, 1e30])
def test_law_needles_and_giants_keep_to_their_tiles(scale):
    points, splats = room(60)
    long = splats.scales.copy()
    long[::3, 0] = scale
    long[1::3] = scale
    made = splatted(points, replace(splats, scales=long), CAMERA)
    assert np.isfinite(made.light).all() and (made.cover >= 0).all() and (made.cover <= 1).all()


def test_law_motion_is_the_way_of_the_splat_on_the_picture():
    points, splats = room(60, large=0.4)
    still = splatted(points, splats, CAMERA)
    moved = CAMERA.world_from_camera.copy()
    moved[:3, 3] += moved[:3, 0] * 0.1
    made = splatted(points, splats, CAMERA, closing=replace(CAMERA, world_from_camera=moved))
    assert not still.motion.any()
    shown = made.index >= 0
    assert np.allclose(made.motion[shown][:, 0], -0.1 * CAMERA.focal / made.depth[shown], rtol=1e-4)


def test_shape_a_place_without_splats_is_an_empty_picture():
    made = splatted(np.zeros((0, 3), np.float32), Splats(*(np.zeros(shape, np.float32) for shape in (
        (0, 3), (0, 4), (0,), (0, 1, 3)))), CAMERA)
    assert not made.cover.any()
    assert (made.index == -1).all()


def test_law_threads_change_no_bit():
    code = ("import hashlib, sys; sys.path.insert(0, sys.argv[1]); import test_gaussians as t; p, s = t.room();"
            "e = t.splatted(p, s, t.CAMERA);"
            "print(hashlib.sha256(b''.join(x.tobytes() for x in (e.light, e.cover, e.depth, e.index))).hexdigest())")
    known = set()
    for threads in "12":
        done = subprocess.run([sys.executable, "-c", code, os.path.dirname(__file__)], capture_output=True, text=True,
                              env=os.environ | {"NUMBA_NUM_THREADS": threads}, check=True)
        known.add(done.stdout)
    assert len(known) == 1
