"""A place out of photos: its geometry against a room known exactly, its laws, and photos that make no place."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from marrow import engine, verb
from marrow.contents import listener
from marrow.draw.camera import Camera, look_at
from marrow.errors import InputError
from marrow.media import Cloud
from marrow.places.formats.photographs import read_photograph, read_photographs, sharpness, smaller, spans
from marrow.places.photos import dense, standing
from marrow.places.photos.lenses import focal, groups, straightened
from marrow.places.photos.neighbours import Company, company
from marrow.places.photos.sweep import Relief, relief
from marrow.places.photos.views import Photograph, Structure, View

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench" / "places"))

from textured_room import cameras, off, picture

COLMAP = pytest.mark.skipif(bool(engine.card("places.reconstruct", "colmap").missing), reason="pycolmap is not here")
PLAIN = np.zeros((60, 80, 3), np.uint8)


def texture(x, y):
    """A smooth pattern of the plane that looks different everywhere."""
    return 128 + 40 * np.sin(9 * x + 3 * np.sin(4 * y)) + 40 * np.cos(11 * y - 4 * np.cos(5 * x))


def wall(camera, slope):
    """What a camera sees of the textured plane z = -3 + slope x: grey (h, w) and depth (h, w)."""
    wide, high = camera.size
    x, y = np.meshgrid(np.arange(wide) + 0.5 - wide / 2, high / 2 - np.arange(high) - 0.5)
    x, y = x / camera.focal, y / camera.focal
    turn, eye = camera.world_from_camera[:3, :3], camera.eye
    ways = np.stack([x, y, -np.ones_like(x)], -1) @ turn.T
    depth = (-3 + slope * eye[0] - eye[2]) / (ways[..., 2] - slope * ways[..., 0])
    spots = eye + depth[..., None] * ways
    return texture(spots[..., 0], spots[..., 1]), depth


def pair(slope, size=(96, 72)):
    """Three cameras in front of the plane."""
    return [look_at(eye, (0.1, 0, -3), lens=30, size=size) for eye in ((0, 0, 0), (-0.5, 0.05, 0), (0.5, 0.2, 0.1))]


def reliefs(slope, made=None):
    """Exact reliefs of the plane, ready to be fused."""
    made = made or pair(slope)
    seen, found = [], []
    for camera in made:
        grey, depth = wall(camera, slope)
        seen.append(dense.Seen(np.repeat(np.uint8(grey)[..., None], 3, 2), grey, camera))
        found.append(Relief(depth, np.zeros((*depth.shape, 3)), np.zeros(depth.shape)))
    partners = [Company(tuple(k for k in range(len(made)) if k != number), (1, 5)) for number in range(len(made))]
    return seen, found, partners


@pytest.mark.parametrize("slope", [0.0, 0.5])
def test_truth_the_depth_of_a_slanted_plane_between_known_cameras(slope):
    stands = pair(slope)
    greys, depths = zip(*(wall(each, slope) for each in stands), strict=True)
    found = relief(greys, stands, (2.0, 4.5))
    inner = np.s_[8:-8, 8:-8]
    good = found.unlike[inner] < 0.1
    wrong = np.abs(found.depth / depths[0] - 1)[inner][good]
    assert good.mean() > 0.8 and np.median(wrong) < 0.002 and np.quantile(wrong, 0.9) < 0.008
    normal = np.array([-slope, 0, 1]) / np.hypot(1, slope)
    assert np.median(found.normals[inner][good] @ normal) > 0.97


def test_law_a_relief_is_the_same_twice_and_does_not_change_its_pictures():
    stands = pair(0.2, (48, 40))
    greys = [wall(each, 0.2)[0] for each in stands]
    kept = [each.copy() for each in greys]
    one, other = (relief(greys, stands, (2.0, 4.5)) for _ in range(2))
    assert one.depth.tobytes() == other.depth.tobytes()
    assert all(np.array_equal(a, b) for a, b in zip(kept, greys, strict=True))


def test_law_reliefs_are_the_same_for_any_number_of_threads():
    import numba

    seen, _, partners = reliefs(0.2, pair(0.2, (48, 40)))
    made, most = [], numba.get_num_threads()
    for threads in (1, most):
        numba.set_num_threads(threads)
        made.append(b"".join(each.depth.tobytes() for each in dense.measured(seen, partners)))
    numba.set_num_threads(most)
    assert made[0] == made[1]


def test_truth_fused_reliefs_of_one_plane_are_that_plane_once():
    seen, found, partners = reliefs(0.4)
    cloud = dense.fuse(seen, found, partners, ["甲", "乙", "丙"])
    x, _, z = cloud.points.T.astype(float)
    wrong = np.abs(z - (-3 + 0.4 * x))
    assert np.quantile(wrong, 0.9) < 1e-5 and wrong.max() < 0.005  # half a pixel at the borders of pictures
    assert 0.3 * 96 * 72 < len(cloud.points) < 1.5 * 96 * 72
    assert cloud.confidence.min() >= 0.74 and [each.name for each in cloud.sources] == ["甲", "乙", "丙"]


def test_law_a_lie_of_one_photo_does_not_get_in():
    seen, found, partners = reliefs(0.0)
    found[1].depth[20:40, 30:60] *= 0.7
    cloud = dense.fuse(seen, found, partners, ["a", "b", "c"])
    assert np.abs(cloud.points[:, 2] + 3).max() < 0.005


def test_refuses_reliefs_that_agree_on_nothing():
    seen, found, partners = reliefs(0.0)
    for number, each in enumerate(found):
        each.depth[:] = 1 + number
    with pytest.raises(InputError) as caught:
        dense.fuse(seen, found, partners, ["a", "b", "c"])
    assert caught.value.key == "photos.nothing"


def test_truth_a_known_similarity_is_found_and_a_mirror_is_answered_by_a_rotation():
    points = np.random.default_rng(3).normal(size=(20, 3))
    turn = look_at((1, 2, 3), (0, 0.5, 0), lens=30, size=(1, 1)).world_from_camera[:3, :3]
    scale, found, step = standing.similarity(points, 2.5 * points @ turn.T + (1, -2, 3))
    assert abs(scale - 2.5) < 1e-12 and np.abs(found - turn).max() < 1e-12
    assert np.allclose(step, (1, -2, 3), atol=1e-12)
    assert np.linalg.det(standing.similarity(points, points * (-1, 1, 1))[1]) > 0


def scattered(count=5):
    """Cameras on an arc and spots that all of them see."""
    views = tuple(View(k, each) for k, each in enumerate(cameras(count, (80, 60))))
    spots = np.random.default_rng(1).uniform((-1, 0, -1.5), (1, 2, -0.5), (60, 3))
    sightings = np.array([(view, spot) for view in range(count) for spot in range(60)], np.int32)
    return Structure(views, spots, sightings)


def test_truth_level_cameras_tell_what_is_up_however_the_space_is_turned():
    tilted = look_at((3, 1, 2), (0, 0, 0), lens=30, size=(1, 1)).world_from_camera[:3, :3]
    turned = standing.moved(scattered(), 0.3, tilted, np.array([1.0, 2, 3]))
    assert np.abs(standing.up(turned.views) - tilted[:, 1]).max() < 1e-9
    one_way = [replace(each, camera=look_at((k, 1, 0), (k, 0.5, -3), lens=30, size=(1, 1)))
               for k, each in enumerate(scattered().views)]
    assert np.abs(standing.up(one_way) - (0, np.cos(np.arctan2(0.5, 3)), -np.sin(np.arctan2(0.5, 3)))).max() < 1e-9


def test_law_standing_up_keeps_the_shape_and_what_cameras_see():
    structure = scattered()
    tilted = look_at((3, 1, 2), (0, 0, 0), lens=30, size=(1, 1)).world_from_camera[:3, :3]
    stood = standing.stood(standing.moved(structure, 0.3, tilted, np.array([1.0, 2, 3])))
    for before, after in zip(structure.views, stood.views, strict=True):
        there = after.camera.project(stood.spots)[0]
        assert np.abs(there - before.camera.project(structure.spots)[0]).max() < 1e-8
    rise = np.median([each.camera.eye[1] for each in stood.views]) - np.quantile(stood.spots[:, 1], 0.01)
    assert abs(rise - standing.EYES) < 1e-9


def test_truth_neighbours_on_an_arc_come_from_both_sides_and_see_the_depths():
    found = company(scattered(9), most=4)
    assert set(found[4].others[:2]) <= {2, 3, 5, 6} and all(4 not in each.others for each in found[4:5])
    ahead = -(scattered(9).spots - cameras(9, (80, 60))[4].eye) @ cameras(9, (80, 60))[4].world_from_camera[:3, 2]
    assert found[4].depths[0] < ahead.min() * 1.1 and found[4].depths[1] > ahead.max() * 0.9


def test_law_a_camera_on_the_same_spot_is_no_neighbour():
    structure = scattered(2)
    same = replace(structure, views=(structure.views[0], replace(structure.views[0], photo=1)))
    assert company(same)[0].others == ()


def test_truth_photos_of_one_lens_share_a_camera():
    one = Photograph("a", PLAIN, 28.0, "X")
    assert groups([one, replace(one, name="b")]) == (0, 0)
    assert groups([one, replace(one, lens=50.0), replace(one, model="Y"), one]) == (0, 1, 2, 0)
    assert groups([Photograph("a", PLAIN), Photograph("b", np.zeros((80, 60, 3), np.uint8))]) == (0, 1)
    square = Photograph("a", np.zeros((600, 900, 3), np.uint8), 36.0)
    assert abs(focal(square) - 900) < 1e-9 and focal(Photograph("a", PLAIN)) == 96


def test_truth_a_bent_picture_is_straight_again():
    wide, high, bend = 200, 150, (-0.2, 0.03)
    view = View(0, Camera(np.eye(4), 36.0 * 180 / wide, (wide, high)), bend)
    x, y = np.meshgrid((np.arange(wide) + 0.5 - wide / 2) / 180, (np.arange(high) + 0.5 - high / 2) / 180)
    radius = np.hypot(x, y)
    flat = radius.copy()
    for _ in range(50):
        flat = radius / (1 + bend[0] * flat**2 + bend[1] * flat**4)
    ideal = x * np.where(radius > 0, flat / np.maximum(radius, 1e-12), 1)
    bent = np.repeat(np.uint8(np.clip(128 + 200 * ideal, 0, 255))[..., None], 3, 2)
    wanted = np.clip(128 + 200 * x, 0, 255)
    assert np.abs(straightened(bent, view)[20:-20, 30:-30, 0] - wanted[20:-20, 30:-30]).max() <= 1.5
    assert straightened(bent, replace(view, bend=(0.0, 0.0))) is bent


def test_law_runs_of_a_video_are_all_its_frames_once():
    for length, seconds in ((2, 0.1), (7, 9.0), (240, 10.0), (9000, 300.0)):
        found = spans(length, seconds)
        assert [frame for run in found for frame in run] == list(range(length))
        assert 2 <= len(found) <= 48 and max(map(len, found)) - min(map(len, found)) <= 1


def test_truth_a_video_gives_its_sharpest_moments_in_order(tmp_path):
    from marrow.forms.video import encode

    sharp = picture(cameras(1, (160, 120))[0])[0]
    soft = np.asarray(Image.fromarray(sharp).resize((20, 15)).resize((160, 120)))
    encode([sharp if number in (4, 10, 17) else soft for number in range(24)], tmp_path / "走.mp4", rate=Fraction(12),
           size=(160, 120))
    photos, ordered = read_photographs(tmp_path / "走.mp4")
    assert ordered and [each.name for each in photos] == ["走.mp4 0.33s", "走.mp4 0.83s", "走.mp4 1.42s"]


def test_truth_a_blurred_picture_is_less_sharp():
    sharp = picture(cameras(1, (120, 90))[0])[0]
    soft = np.asarray(Image.fromarray(sharp).resize((40, 30)).resize((120, 90)))
    assert sharpness(sharp) > 2 * sharpness(soft)
    assert smaller(np.zeros((3200, 1000, 3), np.uint8)).shape == (1600, 500, 3)


def test_truth_exif_tells_the_lens_and_the_photo_is_turned(tmp_path):
    tags = Image.Exif()
    tags[272], tags[274] = "Phone 9", 6
    tags.get_ifd(0x8769)[41989] = 26
    Image.new("RGB", (80, 60)).save(tmp_path / "老房子.jpg", exif=tags)
    photo = read_photograph(tmp_path / "老房子.jpg")
    assert (photo.name, photo.lens, photo.model, photo.size) == ("老房子.jpg", 26.0, "Phone 9", (60, 80))


def test_refuses_folders_without_photos_with_one_and_with_a_broken_one(tmp_path):
    for name, key in (("none", "photos.empty"), ("one", "photos.one"), ("broken", "file.broken")):
        folder = tmp_path / name
        folder.mkdir()
        if name != "none":
            Image.fromarray(picture(cameras(1, (80, 60))[0])[0]).save(folder / "a.jpg")
        if name == "broken":
            (folder / "b.jpg").write_bytes((folder / "a.jpg").read_bytes()[:700])
        with pytest.raises(InputError) as caught:
            read_photographs(folder)
        assert caught.value.key == key and name in caught.value.tell("zh")


@COLMAP
def test_refuses_photos_that_show_nothing_in_common_or_nothing_at_all():
    find = engine.open_engine("places.reconstruct", "colmap")
    noise = [np.repeat(np.random.default_rng(seed).integers(0, 255, (30, 40, 1), np.uint8), 3, 2) for seed in (1, 2)]
    apart = [Photograph(str(k), np.asarray(Image.fromarray(each).resize((240, 180)))) for k, each in enumerate(noise)]
    for photos, key in ((apart, "photos.apart"), ([Photograph("a", PLAIN), Photograph("b", PLAIN)], "photos.bare")):
        with pytest.raises(InputError) as caught:
            find(photos, groups=(0, 0), ordered=False)
        assert caught.value.key == key


@COLMAP
@pytest.mark.slow
def test_truth_a_room_of_eight_photos_comes_back_and_a_stranger_is_named(tmp_path):
    stands = cameras(8, (400, 300), turn=60.0)
    (tmp_path / "照片").mkdir()
    for number, each in enumerate(stands):
        Image.fromarray(picture(each)[0]).save(tmp_path / "照片" / f"房间{number}.png")
    noise = np.random.default_rng(1).integers(0, 255, (30, 40, 3), np.uint8)
    Image.fromarray(noise).resize((400, 300)).save(tmp_path / "照片" / "别处.png")
    heard = []
    token = listener.set(heard.append)
    lines = list(verb.find("places.reconstruct")(str(tmp_path / "照片"), str(tmp_path / "房间.ply")))
    listener.reset(token)
    assert any("别处" in line for line in lines)
    check_room(tmp_path, stands)


def check_room(folder, stands):
    """The written place and cameras, held against the truth."""
    import json

    from marrow.places import files

    rows = json.loads((folder / "房间.ply.cameras.json").read_text("utf-8"))["cameras"]
    assert [row["photo"] for row in rows] == [f"房间{number}.png" for number in range(8)]
    eyes = np.array([row["world_from_camera"] for row in rows])[:, :3, 3]
    scale, turn, step = standing.similarity(eyes, np.array([each.eye for each in stands]))
    assert np.linalg.norm(scale * eyes @ turn.T + step - [each.eye for each in stands], axis=1).mean() < 0.002
    assert turn[1] @ (0, 1, 0) > 0.999 and 0.7 < scale < 1.4
    cloud: Cloud = files.read(folder / "房间.ply")
    wrong = off(scale * (cloud.points.astype(float) + cloud.origin) @ turn.T + step)
    assert len(wrong) > 50_000 and (wrong < 0.03).mean() > 0.9 and len(cloud.sources) == 8
