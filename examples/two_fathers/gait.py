"""The walk of an old man as a BVH: he slows, stops, turns his head and holds a hand out, low, as to a child.

The feet are placed first and the legs are solved towards them, so that a standing foot cannot slide.
Metres inside, Y up, he walks towards +Z; the file is in centimetres, as most BVH files are.
"""

from pathlib import Path

import numpy as np

FPS, SECONDS = 30, 14.5
THIGH, SHIN, ANKLE, HIP = 0.43, 0.42, 0.08, 0.095
# name, parent, rest offset in metres
BONES = (
    ("Hips", None, (0, 0.93, 0)), ("Spine", "Hips", (0, 0.10, 0)), ("Spine1", "Spine", (0, 0.14, 0)),
    ("Chest", "Spine1", (0, 0.14, 0)), ("Neck", "Chest", (0, 0.15, 0.01)), ("Head", "Neck", (0, 0.09, 0.02)),
    ("LeftShoulder", "Chest", (0.05, 0.12, 0)), ("LeftArm", "LeftShoulder", (0.13, 0, 0)),
    ("LeftForeArm", "LeftArm", (0, -0.28, 0)), ("LeftHand", "LeftForeArm", (0, -0.25, 0)),
    ("RightShoulder", "Chest", (-0.05, 0.12, 0)), ("RightArm", "RightShoulder", (-0.13, 0, 0)),
    ("RightForeArm", "RightArm", (0, -0.28, 0)), ("RightHand", "RightForeArm", (0, -0.25, 0)),
    ("LeftUpLeg", "Hips", (HIP, 0, 0)), ("LeftLeg", "LeftUpLeg", (0, -THIGH, 0)),
    ("LeftFoot", "LeftLeg", (0, -SHIN, 0)), ("LeftToe", "LeftFoot", (0, -0.06, 0.15)),
    ("RightUpLeg", "Hips", (-HIP, 0, 0)), ("RightLeg", "RightUpLeg", (0, -THIGH, 0)),
    ("RightFoot", "RightLeg", (0, -SHIN, 0)), ("RightToe", "RightFoot", (0, -0.06, 0.15)),
)
ENDS = {"Head": (0, 0.2, 0), "LeftHand": (0, -0.16, 0), "RightHand": (0, -0.16, 0),
        "LeftToe": (0, 0, 0.07), "RightToe": (0, 0, 0.07)}
STEPS = ((0.00, 0.66), (0.66, 0.66), (1.32, 0.67), (1.99, 0.68), (2.67, 0.69), (3.36, 0.70), (4.06, 0.72), (4.78, 0.75),
         (5.53, 0.80), (6.33, 0.86), (7.19, 0.94))  # when a step begins, how long it takes; then he stands
LENGTHS = (0.52, 0.52, 0.52, 0.51, 0.50, 0.48, 0.46, 0.42, 0.36, 0.28, 0.15)
SWING = 0.66  # share of a step in which the foot is in the air


def smooth(share: np.ndarray) -> np.ndarray:
    """0..1 with rest at both ends (a fifth-degree curve); clipped outside."""
    share = np.clip(share, 0, 1)
    return share ** 3 * (10 - 15 * share + 6 * share ** 2)


def turn(axis: int, angle: np.ndarray) -> np.ndarray:
    """Rotation matrices (frames, 3, 3) about X, Y or Z (0, 1, 2) by radians (frames,)."""
    one, two = (axis + 1) % 3, (axis + 2) % 3
    angle = np.asarray(angle, float)
    matrix = np.zeros((*angle.shape, 3, 3))
    matrix[..., axis, axis] = 1
    matrix[..., one, one] = matrix[..., two, two] = np.cos(angle)
    matrix[..., one, two], matrix[..., two, one] = -np.sin(angle), np.sin(angle)
    return matrix


def feet(time: np.ndarray) -> tuple[dict, dict, dict]:
    """Ankles (frames, 3), foot pitch (frames,) and whether the foot stands (frames,), for "Left" and "Right"."""
    places, pitch, stands = {}, {}, {}
    for side, first, x in (("Left", 0, 0.085), ("Right", 1, -0.085)):
        # each swing carries a foot from behind the other to one step before it
        front = np.concatenate(([0.0], np.cumsum(LENGTHS)))
        z = np.full(time.shape, 0.0 if first == 0 else front[0])
        up, tilt, standing = np.zeros_like(time), np.zeros_like(time), np.ones(time.shape, bool)
        here = 0.0
        for index in range(first, len(STEPS), 2):
            begin, lasts = STEPS[index]
            share = (time - begin - lasts * (1 - SWING) / 2) / (lasts * SWING)
            there = front[index + 1] if index + 1 < len(STEPS) else front[index]
            z += (there - here) * smooth(share)
            flying = (share > 0) & (share < 1)
            high = 0.035 + 0.06 * (there - here)
            up += np.where(flying, high * np.sin(np.pi * np.clip(share, 0, 1)) ** 2, 0)
            wave = np.sin(2 * np.pi * np.clip(share, 0, 1)) * np.sin(np.pi * np.clip(share, 0, 1))
            tilt += np.where(flying, 0.42 * wave * min(1, (there - here) / 0.8), 0)
            standing &= ~flying
            here = there
        places[side] = np.stack((np.full(time.shape, x), ANKLE + up, z), axis=1)
        pitch[side], stands[side] = tilt, standing
    return places, pitch, stands


def softened(values: np.ndarray, seconds: float) -> np.ndarray:
    """Average over a bell of this width; the ends are held."""
    half = round(2 * seconds * FPS)
    bell = np.exp(-0.5 * (np.arange(-half, half + 1) / (seconds * FPS)) ** 2)
    padded = np.pad(values, half, mode="edge")
    return np.convolve(padded, bell / bell.sum(), mode="valid")


def leg(hip: np.ndarray, ankle: np.ndarray, pelvis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """World rotations (frames, 3, 3) of thigh and shin that bring the ankle where it must be, the knee forwards."""
    line = ankle - hip
    reach = np.clip(np.linalg.norm(line, axis=1), 0.2, THIGH + SHIN - 1e-4)
    down = line / np.linalg.norm(line, axis=1)[:, None]
    forward = pelvis[:, :, 2] - down * np.sum(pelvis[:, :, 2] * down, axis=1)[:, None]
    forward /= np.linalg.norm(forward, axis=1)[:, None]
    bend = np.arccos(np.clip((THIGH ** 2 + reach ** 2 - SHIN ** 2) / (2 * THIGH * reach), -1, 1))
    upper = down * np.cos(bend)[:, None] + forward * np.sin(bend)[:, None]
    knee = hip + THIGH * upper
    lower = (ankle - knee) / np.linalg.norm(ankle - knee, axis=1)[:, None]

    def frame(direction: np.ndarray) -> np.ndarray:
        across = np.cross(forward, down)
        return np.stack((across, -direction, np.cross(across, -direction)), axis=2)

    return frame(upper), frame(lower)


def pose() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The pelvis' path (frames, 3) in metres and each bone's local rotation (frames, 3, 3)."""
    time = np.arange(round(FPS * SECONDS)) / FPS
    places, pitch, stands = feet(time)
    left, right = places["Left"], places["Right"]
    lead = softened(left[:, 2] - right[:, 2], 0.05)                     # + when the left foot is in front
    weight = softened(stands["Left"].astype(float) - stands["Right"].astype(float), 0.12)
    still = smooth((time - 7.6) / 1.4)
    hips = np.stack((0.022 * weight,
                     0.920 - 0.18 * lead ** 2 + 0.002 * np.sin(1.5 * time),
                     softened((left[:, 2] + right[:, 2]) / 2, 0.16) + 0.01), axis=1)
    pelvis = turn(1, -0.16 * lead) @ turn(2, 0.035 * weight)
    look = smooth((time - 8.9) / 1.6)                                    # he turns his head to the left …
    offer = smooth((time - 10.2) / 1.7)                                  # … and holds out the left hand
    breath = 0.012 * np.sin(2 * np.pi * time / 3.4)
    bow = 0.13 - 0.05 * still
    local = {
        "Hips": pelvis,
        "Spine": turn(1, 0.13 * lead) @ turn(0, bow * 0.5 + breath) @ turn(2, -0.03 * weight),
        "Spine1": turn(1, 0.10 * lead + 0.05 * look) @ turn(0, bow * 0.4 + 0 * time),
        "Chest": turn(1, 0.09 * lead + 0.08 * look) @ turn(0, bow * 0.5 - breath),
        "Neck": turn(1, -0.06 * lead + 0.36 * look) @ turn(0, 0.04 + 0.10 * look),
        "Head": turn(1, 0.42 * look) @ turn(0, -0.10 + 0.24 * look + 0.02 * np.sin(0.9 * time)),
    }
    none = np.broadcast_to(np.eye(3), (len(time), 3, 3))
    lag = softened(lead, 0.08)
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        give = offer if side == "Left" else 0 * time
        local[f"{side}Shoulder"] = none
        local[f"{side}Arm"] = (turn(2, sign * (0.13 + 0.17 * give)) @ turn(0, sign * 0.55 * lag - 0.66 * give + 0.06))
        local[f"{side}ForeArm"] = turn(1, 0.2 * sign * give) @ turn(0, -0.24 - 0.22 * np.abs(lag) - 0.16 * give)
        local[f"{side}Hand"] = turn(1, 0.9 * give) @ turn(0, -0.06 - 0.30 * give)
        joint = hips + np.einsum("fij,j->fi", pelvis, (sign * HIP, 0.0, 0.0))
        thigh, shin = leg(joint, places[side], pelvis)
        foot = turn(1, np.full(len(time), sign * 0.12)) @ turn(0, pitch[side])
        local[f"{side}UpLeg"] = np.swapaxes(pelvis, 1, 2) @ thigh
        local[f"{side}Leg"] = np.swapaxes(thigh, 1, 2) @ shin
        local[f"{side}Foot"] = np.swapaxes(shin, 1, 2) @ foot
        local[f"{side}Toe"] = turn(0, -0.5 * np.clip(pitch[side], 0, 1))
    return hips, local


def degrees(matrix: np.ndarray) -> np.ndarray:
    """Angles (frames, 3) in degrees with R = Rz Rx Ry, the order of the file's channels."""
    x = np.arcsin(np.clip(matrix[:, 2, 1], -1, 1))
    z = np.arctan2(-matrix[:, 0, 1], matrix[:, 1, 1])
    y = np.arctan2(-matrix[:, 2, 0], matrix[:, 2, 2])
    return np.degrees(np.stack((z, x, y), axis=1))


def hierarchy() -> list[str]:
    """The skeleton as the lines of a BVH file, centimetres."""
    lines = ["HIERARCHY"]

    def joint(name: str, offset: tuple, depth: int) -> None:
        pad = "  " * depth
        lines.extend((f"{pad}{'JOINT' if depth else 'ROOT'} {name}", pad + "{"))
        lines.append(f"{pad}  OFFSET " + centimetres(offset))
        place = "6 Xposition Yposition Zposition" if depth == 0 else "3"
        lines.append(f"{pad}  CHANNELS {place} Zrotation Xrotation Yrotation")
        for child, parent, where in BONES:
            if parent == name:
                joint(child, where, depth + 1)
        if name in ENDS:
            lines.extend((f"{pad}  End Site", pad + "  {", f"{pad}    OFFSET " + centimetres(ENDS[name]), pad + "  }"))
        lines.append(pad + "}")

    joint(BONES[0][0], BONES[0][2], 0)
    return lines


def centimetres(offset: tuple) -> str:
    """Three metres as three centimetres with two decimals."""
    return " ".join(f"{100 * each:.2f}" for each in offset)


def order(name: str = "Hips") -> list[str]:
    """Bones in the order of the file: a parent, then each child with all that hangs on it."""
    return [name, *(each for child, parent, _ in BONES if parent == name for each in order(child))]


def write_motion(path: Path, begin: float, end: float) -> None:
    """Write a part of the walk, in seconds; angles to a hundredth of a degree, places to a tenth of a millimetre."""
    hips, local = pose()
    angles = np.concatenate([degrees(local[name]) for name in order()], axis=1).round(2)
    angles[angles == -180] = 180  # which of the two a half turn is differs between machines
    columns = np.concatenate([100 * hips, angles], axis=1)[round(begin * FPS):round(end * FPS)]
    lines = [*hierarchy(), "MOTION", f"Frames: {len(columns)}", f"Frame Time: {1 / FPS:.7f}"]
    lines += [" ".join(f"{value:.2f}" for value in row + 0.0) for row in columns.round(2)]
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")
