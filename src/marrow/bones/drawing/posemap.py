"""Pictures of a pose as image and video models were trained on them: OpenPose and DWPose, and depth.

Palette, order of limbs and thicknesses are OpenPose's, as its ControlNet preprocessors draw them at 512 pixels; they
grow with the picture. Points that look away from the camera, or that another part of the body hides, are left out.
source: Cao et al., OpenPose, 2019; Yang et al., DWPose, 2023
"""

from colorsys import hsv_to_rgb
from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from marrow.bones.drawing.landmarks import Landmarks
from marrow.draw.camera import Camera

PALETTE = ((255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0),
           (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255),
           (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85))
LIMBS = ((1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13), (1, 0),
         (0, 14), (14, 16), (0, 15), (15, 17))
FINGERS = tuple((0 if joint % 4 == 1 else joint - 1, joint) for joint in range(1, 21))
FINGER_COLOURS = tuple(tuple(int(255 * part) for part in hsv_to_rgb(number / 20, 1.0, 1.0)) for number in range(20))
HAND_POINT, FACE_POINT = (0, 0, 255), (255, 255, 255)
DIM = 0.6           # limbs are this bright, points are full
STICK, DOT, THREAD, SPECK = 4, 4, 2, 3  # half a limb's breadth, a point's radius, a finger's breadth, a face's point
DRAWN_AT = 512      # pixels of the shorter side at which these hold
FACING = {0: -0.25, 14: 0.0, 15: 0.0, 16: -0.75, 17: -0.75}  # least cosine to the camera at which a point is seen
SKIN = 0.12         # the same for the face
# Capsules that hide what is behind them: points of the body at both ends, radius in body heights.
HIDING = ((1, 8, 0.055), (1, 11, 0.055), (0, 1, 0.045), (2, 3, 0.024), (5, 6, 0.024), (3, 4, 0.020), (6, 7, 0.020),
          (8, 9, 0.040), (11, 12, 0.040), (9, 10, 0.028), (12, 13, 0.028))


@dataclass(frozen=True)
class Points:
    """The points of one frame on the picture: pixels (n, 2), 0 1 seen (n,) and depth (n,) metres, per part."""

    body: ndarray
    seen: ndarray
    depth: ndarray
    hands: ndarray
    hands_seen: ndarray
    face: ndarray
    face_seen: ndarray


def projected(marks: Landmarks, frame: int, camera: Camera) -> Points:
    """Where the points of a frame lie on the picture, and which of them the camera sees."""
    body, hands, face = marks.body[frame], marks.hands[frame].reshape(-1, 3), marks.face[frame]
    pixels, depth = camera.project(np.concatenate([body, hands, face]))
    seen = np.isfinite(pixels).all(1) & (depth > 0)
    there = seen.copy()
    for number, least in FACING.items():
        seen[number] &= _cosine(marks.looks_body[frame, number], body[number], camera) > least
    seen[60:] &= _cosine(marks.looks_face[frame], face, camera) > SKIN
    hidden = _hidden(body, hands, marks.tall, camera)
    for side in range(2):  # a hand behind the body is hidden as a whole: half a hand misleads every model
        seen[18 + 21 * side: 39 + 21 * side] &= not hidden[18 + 21 * side]
    body_seen = np.where(there[:18] & ~seen[:18], 0.0, np.where(seen[:18], np.where(hidden[:18], 0.5, 1.0), 0.0))
    return Points(pixels[:18], body_seen, depth[:18], pixels[18:60].reshape(2, 21, 2), seen[18:60].reshape(2, 21),
                  pixels[60:], seen[60:])


def drawn(points: Points, size: tuple[int, int], *, whole: bool) -> ndarray:
    """One pose map (height, width, 3) uint8: OpenPose's body, or with `whole` DWPose's hands and face too.

    Far limbs are drawn before near ones.
    """
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", size)
    brush = ImageDraw.Draw(picture)
    grown = max(1.0, min(size) / DRAWN_AT)
    order = sorted(range(len(LIMBS)), key=lambda limb: -np.nan_to_num(points.depth[list(LIMBS[limb])].mean()))
    for limb in order:
        ends = list(LIMBS[limb])
        if (points.seen[ends] > 0).all():
            colour = tuple(int(part * DIM) for part in PALETTE[limb])
            brush.polygon(_stick(points.body[ends], STICK * grown), fill=colour)
    for number in np.flatnonzero(points.seen > 0):
        _dot(brush, points.body[number], DOT * grown, PALETTE[number])
    if whole:
        for hand, seen in zip(points.hands, points.hands_seen, strict=True):
            for (start, end), colour in zip(FINGERS, FINGER_COLOURS, strict=True):
                if seen[start] and seen[end]:
                    line = [tuple(hand[start]), tuple(hand[end])]
                    brush.line(line, fill=colour, width=round(THREAD * grown))
            for place in hand[seen]:
                _dot(brush, place, DOT * grown, HAND_POINT)
        for place in points.face[points.face_seen]:
            _dot(brush, place, SPECK * grown, FACE_POINT)
    return np.asarray(picture)


def told(points: Points, size: tuple[int, int]) -> dict:
    """One frame in OpenPose's JSON: x, y, confidence in one row; what is not seen is 0, 0, 0; hidden is 0.5."""
    def row(pixels: ndarray, seen: ndarray) -> list[float]:
        told_ones = np.where(seen[:, None] > 0, np.column_stack([pixels, seen]), 0.0)
        return np.round(np.nan_to_num(told_ones), 3).ravel().tolist()

    left, right = (row(hand, seen.astype(float)) for hand, seen in zip(points.hands, points.hands_seen, strict=True))
    person = {"pose_keypoints_2d": row(points.body, points.seen), "hand_left_keypoints_2d": left,
              "hand_right_keypoints_2d": right,
              "face_keypoints_2d": row(points.face, points.face_seen.astype(float))}
    return {"people": [person], "canvas_width": size[0], "canvas_height": size[1]}


def shaded(depth: ndarray, near: float, far: float) -> ndarray:
    """A depth picture as depth models give it: inverse depth, white near, black far and where nothing is.

    depth      (height, width) metres, infinite where nothing is
    near, far  metres, the same for a whole shot, so that it does not flicker
    returns    (height, width, 3) uint8
    """
    share = (1 / np.maximum(depth, 1e-6) - 1 / far) / max(1 / near - 1 / far, 1e-9)
    grey = np.where(np.isfinite(depth), 0.08 + 0.92 * np.clip(share, 0, 1), 0)
    return np.repeat(np.round(255 * grey).astype(np.uint8)[..., None], 3, axis=2)


def _stick(ends: ndarray, half: float) -> list[tuple[float, float]]:
    """The outline of a limb: an ellipse as long as the limb."""
    middle, along = ends.mean(0), (ends[1] - ends[0]) / 2
    across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6) * half
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)[:, None]
    return [tuple(place) for place in middle + np.cos(turn) * along + np.sin(turn) * across]


def _dot(brush: object, place: ndarray, radius: float, colour: tuple[int, ...]) -> None:
    x, y = place
    brush.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _cosine(ways: ndarray, places: ndarray, camera: Camera) -> ndarray:
    """How squarely skin looks at the camera: 1 straight, 0 from the side, -1 away."""
    toward = camera.eye - places
    return (ways * toward).sum(-1) / np.maximum(np.linalg.norm(toward, axis=-1), 1e-9)


def _hidden(body: ndarray, hands: ndarray, tall: float, camera: Camera) -> ndarray:
    """Which of the points (18 + 42,) lie behind a limb that they do not belong to.

    A point is hidden where the line from the camera comes nearer to a limb's axis than the limb is thick, clearly in
    front of the point.
    """
    points = np.concatenate([body, hands])
    hidden = np.zeros(len(points), bool)
    way = points - camera.eye
    for start, end, thick in HIDING:
        radius = thick * tall
        along, share = _nearest(camera.eye, way, body[start], body[end])
        limb = body[start] + share[:, None] * (body[end] - body[start])
        gap = np.linalg.norm(camera.eye + along[:, None] * way - limb, axis=1)
        ahead = (1 - along) * np.linalg.norm(way, axis=1)
        cover = (gap < radius) & (ahead > 1.6 * radius) & (along > 0)
        cover[[start, end]] = False
        cover[18:39] &= end != 7    # a forearm does not hide its own hand
        cover[39:] &= end != 4
        hidden |= cover
    return hidden


def _nearest(eye: ndarray, way: ndarray, start: ndarray, end: ndarray) -> tuple[ndarray, ndarray]:
    """Shares 0..1 along lines from the eye and along a limb at which they come nearest to each other."""
    limb = end - start
    a, b, c = (way * way).sum(1), way @ limb, float(limb @ limb)
    d, e = way @ (eye - start), float(limb @ (eye - start))
    flat = np.maximum(a * c - b * b, 1e-12)
    along = np.clip((b * e - c * d) / flat, 0, 1)
    share = np.clip((along * b + e) / max(c, 1e-12), 0, 1)
    return np.clip((share * b - d) / np.maximum(a, 1e-12), 0, 1), share
