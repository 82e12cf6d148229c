"""EXR frames hold what the renderer knew: depth, motion as Nuke counts it, which point."""

import numpy as np
import pytest

from marrow.draw.camera import look_at
from marrow.draw.splat import Grains, expose
from marrow.errors import MarrowError
from marrow.forms.cloud import write_cloud
from marrow.media import Cloud, Splats
from marrow.places import files, verbs_camera
from marrow.places.formats.exr import NOWHERE, write_exposure

SIZE = (64, 48)
OpenEXR = pytest.importorskip("OpenEXR", reason="OpenEXR is not installed")


def planes(path):
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {name: each.pixels.copy() for name, each in file.channels().items()}


def seen(tmp_path, shutter=1.0):
    points = np.array([[0, 0, 0], [0.5, 0.5, 1]], np.float32)
    moved = np.array([[0.1, 0, 0], [0, 0.1, 0]], np.float32)
    opening = look_at((0, 0, 4), (0, 0, 0), lens=36, size=SIZE)
    closing = look_at((0.1, 0, 4), (0.1, 0, 0), lens=36, size=SIZE)
    taken = expose(Grains(points, np.array([[8, 1, 0], [0, 1, 0.5]], np.float32), 0.2, moved=moved), opening,
                   closing=closing, samples=5)
    write_exposure(taken, tmp_path / "a.exr", shutter=shutter)
    return taken, planes(tmp_path / "a.exr"), (points, moved, opening, closing)


def test_truth_depth_and_ids_are_those_of_the_frame(tmp_path):
    taken, found, _ = seen(tmp_path)
    there = np.isfinite(taken.depth)
    assert np.array_equal(found["Z"][there], taken.depth[there]) and (found["Z"][~there] == np.float32(NOWHERE)).all()
    assert np.array_equal(found["id"].astype(int), taken.index + 1) and set(np.unique(found["id"])) == {0, 1, 2}
    assert found["id"].dtype == np.uint32 and found["R"].dtype == np.float16
    assert np.allclose(found["R"], taken.light[..., 0], rtol=1e-3) and found["R"].max() > 4
    assert np.allclose(found["A"], taken.cover, atol=1e-3)


def test_truth_motion_is_the_way_between_two_pictures_up_and_for_a_whole_frame(tmp_path):
    for shutter in (1.0, 0.5):
        _, found, (points, moved, opening, closing) = seen(tmp_path, shutter)
        way = (closing.project(points + moved)[0] - opening.project(points)[0]) / shutter
        for number in (0, 1):
            mine = found["id"] == number + 1
            assert np.allclose(found["forward.u"][mine], way[number, 0], atol=1e-3)
            assert np.allclose(found["forward.v"][mine], -way[number, 1], atol=1e-3)
    assert np.abs(way[1]).min() > 0.5


def test_law_the_verb_writes_every_frame_and_the_same_bytes_twice(tmp_path):
    points = np.random.default_rng(3).uniform(-1, 1, (3000, 3)).astype(np.float32)
    files.write(Cloud(points, np.zeros(3), np.full((3000, 3), 0.3, np.float32)), tmp_path / "a.ply")
    (tmp_path / "way.toml").write_text('camera = [["orbit", 0, 0.5, 40]]\nlens = "35mm 0s"\nfps = 12\n')
    for name in ("one", "two"):
        list(verbs_camera.passes(str(tmp_path / "a.ply"), str(tmp_path / name), way=str(tmp_path / "way.toml"),
                                 length="0.25", size="64x36"))
    made = sorted((tmp_path / "one").iterdir())
    assert [each.name for each in made] == ["0001.exr", "0002.exr", "0003.exr"]
    assert all(each.read_bytes() == (tmp_path / "two" / each.name).read_bytes() for each in made)
    moving = planes(made[2])
    assert np.abs(moving["forward.u"][moving["id"] > 0]).max() > 0.5
    assert (moving["forward.u"][moving["id"] == 0] == 0).all()


def test_truth_passes_of_splats_are_of_splats(tmp_path):
    splats = Splats(*(np.array(each, np.float32) for each in ([[0.6] * 3] * 5, [[1, 0, 0, 0]] * 5, [0.9] * 5,
                                                              [[[1, -1, -1]]] * 5)))
    points = np.float32([[0, 0, 0], [9, 9, 9], [-9, 9, 9], [9, -9, -9], [-9, -9, -9]])
    place, way = tmp_path / "a.ply", tmp_path / "way.toml"
    write_cloud(Cloud(points, np.zeros(3), np.ones((5, 3), np.float32), splats=splats), place)
    way.write_text('camera = [[0, 0, 0, 4, 0, 0, 0]]\nfps = 12\n')
    list(verbs_camera.passes(str(place), str(tmp_path / "out"), way=str(way), length="0.05", size="64x48"))
    found = planes(tmp_path / "out" / "0001.exr")
    assert 0.85 < found["A"][24, 32] < 0.95 and 0.05 < found["A"][24, 42] < 0.8  # soft, as no disc is
    assert found["R"][24, 32] > 4 * found["G"][24, 32] and found["id"][24, 32] == 1 and found["Z"][24, 32] == 4
    with pytest.raises(MarrowError) as caught:
        list(verbs_camera.passes(str(place), str(tmp_path / "o"), way=str(way), length="0.05", light="blender"))
    assert caught.value.key == "camera.engine"


def test_refuses_a_folder_that_is_none(tmp_path):
    taken, _, _ = seen(tmp_path)
    with pytest.raises(MarrowError) as caught:
        write_exposure(taken, tmp_path / "no" / "a.exr")
    assert caught.value.key == "camera.unwritten" and caught.value.tell("zh")
