"""Two versions of one place: each stands where its witness is the surer, with soft borders between."""

from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.media import Cloud
from marrow.places.memory.acts import Stage
from marrow.places.memory.turns import Cells, fair, grown, wave

SOFT = 0.3      # difference of confidence over which one version gives way to the other
REACH = 6       # cells, about 1/9 of the place: as far may versions of one thing lie apart
UNTOLD = 0.5    # confidence of a version of which nothing is told
BORDER = 0.24   # share of the place over which it does where nobody's confidence is known


def united(stage: Stage, rival: Cloud) -> Stage:
    """Both versions on one stage; of the second nothing is there yet."""
    points = (rival.points + (rival.origin - stage.origin)).astype(np.float32)
    coloured = stage.light is not None and rival.colours is not None
    told = [np.full(len(each), UNTOLD, np.float32) if sure is None else np.clip(sure, 0, 1).astype(np.float32)
            for each, sure in ((stage.points, stage.confidence), (points, rival.confidence))]
    return Stage(np.concatenate([stage.points, points]), stage.origin,
                 np.concatenate([stage.light, rival.colours]) if coloured else None,
                 np.concatenate([stage.there, np.zeros(len(points), np.float32)]), np.concatenate(told),
                 both=len(stage.points), second=stage.second)


def blended(stage: Stage, told: bool, seed: int) -> tuple[ndarray, ndarray]:
    """Which points of two versions stay, and when each comes or goes: (n,) float32 1 or 0, (n,) float32 0..1.

    A version holds a spot by its confidence there against the other's; on the border both are thinned evenly, so that
    one gives way to the other. Where nobody's confidence is told, each has one side.

    test    where one witness is surer by SOFT nothing of the other stays; halves where both know as much
    """
    mine, theirs = slice(0, stage.both), slice(stage.both, None)
    share = _held(stage) if told else _sides(stage)
    turns = np.concatenate([fair(stage.points[mine], seed), fair(stage.points[theirs], seed + 1)])
    order = np.float32(0.75) * (1 - np.abs(2 * share - 1)) + np.float32(0.25) * turns
    return (turns < share).astype(np.float32), order


def _held(stage: Stage) -> ndarray:
    """How much of its spot each point's version holds, by confidence: (n,) float32 0..1."""
    parts, share = (slice(0, stage.both), slice(stage.both, None)), np.empty(len(stage.points), np.float32)
    space = Cells.of(stage.points)
    for mine, other in (parts, parts[::-1]):
        cells = space.holding(stage.points[other])
        told = cells.mean(stage.points[other], stage.confidence[other])
        field, known = grown(told, cells.weight > 0, REACH)
        rival = replace(cells, weight=known.astype(np.int64)).at(field, stage.points[mine])
        share[mine] = np.clip(0.5 + (stage.confidence[mine] - rival) / (2 * SOFT), 0, 1)
    return share


def _sides(stage: Stage) -> ndarray:
    """One side each, along the longest level side: (n,) float32 0..1."""
    first = np.clip(0.5 + (np.float32(0.5) - wave(stage.points, None)) / np.float32(BORDER), 0, 1)
    first[stage.both:] = 1 - first[stage.both:]
    return first
