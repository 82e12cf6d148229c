"""Points that nobody saw: where they were is told by the moments before and after."""

import numpy as np
from numpy import ndarray


def filled(places: ndarray, parents: ndarray, seen: ndarray) -> ndarray:
    """Put unseen points where their offset from the point above goes smoothly from one sighting to the next.

    places     (frames, points, 3) metres; what is unseen may be NaN
    parents    (points,) parents first, -1 for the root
    seen       (frames, points) bool, every point at least once
    returns    (frames, points, 3)
    test       nothing that was seen moves; a hidden hand on a steady arm comes back
    """
    made = np.where(seen[..., None], places, 0.0)
    frames = np.arange(len(places))
    for point, parent in enumerate(parents):
        hidden = ~seen[:, point]
        if not hidden.any():
            continue
        above = made[:, parent] if parent >= 0 else np.zeros_like(made[:, point])
        known = np.flatnonzero(~hidden)
        offset = made[known, point] - above[known]
        ahead = _through(known, offset, frames)
        if parent >= 0:
            long = np.interp(frames, known, np.linalg.norm(offset, axis=1))
            size = np.linalg.norm(ahead, axis=1)
            ahead *= (long / np.where(size > 1e-9, size, 1))[:, None]
        made[hidden, point] = (above + ahead)[hidden]
    return made


def _through(known: ndarray, values: ndarray, frames: ndarray) -> ndarray:
    """Values (frames, 3) that go smoothly through those known, and hold before the first and after the last."""
    from scipy.interpolate import PchipInterpolator

    if len(known) == 1:
        return np.repeat(values, len(frames), axis=0)
    return PchipInterpolator(known, values)(np.clip(frames, known[0], known[-1]))
