"""Front and side of a mesh with the skeletons found and given, as a PNG to look at."""

import numpy as np
from numpy import ndarray
from PIL import Image, ImageDraw

from marrow.bones.rig import ABOVE

VIEWS = (((1, 0, 0), (0, 1, 0)), ((0, 0, -1), (0, 1, 0)))  # right and up of the picture: from the front, from the left


def picture(vertices: ndarray, faces: ndarray, skeletons: dict[str, dict[str, ndarray]], size: int = 560,
            title: str = "") -> Image.Image:
    """Two views side by side; `skeletons`: a colour -> VRM name -> place."""
    low, high = np.quantile(vertices, 0.0005, axis=0), np.quantile(vertices, 0.9995, axis=0)
    scale = (size - 30) / max((high - low).max(), 1e-9)
    sheet = Image.new("RGB", (2 * size, size), "white")
    draw = ImageDraw.Draw(sheet)
    corners = vertices[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    for view, axes in enumerate(np.array(VIEWS, float)):
        ahead = np.cross(*axes)
        middle = (low + high) / 2

        def flat(points: ndarray, axes: ndarray = axes, view: int = view, middle: ndarray = middle) -> ndarray:
            return (points - middle) @ axes.T * (scale, -scale) + (view * size + size / 2, size / 2)

        shade = 150 + 85 * np.abs(normal @ (ahead * 0.8 + axes[1] * 0.5 + axes[0] * 0.3))
        places = flat(corners.reshape(-1, 3)).reshape(-1, 3, 2)
        for face in np.argsort(corners.mean(1) @ ahead):
            grey = int(min(shade[face], 240))
            draw.polygon([tuple(each) for each in places[face]], fill=(grey, grey, grey))
        for colour, joints in skeletons.items():
            for name, place in joints.items():
                above = ABOVE.get(name, "")
                while above and above not in joints:
                    above = ABOVE[above]
                x, y = flat(np.asarray(place))
                if above:
                    draw.line([tuple(flat(np.asarray(joints[above]))), (x, y)], fill=colour, width=2)
                draw.ellipse([x - 3, y - 3, x + 3, y + 3], outline=colour)
    draw.text((8, 6), title, fill="black")
    return sheet
