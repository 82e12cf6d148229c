"""Light that changes from side to side: the functions are orthonormal, and turning light turns directions."""

import numpy as np
import pytest

from marrow.draw import harmonics
from marrow.draw.colour import light, linear
from marrow.media import Splats
from marrow.rotations import rotate, to_matrix

DICE = np.random.default_rng(5)


def unit(count, wide=3):
    made = DICE.normal(size=(count, wide))
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_truth_the_functions_are_orthonormal_over_the_sphere():
    nodes, weights = np.polynomial.legendre.leggauss(8)
    angle = np.arange(16) * np.pi / 8
    wide = np.sqrt(1 - nodes**2)
    ways = np.stack([np.outer(wide, np.cos(angle)), np.outer(wide, np.sin(angle)), np.outer(nodes, np.ones(16))], -1)
    known = harmonics.basis(ways)
    assert np.allclose(np.einsum("a,abi,abj->ij", weights * np.pi / 8, known, known), np.eye(16), atol=1e-12)


def test_truth_the_first_degrees_have_the_signs_of_3dgs():
    x, y, z = harmonics.basis(np.eye(3), 4)
    assert np.allclose(x, [0.28209479, 0, 0, -0.48860251])
    assert np.allclose(y, [0.28209479, -0.48860251, 0, 0])
    assert np.allclose(z, [0.28209479, 0, 0.48860251, 0])
    slant = harmonics.basis(np.array([0.6, 0.0, 0.8]))
    assert np.isclose(slant[7], -1.0925484305920792 * 0.48)
    assert np.isclose(slant[15], -0.5900435899266435 * 0.6**3)


@pytest.mark.parametrize("count", [1, 4, 9, 16])
def test_law_turning_light_turns_directions(count):
    terms, turns, ways = DICE.normal(size=(20, count, 3)).astype(np.float32), unit(6, 4), unit(20)
    for turn in to_matrix(turns):
        there = harmonics.shown(harmonics.turned(terms, turn), ways @ turn.T)
        assert np.allclose(there, harmonics.shown(terms, ways), atol=3e-6)


def test_law_half_a_circle_only_changes_signs_to_the_last_bit():
    terms = DICE.normal(size=(9, 16, 3)).astype(np.float32)
    made = harmonics.turned(terms, np.diag([1.0, -1.0, -1.0]))
    signs = np.sign((made / terms)[0, :, 0])
    assert np.array_equal(made, terms * signs[:, None])
    assert signs.tolist() == [1, -1, -1, 1, -1, 1, 1, -1, 1, -1, 1, -1, -1, 1, -1, 1]
    assert np.array_equal(harmonics.turned(made, np.diag([1.0, -1.0, -1.0])), terms)


def test_law_turned_splats_keep_their_shape():
    turns, scales = unit(5, 4), np.abs(DICE.normal(size=(5, 3)))
    splats = Splats(scales, turns, np.ones(5), DICE.normal(size=(5, 4, 3)).astype(np.float32))
    turn = to_matrix(unit(1, 4))[0]
    made = harmonics.splats_turned(splats, turn)
    ways = unit(5)
    assert np.allclose(rotate(made.turns, ways), rotate(turns, ways) @ turn.T, atol=1e-6)


def test_truth_plain_light_is_what_8_bits_say():
    shades = np.array([[0, 128, 255]], np.uint8)
    terms = harmonics.from_plain(linear(shades))
    assert np.allclose(harmonics.plain(terms), linear(shades), atol=1e-7)
    assert np.allclose(light(np.arange(256) / 255), linear(np.arange(256).astype(np.uint8)), atol=1e-7)
