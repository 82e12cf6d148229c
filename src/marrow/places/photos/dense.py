"""Points of a place out of photos whose cameras are known: a relief of each, then what several of them confirm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

from marrow.draw import colour
from marrow.draw.camera import Camera
from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places.photos import lenses, standing
from marrow.places.photos.neighbours import Company, company
from marrow.places.photos.sweep import FLIP, Relief, relief
from marrow.places.photos.views import Photograph, Reconstruction, Structure
from marrow.progress import progress

LONG = 640        # pixels of a picture's long side while depth is looked for
SHARED = 4        # neighbours that a photo's depth is measured with
UNLIKE = 0.4      # 1 - correlation beyond which a depth is a guess
JUMP = 0.04       # share of the depth that is a leap from one thing to another
RAGGED = 1        # pixels about a leap that stay out
APART = 1.0       # pixels between two photos' opinions of where a point is
NEARER = 0.01     # share of the depth between them
LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class Seen:
    """A photo made ready: no bend, a working size whose sides are multiples of 8.

    pixels    (h, w, 3) uint8;  grey (h, w) float64
    """

    pixels: ndarray
    grey: ndarray
    camera: Camera


def reconstructed(photos: Sequence[Photograph], structure: Structure) -> Reconstruction:
    """Make a place of photos out of their cameras: upright, dense, each point with how sure it is.

    The same for any number of threads: each photo's relief is made alone, and they are joined in order.
    raises    InputError  "photos.nothing" where no two photos agree on any point
    test      in a room known exactly, nine points in ten are within 1 cm
    """
    structure = standing.stood(structure)
    seen = [ready(photos[view.photo], structure, number) for number, view in enumerate(structure.views)]
    partners = company(structure)
    reliefs = list(measured(seen, partners))
    names = [photos[view.photo].name for view in structure.views]
    inside = {view.photo for view in structure.views}
    cameras = {name: view.camera for name, view in zip(names, structure.views, strict=True)}
    return Reconstruction(fuse(seen, reliefs, partners, names), cameras,
                          tuple(each.name for number, each in enumerate(photos) if number not in inside))


def ready(photo: Photograph, structure: Structure, number: int) -> Seen:
    """A photo as a pinhole of the working size would have taken it; its middle stays its middle."""
    from PIL import Image

    view = structure.views[number]
    picture = Image.fromarray(lenses.straightened(photo.pixels[..., :3], view))
    scale = min(1.0, LONG / max(picture.size))
    wide, high = (max(8, int(side * scale) // 8 * 8) for side in picture.size)
    left, top = (picture.width - wide / scale) / 2, (picture.height - high / scale) / 2
    box = left, top, picture.width - left, picture.height - top
    pixels = np.asarray(picture.resize((wide, high), Image.Resampling.BOX, box=box))
    lens = view.camera.focal * scale / wide * 36.0
    return Seen(pixels, pixels @ LUMA, replace(view.camera, lens=lens, size=(wide, high)))


def measured(seen: Sequence[Seen], partners: Sequence[Company]) -> Iterator[Relief | None]:
    """The relief of every photo, in order, as many at once as numba has threads."""
    from concurrent.futures import ThreadPoolExecutor

    import numba

    def one(number: int) -> Relief | None:
        others = partners[number].others[:SHARED]
        if not others:
            return None
        company = [seen[number], *(seen[each] for each in others)]
        return relief([each.grey for each in company], [each.camera for each in company], partners[number].depths)

    pool = ThreadPoolExecutor(min(numba.get_num_threads(), len(seen)))
    try:
        yield from progress(pool.map(one, range(len(seen))), "places.reconstruct", len(seen))
    finally:
        pool.shutdown(cancel_futures=True)


def fuse(seen: Sequence[Seen], reliefs: Sequence[Relief | None], partners: Sequence[Company],
         names: Sequence[str]) -> Cloud:
    """Keep what several photos see alike, each spot once: the mean of their opinions, with colour and normal.

    Confidence grows with the photos that agree and how alike the spot looks in them.
    source    Galliani et al., Massively Parallel Multiview Stereopsis by Surface Normal Diffusion, ICCV 2015, sec. 5
    test      reliefs of one plane make one plane; a lie of one photo does not get in; two photos need each other
    """
    from marrow.places.photos import fuse_kernels as kernels

    fewest = min(3, len(seen))
    depths, state, sizes = _stacked(seen, reliefs)
    focals = np.array([each.camera.focal for each in seen])
    stands = np.stack([each.camera.world_from_camera[:3] * np.append(FLIP, 1.0) for each in seen])
    parts = []
    for number, each in enumerate(seen):
        others = np.array(partners[number].others, np.int64)
        if reliefs[number] is None or not len(others):
            continue
        spots, pixels, agree = kernels.fused(number, depths, state, sizes, focals, stands, others,
                                             np.array([APART, NEARER]), fewest)
        rows, columns = pixels.T
        near = 1 - reliefs[number].unlike[rows, columns]
        parts.append((spots, colour.linear(each.pixels[rows, columns]), reliefs[number].normals[rows, columns],
                      near * (agree / (agree + 1.0)), np.full(len(spots), number, np.uint16)))
    if not parts or not sum(len(each[0]) for each in parts):
        raise InputError("photos.nothing", count=len(seen))
    spots, light, normals, sure, source = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Cloud(spots.astype(np.float32), np.zeros(3), colours=light, normals=normals.astype(np.float32),
                 confidence=np.clip(sure, 0, 1).astype(np.float32), source=source if len(names) > 1 else None,
                 sources=tuple(Source(name) for name in names))


def _stacked(seen: Sequence[Seen], reliefs: Sequence[Relief | None]) -> tuple[ndarray, ndarray, ndarray]:
    """All depths in one block, which of them may be believed, and each view's rows and columns."""
    from marrow.places.photos import fuse_kernels as kernels

    sizes = np.array([each.grey.shape for each in seen], np.int64)
    depths = np.ones((len(seen), *sizes.max(axis=0)))
    state = np.zeros(depths.shape, np.uint8)
    for number, found in enumerate(reliefs):
        if found is not None:
            high, wide = sizes[number]
            depths[number, :high, :wide] = found.depth
            state[number, :high, :wide] = (found.unlike < UNLIKE) & ~kernels.ragged(found.depth, JUMP, RAGGED)
    return depths, state, sizes
