"""Gaussian splats in .splat, 32 bytes each: place, scales, colour with opacity, turn; axes as of 3DGS.

source    github.com/antimatter15/splat
"""

from pathlib import Path

import numpy as np

from marrow.contents import Remark, tell_of
from marrow.draw import axes, harmonics
from marrow.errors import InputError, LimitError
from marrow.forms.looks import look, wrong_kind
from marrow.forms.splats import upright
from marrow.media import Cloud, Source, Splats
from marrow.places.formats import door
from marrow.rotations import normalised

RECORD = np.dtype([("place", "<f4", 3), ("scales", "<f4", 3), ("tint", "u1", 4), ("turn", "u1", 4)])
MANY = 0.99  # of the records must make sense: the format has no other mark


def read_splat(path: Path) -> Cloud:
    """Splats of a .splat file.

    raises    InputError  not such a file, broken off; LimitError  too many for memory
    test      a record's numbers are found again; what is no such file is refused
    """
    size = path.stat().st_size
    if size // RECORD.itemsize > door.MOST:
        raise LimitError("places.many", path=path, most=door.MOST)
    rows = np.fromfile(path, RECORD, size // RECORD.itemsize)
    with np.errstate(invalid="ignore"):
        good = ((rows["scales"] >= 0) & (rows["scales"] < door.FARTHEST)).all(axis=1)
        good &= (np.abs(rows["place"]) < door.FARTHEST).all(axis=1)
    if size % RECORD.itemsize or not len(rows) or good.mean() < MANY:
        raise InputError("places.splats", path=path) if look(path) in ("unknown", "text") else wrong_kind(path, "cloud")
    if not good.all():
        tell_of([Remark("cloud.numbers", {"path": path.name, "count": int((~good).sum()), "of": len(good)})])
    rows = rows[good]
    terms = ((rows["tint"][:, :3] / 255 - 0.5) / harmonics.FLAT).astype(np.float32)[:, None]
    turns = normalised((rows["turn"].astype(np.float64) - 128) / 128).astype(np.float32)
    splats = upright(Splats(rows["scales"].copy(), turns, (rows["tint"][:, 3] / 255).astype(np.float32), terms), "rdf")
    return Cloud(axes.upright(rows["place"], "rdf"), np.zeros(3), harmonics.plain(terms), splats=splats,
                 sources=(Source(path.name, "rdf"),))
