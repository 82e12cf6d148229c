"""What an engine of this department must do. Strangers' engines are held to the same contract tests."""

from collections.abc import Sequence
from typing import Protocol

from marrow.draw.camera import Camera
from marrow.draw.splat import Exposure
from marrow.media import Cloud, Photo
from marrow.places.lifting import Depth
from marrow.places.photos.views import Photograph, Structure


class SeeDepth(Protocol):
    """Task `places.depth`: how far away everything in a picture is, as `marrow.places.engines.depth_plain` does."""

    def __call__(self, photo: Photo, *, strokes: Sequence[Sequence[str | float]], near: float, far: float) -> Depth:
        """Look at one picture.

        photo         (h, w, 3)
        strokes       a director's rows, see `marrow.places.lifting.guessed`; empty for none
        near, far     metres to the nearest and the farthest: for an engine that only knows what is nearer than what
        returns       metres, of the picture's size or another; the lens where it is known
        raises        InputError, EngineError (also for strokes that it has no use for), LimitError
        """
        ...


class ReconstructPhotos(Protocol):
    """Task `places.reconstruct`: where photos of one place were taken, as `marrow.places.engines.colmap` finds it."""

    def __call__(self, photos: Sequence[Photograph], *, groups: Sequence[int], ordered: bool) -> Structure:
        """Find the cameras of the largest group of photos that belong together.

        photos      at least two
        groups      a number for each photo: the same for the same lens, see `marrow.places.photos.lenses.groups`
        ordered     the photos follow one another as in a video
        returns     at least two views, in the photos' order; Y up in camera space, any up and scale of the place
        raises      InputError  "photos.apart", "photos.bare", "photos.turned" where no two belong together; EngineError
        """
        ...


class DrawSplats(Protocol):
    """Task `places.splats`: a picture of Gaussian splats, as `marrow.places.engines.splats_plain` makes it."""

    def __call__(self, cloud: Cloud, camera: Camera) -> Exposure:
        """Draw once.

        cloud      with splats, however far its origin is from zero
        camera     taken as a pinhole
        returns    light blended in display space, then linear, times cover; depth infinite where nothing is; index -1
                   everywhere where the engine does not know it
        raises     InputError, EngineError, LimitError
        test       at least 40 dB from the department's own
        """
        ...


class LightPoints(Protocol):
    """Task `places.light`: a place in a light, for a picture that counts; see `marrow.places.engines.light_plain`."""

    def __call__(self, cloud: Cloud, camera: Camera, *, radius: float) -> Exposure:
        """Light one frame.

        cloud      however far its origin is from zero; colours linear, grey where there are none
        camera     with its lens, focus and size
        radius     metres, of every point
        returns    linear light times cover; depth infinite where nothing is; index -1 where the engine knows none
        raises     InputError, EngineError, LimitError
        test       the same silhouette as the department's own, intersection over union at least 0.9
        """
        ...
