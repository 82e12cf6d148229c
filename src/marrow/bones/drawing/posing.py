"""Shots of a pose for other models: the same body and camera as in `bones.figure`, drawn as pose maps or depth."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.bones.drawing.capsules import capsules
from marrow.bones.drawing.figure import Look, Scene, camera_at, staged
from marrow.bones.drawing.landmarks import Landmarks, landmarks
from marrow.bones.drawing.posemap import drawn, projected, shaded, told
from marrow.bones.identify import identify
from marrow.bones.skeleton import build, fk
from marrow.draw.camera import Camera
from marrow.draw.triangles import raster
from marrow.errors import InputError
from marrow.media import Motion

Skin = Callable[[int], tuple[ndarray, ndarray]]  # a frame's vertices and faces, in the motion's world


@dataclass(frozen=True)
class Shot:
    """A body before a camera over time: what it shows, from where, and the solid that depth is drawn from."""

    scene: Scene
    look: Look
    marks: Landmarks
    solid: Skin

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self.scene.places)

    def camera(self, frame: int) -> Camera:
        """The camera of a frame, in the motion's world, which drifts up and down under the figure's floor."""
        camera = camera_at(self.scene, self.look, frame)
        moved = camera.world_from_camera.copy()
        moved[1, 3] += self.scene.lift[frame]
        return Camera(moved, camera.lens, camera.size)


def shot(motion: Motion, look: Look, solid: Skin | None = None) -> Shot:
    """Set up the shot of a motion that is already at the rate of the pictures.

    solid     a mesh that follows the motion; without one, capsules
    raises    InputError  "bones.not_human" when nobody can tell where shoulders and hips are
    """
    identity = identify(motion.skeleton, motion=motion)
    needed = {f"{side}{part}" for side in ("left", "right") for part in ("UpperArm", "UpperLeg")}
    if not needed <= identity.joints.keys():
        raise InputError("bones.not_human", lacking=", ".join(sorted(needed - identity.joints.keys())))
    marks = landmarks(motion, identity.joints, identity.front, identity.up)
    scene = staged(fk(motion), build(motion.skeleton), float(motion.rate))
    return Shot(scene, look, marks, solid or (lambda frame: capsules(marks, frame)))


def maps(made: Shot, *, whole: bool) -> Iterator[ndarray]:
    """Pose maps, frame by frame (height, width, 3) uint8; `whole` with hands and face."""
    for frame in range(made.length):
        yield drawn(projected(made.marks, frame, made.camera(frame)), made.look.size, whole=whole)


def depths(made: Shot) -> Iterator[ndarray]:
    """Depth pictures; near and far are those of the whole shot, so that nothing flickers."""
    near, far = _reach(made)
    for frame in range(made.length):
        vertices, faces = made.solid(frame)
        yield shaded(raster(made.camera(frame), vertices, faces).depth, near, far)


def keypoints(made: Shot) -> str:
    """Every frame in OpenPose's JSON: a list of frames, one to a line."""
    rows = (json.dumps(told(projected(made.marks, frame, made.camera(frame)), made.look.size))
            for frame in range(made.length))
    return "[\n" + ",\n".join(rows) + "\n]\n"


def _reach(made: Shot) -> tuple[float, float]:
    """Distance of the nearest and the farthest joint of the shot, with room for flesh."""
    depth = np.array([made.camera(frame).project(made.scene.places[frame] + (0, made.scene.lift[frame], 0))[1]
                      for frame in range(made.length)])
    room = 0.08 * made.marks.tall
    return max(float(depth.min()) - room, 1e-3), float(depth.max()) + room
