"""Points on a mesh lie on it, spread evenly, in the light of its texture."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from marrow.contents import listener
from marrow.draw.colour import linear
from marrow.errors import InputError
from marrow.forms.gltf_write import write_mesh
from marrow.media import Material, Mesh
from marrow.places.formats.glb import read_glb
from marrow.places.formats.surface import read_surface, sampled

SQUARE = np.array([[0, 0, 0], [2, 0, 0], [2, 0, -2], [0, 0, -2]], np.float32)
FACES = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
UV = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
HERE = Path("a.glb")


def textured(picture, **how):
    raw = BytesIO()
    Image.fromarray(picture).save(raw, "PNG")
    look = Material("wall", pictures={"colour": raw.getvalue()}, **how)
    return Mesh(SQUARE, FACES, uv=UV, materials=(look,), material=np.zeros(2, np.int32))


def grid(count):
    """A square of many small triangles."""
    x, y = np.meshgrid(np.arange(count + 1.0), np.arange(count + 1.0))
    at = np.arange(count * (count + 1)).reshape(count, count + 1)[:, :-1].ravel()
    faces = np.concatenate([np.stack([at, at + 1, at + count + 2], 1),
                            np.stack([at, at + count + 2, at + count + 1], 1)])
    return Mesh(np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], 1).astype(np.float32) / count, faces.astype(np.int32))


@pytest.mark.parametrize("mesh", [Mesh(SQUARE, FACES), grid(100)], ids=["two triangles", "many"])
def test_truth_points_are_spread_evenly_over_the_surface(mesh):
    cloud = sampled(mesh, HERE)
    places = cloud.points + cloud.origin
    flat = places[:, [0, 2]] if mesh.vertices[:, 1].max() == 0 else places[:, :2]
    share = (np.abs(flat) / mesh.vertices[:, 0].max() * 16).astype(int).clip(0, 15)
    counts = np.bincount(share[:, 0] * 16 + share[:, 1], minlength=256)
    assert np.abs(counts - len(places) / 256).max() < 0.08 * len(places) / 256
    assert counts.std() < 0.5 * np.sqrt(len(places) / 256)  # more even than dice
    assert np.abs(np.abs(cloud.normals).max(axis=1) - 1).max() < 1e-6


def test_truth_a_texture_gives_its_light_where_it_lies():
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:4] = (200, 10, 60)  # the upper half of a picture is far, z = -2
    cloud = sampled(textured(picture), HERE)
    far = cloud.points[:, 2] + cloud.origin[2]
    assert np.allclose(cloud.colours[(far < -1.2) & (far > -1.8)], linear(np.uint8([200, 10, 60])), atol=1e-6)
    assert not cloud.colours[(far > -0.8) & (far < -0.2)].any()


def test_truth_holes_of_a_mask_have_no_points():
    picture = np.full((8, 8, 4), 255, np.uint8)
    picture[:, :4, 3] = 0
    cloud = sampled(textured(picture, alpha="mask"), HERE)
    assert (cloud.points[:, 0] + cloud.origin[0]).min() > 0.9


def test_truth_vertex_colours_and_materials_multiply_and_none_is_none():
    tint = np.tile(np.uint8([188, 188, 188, 255]), (4, 1))
    look = Material(colour=(0.5, 1, 0.25, 1))
    mesh = Mesh(SQUARE, FACES, colours=tint, materials=(look,), material=np.zeros(2, np.int32))
    assert np.allclose(sampled(mesh, HERE).colours, linear(tint[:, :3])[0] * (0.5, 1, 0.25), atol=1e-6)
    assert sampled(Mesh(SQUARE, FACES), HERE).colours is None


def test_law_the_same_mesh_gives_the_same_points(tmp_path):
    write_mesh(grid(5), tmp_path / "a.glb")
    first, again = read_surface(tmp_path / "a.glb"), read_glb(tmp_path / "a.glb")
    assert first.points.tobytes() == again.points.tobytes()


def test_refuses_a_mesh_without_area():
    with pytest.raises(InputError) as caught:
        sampled(Mesh(SQUARE * 0, FACES), HERE)
    assert caught.value.key == "places.flat"


def test_truth_a_picture_too_large_to_be_one_is_told_and_passed_by(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)
    heard = []
    token = listener.set(heard.append)
    try:
        assert len(sampled(textured(np.zeros((8, 8, 3), np.uint8)), HERE).points) > 1000
    finally:
        listener.reset(token)
    assert [each.key for each in heard] == ["places.texture"]
