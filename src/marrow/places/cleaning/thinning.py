"""Points thinned evenly: none too near another, no gap, no grid to be seen."""

import numpy as np
from numpy import ndarray

from marrow.errors import InputError
from marrow.media import Cloud
from marrow.places.clouds import taken

FINEST = 1 << 20  # cells along an axis


def thinned(cloud: Cloud, apart: float) -> Cloud:
    """Leave out points until no two are nearer than `apart` metres.

    raises    InputError  `apart` is too small for so large a place
    test      see `spread`
    """
    return taken(cloud, spread(cloud.points, apart))


def spread(points: ndarray, apart: float) -> ndarray:
    """Which points to keep: none has a kept one nearer than `apart`, each left out has one (blue noise).

    Points are asked in an order thrown by dice, and the dice are the bits of their own places: the same points
    in another order keep the same places.

    points    (n, 3) float32, all of them numbers
    apart     metres, more than 0
    returns   (n,) bool
    raises    InputError  more than a million times `apart` across
    source    dart throwing: Cook, Stochastic Sampling in Computer Graphics, ACM TOG 1986; on given points: Gamito,
              Maddock, Accurate multidimensional Poisson-disk sampling, ACM TOG 2009
    test      the least distance, the greatest gap; the order of the points; by comparing with all
    """
    if not len(points):
        return np.zeros(0, bool)
    low = points.min(0).astype(np.float64)
    if float((points.max(0) - low).max()) / apart >= FINEST:
        raise InputError("places.thin", thin=f"{apart:g}", least=f"{float((points.max(0) - low).max()) / FINEST:.2g}")
    from marrow.places.cleaning import thinning_kernels as kernels

    exact = np.ascontiguousarray(points, np.float32) + np.float32(0)  # -0 is 0
    order = np.argsort(kernels.throws(exact.view(np.uint32)), kind="stable")
    return kernels.apart_from_all(exact, order, low, float(apart))
