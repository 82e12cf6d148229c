"""Where a rig's vertices go."""

from fractions import Fraction

import numpy as np
import pytest

from marrow.bones import files
from marrow.bones.skeleton import at_rest, world
from marrow.bones.skinning import follower, posed
from marrow.errors import InputError
from marrow.media import Mesh, Motion, Rig, Skeleton, Skin
from marrow.rotations import about, from_matrix, multiply, normalised, rotate, to_matrix

BLENDS = ("linear", "dual")


def chain(count=3, turns=None):
    """Joints one above the other, 1 m apart."""
    offsets = np.tile([0.0, 1, 0], (count, 1))
    offsets[0] = 0
    turns = np.tile([1.0, 0, 0, 0], (count, 1)) if turns is None else turns
    return Skeleton(tuple(f"joint{n}" for n in range(count)), np.arange(count) - 1, offsets, turns)


def standing(skeleton):
    """world_from_joint of the rest pose, (joints, 4, 4)."""
    places, turns = world(at_rest(skeleton))
    made = np.tile(np.eye(4), (len(skeleton.names), 1, 1))
    made[:, :3, :3], made[:, :3, 3] = to_matrix(turns[0]), places[0]
    return made


def some(seed=0, count=3, frames=4, keep=4):
    """A rig whose bind pose is another than its rest pose, and a motion of it, all by chance."""
    random = np.random.default_rng(seed)
    skeleton = chain(count, normalised(random.normal(size=(count, 4))))
    bind = standing(chain(count, normalised(random.normal(size=(count, 4)))))
    weights = random.random((50, keep)).astype(np.float32) ** 3
    weights /= weights.sum(1, keepdims=True)
    skin = Skin(random.integers(0, count, (50, keep)).astype(np.int32), weights, bind)
    mesh = Mesh(random.normal(size=(50, 3)).astype(np.float32), np.array([[0, 1, 2]], np.int32))
    motion = Motion(skeleton, normalised(random.normal(size=(frames, count, 4))), random.normal(size=(frames, 3)),
                    Fraction(24))
    return Rig(skeleton, mesh, skin), motion


def tube(twist, bend=0.0):
    """A tube of radius 0.2 round two bones, its weights going over between them; the upper one turned (degrees)."""
    skeleton = chain()
    high, round_ = np.meshgrid(np.linspace(0.05, 1.95, 39), np.linspace(0, 2 * np.pi, 24, endpoint=False),
                               indexing="ij")
    vertices = np.stack([0.2 * np.cos(round_), high, 0.2 * np.sin(round_)], -1).reshape(-1, 3)
    share = np.clip((vertices[:, 1] - 0.7) / 0.6, 0, 1)
    skin = Skin(np.tile(np.array([0, 1], np.int32), (len(vertices), 1)), np.stack([1 - share, share], 1),
                standing(skeleton))
    turns = np.tile([1.0, 0, 0, 0], (1, 3, 1))
    turns[0, 1] = multiply(about(np.array([0, 1.0, 0]), np.radians(twist)),
                           about(np.array([0, 0, 1.0]), np.radians(bend)))
    return Rig(skeleton, Mesh(vertices.astype(np.float32), np.zeros((1, 3), int)), skin), Motion(
        skeleton, turns, np.zeros((1, 3)), Fraction(24))


@pytest.mark.parametrize("seed", range(3))
def test_truth_linear_is_the_mean_of_the_joints(seed):
    rig, motion = some(seed)
    places, turns = world(motion)
    for frame, found in enumerate(posed(rig, motion)):
        for vertex, at in enumerate(rig.mesh.vertices):
            wanted = np.zeros(3)
            for joint, weight in zip(rig.skin.joints[vertex], rig.skin.weights[vertex], strict=True):
                local = np.linalg.inv(rig.skin.bind[joint]) @ [*at, 1]
                wanted += weight * (places[frame, joint] + rotate(turns[frame, joint], local[:3]))
            assert found[vertex] == pytest.approx(wanted, abs=2e-6)


@pytest.mark.parametrize("seed", range(3))
def test_truth_dual_mixes_the_screws(seed):
    """Against dual quaternions written out: dual number by dual number, with q p q* for the point."""
    rig, motion = some(seed)
    places, turns = world(motion)

    def times(one, two):
        return multiply(one[0], two[0]), multiply(one[0], two[1]) + multiply(one[1], two[0])

    for frame, found in enumerate(posed(rig, motion, blend="dual")):
        for vertex, at in enumerate(rig.mesh.vertices):
            main = rig.skin.joints[vertex, rig.skin.weights[vertex].argmax()]
            screws, real, dual = {}, np.zeros(4), np.zeros(4)
            for joint in {int(main), *rig.skin.joints[vertex].tolist()}:
                bind = rig.skin.bind[joint]
                back = from_matrix(bind[:3, :3].T)
                unbind = back, multiply([0, *(-rotate(back, bind[:3, 3]))], back) / 2
                turn = turns[frame, joint]
                screws[joint] = times((turn, multiply([0, *places[frame, joint]], turn) / 2), unbind)
            for joint, weight in zip(rig.skin.joints[vertex].tolist(), rig.skin.weights[vertex], strict=True):
                sign = 1 if screws[joint][0] @ screws[int(main)][0] >= 0 else -1
                real, dual = real + sign * weight * screws[joint][0], dual + sign * weight * screws[joint][1]
            long = np.linalg.norm(real)
            real, dual = real / long, dual / long
            shift = 2 * multiply(dual, real * (1, -1, -1, -1))[1:]
            assert found[vertex] == pytest.approx(rotate(real, at) + shift, abs=2e-5)




@pytest.mark.parametrize("blend", BLENDS)
def test_law_the_bind_pose_gives_the_mesh_whatever_the_rest_pose_is(blend):
    rig, _ = some()
    bound = chain(3, normalised(np.random.default_rng(5).normal(size=(3, 4))))
    rig = Rig(rig.skeleton, rig.mesh, Skin(rig.skin.joints, rig.skin.weights, standing(bound)))
    pose = Motion(rig.skeleton, bound.turns[None], np.zeros((1, 3)), Fraction(24))
    assert posed(rig, pose, blend=blend)[0] == pytest.approx(rig.mesh.vertices, abs=1e-6)


@pytest.mark.parametrize("blend", BLENDS)
def test_law_turning_the_root_turns_the_mesh(blend):
    rig, motion = some(1)
    turn, shift = normalised(np.array([0.3, -0.5, 0.7, 0.1])), np.array([1.0, 2, -3])
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply(turn, rotations[:, 0])
    moved = Motion(motion.skeleton, rotations, rotate(turn, motion.root) + shift, motion.rate)
    assert posed(rig, moved, blend=blend) == pytest.approx(
        rotate(turn, posed(rig, motion, blend=blend)) + shift, abs=1e-5)


@pytest.mark.parametrize("blend", BLENDS)
def test_truth_what_hangs_on_one_joint_keeps_its_shape(blend):
    rig, motion = some(2)
    one = np.zeros_like(rig.skin.weights)
    one[:, 2] = 1
    found = posed(Rig(rig.skeleton, rig.mesh, Skin(np.full_like(rig.skin.joints, 2), one, rig.skin.bind)), motion,
                  blend=blend)
    apart = np.linalg.norm(found[:, :, None] - found[:, None], axis=-1)
    rest = np.linalg.norm(rig.mesh.vertices[:, None] - rig.mesh.vertices, axis=-1)
    assert apart == pytest.approx(np.tile(rest, (len(found), 1, 1)), abs=1e-5)


@pytest.mark.parametrize("twist", [90, 150, -170])
def test_truth_a_twisted_tube_keeps_its_radius_with_dual_and_wrings_with_linear(twist):
    rig, motion = tube(twist)
    thin = {blend: np.hypot(*posed(rig, motion, blend=blend)[0][:, [0, 2]].T).min() for blend in BLENDS}
    assert thin["dual"] == pytest.approx(0.2, abs=1e-6)
    assert thin["linear"] == pytest.approx(0.2 * np.cos(np.radians(twist) / 2), abs=2e-3)


def test_truth_a_bent_tube_bends_to_the_left():
    rig, motion = tube(0, bend=90)
    for blend in BLENDS:
        end = posed(rig, motion, blend=blend)[0][-24:]
        assert end.mean(0) == pytest.approx((-0.95, 1, 0), abs=1e-5)


def test_truth_a_bind_pose_that_stretches_is_undone_before_the_screws():
    """A mesh modelled in centimetres under a joint of scale 0.01: same picture as in metres."""
    for blend in BLENDS:
        rig, motion = tube(40, bend=30)
        wanted = posed(rig, motion, blend=blend)
        bind = np.diag([100.0, 100, 100, 1]) @ rig.skin.bind
        large = Mesh(100 * rig.mesh.vertices, rig.mesh.faces)
        found = posed(Rig(rig.skeleton, large, Skin(rig.skin.joints, rig.skin.weights, bind)), motion, blend=blend)
        assert found == pytest.approx(wanted, abs=1e-4)


def test_law_joints_that_move_in_their_parents_space_take_the_mesh_along():
    rig, motion = tube(0)
    moved = Motion(motion.skeleton, motion.rotations, motion.root, motion.rate,
                   {1: np.array([[0.0, 1.5, 0]]), 2: np.array([[0.0, 1, 0]])})
    for blend in BLENDS:
        top = posed(rig, moved, blend=blend)[0][-24:]
        assert top - rig.mesh.vertices[-24:] == pytest.approx(np.tile([0, 0.5, 0], (24, 1)), abs=1e-6)


def test_law_a_vertex_without_weights_goes_with_the_first_joint():
    rig, motion = tube(0)
    bare = Rig(rig.skeleton, rig.mesh, Skin(rig.skin.joints, rig.skin.weights * 0, rig.skin.bind))
    away = Motion(motion.skeleton, motion.rotations, motion.root + 2.0, motion.rate)
    for blend in BLENDS:
        assert posed(bare, away, blend=blend)[0] == pytest.approx(rig.mesh.vertices + 2, abs=1e-6)


def test_law_frame_by_frame_is_all_at_once():
    rig, motion = some(3)
    for blend in BLENDS:
        follow = follower(rig, motion, blend=blend)
        assert np.array_equal(posed(rig, motion, blend=blend), [follow(frame) for frame in range(4)])


def test_refuses_another_skeleton_and_a_mesh_that_is_not_bound():
    rig, motion = some()
    for wrong, key in ((Rig(chain(4), rig.mesh, rig.skin), "bones.other_skeleton"),
                       (Rig(rig.skeleton, rig.mesh), "bones.unbound"), (Rig(rig.skeleton), "bones.unbound")):
        with pytest.raises(InputError) as caught:
            posed(wrong, motion)
        assert caught.value.key == key


def test_law_joints_in_another_order_along_the_worlds_axes_move_the_mesh_alike(tmp_path):
    rig, motion = some(3, 5)
    files.write(motion, tmp_path / "a.bvh")
    back = files.motion(tmp_path / "a.bvh")
    assert np.abs(posed(rig, back) - posed(rig, motion)).max() < 1e-4
    branching = Skeleton(("a", "b", "c", "d"), np.array([-1, 0, 0, 1]), np.eye(4, 3), np.tile([1.0, 0, 0, 0], (4, 1)))
    order = [0, 2, 1, 3]
    other = Skeleton(("a", "c", "b", "d"), np.array([-1, 0, 0, 2]), branching.offsets[order], branching.turns)
    turns = normalised(np.random.default_rng(1).normal(size=(2, 4, 4)))
    hung = Rig(branching, rig.mesh, Skin(rig.skin.joints % 4, rig.skin.weights, standing(branching)))
    ours = Motion(branching, turns, np.zeros((2, 3)), Fraction(24))
    theirs = Motion(other, turns[:, order], np.zeros((2, 3)), Fraction(24))
    assert np.array_equal(posed(hung, ours), posed(hung, theirs))
