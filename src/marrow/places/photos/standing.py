"""How a place of photos stands: which way is up, how large it is, how two accounts of it lie on each other."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.places.photos.views import Structure, View

EYES = 1.5       # metres above the ground at which people hold a camera
USUAL = 3.0      # metres to what is photographed, where no ground is seen
LEVEL = 0.005    # smallest share of the second spread of right axes in the first that tells a horizon


def similarity(moving: ndarray, fixed: ndarray) -> tuple[float, ndarray, ndarray]:
    """The scale, rotation and step that lay points on others with the least squares: fixed = scale · R moving + step.

    moving, fixed    (n, 3)
    source           Umeyama, Least-Squares Estimation of Transformation Parameters, PAMI 1991
    test             finds a known similarity to 1e-12; a mirrored one is answered by a rotation
    """
    one, other = moving - moving.mean(axis=0), fixed - fixed.mean(axis=0)
    left, sizes, right = np.linalg.svd(other.T @ one)
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    turn = left * signs @ right
    scale = float((sizes * signs).sum() / max((one * one).sum(), 1e-300))
    return scale, turn, fixed.mean(axis=0) - scale * turn @ moving.mean(axis=0)


def up(views: Sequence[View]) -> ndarray:
    """Which way is up: people hold cameras level, so their right axes lie in the plane of the ground.

    returns    (3,) unit, on the side of the cameras' own up
    source     Szeliski, Image Alignment and Stitching: A Tutorial, 2006, sec. 5.1, up vector selection
    test       cameras that pitch and turn but do not roll give the up they were made with
    """
    rights = np.array([each.camera.world_from_camera[:3, 0] for each in views])
    tops = np.array([each.camera.world_from_camera[:3, 1] for each in views]).mean(axis=0)
    sizes, ways = np.linalg.eigh(rights.T @ rights)
    found = ways[:, 0] if sizes[1] > LEVEL * sizes[2] else tops - ways[:, 2] * (ways[:, 2] @ tops)
    found = found / np.linalg.norm(found)
    return found if found @ tops >= 0 else -found


def stood(structure: Structure) -> Structure:
    """A structure with Y up, its middle under the cameras at zero, as large as people usually photograph.

    The scale is a guess: the cameras are taken to be 1.5 m above the ground, or 3 m from what they see.
    test    the shape does not change: distances keep their ratios, and what a camera sees stays where it is
    """
    above = up(structure.views)
    eyes = np.array([each.camera.eye for each in structure.views])
    ahead = -structure.views[0].camera.world_from_camera[:3, 2]
    back = -(ahead - above * (ahead @ above))
    if np.linalg.norm(back) < 1e-6:
        back = structure.views[0].camera.world_from_camera[:3, 1]
        back = -(back - above * (back @ above))
    back /= np.linalg.norm(back)
    turn = np.stack([np.cross(above, back), above, back])
    heights = structure.spots @ above
    ground = np.quantile(heights, 0.01)
    rise = float(np.median(eyes @ above) - ground)
    views, spots = structure.sightings.T
    away = float(np.median(np.linalg.norm(structure.spots[spots] - eyes[views], axis=1)))
    scale = EYES / rise if 0.15 * away < rise < 1.5 * away else USUAL / away
    middle = eyes.mean(axis=0)
    middle = middle + above * (ground - middle @ above)
    return moved(structure, scale, turn, -scale * turn @ middle)


def moved(structure: Structure, scale: float, turn: ndarray, step: ndarray) -> Structure:
    """A structure under a similarity: scale · turn · x + step."""
    def placed(view: View) -> View:
        stands = view.camera.world_from_camera.copy()
        stands[:3, :3] = turn @ stands[:3, :3]
        stands[:3, 3] = scale * turn @ stands[:3, 3] + step
        return replace(view, camera=replace(view.camera, world_from_camera=stands))

    return replace(structure, views=tuple(placed(each) for each in structure.views),
                   spots=scale * structure.spots @ turn.T + step)
