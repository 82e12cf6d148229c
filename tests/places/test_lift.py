"""A picture lifted into layers is that picture again from where it was taken, and opens nowhere a little aside."""

from dataclasses import replace

import numpy as np
import pytest

from marrow.draw.colour import srgb
from marrow.draw.splat import Grains, expose
from marrow.errors import EngineError, InputError
from marrow.places.lifting import Depth, guessed, lift
from marrow.places.lifting.solve import FIXED, evened, spread, ties

SIZE = 60, 90
DICE = np.random.default_rng(7)


def scene():
    """A grey wall 6 m away, a red board 3 m away before it."""
    pixels = DICE.integers(90, 160, (*SIZE, 3), dtype=np.uint8)
    metres = np.full(SIZE, 6, np.float32)
    pixels[15:50, 30:50], metres[15:50, 30:50] = (200, 20, 20), 3
    return pixels, metres


def taken(lifted, aside=0.0):
    placed = np.eye(4)
    placed[0, 3] = aside
    camera = replace(lifted.camera, world_from_camera=placed)
    return expose(Grains(lifted.cloud.points, lifted.cloud.colours, lifted.radius), camera, samples=1)


def test_truth_seen_from_zero_it_is_the_picture_and_aside_nothing_opens():
    pixels, metres = scene()
    lifted = lift(pixels, Depth(metres))
    back = taken(lifted)
    assert back.cover.min() == 1
    assert ((srgb(back.light).astype(float) - pixels) ** 2).mean() < 6.5       # 40 dB
    for aside in (-0.3, 0.3):
        assert (taken(lifted, aside).cover == 0).mean() <= 0.005


def test_truth_a_thing_to_the_left_of_the_camera_lies_at_negative_x_and_the_top_above():
    pixels, metres = scene()
    cloud = lift(pixels, Depth(metres), lens=36).cloud
    first = cloud.points[0]      # the upper left pixel
    assert np.allclose(first, ((0.5 - 45) / 90 * 6, (30 - 0.5) / 90 * 6, -6), atol=1e-4)
    assert np.allclose(cloud.normals[0], (0, 0, 1), atol=1e-3)


def test_law_no_point_lies_between_two_surfaces_and_what_is_made_up_is_behind_and_less_sure():
    pixels, metres = scene()
    cloud = lift(pixels, Depth(metres)).cloud
    away = -cloud.points[:, 2]
    assert (np.minimum(np.abs(away - 3), np.abs(away - 6)) < 0.01).all()
    made = cloud.labels == 1
    assert made.any()
    assert cloud.confidence[made].max() < cloud.confidence[~made].min()


def test_law_twice_lifted_is_twice_the_same():
    pixels, metres = scene()
    first, second = (lift(pixels, Depth(metres)).cloud for _ in range(2))
    assert first.points.tobytes() == second.points.tobytes()
    assert first.colours.tobytes() == second.colours.tobytes()


def test_truth_soft_edges_of_a_depth_become_sharp():
    pixels, metres = scene()
    metres[:, 29], metres[:, 50] = metres[:, 29] * 0.75, metres[:, 50] * 0.75
    near = -lift(pixels, Depth(metres)).cloud.points[:, 2]
    assert ((near > 3.3) & (near < 5.5) & (near != 4.5)).mean() < 0.02


def test_truth_a_floor_is_the_plane_through_the_horizon_and_a_person_is_where_the_feet_are():
    pixels = np.full((100, 80, 3), 120, np.uint8)
    pixels[40:80, 30:40] = 20
    rows = (("horizon", 0.3), ("floor", 0.1, 0.9, 0.9, 0.95), ("person", 0.44, 0.45, 0.44, 0.79))
    metres = guessed(pixels, rows, near=2, far=50).metres
    y = (np.arange(100) + 0.5) / 100
    wanted = np.clip(2 * 0.7 / np.maximum(y - 0.3, 1e-9), 0.5, 50)
    assert np.allclose(metres[:, 70], wanted, rtol=1e-5)
    assert np.allclose(metres[45:78, 32:38], 2 * 0.7 / 0.49, rtol=1e-5)


def street():
    """Grey ground up to a grey wall, and someone dark before it."""
    pixels = np.full((100, 120, 3), 150, np.uint8)
    pixels[35:85, 60:70] = 20
    pixels[60:, :60] -= 2
    rows = (("horizon", 0.4), ("floor", 0.1, 0.95, 0.9, 0.95), ("wall", 0.02, 0.7, 0.98, 0.7, 0.1, 0.1, 0.9, 0.1),
            ("person", 0.54, 0.4, 0.54, 0.84))
    return pixels, rows


def test_truth_wall_and_floor_meet_at_the_foot_that_was_drawn():
    pixels, rows = street()
    metres = guessed(pixels, rows, near=2, far=50).metres
    floor = 1.2 / ((np.arange(100) + 0.5) / 100 - 0.4)
    assert np.allclose(metres[:70, 10], 4, rtol=1e-5) and np.allclose(metres[:70, 110], 4, rtol=1e-5)
    assert np.allclose(metres[70:, 10], floor[70:], rtol=1e-5)


def test_truth_a_person_is_cut_out_without_the_wall_around():
    pixels, rows = street()
    metres = guessed(pixels, rows, near=2, far=50).metres
    assert np.allclose(metres[37:80, 61:69], 1.2 / 0.44, rtol=1e-5)
    assert np.allclose(metres[30:68, 50:57], 4, rtol=1e-5) and np.allclose(metres[30:68, 73:80], 4, rtol=1e-5)


def test_law_the_step_makes_of_a_photo_a_place_that_the_film_shows_closed():
    from marrow.media import Photo
    from marrow.places.steps import fly
    from marrow.places.steps_lift import lift as step

    pixels, rows = street()
    place = step(Photo(pixels), strokes=rows, near=2, far=50, taken=36)
    camera = ((0, 0, 0, 0, 0, 0, -4, 36),)
    frame, = fly(place, length=0.04, size=(120, 100), camera=camera, lens="36mm", look="colour", fog=0,
                 ground="#ff00ff").frames()
    magenta = frame[..., 0].astype(int) + frame[..., 2] - 2 * frame[..., 1].astype(int)
    assert magenta.max() < 40
    with pytest.raises(InputError):
        step(Photo(pixels), near=5, far=4)


def test_truth_a_huge_picture_is_made_smaller_first():
    from marrow.places.lifting.lift import LARGEST, resized

    small = resized(np.zeros((3000, 4000, 4), np.uint8))
    assert small.shape[0] * small.shape[1] <= 1.01 * LARGEST and abs(small.shape[1] / small.shape[0] - 4 / 3) < 0.01


def test_truth_a_print_with_its_white_frame_is_told_and_a_picture_without_is_not():
    from marrow.places.lifting.lift import bordered

    pixels = DICE.integers(60, 255, (100, 120, 3), dtype=np.uint8)
    assert not bordered(pixels)
    assert bordered(np.pad(pixels, ((4, 4), (4, 4), (0, 0)), constant_values=235))
    assert not bordered(np.pad(pixels, ((4, 4), (4, 0), (0, 0)), constant_values=235))


def test_truth_values_between_two_held_ends_lie_on_a_line():
    hold, wish = np.zeros((1, 6)), np.zeros((1, 6, 1))
    hold[0, [0, 5]], wish[0, 5] = FIXED, 1
    ties = np.ones((1, 6))
    assert np.allclose(spread(wish, hold, ties, 0 * ties)[0, :, 0], np.arange(6) / 5, atol=1e-3)


def test_truth_grain_and_a_scratch_part_nothing_but_a_soft_edge_does():
    pixels = np.full((200, 512, 3), 90.0)
    pixels += np.clip((np.arange(512) - 296) / 12, 0, 1)[:, None] * 120          # soft: 12 pixels wide
    pixels[100] += 40                                                            # a scratch
    pixels = np.clip(pixels + DICE.normal(0, 8, pixels.shape), 0, 255).astype(np.uint8)
    right, down = ties(pixels)
    assert right[:, 298:308].min(1).max() < 0.01
    assert np.median(right[:, :290]) > 0.7 and (right[:, :290] < 0.1).mean() < 0.01
    assert np.median(down[99:101, :290]) > 0.5
    assert right[:, -1].max() == 0 and down[-1].max() == 0


def test_truth_a_steep_ramp_becomes_a_step_and_a_small_step_a_slope():
    ramp = np.tile(np.clip((np.arange(80) - 37) / 6, 0, 1), (20, 1))
    steps = np.abs(np.diff(evened(ramp, 0.1, 2), axis=1))
    assert steps.max() > 0.95 and (steps > 0.05).sum(1).max() == 1
    small = np.abs(np.diff(evened(np.tile(np.where(np.arange(80) < 40, 0, 0.08), (20, 1)), 0.1, 2), axis=1))
    assert small.max() < 0.02


def test_law_nothing_is_seen_through_the_floor_and_no_wall_beyond_its_horizon():
    pixels, rows = street()
    rows = (*rows[:2], ("far", 0.1, 0.1, 0.9, 0.1), ("far", 0.1, 0.6, 0.3, 0.6))
    metres = guessed(pixels, rows, near=2, far=50).metres
    floor = 1.2 / np.maximum((np.arange(100) + 0.5) / 100 - 0.4, 1e-9)
    assert (metres <= np.minimum(floor, 50)[:, None] * (1 + 1e-5)).all()


def soft_board():
    """A dark board before a pale wall, out of focus, and the strokes of somebody in a hurry."""
    from scipy import ndimage

    pixels = np.full((150, 200, 3), 220.0)
    pixels[40:150, 80:120] = 40
    pixels = ndimage.gaussian_filter(pixels, (1.5, 1.5, 0)).astype(np.uint8)
    return pixels, (("near", 0.5, 0.5, 0.5, 0.9), ("far", 0.1, 0.1, 0.9, 0.1), ("far", 0.1, 0.3, 0.1, 0.9),
                    ("far", 0.9, 0.3, 0.9, 0.9))


def test_truth_what_is_behind_carries_no_trace_of_what_stands_in_front():
    pixels, rows = soft_board()
    lifted = lift(pixels, guessed(pixels, rows, near=2, far=6))
    away = -lifted.cloud.points[:, 2]
    assert ((away > 2.6) & (away < 4)).mean() < 0.01
    assert srgb(lifted.cloud.colours[away > 4]).min() > 170        # of 220; in front 40
    for aside in (-0.25, 0.25):
        assert (taken(lifted, aside).cover == 0).mean() <= 0.005


def test_truth_what_goes_on_behind_a_door_has_the_colour_of_what_is_seen_through_it():
    from scipy import ndimage

    pixels = np.full((150, 200, 3), 40.0)
    pixels[20:130, 60:140] = 220
    pixels = ndimage.gaussian_filter(pixels, (1.5, 1.5, 0)).astype(np.uint8)
    rows = (("far", 0.5, 0.3, 0.5, 0.7), ("near", 0.1, 0.9, 0.1, 0.05, 0.9, 0.05, 0.9, 0.9))
    cloud = lift(pixels, guessed(pixels, rows, near=2, far=6)).cloud
    behind = (cloud.labels == 1) & (cloud.points[:, 2] < -4)
    assert behind.sum() > 3000 and srgb(cloud.colours[behind]).min() > 210


def test_truth_the_film_shows_a_lifted_picture_in_its_own_shade():
    from marrow.media import Photo
    from marrow.places.steps import fly
    from marrow.places.steps_lift import lift as step

    pixels, rows = soft_board()
    place = step(Photo(pixels), strokes=rows, near=2, far=40)
    frame, = fly(place, length=0.04, size=(200, 150), camera=((0, 0, 0, 0, 0, 0, -6),), look="colour", fog=0).frames()
    assert ((frame.astype(float) - pixels) ** 2).mean() < 6.5       # 40 dB


@pytest.mark.parametrize(("row", "key"), [
    (("flor", 0.5, 0.9), "lift.word"), (("floor", 0.5), "lift.row"), (("near", 1.5, 0.2), "lift.outside"),
    (("floor", 0.5, 0.2), "lift.above"), (("wall", 0.5, 0.9), "lift.row"), ((), "lift.word")])
def test_refuses_strokes_that_cannot_be(row, key):
    with pytest.raises(InputError) as caught:
        guessed(np.zeros((20, 20, 3), np.uint8), (row,))
    assert caught.value.key == key
    assert caught.value.tell("zh") != caught.value.tell("en")


def test_refuses_strokes_that_contradict_each_other():
    with pytest.raises(InputError) as caught:
        guessed(np.zeros((20, 20, 3), np.uint8), (("near", 0.5, 0.5), ("far", 0.5, 0.5)))
    assert caught.value.facts["before"] == 1


@pytest.mark.parametrize("metres", [np.zeros((4, 4)), np.full((4, 4), np.nan), np.ones(5), np.ones((2, 2, 3)),
                                    np.zeros((0, 4))])
def test_refuses_a_depth_of_nonsense(metres):
    with pytest.raises(EngineError):
        lift(np.zeros((4, 4, 3), np.uint8), Depth(metres))


def test_truth_odd_pictures_are_lifted():
    assert len(lift(np.full((1, 1, 3), 9, np.uint8), Depth(np.ones((1, 1)))).cloud.points) >= 1
    clear = np.full((20, 20, 4), 255, np.uint8)
    clear[:, :10, 3] = 0
    cloud = lift(clear, Depth(np.full((5, 7), 2.0))).cloud
    assert (cloud.labels == 0).sum() == 200
    with pytest.raises(InputError):
        lift(np.zeros((4, 4, 4), np.uint8), Depth(np.ones((4, 4))))


def network(path, shape, out):
    """An ONNX file whose answer is the mean over the colours, or a number for each picture."""
    onnx = pytest.importorskip("onnx")
    help, kind = onnx.helper, onnx.TensorProto.FLOAT
    axes = help.make_tensor("axes", onnx.TensorProto.INT64, [len(out)], out)
    graph = help.make_graph([help.make_node("ReduceMean", ["x", "axes"], ["y"], keepdims=0)], "g",
                            [help.make_tensor_value_info("x", kind, shape)],
                            [help.make_tensor_value_info("y", kind, None)], [axes])
    onnx.save(help.make_model(graph, opset_imports=[help.make_opsetid("", 18)], ir_version=9), str(path))


def test_truth_a_network_of_the_users_says_what_is_near(tmp_path):
    pytest.importorskip("onnxruntime")
    from marrow.places.engines.depth_onnx import engine

    network(tmp_path / "a.onnx", [1, 3, "h", "w"], [1])
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, 30:] = 255                          # bright is near
    from marrow.media import Photo
    metres = engine.open(tmp_path / "a.onnx")(Photo(pixels), strokes=(), near=2, far=20).metres
    assert np.allclose((metres[:, 5].mean(), metres[:, -5].mean()), (20, 2), rtol=0.02)
    (tmp_path / "a.toml").write_text('depth = "metres"\nmean = [0, 0, 0]\nstd = [1, 1, 1]\n')
    metres = engine.open(tmp_path / "a.onnx")(Photo(pixels), strokes=(), near=2, far=20).metres
    assert np.isclose(metres[:, -5].mean(), 1, atol=0.02)


def test_refuses_networks_that_are_none(tmp_path):
    pytest.importorskip("onnxruntime")
    from marrow.media import Photo
    from marrow.places.engines.depth_onnx import engine

    network(tmp_path / "b.onnx", [1, 3, 14, 14], [1, 2, 3])
    (tmp_path / "c.onnx").write_bytes(b"nothing")
    network(tmp_path / "d.onnx", [1, 3], [1])
    photo = Photo(np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(EngineError) as caught:
        engine.open(tmp_path / "b.onnx")(photo, strokes=(), near=2, far=20)
    assert caught.value.key == "lift.answer"
    for name, key in (("c", "lift.network"), ("d", "lift.takes")):
        with pytest.raises(EngineError) as caught:
            engine.open(tmp_path / f"{name}.onnx")
        assert caught.value.key == key
    with pytest.raises(InputError):
        engine.open(tmp_path / "none.onnx")
