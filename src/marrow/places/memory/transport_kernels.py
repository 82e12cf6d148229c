"""The loops of transport. Features are whole numbers, so that sums of squares are exact: no order changes a bit."""

import numpy as np
from numba import njit
from numpy import ndarray

BITS = 16  # of the curve along each axis


@njit(cache=True)
def mixed(number: int) -> int:
    """A whole number stirred until nothing of its pattern is left, 0..2^63 - 1 (splitmix64)."""
    z = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((z ^ (z >> np.uint64(31))) >> np.uint64(1))


@njit(cache=True)
def chance(number: int) -> float:
    """A fixed die for a number: 0 <= chance < 1."""
    return np.float64(mixed(number) >> 10) / 9007199254740992.0


@njit(cache=True)
def loosened(points: ndarray, most: int, salt: int) -> ndarray:
    """Points moved by a few whole steps of their own, so that identical ones can be told apart: (n, d) float64."""
    made = np.empty_like(points)
    for i in range(len(points)):
        for a in range(points.shape[1]):
            made[i, a] = points[i, a] + mixed((i * 16 + a) * 4 + salt) % (2 * most + 1) - most
    return made


@njit(cache=True)
def frame(size: int, seed: int) -> ndarray:
    """Axes at right angles, turned by chance: (size, size) float64, rows of length 1 (Gram-Schmidt)."""
    axes = np.zeros((size, size))
    for row in range(size):
        long, throw = 0.0, 0
        while long < 1e-3:
            for a in range(size):
                die = ((seed * 64 + row) * 16 + a) * 8 + throw
                axes[row, a] = chance(3 * die) + chance(3 * die + 1) + chance(3 * die + 2) - 1.5
            for other in range(row):
                along = 0.0
                for a in range(size):
                    along += axes[row, a] * axes[other, a]
                for a in range(size):
                    axes[row, a] -= along * axes[other, a]
            long = 0.0
            for a in range(size):
                long += axes[row, a] * axes[row, a]
            throw += 1
        for a in range(size):
            axes[row, a] /= np.sqrt(long)
    return axes


@njit(cache=True)
def turned(points: ndarray, axes: ndarray) -> ndarray:
    """Points along other axes: (n, d) float32."""
    made = np.empty(points.shape, np.float32)
    for i in range(len(points)):
        for row in range(len(axes)):
            along = 0.0
            for a in range(len(axes)):
                along += points[i, a] * axes[row, a]
            made[i, row] = along
    return made


@njit(cache=True)
def curve(points: ndarray) -> ndarray:
    """Where points lie along a Hilbert curve: (n,) int64.

    source    Skilling, Programming the Hilbert curve, AIP Conf. Proc. 707, 2004
    """
    made, x = np.empty(len(points), np.int64), np.empty(3, np.int64)
    low, widest = np.empty(3), 1.0
    for a in range(3):
        low[a] = points[:, a].min()
        widest = max(widest, points[:, a].max() - low[a])
    for i in range(len(points)):
        for a in range(3):
            x[a] = np.int64((points[i, a] - low[a]) / widest * ((1 << BITS) - 1))
        _unfolded(x)
        index = 0
        for bit in range(BITS - 1, -1, -1):
            for a in range(3):
                index = (index << 1) | ((x[a] >> bit) & 1)
        made[i] = index
    return made


@njit(cache=True)
def _unfolded(x: ndarray) -> None:
    """Coordinates into the transposed Hilbert index, in place."""
    q = 1 << (BITS - 1)
    while q > 1:
        p = q - 1
        for a in range(3):
            if x[a] & q:
                x[0] ^= p
            else:
                t = (x[0] ^ x[a]) & p
                x[0] ^= t
                x[a] ^= t
        q >>= 1
    x[1] ^= x[0]
    x[2] ^= x[1]
    t, q = 0, 1 << (BITS - 1)
    while q > 1:
        if x[2] & q:
            t ^= q - 1
        q >>= 1
    for a in range(3):
        x[a] ^= t


@njit(cache=True)
def _swapped(points: ndarray, index: ndarray, i: int, j: int) -> None:
    for a in range(points.shape[1]):
        points[i, a], points[j, a] = points[j, a], points[i, a]
    index[i], index[j] = index[j], index[i]


@njit(cache=True)
def _parted(points: ndarray, index: ndarray, low: int, high: int, middle: int, axis: int) -> None:
    """Move rows so that those low..middle lie below those middle..high along an axis (Hoare's selection)."""
    while high - low > 1:
        pivot = points[(low + high) // 2, axis]
        i, j = low, high - 1
        while i <= j:
            while points[i, axis] < pivot:
                i += 1
            while points[j, axis] > pivot:
                j -= 1
            if i <= j:
                _swapped(points, index, i, j)
                i += 1
                j -= 1
        if middle <= j:
            high = j + 1
        elif middle >= i:
            low = i
        else:
            return


@njit(cache=True)
def _wide(points: ndarray, low: int, high: int, axis: int) -> tuple[float, float]:
    least, most = points[low, axis], points[low, axis]
    for i in range(low + 1, high):
        least = min(least, points[i, axis])
        most = max(most, points[i, axis])
    return least, most


@njit(cache=True)
def halved(points: ndarray, cells: int, seed: int) -> ndarray:
    """An order of points in which `cells` equal slices are cells of space, halved again and again: (n,) int64.

    points    (n, d) float32, brought into that order too
    """
    count = len(points)
    index = np.arange(count)
    stack = [(0, cells)]
    while len(stack) > 0:
        first, last = stack.pop()
        if last - first < 2:
            continue
        low, high, axis, widest = count * first // cells, count * last // cells, 0, -1.0
        for a in range(points.shape[1]):
            least, most = _wide(points, low, high, a)
            width = (most - least) * (0.7 + 0.6 * chance(((seed * 65536 + first) * 65536 + last) * 16 + a))
            if width > widest:
                axis, widest = a, width
        middle = (first + last) // 2
        _parted(points, index, low, high, count * middle // cells, axis)
        stack.append((first, middle))
        stack.append((middle, last))
    return index


@njit(cache=True)
def middles(points: ndarray, order: ndarray, cells: int) -> ndarray:
    """The middle of each cell in whole steps: (cells, d) float64."""
    made = np.zeros((cells, points.shape[1]))
    for cell in range(cells):
        low, high = len(order) * cell // cells, len(order) * (cell + 1) // cells
        for i in range(low, high):
            for a in range(points.shape[1]):
                made[cell, a] += points[order[i], a]
        for a in range(points.shape[1]):
            made[cell, a] = np.rint(made[cell, a] / (high - low))
    return made


@njit(cache=True)
def costs(begins: ndarray, goals: ndarray) -> ndarray:
    """What each pair would cost: (n, m) float64, whole numbers."""
    made = np.empty((len(begins), len(goals)))
    for i in range(len(begins)):
        for k in range(len(goals)):
            made[i, k] = cost(begins, i, goals, k)
    return made


@njit(cache=True)
def cost(begins: ndarray, i: int, goals: ndarray, k: int) -> float:
    """The squared distance of one pair."""
    total = 0.0
    for a in range(begins.shape[1]):
        off = begins[i, a] - goals[k, a]
        total += off * off
    return total


@njit(cache=True, nogil=True)
def paired(begins: ndarray, goals: ndarray, ours: ndarray, theirs: ndarray, edges: ndarray, seed: int) -> ndarray:
    """Pair the points of cell and cell by halving both along the same axes: (n,) int64, a bijection.

    begins, goals    (n, d) float32 along the same axes
    ours, theirs     (n,) int64 orders in which the points of one cell stand together; changed
    edges            (cells + 1,) where the cells begin
    """
    left, right = begins[ours], goals[theirs]
    goal = np.empty(len(ours), np.int64)
    for cell in range(len(edges) - 1):
        stack = [(edges[cell], edges[cell + 1])]
        while len(stack) > 0:
            low, high = stack.pop()
            if high - low == 1:
                goal[ours[low]] = theirs[low]
                continue
            axis, widest = 0, -1.0
            for a in range(left.shape[1]):
                (least, most), (other, further) = _wide(left, low, high, a), _wide(right, low, high, a)
                width = max(most, further) - min(least, other)
                width *= 0.7 + 0.6 * chance(((seed * 4194304 + low) * 4194304 + high) * 16 + a)
                if width > widest:
                    axis, widest = a, width
            middle = (low + high) // 2
            _parted(left, ours, low, high, middle, axis)
            _parted(right, theirs, low, high, middle, axis)
            stack.append((low, middle))
            stack.append((middle, high))
    return goal


@njit(cache=True)
def merge(begins: ndarray, goals: ndarray, ours: ndarray, other: ndarray) -> None:
    """Take from another pairing whatever is cheaper: the cycles in which the two differ, one by one. Changes `ours`."""
    count = len(ours)
    back = np.empty(count, np.int64)
    for i in range(count):
        back[other[i]] = i
    seen, cycle = np.zeros(count, np.bool_), np.empty(count, np.int64)
    for start in range(count):
        length, i, gain = 0, start, 0.0
        while not seen[i]:
            seen[i] = True
            cycle[length] = i
            length += 1
            gain += cost(begins, i, goals, ours[i]) - cost(begins, i, goals, other[i])
            i = back[ours[i]]
        if gain > 0:
            for k in range(length):
                ours[cycle[k]] = other[cycle[k]]


@njit(cache=True)
def slots_near(near: ndarray, place: ndarray) -> ndarray:
    """Neighbours of slots from neighbours of points: (m, k) int32; of split points the likewise numbered share.

    near     (n, k) neighbours of points;  place: (m,) ascending, the point of each slot
    """
    first = np.searchsorted(place, np.arange(len(near) + 1))
    made = np.empty((len(place), near.shape[1]), np.int32)
    for slot in range(len(place)):
        share = slot - first[place[slot]]
        for k in range(near.shape[1]):
            other = near[place[slot], k]
            made[slot, k] = first[other] + share % (first[other + 1] - first[other])
    return made


@njit(cache=True)
def exchange(begins: ndarray, goals: ndarray, goal: ndarray, near: ndarray, rounds: int) -> None:
    """Neighbours exchange goals as long as that is cheaper, at most so many rounds. Changes `goal`."""
    for _ in range(rounds):
        changed = 0
        for i in range(len(goal)):
            for k in range(near.shape[1]):
                j = near[i, k]
                gain = 0.0
                for a in range(begins.shape[1]):
                    gain += (begins[i, a] - begins[j, a]) * (goals[goal[i], a] - goals[goal[j], a])
                if gain < 0:
                    goal[i], goal[j] = goal[j], goal[i]
                    changed += 1
        if changed == 0:
            break
