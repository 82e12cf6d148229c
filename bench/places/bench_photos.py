"""A place out of photos: a room of 4 m whose cameras and surfaces are known exactly, 14 pictures of 800 x 600.

    python bench/places/bench_photos.py [--peer]

No option is set. Cameras: how many are found, mean error after the best similarity, CPU seconds; found twice to see
whether they are the same to the last bit. Points: how many, and the share within 1 cm of the true surfaces.
The peer: pycolmap's own defaults on the same pictures.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from results import rounded, write_result
from textured_room import cameras, off, picture

from marrow import engine
from marrow.places.formats.photographs import read_photographs
from marrow.places.photos import standing
from marrow.places.photos.dense import reconstructed
from marrow.places.photos.lenses import groups

COUNT, SIZE = 14, (800, 600)
PEER = """
import json, sys, pathlib, pycolmap, resource
pycolmap.logging.minloglevel = 2
folder, out = map(pathlib.Path, sys.argv[1:])
base = out / "peer.db"
pycolmap.extract_features(base, folder)
pycolmap.match_exhaustive(base)
found = pycolmap.incremental_mapping(base, folder, out)
best = max(found.values(), key=lambda each: each.num_reg_images(), default=None)
images = [] if best is None else best.images.values()
eyes = {each.name: each.projection_center().tolist() for each in images if each.has_pose}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"version": pycolmap.__version__, "eyes": eyes, "s": used.ru_utime + used.ru_stime}))
"""


def spent() -> float:
    """CPU seconds of this process and the ones that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def error(eyes, truth):
    """Mean distance of cameras from where they were, mm, after the best similarity; and that."""
    scale, turn, step = standing.similarity(np.array(eyes), np.array(truth))
    off_by = np.linalg.norm(scale * np.array(eyes) @ turn.T + step - truth, axis=1)
    return float(1000 * off_by.mean()), scale, turn, step


def ours(folder, truth):
    """Cameras twice, then points."""
    photos, ordered = read_photographs(folder)
    find = engine.open_engine("places.reconstruct", "colmap")
    begun = spent()
    found = find(photos, groups=groups(photos), ordered=ordered)
    cameras_s = spent() - begun
    again = find(photos, groups=groups(photos), ordered=ordered)
    same = all(a.camera.world_from_camera.tobytes() == b.camera.world_from_camera.tobytes()
               for a, b in zip(found.views, again.views, strict=True))
    begun = spent()
    place = reconstructed(photos, found)
    dense_s = spent() - begun
    known = [truth[view.photo] for view in found.views]
    wrong, scale, turn, step = error([each.eye for each in place.cameras.values()], known)
    far = off(scale * place.cloud.points.astype(float) @ turn.T + step)
    return {"cameras found": len(found.views), "of": COUNT, "camera error mm": wrong, "cameras CPU s": cameras_s,
            "same cameras twice": same, "points": len(far), "within 1 cm": float((far < 0.01).mean()),
            "median mm": float(1000 * np.median(far)), "dense CPU s": dense_s, "guessed scale": 1 / scale,
            "up off degrees": float(np.degrees(np.arccos(min(1.0, turn[1, 1])))),
            "points sha1": hashlib.sha1(place.cloud.points.tobytes()).hexdigest()}


def peer(folder, room, truth):
    """pycolmap as it comes."""
    done = subprocess.run([sys.executable, "-c", PEER, folder, room], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    names = sorted(told["eyes"])
    eyes = [told["eyes"][name] for name in names]
    wrong = error(eyes, [truth[int(name[:2])] for name in names])[0] if len(eyes) > 2 else None
    return {"pycolmap": told["version"], "cameras found": len(names), "camera error mm": wrong, "CPU s": told["s"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--peer", action="store_true")
    asked = parser.parse_args()
    stands = cameras(COUNT, SIZE)
    truth = np.array([each.eye for each in stands])
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "photos"
        folder.mkdir()
        for number, each in enumerate(stands):
            Image.fromarray(picture(each)[0]).save(folder / f"{number:02}.png")
        figures = {"marrow": ours(folder, truth)}
        print(json.dumps(rounded(figures)), flush=True)
        if asked.peer:
            figures["peer"] = peer(folder, Path(room), truth)
    print(json.dumps(rounded(figures)))
    write_result("places_photos", rounded(figures))


if __name__ == "__main__":
    main()
