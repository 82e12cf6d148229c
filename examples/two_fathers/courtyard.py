"""The courtyard house at night as points: every surface strewn evenly, under the moon and the lamps of its windows."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

POINTS = 110_000
Place = tuple | np.ndarray  # x, y, z in metres
RGB = tuple[int, int, int]
BRICK, TILE, PAVING = (150, 143, 132), (112, 112, 114), (176, 167, 150)
WOOD, LAMP, CLAY, IRON = (112, 84, 68), (238, 208, 156), (110, 84, 66), (138, 142, 144)
LEAF, DATE, BARK = (132, 136, 108), (178, 72, 56), (134, 112, 92)
MOON, FLAME = np.array((0.25, 0.40, 0.72)), np.array((1.0, 0.5, 0.16))  # linear light
EVEN = np.array(((0.7548776662,), (0.5698402910,)))  # steps of the plastic number: no clumps, no rows
TAKES = {TILE: (1.0, 0.05), LEAF: (0.6, 0.5), PAVING: (0.3, 1.0)}  # moonlight, lamplight; of others (0.6, 0.8)


class Builder:
    """Collects surfaces as functions of (u, v) with their area; `sample` shares the points out among them."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.parts: list[tuple] = []
        self.lamps: list[np.ndarray] = []

    def surface(self, area: float, shape: Callable, colour: RGB, shade: Callable | None = None,
                rough: float = 0.012) -> None:
        """Add a surface: `shape(u, v)` gives metres (n, 3); `shade(points, u, v)` multiplies the colour, (n,)."""
        self.parts.append((area, shape, colour, shade, rough))

    def quad(self, corner: Place, along: Place, up: Place, colour: RGB, shade: Callable | None = None,
             weight: float = 1.0) -> None:
        """Add a flat parallelogram, e.g. a wall."""
        corner, along, up = (np.asarray(vector, float) for vector in (corner, along, up))
        area = float(np.linalg.norm(np.cross(along, up))) * weight
        self.surface(area, lambda u, v: corner + u[:, None] * along + v[:, None] * up, colour, shade)

    def tube(self, start: Place, end: Place, radius: float, colour: RGB, weight: float = 4.0,
             thin: float = 1.0) -> None:
        """Add a round bar that narrows to `thin` times its radius: a column, a branch, a bicycle's frame."""
        start, end = np.asarray(start, float), np.asarray(end, float)
        axis = end - start
        length = float(np.linalg.norm(axis))
        side = np.cross(axis, (0.3, 0.1, 1.0) if abs(axis[1]) > abs(axis[2]) else (0.1, 1.0, 0.2))
        side /= np.linalg.norm(side)
        other = np.cross(axis / length, side)

        def shape(u: np.ndarray, v: np.ndarray) -> np.ndarray:
            turn, wide = 2 * np.pi * v, radius * (1 + (thin - 1) * u)
            round_it = (wide * np.cos(turn))[:, None] * side + (wide * np.sin(turn))[:, None] * other
            return start + u[:, None] * axis + round_it

        self.surface(2 * np.pi * radius * length * weight, shape, colour, None, 0.004)

    def ring(self, centre: Place, across: Place, up: Place, radius: float, colour: RGB, weight: float = 0.6) -> None:
        """Add a thin wheel in the plane of `across` and `up`."""
        centre, across, up = (np.asarray(vector, float) for vector in (centre, across, up))

        def shape(u: np.ndarray, v: np.ndarray) -> np.ndarray:
            turn = 2 * np.pi * u
            return centre + radius * (np.cos(turn)[:, None] * across + np.sin(turn)[:, None] * up)

        self.surface(radius * weight, shape, colour, None, 0.008)

    def window(self, corner: Place, along: Place, up: Place, ahead: Place, weight: float = 2.2) -> None:
        """Add a paper window lit from behind; its lamplight falls `ahead`."""
        self.quad(corner, along, up, LAMP, lattice, weight)
        self.lamps.append(np.array(corner) + np.array(along) / 2 + np.array(up) * 0.35 + np.array(ahead) * 0.3)

    def sample(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Points (n, 3) in metres and colours (n, 3) uint8, in an order that is itself by chance."""
        areas = np.array([part[0] for part in self.parts])
        shares = np.floor(areas / areas.sum() * count).astype(int)
        shares[np.argmax(shares)] += count - shares.sum()
        points, colours = [], []
        for share, (_, shape, colour, shade, rough) in zip(shares, self.parts, strict=True):
            u, v = ((self.chance.random((2, 1)) + np.arange(share) * EVEN) % 1)
            where = shape(u, v)
            light = 1.0 if shade is None else shade(where, u, v)
            light = np.broadcast_to(light, (share,)) * (0.86 + 0.28 * self.chance.random(share))
            points.append(where + self.chance.normal(0, rough, (share, 3)))
            colours.append(self.lit(where, colour) * light[:, None] ** 2)
        order = self.chance.permutation(count)
        colours = np.clip(np.concatenate(colours)[order], 0, 1) ** (1 / 2.2) * 255
        return np.concatenate(points)[order], colours.round().astype(np.uint8)

    def lit(self, points: np.ndarray, colour: RGB) -> np.ndarray:
        """What a surface of a colour sends back of moonlight and lamplight, linear (n, 3); a lamp sends its own."""
        if colour == LAMP:
            return np.broadcast_to(FLAME * (1, 0.84, 0.75), points.shape)
        warm = np.zeros(len(points))
        for lamp in self.lamps:
            off = points - lamp
            warm += 1 / (1 + (off ** 2).sum(1) / 1.0) ** 1.7
        paint = (np.array(colour) / 255) ** 2.2
        moon, lamps = TAKES.get(colour, (0.6, 0.8))
        return paint * (moon * MOON + 3.2 * lamps * warm[:, None] * FLAME)


def bricks(points: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Rows of brick: the joints are lighter, the foot of the wall is darker."""
    joint = (points[:, 1] / 0.13) % 1 < 0.16
    return np.where(joint, 1.14, 0.94) * (0.74 + 0.26 * np.clip(points[:, 1] / 1.2, 0, 1))


def lattice(points: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Paper windows lit from behind: wooden bars cut the light into squares."""
    bar = ((u * 4 + 0.11) % 1 < 0.22) | ((v * 3 + 0.11) % 1 < 0.22)
    return np.where(bar, 0.3, 0.78 + 0.3 * (1 - v))


def slabs(points: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Square paving laid with a shift; the crossed path in the middle is worn bright."""
    row = np.floor(points[:, 2] / 0.5)
    joint = ((points[:, 2] / 0.5) % 1 < 0.1) | (((points[:, 0] + 0.25 * (row % 2)) / 0.5) % 1 < 0.1)
    worn = np.exp(-(points[:, 0] / 1.1) ** 2) + np.exp(-((points[:, 2] + 0.5) / 1.0) ** 2)
    return np.where(joint, 0.55, 0.82) + 0.2 * np.clip(worn, 0, 1)


def roof(build: Builder, centre: Place, half_long: float, half_deep: float, low: float, high: float, along_x: bool,
         lift: float) -> None:
    """A tiled roof: two concave slopes, corners that turn up, rows of tiles, a ridge with raised ends."""
    centre = np.asarray(centre, float)

    def placed(long: np.ndarray, deep: np.ndarray, y: np.ndarray) -> np.ndarray:
        flat = (long, y, deep) if along_x else (deep, y, long)
        return np.stack(flat, axis=1) + centre * (1, 0, 1)

    def slope(sign: int) -> Callable:
        def shape(u: np.ndarray, v: np.ndarray) -> np.ndarray:
            long = (2 * u - 1) * half_long
            flare = np.abs(2 * u - 1) ** 7
            y = low + (high - low) * (1 - v) ** 1.55 + lift * flare * v ** 2
            y += 0.035 * np.cos(2 * np.pi * long / 0.26)
            return placed(long * (1 + 0.03 * v * flare), sign * v * half_deep * (1 + 0.06 * flare * v), y)
        return shape

    def rows(points: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        wave = np.cos(2 * np.pi * (2 * u - 1) * half_long / 0.26)
        edge = np.where(v > 0.96, 1.9, 1.0)
        return (0.82 + 0.3 * wave) * (0.8 + 0.3 * v) * edge

    for sign in (-1, 1):
        build.surface(2 * half_long * half_deep * 1.5, slope(sign), TILE, rows)

    def ridge(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        long = (2 * u - 1) * half_long * 0.97
        y = high + 0.05 + 0.26 * v + 0.38 * lift * np.abs(2 * u - 1) ** 9
        return placed(long, 0.07 * (v - 0.5), y)

    build.surface(2 * half_long * 0.8, ridge, TILE, lambda points, u, v: 1.2 + 0.9 * v)


def main_hall(build: Builder) -> None:
    """The hall in the north: on its platform, five bays, lamps behind the paper windows."""
    build.quad((-5.6, 0.45, -10.4), (11.2, 0, 0), (0, 0, 5.6), PAVING, slabs, 0.5)
    build.quad((-5.6, 0, -4.8), (11.2, 0, 0), (0, 0.45, 0), BRICK, bricks)
    for step in range(3):
        build.quad((-1.2, 0.15 * step, -4.8 + 0.32 * (3 - step)), (2.4, 0, 0), (0, 0, -0.32), PAVING)
        build.quad((-1.2, 0.15 * step, -4.8 + 0.32 * (3 - step)), (2.4, 0, 0), (0, 0.15, 0), BRICK)
    for x in np.linspace(-5.0, 5.0, 6):
        build.tube((x, 0.45, -5.3), (x, 3.3, -5.3), 0.13, WOOD, 1.4)
    for bay in range(5):
        left = -5.0 + 2.0 * bay
        if bay == 2:
            for leaf in (left + 0.12, left + 1.3):
                build.window((leaf, 0.45, -6.0), (0.58, 0, 0), (0, 2.3, 0), (0, 0, 1))
            continue
        build.quad((left, 0.45, -6.0), (2, 0, 0), (0, 0.9, 0), BRICK, bricks)
        build.window((left + 0.1, 1.4, -6.0), (1.8, 0, 0), (0, 1.5, 0), (0, 0, 1))
    build.quad((-5.2, 2.95, -5.32), (10.4, 0, 0), (0, 0.32, 0), WOOD, None, 1.4)
    build.quad((-5.0, 0.45, -10.0), (10, 0, 0), (0, 2.9, 0), BRICK, bricks, 0.4)
    for x in (-5.0, 5.0):
        build.quad((x, 0.45, -10.0), (0, 0, 4.4), (0, 3.2, 0), BRICK, bricks, 0.6)
    roof(build, (0, 0, -7.4), 6.1, 3.2, 3.25, 5.7, True, 0.75)


def wing(build: Builder, side: int) -> None:
    """A side wing: lower, three bays, its wall towards the court."""
    face = side * 5.6
    build.quad((face, 0, -3.9), (0, 0, 7.8), (0, 1.0, 0), BRICK, bricks)
    build.quad((side * 8.6, 0, -3.9), (0, 0, 7.8), (0, 2.6, 0), BRICK, bricks, 0.3)
    for bay in range(3):
        build.window((face, 1.0, -3.6 + 2.5 * bay), (0, 0, 2.0), (0, 1.3, 0), (-side, 0, 0), 1.9)
    for z in np.linspace(-3.9, 3.9, 4):
        build.tube((face - side * 0.2, 0, z), (face - side * 0.2, 2.6, z), 0.1, WOOD, 1.4)
    for z in (-3.9, 3.9):
        build.quad((face, 0, z), (side * 3.0, 0, 0), (0, 2.7, 0), BRICK, bricks, 0.5)
    roof(build, (side * 7.1, 0, 0), 4.4, 2.1, 2.5, 4.0, False, 0.4)


def gate(build: Builder) -> None:
    """The south wall and, in its east corner, the gate with one leaf open."""
    build.quad((-8.6, 0, 6.2), (11.4, 0, 0), (0, 2.5, 0), BRICK, bricks, 0.4)
    build.quad((5.6, 0, 6.2), (3.0, 0, 0), (0, 2.5, 0), BRICK, bricks, 0.4)
    roof(build, (-2.9, 0, 6.2), 5.7, 0.35, 2.45, 2.75, True, 0.0)
    roof(build, (7.1, 0, 6.2), 1.5, 0.35, 2.45, 2.75, True, 0.0)
    for x in (2.9, 5.5):
        build.tube((x, 0, 6.2), (x, 3.0, 6.2), 0.14, WOOD, 1.6)
    build.quad((2.9, 2.55, 6.2), (2.6, 0, 0), (0, 0.4, 0), WOOD, None, 1.6)
    build.quad((3.0, 0.1, 6.2), (0.3, 0, -1.1), (0, 2.4, 0), WOOD, None, 1.5)
    build.quad((4.2, 0.1, 6.2), (1.2, 0, 0), (0, 2.4, 0), WOOD, None, 1.5)
    roof(build, (4.2, 0, 6.2), 1.9, 1.2, 3.0, 3.95, True, 0.45)


def tree(build: Builder) -> None:
    """The jujube tree: crooked, thin leaves, a few dates already red."""
    chance = np.random.default_rng(1993)

    def grow(start: np.ndarray, direction: np.ndarray, length: float, radius: float, left: int) -> None:
        end = start + direction * length
        build.tube(start, end, radius, BARK, 2.2 if left > 3 else 2.0, 0.7)
        if left <= 2:
            leaves(end, 0.42)
        if left == 0:
            return
        for _ in range(2 if left > 1 else 3):
            bent = direction + chance.normal(0, 0.52, 3) + (0, 0.1, 0)
            grow(end, bent / np.linalg.norm(bent), length * (0.7 + 0.2 * chance.random()), radius * 0.66, left - 1)

    def leaves(centre: np.ndarray, size: float) -> None:
        def shape(u: np.ndarray, v: np.ndarray) -> np.ndarray:
            turn, rise = 2 * np.pi * u, 2 * v - 1
            flat = np.sqrt(1 - rise ** 2) * size
            hull = np.stack((flat * np.cos(turn), size * 0.6 * rise, flat * np.sin(turn)), axis=1)
            return centre + hull * ((u * 7919 + v * 104729) % 1)[:, None] ** 0.5
        build.surface(0.42, shape, LEAF, lambda points, u, v: 0.8 + 0.5 * v, 0.03)
        build.surface(0.07, shape, DATE, None, 0.02)

    grow(np.array((2.3, 0.0, -1.2)), np.array((-0.08, 0.99, 0.05)), 1.35, 0.15, 5)


def bicycle(build: Builder) -> None:
    """A heavy bicycle with a carrier, leaning against the east wing."""
    along, up = np.array((0, 0, 1.0)), np.array((0.17, 0.985, 0))
    foot = np.array((5.05, 0, 2.0))

    def at(z: float, y: float) -> np.ndarray:
        return foot + along * z + up * y

    for z in (-0.56, 0.56):
        build.ring(at(z, 0.35), along, up, 0.34, IRON, 4)
        build.ring(at(z, 0.35), along, up, 0.04, IRON, 4)
    for start, end in (((-0.56, 0.35), (-0.2, 0.86)), ((-0.56, 0.35), (0.0, 0.33)), ((0.0, 0.33), (-0.24, 0.96)),
                       ((0.0, 0.33), (0.36, 0.88)), ((-0.2, 0.86), (0.36, 0.88)), ((0.56, 0.35), (0.34, 1.05)),
                       ((-0.2, 0.74), (-0.86, 0.74)), ((-0.86, 0.74), (-0.56, 0.35)), ((-0.34, 0.98), (-0.1, 0.99))):
        build.tube(at(*start), at(*end), 0.011, IRON, 9)
    bar = at(0.34, 1.05)
    half, bell = np.array((0.28, 0, -0.04)), bar + np.array((-0.12, 0.04, -0.02))
    build.tube(bar - half, bar + half, 0.011, IRON, 9)
    build.surface(0.02, lambda u, v: bell + 0.03 * np.stack((np.cos(6.3 * u), v, np.sin(6.3 * u)), axis=1),
                  LAMP, None, 0.003)


def jar(build: Builder) -> None:
    """The water jar, full, with the evening in it."""
    def shape(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        wide = 0.36 + 0.2 * np.sin(np.pi * (0.15 + 0.75 * v))
        return np.stack((-3.4 + wide * np.cos(2 * np.pi * u), 0.85 * v, -2.6 + wide * np.sin(2 * np.pi * u)), 1)

    build.surface(2.6, shape, CLAY, lambda points, u, v: 0.8 + 0.4 * v, 0.006)

    def water(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        wide = 0.44 * np.sqrt(v)
        return np.stack((-3.4 + wide * np.cos(2 * np.pi * u), 0 * u + 0.78, -2.6 + wide * np.sin(2 * np.pi * u)), 1)

    build.surface(0.7, water, LAMP, None, 0.002)


def courtyard() -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 3) in metres, Y up, the court around the origin, hall towards -Z; colours (n, 3) uint8."""
    build = Builder(618)
    build.quad((-5.6, 0, -4.8), (11.2, 0, 0), (0, 0, 11.0), PAVING, slabs, 0.85)
    main_hall(build)
    wing(build, -1)
    wing(build, 1)
    gate(build)
    tree(build)
    bicycle(build)
    jar(build)
    return build.sample(POINTS)


def write_courtyard(path: Path) -> None:
    """Write the scan as binary little-endian PLY; positions are rounded to millimetres."""
    points, colours = courtyard()
    record = np.zeros(len(points), [("place", "<f4", 3), ("colour", "u1", 3)])
    record["place"], record["colour"] = points.round(3), colours
    head = ("ply\nformat binary_little_endian 1.0\ncomment Two Fathers, CC0\n"
            f"element vertex {len(points)}\nproperty float x\nproperty float y\nproperty float z\n"
            "property uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n")
    path.write_bytes(head.encode("ascii") + record.tobytes())
