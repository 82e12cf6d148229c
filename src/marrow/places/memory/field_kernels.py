"""The loops of memory as motion: each point for itself, so that threads change nothing; plain arithmetic only."""

import numpy as np
from numba import njit
from numpy import ndarray

from marrow.places.memory.transport_kernels import chance

RED, GREEN, BLUE = np.float32(0.2126), np.float32(0.7152), np.float32(0.0722)
NONE, ONE, TWO, THREE = np.float32(0), np.float32(1), np.float32(2), np.float32(3)


@njit(cache=True, nogil=True)
def _stirred(x: int, y: int, z: int, salt: int) -> int:
    """A lattice place as a number without a pattern, 63 bits."""
    h = np.uint64(x) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(y) * np.uint64(0xC2B2AE3D27D4EB4F)
    h += np.uint64(z) * np.uint64(0x165667B19E3779F9) + np.uint64(salt) * np.uint64(0xD6E8FEB86659FD93)
    h = (h ^ (h >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    h = (h ^ (h >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return np.int64((h ^ (h >> np.uint64(32))) >> np.uint64(1))


@njit(cache=True, nogil=True)
def curl(x: float, y: float, z: float, salt: int) -> tuple[float, float, float]:
    """A current without sources or sinks, about 1 strong: the curl of three lattices of soft chance.

    source    Bridson, Hourihan, Nordenstam, Curl-Noise for Procedural Fluid Flow, SIGGRAPH 2007
    """
    bx, by, bz = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    u, v, w = x - bx, y - by, z - bz
    fu, fv, fw = u * u * u * (u * (u * 6 - 15) + 10), v * v * v * (v * (v * 6 - 15) + 10), w * w * w * (
        w * (w * 6 - 15) + 10)
    du, dv, dw = 30 * u * u * (u - 1) * (u - 1), 30 * v * v * (v - 1) * (v - 1), 30 * w * w * (w - 1) * (w - 1)
    ax = ay = az = 0.0
    for corner in range(8):
        i, j, k = corner & 1, corner >> 1 & 1, corner >> 2
        die = _stirred(bx + i, by + j, bz + k, salt)
        a, b, c = (die & 0xFFFFF) / 524288.0 - 1, (die >> 20 & 0xFFFFF) / 524288.0 - 1, (die >> 40) / 4194304.0 - 1
        su, sv, sw = fu if i else 1 - fu, fv if j else 1 - fv, fw if k else 1 - fw
        gx, gy, gz = (du if i else -du) * sv * sw, su * (dv if j else -dv) * sw, su * sv * (dw if k else -dw)
        ax += c * gy - b * gz
        ay += a * gz - c * gx
        az += b * gx - a * gy
    return ax, ay, az


@njit(cache=True, nogil=True)
def smooth(share: float) -> float:
    """0..1 without a jerk at either end."""
    return share * share * (THREE - TWO * share)


@njit(cache=True, nogil=True)
def clipped(share: float) -> float:
    """A number brought into 0..1."""
    return min(max(share, NONE), ONE)


@njit(cache=True, nogil=True)
def drifted(points: ndarray, light: ndarray, order: ndarray, before: ndarray, after: ndarray, share: float,
            wind: tuple[float, ...], span: tuple[int, int], shown: tuple[ndarray, ...]) -> None:
    """Points that come out of a current, or go into it.

    order     (n,) 0..1 when a point's turn comes;  before, after: (n,) how much of it is there
    wind      late, far (metres), lift (metres), cells to a metre, how pale what leaves becomes, salt
    shown     where they are (n, 3), there (n,), size (n,), light (n, 3) or (0, 3)
    """
    made, there, size, tint = shown
    late, far, lift, cells, pale, salt = wind
    for i in range(*span):
        q = clipped(np.float32(share * (1 + late) - late * order[i]))
        left = ONE - q if after[i] > before[i] else (q if after[i] < before[i] else NONE)
        whole = smooth(clipped(np.float32(1.6) * (ONE - left)))
        there[i] = max(before[i], after[i]) * whole + min(before[i], after[i]) * (ONE - whole)
        near = left * left
        size[i] = ONE - np.float32(0.55) * near
        x, y, z = points[i]
        if near > 0 and there[i] > 0:
            a, b, c = curl(x * cells, y * cells, z * cells, int(salt))
            own = far * (0.35 + 1.3 * chance(i * 2 + int(salt)))
            d, e, f = curl(x * cells * 3.1 + near * 0.8, y * cells * 3.1, z * cells * 3.1, int(salt) + 1)
            bend = near * left * 0.45
            x += np.float32(own * (near * a + bend * d))
            y += np.float32(own * (near * b + bend * e) + lift * near * left)
            z += np.float32(own * (near * c + bend * f))
        made[i, 0], made[i, 1], made[i, 2] = x, y, z
        if len(tint):
            gone = np.float32(pale) * smooth(left) if after[i] < before[i] else NONE
            grey = (RED * light[i, 0] + GREEN * light[i, 1] + BLUE * light[i, 2]) * gone
            for a in range(3):
                tint[i, a] = light[i, a] * (ONE - gone) + grey


@njit(cache=True, nogil=True)
def swept(light: ndarray, order: ndarray, before: ndarray, share: float, beam: tuple[float, float],
          span: tuple[int, int], shown: tuple[ndarray, ...]) -> None:
    """Points that a line of light passes: nothing before it, the place behind it, a glow upon it.

    beam      width of the line as a share of the sweep, and how much brighter it is
    """
    there, size, tint = shown
    wide, glow = beam
    for i in range(*span):
        past = np.float32((share * (1 + 3 * wide) - order[i]) / wide)
        there[i] = max(before[i], smooth(clipped(past)))
        tail = clipped(ONE - past * np.float32(1 / 3))
        lit = tail * tail * smooth(clipped(past)) if 0 < share < 1 else NONE
        size[i] = ONE + np.float32(0.5) * lit
        if len(tint):
            grey = (RED * light[i, 0] + GREEN * light[i, 1] + BLUE * light[i, 2] + np.float32(0.1)) * np.float32(glow)
            for a in range(3):
                tint[i, a] = light[i, a] + grey * lit


@njit(cache=True, nogil=True)
def carried(ends: tuple[ndarray, ndarray], lights: tuple[ndarray, ndarray], pairs: tuple[ndarray, ndarray],
            windows: ndarray, masses: tuple[ndarray, ndarray], before: ndarray, share: float,
            wind: tuple[float, ...], span: tuple[int, int], shown: tuple[ndarray, ...]) -> None:
    """Points on their way from one place to another: straight lines, bent by a current that is still at both ends.

    ends      points of both places, of the same origin;  lights: theirs, linear, or (0, 3)
    pairs     (p,) and (p,) which point each path leaves and reaches;  windows: (p, 2) share at which it starts, ends
    masses    (n,) and (m,) share of its point that each path is at its ends
    wind      strength as a share of the way, metres at least, cells to a metre, salt, second radius over first
    """
    first, second = ends
    made, there, size, mass, tint = shown
    strong, least, cells, salt, ratio = wind
    for p in range(*span):
        i, k = pairs[0][p], pairs[1][p]
        q = clipped(np.float32((share - windows[p, 0]) / (windows[p, 1] - windows[p, 0])))
        die = np.float32(0.36 + 0.28 * chance(p * 2 + int(salt)))
        q = q / ((ONE / die - TWO) * (ONE - q) + ONE)  # each with a haste of its own: Schlick's bias
        e = q * q * q * (q * (q * np.float32(6) - np.float32(15)) + np.float32(10))
        back = ONE - e
        x, y, z = (first[i, 0] * back + second[k, 0] * e, first[i, 1] * back + second[k, 1] * e,
                   first[i, 2] * back + second[k, 2] * e)
        if 0 < e < 1:
            dx, dy, dz = second[k, 0] - first[i, 0], second[k, 1] - first[i, 1], second[k, 2] - first[i, 2]
            bump = np.float32(16) * e * e * back * back
            push = (strong * np.sqrt(dx * dx + dy * dy + dz * dz) + least) * bump
            a, b, c = curl(x * cells, y * cells, z * cells, int(salt))
            x, y, z = x + np.float32(push * a), y + np.float32(push * b), z + np.float32(push * c)
        made[p, 0], made[p, 1], made[p, 2] = x, y, z
        there[p] = before[i] * back + e
        size[p] = back + np.float32(ratio) * e
        mass[p] = masses[0][i] * back + masses[1][k] * e
        for a in range(len(tint) and 3):
            tint[p, a] = lights[0][i, a] * back + lights[1][k, a] * e


@njit(cache=True)
def ranked(order: ndarray, seed: int) -> ndarray:
    """Fair turns for points along a curve: those below any share are spread evenly. (n,) float32 0..1.

    order     (n,) the points along a curve that fills space
    source    radical inverse with Owen's scrambling by Burley, Practical Hash-based Owen Scrambling, JCGT 2020;
              along a curve: Ahmed, Wonka, Screen-Space Blue-Noise Diffusion, SIGGRAPH Asia 2020
    """
    made = np.empty(len(order), np.float32)
    salt = np.uint32((seed * 2654435761 + 0x68BC21EB) & 0xFFFFFFFF)
    for number in range(len(order)):
        x = np.uint32(number)
        x ^= np.uint32(x * np.uint32(0x3D20ADEA))
        x = np.uint32(x + salt)
        x = np.uint32(x * ((salt >> np.uint32(16)) | np.uint32(1)))
        x ^= np.uint32(x * np.uint32(0x05526C56))
        x ^= np.uint32(x * np.uint32(0x53A22864))
        back = np.uint32(0)
        for bit in range(32):
            back = np.uint32((back << np.uint32(1)) | ((x >> np.uint32(bit)) & np.uint32(1)))
        made[order[number]] = np.float32(np.float64(back >> np.uint32(8)) / 16777216.0)
    return made


@njit(cache=True)
def gathered(points: ndarray, weights: ndarray, low: ndarray, step: float, sides: tuple[int, int, int]) -> ndarray:
    """Weights of points shared among the cells round them, in whole 1/4096: (x, y, z) int64."""
    made = np.zeros(sides, np.int64)
    for i in range(len(points)):
        x, y, z = (points[i, 0] - low[0]) / step, (points[i, 1] - low[1]) / step, (points[i, 2] - low[2]) / step
        bx, by, bz = int(x), int(y), int(z)
        for corner in range(8):
            a, b, c = corner & 1, corner >> 1 & 1, corner >> 2
            share = abs(1 - a - (x - bx)) * abs(1 - b - (y - by)) * abs(1 - c - (z - bz))
            made[bx + a, by + b, bz + c] += int(share * weights[i] * 4096 + 0.5)
    return made


@njit(cache=True)
def looked(field: ndarray, known: ndarray, points: ndarray, low: ndarray, step: float) -> ndarray:
    """A field of cells at points, softly; cells of which nothing is known take no part: (n,) float32."""
    made = np.zeros(len(points), np.float32)
    for i in range(len(points)):
        x, y, z = (points[i, 0] - low[0]) / step, (points[i, 1] - low[1]) / step, (points[i, 2] - low[2]) / step
        bx, by, bz = int(x), int(y), int(z)
        total, whole = 0.0, 0.0
        for corner in range(8):
            a, b, c = corner & 1, corner >> 1 & 1, corner >> 2
            if known[bx + a, by + b, bz + c] > 0:
                share = abs(1 - a - (x - bx)) * abs(1 - b - (y - by)) * abs(1 - c - (z - bz))
                total += share * field[bx + a, by + b, bz + c]
                whole += share
        made[i] = total / whole if whole > 0 else 0.0
    return made


@njit(cache=True)
def away(known: ndarray, sure: ndarray) -> ndarray:
    """How far each cell is from a sure one, walking over cells that hold points: (x, y, z) float64, in cells."""
    far = 1e9
    made = np.where(sure, 0.0, far)
    sx, sy, sz = made.shape
    for turn in range(4 * (sx + sy + sz)):
        changed = False
        for number in range(made.size):
            cell = number if turn % 2 == 0 else made.size - 1 - number
            x, y, z = cell // (sy * sz), cell // sz % sy, cell % sz
            if known[x, y, z] == 0:
                continue
            for near in range(27):
                a, b, c = near % 3 - 1, near // 3 % 3 - 1, near // 9 - 1
                if 0 <= x + a < sx and 0 <= y + b < sy and 0 <= z + c < sz:
                    way = made[x + a, y + b, z + c] + np.sqrt(float(a * a + b * b + c * c))
                    if way < made[x, y, z] - 1e-9:
                        made[x, y, z], changed = way, True
        if not changed:
            break
    return made
