"""Markers of optical capture: points on the skin, each with a path of its own, no bones between them.

They become a flat skeleton, one joint per marker under a joint at the world's origin, which any 3D program shows;
`marrow.bones.points.solve` finds bones from such points where their names tell what they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy import ndarray

from marrow.bones.formats.letters import different
from marrow.contents import Contents, Remark
from marrow.media import Motion, Rig, Skeleton

UNITS = {"m": 1.0, "meter": 1.0, "meters": 1.0, "metre": 1.0, "metres": 1.0, "dm": 0.1, "cm": 0.01, "mm": 0.001,
         "millimeters": 0.001, "in": 0.0254, "inch": 0.0254, "inches": 0.0254, "ft": 0.3048, "feet": 0.3048}
TALLER = 1.3     # a body stands along an axis that it reaches so much farther along than along the others
OWNER = ":"      # "Anna:LASI" is the marker LASI of Anna


@dataclass(frozen=True)
class Markers:
    """Where markers were seen.

    labels    as in the file, "owner:marker" where several bodies were captured
    places    (frames, markers, 3) metres, Y up; NaN where a marker was not seen
    rate      frames per second, exact
    stated    what the file says of itself
    """

    labels: tuple[str, ...]
    places: ndarray
    rate: Fraction
    stated: Mapping[str, object]


def standing_axis(places: ndarray) -> str:
    """The axis that markers reach plainly farthest along, "y" or "z"; "" where neither is plain.

    places    (frames, markers, 3), NaN where unseen
    """
    with np.errstate(invalid="ignore"):
        reach = np.nanmax(places, axis=1, initial=-np.inf) - np.nanmin(places, axis=1, initial=np.inf)
    reach = reach[np.isfinite(reach).all(axis=1)]
    across, up, along = np.median(reach, axis=0) if len(reach) else (1.0, 1.0, 1.0)
    if up > TALLER * max(across, along):
        return "y"
    return "z" if along > TALLER * max(across, up) else ""


def contents(form: str, markers: Markers, name: str) -> Contents:
    """The markers as flat skeletons, one for each owner; gaps are bridged in a straight line and told.

    test    a marker that is seen stands where it was seen
    """
    owners: dict[str, list[int]] = {}
    for number, label in enumerate(markers.labels):
        owner, mark, _ = label.rpartition(OWNER)
        owners.setdefault(owner if mark else "", []).append(number)
    seen = np.isfinite(markers.places).all(axis=2)
    lost = [markers.labels[number] for number in np.flatnonzero(~seen.any(axis=0))]
    gaps = int((~seen[:, seen.any(axis=0)]).sum())
    losses = []
    if lost:
        losses.append(Remark("markers.unseen", {"count": len(lost), "first": lost[0]}))
    if gaps:
        worst = int(np.where(seen.any(axis=0), (~seen).sum(axis=0), 0).argmax())
        losses.append(Remark("markers.gaps", {"count": gaps, "share": f"{100 * gaps / seen.size:.1f}",
                                              "worst": markers.labels[worst], "frames": int((~seen[:, worst]).sum())}))
    rigs = tuple(_rig(markers, [each for each in numbers if seen[:, each].any()], seen, owner or name)
                 for owner, numbers in owners.items() if seen[:, numbers].any())
    return Contents(form, rigs, stated=markers.stated, losses=tuple(losses))


def _rig(markers: Markers, numbers: list[int], seen: ndarray, name: str) -> Rig:
    """A flat skeleton; its rest pose is the first of the frames in which most markers are seen."""
    best = int(seen[:, numbers].sum(axis=1).argmax())
    frames = np.arange(len(seen))
    paths = {}
    for joint, number in enumerate(numbers, 1):
        known = np.flatnonzero(seen[:, number])
        axes = markers.places[known, number].T
        paths[joint] = np.stack([np.interp(frames, known, each) for each in axes], axis=-1)
    names = tuple(different(("markers", *(markers.labels[each].rpartition(OWNER)[2] for each in numbers))))
    offsets = np.array([np.zeros(3), *(path[best] for path in paths.values())])
    parents = np.array([-1, *([0] * len(numbers))], np.int32)
    still = np.tile([1.0, 0, 0, 0], (len(names), 1))
    skeleton = Skeleton(names, parents, offsets, still)
    turns, root = np.tile(still, (len(frames), 1, 1)), np.zeros((len(frames), 3))
    motion = Motion(skeleton, turns, root, markers.rate, paths, name)
    return Rig(skeleton, motions=(motion,), name=name)
