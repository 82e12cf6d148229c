"""What the columns of a table of points are: by their names, else by their values."""

import re

import numpy as np
from numpy import ndarray

from marrow.draw.colour import Shades

NAMES = {
    "x": ("x", "easting", "east", "e", "px", "posx", "x坐标", "东坐标", "cartesianx"),
    "y": ("y", "northing", "north", "n", "py", "posy", "y坐标", "北坐标", "cartesiany"),
    "z": ("z", "elevation", "height", "h", "alt", "pz", "posz", "z坐标", "高程", "cartesianz"),
    "red": ("r", "red", "rf", "diffusered", "colorred", "红"), "green": ("g", "green", "gf", "diffusegreen",
                                                                       "colorgreen", "绿"),
    "blue": ("b", "blue", "bf", "diffuseblue", "colorblue", "蓝"),
    "intensity": ("i", "intensity", "int", "scalarintensity", "reflectance", "reflectivity", "强度"),
    "nx": ("nx", "normalx"), "ny": ("ny", "normaly"), "nz": ("nz", "normalz"),
    "time": ("time", "gpstime", "t", "timestamp", "scalargpstime"),
    "labels": ("label", "labels", "class", "classification", "scalarclassification", "scalarlabel"),
    "confidence": ("confidence", "scalarconfidence"),
}
COLOUR, NORMAL = ("red", "green", "blue"), ("nx", "ny", "nz")
KINDS = {"intensity": np.float32, "time": np.float64, "labels": np.int32, "confidence": np.float32}


def called(names: list[str]) -> list[str]:
    """Our word for each column by its name, "" where we have none for it; the first of a word counts."""
    found: list[str] = []
    for name in names:
        plain = re.sub(r"\(.*?\)|\[.*?\]|[\W_]", "", name.lower())
        word = next((word for word, names in NAMES.items() if plain in names), "")
        found.append("" if word in found else word)
    return found


def guessed(table: ndarray) -> list[str]:
    """Our word for each column of a table without names: x y z, then what looks like intensity, colour, normals."""
    count = table.shape[1]
    words = ["x", "y", "z", *[""] * (count - 3)]
    for start in range(3, count - 2):
        three = table[:, start:start + 3]
        if any(words[start:start + 3]) or not np.isfinite(three).any():
            continue
        if "nx" not in words and _unit(three):
            words[start:start + 3] = NORMAL
        elif "red" not in words and _shaded(three, table[:, start + 3:start + 4]):
            words[start:start + 3] = COLOUR
    if count > 3 and not words[3] and (count == 4 or "red" in words[4:5] or "nx" in words[4:5]):
        words[3] = "intensity"
    elif count == 7 and words[3] == "red":
        words[6] = words[6] or "intensity"
    return words


def known(table: ndarray, words: list[str], shades: Shades) -> dict[str, ndarray]:
    """Fields of `Cloud` out of a table whose columns have these words."""
    at = {word: number for number, word in enumerate(words) if word}
    made: dict[str, ndarray] = {}
    if all(word in at for word in COLOUR):
        made["colours"] = shades.light(table[:, [at[word] for word in COLOUR]])
    if all(word in at for word in NORMAL):
        made["normals"] = np.nan_to_num(table[:, [at[word] for word in NORMAL]]).astype(np.float32)
    for word, kind in KINDS.items():
        if word in at:
            column = table[:, at[word]]
            made[word] = (np.nan_to_num(column) if kind == np.int32 else column).astype(kind)
    return made


def _unit(three: ndarray) -> bool:
    lengths = np.sqrt((three * three).sum(axis=1))
    good = np.isfinite(lengths)
    return bool((abs(lengths[good] - 1) < 0.02).mean() > 0.9) if good.any() else False


def _shaded(three: ndarray, after: ndarray) -> bool:
    """Whether three columns are colours: none negative, and whole to 65535, or parts of one.

    Of four such columns the first is rather an intensity, as PTS writes them.
    """
    def fits(values: ndarray) -> bool:
        values = values[np.isfinite(values)]
        whole = (values == np.rint(values)).all()
        return bool(values.size and values.min() >= 0 and (values.max() <= 1 or (whole and values.max() <= 65535)))

    return fits(three) and not (after.size and fits(after) and after.shape[1] and _wide(three[:, 0], after))


def _wide(first: ndarray, last: ndarray) -> bool:
    """Whether the first of four columns rather than the last is an intensity: PTS's order where both might be."""
    return not np.nanmax(last) > 255 or np.nanmax(first) > 255
