"""A place out of one picture: a room with furniture and a street with figures, whose depth is known exactly.

    python bench/places/bench_lift.py [--frames FOLDER]

Both are ray-cast, 640 x 480. `again`: seen from where it was taken, dB and pixels that nothing covers. `aside`: the
camera moved sideways by 5 % of the distance to the middle, both ways, the worse of the two: pixels that nothing covers;
pixels in which something stands 2 % or more before all that is truly there within two pixels; dB from the true view.
`one_layer` is the same without what is made up: the usual cloud of one depth picture. `stray`: points of what is seen
that lie farther than 1 % of their distance from every surface. `strokes`: the depth of the director's strokes alone,
its error against the truth, and what its place shows aside. CPU seconds, compiled.
"""

import argparse
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numba import njit
from PIL import Image
from scipy import ndimage

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from results import rounded, write_result
from textured_room import hit, off, seen

from marrow.draw.camera import Camera
from marrow.draw.colour import srgb
from marrow.draw.splat import Grains, expose
from marrow.places.lifting import Depth, guessed, lift

SIZE, LENS = (640, 480), 25.0
MOVE = 0.05      # of the distance to the middle
PALE = 0.9, 0.88, 0.84


@dataclass(frozen=True)
class Scene:
    """Boxes as in `textured_room`, the first seen from inside; the camera `tall` metres over the floor, level.

    strokes    rows of a word and points x y z
    """

    boxes: np.ndarray
    tall: float
    strokes: tuple


ROOM = Scene(np.array([
    [-2.0, 0, -4.6, 2, 4.2, 0.5, *PALE], [-1.9, 0, -4.5, -1.1, 1.7, -4.0, 0.3, 0.45, 0.8],
    [0.2, 0, -3.9, 1.3, 0.75, -3.2, 0.8, 0.35, 0.2], [-0.8, 0, -3.3, -0.4, 0.45, -2.9, 0.25, 0.6, 0.3]]), 1.3, (
    ("floor", (-0.2, 0, -3.9), (0, 0, -3.3)), ("floor", (-1.1, 0, -2.9), (0, 0, -2.6), (1, 0, -2.7)),
    ("wall", (-2, 0, -4.6), (2, 0, -4.6), (-0.8, 1, -4.6), (-1.5, 2.5, -4.6), (1.5, 2.5, -4.6), (1.7, 0.9, -4.6)),
    ("wall", (-2, 0, -4.6), (-2, 0, -3), (-2, 0.6, -4), (-2, 2.4, -4)),
    ("wall", (2, 0, -4.6), (2, 0, -3), (2, 0.6, -4), (2, 2.4, -4)),
    ("person", (-1.5, 1.6, -4), (-1.5, 0.8, -4), (-1.5, 0, -4)),
    ("person", (0.7, 0.7, -3.2), (0.4, 0.4, -3.2), (1.1, 0.4, -3.2), (0.7, 0, -3.2)),
    ("person", (-0.6, 0.4, -2.9), (-0.6, 0, -2.9))))
STREET = Scene(np.array([
    [-4.0, 0, -24, 4, 16, 0.5, *PALE], [-0.9, 0, -6.1, -0.4, 1.75, -5.9, 0.2, 0.25, 0.4],
    [0.7, 0, -8.1, 1.15, 1.65, -7.9, 0.7, 0.2, 0.2], [1.5, 0, -5.1, 1.85, 1.2, -4.95, 0.2, 0.5, 0.3]]), 1.6, (
    ("floor", (-0.3, 0, -9), (0.4, 0, -9), (0, 0, -14)), ("floor", (-1.2, 0, -4.5), (0, 0, -4), (1.2, 0, -4.5)),
    ("wall", (-4, 0, -24), (4, 0, -24), (-2.5, 5, -24), (2.5, 5, -24)),
    ("wall", (-4, 0, -24), (-4, 0, -6), (-4, 2.5, -18), (-4, 2.5, -8), (-4, 5, -10)),
    ("wall", (4, 0, -24), (4, 0, -6), (4, 2.5, -18), (4, 2.5, -8), (4, 5, -10)),
    *(("person", (x, tall, z), (x, tall / 2, z), (x, 0, z)) for x, tall, z in
      ((-0.65, 1.6, -5.9), (0.92, 1.5, -7.9), (1.67, 1.1, -4.95)))))


@njit(cache=True)
def depths(eye: np.ndarray, focal: float, width: int, height: int, boxes: np.ndarray) -> np.ndarray:
    """Metres ahead of a level camera, through the middle of each pixel."""
    made = np.empty((height, width))
    for row in range(height):
        for column in range(width):
            way = np.array([(column + 0.5 - width / 2) / focal, (height / 2 - row - 0.5) / focal, -1.0])
            made[row, column] = hit(eye, way, boxes)[0]
    return made


def truth(scene: Scene, aside: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """What is seen, and how far away it is."""
    eye, focal = np.array([aside, scene.tall, 0.0]), Camera(np.eye(4), LENS, SIZE).focal
    return seen(np.eye(3), eye, focal, *SIZE, scene.boxes)[0], depths(eye, focal, *SIZE, scene.boxes)


def drawn(scene: Scene) -> tuple[list, float]:
    """The director's strokes as shares of the picture, and how far the floor at its lower edge is."""
    focal = Camera(np.eye(4), LENS, SIZE).focal
    rows = [["horizon", 0.5]]
    for word, *places in scene.strokes:
        shares = [(0.5 + x / -z * focal / SIZE[0], 0.5 + (scene.tall - y) / -z * focal / SIZE[1]) for x, y, z in places]
        rows.append([word, *(float(np.clip(each, 0, 1)) for pair in shares for each in pair)])
    return rows, scene.tall * focal / (SIZE[1] / 2)


def taken(lifted, aside=0.0, chosen=slice(None)):
    """The place from a camera moved aside."""
    placed = np.eye(4)
    placed[0, 3] = aside
    grains = Grains(lifted.cloud.points[chosen], lifted.cloud.colours[chosen], lifted.radius[chosen])
    return expose(grains, replace(lifted.camera, world_from_camera=placed), samples=1)


def decibels(picture, wanted, where=None) -> float:
    """How alike two pictures are."""
    wrong = (srgb(picture).astype(float) - wanted) ** 2
    return float(10 * np.log10(255**2 / max((wrong if where is None else wrong[where]).mean(), 1e-9)))


def aside(scene: Scene, lifted, step: float) -> dict:
    """What opens, flies and errs when the camera moves, the worse of left and right."""
    made = []
    for move in (-step, step):
        pixels, metres = truth(scene, move)
        view, single = taken(lifted, move), taken(lifted, move, lifted.cloud.labels == 0)
        nearest = ndimage.minimum_filter(metres, 5)
        made.append({"holes": (view.cover == 0).mean(), "flying": (view.depth < 0.98 * nearest).mean(),
                     "one_layer_holes": (single.cover == 0).mean(), "db": -decibels(view.light, pixels),
                     "one_layer_db": -decibels(single.light, pixels)})
    worst = {key: float(max(each[key] for each in made)) for key in made[0]}
    return {key: -value if key.endswith("db") else 100 * value for key, value in worst.items()}


def measured(scene: Scene, name: str, folder: Path | None) -> dict:
    """Everything of one scene; shares in percent."""
    pixels, metres = truth(scene)
    rows, near = drawn(scene)
    step = MOVE * float(np.median(metres))
    lift(pixels, Depth(metres), lens=LENS), guessed(pixels, rows)      # compiled
    begun = time.process_time()
    lifted = lift(pixels, Depth(metres), lens=LENS)
    spent = time.process_time() - begun
    begun = time.process_time()
    guess = guessed(pixels, rows, near=near, far=30)
    guessing = time.process_time() - begun
    back, place = taken(lifted), lift(pixels, guess, lens=LENS)
    first = lifted.cloud.points[lifted.cloud.labels == 0].astype(float)
    stray = off(first + np.array([0, scene.tall, 0]), scene.boxes) > -0.01 * first[:, 2]
    wrong = np.abs(guess.metres / metres - 1)
    if folder:
        for word, each in (("depth", lifted), ("strokes", place)):
            for number, share in enumerate((-1, -0.5, 0, 0.5, 1)):
                light = taken(each, share * step).light
                Image.fromarray(srgb(light)).save(folder / f"{name}_{word}_{number}.png")
    return {"points": len(lifted.cloud.points), "made_up": int((lifted.cloud.labels == 1).sum()), "cpu_s": spent,
            "again_db": decibels(back.light, pixels), "again_holes": 100 * float((back.cover == 0).mean()),
            "aside": aside(scene, lifted, step), "stray": 100 * float(stray.mean()),
            "strokes": {"cpu_s": guessing, "error_median": 100 * float(np.median(wrong)),
                        "error_mean": 100 * float(wrong.mean()), "within_10": 100 * float((wrong < 0.1).mean()),
                        "again_db": decibels(taken(place).light, pixels), "aside": aside(scene, place, step)}}


def main() -> None:
    """Measure both scenes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--frames", type=Path)
    folder = parser.parse_args().frames
    figures = {name: measured(scene, name, folder) for name, scene in (("room", ROOM), ("street", STREET))}
    sys.stdout.write(f"{rounded(figures)}\n")
    write_result("places_lift", rounded(figures))


if __name__ == "__main__":
    main()
