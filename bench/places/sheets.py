"""Contact sheets of memories, to be looked at: assemble, dissolve, forget, reveal, misremember, morph.

    python bench/places/sheets.py FOLDER [--only WORD]

Eight frames each of the scanned lion and of the courtyard of examples/two_fathers; the morph goes from one to the
other, and back. `FOLDER/PLACE_WORD.png`.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from marrow.draw import colour
from marrow.draw.camera import look_at, orbit
from marrow.draw.points import spacing
from marrow.draw.splat import Grains, expose
from marrow.forms.cloud import read_cloud
from marrow.places.formats.las import read_las
from marrow.places.memory.events import WORDS
from marrow.places.memory.evidence import Region, confidence
from marrow.places.memory.fields import remember

HERE = Path(__file__).resolve()
LION = HERE.parents[3] / "shared" / "material" / "scans" / "lion_takanawa.copc.laz"
COURTYARD = HERE.parents[2] / "examples" / "two_fathers" / "scans" / "courtyard.ply"
SIZE, FRAMES = (480, 270), 8
NIGHT = colour.hex("#0f1a2e")


def centred(cloud):
    """A place with its middle at zero and half a diagonal of one: so that two of them can share a stage."""
    low, high = np.percentile(cloud.points, (2, 98), axis=0)
    scale = 2 / np.linalg.norm(high - low)
    return replace(cloud, points=((cloud.points - (low + high) / 2) * scale).astype(np.float32), origin=np.zeros(3))


def places():
    """The two places, their evidence: a witness who knows the left, another who knows the right."""
    made = {"lion": centred(read_las(LION)), "courtyard": centred(read_cloud(COURTYARD))}
    for name, cloud in made.items():
        regions = (Region("left", (-0.55, 0.0, 0.2), 0.5), Region("heart", (0.3, -0.1, 0.1), 0.35))
        told = {"left": {"first": 3, "hearsay": 1, "against": 0}, "heart": {"first": 1, "hearsay": 1, "against": 1}}
        made[name] = replace(cloud, confidence=confidence(cloud, regions, told))
    return made


def other(cloud):
    """A second version of a place: wider, in another light, known on the other side."""
    points = cloud.points * np.float32([1.12, 0.92, 1.0]) + np.float32([0.02, 0.05, -0.06])
    return replace(cloud, points=points, colours=cloud.colours * np.float32([1.25, 0.8, 0.55]),
                   confidence=1 - cloud.confidence)


def frame(memory, time, radii, share, size=SIZE):
    """One picture: points on the night, further ones deeper in it."""
    state = memory.exposed(time, time + 1 / 48)
    eye = orbit((0, 0, 0), distance=3.2, around=-24 + 40 * share, above=16)
    camera = look_at(eye, (0, -0.02, 0), lens=42, size=size)
    radius = radii[1 if state.second else 0] * (1 if state.size is None else state.size)
    light = np.full_like(state.points, 0.5) if state.light is None else state.light
    made = expose(Grains(state.points, light, radius, state.there, state.moved), camera, samples=8)
    far = np.where(np.isfinite(made.depth), made.depth, 0)
    clear = np.clip(1.25 - 0.45 * np.maximum(far - 2.7, 0), 0.25, 1)[..., None]
    return colour.srgb(made.light * 1.35 * clear + NIGHT * (1 - made.cover[..., None] * clear))


def sheet(memory, radii, opens=0.0, closes=8.0):
    """Eight frames, four beside each other."""
    tiles = [frame(memory, opens + (closes - opens) * k / (FRAMES - 1), radii, k / (FRAMES - 1))
             for k in range(FRAMES)]
    return np.concatenate([np.concatenate(tiles[row:row + 4], axis=1) for row in (0, 4)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=WORDS)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    both = places()
    radii = {name: 0.8 * (spacing(cloud.points) or 0.01) for name, cloud in both.items()}
    for name, cloud in both.items():
        goal = next(each for each in both if each != name)
        for word in [asked.only] if asked.only else WORDS:
            rival = {"misremember": other(cloud), "morph": both[goal]}.get(word)
            sizes = radii[name], radii[goal if word == "morph" else name]
            memory = remember(cloud, [[word, 0, 8]], rival, ratio=sizes[1] / sizes[0])
            Image.fromarray(sheet(memory, sizes)).save(asked.folder / f"{name}_{word}.png")


if __name__ == "__main__":
    main()
