"""TRC: markers as text; what is written differently is read the same; gaps, rates, axes and broken lines."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow.bones.formats.trc import read_markers, read_trc
from marrow.bones.skeleton import fk
from marrow.errors import InputError, LimitError

TAKE = """PathFileType\t4\t(X/Y/Z)\twalk.trc
DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames
119.88\t119.88\t3\t3\tmm\t119.88\t1\t3
Frame#\tTime\tLASI\t\t\tR.Knee\t\t\tHEAD\t\t
\t\tX1\tY1\tZ1\tX2\tY2\tZ2\tX3\tY3\tZ3

1\t0.000\t100\t900\t0\t-100.5\t500\t10\t0\t1700\t5
2\t0.008\t101\t901\t1\t\t\t\t0\t1701\t5
3\t0.017\t102\t902\t2\t-104.5\t504\t14\t0\t1702\t5
"""


def read(tmp_path, content):
    path = tmp_path / "a.trc"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_trc(path)


def test_truth_markers_rate_unit_and_gap(tmp_path):
    held = read(tmp_path, TAKE)
    motion = held.rigs[0].motions[0]
    assert motion.skeleton.names == ("markers", "LASI", "R.Knee", "HEAD") and motion.rate == Fraction(120000, 1001)
    assert fk(motion)[:, 1:] == pytest.approx(np.array([
        [[0.1, 0.9, 0], [-0.1005, 0.5, 0.01], [0, 1.7, 0.005]],
        [[0.101, 0.901, 0.001], [-0.1025, 0.502, 0.012], [0, 1.701, 0.005]],
        [[0.102, 0.902, 0.002], [-0.1045, 0.504, 0.014], [0, 1.702, 0.005]]]))
    assert (held.stated["unit"], held.stated["unit_by"], held.stated["up"], held.stated["up_by"]) == (
        0.001, "file", "y", "body")
    assert [each.key for each in held.losses] == ["markers.gaps"] and held.losses[0].facts["worst"] == "R.Knee"
    assert np.isnan(read_markers(tmp_path / "a.trc").places[1, 1]).all()


def test_truth_a_body_along_z_is_turned_upright(tmp_path):
    held = read(tmp_path, TAKE.replace("100\t900\t0\t", "100\t0\t900\t").replace("0\t1700\t5", "0\t-5\t1700")
                .replace("101\t901\t1\t", "101\t-1\t901\t").replace("0\t1701\t5", "0\t-5\t1701")
                .replace("102\t902\t2\t", "102\t-2\t902\t").replace("0\t1702\t5", "0\t-5\t1702")
                .replace("500\t10", "-10\t500").replace("504\t14", "-14\t504"))
    assert held.stated["up"] == "z"
    assert fk(held.rigs[0].motions[0]) == pytest.approx(fk(read(tmp_path, TAKE).rigs[0].motions[0]))


@pytest.mark.parametrize("change", [
    lambda text: text.replace("\n", "\r\n").encode(), lambda text: text.replace("\n", "\r").encode(),
    lambda text: text.encode("utf-16"), lambda text: text.encode("utf-8-sig"),
    lambda text: text.replace("\t\t\t\t0\t1701", "\tnan\tnan\tnan\t0\t1701").encode(),
    lambda text: text.replace("5\n", "5\t\n").encode(), lambda text: text.replace("\n\n", "\n").encode(),
    lambda text: text.replace("119.88\t119.88\t3", "119.88001\t119.88\t3").encode()])
def test_law_the_dress_of_the_file_changes_nothing(tmp_path, change):
    plain, dressed = (read(tmp_path, each).rigs[0].motions[0] for each in (TAKE, change(TAKE)))
    assert dressed.skeleton.names == plain.skeleton.names and dressed.rate == plain.rate
    assert np.array_equal(fk(dressed), fk(plain))


def test_truth_spaces_part_cells_where_there_are_no_tabs(tmp_path):
    spaced = "\n".join(" ".join(line.split()) for line in TAKE.replace("\t\t\t\t0", "\tnan\tnan\tnan\t0").splitlines())
    assert np.array_equal(fk(read(tmp_path, spaced).rigs[0].motions[0]), fk(read(tmp_path, TAKE).rigs[0].motions[0]))


def test_truth_without_a_rate_the_times_tell(tmp_path):
    text = TAKE.replace("119.88\t119.88\t3", "?\t?\t3").replace("0.008", "0.010").replace("0.017", "0.020")
    assert read(tmp_path, text).rigs[0].motions[0].rate == 100


@pytest.mark.parametrize(("old", "new", "key", "line"), [
    ("PathFileType", "FileType", "file.looks_text", None), ("Frame#", "Frames", "trc.head", None),
    ("1701", "17o1", "motion.number", 8), ("119.88\t119.88\t3", "0\t0\t3", "trc.head", None),
    ("119.88\t3\t3", "119.88\t4\t3", "motion.frames", None), (TAKE[TAKE.index("1\t0.000"):], "", "trc.head", None),
    (TAKE[TAKE.index("LASI"):TAKE.index("\n\t\tX1")], "", "trc.head", None)])
def test_refuses_what_is_no_take(tmp_path, old, new, key, line):
    with pytest.raises(InputError) as caught:
        read(tmp_path, TAKE.replace(old, new))
    assert caught.value.key == key and caught.value.facts.get("line") == line and "a.trc" in caught.value.tell("zh")


def test_refuses_a_take_in_which_nothing_was_seen(tmp_path):
    head, rows = TAKE[:TAKE.index("1\t0.000")], "".join(f"{number}\t{number / 120}\n" for number in (1, 2, 3))
    with pytest.raises(InputError) as caught:
        read(tmp_path, head + rows)
    assert caught.value.key == "trc.empty"


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_refuses_damage_in_one_sentence(tmp_path_factory, data):
    content = bytearray(TAKE.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at:at + data.draw(st.integers(0, 9))] = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from(
            [b"\t", b"\n", b"1e400", b"\t\t\t", b"nan", b"-"])))
    path = tmp_path_factory.mktemp("trc") / "a.trc"
    path.write_bytes(bytes(content))
    try:
        held = read_trc(path)
    except (InputError, LimitError) as error:
        assert str(path) in error.tell("zh")
    else:
        assert all(np.isfinite(fk(rig.motions[0])).all() for rig in held.rigs)
