"""How dark the surface of a mesh is: what a picture in one ink keeps of its colours."""

from io import BytesIO

import numpy as np
from numpy import ndarray

from marrow.draw.colour import linear, srgb
from marrow.media import Material, Mesh

LIGHT = np.array([0.2126, 0.7152, 0.0722])  # how bright red, green and blue are


def darkness(mesh: Mesh) -> ndarray | None:
    """How dark each vertex is to the eye, (n,) 0..1; None for a mesh without colours.

    Colours at the vertices, else the materials' colours and pictures; a picture that cannot be opened is left out.
    test    a black coat is 1, a white shirt 0, whether the file says it by colour, by picture or at the vertices
    """
    if mesh.colours is not None:
        light = linear(np.asarray(mesh.colours)[:, :3]) @ LIGHT
    elif mesh.materials and mesh.material is not None:
        light = np.ones(len(mesh.vertices))
        for number, material in enumerate(mesh.materials):
            mine = np.unique(mesh.faces[mesh.material == number])
            light[mine] = _colour(material, None if mesh.uv is None else mesh.uv[mine]) @ LIGHT
    else:
        return None
    seen = srgb(np.clip(light, 0, 1)[:, None].repeat(3, 1).astype(np.float32)[None])[0, :, 0]
    return 1 - seen / 255.0


def _colour(material: Material, uv: ndarray | None) -> ndarray:
    """Linear colour of a material, (3,), or at places of its picture, (k, 3)."""
    plain = np.array(material.colour[:3], float)
    picture = material.pictures.get("colour")
    if picture is None or uv is None:
        return plain
    from PIL import Image, UnidentifiedImageError

    try:
        pixels = np.asarray(Image.open(BytesIO(picture)).convert("RGB"))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return plain
    height, width = pixels.shape[:2]
    column, row = (np.floor((np.nan_to_num(uv) % 1) * (width, height)).astype(int) % (width, height)).T
    return plain * linear(pixels[row, column])
