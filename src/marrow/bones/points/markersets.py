"""Joints inside a body from markers on its skin, for the marker sets that capture studios use most.

Plug-in Gait, Helen Hayes and their kin set markers on the same bony spots under a few spellings. What comes out are
points that `marrow.bones.points.solve` takes, joints as in `human` and marks as in `marks`, good to two or three cm.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy import ndarray

# spot -> its spellings, of a side without the L or R; letters only, capitals
SIDED = {
    "front": "ASI ASIS", "back": "PSI PSIS", "knee": "KNE KNEE LATKNEE KNEELAT LFC LFE", "ankle": "ANK ANKLE LATANKLE "
    "ANKLELAT LM LMAL", "inner knee": "KNM KNEM MKNE MEDKNEE KNEEMED KNEEMEDIAL MFC MFE KNEMED", "inner ankle":
    "ANM MANK MEDANKLE ANKLEMED ANKMED MMAL MM", "heel": "HEE HEEL CAL", "toe": "TOE TOETIP MT2 TOEBASE", "shoulder":
    "SHO ACR ACROMION ACROMIUM SHOULDER", "elbow": "ELB ELBOW LEL LATELBOW ELBOWLAT LELB", "inner elbow":
    "ELBM MEL MEDELBOW ELBOWMED ELBMED MELB", "thumb wrist": "WRA RAD RADIUS RSP", "little wrist": "WRB ULNA ULN USP",
    "hand": "FIN HND HAND FINGER", "temple": "FHD FHEAD FRONTHEAD", "back head": "BHD BHEAD BACKHEAD"}
MIDDLE = {"sacrum": "SACR SACRUM VSACRAL VSAC", "neck": "C7 CV7", "back chest": "T10 TV10 T8 TV8",
          "collar": "CLAV SJN IJ JN", "breast": "STRN STERNUM SXS PX XIPHOID"}
NEEDED = ("front", "knee", "ankle")   # of both sides; with back or sacrum they tell where the legs begin
KNEE, ANKLE, SHOULDER, BALL = 0.055, 0.045, 0.045, 0.025  # metres from marker to joint in a leg of LEG
LEG = 0.86                            # metres from hip joint to ankle


def joints_from_markers(labels: Sequence[str], places: ndarray) -> tuple[tuple[str, ...], ndarray] | None:
    """Find a human's joints from markers on the skin; None where the labels are no marker set that we know.

    labels     as the studio named them; what stands before a colon is passed over
    places     (frames, markers, 3) metres, Y up, NaN where unseen
    returns    names of joints and marks, and their places (frames, names, 3), NaN where markers they need are unseen
    source     hip joints: Harrington et al., Prediction of the hip joint centre, J. Biomechanics 40, 2007
    test       a body with markers on it: joints to 2 cm, and a motion of it
    """
    spots = _spots(labels, places)
    if not all(f"{side} {spot}" in spots for side in "LR" for spot in NEEDED) or (
            "sacrum" not in spots and not {"L back", "R back"} <= spots.keys()):
        return None
    found: dict[str, ndarray] = {}
    axes = _legs(spots, found)
    _trunk(spots, found)
    for letter, side in (("L", "left"), ("R", "right")):
        _arm(spots, found, letter, side, axes[1])
    return tuple(found), np.stack(list(found.values()), axis=1)


def _spots(labels: Sequence[str], places: ndarray) -> dict[str, ndarray]:
    """The spots that were named: "L knee", "sacrum" ... -> (frames, 3)."""
    words = {word: spot for spot, spellings in MIDDLE.items() for word in spellings.split()}
    words |= {form: f"{letter} {spot}" for spot, spellings in SIDED.items() for word in spellings.split()
              for letter, long in (("L", "LEFT"), ("R", "RIGHT"))
              for form in (letter + word, word + letter, long + word)}
    found: dict[str, ndarray] = {}
    for number, label in enumerate(labels):
        spot = words.get(re.sub(r"[^A-Z0-9]", "", label.rpartition(":")[2].upper()))
        if spot:
            found.setdefault(spot, places[:, number])
    return found


def _legs(spots: dict[str, ndarray], found: dict[str, ndarray]) -> tuple[ndarray, ndarray, ndarray]:
    """Put the legs into `found`; returns the pelvis' left, up and ahead (frames, 3)."""
    front = (spots["L front"] + spots["R front"]) / 2
    back = spots["sacrum"] if "sacrum" in spots else (spots["L back"] + spots["R back"]) / 2
    across, deep = spots["L front"] - spots["R front"], front - back
    left = _unit(across)
    up = _unit(np.cross(deep, left))
    ahead = np.cross(left, up)
    wide, depth = (np.linalg.norm(each, axis=1, keepdims=True) for each in (across, deep))
    for letter, side, sign in (("L", "left", 1.0), ("R", "right", -1.0)):
        hip = (front + ahead * (-0.24 * depth - 0.0099) + up * (-0.30 * wide - 0.0109)
               + sign * left * (0.33 * wide + 0.0073))
        legs = np.linalg.norm(hip - spots[f"{letter} ankle"], axis=1)
        size = float(np.median(legs[np.isfinite(legs)])) / LEG if np.isfinite(legs).any() else 1.0
        knee = _inside(spots, f"{letter} knee", f"{letter} inner knee", hip, -sign * left, KNEE * size)
        ankle = _inside(spots, f"{letter} ankle", f"{letter} inner ankle", knee, -sign * left, ANKLE * size)
        found |= {f"{side}UpperLeg": hip, f"{side}LowerLeg": knee, f"{side}Foot": ankle}
        if f"{letter} heel" in spots:
            found[f"{side}Heel"] = spots[f"{letter} heel"]
        if f"{letter} toe" in spots:
            shin = _unit(knee - ankle)
            found[f"{side}Toes"] = spots[f"{letter} toe"] - shin * BALL * size
    return left, up, ahead


def _trunk(spots: dict[str, ndarray], found: dict[str, ndarray]) -> None:
    """Put chest, neck and head into `found`."""
    for name, pair in (("chest", ("back chest", "breast")), ("neck", ("neck", "collar"))):
        if all(each in spots for each in pair):
            found[name] = (spots[pair[0]] + spots[pair[1]]) / 2
    head = [f"{letter} {spot}" for spot in ("temple", "back head") for letter in "LR"]
    if all(each in spots for each in head):
        front_left, front_right, back_left, back_right = (spots[each] for each in head)
        left = _unit(front_left + back_left - front_right - back_right)
        up = _unit(np.cross(front_left + front_right - back_left - back_right, left))
        found |= {"head": (front_left + front_right + back_left + back_right) / 4 - 0.09 * up,
                  "nose": (front_left + front_right) / 2 - 0.07 * up + 0.02 * np.cross(left, up),
                  "leftEar": (front_left + back_left) / 2 - 0.06 * up,
                  "rightEar": (front_right + back_right) / 2 - 0.06 * up}


def _arm(spots: dict[str, ndarray], found: dict[str, ndarray], letter: str, side: str, up: ndarray) -> None:
    """Put one arm into `found`, as far as it has markers."""
    if f"{letter} shoulder" in spots:
        found[f"{side}UpperArm"] = spots[f"{letter} shoulder"] - up * SHOULDER
    if f"{letter} elbow" in spots:
        found[f"{side}LowerArm"] = _mean(spots, f"{letter} elbow", f"{letter} inner elbow")
    if f"{letter} thumb wrist" in spots or f"{letter} little wrist" in spots:
        found[f"{side}Hand"] = _mean(spots, f"{letter} thumb wrist", f"{letter} little wrist")
    if f"{letter} hand" in spots:
        found[f"{side}MiddleProximal"] = spots[f"{letter} hand"]


def _mean(spots: dict[str, ndarray], *names: str) -> ndarray:
    known = [spots[name] for name in names if name in spots]
    return sum(known) / len(known)


def _inside(spots: dict[str, ndarray], outer: str, inner: str, above: ndarray, inward: ndarray, size: float) -> ndarray:
    """A joint between its two markers, or `size` inwards from the outer one, square to the bone above it."""
    if inner in spots:
        return _mean(spots, outer, inner)
    bone = _unit(spots[outer] - above)
    return spots[outer] + size * _unit(inward - bone * (inward * bone).sum(1, keepdims=True))


def _unit(vectors: ndarray) -> ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
