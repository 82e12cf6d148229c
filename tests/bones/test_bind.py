"""Meshes hung on skeletons: what every vertex must hang on, and what must not change it."""

from dataclasses import replace

import numpy as np
import pytest

from marrow.bones.bind import bind, weights
from marrow.bones.binding.heat import trimmed
from marrow.bones.binding.segments import bones
from marrow.bones.binding.surface import closed, rim, surface, turned
from marrow.bones.skinning import posed
from marrow.errors import InputError
from marrow.media import Mesh, Motion, Skeleton
from marrow.rotations import about


def capsule(start, end, radius, rings=24, around=16):
    """Vertices and faces round a segment, closed, looking outwards."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    way = (end - start) / np.linalg.norm(end - start)
    side = np.cross(way, np.eye(3)[np.abs(way).argmin()])
    side /= np.linalg.norm(side)
    other = np.cross(way, side)
    rise = np.linspace(0, np.pi / 2, 6)[1:]
    along = np.concatenate([-np.sin(rise[::-1]) * radius, np.linspace(0, np.linalg.norm(end - start), rings),
                            np.linalg.norm(end - start) + np.sin(rise) * radius])
    wide = np.concatenate([np.cos(rise[::-1]), np.ones(rings), np.cos(rise)]) * radius
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)
    circle = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * other
    vertices = (start + along[:, None, None] * way + wide[:, None, None] * circle).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(len(along) - 1), np.arange(around), indexing="ij")
    a, b = i * around + j, i * around + (j + 1) % around
    faces = np.concatenate([np.stack([a, b, b + around], -1), np.stack([a, b + around, a + around], -1)])
    return vertices, faces.reshape(-1, 3)


def joined(*parts):
    """Several meshes as one."""
    first = np.cumsum([0, *(len(vertices) for vertices, _ in parts)])
    return (np.concatenate([vertices for vertices, _ in parts]),
            np.concatenate([faces + start for (_, faces), start in zip(parts, first, strict=False)]))


def table(found, count):
    """Weights (n, joints) of (joints, weights) (n, k)."""
    made = np.zeros((len(found[0]), count))
    np.add.at(made, (np.arange(len(made))[:, None], found[0]), found[1])
    return made


ARM = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0.0]])  # shoulder, elbow, wrist: an end joint at the tip
ARM_PARENTS = np.array([-1, 0, 1])
HAND = np.array([[0, 0, 0], *[[x, 0.4 + 0.25 * k, 0] for x in (-0.09, -0.03, 0.03, 0.09) for k in range(3)]])
HAND_PARENTS = np.array([-1, *[parent for finger in range(4) for parent in (0, 3 * finger + 1, 3 * finger + 2)]])


def arm():
    """A straight tube round two bones of 1 m, 0.1 m thick."""
    return capsule([0, 0, 0], [2, 0, 0], 0.1, rings=81)


def hand():
    """A palm and four fingers whose skins are a fifth of their thickness apart."""
    palm = capsule([0, 0, 0], [0, 0.3, 0], 0.16)
    return joined(palm, *(capsule([x, 0.4, 0], [x, 0.95, 0], 0.025) for x in (-0.09, -0.03, 0.03, 0.09)))


def flat(places, parents):
    """A skeleton without turns."""
    parents = np.asarray(parents)
    offsets = np.where(parents[:, None] >= 0, places - places[parents], places)
    return Skeleton(tuple(f"joint{n}" for n in range(len(parents))), parents, offsets,
                    np.tile([1.0, 0, 0, 0], (len(parents), 1)))


@pytest.fixture(scope="module")
def clean():
    return table(weights(*arm(), ARM, ARM_PARENTS), 3)


def test_truth_a_tube_bends_in_the_middle_of_its_elbow(clean):
    """Half and half at the elbow, whole away from it, going over evenly: the solution of heat on a cylinder.

    On a cylinder of radius r the weight obeys w'' = FLOW (w - p) / r² with p the step at the elbow, so that
    w = 1 - exp(x sqrt(FLOW) / r) / 2 before it: at r / 2 before the elbow, 0.84.
    """
    x = arm()[0][:, 0]
    elbow = np.abs(x - 1) < 1e-9
    assert clean[elbow, 0] == pytest.approx(0.5, abs=0.02) and clean[elbow, 1] == pytest.approx(0.5, abs=0.02)
    assert clean[(x > 0.1) & (x < 0.75), 0] == pytest.approx(1, abs=1e-6)
    assert clean[(x > 1.25) & (x < 1.8), 1] == pytest.approx(1, abs=1e-6)
    near = np.abs(x - 0.95) < 1e-9
    assert clean[near, 0] == pytest.approx(1 - np.exp(-0.05 * np.sqrt(5) / 0.1) / 2, abs=0.02)


def test_law_left_and_right_of_the_elbow_are_alike(clean):
    x = arm()[0][:, 0].round(6)
    for off in (0.025, 0.05, 0.1, 0.15):
        before, after = clean[x == round(1 - off, 6), 0].mean(), clean[x == round(1 + off, 6), 1].mean()
        assert before == pytest.approx(after, abs=1e-3)


def damaged(how, vertices, faces):
    """The mesh in some other state, and the vertex of the old mesh that each vertex was; -1 for new ones."""
    random, count = np.random.default_rng(0), len(vertices)
    if how == "soup":
        return vertices[faces].reshape(-1, 3), np.arange(faces.size).reshape(-1, 3), faces.ravel()
    if how == "inverted":
        return vertices, faces[:, ::-1], np.arange(count)
    if how == "flipped":
        return vertices, np.where(random.random((len(faces), 1)) < 0.5, faces[:, ::-1], faces), np.arange(count)
    specks = [(vertices.mean(0) + random.normal(size=3) * 0.3 + random.normal(size=(3, 3)) * 0.004,
               np.array([[0, 1, 2]])) for _ in range(12)]
    made = joined((vertices, faces[random.random(len(faces)) > 0.05]), *specks)
    return *made, np.concatenate([np.arange(count), np.full(36, -1)])


@pytest.mark.parametrize(("how", "within"), [("soup", 1e-6), ("inverted", 1e-6), ("flipped", 1e-6), ("holes", 0.02)])
@pytest.mark.parametrize("body", ["arm", "hand"])
def test_law_damage_changes_nothing(how, within, body):
    mesh, places, parents = (arm(), ARM, ARM_PARENTS) if body == "arm" else (hand(), HAND, HAND_PARENTS)
    wanted = table(weights(*mesh, places, parents), len(places))
    vertices, faces, back = damaged(how, *mesh)
    found = table(weights(vertices, faces, places, parents), len(places))
    real = back >= 0
    assert np.abs(found[real] - wanted[back[real]]).sum(1).mean() < within
    assert found.sum(1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("scale", [1000, 0.001])
def test_law_size_and_place_change_nothing(clean, scale):
    vertices, faces = arm()
    away = np.array([3.0, -2, 7])
    assert table(weights((vertices + away) * scale, faces, (ARM + away) * scale, ARM_PARENTS), 3) == pytest.approx(
        clean, abs=1e-4)


def test_truth_fingers_are_not_fused():
    vertices, faces = hand()
    found = table(weights(vertices, faces, HAND, HAND_PARENTS), len(HAND))
    for finger, x in enumerate((-0.09, -0.03, 0.03, 0.09)):
        mine = (np.abs(vertices[:, 0] - x) < 0.026) & (vertices[:, 1] > 0.5)
        assert found[mine][:, 3 * finger + 1:3 * finger + 4].sum(1).min() > 0.99


@pytest.mark.parametrize("influences", [4, 8])
def test_law_every_vertex_has_its_weights_and_they_are_together_one(influences):
    vertices, faces = joined(hand(), capsule([4, 4, 4], [5, 4, 4], 0.1))  # and something far off that no bone is in
    joints, shares = weights(vertices, faces, HAND, HAND_PARENTS, influences=influences)
    assert joints.shape == shares.shape == (len(vertices), influences)
    assert (joints >= 0).all() and (joints < len(HAND)).all() and (shares >= 0).all()
    assert shares.sum(1) == pytest.approx(1, abs=1e-6) and (np.diff(shares, axis=1) <= 0).all()


def test_law_vertices_without_faces_and_at_one_place_are_served():
    vertices, faces = arm()
    more = np.concatenate([vertices, vertices[:5], [[0.5, 0, 0], [1.5, 0.05, 0]]])
    found = table(weights(more, faces, ARM, ARM_PARENTS), 3)
    assert np.array_equal(found[len(vertices):len(vertices) + 5], found[:5])
    assert found[-2, 0] == pytest.approx(1) and found[-1, 1] == pytest.approx(1)


def test_truth_a_coat_moves_with_the_arm_beneath():
    """A sleeve as a separate open tube 1 cm above the skin, hung with it."""
    vertices, faces = arm()
    sleeve = capsule([0.5, 0, 0], [1.5, 0, 0], 0.11, rings=41)
    keep = np.ptp(sleeve[0][sleeve[1]][..., 0], axis=1) > 0
    inside = (np.abs(sleeve[0][sleeve[1]][..., 0] - 1) <= 0.5).all(1)
    found = table(weights(*joined((vertices, faces), (sleeve[0], sleeve[1][keep & inside])), ARM, ARM_PARENTS), 3)
    skin, coat = found[:len(vertices)], found[len(vertices):]
    x, over = vertices[:, 0], sleeve[0][:, 0]
    for at in (0.7, 0.9, 1.0, 1.1, 1.3):
        assert coat[np.abs(over - at) < 1e-6, 0].mean() == pytest.approx(skin[np.abs(x - at) < 1e-6, 0].mean(), abs=0.1)


def test_truth_a_head_without_an_end_joint_is_all_head():
    neck = capsule([0, 0, 0], [0, 0.5, 0], 0.06)
    head = capsule([0, 0.62, 0.02], [0, 0.7, 0.02], 0.11)
    vertices, faces = surface_of(*joined(neck, head))
    places, parents = np.array([[0, 0, 0], [0, 0.5, 0.0]]), np.array([-1, 0])
    laid = bones(vertices, surface(vertices, faces).area, places, parents)
    assert set(laid.owner.tolist()) == {0, 1} and laid.end[laid.owner == 1][:, 1].max() > 0.6
    found = table(weights(vertices, faces, places, parents), 2)
    assert found[vertices[:, 1] > 0.58, 1].min() > 0.9 and found[vertices[:, 1] < 0.3, 0].min() > 0.9


def test_truth_specks_do_not_lengthen_an_end_joint():
    vertices, faces = arm()
    speck = np.array([[2.9, 0, 0], [2.901, 0, 0], [2.9, 0.001, 0]])
    plain, specked = (bones(each[0], surface(*each).area, ARM, ARM_PARENTS) for each in (
        surface_of(vertices, faces), surface_of(*joined((vertices, faces), (speck, np.array([[0, 1, 2]]))))))
    assert specked.end == pytest.approx(plain.end, abs=0.02)


def surface_of(vertices, faces):
    """The mesh with its vertices in the order that `surface` gives them, places kept."""
    made = surface(vertices, faces)
    return made.points * made.size + made.low, made.faces


def test_law_a_soup_moves_as_the_body_it_was_cut_from():
    skeleton = flat(ARM, ARM_PARENTS)
    vertices, faces = arm()
    body = Mesh(vertices.astype(np.float32), faces.astype(np.int32), name="arm")
    soup = Mesh(body.vertices[faces].reshape(-1, 3), np.arange(faces.size, dtype=np.int32).reshape(-1, 3))
    turns = np.tile([1.0, 0, 0, 0], (1, 3, 1))
    turns[0, 1] = about(np.array([0, 0, 1.0]), np.radians(80))
    motion = Motion(skeleton, turns, np.zeros((1, 3)), 24)
    whole, loose = (posed(bind(mesh, skeleton), motion)[0] for mesh in (body, soup))
    assert loose == pytest.approx(whole[faces.ravel()], abs=1e-6)
    assert whole[np.abs(vertices[:, 0] - 2) < 1e-6].mean(0) == pytest.approx([1 + np.cos(np.radians(80)),
                                                                              np.sin(np.radians(80)), 0], abs=1e-4)


def test_law_the_bind_pose_is_the_rest_pose():
    skeleton = replace(flat(ARM, ARM_PARENTS), turns=np.tile(about(np.array([1.0, 0, 0]), 0.4), (3, 1)))
    vertices, faces = arm()
    rig = bind(Mesh(vertices.astype(np.float32), faces.astype(np.int32)), skeleton)
    still = Motion(skeleton, skeleton.turns[None], skeleton.offsets[None, 0], 24)
    assert posed(rig, still)[0] == pytest.approx(vertices, abs=1e-5)


def test_law_twice_bound_is_the_same():
    assert all(np.array_equal(*pair) for pair in zip(*(weights(*hand(), HAND, HAND_PARENTS) for _ in range(2)),
                                                     strict=True))


def test_truth_a_missing_face_comes_back_and_a_sleeve_stays_open():
    vertices, faces = arm()
    made = surface(vertices, faces)
    made = turned(made, made.placed(np.array([1.0, 0, 0]))[None].repeat(len(made.points), 0))
    opening = len(rim(made))  # the two poles, rings of 16: more edges than a hole has
    holed = replace(made, faces=np.delete(made.faces, [100, 200, 201, 800], axis=0))
    assert len(rim(holed)) > opening
    filled = closed(holed)
    assert len(filled.faces) == len(made.faces) and len(rim(filled)) == opening


@pytest.mark.parametrize(("change", "key"), [
    ({"vertices": np.zeros((0, 3), np.float32)}, "bind.empty"), ({"faces": np.zeros((0, 3), np.int32)}, "bind.empty"),
    ({"vertices": np.full((5, 3), np.nan, np.float32)}, "bind.nan"),
    ({"faces": np.array([[0, 1, 99999]], np.int32)}, "bind.faces"),
    ({"faces": np.array([[0, 1, -1]], np.int32)}, "bind.faces")])
def test_refuses_what_cannot_be_bound(change, key):
    vertices, faces = arm()
    mesh = replace(Mesh(vertices.astype(np.float32), faces.astype(np.int32)), **change)
    with pytest.raises(InputError) as caught:
        bind(mesh, flat(ARM, ARM_PARENTS))
    assert caught.value.key == key


@pytest.mark.parametrize(("scale", "away", "key"), [(100, 0, "bind.size"), (0.01, 0, "bind.size"),
                                                    (1, 30, "bind.apart")])
def test_refuses_a_skeleton_elsewhere_or_of_another_size(scale, away, key):
    vertices, faces = arm()
    with pytest.raises(InputError) as caught:
        bind(Mesh(((vertices + away) * scale).astype(np.float32), faces.astype(np.int32)), flat(ARM, ARM_PARENTS))
    assert caught.value.key == key


def test_truth_a_joint_on_the_floor_and_handles_carry_nothing():
    """A root between the feet with a bone up to the hips, and a handle beside a foot: legs hang on their own bones."""
    places = np.array([[0, 0, 0], [0, 1, 0], [-0.15, 0.9, 0], [-0.15, 0.1, 0], [0.15, 0.9, 0], [0.15, 0.1, 0],
                       [0, 1.4, 0], [0.15, 0.1, 0.02]])
    parents = np.array([-1, 0, 1, 2, 1, 4, 1, -1])
    vertices, faces = joined(*(capsule([x, 0.1, 0], [x, 0.9, 0], 0.07) for x in (-0.15, 0.15)),
                             capsule([0, 0.95, 0], [0, 1.4, 0], 0.25))
    found = table(weights(vertices, faces, places, parents), len(places))
    assert found[:, [0, 7]].max() == 0
    assert found[(vertices[:, 1] < 0.7) & (vertices[:, 0] < 0)][:, [2, 3]].sum(1).min() > 0.99


def test_law_no_weight_jumps_where_the_last_of_the_list_changes():
    share = np.linspace(-0.05, 0.05, 101)
    shares = np.stack([0.4 + 0 * share, 0.3 + 0 * share, 0.15 + share, 0.15 - share], axis=1)
    joints, kept = trimmed(np.tile(np.arange(4), (101, 1)), shares, 3)
    dense = np.zeros((101, 4))
    np.put_along_axis(dense, joints, kept, 1)
    assert np.abs(np.diff(dense, axis=0)).max() < 0.01 and dense.sum(1) == pytest.approx(1)
