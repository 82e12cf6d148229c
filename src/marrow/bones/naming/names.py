"""What the names of joints say: words of many dialects, read into side, part of the body and role.

A word may mean several parts ("leg" is a shin where there is a thigh, "shoulder" a collar bone or an upper arm);
which one it is, the order of the joints along a limb decides. Numbers are not trusted, but for fingers.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")

# word:weight of each part; one is certain. Parts of limbs stand in their order from the trunk outwards.
PARTS = {
    "hips": "hips hip:.9 pelvis:.95 lowertorso bassin:.9 hüfte:.9 骨盆 盆骨 臀部:.9 臀:.9 腰:.7 腰部:.6 "
            "センター:.5 グルーブ:.6 下半身:.4 髋:.9 髋部:.9 胯:.9 胯部:.9 gupen pengu kuan:.9 tunbu:.9 cog:.4 "
            "root:.2 重心:.3",
    "trunk": "spine chest upperchest torso abdomen waist back lowerback upperback upperbody thorax ribcage ribs "
             "stomach belly uppertorso abdomenlower abdomenupper chestlower chestupper ab torse dos l5 l3 t12 t8 "
             "midback 上半身 脊椎 脊柱 脊 脊骨 脊梁 腰椎 胸椎 背 背部 胸 胸部 上胸 胸腔 腹 腹部 腰:.8 腰部 躯干 "
             "上身 身体:.7 jizhui jizhu yaozhui yao yaobu xiong xiongbu fubu qugan shangshen",
    "neck": "neck lowerneck upperneck neckbase necklower neckupper cou hals 首 頸 颈 颈部 颈椎 脖 脖子 脖颈 jing "
            "jingbu bozi jingzhui",
    "head": "head skull tête tete kopf 頭 頭部 头 头部 头骨 tou toubu",
    "Eye": "eye eyeball 目 眼 眼睛 眼球 yan yanqiu",
    "jaw": "jaw lowerjaw chin:.6 mandible 顎 下巴 下颌 xiaba",
    "Shoulder": "clavicle clav collar collarbone shoulder:.5 scapula shoulderblade 肩 鎖骨 锁骨 肩膀 肩胛 肩胛骨 "
                "suogu jianbang jian jianjia",
    "UpperArm": "upperarm uparm uarm upparm shldr shoulder:.55 arm:.9 bicep humerus armstretch bras:.9 shldrbend "
                "腕 上臂 大臂 肩关节:.9 胳膊:.8 上腕 手臂:.7 肩膀:.3 肩:.3 shangbi dabi gebo:.8 shoubi:.7 "
                "jianguanjie:.9 oberarm",
    "LowerArm": "lowerarm lowarm forearm farm elbow loarm arm:.3 radius ulna forearmstretch forearmbend avantbras "
                "ひじ 肘 前腕 前臂 小臂 下臂 手肘 肘部 肘关节 胳膊肘 qianbi xiaobi xiabi zhou shouzhou "
                "zhouguanjie unterarm",
    "Hand": "hand:.9 wrist main:.8 palm:.4 hands:.8 手首 手:.9 手腕 手掌:.9 腕部:.9 腕关节 shou:.9 shouwan "
            "shouzhang:.9 wanguanjie",
    "UpperLeg": "upperleg upleg thigh thighs hip:.8 leg:.5 femur hipjoint:.3 thighstretch thighbend legupper "
                "jambe:.6 cuisse 大腿 上腿 足:.8 腿:.6 髋:.8 髋关节:.9 胯:.8 股 datui tui:.6 kuan:.8 "
                "kuanguanjie:.9 oberschenkel",
    "LowerLeg": "lowerleg lowleg loleg calf shin knee leg:.5 tibia shank legstretch leglower mollet jambe:.4 ひざ "
                "膝 膝盖 膝部 膝关节 小腿 下腿 腿:.4 xiaotui xi xigai xiguanjie tui:.4 unterschenkel",
    "Foot": "foot:.9 ankle feet:.8 pied:.9 足首 脚:.9 脚踝 踝 踝部 踝关节 足:.6 足部:.9 脚掌:.8 脚部:.9 脚腕 "
            "jiao:.9 jiaohuai huai huaiguanjie jiaozhang:.8 jiaowan fuss",
    "Toes": "toe toes toebase ball foot:.5 feet:.4 football orteil metatarsals:.5 つま先 足先ex:.9 足先 脚趾 脚尖 "
            "脚掌:.6 足:.2 趾 足趾 前脚掌 jiaozhi jiaojian jiao:.4 jiaozhang:.6",
    "Thumb": "thumb thumbfinger pouce 親指 拇指 大拇指 大指 muzhi damuzhi",
    "Index": "index indexfinger pointer 人指 人差指 人差し指 食指 shizhi",
    "Middle": "middle mid middlefinger majeur 中指 zhongzhi",
    "Ring": "ring ringfinger annulaire 薬指 无名指 無名指 wumingzhi",
    "Little": "little pinky pinkie small littlefinger pinkyfinger auriculaire 小指 小拇指 尾指 xiaozhi xiaomuzhi "
              "weizhi",
}
ARM = ("Shoulder", "UpperArm", "LowerArm", "Hand")
LEG = ("UpperLeg", "LowerLeg", "Foot", "Toes")
LEFT = "left l lft lt gauche links 左 zuo izquierda".split()
RIGHT = "right r rgt rt droite droit rechts 右 you derecha".split()
TWIST = ("twist roll rol share corrective bend2 捩 捩れ dummy helper adjust 扭 扭曲 niu ribbon tweak twisted "
         "sharebone muscle").split()
# a name with one of these is no joint of the body itself
CONTROL = ("ik fk ctrl control controller effector pole target goal mch vis ctl drv driver locator offset nub end "
           "tip leaf site 親 ik親 先 null constraint footsteps prop weapon attach attachment socket camera heel "
           "footroll holster interaction").split()
OTHER = ("hair skirt breast bust boob ear tail cloth sleeve tooth teeth tongue brow eyebrow lid eyelid lash lip "
         "mouth cheek nose nostril face facial butt buttock glute cape scarf belt ribbon wing feather horn hat "
         "glasses strap pocket armor pad finger fingers inhand tentacle 髪 发 頭髪 头发 スカート 裙 乳 胸毛 耳 尾 "
         "舌 歯 牙 眉 睫 まつ毛 唇 口 嘴 鼻 頬 袖 ネクタイ リボン front side rear hind stifle hock paw hoof").split()
CARPAL = "metacarpal metacarpals carpal palm start meta 掌骨".split()
CJK = r"぀-ヿ㐀-鿿ｦ-ﾝ"


@dataclass(frozen=True)
class Reading:
    """What one name says.

    side       1 left, -1 right, 0 neither
    parts      part of the body (a key of PARTS) -> how surely the word means it
    twist      it only helps another joint of its side turn
    control    it steers or ends something and carries no part of the body
    carpal     a bone of the palm
    numbers    the numbers in the name
    """

    side: int = 0
    parts: tuple[tuple[str, float], ...] = ()
    twist: bool = False
    control: bool = False
    carpal: bool = False
    numbers: tuple[int, ...] = ()

    def says(self, part: str) -> float:
        """How surely the name means a part of the body, 0..1; a helper's name says nothing."""
        return 0.0 if self.twist or self.control or self.carpal else dict(self.parts).get(part, 0.0)


def read(names: tuple[str, ...]) -> tuple[Reading, ...]:
    """Read all names of a skeleton; what most of them begin or end with is no word.

    test    prefixes and separators change nothing
    """
    split = [_tokens(name) for name in names]
    for _ in range(2):
        noise = _shared(split)
        split = [(tokens[len(noise):] if tokens[:len(noise)] == noise and len(tokens) > len(noise) else tokens)[::-1]
                 for tokens in split]
    return tuple(_reading(tokens) for tokens in split)


@cache
def words() -> dict[str, tuple[tuple[str, float], ...]]:
    """Every word with the parts it may mean and how surely."""
    found: dict[str, list[tuple[str, float]]] = {}
    for part, line in PARTS.items():
        for entry in line.split():
            word, _, weight = entry.partition(":")
            found.setdefault(word, []).append((part, float(weight or 1)))
    return {word: tuple(parts) for word, parts in found.items()}


def _tokens(name: str) -> list[str]:
    """Words and numbers of a name: "mixamorig:LeftUpLeg1" is left, up, leg, 1."""
    plain = unicodedata.normalize("NFKC", name).rsplit(":", 1)[-1].rsplit("|", 1)[-1]
    plain = re.sub(r"^([LR])(?=[A-Z][A-Z][a-z])", r"\1 ", plain)
    plain = re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])", " ", plain)
    plain = re.sub(rf"(?<=[{CJK}])(?=[^{CJK}])|(?<=[^{CJK}])(?=[{CJK}])|(?<=[左右])|(?=[捩扭])", " ", plain).lower()
    return [token for token in re.split(r"[\W_]+", plain) if token]


def _shared(split: list[list[str]]) -> list[str]:
    """The tokens that four of five names begin with, unless they are words."""
    made: list[str] = []
    while True:
        here = [tokens[len(made)] for tokens in split if len(tokens) > len(made) and tokens[:len(made)] == made]
        common = max(sorted(set(here)), key=here.count, default="")
        known = common in words() or common in LEFT + RIGHT or (common.isdigit() and len(made) == 0)
        if not common or known or here.count(common) < 0.8 * len(split) or here.count(common) < 3:
            return made
        made.append(common)


def _reading(tokens: list[str]) -> Reading:
    known = words()
    sides, rest = [], []
    for token in tokens:
        side, left_over = _sided(token)
        sides += [side] * bool(side)
        rest += left_over
    numbers = tuple(int(token[:6]) for token in rest if token.isdecimal())
    letters = [token for token in rest if not token.isdecimal()]
    parts = _part(letters, rest)
    if ("toe" in letters and any(part in FINGERS for part, _ in parts)) or {"big", "small"} & set(letters):
        parts = ()
    void = any(token in OTHER for token in letters) and not any(
        part in FINGERS or (weight == 1 and token in known) for part, weight in parts for token in ("".join(letters),))
    side = sides[0] if sides else 0
    return Reading(side, () if void else parts, bool(side) and any(token in TWIST for token in letters),
                   any(token in CONTROL for token in letters) or _helps(tokens),
                   any(token in CARPAL for token in letters) or "inhand" in "".join(letters),
                   numbers)


def _helps(tokens: list[str]) -> bool:
    """A Japanese name that ends in one Latin letter (左足D, 左肩P) drives the joint of that name."""
    return len(tokens) > 1 and re.fullmatch("[a-z]", tokens[-1]) is not None and not tokens[0].isascii()


def _sided(token: str) -> tuple[int, list[str]]:
    """The side a token tells, and what is left of it: "lthumb" is left, thumb."""
    known = words()
    if token in known or token in OTHER:
        return 0, [token]
    for side, marks in ((1, LEFT), (-1, RIGHT)):
        if token in marks:
            return side, []
        for mark in sorted(marks, key=len, reverse=True):
            for rest in (token.removeprefix(mark), token.removesuffix(mark)):
                if rest != token and (rest in known or rest in TWIST or len(mark) > 3):
                    return side, [rest]
    if token[1:] in known and token[0] == "m":
        return 0, [token[1:]]
    return 0, [token]


def _part(letters: list[str], rest: list[str]) -> tuple[tuple[str, float], ...]:
    """The part that the longest run of words means; words that nobody knows make it less sure."""
    known = words()
    finger = _numbered_finger(rest)
    if finger:
        return ((finger, 1.0),)
    for pool in (letters, rest):
        for length in range(min(4, len(pool)), 0, -1):
            for start in range(len(pool) - length, -1, -1):
                found = known.get("".join(pool[start:start + length]))
                if found:
                    hand = [each for each in pool if each in FINGERS or known.get(each, (("", 0),))[0][0] in FINGERS]
                    found = known[hand[-1]] if hand else found
                    return tuple((part, weight) for part, weight in found)
    return ()


def _numbered_finger(rest: list[str]) -> str:
    """3ds Max counts Finger0, Finger01 from the thumb, MakeHuman finger1-1, finger1-2; toes so named are no fingers."""
    if "finger" not in rest or any(part in FINGERS for each in rest for part, _ in words().get(each, ())):
        return ""
    at = rest.index("finger")
    digits = rest[at + 1] if len(rest) > at + 1 and rest[at + 1].isdecimal() else ""
    if not digits:
        return ""
    first = int(digits[0]) - (len(rest) > at + 2 and rest[at + 2].isdecimal())
    return FINGERS[first] if 0 <= first < 5 else ""
