"""Animations of a glTF file as motions: the exact rate behind their key times, and poses at that rate."""

from fractions import Fraction

import numpy as np
from numpy import ndarray

from marrow import rotations
from marrow.contents import Remark
from marrow.forms.gltf_file import File
from marrow.forms.gltf_nodes import Frame, Nodes
from marrow.media import Motion

FLOAT = 2e-7       # share by which float32 rounds at most
STILL = 1e-5       # share of the body's size: a path that stays this near to the rest pose is rounding, not motion
LEAST = 24         # frames per second that curves, and keys far apart, are sampled at or above
DENSE = 6          # evenly keyed animations from this rate on keep it
FASTEST = 1000     # keys closer together than this rate are no rate
ODD = Fraction(60)  # what keys at irregular times are sampled at
DECIMALS = (2, 4, 8, 10, 100, 1000)   # denominators that people write
WAYS = ("LINEAR", "STEP", "CUBICSPLINE")


def read_motions(file: File, nodes: Nodes, frame: Frame) -> tuple[list[Motion], list[Remark]]:
    """Every animation that moves this skeleton, its first key at frame 0, and what could not be kept of it."""
    made, losses = [], []
    inside = {node: joint for joint, node in enumerate(frame.nodes) if node >= 0}
    for number, said in enumerate(file.items("animations")):
        name = str(said.get("name") or "")
        tracks = [(inside[node], path, sampler) for node, path, sampler in channels(file, said) if node in inside]
        if not tracks:
            continue
        stated = said.get("extras", {})
        stated = stated.get("rate") if isinstance(stated, dict) else None
        times = {sampler["input"]: file.array(sampler["input"]).astype(float) for _, _, sampler in tracks}
        curved = any(sampler.get("interpolation") == "CUBICSPLINE" for _, _, sampler in tracks)
        rate, start, even = rate_of(list(times.values()), curved, stated)
        if not even:
            losses.append(Remark("gltf.resampled", {"name": name or number + 1, "rate": rate}))
        keys = {each: _frames(found, start, rate, even) for each, found in times.items()}
        motion, more = _motion(file, frame, tracks, keys, rate)
        losses += more
        if start > 0.5 / rate:
            losses.append(Remark("gltf.starts", {"name": name or number + 1, "seconds": f"{start:.3f}"}))
        made.append(Motion(frame.skeleton, *motion, name=name))
    return made, losses


def channels(file: File, animation: dict) -> list[tuple[int, str, dict]]:
    """(node, path, sampler) of every channel that names a node."""
    found, samplers = [], animation.get("samplers", [])
    for each in animation.get("channels", []):
        target, at = each["target"], each["sampler"]
        if "node" not in target:
            continue
        if type(at) is not int or not 0 <= at < len(samplers):
            raise ValueError("animations: sampler")
        file.item("nodes", target["node"])
        found.append((target["node"], str(target["path"]), samplers[at]))
    return found


def moving(file: File, nodes: Nodes) -> set[int]:
    """Nodes whose place or turn an animation changes, apart from cameras and lamps."""
    found: set[int] = set()
    for animation in file.items("animations"):
        for node, path, sampler in channels(file, animation):
            seen = nodes.said[node]
            aside = "camera" in seen or "KHR_lights_punctual" in seen.get("extensions", {})
            if node in found or path not in ("translation", "rotation") or (aside and not nodes.children[node]):
                continue
            rest = nodes.places[node] if path == "translation" else nodes.turns[node][[1, 2, 3, 0]]
            values = file.array(sampler["output"]).astype(float)
            if len(values) and values.shape[1:] == rest.shape and _moves(values, rest, path == "rotation"):
                found.add(node)
    return found


def rate_of(times: list[ndarray], curved: bool, stated: object = None) -> tuple[Fraction, float, bool]:
    """The exact rate behind key times, the time of the first key, and whether every key lies on a frame.

    times      seconds, as float32 rounds them
    curved     whether poses between the keys are curves: then at least 24 frames per second
    stated     [numerator, denominator] where the file says it
    raises     ValueError  times that are no numbers, or none at all
    test       30, 24000/1001, 959/8 come back from float32 times; 0, 1/8, 3/8 s are frames 0, 3, 9 of 24
    """
    union = np.unique(np.concatenate(times)) if times else np.zeros(0)
    if not len(union) or not np.isfinite(union).all():
        raise ValueError("animations: times")
    start, union = float(union[0]), union - union[0]
    slack = 4e-7 * (abs(start) + union[-1])
    said = _stated(stated)
    if said and _even(union, 1 / float(said), slack):
        return said, start, True
    union = union[np.concatenate([[True], np.diff(union) > max(slack, 1e-5)])]
    if len(union) == 1:
        return Fraction(LEAST), start, True
    steps = np.diff(union)
    step = float(steps[steps < 1.01 * steps.min()].mean())
    for share in (1e-3, 1e-2, 1e-1, 1):
        far = union[np.searchsorted(union, share * union[-1], "right") - 1]
        step = far / round(far / step) if far > step else step
    for parts in range(1, 13):
        if parts / step <= FASTEST and _even(union, step / parts, slack):
            rate = _fraction(parts / step, slack / union[-1])
            dense = parts == 1 and rate >= DENSE and not curved and (steps < 1.5 * step).all()
            return rate if dense or rate >= LEAST else rate * int(np.ceil(LEAST / rate)), start, True
    return ODD, start, False


def _stated(said: object) -> Fraction | None:
    """The rate that a file of ours states."""
    good = isinstance(said, list) and len(said) == 2 and all(type(each) is int for each in said) and min(said) > 0
    rate = Fraction(*said) if good else Fraction(0)
    return rate if 0 < rate <= 100_000 else None


def _even(times: ndarray, step: float, slack: float) -> bool:
    frames = times / step
    return bool((np.abs(frames - np.round(frames)) <= 2e-3 + slack / step).all())


def _fraction(rate: float, slack: float) -> Fraction:
    """The plainest exact rate near a measured one: whole, over 1.001, else of the smallest denominator."""
    for guess in (Fraction(round(rate)), Fraction(round(rate * 1.001) * 1000, 1001)):
        if guess and abs(float(guess) / rate - 1) <= max(2e-5, slack):
            return guess
    for under in (*DECIMALS, *range(2, 1002)):
        if abs(round(rate * under) / under / rate - 1) <= max(4e-7, slack):
            return Fraction(round(rate * under), under)
    return Fraction(rate).limit_denominator(1001)


def _frames(times: ndarray, start: float, rate: Fraction, even: bool) -> ndarray:
    """Key times as frame numbers, whole where keys lie on frames.

    raises  ValueError  when they run backwards
    """
    if len(times) == 0 or times.ndim != 1 or (np.diff(times) < 0).any():
        raise ValueError("animations: times")
    frames = (times - start) * float(rate)
    return np.round(frames) if even else frames


def _motion(file: File, frame: Frame, tracks: list, keys: dict, rate: Fraction) -> tuple[tuple, list[Remark]]:
    """Rotations, root, rate and moves of one animation."""
    skeleton = frame.skeleton
    count, joints = int(np.ceil(max(each[-1] for each in keys.values()) - 1e-6)) + 1, len(skeleton.names)
    file.spend(count * joints * 32)
    turns = np.repeat(skeleton.turns[None], count, axis=0)
    root = np.repeat(skeleton.offsets[None, 0], count, axis=0)
    moves: dict[int, ndarray] = {}
    still = (FLOAT if file.ours else STILL) * float(np.abs(skeleton.offsets[1:]).sum(1).max(initial=0))
    lost: dict[str, None] = {}
    for joint, path, sampler in tracks:
        frames, way = keys[sampler["input"]], sampler.get("interpolation", "LINEAR")
        if path == "weights":
            lost["gltf.shapes_moving"] = None
            continue
        if path not in ("rotation", "translation", "scale") or way not in WAYS:
            raise ValueError(f"animations: {path} {way}")
        file.spend(count * 32)
        values = _values(file, sampler, len(frames), 4 if path == "rotation" else 3, rate)
        if path == "rotation":
            made = sampled(frames, values[..., [3, 0, 1, 2]], way, count, True)
            turns[:, joint] = rotations.multiply(frame.ahead[joint], made)
        elif path == "translation":
            made = sampled(frames, values, way, count) @ frame.lead[joint].T + frame.base[joint]
            if joint == 0:
                root = made
            elif not np.abs(made - skeleton.offsets[joint]).max() <= still:  # numbers that are none come through too
                moves[joint] = made
        elif np.ptp(values, axis=0).max() > 1e-3 * np.abs(values).max():
            lost["gltf.scale_moving"] = None
    return (turns, root, rate, moves), [Remark(each) for each in lost]


def _values(file: File, sampler: dict, keys: int, width: int, rate: Fraction) -> ndarray:
    """The key values of a sampler (keys, width); of a curve (keys, 3, width): tangent before, value, tangent after."""
    values = file.array(sampler["output"]).astype(float)
    each = 3 if sampler.get("interpolation") == "CUBICSPLINE" else 1
    if values.shape != (keys * each, width):
        raise ValueError("animations: values")
    return values.reshape(-1, 3, width) / np.array([rate, 1, rate], float)[:, None] if each == 3 else values


def sampled(frames: ndarray, values: ndarray, way: str, count: int, turning: bool = False) -> ndarray:
    """Poses 0 .. count - 1 of one channel, whose keys lie at `frames`; before the first and after the last it holds.

    values     (keys, width); for CUBICSPLINE (keys, 3, width), tangents per frame
    source     Khronos, glTF 2.0 Specification, appendix C (Animation Sampler Interpolation Modes)
    test       a curve through two keys with tangents is Hermite's; half of the way is half of the angle
    """
    if way != "CUBICSPLINE" and len(frames) == count and frames[0] == 0 and (np.diff(frames) == 1).all():
        return np.where(np.isfinite(values), rotations.normalised(values), np.nan) if turning else values
    wanted = np.arange(count, dtype=float)
    before = np.clip(np.searchsorted(frames, wanted, "right") - 1, 0, len(frames) - 1)
    after = np.minimum(before + 1, len(frames) - 1)
    span = frames[after] - frames[before]
    share = np.clip((wanted - frames[before]) / np.where(span > 0, span, 1), 0, 1)
    if way == "STEP":
        made = values[before]
    elif way == "CUBICSPLINE":
        s, wide = share[:, None], span[:, None]
        made = ((2 * s**3 - 3 * s**2 + 1) * values[before, 1] + wide * (s**3 - 2 * s**2 + s) * values[before, 2]
                + (3 * s**2 - 2 * s**3) * values[after, 1] + wide * (s**3 - s**2) * values[after, 0])
    elif turning:
        return rotations.slerp(rotations.normalised(values[before]), rotations.normalised(values[after]), share)
    else:
        made = values[before] + share[:, None] * (values[after] - values[before])
    return rotations.normalised(made) if turning else made


def _moves(values: ndarray, rest: ndarray, turning: bool) -> bool:
    away = np.abs(values - rest).max(axis=1)
    if turning:
        away = np.minimum(away, np.abs(values + rest).max(axis=1))
    return bool((away > 1e-5).any())
