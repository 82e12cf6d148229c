"""Which finger is which: by how they branch from the hand and lie beside one another."""

import numpy as np
from numpy import ndarray

from marrow.bones.human import FINGERS


def finger_labels(chains: list[list[int]], long: ndarray, places: ndarray,
                  arm: tuple[int, int]) -> dict[str, tuple[int, float]]:
    """The joints of the fingers of a hand, and how sure each is.

    chains     what hangs on the hand
    long       (joints,) length of the bone above each joint
    places     (joints, 3) world, in a standing pose
    arm        the hand's joint and the elbow's
    returns    "IndexProximal" and so on -> joint, 0..1
    test       hands of five fingers with and without bones of the palm and tips
    """
    wrist, elbow = arm
    size = float(np.linalg.norm(places[wrist] - places[elbow])) or 1.0
    chains = [line for line in chains if len(line) > 1 and long[line[1:]].sum() > 0.06 * size]
    if len(chains) < 2:
        return {}
    ways = np.array([_unit(places[line[-1]] - places[line[0]]) for line in chains])
    bases = np.array([places[line[0]] - places[wrist] for line in chains])
    ends = np.array([places[line[-1]] - places[wrist] for line in chains])
    thumb, clear = _thumb(ways, bases, ends)
    others = [number for number in range(len(chains)) if number != thumb]
    others = _beside(others, thumb, ways, bases + ends)
    names = {1: FINGERS_BY_COUNT[1], 4: FINGERS_BY_COUNT[4]}.get(len(others))
    if len(chains) == 2 and min(map(len, chains)) < 3:
        return {}  # a thumb and a mitten, each with its tip
    tips = all(len(chains[number]) == 4 and not _palm(chains[number], long) for number in others)
    found = _joints("Thumb", chains[thumb][:-1] if tips else chains[thumb], long, clear)
    if names and clear > 0.6:
        for name, number in zip(names, others, strict=True):
            found |= _joints(name, chains[number], long, clear)
    return found


FINGERS_BY_COUNT = {1: ("Index",), 4: ("Index", "Middle", "Ring", "Little")}


def _beside(others: list[int], thumb: int, ways: ndarray, places: ndarray) -> list[int]:
    """The fingers in their order across the palm, the one beside the thumb first."""
    along = _unit(ways[others].sum(0))
    flat = places - (places @ along)[:, None] * along
    spread = flat[others] - flat[others].mean(0)
    axis = np.linalg.svd(spread)[2][0]
    away = spread @ axis * np.sign((flat[others].mean(0) - flat[thumb]) @ axis or 1.0)
    return [others[place] for place in np.argsort(away, kind="stable")]


def _thumb(ways: ndarray, bases: ndarray, ends: ndarray) -> tuple[int, float]:
    """The chain that goes another way, from nearer the wrist and less far; and how clearly it does."""
    reach = np.linalg.norm(ends, axis=1)
    mean = np.array([_unit(np.delete(ways, number, 0).sum(0)) for number in range(len(ways))])
    odd = 1 - (ways * mean).sum(1) + 1.0 * (1 - reach / reach.max()) + 0.5 * (
        1 - np.linalg.norm(bases, axis=1) / max(np.linalg.norm(bases, axis=1).max(), 1e-12))
    order = np.argsort(-odd, kind="stable")
    lead = odd[order[0]] - odd[order[1]]
    return int(order[0]), float(np.clip(0.6 + 1.5 * lead, 0, 0.95))


def _joints(finger: str, line: list[int], long: ndarray, sure: float) -> dict[str, tuple[int, float]]:
    """The three joints of a finger: without the bone of the palm and the tip, which alone may be the second of two."""
    if finger != "Thumb" and _palm(line, long):
        line = line[1:]
    return {f"{finger}{part}": (joint, sure if len(line) > 2 or joint == line[0] else min(sure, 0.6))
            for part, joint in zip(FINGERS[finger], line, strict=False)}


def _palm(line: list[int], long: ndarray) -> bool:
    """Whether a finger's chain begins with a bone of the palm."""
    return len(line) > 3 and (len(line) > 4 or long[line[1]] > long[line[0]])


def _unit(vector: ndarray) -> ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
