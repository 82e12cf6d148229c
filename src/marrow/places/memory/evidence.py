"""Evidence: how sure it is that a place was so, from what witnesses say of its regions.

A step of `people` counts, region by region, and writes JSON; this is its shape:

    {"kitchen": {"first": 2, "hearsay": 1, "against": 0}, "stairs": {"first": 1, "hearsay": 0, "against": 1}}

    first      witnesses who speak of it and saw it themselves
    hearsay    witnesses who speak of it and were told
    against    of all those, how many are contradicted by another

The rule: a witness's own eyes are worth 1, hearsay 0.35; what is contradicted counts half. A region of which the worth
w is told has confidence w / (w + 1): one pair of eyes 0.5, three 0.75, one that is contradicted 0.33, nobody 0.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.draw import axes
from marrow.errors import InputError, near
from marrow.media import Cloud
from marrow.places.clouds import first_source, squarely, standing
from marrow.units import number

COUNTS = ("first", "hearsay", "against")
HEARSAY = 0.35    # worth of hearsay against that of one's own eyes
DOUBT = 0.5       # worth that a contradicted statement loses
UNTOLD = 0.05     # confidence where no region is and no witness speaks
BORDER = 0.6      # of a region's size, the width of its soft border; half of it lies inside


@dataclass(frozen=True)
class Region:
    """A part of a place that has a name: a ball, or a box along the axes of the file.

    centre    (x, y, z) in the coordinates of the cloud's file
    size      the ball's radius, or the box's three half sides, in the file's unit
    """

    name: str
    centre: tuple[float, float, float]
    size: float | tuple[float, float, float]


def regions(rows: Sequence[Sequence[object]]) -> tuple[Region, ...]:
    """Read the regions of a place: rows of a name, x y z of the middle, and a radius or three half sides.

    raises    InputError  a row of another kind, two of one name
    """
    made: dict[str, Region] = {}
    for place, row in enumerate(rows):
        try:
            name, (x, y, z, *size) = row[0], [number(each) for each in row[1:]]
        except (ValueError, TypeError, IndexError) as error:
            raise InputError("memory.place", row=place + 1, found=row) from error
        if not isinstance(name, str) or len(size) not in (1, 3) or name in made:
            raise InputError("memory.place", row=place + 1, found=row)
        made[name] = Region(name, (x, y, z), size[0] if len(size) == 1 else (size[0], size[1], size[2]))
    return tuple(made.values())


def told(text: str) -> dict[str, dict[str, object]]:
    """Read evidence from JSON; see the head of this module.

    raises    InputError  no JSON, or not names with counts
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("memory.json") from error
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise InputError("memory.json")
    return found


def worth(counts: Mapping[str, object], name: str = "") -> float:
    """Confidence 0..1 of a region from what is counted.

    raises    InputError  counts that are not whole numbers from 0, or more contradicted than said
    test      more witnesses are surer, contradiction is less sure, nobody is 0
    """
    told = [counts.get(word, 0) for word in COUNTS]
    if any(isinstance(each, bool) or not isinstance(each, int) or each < 0 for each in told):
        raise InputError("memory.counts", name=name, found=dict(counts))
    first, hearsay, against = told
    if against > first + hearsay:
        raise InputError("memory.against", name=name, against=against, said=first + hearsay)
    weight = first + HEARSAY * hearsay
    weight *= 1 - DOUBT * against / max(first + hearsay, 1)
    return weight / (weight + 1)


def confidence(cloud: Cloud, regions: Sequence[Region], evidence: Mapping[str, Mapping[str, object]]) -> ndarray:
    """How sure it is that each point was so: (n,) float32 0..1.

    Where regions overlap the surer one speaks; outside of all, and in those of which nobody speaks, it is low.

    regions     the named parts of the place
    evidence    name of a region -> counts; see the head of this module
    raises      InputError  evidence for a region that is not there, counts that cannot be, a region without size
    test        the middle of a region has its worth, far away it is UNTOLD, it falls without a step between
    """
    names = {region.name for region in regions}
    for name in evidence:
        if name not in names:
            raise InputError("memory.region", name=name, choices=near(name, names))
    made = np.full(len(cloud.points), UNTOLD, np.float32)
    for region in regions:
        sure = max(worth(evidence.get(region.name, {}), region.name), UNTOLD)
        share = _inside(cloud, region)
        made = np.maximum(made, np.float32(UNTOLD) + np.float32(sure - UNTOLD) * share)
    return made


def _inside(cloud: Cloud, region: Region) -> ndarray:
    """How much each point belongs to a region: 1 inside, 0 outside, smooth between: (n,) float32."""
    file = first_source(cloud)
    size = np.broadcast_to(np.asarray(region.size, float), 3) * file.unit
    if not (np.isfinite(size).all() and (size > 0).all() and np.isfinite(region.centre).all()):
        raise InputError("memory.size", name=region.name)
    points, origin = squarely(cloud)
    middle = standing(file, np.array(region.centre, float)) - origin
    off = (points.astype(np.float64) - middle) / np.abs(axes.upright(size[None], file.axes)[0])
    if np.ndim(region.size) == 0:
        out = np.sqrt(off[:, 0] * off[:, 0] + off[:, 1] * off[:, 1] + off[:, 2] * off[:, 2])
    else:
        out = np.abs(off).max(1)
    share = np.clip((1 + BORDER / 2 - out) / BORDER, 0, 1)
    return (share * share * (3 - 2 * share)).astype(np.float32)
