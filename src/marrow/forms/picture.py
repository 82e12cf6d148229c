"""Pictures through Pillow: PNG written, anything Pillow knows read, as 8-bit sRGB."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from marrow.errors import InputError, LimitError
from marrow.forms.looks import wrong_kind
from marrow.media import Photo

MOST = 200_000_000  # pixels held in memory: 600 MB
FORMATS = ("PNG", "JPEG", "MPO", "WEBP", "TIFF", "BMP", "GIF", "JPEG2000", "AVIF", "TGA", "PPM")


def read_photo(path: Path) -> Photo:
    """A picture as 8-bit sRGB, turned as its EXIF says; 16-bit, grey, palette, CMYK and wide colour are converted.

    A JPEG too large for memory is read at a half, a quarter or an eighth of its size.
    raises  InputError  not a picture, or a broken one;  LimitError  too many pixels
    """
    Image.init()
    most, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # counted below instead, with a cure
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=[each for each in FORMATS if each in Image.OPEN]) as opened:
                return Photo(_pixels(ImageOps.exif_transpose(_bearable(opened, path))))
    except UnidentifiedImageError as error:
        raise wrong_kind(path, "photo") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise InputError("file.broken", path=path, why=error) from error
    finally:
        Image.MAX_IMAGE_PIXELS = most


def write_photo(photo: Photo, path: Path) -> None:
    """An 8-bit sRGB PNG; equal pixels give equal bytes."""
    Image.fromarray(np.ascontiguousarray(photo.pixels)).save(path, "PNG", compress_level=6)


def _bearable(opened: Image.Image, path: Path) -> Image.Image:
    """The picture, a JPEG perhaps at a part of its size, if it can be held in memory."""
    if opened.width * opened.height > MOST:
        opened.draft(None, (opened.width // 8, opened.height // 8))
    if opened.width * opened.height > MOST:
        raise LimitError("photo.large", path=path, width=opened.width, height=opened.height, most=MOST // 10**6)
    return opened


def _pixels(picture: Image.Image) -> np.ndarray:
    """Pixels (height, width, 3), or 4 where something is clear."""
    if picture.mode.startswith(("I", "F")):
        grey = _byte(np.asarray(picture, np.float64), picture.mode)
        return np.repeat(grey[..., None], 3, axis=2)
    if picture.mode == "P" or "transparency" in picture.info or picture.mode in ("LA", "PA", "La", "RGBa"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    standard = _standard(picture)
    clear = standard.mode == "RGBA" and standard.getextrema()[3][0] < 255
    return np.asarray(standard if clear else standard.convert("RGB"))


def _byte(deep: np.ndarray, mode: str) -> np.ndarray:
    """Grey values of 16 bits or floats as 8 bits."""
    high = deep.max(initial=0)
    top = 65535.0 if mode.startswith("I;16") or high > 255 else 255.0 if high > 1 or mode != "F" else 1.0
    return np.rint(np.clip(deep / top, 0, 1) * 255).astype(np.uint8)


def _standard(picture: Image.Image) -> Image.Image:
    """The picture in sRGB, by its own colour profile where it carries one that can be used."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        source, wanted = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        if "sRGB" in ImageCms.getProfileDescription(source):
            return picture
        return ImageCms.profileToProfile(picture, source, wanted, outputMode="RGBA" if picture.mode == "RGBA" else
                                         "RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
