"""Whose names a skeleton bears: each program's names have marks of their own."""

import re

# dialect -> a pattern that most of its names match; the first that fits half of them (or more than any other) wins
MARKS = {
    "mixamo": r"mixamorig\d*[:_]",
    "vroid": r"J_(Bip|Adj|Sec)_",
    "biped": r"(Bip\d+|Biped\d*)([ _]|$)",
    "valve": r"ValveBiped",
    "character-creator": r"CC_Base_",
    "rigify": r"(DEF|ORG|MCH)-",
    "human-ik": r"Character\d*_",
    "second-life": r"m(Pelvis|Torso|Chest|Neck|Head|Collar|Shoulder|Elbow|Wrist|Hip|Knee|Ankle|Foot|Toe|Hand)",
    "arkit": r".*_joint$",
    "mmd": r".*(センター|ひじ|ひざ|つま先|足首|手首|人指|人差指|薬指|親指|上半身|下半身|ＩＫ|捩|目)",
    "chinese": r".*[一-鿿]",
    "pinyin": r"(zuo|you)[_ ]?[a-z]+|(datui|xiaotui|gupen|pengu|jizhui|tou|bozi|xiong|yao)",
    "smpl": r"(m_avg_|f_avg_)?(L|R|left|right)_(Hip|Knee|Ankle|Foot|Collar|Shoulder|Elbow|Wrist|Hand|hip|knee|ankle|"
            r"foot|collar|shoulder|elbow|wrist|hand|index\d|middle\d|pinky\d|ring\d|thumb\d)$|(m_avg_|f_avg_)?[Ss]pine[123]$"
            r"|(m_avg_|f_avg_)?Pelvis$|pelvis$",
    "metahuman": r"(index|middle|ring|pinky)_metacarpal_[lr]|spine_0[45]|neck_02|\w+_correctiveRoot",
    "mesh2motion": r".*_leaf(_[lr])?$",
    "unreal": r"(pelvis|spine_\d\d|clavicle|upperarm|lowerarm|hand|thigh|calf|foot|ball|neck_\d\d|"
              r"(thumb|index|middle|ring|pinky)_\d\d|ik_)(_\w+)?$",
    "makehuman": r"(upperleg|lowerleg|upperarm|lowerarm|finger\d-|toe\d-|clavicle|shoulder|wrist|pelvis|spine|neck)\d*"
                 r"(-\d)?(\.[LR])?$",
    "xsens": r"(L5|L3|T12|T8|Chest[34])$",
    "soma": r"(Left|Right)Shin$|(Neck[12]|HeadEnd)$",
    "metarig": r"(spine(\.\d+)?|upper_arm|forearm|thigh|shin|f_(index|middle|ring|pinky)\.\d+|palm\.\d+|toe|heel\.\d+)"
               r"(\.[LR](\.\d+)?)?$",
    "auto-rig-pro": r".*(_stretch|\.x|_twist|toes_01|c_\w+\d)(\.[lr])?$",
    "advanced-skeleton": r"[A-Za-z]+\d*(Part\d)?_[LRM]$",
    "daz": r"[lr](Thigh|Shldr|Forearm)(Bend|Twist)|abdomen(Lower|Upper)|chest(Lower|Upper)|neck(Lower|Upper)",
    "poser": r"[lr](Shldr|ForeArm|Buttock|Thigh|Shin|Collar|Foot|Hand|Toe)$|(abdomen|hip|chest)$",
    "optitrack": r"(\w+[_:])?([LR](Shoulder|UArm|FArm|Hand|Thigh|Shin|Foot|Toe)|Ab|Chest|Hip)$",
    "unity": r"(Left|Right)(UpperLeg|LowerLeg|Foot|Toes|Shoulder|UpperArm|LowerArm|Hand|\w+Proximal|\w+Intermediate|"
             r"\w+Distal)$|(UpperChest|Chest|Spine|Hips)$",
    "vrm": r"(left|right)(UpperLeg|LowerLeg|Foot|Toes|Shoulder|UpperArm|LowerArm|Hand|\w+Proximal|\w+Intermediate|"
           r"\w+Distal)$|(upperChest|chest|spine|hips)$",
    "rokoko": r"(Left|Right)InHand|(left|right)(UpLeg|Leg|Toe|Arm|ForeArm)$",
    "cmu": r"(Left|Right)(Hip|Knee|Ankle|Collar|Elbow|Wrist)$|[LR]HipJoint|lower(back|neck)|"
           r"[lr](hand|femur|tibia|humerus|radius|clavicle)$",
    "motionbuilder": r"(Left|Right)(UpLeg|Leg|Foot|ToeBase|Shoulder|Arm|ForeArm|Hand\w*)$|"
                     r"(Hips|Spine\d*|Neck\d*|Head)$",
}
# share of names that tells, where it is not half
DISTINCT = {"rokoko": 0.08, "cmu": 0.12, "mesh2motion": 0.08, "metahuman": 0.08, "daz": 0.08, "xsens": 0.08,
            "soma": 0.05, "poser": 0.25, "mmd": 0.25, "chinese": 0.5, "auto-rig-pro": 0.4, "pinyin": 0.3}


def dialect_of(names: tuple[str, ...]) -> str:
    """The dialect of a skeleton's names, "words" when none of those we know."""
    for dialect, mark in MARKS.items():
        pattern = re.compile(mark)
        share = sum(bool(pattern.match(name.rsplit(":", 1)[-1]) or pattern.match(name)) for name in names)
        if share >= DISTINCT.get(dialect, 0.5) * len(names) and share:
            return dialect
    return "words"
