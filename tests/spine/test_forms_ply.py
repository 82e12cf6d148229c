"""PLY: clouds and meshes come back; any types, ends and orders are read; a lying header is refused."""

import struct
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow import forms
from marrow.draw.colour import linear
from marrow.errors import InputError, LimitError
from marrow.forms.ply import write_mesh
from marrow.media import Cloud, Mesh, Source, Splats

POINTS = np.array([[0, 0, 0], [1, 2, 3], [-4.5, 5.25, 0.125]])
TINTS = np.array([[255, 0, 0], [0, 128, 255], [10, 20, 30]], np.uint8)


def ply(path, form, kinds, rows, *, comments=(), after=b""):
    """A PLY file by the format's own description, from columns (name, PLY type, numpy type)."""
    end = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}[form]
    lines = ["ply", f"format {form} 1.0", *(f"comment {each}" for each in comments), f"element vertex {len(rows)}",
             *(f"property {kind} {name}" for name, kind, _ in kinds), "end_header"]
    head = ("\n".join(lines) + "\n").encode()
    if form == "ascii":
        body = "".join(" ".join(str(value) for value in row) + "\n" for row in rows).encode()
    else:
        body = np.array([tuple(row) for row in rows], [(name, end + kind) for name, _, kind in kinds]).tobytes()
    path.write_bytes(head + body + after)
    return path


def known(count=3):
    """Everything that can be known of a few points."""
    dice = np.random.default_rng(count)

    def some(*shape):
        return dice.uniform(0.1, 1.9, shape).astype(np.float32)

    return {"normals": some(count, 3), "intensity": some(count), "confidence": some(count) / 2,
            "time": dice.uniform(0, 1e9, count), "labels": np.arange(count, dtype=np.int32) - 1,
            "splats": Splats(some(count, 3), some(count, 4), some(count) / 2, some(count, 9, 3) - 1),
            "source": (np.arange(count) % 2).astype(np.uint16),
            "sources": (Source("灶屋.laz", "z", 0.3048, "EPSG:32650"), Source("b", witness="mother"))}


def same(one, other):
    if isinstance(one, Splats | Cloud):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other


@pytest.mark.parametrize("colours", [None, linear(TINTS), linear(TINTS) * np.float32(2.5)])
@pytest.mark.parametrize("more", [{"sources": (Source("a.ply"),)}, known()])
def test_law_a_cloud_comes_back_and_equal_clouds_are_equal_bytes(tmp_path, colours, more):
    cloud = Cloud(POINTS.astype(np.float32), np.array([500000.125, 0, -4e6 - 1 / 3]), colours, **more)
    for name in ("a.ply", "b.ply"):
        forms.write(cloud, tmp_path / name)
    assert same(forms.read("cloud", tmp_path / "a.ply"), cloud)
    assert (tmp_path / "a.ply").read_bytes() == (tmp_path / "b.ply").read_bytes()


@pytest.mark.parametrize("form", ["ascii", "binary_little_endian", "binary_big_endian"])
@pytest.mark.parametrize(("tint", "code", "scale"),
                         [("uchar", "u1", 1), ("ushort", "u2", 257), ("float", "f4", 1 / 255)])
def test_truth_points_and_colours_whatever_order_type_and_end(tmp_path, form, tint, code, scale):
    kinds = [("intensity", "ushort", "u2"), ("blue", tint, code), ("z", "float", "f4"), ("green", tint, code),
             ("y", "float", "f4"), ("red", tint, code), ("x", "float", "f4"), ("confidence", "double", "f8")]
    rows = [(7, tint_[2] * scale, point[2], tint_[1] * scale, point[1], tint_[0] * scale, point[0], 0.5)
            for point, tint_ in zip(POINTS, TINTS.tolist(), strict=True)]
    cloud = forms.read("cloud", ply(tmp_path / "a.ply", form, kinds, rows))
    assert np.array_equal(cloud.points, POINTS) and np.array_equal(cloud.colours, linear(TINTS))
    assert cloud.confidence.tolist() == [0.5] * 3 and cloud.intensity.tolist() == [7] * 3
    assert cloud.points.dtype == np.float32 and not cloud.origin.any()


def test_truth_a_scan_far_from_zero_keeps_its_millimetres(tmp_path):
    far = POINTS + np.array([637000.0, 849000.0, 400.0]) + np.array([[0.001, 0, 0], [0, 0.002, 0], [0, 0, 0.003]])
    for form, kind in (("binary_little_endian", "double"), ("ascii", "float")):
        kinds = [(axis, kind, "f8") for axis in "xyz"]
        cloud = forms.read("cloud", ply(tmp_path / "far.ply", form, kinds, far.tolist()))
        assert cloud.origin + cloud.points.astype(float) == pytest.approx(far, abs=2e-5)
        assert cloud.origin.dtype == np.float64


def test_truth_points_that_are_no_numbers_are_left_out(tmp_path):
    kinds = [*((axis, "float", "f4") for axis in "xyz"), *((name, "uchar", "u1") for name in ("red", "green", "blue"))]
    rows = [(0, 0, 0, 1, 2, 3), (np.nan, 1, 1, 4, 5, 6), (1, 1, np.inf, 7, 8, 9), (2, 2, 2, 10, 11, 12)]
    cloud = forms.read("cloud", ply(tmp_path / "nan.ply", "binary_little_endian", kinds, rows))
    assert cloud.points[:, 0].tolist() == [0, 2] and np.array_equal(cloud.colours[:, 0], linear(np.uint8([1, 10])))
    with pytest.raises(InputError) as caught:
        forms.read("cloud", ply(tmp_path / "all.ply", "binary_little_endian", kinds, rows[1:3]))
    assert caught.value.key == "cloud.numbers"


@given(count=st.integers(3, 30), seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_law_a_mesh_comes_back(tmp_path_factory, count, seed):
    dice = np.random.default_rng(seed)
    mesh = Mesh(dice.normal(size=(count, 3)).astype(np.float32), dice.integers(0, count, (count, 3), dtype=np.int32))
    path = tmp_path_factory.mktemp("mesh") / "a.ply"
    write_mesh(mesh, path)
    again = forms.read("mesh", path)
    assert np.array_equal(again.vertices, mesh.vertices) and np.array_equal(again.faces, mesh.faces)


@pytest.mark.parametrize("form", ["ascii", "binary_big_endian"])
def test_truth_polygons_become_fans(tmp_path, form):
    head = (f"ply\nformat {form} 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\n"
            "element face 2\nproperty uchar tag\nproperty list uchar int vertex_indices\nend_header\n").encode()
    corners = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1)]
    faces = [(9, (0, 1, 2, 3)), (9, (0, 1, 4))]
    if form == "ascii":
        body = "".join(f"{x} {y} {z}\n" for x, y, z in corners)
        body += "".join(f"{tag} {len(face)} {' '.join(map(str, face))}\n" for tag, face in faces)
        body = body.encode()
    else:
        body = b"".join(struct.pack(">3f", *each) for each in corners)
        body += b"".join(struct.pack(f">BB{len(face)}i", tag, len(face), *face) for tag, face in faces)
    (tmp_path / "a.ply").write_bytes(head + body)
    mesh = forms.read("mesh", tmp_path / "a.ply")
    assert mesh.faces.tolist() == [[0, 1, 2], [0, 2, 3], [0, 1, 4]] and len(mesh.vertices) == 5
    assert len(forms.read("cloud", tmp_path / "a.ply").points) == 5


def test_refuses_a_header_that_promises_more_than_the_file_holds(tmp_path):
    head = b"ply\nformat %s 1.0\nelement vertex %d\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
    for form in (b"ascii", b"binary_little_endian"):
        (tmp_path / "a.ply").write_bytes(head % (form, 10**12) + b"0 0 0\n" * 4)
        with pytest.raises(InputError) as caught:
            forms.read("cloud", tmp_path / "a.ply")
        assert caught.value.key == "ply.short" and str(10**12) in caught.value.tell("zh")


def test_refuses_more_points_than_memory_holds(tmp_path):
    path = tmp_path / "sparse.ply"
    with open(path, "wb") as file:
        file.write(b"ply\nformat binary_little_endian 1.0\nelement vertex 500000000\nproperty uchar x\n"
                   b"property uchar y\nproperty uchar z\nend_header\n")
        file.truncate(1_600_000_000)
    with pytest.raises(LimitError) as caught:
        forms.read("cloud", path)
    assert caught.value.key == "ply.large"


@pytest.mark.parametrize(("change", "key"), [
    ((b"end_header", b"end_haeder"), "file.ends"), ((b"format ascii", b"format utf8"), "ply.head"),
    ((b"property float y", b"property floot y"), "ply.head"), ((b"element vertex 2", b"element vertex -2"), "ply.head"),
    ((b"element vertex", b"element points"), "ply.head"), ((b"float y", b"float why"), "cloud.empty"),
    ((b"1 2 3", b"1 2 drei"), "ply.row"), ((b"1 2 3", b"100 200"), "file.ends"),
    ((b"1 2 3\n4 5 6\n", b"1 2 3\n"), "ply.short"),
])
def test_refuses_a_broken_file_and_says_where(tmp_path, change, key):
    whole = (b"ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\n"
             b"end_header\n1 2 3\n4 5 6\n")
    (tmp_path / "a.ply").write_bytes(whole)
    assert forms.read("cloud", tmp_path / "a.ply").points.tolist() == [[1, 2, 3], [4, 5, 6]]
    (tmp_path / "a.ply").write_bytes(whole.replace(*change))
    with pytest.raises(InputError) as caught:
        forms.read("cloud", tmp_path / "a.ply")
    assert caught.value.key == key and "a.ply" in caught.value.tell("zh")


def test_refuses_a_mesh_without_faces_or_with_a_wrong_one(tmp_path):
    forms.write(Cloud(POINTS.astype(np.float32), np.zeros(3)), tmp_path / "a.ply")
    with pytest.raises(InputError) as caught:
        forms.read("mesh", tmp_path / "a.ply")
    assert caught.value.key == "mesh.no_faces"
    write_mesh(Mesh(POINTS.astype(np.float32), np.array([[0, 1, 3]], np.int32)), tmp_path / "b.ply")
    with pytest.raises(InputError) as caught:
        forms.read("mesh", tmp_path / "b.ply")
    assert caught.value.key == "mesh.face"


@pytest.mark.parametrize("comment", ["origin nan inf 1e300", "sources " + "[" * 30_000, "unit e-5 metres",
                                     "unit ² metres", "unit 1e999 metres", 'sources [{"name": "a", "unit": "b"}]'])
def test_law_comments_that_make_no_sense_are_passed_by(tmp_path, comment):
    kinds = [("x", "float", "f4"), ("y", "float", "f4"), ("z", "float", "f4")]
    ply(tmp_path / "a.ply", "binary_little_endian", kinds, POINTS, comments=(comment,))
    made = forms.read("cloud", tmp_path / "a.ply")
    assert np.allclose(made.points + made.origin, POINTS) and made.sources[0].unit == 1


@pytest.mark.parametrize("batch", [2, 3, 1000])
def test_law_a_scan_of_16_bits_is_as_bright_in_batches_as_whole(tmp_path, monkeypatch, batch):
    from marrow.forms import cloud

    kinds = [(name, "float", "f4") for name in "xyz"] + [(name, "ushort", "u2") for name in ("red", "green", "blue")]
    rows = [(*each, *tint) for each, tint in zip(POINTS, ((65280, 0, 300), (200, 100, 7), (9, 9, 9)), strict=True)]
    ply(tmp_path / "a.ply", "binary_little_endian", kinds, rows)
    monkeypatch.setattr(cloud, "BATCH", batch)
    parts = np.concatenate([each.colours for each in cloud.stream_cloud(tmp_path / "a.ply")])
    assert np.array_equal(parts, forms.read("cloud", tmp_path / "a.ply").colours)
    assert parts[0, 0] > 0.98 and parts[1].max() < 0.001


def test_refuses_a_row_of_text_that_is_no_number_by_its_line(tmp_path):
    kinds = [(name, "float", "f4") for name in "xyz"]
    ply(tmp_path / "a.ply", "ascii", kinds, [(1, 2, 3), (4, "fünf", 6)])
    with pytest.raises(InputError) as caught:
        forms.read("cloud", tmp_path / "a.ply")
    assert caught.value.key == "ply.row" and caught.value.facts["line"] == 9
