"""A place is the same picture wherever on earth it lies, twice, and from the right side."""

from dataclasses import replace

import numpy as np
import pytest

from marrow.contents import listener
from marrow.draw.axes import lowered, upright
from marrow.draw.colour import linear
from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places.clouds import stood
from marrow.places.looks import Look, ground_for
from marrow.places.scene import denser, gaps, principal, settled, shares
from marrow.places.shot import Optics, shot
from marrow.places.steps import fly

SMALL = {"size": (160, 90), "length": 0.125}
VIEW = ((0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0),)


def cloud(n=4000, origin=(0, 0, 0)):
    dice = np.random.default_rng(4)
    points = (np.round(dice.uniform(-1, 1, (n, 3)) * 1024) / 1024).astype(np.float32)
    return Cloud(points, np.array(origin, float), linear(dice.integers(40, 220, (n, 3), np.uint8)))


def frames(scan, **settings):
    return list(fly(scan, **{**SMALL, **settings}).frames())


def test_shape_pictures_of_both_looks():
    for look in ("light", "ink", "colour"):
        made = frames(cloud(), look=look)
        assert len(made) == 3 and made[0].shape == (90, 160, 3) and made[0].dtype == np.uint8


def test_law_drawn_twice_is_drawn_the_same():
    video = fly(cloud(), memory=(("assemble", 0, 0.1),), lens="50mm f/2", **SMALL)
    assert all(np.array_equal(a, b) for a, b in zip(video.frames(), video.frames(), strict=True))


def test_law_five_thousand_kilometres_change_no_pixel():
    far = (5_000_000.0, 4_194_304.0, 512.0)
    there = tuple((row[0], *(np.array(row[1:]) + np.tile(far, 2))) for row in VIEW)
    for here, away in ((frames(cloud()), frames(cloud(origin=far))),
                       (frames(cloud(), camera=VIEW), frames(cloud(origin=far), camera=there))):
        assert all(np.array_equal(a, b) for a, b in zip(here, away, strict=True))


def test_truth_a_lamp_to_the_right_is_seen_on_the_right_and_one_above_is_above():
    for place, up, side in (((1, 0, 0), "y", (0, 1)), ((0, 1, 0), "y", (-1, 0)), ((0, 0, 1), "z", (-1, 0))):
        points = np.concatenate([np.zeros((3, 3)), np.tile(place, (60, 1))]).astype(np.float32)
        points[:2] = (-1.0, -1, -1), (1, 1, 1)
        scan = Cloud(points, np.zeros(3), np.ones((63, 3), np.float32), sources=(Source(""),))
        view = VIEW if up == "y" else ((0.0, 0.0, -5.0, 0.0, 0.0, 0.0, 0.0),)
        light = frames(scan, camera=view, up=up, ground="#000000")[0].astype(float).sum(2)
        y, x = np.mgrid[:90, :160] + 0.5
        off = (light * y).sum() / light.sum() - 45, (light * x).sum() / light.sum() - 80
        assert off[0] * side[0] > 5 or off[1] * side[1] > 5


def test_truth_z_up_and_right_down_forward_become_y_up_and_go_back():
    place = np.array([1.0, 2.0, 3.0])
    for axes, wanted in (("y", (1, 2, 3)), ("z", (1, 3, -2)), ("rdf", (1, -2, -3))):
        assert np.array_equal(upright(place, axes), wanted)
        assert np.array_equal(lowered(upright(place, axes), axes), place)


def test_law_a_file_taken_for_y_up_is_set_right():
    points = np.random.default_rng(1).normal(size=(9, 3)).astype(np.float32)
    wrong = Cloud(points, np.array([1.0, 2, 3]), sources=(Source("a.ply"),))
    right = stood(wrong, "z")
    assert np.array_equal(right.points, upright(points, "z")) and np.array_equal(right.origin, (1, 3, -2))
    assert right.sources[0].axes == "z" and stood(right, "z") is right and stood(wrong, "file") is wrong


def test_law_a_frame_alone_is_the_frame_in_its_row():
    size, rows = (96, 54), (("forget", 0, 0.2), ("dissolve", 0.3, 0.5))
    for kind in ("light", "ink", "colour"):
        look = Look(kind, "#0f1a2e", "#1f1b18", 1.0, 0.5)
        made = shot(cloud(), None, Optics(size, 35, 1.4, 0, 0.5), look, memory=rows, length=0.5, rate=24)
        again = shot(cloud(), None, Optics(size, 35, 1.4, 0, 0.5), look, memory=rows, length=0.5, rate=24)
        assert np.array_equal(list(made.frames(10))[9], again.frame(9, ground_for(look, size)))


def test_law_before_and_after_a_morph_are_the_plain_places():
    first, second = cloud(), cloud(1500, (3, 1, 0))
    rows, view = (("morph", 0.1, 0.19),), ((0.0, 2.0, 0.5, 9.0, 1.5, 0.5, 0.0),)
    for look in ("light", "ink", "colour"):
        settings = {**SMALL, "memory": rows, "camera": view, "look": look, "length": 0.25}
        there = list(fly(first, second, **settings).frames())
        assert np.array_equal(there[0], frames(first, camera=view, look=look)[0])
        assert np.array_equal(there[-1], frames(second, camera=view, look=look)[0])
        assert not np.array_equal(there[3], there[0])


def test_truth_a_place_far_away_becomes_of_one_that_is_here():
    first, second = cloud(), cloud(3000, (500_000.0, 0, -3e6))
    second = replace(second, points=second.points * np.float32([1, 2, 1]))
    heard, optics = [], Optics((96, 54), 35, 1.4, 0, 0.5)
    token = listener.set(heard.append)
    try:
        apart, near = (shot(first, each, optics, Look("ink", "#0f1a2e", "#1f1b18", 1.0, 0.5),
                            memory=(("morph", 0, 1),), length=2, rate=24) for each in (second, cloud(3000, (4, 0, 0))))
    finally:
        listener.reset(token)
    assert [each.key for each in heard] == ["places.apart"]
    last = apart.memory.state(2.0)
    where = last.points + last.origin
    floors = [np.percentile(each.points[:, 1], 2) for each in (last, first)]
    assert abs(floors[0] + last.origin[1] - floors[1]) < 0.1 and np.abs(where[:, [0, 2]].mean(0)).max() < 0.1
    assert np.array_equal(near.scenes[1].cloud.origin, (4, 0, 0))


def test_truth_out_of_focus_is_softer_and_a_moving_point_is_longer():
    lamp = Cloud(np.array([[0, 0, 0], [-1, -1, -1], [1, 1, 1]], np.float32), np.zeros(3), np.ones((3, 3), np.float32))
    still, wide = (frames(lamp, camera=VIEW, ground="#000000", lens=lens)[0].max() for lens in ("35mm", "35mm f0.2 2m"))
    assert wide < 0.7 * still
    pan = ((0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0), (0.125, 0.0, 0.0, 5.0, 3.0, 0.0, 0.0))
    sharp, moved = (frames(lamp, camera=pan, ground="#000000", lens=lens)[1].max() for lens in ("0s", "1/25s"))
    assert moved < sharp


def test_refuses_empty_scans_and_way_points_that_cannot_be_read():
    empty = Cloud(np.zeros((0, 3), np.float32), np.zeros(3))
    for scan, camera, key in ((empty, (), "places.empty"), (cloud(), ((0.0, 1.0),), "places.camera"),
                              (cloud(), (VIEW[0], VIEW[0]), "places.times")):
        with pytest.raises(InputError) as caught:
            fly(scan, camera=camera, **SMALL)
        assert caught.value.key == key and caught.value.tell("zh")


def test_law_one_point_and_points_that_are_not_numbers_work():
    points = np.array([[0, 0, 0], [np.nan, 1, 1]], np.float32)
    assert frames(Cloud(points, np.zeros(3)))[0].shape == (90, 160, 3)


def test_truth_another_seed_is_another_dust():
    cloud = Cloud(np.random.default_rng(5).uniform(-1, 1, (400, 3)).astype("f4"), np.zeros(3))
    settings = {"length": 1, "size": (64, 36), "fps": 8, "memory": (("assemble", 0, 0.8),)}
    dust = [list(fly(cloud, seed=seed, **settings).frames())[4] for seed in (0, 0, 1)]
    assert (dust[0] == dust[1]).all()
    assert (dust[0] != dust[2]).any()


def test_truth_a_denser_plane_stays_flat_and_a_denser_line_stays_thin():
    spots = np.random.default_rng(7).uniform(0, 10, (3000, 3)).astype(np.float32)
    plane, line = spots * np.float32([1, 0, 1]), spots * np.float32([0, 1, 0])
    for thing, flat in ((plane, [1]), (line, [0, 2])):
        made = denser(Cloud(thing, np.zeros(3)), 0.2, np.full(3000, 3)).points
        assert made.shape == (9000, 3) and np.array_equal(made[:3000], thing)
        assert np.abs(made[:, flat]).max() < 1e-3 and 0.01 < np.abs(made[3000:6000] - thing).max() <= 0.2 * 2 ** 0.5


def test_law_a_place_is_as_bright_with_a_share_of_its_points():
    dice = np.random.default_rng(8)
    wall = np.concatenate([dice.uniform(-1, 1, (60000, 2)), np.zeros((60000, 1))], axis=1).astype(np.float32)
    grey = np.full((60000, 3), 0.26, np.float32)
    light = [frames(Cloud(wall[:n], np.zeros(3), grey[:n]), camera=VIEW)[0][30:60, 60:100].mean()
             for n in (20000, 60000)]
    assert abs(light[0] / light[1] - 1) < 0.15


def test_truth_beside_a_blinding_light_the_night_stays_night():
    scan = Cloud((np.random.default_rng(9).normal(0, 0.05, (50000, 3))).astype(np.float32), np.zeros(3),
                 np.ones((50000, 3), np.float32))
    picture = frames(scan, camera=VIEW, ground="#000000")[0]
    assert picture.max() > 120 and picture[:, :8].max() < 8


def test_truth_principal_axes_are_those_of_the_matrix():
    half = np.random.default_rng(3).normal(size=(200, 3, 3))
    whole = half @ half.transpose(0, 2, 1)
    whole[0], whole[1] = np.eye(3), np.diag([3.0, 0, 3])
    long, axes = principal(np.stack([whole[:, i, k] for i, k in ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))], 1))
    assert np.allclose(long, np.linalg.eigvalsh(whole), atol=1e-9)
    assert np.allclose(np.einsum("nik,nk,njk->nij", axes, long, axes), whole, atol=1e-9)


def test_truth_thin_surfaces_get_more_points_than_dense_ones():
    steps = np.arange(60.0)
    grid = np.stack(np.meshgrid(steps, [0.0], steps), axis=-1).reshape(-1, 3)
    both = np.concatenate([grid, grid * 0.5 + (100, 0, 0)])
    each = gaps(both.astype(np.float32), 1.0)
    assert 0.85 < np.median(each[:3600]) < 1.15 and 0.85 < np.median(each[3600:]) / 0.5 < 1.15
    copies, _ = shares(each, 5 * len(both))
    assert copies.sum() <= 5 * len(both) and 3 < copies[:3600].mean() / copies[3600:].mean() < 5
    scene = settled(Cloud(both.astype(np.float32), np.zeros(3)))
    left = scene.cloud.points[:, 0] < 60
    assert 3 < left.mean() / (1 - left.mean()) < 5 and not settled(scene.cloud, even=False).cloud.points[:, 1].any()


def test_truth_a_camera_of_its_own_goes_over_to_what_the_place_becomes():
    first, second = cloud(), cloud(3000)
    second = replace(second, points=second.points * np.float32(20) + np.float32([100, 0, 0]))
    made = shot(first, second, Optics((96, 54), 35, 0, 0, 0.5), Look("ink", "#f4eee0", "#1f1b18", 1.0, 0.5),
                memory=(("morph", 1, 3),), length=4, rate=24)
    for time, middle, reach in ((0.5, np.zeros(3), 2), (3.5, np.array([100.0, 0, 0]), 40)):
        camera = made.camera(time)
        pixels, depth = camera.project(middle[None])
        assert np.abs(pixels[0] - (48, 27)).max() < 6 and 1.2 * reach < depth[0] < 6 * reach


def test_truth_motion_of_a_still_place_is_the_cameras_own():
    made = shot(cloud(), None, Optics((96, 54), 35, 0, 0, 0.5), Look("colour", "#f4eee0", "#1f1b18", 1.0, 0.5),
                camera=((0, 0, 0, 6, 0, 0, 0), (1, 3, 0, 6, 3, 0, 0)), length=1, rate=24)
    taken = made.exposed(12)
    assert np.median(taken.motion[taken.index >= 0][:, 0]) < -1  # the camera goes to the right


def test_refuses_rows_of_a_camera_and_a_memory_where_they_are_written():
    for name, rows, key in (("camera", [[0, 1, 2, 3, 4, 5]], "places.camera"), ("camera", 5, "setting.kind"),
                            ("memory", [["forgt", 0, 1]], "memory.word"),
                            ("memory", [["forget", 2, 1]], "memory.times")):
        with pytest.raises(InputError) as caught:
            fly.chosen({name: rows})
        assert caught.value.key == key and name in caught.value.tell("zh") + caught.value.tell("en")


def test_truth_what_ends_after_the_shot_is_told():
    heard, optics = [], Optics((96, 54), 35, 0, 0, 0.5)
    token = listener.set(heard.append)
    try:
        shot(cloud(), None, optics, Look("ink", "#f4eee0", "#1f1b18", 1.0, 0.5), memory=(("forget", 0, 5),),
             camera=(("orbit", 0, 9, 40), ("handheld", 0, 9, 1)), length=1, rate=24)
    finally:
        listener.reset(token)
    assert [(each.key, each.facts["word"]) for each in heard] == [("places.late", "forget"), ("places.late", "orbit")]


def test_truth_a_camera_that_looks_away_is_told():
    heard, look = [], Look("ink", "#f4eee0", "#1f1b18", 1.0, 0.5)
    token = listener.set(heard.append)
    try:
        for target in (0, 10):
            shot(cloud(), None, Optics((96, 54), 35, 0, 0, 0.5), look, camera=((0, 0, 0, 5, 0, 0, target),), length=1,
                 rate=24)
    finally:
        listener.reset(token)
    assert [each.key for each in heard] == ["places.unseen"]


def test_law_after_a_morph_a_place_twenty_times_as_small_is_the_plain_place():
    first, second = cloud(), cloud(1500, (3, 1, 0))
    first = replace(first, points=first.points * np.float32(20))
    view = ((0.0, 2.0, 0.5, 9.0, 1.5, 0.5, 0.0),)
    for look in ("light", "colour"):
        settings = {**SMALL, "camera": view, "look": look, "length": 0.25}
        there = list(fly(first, second, **settings, memory=(("morph", 0.1, 0.19),)).frames())
        assert np.array_equal(there[-1], frames(second, camera=view, look=look)[0])
