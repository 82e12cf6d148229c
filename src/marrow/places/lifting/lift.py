"""One picture and its depth as a cloud of points in layers, which a camera may move past a little."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.draw.camera import Camera
from marrow.draw.colour import linear
from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places.lifting.depth import Depth, fitted
from marrow.places.lifting.layers import Behind, Canvas, canvas, hidden

LARGEST = 1_200_000   # pixels of a picture that are lifted; a larger one is made smaller first, a small one larger
TIMES = 3.0           # as large as a small one becomes, at most
MOST = 4_000_000      # points
LENS = 35.0           # mm, where nobody knows
MOVE = 0.085          # of the distance to the middle: the move for which nothing opens
FINEST = 8            # points to a pixel at most, along each side
WIDEST = 0.2          # share of the picture's sides that is added beyond its frame at most
INVENTED = 0.5        # confidence of what is made up, close to what is seen; less farther away
SEEN, MADE_UP = 0, 1  # labels
PALE, EVEN = 190, 12  # levels: a border's mean at least, and by how much it differs at most
LIFTED = "lift"       # the source of such a cloud


@dataclass(frozen=True)
class Lifted:
    """A picture as a place.

    cloud      seen from zero along -Z as the picture was; labels 0 seen, 1 made up, with a lower confidence
    radius     (n,) float32 metres: points that large close every surface, and change nothing seen from zero
    camera     the one that sees the cloud as the picture was
    """

    cloud: Cloud
    radius: ndarray
    camera: Camera


def source_camera(size: tuple[int, int], lens: float = LENS) -> Camera:
    """The camera that took the picture: at zero, looking along -Z.

    size    (width, height) of the picture in pixels;  lens: mm on a back 36 mm wide
    test    every pixel of the picture is where its point is projected to
    """
    return Camera(np.eye(4), lens, size)


def resized(pixels: ndarray, most: float = TIMES) -> ndarray:
    """A picture of about as many pixels as are lifted: (h, w, 3 or 4) uint8.

    most    times as wide as it is, at most
    """
    from PIL import Image

    height, width = pixels.shape[:2]
    share = min((LARGEST / (height * width)) ** 0.5, most)
    if 1 <= share < 1.2:
        return pixels
    size = max(1, round(width * share)), max(1, round(height * share))
    how = Image.Resampling.BOX if share < 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(pixels).resize(size, how))


def lifted(cloud: Cloud) -> bool:
    """Whether a cloud was a picture, and nothing else."""
    return bool(cloud.sources) and all(each.name == LIFTED for each in cloud.sources)


def bordered(pixels: ndarray) -> bool:
    """Whether a picture has a pale, even border all round, as a print has.

    pixels    (h, w, 3 or 4) uint8 sRGB
    """
    wide = max(2, max(pixels.shape) // 100)
    strips = (pixels[:wide, :, :3], pixels[-wide:, :, :3], pixels[:, :wide, :3], pixels[:, -wide:, :3])
    return all(each.mean() > PALE and each.std((0, 1)).max() < EVEN for each in strips)


def lift(pixels: ndarray, depth: Depth, *, lens: float = 0.0, far: float = 30.0) -> Lifted:
    """Turn a picture and its depth into a cloud in layers.

    Surfaces are cut where a move would part them, and no point lies between two of them. Behind what stands in front
    the surface behind goes on, made up, and so does the picture beyond its frame.

    pixels     (h, w, 3 or 4) uint8 sRGB; where alpha is below a half there is nothing
    depth      of any size; what is not known of it is `far`
    lens       mm on a back 36 mm wide; 0: the depth's own, or 35
    far        metres
    returns    seen points first
    raises     InputError   nothing in the picture is opaque
               EngineError  a depth of nonsense
    source     Shade, Gortler, He, Szeliski, Layered Depth Images, SIGGRAPH 1998
    test       seen from zero it is the picture; 5 % aside nothing opens and nothing flies
    """
    pixels = resized(pixels, 1)
    opaque = pixels[..., 3] >= 128 if pixels.shape[2] == 4 else np.ones(pixels.shape[:2], bool)
    if not opaque.any():
        raise InputError("lift.transparent")
    depth = fitted(depth, pixels.shape[:2], far)
    lens = lens or depth.lens or LENS
    height, width = pixels.shape[:2]
    camera = source_camera((width, height), lens)
    made, right, down = _canvas(pixels[..., :3], depth, camera)
    back = hidden(made, right, down)
    rows, columns = made.pads
    shown = made.reached(made.near) & np.pad(opaque, ((rows, rows), (columns, columns)), mode="symmetric")
    sure = np.ones((height, width), np.float32) if depth.confidence is None else depth.confidence
    return _cloud(made, back, shown, sure, camera)


def _canvas(pixels: ndarray, depth: Depth, camera: Camera) -> tuple[Canvas, ndarray, ndarray]:
    """The picture beyond its frame, its surfaces apart, and which pixels are one surface."""
    from marrow.places.lifting import kernels

    near = (1 / depth.metres).astype(np.float32)
    scale = camera.focal * MOVE / float(np.median(near))
    colour = pixels.astype(np.float32) / 255
    for _ in range(2):
        near = kernels.sharpened(near, colour, np.float32(scale))
    made = canvas(near, pixels, scale, WIDEST)
    return made, *kernels.joined(made.near, np.float32(scale))


@dataclass(frozen=True)
class _Layer:
    """Pixels that become points.

    chosen        (h, w) bool;  near: (h, w) one over the depth;  pixels: (h, w, 3) uint8 sRGB
    confidence    (h, w);  label: SEEN or MADE_UP
    """

    chosen: ndarray
    near: ndarray
    pixels: ndarray
    confidence: ndarray
    label: int


def _cloud(made: Canvas, back: Behind, shown: ndarray, sure: ndarray, camera: Camera) -> Lifted:
    """The points of all layers, those that are seen first."""
    doubt = INVENTED * (1 - 0.8 * back.off / max(1.0, float(back.off.max())))
    sure = np.pad(sure, [(each, each) for each in made.pads], mode="edge")
    layers = [_Layer(shown & made.seen, made.near, made.pixels, sure, SEEN),
              _Layer(shown & ~made.seen, made.near, made.pixels, INVENTED * sure, MADE_UP),
              _Layer(back.there & made.reached(back.near) & shown, back.near, back.pixels, doubt * sure, MADE_UP)]
    pieces = [_points(*each, made, camera) for each in zip(layers, _parts(layers, made.scale), strict=True)]
    points, colours, normals, confidence, labels, radius = (np.concatenate(each) for each in zip(*pieces, strict=True))
    cloud = Cloud(points, np.zeros(3), colours, normals, confidence=confidence, labels=labels,
                  sources=(Source(LIFTED),))
    return Lifted(cloud, radius, camera)


def _slopes(layer: _Layer, scale: float, reach: int) -> tuple[ndarray, ndarray]:
    from marrow.places.lifting import behind_kernels, kernels

    return behind_kernels.slopes(layer.near, *kernels.joined(layer.near, np.float32(scale)), reach)


def _parts(layers: list[_Layer], scale: float) -> list[tuple[ndarray, ndarray]]:
    """Into how many columns and rows of points each pixel is cut, so that a move opens no gap: (h, w) int32 each."""
    stretched = [[np.abs(each) * scale for each in _slopes(layer, scale, 1)] for layer in layers]
    for finest in range(FINEST, 0, -1):
        made = [tuple(np.where(each < 0.12, 1, np.clip(np.ceil((1 + each) / 0.8), 1, finest)).astype(np.int32)
                      for each in pair) for pair in stretched]
        if sum(int((pair[0] * pair[1])[layer.chosen].sum()) for pair, layer in zip(made, layers, strict=True)) <= MOST:
            break
    return made


def _points(layer: _Layer, parts: tuple[ndarray, ndarray], made: Canvas, camera: Camera) -> tuple[ndarray, ...]:
    """Points, light, normals, confidence, labels and radius of a layer."""
    from marrow.places.lifting import kernels

    count = kernels.counted(layer.chosen, parts)
    points, pixel, radius = np.empty((count, 3), np.float32), np.empty(count, np.int32), np.empty(count, np.float32)
    (rows, columns), (width, height) = made.pads, camera.size
    view = (columns + width / 2, rows + height / 2, 1 / camera.focal)
    kernels.strewn(layer.chosen, parts, layer.near, _slopes(layer, made.scale, 1), view, (points, pixel, radius))
    normals = _normals(layer.near, _slopes(layer, made.scale, 6), view).reshape(-1, 3)[pixel]
    confidence = layer.confidence.ravel()[pixel].astype(np.float32)
    return (points, linear(layer.pixels.reshape(-1, 3)[pixel]), normals, confidence,
            np.full(count, layer.label, np.int32), radius)


def _normals(near: ndarray, tilt: tuple[ndarray, ndarray], view: tuple[float, ...]) -> ndarray:
    """Normals of surfaces, towards the camera: (h, w, 3) float32. On a plane a x + b y + c z = -1 one over the depth
    is linear across the picture."""
    across, rise = tilt[0] / view[2], -tilt[1] / view[2]
    x = (np.arange(near.shape[1]) + 0.5 - view[0]) * view[2]
    y = (view[1] - np.arange(near.shape[0])[:, None] - 0.5) * view[2]
    made = np.stack([-across, -rise, near - across * x - rise * y], axis=-1)
    long = np.sqrt((made**2).sum(-1, keepdims=True))
    return (made / np.maximum(long, 1e-12)).astype(np.float32)
