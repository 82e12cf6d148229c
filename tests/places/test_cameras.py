"""A camera goes to Blender and back: the same frames, a known point at the same pixel."""

import json
import os
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from marrow.draw.camera import Camera
from marrow.errors import InputError, MarrowError
from marrow.media import Cloud, Source
from marrow.places import files, verbs_camera
from marrow.places.filmed import Filmed, filmed, rows_of
from marrow.places.formats import camera_glb, camera_usd
from marrow.places.looks import Look
from marrow.places.shot import Optics, shot

SIZE = (320, 180)
ROWS = ((0, 0, 1.6, 6, 0, 1, 0, 35), (2, 2, 2, 4, 0, 1, 0, 70), ("orbit", 0, 2, 30), ("handheld", 0, 2, 1))
POINT = np.array([[0.3, 1.2, -0.4]])
BLENDER = Path(os.environ.get("MARROW_BLENDER") or "/tmp/blender/bin/python")
needs_blender = pytest.mark.skipif(not BLENDER.name.startswith("python") or not BLENDER.exists(),
                                   reason="no bpy: set MARROW_BLENDER to a Python that has it")
SEEN = """
import bpy, json, sys
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector
bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
scene.render.fps, scene.render.resolution_x, scene.render.resolution_y = 24, 320, 180
path, (x, y, z), frames = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
if path.endswith("glb"):
    bpy.ops.import_scene.gltf(filepath=path)
else:
    bpy.ops.wm.usd_import(filepath=path)
camera = next(each for each in scene.objects if each.type == "CAMERA")
found = []
for frame in frames:
    scene.frame_set(frame)
    seen = world_to_camera_view(scene, camera, Vector((x, -z, y)))
    found.append([seen.x * 320, (1 - seen.y) * 180])
if len(sys.argv) > 4:
    scene.frame_start, scene.frame_end, scene.camera = 0, max(frames), camera
    bpy.ops.export_scene.gltf(filepath=sys.argv[4], export_cameras=True, export_pointer_animation=True,
                              export_animation_mode="SCENE")
print("FOUND", json.dumps(found))
"""


def scan(axes="y", unit=1.0, origin=(0, 0, 0)):
    points = np.random.default_rng(3).uniform(-1, 1, (500, 3)).astype(np.float32)
    return Cloud(points, np.array(origin, float), np.full((500, 3), 0.3, np.float32),
                 sources=(Source("a.ply", axes, unit),))


def taken(rows=ROWS, count=49, cloud=None):
    made = shot(cloud or scan(), None, Optics(SIZE, 35, 0, 0, 0.5), Look("light", "#000000", "#000000", 1, 0),
                camera=rows, length=2, rate=24)
    return filmed(made, count, Fraction(24))


def pixels(found, frames, size=SIZE):
    return np.concatenate([Camera(found.stands[k], found.lenses[k], size).project(POINT - found.origin)[0]
                           for k in frames])


def writes(suffix):
    return camera_usd if suffix.startswith(".usd") else camera_glb


@pytest.mark.parametrize("suffix", [".glb", ".gltf", ".usda", ".usdc"])
def test_law_a_written_camera_reads_back(tmp_path, suffix):
    if suffix.startswith(".usd"):
        pytest.importorskip("pxr")
    there, room = taken(), writes(suffix)
    room.write_camera(there, tmp_path / f"a{suffix}")
    back = room.read_camera(tmp_path / f"a{suffix}")
    assert back.rate == 24 and len(back.stands) == 49
    assert np.allclose(back.stands, there.stands, atol=2e-6) and np.allclose(back.lenses, there.lenses, rtol=2e-6)
    assert abs(back.size[0] / back.size[1] - 16 / 9) < 0.01


def test_law_far_from_zero_a_glb_keeps_its_millimetres(tmp_path):
    far = (500_000.0, 4_000_000.0, 0.0)
    rows = tuple((row[0], *(np.array(row[1:7]) + np.tile(far, 2))) for row in ROWS[:2])
    there = taken(rows, cloud=scan(origin=far))
    camera_glb.write_camera(there, tmp_path / "a.glb")
    back = camera_glb.read_camera(tmp_path / "a.glb")
    assert np.allclose(back.stands, there.stands, atol=2e-6) and np.array_equal(back.origin, far)


def test_law_way_points_of_a_camera_pass_all_its_frames():
    there = taken()
    rows = rows_of(there, Source(""))
    again = taken([tuple(row) for row in rows])
    assert np.abs(again.stands[:, :3, 3] - there.stands[:, :3, 3]).max() < 0.006
    assert np.abs(pixels(again, range(49)) - pixels(there, range(49))).max() < 3
    assert len(rows_of(taken(ROWS[:2]), Source(""))) < 12


def test_truth_way_points_stand_in_the_coordinates_of_the_file():
    file = Source("a.las", "z", 0.3048)
    there = taken(((0, 10, -20, 5, 0, 0, 0),), count=2, cloud=scan("z", 0.3048))
    row = rows_of(there, file)[0]
    assert np.allclose(row[1:4], (10, -20, 5), atol=1e-3)


@needs_blender
@pytest.mark.parametrize("suffix", [".glb", ".usdc"])
def test_truth_blender_sees_the_point_at_the_same_pixel_and_sends_the_camera_back(tmp_path, suffix):
    if suffix == ".usdc":
        pytest.importorskip("pxr")
    there, file, frames = taken(), tmp_path / f"a{suffix}", [0, 13, 24, 48]
    writes(suffix).write_camera(there, file)
    words = [str(BLENDER), "-c", SEEN, str(file), json.dumps(POINT[0].tolist()), json.dumps(frames)]
    done = subprocess.run([*words, str(tmp_path / "back.glb")], capture_output=True, text=True, timeout=120)
    line = next((each for each in done.stdout.splitlines() if each.startswith("FOUND")), None)
    assert line, done.stderr[-2000:]
    assert np.abs(np.array(json.loads(line[6:])) - pixels(there, frames)).max() < 0.05
    back = camera_glb.read_camera(tmp_path / "back.glb")
    assert np.abs(pixels(back, frames) - pixels(there, frames)).max() < 0.05


def test_law_the_verb_carries_a_shot_to_glb_and_back(tmp_path):
    place, way, film = tmp_path / "house.ply", tmp_path / "way.toml", tmp_path / "film.toml"
    files.write(scan(), place)
    film.write_text('[[shot]]\nname = "01"\nuse = "house.ply"\nrecipe = ["places.fly"]\nlength = "1s"\n'
                    'camera = [["orbit", 0, 1, 40]]\n')
    list(verbs_camera.camera(str(place), str(film), str(tmp_path / "a.glb"), shot="01"))
    said = list(verbs_camera.camera(str(tmp_path / "a.glb"), str(way)))
    assert "camera = [" in way.read_text() and "24" in said[0]
    list(verbs_camera.camera(str(place), str(way), str(tmp_path / "b.glb")))
    first, second = (camera_glb.read_camera(tmp_path / name) for name in ("a.glb", "b.glb"))
    assert len(first.stands) == len(second.stands) == 24
    assert np.abs(first.stands - second.stands).max() < 0.02


def test_truth_settings_under_places_fly_and_of_the_whole_film_are_heard(tmp_path):
    files.write(scan(), tmp_path / "house.ply")
    (tmp_path / "film.toml").write_text('[defaults]\nplaces.fly = { lens = "70mm" }\n[[shot]]\nname = "01"\n'
                                        'places.fly.camera = [[0, 1, 2, 9, 1, 2, 0]]\nlength = "0.5s"\n')
    list(verbs_camera.camera(str(tmp_path / "house.ply"), str(tmp_path / "film.toml"), str(tmp_path / "a.glb")))
    found = camera_glb.read_camera(tmp_path / "a.glb")
    assert np.allclose(found.stands[0][:3, 3], (1, 2, 9), atol=1e-4) and np.allclose(found.lenses, 70, atol=1e-3)


def test_truth_a_version_of_the_film_says_where_its_camera_is(tmp_path):
    files.write(scan(), tmp_path / "house.ply")
    film = tmp_path / "film.toml"
    film.write_text('version = "v2"\nfps = 48\n[[shot]]\nname = "01"\nlength = "1s"\n'
                    '[versions.v1]\n[versions.v2]\nfrom = "v1"\n'
                    '[versions.v1.shot.01]\nlength = "0.5s"\n[versions.v2.shot.01]\nplaces.fly = { fps = 12 }\n'
                    '[versions.v3]\n')
    for of, frames in (("", 6), ("v1", 24), ("v2", 6), ("v3", 48)):
        list(verbs_camera.camera(str(tmp_path / "house.ply"), str(film), str(tmp_path / "a.glb"), of=of))
        assert len(camera_glb.read_camera(tmp_path / "a.glb").stands) == frames
    with pytest.raises(InputError) as caught:
        list(verbs_camera.camera(str(tmp_path / "house.ply"), str(film), str(tmp_path / "b.glb"), of="v9"))
    assert caught.value.key == "camera.version"


def test_truth_every_level_of_a_film_is_heard_the_nearest_wins(tmp_path):
    files.write(scan(), tmp_path / "house.ply")
    film, end = tmp_path / "film.toml", '[[shot]]\nname = "01"\nrecipe = "place"\nlength = "0.1s"\n'
    rows = ['[recipes]\nplace = [{ step = "places.fly", lens = "50mm" }]\n',
            '[versions.v1]\nplaces.fly.lens = "70mm"\n', '[versions.v2]\nfrom = "v1"\nplaces.fly.lens = "85mm"\n']
    for count, lens in enumerate((35, 50, 70, 85)):
        film.write_text(rows[0] * (count > 0) + end.replace('"place"', '"place"' if count else '["places.fly"]')
                        + "".join(rows[1:count]))
        list(verbs_camera.camera(str(tmp_path / "house.ply"), str(film), str(tmp_path / "a.glb")))
        assert np.allclose(camera_glb.read_camera(tmp_path / "a.glb").lenses, lens, atol=1e-3)


def test_refuses_files_without_a_camera_shots_that_are_not_there_and_rows_that_are_none(tmp_path):
    from marrow.places.formats.glb import write_glb

    write_glb(scan(), tmp_path / "points.glb")
    (tmp_path / "way.toml").write_text("camera = [[")
    (tmp_path / "film.toml").write_text('[[shot]]\nname = "01"\n[[shot]]\nname = "02"\n')
    files.write(scan(), tmp_path / "a.ply")
    (tmp_path / "word.toml").write_text('camera = [["orbti", 0, 1, 2]]')
    for source, options, key in (("points.glb", {}, "camera.none"), ("way.toml", {}, "camera.toml"),
                                 ("film.toml", {"shot": "03"}, "camera.shot"), ("word.toml", {}, "camera.word")):
        with pytest.raises(InputError) as caught:
            list(verbs_camera.camera(*(str(tmp_path / name) for name in ("a.ply", source, "o.toml")), **options))
        assert caught.value.key == key and caught.value.tell("zh") and caught.value.tell("en")
    with pytest.raises(InputError) as caught:
        list(verbs_camera.camera(str(tmp_path / "word.toml"), str(tmp_path / "o.glb")))
    assert caught.value.key == "camera.place"


def test_refuses_broken_files_in_one_sentence(tmp_path):
    camera_glb.write_camera(taken(), tmp_path / "a.glb")
    whole = (tmp_path / "a.glb").read_bytes()
    for cut in (0.1, 0.5, 0.9):
        (tmp_path / "b.glb").write_bytes(whole[:int(len(whole) * cut)])
        with pytest.raises(MarrowError):
            camera_glb.read_camera(tmp_path / "b.glb")
    (tmp_path / "b.usda").write_text("#usda 1.0\n( nothing")
    with pytest.raises(MarrowError) as caught:
        camera_usd.read_camera(tmp_path / "b.usda")
    assert caught.value.key in ("camera.usd", "camera.usd_absent")


def test_law_a_standing_camera_is_one_way_point():
    still = Filmed(np.eye(4)[None], np.array([35.0]), SIZE, Fraction(24), np.zeros(3))
    assert rows_of(still, Source("")) == [[0, 0, 0, 0, 0, 0, -3, 35]]
