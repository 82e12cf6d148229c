"""Polygons into triangles: the whole area, once, facing the right way; corners into vertices: nothing mixed up."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from marrow.bones.polygons import around, merged, triangles

ARROW = np.array([[0, 0, 0], [2, -2, 0], [0, 3, 0], [-2, -2, 0]], float)       # a hollow quad


def areas(places, corners):
    a, b, c = (places[corners[:, each]] for each in range(3))
    return np.cross(b - a, c - a) / 2


def star(points, inner):
    turn = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False)
    far = np.where(np.arange(2 * points) % 2, inner, 1.0)
    return np.stack([far * np.cos(turn), far * np.sin(turn), np.zeros_like(turn)], 1)


def shoelace(ring):
    return 0.5 * np.cross(ring, np.roll(ring, -1, 0)).sum(0)


def test_truth_a_hollow_quad_is_cut_where_both_halves_face_the_same_way():
    for turned in range(4):
        ring = np.roll(ARROW, turned, 0)
        corners, owners = triangles([4], ring)
        assert owners.tolist() == [0, 0]
        assert (areas(ring, corners)[:, 2] > 0).all()


def test_truth_a_square_is_cut_in_two_and_a_kite_along_its_shorter_diagonal():
    kite = np.array([[0, 0, 0], [1, -0.5, 0], [4, 0, 0], [1, 0.5, 0]], float)
    corners, _ = triangles([4], kite)
    assert all({1, 3} <= set(each) for each in corners.tolist())


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 12), st.floats(0.15, 0.95), st.floats(0, 6), st.booleans())
def test_law_areas_add_up_and_all_face_one_way(points, inner, turn, flipped):
    ring = star(points, inner)[:: -1 if flipped else 1]
    rotation = np.array([[1, 0, 0], [0, np.cos(turn), -np.sin(turn)], [0, np.sin(turn), np.cos(turn)]])
    ring = ring @ rotation.T
    corners, _ = triangles([len(ring)], ring)
    found, whole = areas(ring, corners), shoelace(ring)
    assert len(corners) == len(ring) - 2
    np.testing.assert_allclose(found.sum(0), whole, atol=1e-9)
    assert np.abs(np.linalg.norm(found, axis=1).sum() - np.linalg.norm(whole)) < 1e-9


def test_law_polygons_of_any_size_keep_their_order_and_points_are_left_out():
    places = np.concatenate([star(3, 0.5), ARROW, star(4, 1.0), np.zeros((2, 3))])
    corners, owners = triangles([6, 4, 8, 2], places)
    assert owners.tolist() == [0] * 4 + [1] * 2 + [2] * 6
    assert triangles([2, 1], np.zeros((3, 3)))[0].shape == (0, 3)
    assert corners[owners == 1].min() >= 6


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from([0.0, -0.0, 1.0])), min_size=1,
                max_size=40))
def test_law_every_corner_finds_its_own_values_and_no_two_vertices_are_alike(rows):
    points = np.array([row[0] for row in rows])
    values = np.array([row[1:] for row in rows], float)
    first, vertex = merged(points, values, None)
    assert (points[first][vertex] == points).all()
    assert (values[first][vertex] == values).all()
    assert len(first) == len({(row[0], row[1], abs(row[2])) for row in rows})
    assert (np.diff(points[first]) >= 0).all()


def test_law_a_large_hollow_polygon_does_not_take_for_ever():
    corners, _ = triangles([1200], star(600, 0.97))
    assert len(corners) == 1198


def test_truth_round_a_corner_of_a_cube_the_normals_look_along_the_diagonal():
    corner = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], float)
    faces = np.array([[0, 2, 1], [0, 3, 2], [0, 1, 3]])
    across = np.cross(corner[faces[:, 1]] - corner[faces[:, 0]], corner[faces[:, 2]] - corner[faces[:, 0]])
    assert around(across, faces, 5).tolist() == [[-1, -1, -1], [0, -1, -1], [-1, 0, -1], [-1, -1, 0], [0, 0, 0]]
