"""OBJ and STL: every way of writing a face, any encoding, textures beside the file only, bad files in a sentence."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow.bones.formats.obj import read_obj
from marrow.bones.formats.stl import read_stl
from marrow.errors import InputError, MarrowError

SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"
COLOURS = "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nvn 0 0 2\n"
PNG = (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0"
       b"\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82")


def read(tmp_path, text, name="a.obj", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    held = read_obj(path)
    return held.meshes[0], held


def area(mesh):
    a, b, c = (mesh.vertices[mesh.faces[:, each]].astype(float) for each in range(3))
    return (np.cross(b - a, c - a) / 2).sum(0)


@pytest.mark.parametrize("faces", ["f 1 2 3 4", "f 1/1 2/2 3/3 4/4", "f 1//1 2//1 3//1 4//1",
                                   "f 1/1/1 2/2/1 3/3/1 4/4/1",
                                   "f -4 -3 -2 -1", "f -4/-4/-1 -3/-3/-1 -2/-2/-1 -1/-1/-1", "f 1 2 3\nf 1 3 4",
                                   "f 1/ 2/ 3/ 4/", "f 1 2/2 3//1 4/4/1", "f\t1  2\t3 4 ", "f 1 2 \\\n 3 4  # a square",
                                   "  f 1/1/ 2/2/ 3/3/ 4/4/"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_truth_a_square_is_a_square_however_its_corners_are_written(tmp_path, faces, ends):
    mesh, held = read(tmp_path, (SQUARE + COLOURS + faces + "\n").replace("\n", ends))
    assert len(mesh.faces) == 2
    np.testing.assert_allclose(area(mesh), [0, 0, 1])
    assert held.stated["unit_by"] == "custom"


def test_truth_pictures_hang_the_right_way_up_and_normals_are_unit(tmp_path):
    mesh, _ = read(tmp_path, SQUARE + COLOURS + "f 1/1/1 2/2/1 3/3/1 4/4/1\n")
    at = {tuple(place): uv.tolist() for place, uv in zip(mesh.vertices[:, :2].tolist(), mesh.uv, strict=True)}
    assert at == {(0, 0): [0, 1], (1, 0): [1, 1], (1, 1): [1, 0], (0, 1): [0, 0]}
    np.testing.assert_allclose(mesh.normals, [[0, 0, 1]] * 4)


def test_truth_numbers_that_count_back_begin_at_their_own_line(tmp_path):
    text = "v 9 9 9\n" + SQUARE + "f -4 -3 -2\nv 5 5 5\nv 6 5 5\nv 6 6 5\nf -3 -2 -1\n"
    mesh, _ = read(tmp_path, text)
    np.testing.assert_allclose(mesh.vertices[mesh.faces[1]], [[5, 5, 5], [6, 5, 5], [6, 6, 5]])
    np.testing.assert_allclose(mesh.vertices[mesh.faces[0]], [[0, 0, 0], [1, 0, 0], [1, 1, 0]])


def test_truth_a_vertex_on_a_seam_of_the_picture_is_two(tmp_path):
    mesh, _ = read(tmp_path, SQUARE + COLOURS + "f 1/1 2/2 3/3\nf 1/2 3/3 4/4\n")
    assert len(mesh.vertices) == 5


def test_truth_colours_of_vertices(tmp_path):
    mesh, _ = read(tmp_path, "v 0 0 0 1 0 0\nv 1 0 0 0 0.5 0\nv 0 1 0 0 0 1\nf 1 2 3\n")
    assert mesh.colours.tolist() == [[255, 0, 0, 255], [0, 128, 0, 255], [0, 0, 255, 255]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_truth_chinese_materials_and_textures_in_any_encoding(tmp_path, encoding):
    (tmp_path / "贴图").mkdir()
    (tmp_path / "贴图" / "脸 部.png").write_bytes(PNG)
    book = "newmtl 皮肤\nKd 0.2 0.3 0.4\nd 0.5\nmap_Kd -s 1 1 1 C:\\art\\贴图\\脸 部.png\n"
    book += "newmtl 布 #2\nKd .5 .6 .7\nPm 1\n"
    (tmp_path / "父亲.mtl").write_bytes(book.encode(encoding))
    text = "mtllib 父亲.mtl\no 父亲\n" + SQUARE + "usemtl 布 #2\nf 1 2 3\nusemtl 皮肤\nf 1 3 4\nusemtl 布 #2\nf 2 3 4\n"
    mesh, held = read(tmp_path, text, encoding=encoding)
    assert held.losses == ()
    assert [each.name for each in mesh.materials] == ["布 #2", "皮肤"]
    assert mesh.material.tolist() == [0, 1, 0]
    assert mesh.materials[1].pictures == {"colour": PNG}
    assert mesh.materials[1].alpha == "blend"
    assert mesh.materials[0].colour == (0.5, 0.6, 0.7, 1.0)
    assert mesh.name == "父亲"


def test_refuses_to_look_for_textures_outside_the_folder(tmp_path):
    (tmp_path / "secret.png").write_bytes(PNG)
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.mtl").write_text("newmtl a\nmap_Kd ../secret.png\n")
    mesh, held = read(inner, "mtllib a.mtl\n" + SQUARE + "usemtl a\nf 1 2 3\n")
    assert mesh.materials[0].pictures == {}
    assert [each.key for each in held.losses] == ["nodes.picture"]


@pytest.mark.parametrize(("text", "key"), [
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", "mesh.face"), ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 -9\n", "mesh.face"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 0 1 2\n", "mesh.face"), ("v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "obj.number"),
    ("v 0 0 0\nv 1 x 0\nv 0 1 0\nf 1 2 3\n", "obj.number"), ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf a b c\n", "obj.number"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1/1/1/1 2 3\n", "obj.number"), ("v 0 0 0\n", "obj.empty"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 99999999999999999999999\n", "mesh.face"), ("once\n", "file.looks_text"),
    ("v 1e999 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "obj.number"), ("f 1 2 3\n", "mesh.face"),
    ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1/1 2/1 3/1\n", "mesh.face")])
def test_refuses_what_is_no_mesh(tmp_path, text, key):
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert caught.value.key == key
    assert caught.value.tell("zh")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(["v", "vt", "vn", "f", "1", "-1", "2", "/", "//", "0.5", "\n", " ", "#", "\\\n", "e",
                                 "o", "usemtl", "nan", "l", "\t", "9" * 20, "x", "\r"]), max_size=60))
def test_refuses_any_soup_of_words_in_a_sentence(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("soup") / "a.obj"
    path.write_text(SQUARE + "f 1 2 3\n" + "".join(words))
    try:
        mesh = read_obj(path).meshes[0]
    except MarrowError as error:
        assert error.tell("zh")
    else:
        assert mesh.faces.size == 0 or mesh.faces.max() < len(mesh.vertices)


CORNERS = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[1, 0, 0], [1, 1, 0], [0, 1, 0]]], float)


def test_law_words_and_bytes_are_one_mesh(tmp_path):
    binary = bytes(80) + struct.pack("<I", 2) + b"".join(
        struct.pack("<12fH", 0, 0, 1, *corners.ravel(), 0) for corners in CORNERS)
    words = "solid a\n" + "".join("facet normal 0 0 1\nouter loop\n" + "".join(
        f"vertex {x:e} {y} {z}\n" for x, y, z in corners) + "endloop\nendfacet\n" for corners in CORNERS)
    words += "endsolid a\n"
    meshes = []
    for name, content in (("a.stl", binary), ("b.stl", words.encode()), ("c.stl", b"solid" + binary[5:])):
        (tmp_path / name).write_bytes(content)
        meshes.append(read_stl(tmp_path / name).meshes[0])
    for mesh in meshes:
        assert len(mesh.vertices) == 4
        np.testing.assert_allclose(mesh.vertices[mesh.faces], CORNERS)
    (tmp_path / "d.stl").write_bytes(binary[:-9])
    (tmp_path / "e.stl").write_bytes(words[:-60].encode())
    for name in "de":
        with pytest.raises(InputError) as caught:
            read_stl(tmp_path / f"{name}.stl")
        assert caught.value.key == "file.ends"
