"""The photos of a place: a folder of them with what EXIF says of the lens, or the sharpest moments of a video."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow import forms
from marrow.errors import InputError, LimitError
from marrow.places.photos.views import Photograph
from marrow.progress import progress

PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp")
LONG = 1600        # pixels of a picture's long side that are kept
MOST = 300         # photos
MOMENTS = 48       # frames of a video at most
EVERY = 0.5        # seconds between two of them at least
MODEL, DETAILS, LENS = 272, 0x8769, 41989    # EXIF tags; the focal length on 35 mm film


def read_photographs(path: Path) -> tuple[list[Photograph], bool]:
    """Every photo in a folder by name, or frames of a video; and whether they follow one another in time.

    raises    InputError  "photos.empty" for a folder without photos, "photos.one"; a broken photo by its name
              LimitError  "photos.many"
    """
    if not path.is_dir():
        forms.looked_at("footage", path)
        photos = _moments(path)
    else:
        files = sorted(each for each in path.iterdir() if each.suffix.lower() in PICTURES and each.is_file()
                       and not each.name.startswith("."))
        if not files:
            raise InputError("photos.empty", path=path, suffixes=" ".join(PICTURES))
        if len(files) > MOST:
            raise LimitError("photos.many", path=path, count=len(files), most=MOST)
        photos = [read_photograph(each) for each in files]
    if len(photos) < 2:
        raise InputError("photos.one", path=path)
    return photos, not path.is_dir()


def read_photograph(path: Path) -> Photograph:
    """One photo, turned as its EXIF says and no larger than needed.

    raises    InputError  not a picture, or a broken one
    """
    pixels = smaller(forms.read("photo", path).pixels[..., :3])  # type: ignore[attr-defined]
    return Photograph(path.name, pixels, *_exif(path))


def smaller(pixels: ndarray) -> ndarray:
    """A picture with a long side of 1600 pixels at most: (h, w, 3) uint8."""
    from PIL import Image

    high, wide = pixels.shape[:2]
    scale = LONG / max(high, wide)
    if scale >= 1:
        return np.ascontiguousarray(pixels)
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).resize(size, Image.Resampling.BOX))


def sharpness(pixels: ndarray) -> float:
    """How much fine detail a picture holds: the variance of its Laplacian.

    source    Pech-Pacheco et al., Diatom Autofocusing in Brightfield Microscopy, ICPR 2000
    """
    grey = pixels[::2, ::2].astype(np.int32).sum(axis=2)
    bent = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    return float(bent.var())


def spans(length: int, seconds: float) -> list[range]:
    """A video's frames in equal runs, one picture to be taken from each.

    test    together they are all frames, once; two a second, 48 at most, at least 2 where there are so many frames
    """
    count = max(2, min(MOMENTS, int(seconds / EVERY), length))
    cuts = [length * number // count for number in range(count + 1)]
    return [range(start, end) for start, end in pairwise(cuts) if end > start]


def _moments(path: Path) -> list[Photograph]:
    """The sharpest frame of every run of a video."""
    times = _times(path)
    if len(times) < 2:
        return []
    runs: Sequence[range] = spans(len(times), times[-1] - times[0])
    owner = np.repeat(np.arange(len(runs)), [len(each) for each in runs])
    best: list[tuple[float, Photograph] | None] = [None] * len(runs)
    for number, pixels in enumerate(progress(_frames(path, len(times)), "places.reconstruct", len(times))):
        small, run = smaller(pixels), owner[number]
        sharp = sharpness(small)
        if best[run] is None or sharp > best[run][0]:  # type: ignore[index]
            best[run] = sharp, Photograph(f"{path.name} {times[number]:.2f}s", small)
    return [each[1] for each in best if each is not None]


def _times(path: Path) -> list[float]:
    """When the frames are shown, in seconds."""
    from marrow.forms.video import opened, picture_stream

    with opened(path) as container:
        stream = picture_stream(container, path)
        stream.thread_type = "AUTO"
        return [float(frame.time or 0.0) for frame in container.decode(stream)]


def _frames(path: Path, most: int) -> Iterator[ndarray]:
    from marrow.forms.video import opened, picture_stream

    with opened(path) as container:
        stream = picture_stream(container, path)
        stream.thread_type = "AUTO"
        for _, frame in zip(range(most), container.decode(stream), strict=False):
            pixels = frame.to_ndarray(format="rgb24")
            yield np.rot90(pixels, round(frame.rotation / 90) % 4)


def _exif(path: Path) -> tuple[float, str]:
    """Focal length on 35 mm film and the camera's model, (0, "") where nobody wrote them."""
    from PIL import Image

    try:
        with Image.open(path) as opened:
            tags = opened.getexif()
            lens, model = tags.get_ifd(DETAILS).get(LENS, 0), tags.get(MODEL, "")
        lens = float(lens)
    except (OSError, ValueError, TypeError, SyntaxError, ZeroDivisionError, KeyError):
        return 0.0, ""
    return (lens if 4 <= lens <= 2000 else 0.0), str(model).strip("\0 ")[:80]
