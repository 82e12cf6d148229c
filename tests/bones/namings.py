"""Bodies of every naming dialect, made from numbers, with the truth of each joint: for the tests and the benchmark.

A chain is written as names from the trunk outwards; "name=Joint" is what it is in truth, a name without is a helper
or an end. "%" stands for the side.
"""

from dataclasses import dataclass, field

FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")


@dataclass(frozen=True)
class Dialect:
    """How one program names a body.

    trunk    from the root to the head's end
    hand     finger -> names from the palm outwards; "c:" marks a bone of the palm, "t:" a tip
    more     "name<parent@A~B.share": further joints between two joints' places, or at "A" with an offset
    """

    name: str
    sides: tuple[str, str]
    trunk: str
    legs: str
    leg: str
    arms: str
    arm: str
    hand: dict = field(default_factory=dict)
    more: str = ""


def hand(pattern, fingers, joints, thumb=None):
    """Names of all fingers' joints: the pattern takes {f} and {n}."""
    made = {}
    for finger, word in zip(FINGERS, fingers, strict=True):
        line = thumb if finger == "Thumb" and thumb is not None else joints
        made[finger] = [each[:2] * (each[1:2] == ":") + pattern.format(f=word, n=each[2 * (each[1:2] == ":"):])
                        for each in line]
    return made


EN = ("Thumb", "Index", "Middle", "Ring", "Pinky")
MIXAMO = dict(
    trunk="Hips=hips Spine=spine Spine1=chest Spine2=upperChest Neck=neck Head=head HeadTop_End", legs="Hips",
    leg="%UpLeg=UpperLeg %Leg=LowerLeg %Foot=Foot %ToeBase=Toes %Toe_End", arms="Spine2",
    arm="%Shoulder=Shoulder %Arm=UpperArm %ForeArm=LowerArm %Hand=Hand",
    hand=hand("%Hand{f}{n}", EN, ("1", "2", "3", "t:4")))


def prefixed(prefix, spec):
    """A dialect's names with something before each."""
    def line(text):
        return " ".join(prefix + each for each in text.split())

    made = {key: line(spec[key]) for key in ("trunk", "leg", "arm")}
    made |= {key: prefix + spec[key] for key in ("legs", "arms")}
    made["hand"] = {finger: [each[:2] + prefix + each[2:] if each[1:2] == ":" else prefix + each for each in chain]
                    for finger, chain in spec.get("hand", {}).items()}
    made["more"] = " ".join(prefix + each.replace("<", "<" + prefix) for each in spec.get("more", "").split())
    return made


UNREAL = dict(
    trunk="root pelvis=hips spine_01=spine spine_02=chest spine_03=upperChest neck_01=neck head=head", legs="pelvis",
    leg="thigh_%=UpperLeg calf_%=LowerLeg foot_%=Foot ball_%=Toes", arms="spine_03",
    arm="clavicle_%=Shoulder upperarm_%=UpperArm lowerarm_%=LowerArm hand_%=Hand",
    hand=hand("{f}_{n}_%", ("thumb", "index", "middle", "ring", "pinky"), ("01", "02", "03")))

DIALECTS = (
    Dialect("mixamo", ("Left", "Right"), **prefixed("mixamorig:", MIXAMO)),
    Dialect("mixamo", ("Left", "Right"), **prefixed("mixamorig9:", MIXAMO)),
    Dialect("motionbuilder", ("Left", "Right"), **MIXAMO),
    Dialect("human-ik", ("Left", "Right"), **prefixed("Character1_", MIXAMO)),
    Dialect("unreal", ("l", "r"), **UNREAL, more=(
        "upperarm_twist_01_%<upperarm_%@UpperArm~LowerArm.4 lowerarm_twist_01_%<lowerarm_%@LowerArm~Hand.6 "
        "thigh_twist_01_%<thigh_%@UpperLeg~LowerLeg.4 calf_twist_01_%<calf_%@LowerLeg~Foot.6 "
        "ik_foot_root<root@floor ik_foot_%<ik_foot_root@Foot ik_hand_root<root@floor "
        "ik_hand_gun<ik_hand_root@rightHand "
        "ik_hand_%<ik_hand_gun@Hand")),
    Dialect("metahuman", ("l", "r"), trunk=(
        "root pelvis=hips spine_01=spine spine_02 spine_03=chest spine_04 spine_05=upperChest neck_01=neck neck_02 "
        "head=head"), legs="pelvis", leg="thigh_%=UpperLeg calf_%=LowerLeg foot_%=Foot ball_%=Toes", arms="spine_05",
        arm="clavicle_%=Shoulder upperarm_%=UpperArm lowerarm_%=LowerArm hand_%=Hand",
        hand=hand("{f}_{n}_%", ("thumb", "index", "middle", "ring", "pinky"), ("c:metacarpal", "01", "02", "03"),
                  ("01", "02", "03")),
        more=("upperarm_twist_01_%<upperarm_%@UpperArm~LowerArm.3 upperarm_twist_02_%<upperarm_%@UpperArm~LowerArm.7 "
              "upperarm_correctiveRoot_%<upperarm_%@UpperArm "
              "upperarm_bicep_%<upperarm_correctiveRoot_%@UpperArm~LowerArm.5 "
              "lowerarm_twist_02_%<lowerarm_%@LowerArm~Hand.3 lowerarm_twist_01_%<lowerarm_%@LowerArm~Hand.7 "
              "thigh_twist_01_%<thigh_%@UpperLeg~LowerLeg.3 thigh_correctiveRoot_%<thigh_%@UpperLeg "
              "calf_twist_02_%<calf_%@LowerLeg~Foot.3 calf_twist_01_%<calf_%@LowerLeg~Foot.7 "
              "clavicle_pec_%<spine_05@Shoulder~UpperArm.5 spine_04_latissimus_%<spine_04@hips~UpperArm.8 "
              "bigtoe_01_%<ball_%@Toes~toesTip.4")),
    Dialect("mesh2motion", ("l", "r"), trunk=(
        "root pelvis=hips spine_01=spine spine_02=chest spine_03=upperChest neck_01=neck head=head head_leaf"),
        legs="pelvis", leg="thigh_%=UpperLeg calf_%=LowerLeg foot_%=Foot ball_%=Toes ball_leaf_%", arms="spine_03",
        arm="clavicle_%=Shoulder upperarm_%=UpperArm lowerarm_%=LowerArm hand_%=Hand",
        hand=hand("{f}_{n}_%", ("thumb", "index", "middle", "ring", "pinky"), ("01", "02", "03", "t:04_leaf"))),
    Dialect("rigify", ("L", "R"), trunk=(
        "root DEF-spine=hips DEF-spine.001=spine DEF-spine.002=chest DEF-spine.003=upperChest DEF-spine.004=neck "
        "DEF-spine.005 DEF-spine.006=head"), legs="DEF-spine",
        leg="DEF-thigh.%=UpperLeg DEF-thigh.%.001 DEF-shin.%=LowerLeg DEF-shin.%.001 DEF-foot.%=Foot DEF-toe.%=Toes",
        arms="DEF-spine.003", arm=("DEF-shoulder.%=Shoulder DEF-upper_arm.%=UpperArm DEF-upper_arm.%.001 "
                                   "DEF-forearm.%=LowerArm DEF-forearm.%.001 DEF-hand.%=Hand"),
        hand=hand("DEF-{f}.{n}.%", ("thumb", "f_index", "f_middle", "f_ring", "f_pinky"), ("01", "02", "03")),
        more=("DEF-pelvis.%<DEF-spine@hips~UpperLeg.3 DEF-breast.%<DEF-spine.003@hips~UpperArm.8 "
              "DEF-jaw<DEF-spine.006@jaw=jaw")),
    Dialect("metarig", ("L", "R"), trunk=(
        "spine=hips spine.001=spine spine.002=chest spine.003=upperChest spine.004=neck spine.005 spine.006=head"),
        legs="spine", leg="thigh.%=UpperLeg shin.%=LowerLeg foot.%=Foot toe.%=Toes", arms="spine.003",
        arm="shoulder.%=Shoulder upper_arm.%=UpperArm forearm.%=LowerArm hand.%=Hand",
        hand=hand("{f}.%", ("thumb.{n}", "{n}.index", "{n}.middle", "{n}.ring", "{n}.pinky"), ("x",)) and {
            finger: ([f"c:palm.0{place}.%"] if place else []) + [f"{word}.0{n}.%" for n in (1, 2, 3)]
            for place, (finger, word) in enumerate(zip(FINGERS, ("thumb", "f_index", "f_middle", "f_ring", "f_pinky"),
                                                       strict=True))},
        more="pelvis.%<spine@hips~UpperLeg.3 heel.02.%<foot.%@heel breast.%<spine.003@hips~UpperArm.8"),
    Dialect("vrm", ("left", "right"), trunk=(
        "Armature hips=hips spine=spine chest=chest upperChest=upperChest neck=neck head=head"), legs="hips",
        leg="%UpperLeg=UpperLeg %LowerLeg=LowerLeg %Foot=Foot %Toes=Toes", arms="upperChest",
        arm="%Shoulder=Shoulder %UpperArm=UpperArm %LowerArm=LowerArm %Hand=Hand",
        hand={finger: [f"%{finger}{part}" for part in (("Metacarpal", "Proximal", "Distal") if finger == "Thumb" else
                                                       ("Proximal", "Intermediate", "Distal"))] for finger in FINGERS},
        more="%Eye<head@Eye=Eye jaw<head@jaw=jaw"),
    Dialect("vroid", ("L", "R"), trunk=(
        "Root J_Bip_C_Hips=hips J_Bip_C_Spine=spine J_Bip_C_Chest=chest J_Bip_C_UpperChest=upperChest "
        "J_Bip_C_Neck=neck "
        "J_Bip_C_Head=head"), legs="J_Bip_C_Hips",
        leg="J_Bip_%_UpperLeg=UpperLeg J_Bip_%_LowerLeg=LowerLeg J_Bip_%_Foot=Foot J_Bip_%_ToeBase=Toes",
        arms="J_Bip_C_UpperChest", arm=("J_Bip_%_Shoulder=Shoulder J_Bip_%_UpperArm=UpperArm J_Bip_%_LowerArm=LowerArm "
                                        "J_Bip_%_Hand=Hand"),
        hand=hand("J_Bip_%_{f}{n}", ("Thumb", "Index", "Middle", "Ring", "Little"), ("1", "2", "3")),
        more=("J_Adj_%_FaceEye<J_Bip_C_Head@Eye=Eye J_Sec_%_Bust1<J_Bip_C_UpperChest@hips~UpperArm.8 "
              "J_Sec_Hair1_01<J_Bip_C_Head@head~headTop.7 J_Sec_Hair2_01<J_Sec_Hair1_01@head~headTop.4 "
              "J_Sec_Hair3_01<J_Sec_Hair2_01@head~hips.3 J_Sec_%_SkirtSide1_01<J_Bip_C_Hips@hips~UpperLeg1.6 "
              "J_Sec_%_SkirtSide2_01<J_Sec_%_SkirtSide1_01@UpperLeg~LowerLeg.5")),
    Dialect("unity", ("Left", "Right"), trunk="Hips=hips Spine=spine Chest=chest UpperChest=upperChest "
                                              "Neck=neck Head=head",
            legs="Hips", leg="%UpperLeg=UpperLeg %LowerLeg=LowerLeg %Foot=Foot %Toes=Toes", arms="UpperChest",
            arm="%Shoulder=Shoulder %UpperArm=UpperArm %LowerArm=LowerArm %Hand=Hand", hand={
                finger: [f"%{finger}{part}" for part in ("Proximal", "Intermediate", "Distal")] for finger in FINGERS}),
    Dialect("smpl", ("left", "right"), trunk="pelvis=hips spine1=spine spine2=chest spine3=upperChest neck=neck "
                                             "head=head",
            legs="pelvis", leg="%_hip=UpperLeg %_knee=LowerLeg %_ankle=Foot %_foot=Toes", arms="spine3",
            arm="%_collar=Shoulder %_shoulder=UpperArm %_elbow=LowerArm %_wrist=Hand",
            more="%_hand<%_wrist@Hand~handTip.4"),
    Dialect("smpl", ("left", "right"), trunk=(
        "pelvis=hips spine1=spine spine2=chest spine3=upperChest neck=neck head=head"), legs="pelvis",
        leg="%_hip=UpperLeg %_knee=LowerLeg %_ankle=Foot %_foot=Toes", arms="spine3",
        arm="%_collar=Shoulder %_shoulder=UpperArm %_elbow=LowerArm %_wrist=Hand"),
    Dialect("smpl", ("L", "R"), trunk=(
        "f_avg_root f_avg_Pelvis=hips f_avg_Spine1=spine f_avg_Spine2=chest f_avg_Spine3=upperChest f_avg_Neck=neck "
        "f_avg_Head=head"), legs="f_avg_Pelvis",
        leg="f_avg_%_Hip=UpperLeg f_avg_%_Knee=LowerLeg f_avg_%_Ankle=Foot f_avg_%_Foot=Toes", arms="f_avg_Spine3",
        arm="f_avg_%_Collar=Shoulder f_avg_%_Shoulder=UpperArm f_avg_%_Elbow=LowerArm f_avg_%_Wrist=Hand",
        more="f_avg_%_Hand<f_avg_%_Wrist@Hand~handTip.4"),
    Dialect("smpl", ("left", "right"), trunk=(
        "pelvis=hips spine1=spine spine2=chest spine3=upperChest neck=neck head=head"), legs="pelvis",
        leg="%_hip=UpperLeg %_knee=LowerLeg %_ankle=Foot %_foot=Toes", arms="spine3",
        arm="%_collar=Shoulder %_shoulder=UpperArm %_elbow=LowerArm %_wrist=Hand",
        hand=hand("%_{f}{n}", ("thumb", "index", "middle", "ring", "pinky"), ("1", "2", "3")),
        more="jaw<head@jaw=jaw %_eye_smplhf<head@Eye=Eye"),
    Dialect("mmd", ("左", "右"), trunk=(
        "全ての親 センター@low グルーブ@low 腰=hips 上半身=spine 上半身2=chest 首=neck 頭=head"), legs="下半身",
        leg="%足=UpperLeg %ひざ=LowerLeg %足首=Foot %つま先=Toes", arms="上半身2",
        arm="%肩=Shoulder %腕=UpperArm %腕捩 %ひじ=LowerArm %手捩 %手首=Hand",
        hand={"Thumb": ["%親指０", "%親指１", "%親指２"],
              **{finger: [f"%{word}{n}" for n in "１２３"] for finger, word in
                 zip(FINGERS[1:], ("人指", "中指", "薬指", "小指"), strict=True)}},
        more=("下半身<腰@hips~UpperLeg.1 %目<頭@Eye=Eye 両目<頭@headTop %足ＩＫ<全ての親@Foot %つま先ＩＫ<%足ＩＫ@Toes "
              "%足D<下半身@UpperLeg %ひざD<%足D@LowerLeg %足首D<%ひざD@Foot %肩P<上半身2@Shoulder "
              "%腕捩1<%腕@UpperArm~LowerArm.3 前髪1<頭@head~headTop.8")),
    Dialect("mmd", ("左", "右"), trunk="センター@low グルーブ=hips@low 上半身=spine 首=neck 頭=head", legs="下半身",
            leg="%足=UpperLeg %ひざ=LowerLeg %足首=Foot %つま先=Toes", arms="上半身",
            arm="%肩=Shoulder %腕=UpperArm %ひじ=LowerArm %手首=Hand", more=(
                "下半身<グルーブ@hips~UpperLeg.1 %目<頭@Eye=Eye %足ＩＫ<センター@Foot "
                "%スカート0<下半身@hips~UpperLeg1.4")),
    Dialect("chinese", ("左", "右"), trunk="骨盆=hips 脊椎1=spine 脊椎2=chest 脊椎3=upperChest 脖子=neck "
                                         "头部=head 头部末端",
            legs="骨盆", leg="%大腿=UpperLeg %小腿=LowerLeg %脚=Foot %脚趾=Toes", arms="脊椎3",
            arm="%锁骨=Shoulder %上臂=UpperArm %前臂=LowerArm %手=Hand", hand=hand(
                "%{f}{n}", ("拇指", "食指", "中指", "无名指", "小指"), ("1", "2", "3"))),
    Dialect("chinese", ("左", "右"), trunk="根 臀部=hips 腰部=spine 胸部=chest 颈部=neck 头=head", legs="臀部",
            leg="%_大腿=UpperLeg %_膝盖=LowerLeg %_脚踝=Foot %_脚尖=Toes", arms="胸部",
            arm="%_肩膀=Shoulder %_大臂=UpperArm %_小臂=LowerArm %_手腕=Hand"),
    Dialect("pinyin", ("zuo", "you"), trunk="gupen=hips yao=spine xiong=chest bozi=neck tou=head", legs="gupen",
            leg="%_datui=UpperLeg %_xiaotui=LowerLeg %_jiao=Foot %_jiaozhi=Toes", arms="xiong",
            arm="%_suogu=Shoulder %_dabi=UpperArm %_xiaobi=LowerArm %_shou=Hand"),
    Dialect("cmu", ("Left", "Right"), trunk=(
        "Hips=hips lowerback=spine Chest=chest Chest2=upperChest lowerneck=neck Neck Head=head Head_end"), legs="Hips",
        leg="%Hip=UpperLeg %Knee=LowerLeg %Ankle=Foot %Toe=Toes %Toe_end", arms="Chest2",
        arm="%Collar=Shoulder %Shoulder=UpperArm %Elbow=LowerArm %Wrist=Hand",
        more="%Fingers<%Wrist@Hand~handTip.6 %Thumb<%Wrist@Thumb1=ThumbMetacarpal"),
    Dialect("cmu", ("l", "r"), trunk=(
        "root=hips lowerback=spine upperback=chest thorax=upperChest lowerneck=neck upperneck head=head"), legs="root",
        leg="%hipjoint %femur=UpperLeg %tibia=LowerLeg %foot=Foot %toes=Toes", arms="thorax",
        arm="%clavicle=Shoulder %humerus=UpperArm %radius=LowerArm %wrist=Hand %hand %fingers",
        more="%thumb<%wrist@Thumb1=ThumbMetacarpal"),
    Dialect("xsens", ("Left", "Right"), trunk=(
        "Pelvis=hips L5=spine L3 T12=chest T8=upperChest Neck=neck Head=head"), legs="Pelvis",
        leg="%UpperLeg=UpperLeg %LowerLeg=LowerLeg %Foot=Foot %Toe=Toes", arms="T8",
        arm="%Shoulder=Shoulder %UpperArm=UpperArm %ForeArm=LowerArm %Hand=Hand"),
    Dialect("xsens", ("Left", "Right"), trunk=(
        "Hips=hips Chest=spine Chest2 Chest3=chest Chest4=upperChest Neck=neck Head=head Head_end"), legs="Hips",
        leg="%Hip=UpperLeg %Knee=LowerLeg %Ankle=Foot %Toe=Toes %Toe_end", arms="Chest4",
        arm="%Collar=Shoulder %Shoulder=UpperArm %Elbow=LowerArm %Wrist=Hand %Wrist_end"),
    Dialect("biped", ("L", "R"), trunk=(
        "Bip01 Bip01_Pelvis=hips Bip01_Spine=spine Bip01_Spine1=chest Bip01_Spine2=upperChest Bip01_Neck=neck "
        "Bip01_Head=head Bip01_HeadNub"), legs="Bip01_Pelvis",
        leg="Bip01_%_Thigh=UpperLeg Bip01_%_Calf=LowerLeg Bip01_%_Foot=Foot Bip01_%_Toe0=Toes Bip01_%_Toe0Nub",
        arms="Bip01_Neck",
        arm="Bip01_%_Clavicle=Shoulder Bip01_%_UpperArm=UpperArm Bip01_%_Forearm=LowerArm Bip01_%_Hand=Hand",
        hand={finger: [f"Bip01_%_Finger{place}", f"Bip01_%_Finger{place}1", f"Bip01_%_Finger{place}2",
                       f"t:Bip01_%_Finger{place}Nub"] for place, finger in enumerate(FINGERS)},
        more="Bip01_Footsteps<Bip01@floor Bip01_%_UpArmTwist<Bip01_%_UpperArm@UpperArm~LowerArm.4"),
    Dialect("biped", ("L", "R"), trunk=(
        "Bip001 Bip001_Pelvis=hips Bip001_Spine=spine Bip001_Spine1=chest Bip001_Neck=neck Bip001_Head=head"),
        legs="Bip001_Spine", leg=("Bip001_%_Thigh=UpperLeg Bip001_%_Calf=LowerLeg Bip001_%_Foot=Foot "
                                  "Bip001_%_Toe0=Toes"), arms="Bip001_Neck",
        arm="Bip001_%_Clavicle=Shoulder Bip001_%_UpperArm=UpperArm Bip001_%_Forearm=LowerArm Bip001_%_Hand=Hand",
        hand={finger: [f"Bip001_%_Finger{place}", f"Bip001_%_Finger{place}1"] for place, finger in
              enumerate(FINGERS[:3])}),
    Dialect("makehuman", ("L", "R"), trunk=(
        "root=hips spine05=spine spine04 spine03=chest spine02 spine01=upperChest neck01=neck neck02 neck03 head=head"),
        legs="root", leg=("pelvis.% upperleg01.%=UpperLeg upperleg02.% lowerleg01.%=LowerLeg lowerleg02.% foot.%=Foot "
                          "toe1-1.%=Toes toe1-2.%"), arms="spine01",
        arm=("clavicle.%=Shoulder shoulder01.% upperarm01.%=UpperArm upperarm02.% lowerarm01.%=LowerArm lowerarm02.% "
             "wrist.%=Hand"),
        hand={finger: ([f"c:metacarpal{place}.%"] if place else []) + [f"finger{place + 1}-{n}.%" for n in (1, 2, 3)]
              for place, finger in enumerate(FINGERS)},
        more="eye.%<head@Eye=Eye jaw<head@jaw=jaw toe2-1.%<foot.%@Toes toe3-1.%<foot.%@Toes "
             "breast.%<spine02@hips~UpperArm.8"),
    Dialect("daz", ("l", "r"), trunk=(
        "hip=hips abdomenLower=spine abdomenUpper chestLower=chest chestUpper=upperChest neckLower=neck neckUpper "
        "head=head"), legs="pelvis",
        leg="%ThighBend=UpperLeg %ThighTwist %Shin=LowerLeg %Foot=Foot %Metatarsals %Toe=Toes", arms="chestUpper",
        arm="%Collar=Shoulder %ShldrBend=UpperArm %ShldrTwist %ForearmBend=LowerArm %ForearmTwist %Hand=Hand",
        hand=hand("%{f}{n}", ("Thumb", "Index", "Mid", "Ring", "Pinky"), ("c:Carpal", "1", "2", "3"), ("1", "2", "3")),
        more=("pelvis<hip@hips~UpperLeg.2 %Eye<head@Eye=Eye lowerJaw<head@jaw=jaw %BigToe<%Toe@toesTip "
              "%SmallToe1<%Toe@Toes~toesTip.5 %Pectoral<chestLower@hips~UpperArm.8")),
    Dialect("poser", ("l", "r"), trunk="hip=hips abdomen=spine chest=chest neck=neck head=head", legs="hip",
            leg="%Buttock %Thigh=UpperLeg %Shin=LowerLeg %Foot=Foot", arms="chest",
            arm="%Collar=Shoulder %Shldr=UpperArm %ForeArm=LowerArm %Hand=Hand",
            hand=hand("%{f}{n}", ("Thumb", "Index", "Mid", "Ring", "Pinky"), ("1", "2")),
            more="leftEye<head@leftEye=leftEye rightEye<head@rightEye=rightEye"),
    Dialect("soma", ("Left", "Right"), trunk=(
        "Hips=hips Spine1=spine Spine2=chest Chest=upperChest Neck1=neck Neck2 Head=head HeadEnd"), legs="Hips",
        leg="%Leg=UpperLeg %Shin=LowerLeg %Foot=Foot %ToeBase=Toes %ToeEnd", arms="Chest",
        arm="%Shoulder=Shoulder %Arm=UpperArm %ForeArm=LowerArm %Hand=Hand",
        hand=hand("%Hand{f}{n}", EN, ("c:1", "2", "3", "4", "t:End"), ("1", "2", "3", "t:End")),
        more="Jaw<Head@jaw=jaw %Eye<Head@Eye=Eye"),
    Dialect("optitrack", ("L", "R"), trunk="Skeleton001:Hip=hips Skeleton001:Ab=spine Skeleton001:Chest=chest "
            "Skeleton001:Neck=neck Skeleton001:Head=head", legs="Skeleton001:Hip",
            leg="Skeleton001:%Thigh=UpperLeg Skeleton001:%Shin=LowerLeg Skeleton001:%Foot=Foot Skeleton001:%Toe=Toes",
            arms="Skeleton001:Chest", arm=("Skeleton001:%Shoulder=Shoulder Skeleton001:%UArm=UpperArm "
                                           "Skeleton001:%FArm=LowerArm Skeleton001:%Hand=Hand")),
    Dialect("character-creator", ("L", "R"), trunk=(
        "RL_BoneRoot CC_Base_Hip=hips CC_Base_Waist=spine CC_Base_Spine01=chest CC_Base_Spine02=upperChest "
        "CC_Base_NeckTwist01=neck CC_Base_NeckTwist02 CC_Base_Head=head"), legs="CC_Base_Pelvis",
        leg="CC_Base_%_Thigh=UpperLeg CC_Base_%_Calf=LowerLeg CC_Base_%_Foot=Foot CC_Base_%_ToeBase=Toes",
        arms="CC_Base_Spine02", arm=("CC_Base_%_Clavicle=Shoulder CC_Base_%_Upperarm=UpperArm "
                                     "CC_Base_%_Forearm=LowerArm CC_Base_%_Hand=Hand"),
        hand=hand("CC_Base_%_{f}{n}", ("Thumb", "Index", "Mid", "Ring", "Pinky"), ("1", "2", "3")),
        more=("CC_Base_Pelvis<CC_Base_Hip@hips~UpperLeg.2 CC_Base_%_ThighTwist01<CC_Base_%_Thigh@UpperLeg~LowerLeg.3 "
              "CC_Base_%_ThighTwist02<CC_Base_%_Thigh@UpperLeg~LowerLeg.7 "
              "CC_Base_%_KneeShareBone<CC_Base_%_Calf@LowerLeg "
              "CC_Base_%_CalfTwist01<CC_Base_%_Calf@LowerLeg~Foot.3 CC_Base_%_ToeBaseShareBone<CC_Base_%_Foot@Toes "
              "CC_Base_%_BigToe1<CC_Base_%_ToeBase@Toes~toesTip.5 CC_Base_%_PinkyToe1<CC_Base_%_ToeBase@Toes~toesTip.4 "
              "CC_Base_%_UpperarmTwist01<CC_Base_%_Upperarm@UpperArm~LowerArm.3 "
              "CC_Base_%_ElbowShareBone<CC_Base_%_Forearm@LowerArm CC_Base_FacialBone<CC_Base_Head@head "
              "CC_Base_JawRoot<CC_Base_FacialBone@jaw CC_Base_%_Eye<CC_Base_FacialBone@Eye=Eye "
              "CC_Base_%_Breast<CC_Base_Spine02@hips~UpperArm.8")),
    Dialect("rokoko", ("Left", "Right"), trunk="Hips=hips Spine=spine Spine1=chest Spine2=upperChest Neck=neck "
                                               "Head=head "
            "Head_end", legs="Hips", leg="%UpLeg=UpperLeg %Leg=LowerLeg %Foot=Foot %ToeBase=Toes %ToeBase_end",
            arms="Spine2", arm="%Shoulder=Shoulder %Arm=UpperArm %ForeArm=LowerArm %Hand=Hand",
            hand={"Thumb": ["%HandThumb1", "%HandThumb2", "%HandThumb3", "t:%HandThumb3_end"],
                  **{f: [f"c:%InHand{w}", f"%Hand{w}1", f"%Hand{w}2", f"%Hand{w}3", f"t:%Hand{w}3_end"]
                     for f, w in zip(FINGERS[1:], EN[1:], strict=True)}}),
    Dialect("rokoko", ("left", "right"), trunk="hip=hips spine=spine chest=chest neck=neck head=head", legs="hip",
            leg="%UpLeg=UpperLeg %Leg=LowerLeg %Foot=Foot %Toe=Toes", arms="chest",
            arm="%Shoulder=Shoulder %Arm=UpperArm %ForeArm=LowerArm %Hand=Hand"),
    Dialect("auto-rig-pro", ("l", "r"), trunk=(
        "root.x=hips spine_01.x=spine spine_02.x=chest spine_03.x=upperChest neck.x=neck head.x=head"), legs="root.x",
        leg="thigh_stretch.%=UpperLeg leg_stretch.%=LowerLeg foot.%=Foot toes_01.%=Toes", arms="spine_03.x",
        arm="shoulder.%=Shoulder arm_stretch.%=UpperArm forearm_stretch.%=LowerArm hand.%=Hand",
        hand=hand("c_{f}{n}.%", ("thumb", "index", "middle", "ring", "pinky"), ("1", "2", "3")),
        more=("thigh_twist.%<thigh_stretch.%@UpperLeg~LowerLeg.5 leg_twist.%<leg_stretch.%@LowerLeg~Foot.5 "
              "arm_twist.%<arm_stretch.%@UpperArm~LowerArm.5 forearm_twist.%<forearm_stretch.%@LowerArm~Hand.5")),
    Dialect("advanced-skeleton", ("L", "R"), trunk=(
        "Root_M=hips Spine1_M=spine Spine2_M=chest Chest_M=upperChest Neck_M=neck Head_M=head "
        "HeadEnd_M"), legs="Root_M",
        leg="Hip_%=UpperLeg Knee_%=LowerLeg Ankle_%=Foot Toes_%=Toes ToesEnd_%", arms="Chest_M",
        arm="Scapula_%=Shoulder Shoulder_%=UpperArm Elbow_%=LowerArm Wrist_%=Hand",
        hand=hand("{f}Finger{n}_%", ("Thumb", "Index", "Middle", "Ring", "Pinky"), ("1", "2", "3", "t:4")),
        more="HipPart1_%<Hip_%@UpperLeg~LowerLeg.5 Jaw_M<Head_M@jaw=jaw Eye_%<Head_M@Eye=Eye"),
    Dialect("arkit", ("left", "right"), trunk=(
        "root hips_joint=hips spine_1_joint=spine spine_2_joint spine_3_joint spine_4_joint=chest spine_5_joint "
        "spine_6_joint spine_7_joint=upperChest neck_1_joint=neck neck_2_joint neck_3_joint neck_4_joint "
        "head_joint=head"),
        legs="hips_joint", leg=("%_upLeg_joint=UpperLeg %_leg_joint=LowerLeg %_foot_joint=Foot %_toes_joint=Toes "
                                "%_toesEnd_joint"), arms="spine_7_joint",
        arm="%_shoulder_1_joint=Shoulder %_arm_joint=UpperArm %_forearm_joint=LowerArm %_hand_joint=Hand",
        hand=hand("%_hand{f}{n}_joint", ("Thumb", "Index", "Mid", "Ring", "Pinky"),
                  ("c:Start", "_1", "_2", "_3", "t:End"), ("Start", "_1", "_2", "t:End")),
        more="jaw_joint<head_joint@jaw=jaw %_eye_joint<head_joint@Eye=Eye"),
    Dialect("second-life", ("Left", "Right"), trunk="mPelvis=hips mTorso=spine mChest=chest mNeck=neck "
                                                    "mHead=head mSkull",
            legs="mPelvis", leg="mHip%=UpperLeg mKnee%=LowerLeg mAnkle%=Foot mFoot%=Toes mToe%", arms="mChest",
            arm="mCollar%=Shoulder mShoulder%=UpperArm mElbow%=LowerArm mWrist%=Hand", more="mEye%<mHead@Eye=Eye"),
    Dialect("valve", ("L", "R"), trunk=(
        "ValveBiped.Bip01_Pelvis=hips ValveBiped.Bip01_Spine=spine ValveBiped.Bip01_Spine1 "
        "ValveBiped.Bip01_Spine2=chest "
        "ValveBiped.Bip01_Spine4=upperChest ValveBiped.Bip01_Neck1=neck ValveBiped.Bip01_Head1=head"),
        legs="ValveBiped.Bip01_Pelvis", leg=("ValveBiped.Bip01_%_Thigh=UpperLeg ValveBiped.Bip01_%_Calf=LowerLeg "
                                             "ValveBiped.Bip01_%_Foot=Foot ValveBiped.Bip01_%_Toe0=Toes"),
        arms="ValveBiped.Bip01_Spine4", arm=("ValveBiped.Bip01_%_Clavicle=Shoulder "
                                             "ValveBiped.Bip01_%_UpperArm=UpperArm "
                                             "ValveBiped.Bip01_%_Forearm=LowerArm ValveBiped.Bip01_%_Hand=Hand")),
)
