"""The font: where the built-in one lies, and how wide each character is. Nothing heavy until a glyph is asked for.

Noto Sans CJK is a variable font for five regions in one file. Chinese is set from its simplified face; curly quotes
inside Latin words come from the Korean face, the one whose quotes are as narrow as Latin ones.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from marrow.draw.kerning import kern
from marrow.errors import InputError

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

EM = 1000  # pixels at which advances and outlines are measured; the built-in font's own unit
NARROW = "“”‘’"  # full-width among Chinese, narrow among Latin
PACKAGE, FILE = "manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc"


def font_file() -> Path:
    """Where the built-in font lies, found without importing it.

    raises    InputError  when the font package is missing
    """
    found = find_spec(PACKAGE)
    file = Path(found.origin).parent / FILE if found and found.origin else None
    if file is None or not file.is_file():
        raise InputError("type.no_font", package="manimgx-fonts-cjk")
    return file


@lru_cache(maxsize=256)
def face(font: str, weight: int, pixels: int, latin: bool = False) -> FreeTypeFont:
    """Open a font at one weight and size; an empty `font` is the built-in one.

    weight     100 (hairline) to 900 (black); ignored by fonts that have one weight only
    latin      the face whose quotes are narrow
    raises     InputError  when the file is missing or is no font
    """
    from PIL import ImageFont

    path = Path(font) if font else font_file()
    index = _index(str(path), "KR" if latin else "SC")
    try:
        made = ImageFont.truetype(str(path), pixels, index, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise InputError("type.font", path=path) from error
    try:
        axes = made.get_variation_axes()
    except OSError:  # a font of one weight
        return made
    made.set_variation_by_axes([_within(weight, axis) if _names(axis) == "Weight" else axis["default"]
                                for axis in axes])
    return made


@lru_cache(maxsize=16)
def _index(path: str, region: str) -> int:
    """Which face of a collection belongs to a region; 0 for an ordinary font."""
    from PIL import ImageFont

    for index in range(16):
        try:
            name = ImageFont.truetype(path, 16, index, layout_engine=ImageFont.Layout.BASIC).getname()[0] or ""
        except OSError:
            break
        if name.endswith(f" {region}"):
            return index
    return 0


def _names(axis: dict) -> str:
    name = axis["name"]
    return name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)


def _within(weight: int, axis: dict) -> int:
    return min(max(weight, axis["minimum"]), axis["maximum"])


@lru_cache(maxsize=8192)
def advance(char: str, font: str, weight: int, latin: bool = False) -> float:
    """How far a character moves the pen, in em."""
    return face(font, weight, EM, latin and char in NARROW).getlength(char) / EM


@lru_cache(maxsize=8192)
def extent(char: str, font: str, weight: int, latin: bool = False) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of a character's ink, in em from the pen on the base line (y down); None if blank."""
    mask, shift = face(font, weight, EM, latin and char in NARROW).getmask2(char, "L", anchor="ls")
    box = mask.getbbox()
    if box is None:
        return None
    return tuple((side + shift[i % 2]) / EM for i, side in enumerate(box))  # type: ignore[return-value]


def kerning(before: str, after: str, font: str) -> float:
    """Em that the font adds between two Latin letters, mostly negative."""
    path = str(Path(font) if font else font_file())
    return 0.0 if before in NARROW or after in NARROW else kern(path, _index(path, "SC"), before, after)


def missing(words: str, font: str = "") -> str:
    """The characters of a text that a font has no picture for, each once."""
    blank = _drawn("\U0010ffff", font)
    return "".join(char for char in dict.fromkeys(normalize("NFC", words))
                   if not char.isspace() and _drawn(char, font) in (blank, b""))


@lru_cache(maxsize=4096)
def _drawn(char: str, font: str) -> bytes:
    return bytes(face(font, 400, 24).getmask(char, "L"))
