"""Which point of which list is what: the orders in which models and cameras give a body's points.

Names as in `human` and `marks`; "" is a point that is not used.
"""

from marrow.bones.human import FINGERS


def _both(*parts: str, first: str = "left") -> tuple[str, ...]:
    """Every part of one side and the other in turn."""
    sides = ("left", "right") if first == "left" else ("right", "left")
    return tuple(f"{side}{part}" for part in parts for side in sides)


def _limb(side: str, part: str) -> tuple[str, ...]:
    return tuple(f"{side}{each}" for each in (("UpperArm", "LowerArm", "Hand") if part == "arm" else
                                              ("UpperLeg", "LowerLeg", "Foot")))


def _hand(side: str) -> tuple[str, ...]:
    """The 20 points of a hand after the wrist: thumb to little finger, from the palm outwards."""
    parts = {"Thumb": ("Metacarpal", "Proximal", "Distal", "Tip")}
    return tuple(f"{side}{finger}{part}" for finger in FINGERS
                 for part in parts.get(finger, ("Proximal", "Intermediate", "Distal", "Tip")))


ARMS_LEGS = ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
SMPL = ("hips", "leftUpperLeg", "rightUpperLeg", "spine", "leftLowerLeg", "rightLowerLeg", "chest", "leftFoot",
        "rightFoot", "upperChest", "leftToes", "rightToes", "neck", "leftShoulder", "rightShoulder", "head",
        *_both("UpperArm", "LowerArm", "Hand"), *_both("MiddleProximal"))
KIT = ("hips", "spine", "chest", "neck", "head", *_limb("right", "arm"), *_limb("left", "arm"),
       *_limb("right", "leg"), "", "rightToes", *_limb("left", "leg"), "", "leftToes")
H36M = ("hips", *_limb("right", "leg"), *_limb("left", "leg"), "chest", "neck", "head", "headTop",
        *_limb("left", "arm"), *_limb("right", "arm"))
COCO = ("nose", *_both("Eye", "Ear"), *_both(*ARMS_LEGS))
_TORSO = ("nose", "neck", *_limb("right", "arm"), *_limb("left", "arm"))
_EYES = _both("Eye", "Ear", first="right")
OPENPOSE = (*_TORSO, *_limb("right", "leg"), *_limb("left", "leg"), *_EYES)
BODY_25 = (*_TORSO, "hips", *_limb("right", "leg"), *_limb("left", "leg"), *_EYES,
           "leftBigToe", "leftSmallToe", "leftHeel", "rightBigToe", "rightSmallToe", "rightHeel")
HALPE = (*COCO, "headTop", "neck", "hips", *_both("BigToe", "SmallToe", "Heel"))
FACE = ("",) * 68
LEFT_HAND, RIGHT_HAND = ("", *_hand("left")), ("", *_hand("right"))
WHOLE_BODY = (*COCO, "leftBigToe", "leftSmallToe", "leftHeel", "rightBigToe", "rightSmallToe", "rightHeel", *FACE,
              *LEFT_HAND, *RIGHT_HAND)
MEDIAPIPE = ("nose", "", "leftEye", "", "", "rightEye", "", *_both("Ear"), "", "",
             *_both("UpperArm", "LowerArm", "Hand"), *_both("LittleProximal", "IndexProximal",
             "ThumbProximal", "UpperLeg", "LowerLeg", "Foot", "Heel", "Toes"))
LISTS = {17: ("COCO-17", COCO), 18: ("OpenPose-18", OPENPOSE), 25: ("OpenPose BODY_25", BODY_25),
         26: ("Halpe-26", HALPE), 33: ("MediaPipe-33", MEDIAPIPE), 133: ("COCO-WholeBody-133", WHOLE_BODY)}
