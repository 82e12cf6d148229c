"""A place made ready to be filmed: how large it is, how dense, how bright, and more points where it is thin."""

from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

from marrow.contents import Remark, tell_of
from marrow.draw import exact, points, splat
from marrow.draw.threads import threads
from marrow.errors import InputError
from marrow.media import Cloud
from marrow.places.clouds import taken
from marrow.places.lifting.lift import lifted

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
MOST = 4_000_000    # points drawn
RICH = 1_600_000    # points up to which a thin place is made denser
MEASURED = 200_000  # points that tell how large a place is
TIMES, MANY = 8, 24  # points that one point of the scan becomes, on the whole and at most
NEAR = 8            # neighbours that tell how far points are apart
FAR = 8             # radii from middle to middle: no two parts of one place
UNLIKE = 4          # times as large as another: hardly in the same metres
EXPOSED = 0.16      # mean light of a place on the film, whatever its colours


@dataclass(frozen=True)
class Scene:
    """A place ready to be filmed.

    cloud       no more points than can be drawn, all of them numbers, with colours
    middle      (3,) float64: the middle of its robust bounds, its origin not added;  box: (3,) half sides
    spacing     metres between neighbouring points, as a rule;  sizes: (n,) float32, times that for each, or None
    """

    cloud: Cloud
    middle: ndarray
    box: ndarray
    spacing: float
    sizes: ndarray | None = None

    @property
    def radius(self) -> float:
        """Metres from the middle to the corner of the robust bounds."""
        return float(np.sqrt((self.box ** 2).sum())) or 1.0


def settled(cloud: Cloud, even: bool = True) -> Scene:
    """Measure a cloud, thin it fairly or make its surfaces denser; splats close their surfaces themselves.

    even      where the scan is thin more points are made than where it is dense; otherwise of each as many
    raises    InputError  no points, or none that are numbers
    """
    cloud = counted(cloud)
    some = cloud.points[points.thinned(len(cloud.points), MEASURED)].astype(np.float64)
    low, high = np.percentile(some, (2, 98), axis=0)
    middle = np.round((low + high) / 2, 3)
    box = np.maximum((high - low) / 2, 1e-3 * max(1e-6, float((high - low).max())))
    apart = points.spacing(some.astype(np.float32)) * (len(some) / len(cloud.points)) ** 0.5 or 1e-3
    if cloud.colours is None:
        cloud = replace(cloud, colours=_shade(cloud.points - middle, box))
    if cloud.splats is not None:
        return Scene(cloud, middle, box, apart)
    times = max(1, min(TIMES, RICH // len(cloud.points)))
    if not even:
        made = denser(cloud, apart, np.full(len(cloud.points), times)) if times > 1 else cloud
        return ordered(Scene(made, middle, box, apart / times ** 0.5))
    each = gaps(cloud.points, apart)
    copies, apart = shares(each, times * len(each))
    least = 1 / 32 if lifted(cloud) else 0.5      # whose near points stand far closer together than its far ones
    sizes = np.clip(each / np.sqrt(copies) / apart, least, 4).astype(np.float32)
    sizes = np.concatenate([sizes[copies > copy] for copy in range(int(copies.max()))])
    return ordered(Scene(denser(cloud, each, copies) if copies.max() > 1 else cloud, middle, box, apart, sizes))


def met(first: Scene, second: Scene) -> Scene:
    """A second place where the first is: one that lies far apart is set on its ground, middle over middle.

    test    two scans 500 km apart end in one picture; neighbours stay where they are
    """
    off = first.middle - second.middle + (first.cloud.origin - second.cloud.origin)
    apart = float(np.sqrt(off @ off))
    if apart > FAR * max(first.radius, second.radius, 1.0):
        off[1] += second.box[1] - first.box[1]
        tell_of([Remark("places.apart", {"metres": f"{apart:.4g}"})])
        second = replace(second, cloud=replace(second.cloud, origin=second.cloud.origin + off))
    if not 1 / UNLIKE < second.radius / first.radius < UNLIKE:
        tell_of([Remark("places.sizes", {"first": f"{2 * first.radius:.2g}", "second": f"{2 * second.radius:.2g}"})])
    return second


def ordered(scene: Scene) -> Scene:
    """A scene whose points lie in memory as they lie in space, which is drawn far faster."""
    order = splat.morton_order(scene.cloud.points)
    return replace(scene, cloud=taken(scene.cloud, order), sizes=None if scene.sizes is None else scene.sizes[order])


def gaps(places: ndarray, apart: float) -> ndarray:
    """How far each point's neighbours on its surface are apart, in metres: (n,) float64, steps of 1/64 of a doubling.

    apart    metres, about, over the whole place: none is more than four times that
    test     a grid's is its step, and of a grid half as wide half of it
    """
    from scipy.spatial import cKDTree

    near = min(NEAR, len(places) - 1)
    if not near:
        return np.full(len(places), apart)
    spots = places.astype(np.float64)
    far = cKDTree(spots).query(spots, near + 1, workers=threads())[0][:, -1] * np.sqrt(np.pi / near)
    steps = np.rint(64 * exact.log(np.clip(far, apart / 16, apart * 4) / apart) / exact.log(2.0))
    return apart * exact.exp(steps / 64 * exact.log(2.0))


def shares(each: ndarray, room: int) -> tuple[ndarray, float]:
    """How many points each becomes so that all stand about equally far apart: (n,) int64, and how far that is.

    each    (n,) metres;  room: how many there may be at most, about
    test    the sum keeps to the room; twice as far apart is four times as many
    """
    low, high = float(each.min()) / 8, float(each.max())
    for _ in range(40):
        apart = (low + high) / 2
        total = np.clip(np.rint((each / apart) ** 2), 1, MANY).sum()
        low, high = (low, apart) if total <= room else (apart, high)
    return np.clip(np.rint((each / high) ** 2), 1, MANY).astype(np.int64), high


def lit(scene: Scene) -> Scene:
    """A scene whose points shine: few very bright by chance, all together as bright on the film as any place."""
    cloud = scene.cloud
    throw = points.dice(np.arange(len(cloud.points)), 15).astype(np.float64)
    sparks = (0.5 - 0.5 * exact.log(1 - throw)).astype(np.float32)
    mean = float((cloud.colours[points.thinned(len(cloud.points), MEASURED)] * LUMA).sum(1, np.float64).mean())
    sparks *= np.float32(EXPOSED / max(mean, EXPOSED / 4))
    return replace(scene, cloud=replace(cloud, colours=cloud.colours * sparks[:, None]))


def counted(cloud: Cloud) -> Cloud:
    """The points that are numbers, as many as can be drawn; of a packed place, which lies in order, an even choice.

    raises    InputError  there are none
    """
    count = len(cloud.points)
    if count > MOST and isinstance(cloud.points, np.memmap):
        cloud = taken(cloud, np.arange(MOST, dtype=np.int64) * count // MOST)
    good = np.isfinite(cloud.points).all(1)
    if not good.any():
        raise InputError("places.empty")
    chosen = np.flatnonzero(good)
    return cloud if good.all() and len(good) <= MOST else taken(cloud, chosen[points.thinned(len(chosen), MOST)])


def denser(cloud: Cloud, apart: float | ndarray, copies: ndarray) -> Cloud:
    """Strew each point's like round it along its surface, or along its edge; the points themselves come first.

    apart     metres between neighbouring points, one or (n,)
    copies    (n,) how many each becomes, at least 1: itself
    test      points of a plane stay in the plane, those of a line on the line
    """
    spots = cloud.points.astype(np.float64)
    cell = np.floor((spots - spots.min(0)) / (3.5 * float(np.median(apart)))).astype(np.int64)
    _, mine, count = np.unique(cell @ np.array([1, 1 << 20, 1 << 40]), return_inverse=True, return_counts=True)
    mean = np.stack([np.bincount(mine, axis) for axis in spots.T], axis=1) / count[:, None]
    off = spots - mean[mine]
    long, axes = principal(np.stack([np.bincount(mine, off[:, i] * off[:, k])
                                     for i, k in ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))], axis=1))
    reach = np.sqrt(np.maximum(long, 0) / np.maximum(long[:, 2:], 1e-12))  # across a thin thing: hardly
    steps = axes * (reach * np.minimum(1, 3 / np.sqrt(count))[:, None])[:, None, :]
    apart = np.broadcast_to(apart, len(spots))
    which, made = [np.arange(len(spots))], [cloud.points]
    for copy in range(1, int(copies.max())):
        few = np.flatnonzero(copies > copy)
        throw = [(points.dice(few + copy * len(spots), salt) + points.dice(few + copy * len(spots), salt + 1) - 1)
                 * apart[few] for salt in (21, 23)]
        home = mine[few]
        made.append(spots[few] + throw[0][:, None] * steps[home, :, 2] + throw[1][:, None] * steps[home, :, 1])
        which.append(few)
    return replace(taken(cloud, np.concatenate(which)), points=np.concatenate(made).astype(np.float32))


def principal(spread: ndarray) -> tuple[ndarray, ndarray]:
    """How far something spreads along its own axes, least first: (n, 3), and the axes (n, 3, 3) in columns.

    spread    (n, 6) the matrices xx, yy, zz, xy, xz, yz
    source    Jacobi's rotations: Golub, Van Loan, Matrix Computations, 8.5; sums and products alone, so that every
              machine finds the same
    test      the matrix again from both; as numpy's eigh
    """
    from marrow.places.cleaning import normal_kernels as kernels

    matrix, axes = kernels.diagonal(np.ascontiguousarray(spread, np.float64))
    long = np.stack([matrix[:, i, i] for i in range(3)], axis=1)
    order = np.argsort(long, axis=1, kind="stable")
    return np.take_along_axis(long, order, 1), np.take_along_axis(axes, order[:, None, :], 2)


def _shade(local: ndarray, box: ndarray) -> ndarray:
    """Colours for a scan without any: pale below, warm above."""
    share = np.clip(local[:, 1:2] / (2 * box[1]) + 0.5, 0, 1).astype(np.float32)
    return ((0.42 + 0.3 * share) * np.array([1.0, 0.95, 0.86], np.float32)).astype(np.float32)
