"""COLMAP's far side: structure from motion in a process of its own, asked over stdin by `colmap.py`.

It stands apart because COLMAP ends the whole process on an inner contradiction, cannot be cancelled, and talks to
stdout. Needs pycolmap and numpy, nothing of Marrow. One seed and one thread everywhere: the same pictures give the same
cameras to the last bit. With two threads for features and matches they came out a few hundredths of a millimetre apart.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pycolmap

SEED = 7
SMALL = 640     # pixels: smaller pictures are looked at twice as large, which finds and places features better
WAYS = (        # each tried if the one before left many photos out: features, contrast, angle of the first pair
    {"most": 6000, "peak": 0.0067, "angle": 16.0, "finer": False},
    {"most": 8192, "peak": 0.004, "angle": 6.0, "finer": True},
)
ENOUGH = 0.8    # share of the photos that a way must place for the next not to be tried
FLIP = np.diag([1.0, -1.0, -1.0])


def features(folder: Path, base: Path, asked: dict, way: dict) -> None:
    """Find SIFT features; pictures of a group share one camera, its focal length a guess to be refined."""
    options = pycolmap.FeatureExtractionOptions()
    options.num_threads = 1
    options.sift.max_num_features = way["most"]
    options.sift.first_octave = -1 if way["finer"] or max(map(max, asked["sizes"])) <= SMALL else 0
    options.sift.peak_threshold = way["peak"]
    options.sift.max_num_orientations = 1
    for group in sorted(set(asked["groups"])):
        inside = [number for number, each in enumerate(asked["groups"]) if each == group]
        wide, high = asked["sizes"][inside[0]]
        reader = pycolmap.ImageReaderOptions()
        reader.camera_model = "SIMPLE_RADIAL"
        reader.camera_params = f"{asked['focals'][inside[0]]},{wide / 2},{high / 2},0"
        pycolmap.extract_features(base, folder, image_names=[picture(number) for number in inside],
                                  camera_mode=pycolmap.CameraMode.SINGLE, reader_options=reader,
                                  extraction_options=options, device=pycolmap.Device.cpu)


def matches(base: Path, ordered: bool) -> None:
    """Match every picture with every other, or in a video with those near in time."""
    matching = pycolmap.FeatureMatchingOptions()
    matching.num_threads = 1
    checked = pycolmap.TwoViewGeometryOptions()
    checked.ransac.random_seed = SEED
    match = pycolmap.match_sequential if ordered else pycolmap.match_exhaustive
    match(base, matching_options=matching, verification_options=checked, device=pycolmap.Device.cpu)


def mapped(base: Path, folder: Path, way: dict, few: bool) -> object:
    """The largest reconstruction, or None."""
    options = pycolmap.IncrementalPipelineOptions()
    options.num_threads = 1
    options.min_model_size = 2 if few else 3
    options.max_num_models = 4
    options.extract_colors = False
    options.mapper.init_min_tri_angle = way["angle"]
    options.triangulation.ignore_two_view_tracks = not few
    for each in (options, options.mapper, options.triangulation):
        each.random_seed = SEED
    out = folder / "models"
    out.mkdir(exist_ok=True)
    found = pycolmap.incremental_mapping(base, folder, out, options=options)
    return max(found.values(), key=lambda each: (each.num_reg_images(), each.num_points3D()), default=None)


def reason(base: Path, count: int) -> str:
    """Why nothing was found: "bare" pictures, nothing in common ("apart"), or a camera that only "turned"."""
    with pycolmap.Database.open(base) as database:
        kept = [len(database.read_keypoints(image.image_id)) for image in database.read_all_images()]
        pairs = database.read_two_view_geometries()[1]
    if sorted(kept)[-2] < 100 or len(kept) < count:
        return "bare"
    config = pycolmap.TwoViewGeometryConfiguration
    turned = {config.PLANAR_OR_PANORAMIC, config.PANORAMIC, config.PLANAR}
    good = [each for each in pairs if len(each.inlier_matches) >= 30]
    if not good:
        return "apart"
    return "turned" if all(config(each.config) in turned for each in good) else "apart"


def answer(model: object) -> tuple[dict, list]:
    """Cameras and spots as arrays: numbers of photos, stands, lenses, spots, sightings."""
    images = sorted((each for each in model.images.values() if each.has_pose), key=lambda each: each.name)
    order = {each.image_id: number for number, each in enumerate(images)}
    stands, lenses = np.tile(np.eye(4), (len(images), 1, 1)), np.zeros((len(images), 3))
    for number, each in enumerate(images):
        pose = each.cam_from_world().inverse()
        stands[number, :3, :3] = pose.rotation.matrix() @ FLIP
        stands[number, :3, 3] = pose.translation
        camera = model.cameras[each.camera_id]
        lenses[number, :2] = camera.params[0], camera.params[3]
    spots = sorted(model.points3D)
    sightings = [(order[element.image_id], number) for number, spot in enumerate(spots)
                 for element in model.points3D[spot].track.elements]
    places = np.array([model.points3D[spot].xyz for spot in spots]).reshape(-1, 3)
    facts = {"photos": [int(each.name[:5]) for each in images], "error": float(model.compute_mean_reprojection_error())}
    return facts, [stands, lenses, places, np.array(sorted(sightings), np.int32).reshape(-1, 2)]


def solve(asked: dict, tell: object) -> tuple[dict, list]:
    """Try one way after the other; the one that places most pictures counts."""
    folder, count, best = Path(asked["folder"]), len(asked["groups"]), None
    why = ""
    for number, way in enumerate(WAYS):
        base = folder / f"matches{number}.db"
        tell(["places.reconstruct", 1, 10])
        features(folder, base, asked, way)
        tell(["places.reconstruct", 4, 10])
        matches(base, asked["ordered"])
        tell(["places.reconstruct", 7, 10])
        found = mapped(base, folder, way, count == 2)
        if found is not None and (best is None or found.num_reg_images() > best.num_reg_images()):
            best = found
        if best is not None and best.num_reg_images() >= ENOUGH * count:
            break
        why = reason(base, count)
    return answer(best) if best is not None else ({"why": why}, [])


def picture(number: int) -> str:
    """The file name of a picture."""
    return f"{number:05}.png"


def main() -> None:
    """Answer questions until stdin ends; what libraries print goes to stderr."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    pycolmap.logging.minloglevel = 2

    def tell(progress: list) -> None:
        pipe.write(json.dumps({"progress": progress}).encode() + b"\n")
        pipe.flush()

    for line in sys.stdin.buffer:
        facts, arrays = solve(json.loads(line)["ask"], tell)
        listed = [{"dtype": each.dtype.str, "shape": list(each.shape)} for each in arrays]
        pipe.write(json.dumps({"answer": facts, "arrays": listed}).encode() + b"\n")
        for each in arrays:
            pipe.write(np.ascontiguousarray(each).tobytes())
        pipe.flush()


if __name__ == "__main__":
    main()
