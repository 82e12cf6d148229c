"""Optical capture as TRC, the text format of OpenSim and Cortex: markers over time. Read only.

It states rate and unit, but no axis: Y is up, as OpenSim has it, unless the markers plainly stand along Z.
"""

from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.axes import UPRIGHT
from marrow.bones.formats.letters import decoded, narrowed
from marrow.bones.formats.markers import UNITS, Markers, contents, standing_axis
from marrow.bones.formats.rates import exact
from marrow.contents import Contents
from marrow.errors import InputError, LimitError
from marrow.forms.looks import wrong_kind
from marrow.rotations import rotate

LARGEST = 1_000_000_000  # bytes
FAR = 1e9                # units: no marker is farther away
TOP = 8                  # lines in which the names of the markers must stand


def read_trc(path: Path) -> Contents:
    """Read the markers of a TRC file as flat skeletons, one for each captured body; empty cells are gaps.

    raises    InputError  no TRC, a cell that is no number, fewer frames than stated
              LimitError  larger than memory
    source    OpenSim Documentation, Marker (.trc) Files
    test      a file made by hand; tabs, spaces, line ends and encodings change nothing
    """
    return contents("trc", read_markers(path), path.stem)


def read_markers(path: Path) -> Markers:
    """The markers of a TRC file, NaN where they were not seen; raises as `read_trc`."""
    size = path.stat().st_size
    if size > LARGEST:
        raise LimitError("trc.large", path=path, size=f"{size / 1e6:.0f}", most=f"{LARGEST / 1e6:.0f}")
    content = narrowed(path.read_bytes())
    lines = content.splitlines()
    if not content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"PathFileType") or b"\0" in content:
        raise wrong_kind(path, "motion")
    names = next((number for number, line in enumerate(lines[:TOP]) if line.lstrip().lower().startswith(b"frame#")), 0)
    if names < 2:
        raise InputError("trc.head", path=path)
    said = dict(zip(lines[names - 2].decode("latin1").split(), lines[names - 1].decode("latin1").split(), strict=False))
    labels = _labels(lines[names])
    first = names + 1
    while first < len(lines) and not lines[first].split(b"\t")[0].strip()[:1].isdigit():
        first += 1
    values = _values(lines, first, 2 + 3 * len(labels), path)
    rate = _rate(said.get("DataRate", ""), values[:, 1])
    if not labels or not len(values) or not 1e-3 <= rate <= 1e6:
        raise InputError("trc.head", path=path)
    stated = said.get("NumFrames", "")
    if stated.isdigit() and len(stated) < 10 and int(stated) > len(values):
        raise InputError("motion.frames", path=path, stated=stated, found=len(values))
    return _markers(values[:, 2:].reshape(len(values), -1, 3), labels, rate, said.get("Units", "").lower(), path)


def _markers(places: ndarray, labels: list[str], rate: float, word: str, path: Path) -> Markers:
    """Places in metres with Y up, from places in the file's unit and axes."""
    places[~(np.abs(places) < FAR).all(axis=2)] = np.nan
    if not np.isfinite(places).any():
        raise InputError("trc.empty", path=path)
    unit, shown = UNITS.get(word, 0.001), standing_axis(places)
    stated = {"unit": unit, "unit_by": "file" if word in UNITS else "custom", "up": shown or "y",
              "up_by": "body" if shown else "custom", "rate": exact(rate), "frames": len(places)}
    made = rotate(UPRIGHT, places) if shown == "z" else places
    return Markers(tuple(labels), made * unit, exact(rate), stated)


def _labels(line: bytes) -> list[str]:
    """The names of the markers: one in every third cell, cells parted by tabs, or by spaces where there are none."""
    text = decoded(line)
    cells = [cell.strip() for cell in (text.split("\t") if "\t" in text else text.split())]
    return [cell for cell in cells[2:] if cell]


def _rate(said: str, times: ndarray) -> float:
    """The rate as stated; from the times where it is missing. 0 where neither tells."""
    try:
        return float(said)
    except ValueError:
        step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
        return 1 / step if step > 0 else 0.0


def _values(lines: list[bytes], first: int, width: int, path: Path) -> ndarray:
    """All cells (frames, width) float64, empty ones NaN; short rows are unseen markers."""
    rows = [line for line in lines[first:] if line.strip()]
    if not rows:
        return np.zeros((0, width))
    parted = b"\t" if b"\t" in rows[0] else None
    try:
        return np.loadtxt(rows, comments=None, ndmin=2, encoding="latin1", usecols=range(width),
                          delimiter=parted.decode() if parted else None)
    except ValueError:
        return np.array([_row(line, parted, width, number, path)
                         for number, line in enumerate(lines[first:], first + 1) if line.strip()])


def _row(line: bytes, parted: bytes | None, width: int, number: int, path: Path) -> list[float]:
    try:
        cells = [float(cell) if cell.strip() else np.nan for cell in line.split(parted)[:width]]
    except ValueError as error:
        raise InputError("motion.number", path=path, line=number) from error
    return cells + [np.nan] * (width - len(cells))
