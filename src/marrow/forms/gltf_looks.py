"""Materials of a glTF file: colours and factors as they stand, pictures as the encoded bytes they came as."""

from math import cos, sin

from marrow.contents import Remark
from marrow.forms.gltf_file import File
from marrow.media import Material

ALPHAS = {"OPAQUE": "opaque", "MASK": "mask", "BLEND": "blend"}
HEADS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
KEPT = {"KHR_materials_emissive_strength", "EXT_texture_webp"}
SHIFT = "KHR_texture_transform"


def read_materials(file: File) -> tuple[list[Material], list[Remark]]:
    """Every material of a file, and what of their looks cannot be kept."""
    lost: dict[str, None] = {}
    made = [_material(file, each, lost) for each in file.items("materials")]
    return made, [Remark("gltf.looks", {"names": ", ".join(lost)})] if lost else []


def lies(file: File, number: object) -> tuple[list, list] | None:
    """How the colour picture of a material lies on the surface: uv becomes matrix · uv + shift; None where plainly.

    Angles run counter-clockwise for somebody who looks at the picture, whose v points down.
    source    Khronos, KHR_texture_transform
    test      its first example shows the lower left quarter
    """
    said = file.item("materials", number).get("pbrMetallicRoughness", {}).get("baseColorTexture", {})
    shift = said.get("extensions", {}).get(SHIFT)
    if not shift:
        return None
    turn, (wide, high) = float(shift.get("rotation", 0)), map(float, shift.get("scale", (1, 1)))
    matrix = [[cos(turn) * wide, sin(turn) * high], [-sin(turn) * wide, cos(turn) * high]]
    across, down = map(float, shift.get("offset", (0, 0)))
    return matrix, [across, down]


def mime(picture: bytes) -> str | None:
    """The kind of a picture as glTF spells it, None for one that glTF does not know."""
    return next((kind for head, kind in HEADS.items() if picture.startswith(head)), None)


def _material(file: File, said: dict, lost: dict[str, None]) -> Material:
    extras = said.get("extensions", {})
    old = extras.get("KHR_materials_pbrSpecularGlossiness", {})
    base = said.get("pbrMetallicRoughness", {})
    lost.update(dict.fromkeys(each for each in extras if each not in KEPT))
    strength = float(extras.get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1))
    textures = {"colour": base.get("baseColorTexture", old.get("diffuseTexture")), "normal": said.get("normalTexture"),
                "roughness": base.get("metallicRoughnessTexture"), "occlusion": said.get("occlusionTexture"),
                "emission": said.get("emissiveTexture")}
    told = {role: each.get("extensions", {}).get(SHIFT) for role, each in textures.items() if each is not None}
    lost.update({SHIFT: None} if any(each != told.get("colour") for each in told.values()) else {})
    pictures = {role: _picture(file, each, lost) for role, each in textures.items() if each is not None}
    colour = base.get("baseColorFactor", old.get("diffuseFactor", (1, 1, 1, 1)))
    red, green, blue, alpha = (float(each) for each in colour)
    glow = tuple(strength * float(each) for each in said.get("emissiveFactor", (0, 0, 0)))
    if len(glow) != 3:
        raise ValueError("materials: emissiveFactor")
    return Material(str(said.get("name") or ""), (red, green, blue, alpha),
                    float(base.get("metallicFactor", 0 if old else 1)), float(base.get("roughnessFactor", 1)), glow,
                    {role: each for role, each in pictures.items() if each}, ALPHAS[said.get("alphaMode", "OPAQUE")],
                    float(said.get("alphaCutoff", 0.5)), bool(said.get("doubleSided", False)))


def _picture(file: File, said: dict, lost: dict[str, None]) -> bytes | None:
    """The picture of a texture."""
    lost.update(dict.fromkeys(each for each in said.get("extensions", {}) if each != SHIFT))
    if said.get("texCoord", 0):
        lost[f"TEXCOORD_{said['texCoord']}"] = None
    texture = file.item("textures", said["index"])
    extras = texture.get("extensions", {})
    source = extras.get("EXT_texture_webp", texture).get("source", texture.get("source"))
    if source is None:
        lost.update(dict.fromkeys(extras))
        return None
    found = file.picture(source)
    if mime(found) is None:
        lost[str(file.item("images", source).get("mimeType", "image"))] = None
        return None
    return found
