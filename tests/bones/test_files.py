"""Any file in, any file out, on the command line too: what was lost is measured by reading the result back."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from marrow import forms
from marrow.bones import files
from marrow.bones.human import standard
from marrow.bones.loss import loss
from marrow.bones.steps import retarget
from marrow.bones.verbs import body, report
from marrow.cli import main
from marrow.errors import InputError
from marrow.media import Motion, Rig
from marrow.rotations import about

MATERIAL = Path(__file__).parents[2].parent / "shared" / "material"


def walking(frames=7, rate=Fraction(24)):
    skeleton = standard()
    turns = np.tile(skeleton.turns, (frames, 1, 1))
    turns[:, 5] = about(np.array([1.0, 0, 0]), np.linspace(0, 1, frames))
    root = skeleton.offsets[0] + np.linspace(0, 1, frames)[:, None] * (0, 0, 1.0)
    return Rig(skeleton, motions=(Motion(skeleton, turns, root, rate, name="走"),), name="人")


def test_truth_a_moved_joint_is_a_loss_in_shares_of_the_height():
    before = walking()
    moved = before.skeleton.offsets.copy()
    moved[before.skeleton.names.index("head")] += (0, 0.0175, 0)
    skeleton = replace(before.skeleton, offsets=moved)
    after = replace(before, skeleton=skeleton, motions=(replace(before.motions[0], skeleton=skeleton),))
    reach = np.ptp([-0.505, 0.505]) * 1.75  # fingertip joint to fingertip joint is the longest extent
    assert 0.0175 / 1.9 < loss(before, after).joints < 0.0175 / (0.9 * reach)
    assert loss(before, before).joints == 0


def test_truth_lost_time_and_lost_parts_are_told():
    before = walking(25)
    half = replace(before.motions[0], rotations=before.motions[0].rotations[:13], root=before.motions[0].root[:13])
    found = loss(before, replace(before, motions=(half,)))
    assert found.seconds == pytest.approx(0.5) and found.joints == 0
    assert [each.key for each in loss(before, replace(before, motions=())).lacking] == ["lost.motions"]


@pytest.mark.parametrize("suffix", [".bvh", ".glb"])
def test_law_what_is_written_comes_back(tmp_path, suffix):
    path = tmp_path / f"走{suffix}"
    files.write(walking(), path)
    found = loss(walking(), files.rig(path))
    assert found.joints < 1e-6 and found.seconds == 0 and not found.lacking
    assert files.motion(path).rate == 24


def test_example_convert_states_the_loss_and_keeps_a_slate(tmp_path, capsys):
    files.write(walking(), tmp_path / "走.bvh")
    assert main(["bones", "convert", str(tmp_path / "走.bvh"), str(tmp_path / "走.glb"), "--lang", "zh"]) == 0
    assert "关节偏差为身高的 0.0000 %" in capsys.readouterr().out
    slate = json.loads((tmp_path / "走.glb.slate.json").read_text("utf-8"))
    assert slate["source"] == "走.bvh" and slate["joint_error_of_height"] < 1e-6 and len(slate["sha256"]) == 64


def test_refuses_several_takes_where_one_is_wanted_and_lists_them(tmp_path):
    rig = walking()
    both = replace(rig, motions=(rig.motions[0], replace(rig.motions[0], name="跑")))
    files.write(both, tmp_path / "a.glb")
    for attempt in (lambda: files.motion(tmp_path / "a.glb"), lambda: files.write(both, tmp_path / "a.bvh")):
        with pytest.raises(InputError) as caught:
            attempt()
        assert caught.value.key == "bones.several" and "走" in caught.value.tell("zh") and "跑" in caught.value.tell()
    chosen = files.chosen(files.read(tmp_path / "a.glb"), tmp_path / "a.glb", take="跑")
    assert [each.name for each in chosen.motions] == ["跑"]


def test_refuses_unknown_names_and_formats(tmp_path):
    files.write(walking(), tmp_path / "a.glb")
    held = files.read(tmp_path / "a.glb")
    for attempt, key in ((lambda: files.chosen(held, tmp_path / "a.glb", take="跳"), "bones.unknown"),
                         (lambda: files.write(walking(), tmp_path / "a.docx"), "bones.unwritable"),
                         (lambda: files.mesh(tmp_path / "a.glb"), "bones.no_mesh")):
        with pytest.raises(InputError) as caught:
            attempt()
        assert caught.value.key == key and caught.value.tell("zh")


def test_truth_a_form_that_no_suffix_tells_is_asked_for(tmp_path):
    files.write(walking(), tmp_path / "a.vrm", form="vrm0")
    files.write(walking(), tmp_path / "b.vrm")
    assert b'"VRMC_vrm"' in (tmp_path / "b.vrm").read_bytes() and b'"VRMC_vrm"' not in (tmp_path / "a.vrm").read_bytes()
    assert loss(files.rig(tmp_path / "a.vrm"), files.rig(tmp_path / "b.vrm")).joints < 1e-5


def test_example_a_plain_body_plays_a_motion_and_the_report_tells_how_well(tmp_path, capsys):
    assert main(["bones", "body", str(tmp_path / "人.glb"), "--height", "1.6"]) == 0
    rig = files.rig(tmp_path / "人.glb")
    assert np.ptp(rig.mesh.vertices[:, 1]) == pytest.approx(1.6, abs=0.02) and rig.skin.weights.sum(1).min() > 0.99
    files.write(walking(), tmp_path / "走.bvh")
    files.write(retarget(walking().motions[0], rig), tmp_path / "换.npz")
    capsys.readouterr()
    table = tmp_path / "表.csv"
    assert main(["bones", "report", str(tmp_path / "走.bvh"), str(tmp_path / "换.npz"), "--table", str(table)]) == 0
    told = capsys.readouterr().out
    assert "站着的脚滑动" in told or "standing foot" in told
    rows = np.genfromtxt(table, delimiter=",", names=True)
    assert rows["frame"].tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_refuses_a_body_of_no_height(tmp_path):
    for height in ("20", "高", "nan"):
        with pytest.raises(InputError) as caught:
            list(body(str(tmp_path / "a.glb"), height=height))
        assert caught.value.key == "bones.height"


def test_refuses_to_write_over_what_it_reads_or_where_no_folder_is(tmp_path, capsys):
    files.write(walking(), tmp_path / "走.bvh")
    whole = (tmp_path / "走.bvh").read_bytes()
    for words in (["convert", "走.bvh", "走.bvh"], ["clean", "走.bvh", "走.bvh"], ["figure", "走.bvh", "走.gif"],
                  ["convert", "走.bvh", "没有/走.glb"], ["clean", "走.bvh", "没有/走.bvh"]):
        assert main(["bones", words[0], *(str(tmp_path / each) for each in words[1:])]) != 0
        assert "Traceback" not in capsys.readouterr().err
    assert (tmp_path / "走.bvh").read_bytes() == whole and [each.name for each in tmp_path.iterdir()] == ["走.bvh"]


def test_truth_a_picture_of_a_body_is_a_png_when_its_name_says_so(tmp_path):
    files.write(walking(), tmp_path / "走.bvh")
    assert main(["bones", "turntable", str(tmp_path / "走.bvh"), str(tmp_path / "看.png"), "--size", "160x120"]) == 0
    assert (tmp_path / "看.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_refuses_a_table_or_a_body_where_no_folder_is_before_any_work(tmp_path):
    files.write(walking(), tmp_path / "走.bvh")
    with pytest.raises(InputError) as caught:
        list(report(str(tmp_path / "走.bvh"), str(tmp_path / "走.bvh"), table=str(tmp_path / "没有" / "表.csv")))
    assert caught.value.key == "file.no_folder"
    with pytest.raises(InputError) as caught:
        list(body(str(tmp_path / "没有" / "人.glb")))
    assert caught.value.key == "file.no_folder"


def test_law_words_of_any_length_may_be_an_input_where_the_result_is_there_already(tmp_path):
    (tmp_path / "b.wav").write_bytes(b"x")
    assert forms.place_for(tmp_path / "b.wav", Path("字" * 500), Path("a\0b")) == tmp_path / "b.wav"
