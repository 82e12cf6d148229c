"""Points land where the camera sees them, in the size the lens gives them, whatever the order and the threads."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from marrow.draw import lens
from marrow.draw.camera import Camera, look_at
from marrow.draw.splat import BATCH, Grains, boxes, expose, morton_order

SIZE = (64, 48)
CAMERA = look_at((0, 0, 5), (0, 0, 0), lens=36, size=SIZE)  # focal: 64 pixels


def grains(points, radius=0.0, **fields):
    points = np.asarray(points, np.float32).reshape(-1, 3)
    return Grains(points, fields.pop("light", np.ones_like(points)), radius, **fields)


def strewn(count=4000, seed=1):
    dice = np.random.default_rng(seed)
    return dice.uniform(-1.5, 1.5, (count, 3)).astype(np.float32), dice.random((count, 3)).astype(np.float32)


def wall(step=0.02, z=0.0, side=6.0):
    x, y = np.meshgrid(np.arange(-side / 2, side / 2, step), np.arange(-side / 2, side / 2, step))
    return np.stack([x.ravel(), y.ravel(), np.full(x.size, z)], axis=1).astype(np.float32)


def same(one, two):
    return all(np.array_equal(getattr(one, name), getattr(two, name))
               for name in ("light", "cover", "depth", "motion", "index"))


def test_truth_a_speck_falls_where_the_camera_says():
    made = expose(grains((0.55, 0.3, 0)), CAMERA, samples=1, surface=False)
    pixel = CAMERA.project(np.array([[0.55, 0.3, 0.0]]))[0][0].astype(int)
    assert np.argwhere(made.cover > 0).tolist() == [[pixel[1], pixel[0]]]
    assert made.depth[pixel[1], pixel[0]] == 5 and np.isinf(made.depth).sum() == made.depth.size - 1


def test_truth_the_nearest_speck_wins():
    light = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    made = expose(grains([(0.01, 0.01, -1), (0.01, 0.01, 1)], light=light), CAMERA, samples=1, surface=False)
    row, column = np.argwhere(made.cover > 0)[0]
    assert made.index[row, column] == 1 and made.light[row, column].tolist() == [0, 1, 0]


def test_truth_a_disc_beside_the_picture_draws_only_the_pixels_whose_middles_it_reaches():
    corner = np.array([-33 / 12.8, 25 / 12.8, 0])  # a pixel left of the picture, a pixel above
    assert not expose(grains(corner, 1.2 / 12.8), CAMERA, samples=1).cover.any()
    made = expose(grains(corner, 2.3 / 12.8), CAMERA, samples=1)
    assert np.argwhere(made.cover > 0).tolist() == [[0, 0]]


def test_law_order_changes_no_bit_of_dust():
    points, light = strewn()
    mixed = np.random.default_rng(2).permutation(len(points))
    one = expose(Grains(points, light), replace(CAMERA, fstop=0.5, focus=5), surface=False)
    two = expose(Grains(points[mixed], light[mixed]), replace(CAMERA, fstop=0.5, focus=5), surface=False,
                 ids=mixed.astype(np.int32))
    assert same(one, two)


@pytest.mark.parametrize(("surface", "radius"), [(True, 0.06), (True, 0.4), (False, 0.06)])
def test_law_threads_change_no_bit(surface, radius, monkeypatch):
    points, light = strewn()
    made = []
    for threads in (1, 2, 3):
        monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", threads)
        made.append(expose(Grains(points, light, radius), replace(CAMERA, fstop=0.5, focus=5), surface=surface))
    assert same(made[0], made[1]) and same(made[0], made[2])


def test_truth_a_surface_has_no_holes_and_keeps_its_light():
    made = expose(grains(wall(), 0.03, light=np.full_like(wall(), 0.25)), CAMERA)
    assert (made.cover == 1).all() and np.abs(made.light - 0.25).max() < 1e-6
    assert np.abs(made.depth - 5).max() < 1e-5 and (made.index >= 0).all()


def test_truth_points_of_one_surface_are_averaged_and_others_are_not():
    light = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    made = expose(grains([(0, 0, 0), (0, 0, -0.01), (0, 0, -1)], 0.3, light=light), CAMERA, samples=1)
    assert np.allclose(made.light[24, 32], (0.5, 0.5, 0), atol=1e-3)
    assert abs(made.depth[24, 32] - 5.005) < 1e-4


@pytest.mark.parametrize("back", [0.0, 0.15])
def test_truth_from_one_disc_to_the_next_light_and_depth_change_without_a_step(back):
    light = np.array([[1, 0, 0], [0, 0, 1]], np.float32)
    row = []
    for column, shift in ((column, shift) for column in range(27, 37) for shift in range(16)):  # sixteenths of a pixel
        x = (0.5 - shift / 16) * 5 / 64
        row.append((column + shift / 16 - 32, x, column))
    made = {x: expose(grains([(x - 0.36, -0.04, 0), (x + 0.36, -0.04, -back)], 0.4, light=light), CAMERA, samples=1)
            for _, x, _ in row[:16]}
    seen = [(at, *made[x].light[24, column], made[x].depth[24, column]) for at, x, column in row]
    _, red, green, blue, depth = np.array([line for line in seen if abs(line[0]) < 4.608]).T
    assert np.allclose(red + blue, 1, atol=1e-6) and not green.any()
    assert red[0] > 0.999 and blue[-1] > 0.999 and abs(depth[0] - 5) < 1e-3 and abs(depth[-1] - 5 - back) < 1e-3
    assert (np.diff(red) <= 1e-6).all() and np.diff(red).min() > -0.1
    assert (np.diff(depth) >= -1e-6).all() and np.diff(depth).max() <= 0.1 * back + 1e-6


def test_truth_a_lone_disc_is_whole_up_to_its_rim():
    made = expose(grains((0.01, 0.02, 0), 0.4, light=np.array([[0.25, 0.5, 1]], np.float32)), CAMERA, samples=1)
    y, x = np.mgrid[:48, :64] + 0.5
    inside = (x - 32 - 0.128) ** 2 + (y - 24 + 0.256) ** 2 <= 5.12 ** 2
    assert np.array_equal(made.cover, inside) and (made.depth[inside] == 5).all()
    assert np.abs(made.light - inside[..., None] * np.array([0.25, 0.5, 1])).max() < 1e-6


def test_truth_a_wall_aslant_shows_none_of_its_discs():
    spots = wall(0.25)
    spots[:, 2] = spots[:, 0]
    made = expose(grains(spots, 0.32), CAMERA, samples=1)
    part = made.depth[12:36, 16:48]
    x, _ = np.meshgrid(np.arange(16, 48) + 0.5 - 32, np.arange(24))
    assert np.abs(part - 5 / (1 + x / 64)).max() < 0.12 and np.diff(part, axis=1).max() < 0


def test_truth_a_disc_far_behind_or_before_keeps_its_light_to_itself():
    light = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    made = expose(grains([(-0.3, 0, 0), (0.3, 0, -1.7)], 0.4, light=light), CAMERA, samples=1)
    for disc in (0, 1):
        assert (made.light[made.index == disc] == light[disc]).all() and (made.index == disc).any()


def test_law_discs_beside_the_picture_mix_their_light_into_it():
    points, light = strewn(3000)
    light[:, 0], points[:, 2] = points[:, 0] > 2.4, 0
    points[:, :2] *= 2.5
    wide = replace(CAMERA, lens=18.0, size=(128, 96))
    one, two = (expose(Grains(points, light, 0.45), camera, samples=1) for camera in (CAMERA, wide))
    assert np.abs(one.light - two.light[24:72, 32:96]).max() < 1e-4


def test_law_discs_without_a_radius_are_drawn_where_they_lie():
    points, light = strewn(100)
    one, two = (expose(Grains(points, light, 0.0), CAMERA, samples=1, surface=surface) for surface in (True, False))
    assert np.array_equal(one.index, two.index) and np.abs(one.light - two.light).max() < 1e-6


def test_truth_a_point_out_of_focus_is_a_disc_of_the_right_size_and_keeps_its_light():
    camera = replace(look_at((0, 0, 5), (0, 0, 0), lens=36, size=(400, 400)), fstop=0.045, focus=2.5)
    radius = 400 * 0.4 * (1 / 2.5 - 1 / 5)  # focal in pixels, half the aperture in metres
    for surface in (True, False):
        made = expose(grains((0, 0, 0), 1e-4 if surface else 0), camera, surface=surface)
        y, x = np.argwhere(made.cover > 1e-6).T
        assert abs(np.ptp(x) / 2 - radius) < 1.6 and abs(np.ptp(y) / 2 - radius) < 1.6
        assert abs(made.cover.sum() - 1) < 0.02
        inner = made.cover[185:215, 185:215]
        assert abs(inner.mean() * np.pi * radius**2 - 1) < 0.05 and inner.std() < 0.25 * inner.mean()


def test_truth_in_focus_a_lens_is_a_pinhole():
    points = wall(0.05)
    light = np.random.default_rng(3).random(points.shape).astype(np.float32)
    sharp, lens_ = (expose(Grains(points, light, 0.05), camera)
                    for camera in (CAMERA, replace(CAMERA, fstop=1.0, focus=5.0)))
    assert np.abs(sharp.light - lens_.light).max() < 1e-4


def test_truth_an_open_lens_sees_round_what_is_near():
    points = np.concatenate([wall(), wall(0.01, z=4.0, side=0.05)])
    light = np.concatenate([np.full((len(wall()), 3), 0.5), np.zeros((len(points) - len(wall()), 3))])
    made = expose(Grains(points, light.astype(np.float32), 0.02), replace(CAMERA, fstop=0.12, focus=5.0))
    assert made.light[24, 32, 0] > 0.2 and (made.cover > 0.999).all()


def test_law_there_fades_evenly_and_by_steps_of_a_sample():
    points, _ = strewn(3000)
    covers = []
    for there in np.linspace(0, 1, 21):
        made = expose(grains(points, there=np.full(len(points), there, np.float32)), CAMERA, surface=False)
        covers.append(float(made.cover.sum()))
    assert covers[0] == 0 and all(b > a for a, b in pairwise(covers))
    single = expose(grains((0.01, 0.01, 0), there=np.array([0.5], np.float32)), CAMERA, surface=False)
    assert abs(single.cover.sum() - 0.5) < 1e-6


def test_truth_dust_smaller_than_a_pixel_covers_its_share():
    points, _ = strewn(150)
    small, whole = (expose(grains(points, radius), CAMERA, surface=False).cover.sum() for radius in (0.03, 0))
    share = (np.pi * (0.03 * 64 / (5 - points[:, 2])) ** 2).mean()
    assert abs(small / whole - share) < 0.2 * share


def test_truth_moving_points_leave_a_trace_and_their_motion():
    made = expose(grains((-0.5, 0.01, 0), moved=np.array([[1, 0, 0]], np.float32)), CAMERA, surface=False)
    columns = np.flatnonzero(made.cover.max(0))
    assert columns.min() <= 27 and columns.max() >= 36 and abs(made.cover.sum() - 1) < 1e-5
    found = made.motion[made.index >= 0]
    assert np.allclose(found, (12.8, 0), atol=1e-4)


def test_law_a_moving_camera_is_a_world_moving_the_other_way():
    points = np.round(strewn(500)[0] * 256) / 256
    moved = np.broadcast_to(np.array([-0.5, 0.25, 0], np.float32), points.shape)
    placed = CAMERA.world_from_camera.copy()
    placed[:3, 3] += (0.5, -0.25, 0)
    one = expose(grains(points, 0.02, moved=moved), CAMERA)
    two = expose(grains(points, 0.02), CAMERA, closing=Camera(placed, CAMERA.lens, CAMERA.size))
    assert np.abs(one.light - two.light).max() < 0.13 and np.abs(one.light - two.light).mean() < 1e-3
    assert np.abs((one.motion - two.motion)[one.index == two.index]).max() < 1e-4


def test_law_a_place_far_away_is_the_same_picture():
    points, light = strewn()
    points = np.round(points * 1024) / 1024
    first = expose(Grains(points, light, 0.05), CAMERA)
    for shift in ((5e5, 0, -5e6), (0.5, 5e6, 3.25)):
        placed = CAMERA.world_from_camera.copy()
        placed[:3, 3] += shift
        camera = Camera(placed, CAMERA.lens, SIZE)
        assert same(first, expose(Grains(points, light, 0.05, origin=np.array(shift)), camera))


@pytest.mark.parametrize("surface", [True, False])
def test_law_boxes_out_of_sight_change_no_bit(surface):
    points = np.random.default_rng(4).uniform(-20, 20, (12 * BATCH, 3)).astype(np.float32)
    points = points[morton_order(points)]
    light = np.abs(points) / 20
    plain = Grains(points, light, 0.1)
    assert same(expose(plain, CAMERA, surface=surface, samples=2),
                expose(replace(plain, boxes=boxes(points)), CAMERA, surface=surface, samples=2))


def test_law_what_is_no_number_is_nowhere():
    points, light = strewn(100)
    broken = np.concatenate([points, np.full((3, 3), np.nan, np.float32), np.full((1, 3), np.inf, np.float32)])
    worn = Grains(broken, np.concatenate([light, light[:4]]), 0.05)
    for surface in (True, False):
        assert same(expose(Grains(points, light, 0.05), CAMERA, surface=surface),
                    expose(worn, CAMERA, surface=surface))


@pytest.mark.parametrize(("radius", "surface"), [(0.0, False), (0.1, False), (0.1, True)])
def test_law_points_beside_the_eye_are_not_seen(radius, surface):
    points = np.array([(0, 0, 0), (1, 0, 5), (0, 0, 5), (0, -2, 5)], np.float32)
    one, two = (expose(grains(some, radius), CAMERA, samples=2, surface=surface) for some in (points, points[:1]))
    assert same(one, two) and one.cover.any()


@pytest.mark.parametrize("surface", [False, True])
def test_law_how_points_lie_in_memory_changes_no_bit(surface):
    points, light = strewn()
    one = expose(grains(points, 0.05 * surface, light=light), CAMERA, samples=1, surface=surface)
    two = expose(Grains(np.asfortranarray(points), np.asfortranarray(light), 0.05 * surface), CAMERA, samples=1,
                 surface=surface)
    assert same(one, two)


def test_shape_no_points_are_an_empty_picture():
    for surface in (True, False):
        made = expose(grains(np.zeros((0, 3)), 0.1), CAMERA, surface=surface)
        assert not made.light.any() and not made.cover.any() and (made.index == -1).all()
        assert made.motion.shape == (48, 64, 2) and np.isinf(made.depth).all()


def test_truth_morton_order_keeps_the_corners_of_a_cube_in_the_order_of_their_bits():
    corners = np.array([[number >> k & 1 for k in range(3)] for number in range(8)], np.float32)
    mixed = np.random.default_rng(5).permutation(8)
    assert np.array_equal(corners[mixed][morton_order(corners[mixed])], corners)
    assert morton_order(np.zeros((3, 3), np.float32)).tolist() == [0, 1, 2]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 8, 16, 32])
def test_law_the_cells_of_the_aperture_cover_it_once(count):
    from marrow.draw.splat_kernels import within

    x = np.arange(-60, 60) + 0.5
    total = np.zeros((120, 120))
    for cell in lens.cells(count):
        form = (cell.inner, cell.outer, *cell.middle, *cell.sides.ravel(), cell.reach)
        form = tuple(np.float32(each) for each in form)
        for number, y in enumerate(x):
            a, b, c, d = within(np.float32(y), np.float32(50), np.float32(0), form)
            total[number] += ((x >= a) & (x < b)) | ((x >= c) & (x < d))
    away = np.hypot(*np.meshgrid(x, x))
    assert (total[away < 49.5] == 1).all() and not total[away > 50.5].any()
