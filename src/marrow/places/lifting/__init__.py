"""From a picture and its depth to a place: layers without rubber sheets, something behind what stands in front.

    Depth            how far away each pixel of a picture is
    lift             picture and depth -> `Lifted`: a cloud, and how far apart its points are
    source_camera    the camera that sees the cloud as the picture was
    guessed          a depth from a director's strokes alone
"""

from marrow.places.lifting.depth import Depth
from marrow.places.lifting.lift import Lifted, lift, source_camera
from marrow.places.lifting.strokes import guessed

__all__ = ["Depth", "Lifted", "guessed", "lift", "source_camera"]
