"""Pictures through Pillow: PNG written, anything Pillow knows read, as 8-bit sRGB."""

import warnings
from pathlib import Path

import numpy as np

from marrow.errors import InputError, LimitError
from marrow.media import Photo

MOST = 200_000_000  # pixels held in memory: 600 MB


def read_photo(path: Path) -> Photo:
    """A picture as 8-bit sRGB, turned as its EXIF says; 16-bit, grey, palette and CMYK are converted.

    A JPEG too large for memory is read at a half, a quarter or an eighth of its size.
    raises  InputError  not a picture, or a broken one
            LimitError  too many pixels
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as opened:
                if opened.width * opened.height > MOST:
                    opened.draft(None, (opened.width // 8, opened.height // 8))
                if opened.width * opened.height > MOST:
                    raise LimitError("photo.large", path=path, width=opened.width, height=opened.height)
                picture = ImageOps.exif_transpose(opened)
                return Photo(_pixels(picture))
    except UnidentifiedImageError as error:
        raise InputError("file.kind", path=path, kind="photo") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise InputError("file.broken", path=path, why=str(error)) from error


def write_photo(photo: Photo, path: Path) -> None:
    """An 8-bit sRGB PNG; equal pixels give equal bytes."""
    from PIL import Image

    Image.fromarray(np.ascontiguousarray(photo.pixels)).save(path, "PNG", compress_level=6)


def _pixels(picture: object) -> np.ndarray:
    if picture.mode.startswith(("I", "F")):
        deep = np.asarray(picture, np.float64)
        top = 65535.0 if deep.max(initial=0) > 255 else 255.0
        grey = np.rint(np.clip(deep / top, 0, 1) * 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    return np.asarray(picture.convert("RGBA" if clear else "RGB"))
