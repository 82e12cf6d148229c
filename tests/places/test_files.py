"""There and back: what is written is read again as it was, and what a format cannot hold is told."""

from pathlib import Path

import numpy as np
import pytest

from marrow.contents import listener
from marrow.draw.axes import lowered
from marrow.draw.colour import linear, srgb
from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places import files, verbs

SCANS = Path(__file__).resolve().parents[3] / "shared" / "material" / "scans"
ORIGIN = np.array([5000000.0, 32.0, -4100000.0])


@pytest.fixture(autouse=True)
def heard():
    said = []
    token = listener.set(said.append)
    yield said
    listener.reset(token)


def place(*, axes="z", unit=1.0, crs="NAD83 / UTM zone 15N (EPSG:26915)", grid=0.001, seed=5):
    dice = np.random.default_rng(seed)
    points = (np.rint(dice.uniform(-90, 90, (400, 3)) / grid) * grid * unit).astype(np.float32)
    normals = dice.normal(size=(400, 3))
    return Cloud(points, ORIGIN * unit, linear(dice.integers(0, 256, (400, 3), np.uint8)),
                 (normals / np.linalg.norm(normals, axis=1)[:, None]).astype(np.float32),
                 dice.integers(0, 65536, 400).astype(np.float32), time=dice.uniform(0, 1e9, 400),
                 labels=dice.integers(0, 32, 400).astype(np.int32), sources=(Source("a", axes, unit, crs),))


def world(cloud):
    return cloud.origin + cloud.points.astype(float)


@pytest.mark.parametrize("suffix", [".ply", ".las", ".laz", ".glb", ".gltf"])
@pytest.mark.parametrize(("axes", "unit"), [("z", 1.0), ("z", 1200 / 3937), ("y", 1.0)])
def test_law_what_is_written_is_read_again(tmp_path, suffix, axes, unit):
    cloud, path = place(axes=axes, unit=unit), tmp_path / f"场所{suffix.upper()}"
    files.write(cloud, path)
    again = files.read(path)
    assert np.array_equal(srgb(again.colours), srgb(cloud.colours))
    assert np.abs(world(again) - world(cloud)).max() < 2e-5
    if suffix in (".las", ".laz"):
        grid = lowered(world(again) / unit, "z") / 0.001
        assert np.abs(grid - np.rint(grid)).max() < 0.05
    if suffix in (".las", ".laz", ".ply"):
        assert np.array_equal(again.labels, cloud.labels) and np.array_equal(again.time, cloud.time)
        assert np.array_equal(again.intensity, cloud.intensity)
        assert (again.sources[0].unit, again.sources[0].crs) == (pytest.approx(unit, rel=1e-12), cloud.sources[0].crs)
    if suffix in (".ply", ".glb", ".gltf"):
        assert np.allclose(again.normals, cloud.normals, atol=1e-6)


@pytest.mark.parametrize("suffix", [".ply", ".laz", ".glb"])
def test_law_the_same_cloud_gives_the_same_bytes(tmp_path, suffix):
    for name in "ab":
        files.write(place(), tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_truth_a_ply_keeps_the_numbers_of_its_source(tmp_path):
    cloud = place(unit=0.3048)
    files.write(cloud, tmp_path / "a.ply")
    head = (tmp_path / "a.ply").read_bytes().partition(b"end_header")[0]
    assert b"property double x" in head and b"comment axes z" in head and b"property uchar red" in head
    from marrow.forms.ply import read_points

    columns = read_points(tmp_path / "a.ply")[0]
    assert abs(columns["y"].mean() - 4100000) < 100 and abs(columns["z"].mean() - 32) < 100


@pytest.mark.parametrize("suffix", [".ply", ".laz", ".glb"])
def test_truth_one_point_equal_points_and_no_colours(tmp_path, suffix):
    for count in (1, 30):
        cloud = Cloud(np.ones((count, 3), np.float32), np.zeros(3))
        files.write(cloud, tmp_path / f"a{suffix}")
        again = files.read(tmp_path / f"a{suffix}")
        assert np.array_equal(world(again), world(cloud)) and again.colours is None


def test_refuses_a_format_that_nobody_writes(tmp_path):
    with pytest.raises(InputError) as caught:
        files.write(place(), tmp_path / "a.abc")
    assert caught.value.key == "places.unwritable" and ".laz" in caught.value.tell("en")


def test_truth_look_tells_what_a_scan_holds_and_the_lines_to_fly_through_it(tmp_path):
    files.write(place(unit=0.3048), tmp_path / "a.laz")
    lines = list(verbs.look(str(tmp_path / "a.laz")))
    text = "\n".join(lines)
    assert "400" in lines[0] and "0.3048" in text and "EPSG:26915" in text and 'use = "a.laz"' in text
    assert any(f"{5000000 + 89:}"[:5] in each for each in lines[1:4])


def test_truth_convert_turns_what_the_reader_took_wrong(tmp_path):
    (tmp_path / "a.xyz").write_text("1 2 3\n4 5 6\n")
    told = list(verbs.convert(str(tmp_path / "a.xyz"), str(tmp_path / "b.glb"), up="y"))
    assert str(tmp_path / "b.glb") in told[0]
    assert np.allclose(world(files.read(tmp_path / "b.glb")), [[1, 2, 3], [4, 5, 6]])
    with pytest.raises(InputError):
        list(verbs.convert(str(tmp_path / "a.xyz"), str(tmp_path / "b.glb"), up="x"))


@pytest.mark.skipif(not SCANS.exists(), reason="the shared scans are not here")
@pytest.mark.parametrize("name", ["lion_takanawa.copc.laz", "autzen_trim.laz", "lone-star.copc.laz"])
def test_law_a_real_scan_lies_on_the_same_grid_again(tmp_path, name):
    import laspy

    files.write(files.read(SCANS / name), tmp_path / "a.laz")
    first, again = laspy.read(SCANS / name), laspy.read(tmp_path / "a.laz")
    step = max(first.header.scales[0], again.header.scales[0])
    for axis in "xyz":
        assert np.abs(np.asarray(getattr(first, axis)) - np.asarray(getattr(again, axis))).max() < 0.2 * step


def ply(path, rows, comments=()):
    """A binary PLY of doubles."""
    lines = ["ply", "format binary_little_endian 1.0", *(f"comment {each}" for each in comments),
             f"element vertex {len(rows)}", *(f"property double {axis}" for axis in "xyz"), "end_header\n"]
    path.write_bytes("\n".join(lines).encode() + np.asarray(rows, "<f8").tobytes())
    return path


def test_truth_one_stray_point_does_not_cost_the_others_their_precision(tmp_path, heard):
    rows = np.array([[5e6, 1, 2], [5e6 + 0.001, 1, 2], [5e6, 1.002, 2], [1e11, 0, 0], [np.nan, 0, 0], [1e300, 0, 0]])
    cloud = files.read(ply(tmp_path / "a.ply", rows))
    assert np.abs(world(cloud)[:3] - rows[:3]).max() < 1e-6 and len(cloud.points) == 4
    assert [(each.key, each.facts["count"]) for each in heard] == [("cloud.numbers", 2)]


def test_law_a_ply_in_batches_is_the_ply_read_whole(tmp_path, monkeypatch):
    from marrow.forms import cloud as form

    dice = np.random.default_rng(2)
    path = ply(tmp_path / "a.ply", dice.normal(size=(1000, 3)) + 5e5, ["axes z", "unit 0.3048 metres", "crs somewhere"])
    whole = files.read(path)
    monkeypatch.setattr(form, "BATCH", 300)
    parts = list(files.stream(path))
    assert [len(each.points) for each in parts] == [300, 300, 300, 100]
    assert np.abs(np.concatenate([world(each) for each in parts]) - world(whole)).max() < 1e-6
    assert whole.sources == parts[3].sources == (Source("a.ply", "z", 0.3048, "somewhere"),)


def test_law_comments_of_others_are_not_taken_for_units(tmp_path):
    for words in (["axes up", "unit metres"], ["unit 1e-9 metres"], ["unit nan metres", "axes"]):
        assert files.read(ply(tmp_path / "a.ply", [[1, 2, 3]], words)).sources == (Source("a.ply"),)
