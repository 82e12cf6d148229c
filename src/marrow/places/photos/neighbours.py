"""Which photos to hold beside one another: those that see the same spots from well apart."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.places.photos.views import Structure

BEST = 12.0      # degrees between two rays to a spot that measure its depth well and still see it alike
WIDEST = 45.0    # degrees beyond which a surface looks another
FEWEST = 12      # spots that two photos share at least
MARGIN = 1.25    # how far beyond the spots that a photo sees its depth is looked for


@dataclass(frozen=True)
class Company:
    """What one view is measured with.

    others    views, the best first
    depths    nearest and farthest depth, metres
    """

    others: tuple[int, ...]
    depths: tuple[float, float]


def company(structure: Structure, most: int = 8) -> list[Company]:
    """Choose for every view its neighbours, and the depths at which things are.

    A pair scores by its shared spots, each by the angle between its two rays: full at 12°, a quarter at 3° and 45°.
    source    Schönberger et al., Pixelwise View Selection for Unstructured Multi-View Stereo, ECCV 2016
    test      on an arc the neighbours on both sides come first; a camera on the same spot never counts
    """
    count, spots = len(structure.views), structure.spots
    eyes = np.array([each.camera.eye for each in structure.views])
    seen = np.zeros((count, len(spots)), bool)
    seen[structure.sightings[:, 0], structure.sightings[:, 1]] = True
    rays = spots[None] - eyes[:, None]
    rays /= np.maximum(np.linalg.norm(rays, axis=2, keepdims=True), 1e-12)
    return [Company(_others(view, seen, rays, most), _depths(structure, view, seen[view])) for view in range(count)]


def _others(view: int, seen: ndarray, rays: ndarray, most: int) -> tuple[int, ...]:
    scores = np.zeros(len(seen))
    for other in range(len(seen)):
        both = seen[view] & seen[other]
        if other == view or both.sum() < FEWEST:
            continue
        cosine = np.clip((rays[view, both] * rays[other, both]).sum(axis=1), -1, 1)
        angle = np.degrees(np.arccos(cosine))
        worth = np.where(angle < BEST, angle / BEST, np.clip((WIDEST - angle) / (WIDEST - BEST), 0, 1))
        scores[other] = np.where(angle < WIDEST, worth, 0).sum()
    order = np.argsort(-np.round(scores, 6), kind="stable")[:most]
    return tuple(int(each) for each in order if scores[each] > 1)


def _depths(structure: Structure, view: int, seen: ndarray) -> tuple[float, float]:
    stands = structure.views[view].camera.world_from_camera
    ahead = -(structure.spots[seen] - stands[:3, 3]) @ stands[:3, 2]
    ahead = ahead[ahead > 0]
    if not len(ahead):
        return 1.0, 10.0
    low, high = np.quantile(ahead, [0.01, 0.99])
    return float(low / MARGIN), float(high * MARGIN)
