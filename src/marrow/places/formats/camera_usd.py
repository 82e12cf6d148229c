"""A camera and its way as USD: .usda, .usdc, .usd. usd-core works in a process of its own, which may die."""

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from marrow.apart import Answer, Apart
from marrow.draw import axes
from marrow.draw.camera import BACK
from marrow.errors import EngineError, InputError
from marrow.places.filmed import Filmed
from marrow.units import rate

FAR = Path(__file__).with_name("camera_usd_far.py")
LIMIT = 120.0        # seconds without a word
FRAMES = 100_000     # of one camera


def write_camera(found: Filmed, path: Path) -> None:
    """Write a camera as USD, metres, Y up; the origin is the place of the prim above it.

    raises    EngineError  usd-core is not installed;  InputError  it cannot be written there
    test      read again it is the same; Blender's camera sees a point at the same pixel
    """
    back = [BACK, BACK * found.size[1] / found.size[0]]
    facts = {"write": str(path.resolve()), "rate": float(found.rate), "back": back}
    _asked(facts, path, [found.stands, found.lenses, found.origin])


def read_camera(path: Path) -> Filmed:
    """The camera of a USD file, the first that moves, else the first; into metres, Y up.

    raises    EngineError  usd-core is not installed
              InputError   "camera.none", "camera.flat", no USD, broken
    """
    answer = _asked({"read": str(path.resolve()), "frames": FRAMES}, path)
    if "none" in answer.facts:
        raise InputError(f"camera.{answer.facts['none']}", path=path)
    stands, lenses = answer.arrays
    if not (np.isfinite(stands).all() and (lenses > 1e-3).all() and (lenses < 1e5).all()):
        raise InputError("camera.usd", path=path, why="numbers")
    if answer.facts["up"] == "z":
        stands = stands.copy()
        stands[:, :3] = np.swapaxes(axes.upright(np.swapaxes(stands[:, :3], 1, 2), "z"), 1, 2)
    wide = min(max(float(answer.facts["wide"]), 0.1), 10.0)
    try:
        pace = rate(answer.facts["rate"])
    except ValueError as error:
        raise InputError("camera.usd", path=path, why=f"timeCodesPerSecond {answer.facts['rate']}"[:80]) from error
    return Filmed(stands, lenses, (2 * round(540 * wide), 1080), pace, np.zeros(3))


def _asked(ask: dict, path: Path, arrays: tuple | list = ()) -> Answer:
    if find_spec("pxr") is None:
        raise EngineError("camera.usd_absent", path=path)
    with Apart([sys.executable, "-P", str(FAR)], name="usd-core", limit=LIMIT) as far:
        try:
            return far.ask(ask, [np.ascontiguousarray(each, np.float64) for each in arrays])
        except EngineError as error:
            if error.key in ("apart.refused", "apart.died"):
                words = str(error.facts.get("words", "-")).strip().splitlines()
                raise InputError("camera.usd", path=path, why=(words or ["-"])[-1][:120]) from error
            raise
