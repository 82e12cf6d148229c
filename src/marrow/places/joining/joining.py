"""Two scans of one place brought together by what both show; refused where that is too little to be sure."""

from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

from marrow.draw import points as dots
from marrow.errors import InputError
from marrow.media import Cloud, Source, Splats
from marrow.places.cleaning.floor import turn_between
from marrow.places.clouds import PER_POINT, after, along, carried
from marrow.places.joining.agreeing import agreed
from marrow.places.joining.features import Spots, averaged, matched, spots

SOME = 150_000    # points of a scan that tell where it belongs
SPOTS = 4000      # cells at most
MATCHES = 1000    # matched spots at most
AGREE = 24        # matches that must agree in the end
SHARE = 0.15      # of the matches, per share of overlap: less is chance
HELD = 0.01       # least information of the agreeing spots' normals along any direction
APART = 4.0       # cells between agreeing spots in the mean
OVERLAP = 0.08    # share of the spots that both scans must show
GREY = 0.18       # linear light of points without a colour among others that have one


@dataclass(frozen=True)
class Found:
    """Where a second scan lies in the first's world.

    transform    (4, 4) float64 first_from_second, between worlds: it counts the origins too
    overlap      share of the spots of both that the other shows too, 0..1
    residual     metres between the two surfaces there, median
    agreeing     matched spots that agree
    """

    transform: ndarray
    overlap: float
    residual: float
    agreeing: int


@dataclass(frozen=True)
class Joined:
    """Two scans as one: the first as it was, then the second carried to it; the rest as in `Found`."""

    cloud: Cloud
    transform: ndarray
    overlap: float
    residual: float


def joined(first: Cloud, second: Cloud) -> Joined:
    """Bring a second scan to the first, wherever it lies and however it is turned, and make one cloud of both.

    What only one of them knows of its points is left out, except colours: points without are grey.
    raises    InputError  as `found`
    test      as `found`; every point keeps its source
    """
    where = found(first, second)
    moved = carried(second, where.transform, first.origin)
    return Joined(together(first, moved), where.transform, where.overlap, where.residual)


def found(first: Cloud, second: Cloud) -> Found:
    """Find the rigid motion that carries a second scan to the first, both in true metres.

    Spots that look alike are matched, the motion that most agree on is refined by GICP; then the two scans are held
    against each other. Nothing is known in advance, neither a start nor which way is up.

    raises    InputError  they do not show one place, show too little of it, or it looks alike in several positions
    source    features.spots, agreeing.agreed; Segal, Haehnel, Thrun, Generalized-ICP, RSS 2009 (small_gicp)
    test      random motions are found again; scans cut apart and scans of other places are refused; twice the same
    """
    clouds = [_some(each) for each in (first, second)]
    side = _side(clouds)
    one, other = (spots(each[0], side, SPOTS) for each in clouds)
    theirs, ours = matched(other, one, MATCHES)
    motion = agreed(other.places[theirs], one.places[ours], side)
    if motion is None:
        raise InputError("places.overlap", overlap="0", agreeing=0)
    motion = _refined(clouds, motion, side)
    overlap, residual = _overlap(one, other, motion, side)
    off = after(motion, other.places[theirs]) - one.places[ours]
    agree = np.flatnonzero((off * off).sum(1) < (1.5 * side) ** 2)
    if not _sure(one, ours[agree], len(ours), overlap, side):
        raise InputError("places.overlap", overlap=f"{100 * overlap:.0f}", agreeing=len(agree))
    return Found(_outside(motion, clouds[0][1], clouds[1][1]), overlap, residual, len(agree))


def together(first: Cloud, second: Cloud) -> Cloud:
    """Two clouds on one origin as one; each point keeps its source."""
    fields = {name: _both(first, second, name) for name in PER_POINT if name != "source"}
    sources = [each.sources or (Source(""),) for each in (first, second)]
    which = [np.zeros(len(each.points), np.uint16) if each.source is None else each.source
             for each in (first, second)]
    source = np.concatenate([which[0], which[1] + np.uint16(len(sources[0]))])
    return replace(first, points=np.concatenate([first.points, second.points]),
                   splats=_splats(first.splats, second.splats), source=source, sources=sources[0] + sources[1],
                   **fields)


def unknown(first: Cloud, second: Cloud) -> list[str]:
    """What only one of two clouds knows of its points."""
    return [name for name in (*PER_POINT, "splats") if name != "source"
            and (getattr(first, name) is None) != (getattr(second, name) is None)]


def _both(first: Cloud, second: Cloud, name: str) -> ndarray | None:
    values = [getattr(each, name) for each in (first, second)]
    if name == "colours" and (values[0] is None) != (values[1] is None):
        values = [np.full((len(each.points), 3), GREY, np.float32) if value is None else value
                  for each, value in zip((first, second), values, strict=True)]
    return None if values[0] is None or values[1] is None else np.concatenate(values)


def _splats(first: Splats | None, second: Splats | None) -> Splats | None:
    """Splats of both as one, the light of either to the higher degree of the two."""
    if first is None or second is None:
        return None
    most = max(first.harmonics.shape[1], second.harmonics.shape[1])
    light = [np.pad(each.harmonics, ((0, 0), (0, most - each.harmonics.shape[1]), (0, 0))) for each in (first, second)]
    return Splats(*(np.concatenate([getattr(each, name) for each in (first, second)])
                    for name in ("scales", "turns", "opacity")), np.concatenate(light))


def _some(cloud: Cloud) -> tuple[ndarray, ndarray]:
    """Enough points of a cloud, float64 from their middle, and where that is in its world."""
    good = np.flatnonzero(np.isfinite(cloud.points).all(1))
    if not len(good):
        raise InputError("places.empty")
    points = cloud.points[good[dots.thinned(len(good), SOME)]].astype(np.float64)
    middle = np.median(points, axis=0)
    return points - middle, cloud.origin + middle


def _side(clouds: list[tuple[ndarray, ndarray]]) -> float:
    """The side of the cells that cut the larger cloud into nearly as many spots as can be compared."""
    sides = []
    for points, _ in clouds:
        low, high = 1e-6, max(1e-6, float(np.ptp(points, axis=0).max()))
        while high / low > 1.02:
            middle = (low * high) ** 0.5
            fits = len(averaged(points, middle, SPOTS)) > 0
            low, high = (low, middle) if fits else (middle, high)
        sides.append(high)
    return max(sides)


def _refined(clouds: list[tuple[ndarray, ndarray]], motion: ndarray, side: float) -> ndarray:
    """A motion refined by GICP from some starts round it, the best of these once more with finer points.

    The rings that a laser leaves on the ground pull towards one another; from one start alone they may win.
    """
    import small_gicp

    (here, tree), (there, _) = (small_gicp.preprocess_points(each[0], side / 2, 10, 1) for each in clouds)

    def settle(start: ndarray) -> ndarray:
        return small_gicp.align(here, there, tree, start, "GICP", 1.5 * side, 1, 20).T_target_source

    def fit(start: ndarray) -> float:
        squared = tree.batch_knn_search(after(start, there.points()[::3, :3]), 1, 1)[1]
        return float(np.maximum(0, 1 - squared / (side / 2) ** 2).sum())

    motion = settle(motion)
    best = max([motion, *(settle(each) for each in _round(motion, clouds[1][0], side))], key=fit)
    return small_gicp.align(clouds[0][0], clouds[1][0], best, registration_type="GICP", num_threads=1,
                            downsampling_resolution=side / 4, max_correspondence_distance=side,
                            max_iterations=30).T_target_source


def _round(motion: ndarray, points: ndarray, side: float) -> list[ndarray]:
    """Motions that differ a little: turned either way about each axis, by some cells at the rim of the scan."""
    wide = float(np.sqrt((points * points).sum(1).mean()))
    made = []
    for axis in range(3):
        for lean in (-1.5 * side / wide, 1.5 * side / wide):
            aim = np.zeros(3)
            aim[axis], aim[axis - 1] = 1, lean
            start = np.eye(3)[axis]
            turn = np.eye(4)
            turn[:3, :3] = turn_between(start, aim / np.sqrt(aim @ aim))
            turn[:3, 3] = motion[:3, 3] - turn[:3, :3] @ motion[:3, 3]
            made.append(turn @ motion)
    return made


def _overlap(one: Spots, other: Spots, motion: ndarray, side: float) -> tuple[float, float]:
    """The share of spots that have one of the other scan near, facing alike, and the median metres between them."""
    places, normals = after(motion, other.places), along(other.normals, motion[:3, :3])
    there, squared = one.near.to(places, 1)
    met = _met(squared[:, 0], normals, one.normals[there[:, 0]], side)
    back, returned = type(one.near)(places).to(one.places, 1)
    count = met.sum() + _met(returned[:, 0], one.normals, normals[back[:, 0]], side).sum()
    between = np.abs(((places - one.places[there[:, 0]]) * one.normals[there[:, 0]]).sum(1))[met]
    return float(count / (len(places) + len(one.places))), float(np.median(between)) if len(between) else 0.0


def _met(squared: ndarray, normals: ndarray, others: ndarray, side: float) -> ndarray:
    return (squared < (0.75 * side) ** 2) & (np.abs((normals * others).sum(1)) > 0.8)


def _sure(one: Spots, agree: ndarray, matches: int, overlap: float, side: float) -> bool:
    """Whether matches agree that are many, for the overlap too, far apart, and hold the motion in every direction."""
    if len(agree) < AGREE or overlap < OVERLAP or len(agree) < SHARE * overlap * matches:
        return False
    off = one.places[agree] - one.places[agree].mean(0)
    wide = float(np.sqrt((off * off).sum(1)).mean())
    held = np.linalg.eigvalsh(one.normals[agree].T @ one.normals[agree])[0] / len(agree)
    return wide > APART * side and float(held) > HELD


def _outside(motion: ndarray, here: ndarray, there: ndarray) -> ndarray:
    """A motion between two middles as one between the worlds that these are places in."""
    made = motion.copy()
    made[:3, 3] += here - motion[:3, :3] @ there
    return made
