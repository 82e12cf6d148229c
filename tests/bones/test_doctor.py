"""The doctor names planted faults, mends them, and leaves what is sound as it is."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from marrow import words
from marrow.bones.doctor import ILLS, TOLD, examine, mend, report
from marrow.bones.health.body import factor
from marrow.bones.health.motion import refilled
from marrow.bones.health.placed import turned_rig
from marrow.bones.health.shell import Shell
from marrow.bones.human import standard
from marrow.bones.skeleton import at_rest, fk
from marrow.bones.skinning import posed
from marrow.contents import Contents, Remark
from marrow.media import Mesh, Motion, Rig, Skin
from marrow.rotations import about, multiply, to_matrix

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench" / "bones"))

import defects

X, Y, Z = np.eye(3)


def ball(middle, radius=1.0, rings=8):
    """A closed ball of triangles."""
    angle = np.linspace(0, np.pi, rings + 1)[1:-1]
    around = np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False)
    points = [(0, 1, 0), *((np.sin(a) * np.cos(b), np.cos(a), np.sin(a) * np.sin(b)) for a in angle for b in around),
              (0, -1, 0)]
    many, last = 2 * rings, len(points) - 1
    faces = []
    for each in range(many):
        after = (each + 1) % many
        faces += [(0, 1 + after, 1 + each), (last, last - many + each, last - many + after)]
        for row in range(rings - 2):
            a, b = 1 + row * many + each, 1 + row * many + after
            faces += [(a, b, b + many), (a, b + many, a + many)]
    return np.array(points) * radius + middle, np.array(faces)


@pytest.fixture(scope="module")
def walk():
    """A person of 1.75 m with a ball round each joint, walking at 60 frames a second."""
    body = standard()
    places, parts = fk(at_rest(body))[0], []
    for place in places:
        parts.append(ball(place, 0.03, 4))
    low = places[:, 1].min() - 0.03
    body = replace(body, offsets=body.offsets - np.eye(len(body.names), 1) * (0, low, 0))
    starts = np.cumsum([0, *(len(points) for points, _ in parts)])
    vertices = np.concatenate([points for points, _ in parts]) - (0, low, 0)
    faces = np.concatenate([faces + start for (_, faces), start in zip(parts, starts, strict=False)])
    joints = np.repeat(np.arange(len(places)), np.diff(starts))[:, None]
    normals = vertices - fk(at_rest(body))[0][joints[:, 0]]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    bind = np.tile(np.eye(4), (len(places), 1, 1))
    bind[:, :3, 3] = fk(at_rest(body))[0]
    mesh = Mesh(vertices.astype(np.float32), faces.astype(np.int32), normals.astype(np.float32))
    weights = np.tile(np.float32([1, 0]), (len(vertices), 1))
    skin = Skin(np.pad(joints, ((0, 0), (0, 1))).astype(np.int32), weights, bind)
    frames = np.arange(60)
    turns = np.tile([1.0, 0, 0, 0], (60, len(places), 1))
    for name, sign in (("leftUpperLeg", 1), ("rightUpperLeg", -1), ("leftUpperArm", -1), ("rightUpperArm", 1)):
        turns[:, body.names.index(name)] = about(X, sign * 0.4 * np.sin(frames / 60 * 2 * np.pi))
    root = body.offsets[0] + np.outer(frames / 60, Z * 1.2)
    return Rig(body, mesh, skin, (Motion(body, turns, root, Fraction(60), name="Walk"),), "Body")


def treated(rig):
    """Keys found, the mended rig, keys left."""
    held = Contents("glb", (rig,))
    mended, done = mend(held)
    assert all(each.mended and each.tell("zh") and each.tell("en") for each in done)
    return {each.key for each in examine(held)}, mended.rigs[0], [each.key for each in examine(mended)]


def test_law_a_sound_body_is_left_as_it_is(walk):
    found, rig, left = treated(walk)
    assert not found and not left and rig is walk


PLANTED = {
    "size": defects.scaled(0.01), "up": defects.turned(X, 90), "front": defects.turned(Y, 180),
    "floor": defects.moved(0, 1, 0), "far": defects.moved(3000, 0, 0),
    "names": defects.renamed(lambda joint, name: "" if joint == 7 else name), "rest": defects.flat_rest,
    "bones": defects.short_bone("leftHand"), "skin.unweighted": defects.skinned(defects.unweighted),
    "skin.sums": defects.skinned(defects.halved), "skin.wrong": defects.skinned(defects.foreign),
    "skin.bind": defects.bound(defects.bind_shifted), "mesh.speck": defects.spotted, "mesh.doubled": defects.soup,
    "mesh.inward": defects.inside_out(0.1), "mesh.normals": defects.normals(np.negative),
    "mesh.holes": lambda rig, _: replace(rig, mesh=replace(rig.mesh, faces=rig.mesh.faces[1:])),
    "mesh.flat": defects.meshed(defects.flat_faces), "mesh.twice": defects.meshed(defects.twice),
    "mesh.unused": defects.stray, "motion.length": defects.moving(defects.long_turns),
    "motion.sign": defects.moving(defects.signs), "motion.spike": defects.moving(defects.spiked),
    "motion.frozen": defects.moving(defects.stuck), "motion.gap": defects.moving(defects.skipped),
    "motion.lead": defects.moving(defects.led)}


@pytest.mark.parametrize("key", PLANTED)
def test_truth_a_planted_fault_is_named_and_mended(walk, key):
    found, rig, left = treated(PLANTED[key](walk, np.random.default_rng(5)))
    assert key in found and not left
    before, after = walk.motions[0], rig.motions[0]
    assert len(before.rotations) == len(after.rotations)
    off = fk(after) - fk(before)
    off -= off[0, 0] * (1, 0, 1) * (key == "far")
    assert np.linalg.norm(off, axis=-1).max() < (0.06 if key == "floor" else 0.03)


def test_truth_sides_named_the_wrong_way_round_are_exchanged(walk):
    swap = defects.renamed(lambda _, name: name.replace("left", "#").replace("right", "left").replace("#", "right"))
    found, rig, left = treated(swap(walk, None))
    assert "sides" in found and not left and rig.skeleton.names == walk.skeleton.names


def test_truth_numbers_that_are_none_are_filled_in(walk):
    motion = walk.motions[0]
    turns, root, vertices = motion.rotations.copy(), motion.root.copy(), walk.mesh.vertices.copy()
    turns[20:23, 4], root[40:42], vertices[100] = np.nan, np.inf, np.nan
    rig = replace(walk, mesh=replace(walk.mesh, vertices=vertices),
                  motions=(replace(motion, rotations=turns, root=root),))
    found, mended, left = treated(rig)
    assert {"motion.number", "mesh.number"} <= found and not left
    assert np.allclose(fk(mended.motions[0]), fk(motion), atol=2e-3)
    assert np.abs(mended.mesh.vertices - walk.mesh.vertices).max() < 0.03


def test_law_a_turned_body_goes_where_the_turn_takes_it(walk):
    turn = multiply(about(Y, 0.7), about(X, 1.1))
    bent = replace(walk.skeleton, turns=np.tile(about(Z, 0.3), (len(walk.skeleton.names), 1)))
    for body in (walk.skeleton, bent):
        rig = replace(walk, skeleton=body, motions=(replace(walk.motions[0], skeleton=body),))
        made = turned_rig(rig, turn)
        matrix = turned_rig(Rig(body), turn)
        assert np.allclose(fk(at_rest(matrix.skeleton)), fk(at_rest(made.skeleton)))
        there = posed(rig, at_rest(body)) @ to_matrix(turn).T
        assert np.allclose(posed(made, at_rest(made.skeleton)), there, atol=1e-4)


def test_law_a_gap_in_a_steady_turn_is_closed(walk):
    motion = walk.motions[0]
    turns = motion.rotations.copy()
    turns[:, 3] = about(Y, np.linspace(0, 1, 60))
    bad = np.zeros((60, 1 + turns.shape[1]), bool)
    bad[30:34, 4] = True
    hurt = turns.copy()
    hurt[30:34, 3] = np.nan
    made = refilled(replace(motion, rotations=hurt), bad)
    assert np.allclose(made.rotations, turns, atol=1e-5)


def test_truth_turned_faces_and_holes_of_a_ball_are_found():
    points, faces = ball(np.zeros(3))
    chance = np.random.default_rng(2)
    wrong = chance.random(len(faces)) < 0.3
    assert (Shell(points, np.where(wrong[:, None], faces[:, ::-1], faces)).turned == wrong).all()
    assert Shell(points, faces[:, ::-1]).turned.all() and not Shell(points, faces).turned.any()
    assert Shell(points, faces).volume[0] > 0
    assert [len(ring) for ring in Shell(points, faces[5:]).loops()] and not Shell(points, faces).loops()


def test_truth_units_are_told_from_the_height():
    assert factor(0.0178) == 100 and factor(178) == 0.01 and factor(1780) == 0.001
    assert factor(70) == 0.0254 and factor(0.278) == 5.6444


def test_law_every_fault_has_all_its_sentences():
    for lang in words.LANGUAGES:
        for key in {*(ill.key for ill in ILLS), *TOLD.values()}:
            for part in ("what", "breaks", "cure", "done"):
                assert words.known(f"doctor.{key}.{part}", lang), (lang, key, part)


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_truth_the_report_names_bodies_takes_and_faults(walk, lang):
    small = defects.scaled(0.01)(walk, None)
    held = Contents("glb", (small, replace(walk, name="Other")), (replace(walk.mesh, name="Prop"),),
                    {"unit": 1.0, "up": "y"}, (Remark("gltf.resampled", {"name": "Walk", "rate": 60}),))
    text = report(held, examine(held), lang)
    for word in ("「Body」", "「Other」", "「Prop」", "「Walk」", "1.67 cm", "100", "--fix"):
        assert word in text, text
    assert report(Contents("glb", (walk,)), (), lang).count("\n") >= 5
