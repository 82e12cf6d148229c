"""How a bone turns about its own length: what positions alone do not show."""

import numpy as np
from numpy import ndarray

from marrow import rotations
from marrow.bones.turning import between

STRAIGHT = 0.03  # sine squared of the bend below which a bend plane counts for less than its neighbours in time
MEMORY = 0.1     # seconds over which a twist is carried through such a moment


def unit(vectors: ndarray) -> ndarray:
    """The same directions at length one; zero stays zero."""
    vectors = np.asarray(vectors, float)
    long = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(long > 1e-12, long, 1)


def angle_about(axis: ndarray, first: ndarray, second: ndarray) -> ndarray:
    """The angle from the first direction to the second, seen along a unit axis; radians in -pi..pi."""
    aside, along = np.cross(axis, first), first - axis * (axis * first).sum(-1, keepdims=True)
    return np.arctan2((aside * second).sum(-1), (along * second).sum(-1))


def carried(rest: ndarray, aims: ndarray) -> tuple[ndarray, ndarray]:
    """How far the shortest turns from the rest direction spin while the bone travels.

    rest       (3,) unit
    aims       (frames, 3) unit, where the bone points, in its parent's space
    returns    turns (frames, 4) from rest to every aim; spin (frames,) radians about the bone that the turns gathered
               since the first frame beside a bone that never twists
    source     Wang et al., Computation of Rotation Minimizing Frames, ACM TOG 2008 (the idea of parallel transport)
    """
    turns = between(np.broadcast_to(rest, aims.shape), aims)
    steps = rotations.multiply(rotations.inverse(turns[1:]),
                               rotations.multiply(between(aims[:-1], aims[1:]), turns[:-1]))
    spin = np.concatenate([[0.0], np.cumsum(2 * np.arctan2((steps[:, 1:] * rest).sum(-1), steps[:, 0]))])
    return turns, spin


def steadied(proof: list[tuple[ndarray, ndarray]], rate: float) -> ndarray:
    """Twists that follow what is known and turn least where nothing is.

    proof      of each kind of evidence: (frames,) radians it tells, and (frames,) how far to trust it, 1 = fully
    rate       frames per second
    returns    (frames,) radians
    test       certain angles come back; between two of them the twist goes evenly
    """
    from scipy.linalg import solveh_banded

    pull = sum(weight * np.exp(1j * angle) for angle, weight in proof)
    frames, stiff = len(pull), STRAIGHT * (MEMORY * rate) ** 2
    if frames == 1:
        return np.angle(pull)
    bands = np.zeros((2, frames))
    bands[1] = sum(weight for _, weight in proof) + 1e-9
    bands[1, 1:] += stiff
    bands[1, :-1] += stiff
    bands[0, 1:] = -stiff
    both = solveh_banded(bands, np.stack([pull.real, pull.imag], axis=1))
    return np.arctan2(both[:, 1], both[:, 0])


def fitted(rest: ndarray, seen: ndarray, prior: ndarray, trust: float) -> ndarray:
    """The turn that brings several directions nearest to where they are seen.

    rest       (points, 3) in the joint's space
    seen       (frames, points, 3) in the world
    prior      (frames, 4) the turn to keep where the points leave it open
    trust      its weight, metres squared
    returns    (frames, 4)
    source     Davenport's q-method: Wahba, A Least Squares Estimate of Satellite Attitude, SIAM Review 1965
    test       directions turned by a known rotation give it back
    """
    both = np.einsum("fpi,pj->fij", seen, rest) + trust * rotations.to_matrix(prior)
    system = np.empty((len(both), 4, 4))
    trace = np.trace(both, axis1=1, axis2=2)
    system[:, 0, 0] = trace
    system[:, 1:, 1:] = both + both.swapaxes(1, 2) - trace[:, None, None] * np.eye(3)
    system[:, 0, 1:] = system[:, 1:, 0] = np.stack(
        [both[:, 2, 1] - both[:, 1, 2], both[:, 0, 2] - both[:, 2, 0], both[:, 1, 0] - both[:, 0, 1]], axis=1)
    return np.linalg.eigh(system)[1][..., -1]
