"""Splats in SPZ, .splat and the PLY of 3DGS: numbers by the formats' own formulas, round trips, refusals."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from marrow.draw import harmonics
from marrow.draw.axes import upright
from marrow.draw.camera import look_at
from marrow.draw.colour import light
from marrow.draw.gaussians import splatted
from marrow.errors import InputError, LimitError
from marrow.forms.cloud import read_cloud, write_cloud
from marrow.forms.ply import read_points, write_points
from marrow.media import Cloud, Source, Splats
from marrow.places.clouds import stood
from marrow.places.formats.ply import write_ply
from marrow.places.formats.splat import RECORD, read_splat
from marrow.places.formats.spz import read_spz, write_spz
from marrow.rotations import multiply, normalised

SCAN = Path(__file__).resolve().parents[3] / "shared" / "material" / "scans" / "fourth_st.spz"


def made(count=60, terms=16, seed=3):
    dice = np.random.default_rng(seed)
    splats = Splats(np.exp(dice.normal(-3, 1, (count, 3))).astype(np.float32),
                    normalised(dice.normal(size=(count, 4))).astype(np.float32),
                    dice.random(count).astype(np.float32),
                    np.clip(dice.normal(size=(count, terms, 3)) * 0.3, -0.9, 0.9).astype(np.float32))
    return Cloud(dice.normal(size=(count, 3)).astype(np.float32), np.zeros(3), harmonics.plain(splats.harmonics),
                 splats=splats, sources=(Source("made"),))


def apart(first, second):
    """The largest angle between two arrays of turns, in radians."""
    between = multiply(first * [1, -1, -1, -1], second)
    return 2 * np.arctan2(np.linalg.norm(between[:, 1:], axis=1), np.abs(between[:, 0])).max()


def packed(version=2, count=2, degree=1, fraction=12, body=None, magic=0x5053474E):
    body = bytes(range(1, 1 + count * (9 + 1 + 3 + 3 + (3 if version == 2 else 4) + 9))) if body is None else body
    return gzip.compress(struct.pack("<IIIBBBB", magic, version, count, degree, fraction, 0, 0) + body, mtime=0)


def test_truth_spz_says_what_its_formulas_say(tmp_path):
    path = tmp_path / "a.spz"
    places = struct.pack("<i", -4096)[:3] + struct.pack("<i", 6144)[:3] + struct.pack("<i", 1)[:3]
    rest = bytes([51, 140, 128, 0, 160, 144, 0, 200, 100, 128]) + bytes([192, 128, 64, 1, 2, 3, 255, 0, 128])
    path.write_bytes(packed(count=1, body=places + rest))
    cloud = read_spz(path)
    assert cloud.points.tolist() == [[-1, 1.5, 1 / 4096]]
    assert np.isclose(cloud.splats.opacity[0], 0.2)
    assert np.allclose(cloud.splats.harmonics[0, 0], (np.array([140, 128, 0]) / 255 - 0.5) / 0.15)
    assert np.allclose(cloud.splats.scales, np.exp([[0, -1, -10]]))
    x, y, z = np.array([200, 100, 128]) / 127.5 - 1
    assert np.allclose(cloud.splats.turns, [[np.sqrt(1 - x * x - y * y - z * z), x, y, z]])
    assert cloud.splats.harmonics[0, 1].tolist() == [0.5, 0, -0.5]
    assert cloud.splats.harmonics[0, 3].tolist() == [127 / 128, -1, 0]


def test_truth_version_3_leaves_out_the_largest_of_the_turn(tmp_path):
    path = tmp_path / "a.spz"
    word = 3 << 30 | (1 << 9 | 100) << 20 | 200 << 10 | 300   # w left out; x negative
    path.write_bytes(packed(3, 1, 0, body=bytes(16) + struct.pack("<I", word)))
    x, y, z = np.array([-100, 200, 300]) / 511 * np.sqrt(0.5)
    assert np.allclose(read_spz(path).splats.turns, [[np.sqrt(1 - x * x - y * y - z * z), x, y, z]])


@pytest.mark.parametrize("terms", [1, 4, 9, 16])
def test_law_spz_keeps_splats_to_its_steps(tmp_path, terms):
    cloud, path = made(terms=terms), tmp_path / "a.spz"
    assert write_spz(cloud, path) == ()
    again = read_spz(path)
    assert np.abs(again.points - cloud.points).max() <= 2.0**-17
    assert np.abs(np.log(again.splats.scales / cloud.splats.scales)).max() <= 1 / 32 + 1e-5
    assert np.abs(again.splats.opacity - cloud.splats.opacity).max() <= 0.5 / 255 + 1e-6
    assert np.abs(again.splats.harmonics[:, 0] - cloud.splats.harmonics[:, 0]).max() <= 0.5 / 255 / 0.15 + 1e-6
    assert np.abs(again.splats.harmonics[:, 1:] - cloud.splats.harmonics[:, 1:]).max(initial=0) <= 0.5 / 128 + 1e-6
    assert apart(again.splats.turns, cloud.splats.turns) < 0.005
    write_spz(again, tmp_path / "b.spz")
    assert (tmp_path / "b.spz").read_bytes() == path.read_bytes()


def test_law_spz_holds_a_place_that_is_far_from_zero_and_says_so(tmp_path):
    cloud, path = made(), tmp_path / "a.spz"
    far = Cloud(cloud.points, np.array([1000.0, 0, -500]), splats=cloud.splats)
    assert write_spz(far, path) == ()
    assert np.allclose(read_spz(path).points, cloud.points + far.origin, atol=1e-3)
    farther = Cloud(cloud.points, np.array([5e5, 0, -5e6]), splats=cloud.splats)
    assert [each.facts["names"] for each in write_spz(farther, path)] == ["origin"]
    assert np.allclose(read_spz(path).points, cloud.points, atol=1e-4)


@pytest.mark.parametrize(("raw", "key"), [
    (b"", "file.looks_text"), (b"ply\nformat", "file.looks_ply"), (gzip.compress(b"nothing at all, 16", mtime=0),
                                                                    "file.looks_archive"),
    (gzip.compress(b"short", mtime=0), "file.ends"), (packed(version=4), "places.spz_version"),
    (struct.pack("<II", 0x5053474E, 4) + bytes(30), "places.spz_version"), (packed(degree=4), "places.splats"),
    (packed(fraction=40), "places.splats"), (packed(count=2**32 - 1, body=b""), "scan.claims"),
    (packed(count=0, body=b""), "cloud.empty"), (packed()[:-12], "file.ends"), (packed()[:24], "file.ends"),
    (packed()[:-1], "file.ends"),
    (packed()[:-8] + bytes(8), "places.splats"), (packed(body=bytes(30)), "file.ends")])
def test_refuses_what_is_no_spz_or_not_a_whole_one(tmp_path, raw, key):
    path = tmp_path / "a.spz"
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        read_spz(path)
    assert caught.value.key == key


def test_refuses_to_write_points_as_spz(tmp_path):
    with pytest.raises(InputError) as caught:
        write_spz(Cloud(np.zeros((1, 3), np.float32), np.zeros(3)), tmp_path / "a.spz")
    assert caught.value.key == "places.no_splats"


def test_truth_the_ply_of_3dgs_says_what_the_paper_says(tmp_path):
    dice, path = np.random.default_rng(8), tmp_path / "a.ply"
    raw = {name: dice.normal(size=7).astype(np.float32) for name in (
        "x", "y", "z", "nx", "f_dc_0", "f_dc_1", "f_dc_2", *(f"f_rest_{k}" for k in range(45)), "opacity", "scale_0",
        "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3")}
    write_points(raw, [], path)
    cloud = read_cloud(path)
    assert cloud.sources[0].axes == "rdf"
    assert np.array_equal(cloud.points, np.stack([raw["x"], -raw["y"], -raw["z"]], 1))
    assert np.allclose(cloud.splats.opacity, 1 / (1 + np.exp(-raw["opacity"])), atol=1e-6)
    assert np.allclose(cloud.splats.scales, np.exp(np.stack([raw[f"scale_{k}"] for k in range(3)], 1)), rtol=1e-6)
    turn = normalised(np.stack([raw[f"rot_{k}"] for k in range(4)], 1))
    assert apart(cloud.splats.turns, multiply(np.array([0.0, 1, 0, 0]), turn)) < 1e-6
    shown = np.stack([raw[f"f_dc_{k}"] for k in range(3)], 1) * 0.28209479 + 0.5
    assert np.allclose(cloud.colours, light(np.clip(shown, 0, 1)), atol=1e-6)
    terms = np.stack([np.stack([raw[f"f_dc_{c}"], *(raw[f"f_rest_{15 * c + k}"] for k in range(15))], 1)
                      for c in range(3)], 2)
    way = normalised(dice.normal(size=4))[:3] / np.linalg.norm(normalised(dice.normal(size=4))[:3])
    way /= np.linalg.norm(way)
    assert np.allclose(harmonics.shown(cloud.splats.harmonics, upright(way, "rdf")), harmonics.shown(terms, way),
                       atol=1e-5)


@pytest.mark.parametrize("terms", [1, 4, 9, 16])
def test_law_ply_keeps_splats(tmp_path, terms):
    cloud, path = made(terms=terms), tmp_path / "a.ply"
    assert write_ply(cloud, path) == ()
    again = read_cloud(path)
    raw = read_points(path)[0]
    assert list(raw)[:3] == ["x", "y", "z"]
    assert raw["x"].dtype == np.float32
    assert np.array_equal(raw["y"], -cloud.points[:, 1])
    assert np.array_equal(again.points, cloud.points)
    assert np.array_equal(again.splats.harmonics, cloud.splats.harmonics)
    assert apart(again.splats.turns, cloud.splats.turns) < 1e-6
    assert np.allclose(again.splats.scales, cloud.splats.scales, rtol=1e-6)
    assert np.allclose(again.splats.opacity, cloud.splats.opacity, atol=2e-7)


def test_law_the_studios_own_form_keeps_every_bit_of_a_splat(tmp_path):
    cloud = made()
    write_cloud(cloud, tmp_path / "a.ply")
    again = read_cloud(tmp_path / "a.ply")
    for name in ("scales", "turns", "opacity", "harmonics"):
        assert np.array_equal(getattr(again.splats, name), getattr(cloud.splats, name))
    assert np.array_equal(again.colours, cloud.colours)


def test_truth_splat_records_are_found_again(tmp_path):
    rows, path = np.zeros(5, RECORD), tmp_path / "a.splat"
    rows["place"] = np.arange(15).reshape(5, 3)
    rows["scales"], rows["tint"], rows["turn"] = 0.25, (255, 51, 0, 102), (128 + 64, 128, 128 - 64, 128)
    path.write_bytes(rows.tobytes())
    cloud = read_splat(path)
    assert np.array_equal(cloud.points, rows["place"] * [1, -1, -1])
    assert np.allclose(cloud.splats.opacity, 0.4)
    assert np.allclose(cloud.colours, light(np.array([1, 0.2, 0])), atol=1e-6)
    turn = np.array([[0.5, 0, -0.5, 0]]) * 2**0.5
    assert apart(cloud.splats.turns, multiply(np.array([[0.0, 1, 0, 0]]), turn)) < 1e-6


@pytest.mark.parametrize(("raw", "key"), [(b"\x89PNG" + bytes(60), "places.splats"), (bytes(33), "places.splats"),
                                          (b"\xff" * 64, "places.splats"), (b"ply\nx", "file.looks_ply")])
def test_refuses_what_is_no_splat_file(tmp_path, raw, key):
    path = tmp_path / "a.splat"
    path.write_bytes(raw)
    if raw[:4] == b"\x89PNG":
        path.write_bytes(raw + b"1")
        key = "file.looks_picture"
    with pytest.raises(InputError) as caught:
        read_splat(path)
    assert caught.value.key == key


def test_law_a_scan_that_is_stood_up_takes_its_splats_along(tmp_path):
    cloud = made()
    turned = stood(cloud, "z")
    here = look_at((3, 2, 4), (0, 0, 0), lens=35, size=(48, 32))
    there = look_at((3, 4, -2), (0, 0, 0), lens=35, size=(48, 32), up=(0, 0, -1))
    first = splatted(cloud.points, cloud.splats, here)
    second = splatted(turned.points, turned.splats, there)
    assert first.cover.any()
    assert np.allclose(first.light, second.light, atol=1e-4)


@pytest.mark.skipif(not SCAN.exists(), reason="the shared material is not here")
def test_truth_the_scanned_house_is_read_whole():
    cloud = read_spz(SCAN)
    raw = gzip.decompress(SCAN.read_bytes())
    version, count = struct.unpack_from("<II", raw, 4)
    assert (version, count, len(cloud.points)) == (2, 131199, 131199)
    first = np.frombuffer(raw[16:19] + b"\0", "<i4")[0]
    assert cloud.points[0, 0] == (first - (first >> 23 << 24)) / 2 ** raw[13]
    assert cloud.splats.harmonics.shape == (131199, 16, 3)
    assert np.allclose(np.linalg.norm(cloud.splats.turns, axis=1), 1, atol=1e-6)


def test_refuses_splats_that_would_fill_the_memory(tmp_path):
    path = tmp_path / "炸.spz"
    path.write_bytes(packed(count=40_000_000, degree=3, body=bytes(100)) + bytes(3 * 2 ** 20))
    with pytest.raises(LimitError) as caught:
        read_spz(path)
    assert caught.value.key == "places.many_splats" and "炸.spz" in caught.value.tell("zh")
