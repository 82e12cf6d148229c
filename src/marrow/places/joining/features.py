"""What a spot of a scan looks like from any side, so that it is known again in another scan."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.places.cleaning.nearest import Nearest
from marrow.places.cleaning.normals import slopes

WIDE = 5.0      # how far a feature looks, in cells
NEAR = 120      # neighbours at most that it looks at
PLANE = 20      # neighbours that make its normal
BLOCK = 256     # rows compared at a time


@dataclass(frozen=True)
class Spots:
    """A scan in as many spots as can be compared.

    places      (n, 3) float64 metres, from the middle of its scan
    normals     (n, 3) float64 unit, on either side
    features    (n, 33) float32 whole numbers
    near        its tree
    """

    places: ndarray
    normals: ndarray
    features: ndarray
    near: Nearest


def spots(points: ndarray, side: float, most: int) -> Spots:
    """The middles of cells of one side, and what each looks like.

    points    (n, 3) float64;  side: metres
    returns   at most `most` spots
    source    Rusu, Blodow, Beetz, Fast Point Feature Histograms, ICRA 2009; here normals may face either side, and
              angles are told by their sines, so that every machine finds the same
    test      a scan turned has the features of the scan; sharp and round edges differ
    """
    from marrow.places.joining import feature_kernels as kernels

    places = averaged(points, side, most)
    near = Nearest(places)
    normals = slopes(places, near, PLANE)
    found, squared = near.to(places, NEAR)
    return Spots(places, normals, kernels.features(places, normals, found, squared, WIDE * side), near)


def averaged(points: ndarray, side: float, most: int) -> ndarray:
    """The middle of the points of each cell of a side: (m, 3) float64; none where there are more than `most`."""
    from marrow.places.joining import feature_kernels as kernels

    return kernels.averaged(points, side, most)


def matched(one: Spots, other: Spots, most: int) -> tuple[ndarray, ndarray]:
    """Pairs of spots that each find the other the most alike; the most alike first, `most` at most.

    returns   (k,) indices into each
    test      features of integers in another order give the same pairs
    """
    best, back = _alike(one.features, other.features), _alike(other.features, one.features)
    mutual = np.flatnonzero(back[best] == np.arange(len(best)))
    off = ((one.features[mutual] - other.features[best[mutual]]) ** 2).sum(1)
    mutual = mutual[np.argsort(off, kind="stable")[:most]]
    return mutual, best[mutual]


def _alike(features: ndarray, others: ndarray) -> ndarray:
    """The index of the most alike of `others` for each; whole numbers under 2^24 throughout, so nothing is rounded."""
    made = np.empty(len(features), np.int64)
    half = (others * others).sum(1)
    for begin in range(0, len(features), BLOCK):
        part = slice(begin, begin + BLOCK)
        made[part] = (2 * (features[part] @ others.T) - half).argmax(1)
    return made
