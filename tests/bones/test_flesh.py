"""The made body is one closed skin around its bones, the same on both sides."""

import numpy as np
import pytest

from marrow.bones.flesh import flesh
from marrow.bones.human import standard
from marrow.bones.skeleton import at_rest, fk


@pytest.fixture(scope="module")
def made():
    skeleton = standard()
    places = dict(zip(skeleton.names, fk(at_rest(skeleton))[0], strict=True))
    return places, flesh(places, 1.75)


def test_truth_it_is_closed_and_of_a_persons_size(made):
    mesh = made[1]
    edges = np.sort(mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()
    a, b, c = (mesh.vertices[mesh.faces[:, corner]].astype(float) for corner in range(3))
    litres = np.einsum("ij,ij->", a, np.cross(b, c)) / 6 * 1000
    assert 45 < litres < 110 and 1.70 < np.ptp(mesh.vertices[:, 1]) < 1.80


def test_truth_every_joint_lies_inside(made):
    import igl

    places, mesh = made
    points = np.array([place for name, place in places.items() if "Eye" not in name])
    turns = igl.winding_number(mesh.vertices.astype(float), mesh.faces.astype(np.int64), points)
    assert (turns > 0.5).all()


def test_law_left_and_right_are_mirrored(made):
    from scipy.spatial import cKDTree

    vertices = made[1].vertices
    assert cKDTree(vertices).query(vertices * (-1, 1, 1))[0].max() < 0.01
