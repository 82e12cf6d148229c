"""Whoever lights a place, it stands where the department's own camera sees it."""

import os
from pathlib import Path

import numpy as np
import pytest

from marrow import engine
from marrow.draw.camera import look_at
from marrow.errors import EngineError
from marrow.media import Cloud
from marrow.places import files, verbs_camera

SIZE = (128, 72)
BPY = Path("/tmp/blender/bin/python")


def scene(far=0.0):
    dice = np.random.default_rng(2)
    ball = dice.normal(size=(4000, 3))
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    box = dice.uniform(-1, 1, (3000, 3)) * (0.3, 1.2, 0.3) + (1.8, 0.4, -0.5)
    points = np.concatenate([ball, box]).astype(np.float32)
    return Cloud(points, np.array([far, 0, 2 * far]), np.tile(np.float32([[0.6, 0.3, 0.2]]), (7000, 1)))


@pytest.mark.parametrize("name", [each for each in engine.names("places.light") if each != "plain"])
def test_truth_every_engine_sees_the_same_silhouette_and_depth(name, monkeypatch):
    if "MARROW_BLENDER" not in os.environ and BPY.exists():
        monkeypatch.setenv("MARROW_BLENDER", str(BPY))
    try:
        light = engine.open_engine("places.light", name)
    except EngineError as error:
        pytest.skip(f"{name} is not here: {error.key}")
    cloud = scene(4096.0)
    camera = look_at(cloud.origin + np.array([1, 1, 6]), cloud.origin + np.array([0.5, 0.2, 0]), lens=40, size=SIZE)
    plain, lit = (each(cloud, camera, radius=0.05) for each in (engine.open_engine("places.light", "plain"), light))
    ours, theirs = plain.cover > 0.5, lit.cover > 0.5
    assert (ours & theirs).sum() / (ours | theirs).sum() >= 0.9 and ours.sum() > 800
    both = ours & theirs & np.isfinite(plain.depth) & np.isfinite(lit.depth)
    assert np.median(np.abs(plain.depth[both] - lit.depth[both])) < 0.075  # of radius 0.05: balls there, discs here
    red, _, blue = lit.light[theirs].mean(0)
    assert lit.light.shape == (72, 128, 3) and red > 1.5 * blue and (lit.light[~theirs & (lit.cover == 0)] == 0).all()


@pytest.mark.skipif("MARROW_BLENDER" not in os.environ and not BPY.exists(), reason="no Blender")
def test_law_the_verb_takes_its_light_from_an_engine(tmp_path, monkeypatch):
    exr = pytest.importorskip("OpenEXR", reason="OpenEXR is not installed")
    monkeypatch.setenv("MARROW_BLENDER", os.environ.get("MARROW_BLENDER", str(BPY)))
    files.write(scene(512.0), tmp_path / "a.ply")
    found = {}
    for name in ("plain", "blender"):
        list(verbs_camera.passes(str(tmp_path / "a.ply"), str(tmp_path / name), length="0.04", size="64x36",
                                 light=name))
        with exr.File(str(tmp_path / name / "0001.exr"), separate_channels=True) as file:
            found[name] = {key: each.pixels.copy() for key, each in file.channels().items()}
    assert all(np.array_equal(found["plain"][key], found["blender"][key]) for key in ("Z", "id", "forward.u"))
    assert not np.array_equal(found["plain"]["R"], found["blender"]["R"])
    ours, theirs = (found[name]["A"] > 0.5 for name in ("plain", "blender"))
    assert (ours & theirs).sum() / (ours | theirs).sum() > 0.8
