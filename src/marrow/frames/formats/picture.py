"""Photographs as cameras, scanners and the web keep them: JPEG, WebP, TIFF, BMP."""

from pathlib import Path

from marrow.media import Photo


def read_picture(path: Path) -> Photo:
    """Any picture that Pillow reads, as 8-bit sRGB; see `marrow.forms.picture.read_photo`."""
    from marrow.forms.picture import read_photo

    return read_photo(path)
