"""Three old photographs that never were, and one of them as the brother tells it: drawn, blurred, printed, aged."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDE, HIGH, BORDER = 1500, 1040, 46  # the picture itself, and its white border
TABLE = (2128, 1197)                 # the paper it lies on, as wide as the film: 16:9
Pen = Callable[[list, list], None]  # points and widths, in heights of a man
DIGITS = {"0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "7": "abc", "8": "abcdefg", "9": "abcdfg", " ": ""}


class Scene:
    """Light (0..1, linear enough) painted from back to front; every layer is a soft mask with one tone."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.light = np.zeros((HIGH, WIDE), np.float32)
        self.y, self.x = np.mgrid[0:HIGH, 0:WIDE].astype(np.float32)

    def layer(self, paint: Callable, tone: float | np.ndarray, blur: float, strength: float = 1.0) -> None:
        """Lay a shape over what is there; `paint(draw)` fills white on black; `tone` is a number or (high, wide)."""
        mask = Image.new("L", (WIDE, HIGH))
        paint(ImageDraw.Draw(mask))
        cover = np.asarray(mask.filter(ImageFilter.GaussianBlur(blur)), np.float32) / 255 * strength
        self.light += cover * (tone - self.light)

    def haze(self, x: float, y: float, radius: float, strength: float, flat: float = 1.0) -> None:
        """Let light spill around a point."""
        far = ((self.x - x) ** 2 + ((self.y - y) / flat) ** 2) / radius ** 2
        self.light += strength * np.exp(-far)

    def cloudy(self, cell: int, stretch: float = 1.0) -> np.ndarray:
        """Soft irregular tones about 0, (high, wide)."""
        rows, columns = max(2, round(HIGH / cell)), max(2, round(WIDE / cell / stretch))
        coarse = Image.fromarray(self.chance.normal(128, 42, (rows, columns)).clip(0, 255).astype(np.uint8))
        return np.asarray(coarse.resize((WIDE, HIGH), Image.Resampling.BICUBIC), np.float32) / 127.5 - 1


def limb(draw: ImageDraw.ImageDraw, points: list, widths: list) -> None:
    """A soft bar through points whose width changes from one to the next."""
    for (start, end), (wide, narrow) in zip(pairwise(points), pairwise(widths), strict=True):
        for share in np.linspace(0, 1, 40):
            x, y = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
            half = (wide + share * (narrow - wide)) / 2
            draw.ellipse((x - half, y - half, x + half, y + half), fill=255)


def placed(draw: ImageDraw.ImageDraw, x: float, foot: float, scale: float) -> Pen:
    """A pen in units of a man's height, origin at the foot, Y up: `pen(points, widths)`."""
    def pen(points: list, widths: list) -> None:
        limb(draw, [(x + px * scale, foot - py * scale) for px, py in points], [wide * scale for wide in widths])
    return pen


def man(pen: Pen, hands: list) -> None:
    """A man in profile walking to the left in a loose jacket; `hands` are where his two hands are."""
    pen([(-0.004, 0.885), (0.0, 0.905)], [0.105, 0.115])                       # head
    pen([(-0.035, 0.945), (0.045, 0.935)], [0.05, 0.062])                      # cap
    pen([(-0.06, 0.93), (-0.092, 0.922)], [0.02, 0.014])                       # its brim
    pen([(0.008, 0.84), (0.012, 0.80)], [0.06, 0.09])
    pen([(0.012, 0.775), (0.02, 0.66), (0.022, 0.52)], [0.15, 0.175, 0.165])   # jacket
    pen([(0.018, 0.5), (0.02, 0.45)], [0.172, 0.16])
    pen([(0.01, 0.47), (-0.085, 0.25), (-0.10, 0.03)], [0.115, 0.088, 0.066])  # trousers
    pen([(0.03, 0.47), (0.065, 0.25), (0.165, 0.06)], [0.115, 0.088, 0.062])
    pen([(-0.09, 0.015), (-0.165, 0.012)], [0.035, 0.026])
    pen([(0.17, 0.045), (0.125, 0.008)], [0.036, 0.026])
    for elbow, hand in hands:
        pen([(0.018, 0.765), elbow, hand], [0.075, 0.058, 0.038])


def child(pen: Pen, hand: tuple, running: bool) -> None:
    """A girl of five with short hair in a summer dress; one hand where it is said to have been."""
    pen([(0.0, 0.505), (0.004, 0.515)], [0.105, 0.112])
    pen([(0.03, 0.52), (0.045, 0.475)], [0.07, 0.04])                          # hair
    pen([(0.0, 0.43), (0.008, 0.33), (0.014, 0.22)], [0.075, 0.115, 0.19])     # dress
    stride = 0.11 if running else 0.045
    pen([(-0.005, 0.2), (-stride, 0.11), (-stride * 0.9, 0.012)], [0.05, 0.036, 0.028])
    behind = (stride * 1.9, 0.075) if running else (stride * 1.1, 0.015)
    pen([(0.02, 0.2), (stride * 0.7, 0.11), behind], [0.05, 0.036, 0.026])
    pen([(0.0, 0.405), hand], [0.038, 0.026])
    pen([(0.01, 0.405), (0.065, 0.32), (0.055, 0.24) if not running else (0.02, 0.30)], [0.038, 0.03, 0.024])


def bicycle(pen: Pen, lean: float = 0.0) -> None:
    """A heavy bicycle in profile, front to the left, saddle and carrier, wheels of 28 inches."""
    def bar(*points: tuple, wide: float = 0.014) -> None:
        pen([(x + lean * y, y) for x, y in points], [wide] * len(points))

    for hub in (-0.33, 0.33):
        angle = np.linspace(0, 2 * np.pi, 49)
        bar(*[(hub + 0.195 * np.cos(each), 0.2 + 0.195 * np.sin(each)) for each in angle], wide=0.017)
        bar((hub, 0.2), (hub, 0.205), wide=0.035)
    bar((-0.33, 0.2), (-0.215, 0.56), (-0.20, 0.615))
    bar((-0.22, 0.52), (0.12, 0.515), (0.045, 0.18), (-0.215, 0.47))
    bar((0.045, 0.18), (0.33, 0.2), (0.125, 0.50), (0.135, 0.575))
    bar((0.07, 0.585), (0.21, 0.595), wide=0.034)
    bar((0.17, 0.43), (0.50, 0.43), (0.34, 0.21))
    bar((-0.20, 0.615), (-0.12, 0.63), (-0.09, 0.605), wide=0.016)
    bar((-0.045, 0.18), (0.13, 0.18), wide=0.03)


def wall_and_gate(scene: Scene) -> None:
    """A lane in the sun: a pale wall, the gate with its roof, a dark doorway, leaf shadows."""
    scene.light[:] = 0.62 + 0.10 * scene.cloudy(260, 2) + 0.03 * scene.cloudy(24, 4)
    scene.light += 0.20 * np.clip(1 - scene.y / 330, 0, 1)
    brick = (scene.y / 19) % 1 < 0.14
    scene.light -= 0.035 * brick * (scene.y < 800)
    scene.layer(lambda draw: draw.polygon([(0, 0), (WIDE, 0), (WIDE, 120), (0, 205)], fill=255), 0.97, 5)      # sky
    scene.layer(lambda draw: draw.polygon([(0, 190), (WIDE, 108), (WIDE, 136), (0, 226)], fill=255), 0.30, 4)   # coping
    ground = 0.80 - 0.16 * np.clip((scene.y - 800) / 240, 0, 1) + 0.05 * scene.cloudy(60, 5)
    scene.layer(lambda draw: draw.polygon([(0, 822), (WIDE, 786), (WIDE, HIGH), (0, HIGH)], fill=255), ground, 4)

    spread = np.linspace(-1, 1, 41)
    low = [(1160 + 312 * each, 222 - 78 * abs(each) ** 4) for each in spread]
    high = [(1160 + 196 * each, 92 - 20 * abs(each) ** 8) for each in spread]
    side = [(1160 + 312 - 116 * each ** 0.55, 144 - 72 * each) for each in np.linspace(0, 1, 12)]
    slope = [*low, *side, *high[::-1], *[(2320 - x, y) for x, y in side[::-1]]]
    rows = np.cos((scene.x - 1160) / (3.0 + (scene.y - 80).clip(0, 150) / 95))
    scene.layer(lambda draw: draw.polygon(slope, fill=255), 0.25 + 0.05 * rows + 0.05 * (scene.y - 100) / 120, 3.4)
    scene.layer(lambda draw: limb(draw, high, [15] * len(high)), 0.13, 3)
    scene.layer(lambda draw: limb(draw, low, [9] * len(low)), 0.12, 3)

    scene.layer(lambda draw: draw.polygon([(962, 216), (1358, 216), (1352, 300), (968, 300)], fill=255), 0.26, 5, 0.8)
    scene.layer(lambda draw: draw.rectangle((960, 230, 1004, 806), fill=255), 0.36, 3.5)
    scene.layer(lambda draw: draw.rectangle((1320, 230, 1364, 798), fill=255), 0.40, 3.5)
    inside = 0.07 + 0.16 * np.exp(-((scene.x - 1225) / 60) ** 2 - ((scene.y - 640) / 190) ** 2)
    scene.layer(lambda draw: draw.rectangle((1006, 292, 1318, 800), fill=255), inside, 4)
    scene.layer(lambda draw: draw.polygon([(1006, 292), (1068, 318), (1068, 806), (1006, 800)], fill=255), 0.20, 3)
    scene.layer(lambda draw: draw.rectangle((990, 792, 1336, 818), fill=255), 0.55, 4)   # threshold
    spots = scene.chance

    def leaves(draw: ImageDraw.ImageDraw) -> None:
        for _ in range(420):
            x, y = spots.normal(180, 210), spots.normal(330, 150)
            wide, high = spots.uniform(10, 34), spots.uniform(8, 20)
            draw.ellipse((x - wide, y - high, x + wide, y + high), fill=255)

    scene.layer(leaves, 0.30, 11, 0.55)


def gate(brother: bool) -> Scene:
    """The walk back from the lane: hand in hand, as the mother has it, or both hands on the bars, as the brother."""
    scene = Scene(71993)
    wall_and_gate(scene)
    scene.light = scene.light[:, ::-1].copy()                                    # the gate is where they are going
    foot, scale, x = 905, 500, 905
    girl = x + 345 if brother else x + 125

    def long_shadow(draw: ImageDraw.ImageDraw) -> None:
        for each, tall in ((x + 20, 1.0), (girl, 0.55)):
            draw.polygon([(each - 40, foot + 4), (each + 40, foot + 2), (each + 330 * tall, foot + 130 * tall + 40),
                          (each + 190 * tall, foot + 134 * tall + 40)], fill=255)
        draw.polygon([(x - 220, foot - 6), (x + 160, foot - 2), (x + 290, foot + 86), (x, foot + 90)], fill=120)

    scene.layer(long_shadow, 0.30, 13, 0.72)
    scene.layer(lambda draw: bicycle(placed(draw, x - 34, foot - 8, scale), 0.03), 0.15, 3.4)
    bars = [((-0.03, 0.60), (-0.165, 0.64))]
    rest = ((-0.065, 0.585), (-0.205, 0.635)) if brother else ((0.075, 0.60), (0.148, 0.435))
    scene.layer(lambda draw: man(placed(draw, x, foot, scale), [*bars, rest]), 0.09, 3.8)
    hand = (-0.10, 0.36) if brother else (-0.105, 0.44)
    scene.layer(lambda draw: child(placed(draw, girl, foot + 8, scale), hand, brother), 0.15, 6.0 if brother else 3.8)
    scene.haze(760, 230, 560, 0.26)
    scene.haze(x - 120, 520, 420, 0.08)
    return scene


def doorway() -> Scene:
    """An empty doorway from inside: a dark hall, both leaves open, light on the floor, a bicycle across the court."""
    scene = Scene(1999)
    scene.light[:] = 0.045 + 0.015 * scene.cloudy(120)
    left, right, top, bottom = 560, 990, 150, 800
    sun = 0.95 - 0.22 * np.clip((scene.y - 150) / 500, 0, 1) + 0.05 * scene.cloudy(90, 2)
    scene.layer(lambda draw: draw.rectangle((left, top, right, bottom), fill=255), sun, 3)
    coping = [(left, 250), (right, 236), (right, 268), (left, 284)]
    scene.layer(lambda draw: draw.polygon(coping, fill=255), 0.42, 6, 0.8)
    scene.layer(lambda draw: draw.rectangle((left, 284, right, 640), fill=255), 0.70 + 0.08 * scene.cloudy(70), 8, 0.8)
    chance = scene.chance

    def tree(draw: ImageDraw.ImageDraw) -> None:
        limb(draw, [(868, 660), (858, 500), (880, 380), (850, 250), (862, 160)], [30, 24, 17, 11, 6])
        limb(draw, [(880, 390), (940, 300), (980, 200)], [14, 9, 5])
        limb(draw, [(860, 440), (790, 330), (740, 240)], [13, 8, 4])
        for _ in range(230):
            x, y, size = chance.normal(850, 105), chance.normal(225, 62), chance.uniform(4, 13)
            draw.ellipse((x - size, y - size, x + size, y + size), fill=255)

    scene.layer(tree, 0.34, 6, 0.75)
    scene.layer(lambda draw: bicycle(placed(draw, 700, 672, 235), -0.05), 0.22, 3.6, 0.9)
    scene.layer(lambda draw: draw.rectangle((0, 0, left, HIGH), fill=255), 0.05, 2.5)
    scene.layer(lambda draw: draw.rectangle((right, 0, WIDE, HIGH), fill=255), 0.05, 2.5)
    for inner, outer in ((left, 450), (right, 1100)):                             # the two open leaves
        edge = 0.10 + 0.16 * np.clip(1 - np.abs(scene.x - inner) / 70, 0, 1)
        scene.layer(lambda draw, inner=inner, outer=outer: draw.polygon(
            [(inner, top), (outer, 96), (outer, 880), (inner, bottom)], fill=255), edge, 3)
    floor = 0.62 * np.exp(-np.clip(scene.y - bottom, 0, None) / 150) + 0.02 * scene.cloudy(30, 4)
    fall = [(left + 6, bottom), (right - 6, bottom), (860, HIGH), (250, HIGH)]
    scene.layer(lambda draw: draw.polygon(fall, fill=255), floor, 9)
    scene.layer(lambda draw: draw.rectangle((left - 30, bottom - 14, right + 30, bottom + 20), fill=255), 0.13, 4)
    scene.haze(775, 430, 330, 0.16, 1.5)
    scene.haze(760, 520, 700, 0.07)
    return scene


def standing(pen: Pen) -> None:
    """The man from behind, waiting; somebody's shirt over his arm."""
    pen([(0.012, 0.9), (0.012, 0.915)], [0.105, 0.112])
    pen([(0.01, 0.85), (0.0, 0.80)], [0.06, 0.09])
    pen([(0.0, 0.775), (0.0, 0.64), (-0.004, 0.5)], [0.175, 0.165, 0.155])
    pen([(-0.03, 0.49), (-0.04, 0.25), (-0.045, 0.02)], [0.105, 0.08, 0.06])
    pen([(0.03, 0.49), (0.035, 0.25), (0.04, 0.02)], [0.105, 0.08, 0.06])
    pen([(-0.075, 0.765), (-0.115, 0.62), (-0.02, 0.585)], [0.062, 0.055, 0.04])
    pen([(0.075, 0.765), (0.105, 0.60), (0.115, 0.45)], [0.062, 0.05, 0.036])
    pen([(0.12, 0.47), (0.128, 0.33)], [0.05, 0.085])                        # somebody's shirt over his arm


def near_bank(scene: Scene) -> None:
    """The bank this side: reeds, the heap of clothes, and he who minds it."""
    chance = scene.chance
    bank = 0.20 + 0.07 * scene.cloudy(40, 3) + 0.10 * np.clip((HIGH - scene.y) / 300, 0, 1)
    edge = [(0, 690), (250, 716), (520, 778), (800, 880), (1040, 960), (1210, HIGH), (0, HIGH)]
    scene.layer(lambda draw: draw.polygon(edge, fill=255), bank, 7)

    def reeds(draw: ImageDraw.ImageDraw) -> None:
        for _ in range(230):
            x = chance.uniform(-20, 330)
            root = 720 + x * 0.2 + chance.uniform(0, 250)
            draw.line([(x, root), (x + chance.normal(16, 22), root - chance.uniform(60, 190))], fill=255, width=3)

    scene.layer(reeds, 0.15, 3.2, 0.85)

    def clothes(draw: ImageDraw.ImageDraw) -> None:
        for x, y, wide, high in ((700, 838, 62, 18), (668, 822, 40, 17), (728, 820, 34, 15), (695, 808, 26, 12)):
            draw.ellipse((x - wide, y - high, x + wide, y + high), fill=255)

    scene.layer(clothes, 0.62 + 0.12 * scene.cloudy(14), 4)
    scene.layer(lambda draw: draw.polygon([(560, 838), (610, 832), (470, 985), (380, 985)], fill=255), 0.10, 12, 0.6)

    scene.layer(lambda draw: standing(placed(draw, 590, 842, 372)), 0.10, 3.0)


def river() -> Scene:
    """The bank in the afternoon: glare on water, far poplars, a man standing beside a heap of clothes."""
    scene = Scene(88)
    scene.light[:] = 0.93 - 0.14 * np.clip(scene.y / 400, 0, 1) + 0.03 * scene.cloudy(200, 3)
    chance = scene.chance

    def far_bank(draw: ImageDraw.ImageDraw) -> None:
        draw.polygon([(0, 372), (WIDE, 398), (WIDE, 418), (0, 402)], fill=255)
        for x in np.arange(-20, WIDE, 34):
            tall, wide = chance.uniform(34, 108) * (0.5 + 0.5 * np.sin(x / 190) ** 2), chance.uniform(12, 25)
            draw.ellipse((x - wide, 392 - tall, x + wide, 410), fill=255)

    scene.layer(far_bank, 0.56, 7)
    water = 0.66 + 0.10 * scene.cloudy(22, 14) + 0.07 * scene.cloudy(9, 10)
    water += 0.24 * np.exp(-((scene.x - 980) / (120 + 0.55 * (scene.y - 400).clip(0))) ** 2)
    scene.layer(lambda draw: draw.polygon([(0, 404), (WIDE, 420), (WIDE, HIGH), (0, HIGH)], fill=255), water, 3)

    def glints(draw: ImageDraw.ImageDraw) -> None:
        for _ in range(420):
            y = 415 + 400 * chance.random() ** 1.4
            x, wide = chance.normal(980, 70 + 0.5 * (y - 400)), chance.uniform(3, 9 + (y - 400) / 22)
            draw.ellipse((x - wide, y - 1.6, x + wide, y + 1.6), fill=255)

    scene.layer(glints, 1.5, 1.8)

    def swimmers(draw: ImageDraw.ImageDraw) -> None:
        for x, y, size in ((1020, 532, 11), (1092, 552, 12), (905, 560, 12), (1230, 520, 10)):
            draw.ellipse((x - size, y - size, x + size, y + size), fill=255)
            draw.ellipse((x - 2.4 * size, y + size * 0.7, x + 2.4 * size, y + size * 1.3), fill=160)

    scene.layer(swimmers, 0.20, 3.4, 0.85)
    near_bank(scene)
    scene.haze(980, 400, 330, 0.26, 0.8)
    scene.haze(980, 430, 800, 0.08)
    return scene


def stamp(date: str) -> np.ndarray:
    """The camera's date, seven segments to a figure, as a mask (HIGH, WIDE) 0..1 at the right, clear of subtitles."""
    mask = Image.new("L", (WIDE, HIGH))
    draw = ImageDraw.Draw(mask)
    spots = {"a": (2, 0, 16, 0), "b": (18, 2, 18, 16), "c": (18, 20, 18, 34), "d": (2, 36, 16, 36), "e": (0, 20, 0, 34),
             "f": (0, 2, 0, 16), "g": (2, 18, 16, 18)}
    x = WIDE - 255
    for figure in date:
        for segment in DIGITS.get(figure, ""):
            x0, y0, x1, y1 = spots[segment]
            draw.line((x + x0, HIGH - 222 + y0, x + x1, HIGH - 222 + y1), fill=255, width=5)
        if figure == "'":
            draw.line((x + 12, HIGH - 224, x + 8, HIGH - 212), fill=255, width=5)
        x += {" ": 16, "'": 22}.get(figure, 30)
    return np.asarray(mask.filter(ImageFilter.GaussianBlur(1.6)), np.float32) / 255


def printed(scene: Scene, date: str) -> Image.Image:
    """Print the scene as a drugstore would in 1993, and leave it in a drawer for thirty years."""
    chance, light = scene.chance, np.clip(scene.light, 0, 1.4)
    flare = Image.fromarray((np.clip(light - 0.62, 0, 0.6) / 0.6 * 255).astype(np.uint8))
    light = light + 0.24 * np.asarray(flare.filter(ImageFilter.GaussianBlur(42)), np.float32) / 255
    soft = Image.fromarray((np.clip(light, 0, 1.6) / 1.6 * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.5))
    light = np.asarray(soft, np.float32) / 255 * 1.6
    light = np.where(light > 0.72, 0.72 + 0.34 * (1 - np.exp(-(light - 0.72) / 0.30)), light)
    far = ((scene.x / WIDE - 0.5) ** 2 + (scene.y / HIGH - 0.5) ** 2) / 0.5
    light *= 1 - 0.42 * far
    grain = Image.fromarray(chance.normal(128, 40, (HIGH, WIDE)).clip(0, 255).astype(np.uint8))
    grain = grain.filter(ImageFilter.GaussianBlur(1.1))
    light = light + 0.26 * (np.asarray(grain, np.float32) / 255 - 0.5) * (1.1 - np.clip(light, 0, 1))
    tone = np.clip(light, 0, 1)
    tone = tone * tone * (3 - 2 * tone) * 0.45 + tone * 0.55
    tone = 0.13 + 0.80 * tone + 0.022 * scene.cloudy(330)                         # faded blacks, uneven fixing
    low, middle, high = (np.array(each, np.float32) for each in ((38, 31, 27), (140, 118, 94), (246, 236, 212)))
    under = np.clip(tone * 2, 0, 1)[..., None]
    over = np.clip(tone * 2 - 1, 0, 1)[..., None]
    picture = low + (middle - low) * under + (high - middle) * over
    glow = stamp(date)[..., None]
    picture += glow * 0.86 * (np.array((232, 128, 62), np.float32) - picture)
    picture = Image.fromarray(picture.clip(0, 255).astype(np.uint8))
    worn(picture, chance)
    return bordered(picture, chance)


def worn(picture: Image.Image, chance: np.random.Generator) -> None:
    """Hairline scratches, dust, one soft crease across a corner."""
    marks = Image.new("L", picture.size)
    draw = ImageDraw.Draw(marks)
    for _ in range(9):
        x, y = chance.uniform(0, WIDE), chance.uniform(0, HIGH)
        lean = chance.normal(0, 16)
        path = [(x + lean * step + chance.normal(0, 1.2), y + 24 * step) for step in range(int(chance.integers(2, 11)))]
        draw.line(path, fill=int(chance.integers(50, 130)), width=1)
    for _ in range(90):
        x, y, size = chance.uniform(0, WIDE), chance.uniform(0, HIGH), chance.uniform(0.5, 1.9)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=int(chance.integers(60, 190)))
    away = chance.uniform(110, 260)
    crease = [(away, 0), (away * 0.55, away * 0.42), (0, away * 0.78)]
    if chance.random() < 0.5:
        crease = [(WIDE - x, y) for x, y in crease]
    draw.line(crease, fill=150, width=2)
    picture.paste((240, 228, 204), mask=marks.filter(ImageFilter.GaussianBlur(0.7)))


def bordered(picture: Image.Image, chance: np.random.Generator) -> Image.Image:
    """A white border with a deckle edge; the whole lies on warm paper."""
    whole = Image.new("RGB", TABLE, (239, 230, 210))
    wide, high = WIDE + 2 * BORDER, HIGH + 2 * BORDER
    left, top = (TABLE[0] - wide) // 2, (TABLE[1] - high) // 2
    edge = []
    for (x0, y0), (x1, y1) in pairwise([(0, 0), (wide, 0), (wide, high), (0, high), (0, 0)]):
        count = round((abs(x1 - x0) + abs(y1 - y0)) / 9)
        for step in range(count):
            share, bite = step / count, (step % 2) * 5 + chance.uniform(0, 1.6)
            x, y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
            edge.append((left + x - np.sign(x - wide / 2) * bite * (x in (0, wide)),
                         top + y - np.sign(y - high / 2) * bite * (y in (0, high))))
    shape, shadow = Image.new("L", whole.size), Image.new("L", whole.size)
    ImageDraw.Draw(shape).polygon(edge, fill=255)
    ImageDraw.Draw(shadow).polygon([(x + 5, y + 8) for x, y in edge], fill=110)
    whole.paste((92, 78, 60), mask=shadow.filter(ImageFilter.GaussianBlur(9)))
    whole.paste((248, 242, 228), mask=shape.filter(ImageFilter.GaussianBlur(0.8)))
    whole.paste(picture, (left + BORDER, top + BORDER))
    return whole


def photographs() -> dict[str, Image.Image]:
    """The four prints by the names of their files."""
    return {"gate_mother.jpg": printed(gate(False), "'93  7 18"), "gate_brother.jpg": printed(gate(True), "'93  7 18"),
            "doorway.jpg": printed(doorway(), "'93  8  2"), "river.jpg": printed(river(), "'93  7 30")}


def write_photographs(folder: Path) -> None:
    """Write the prints as JPEG, quality 84."""
    for name, picture in photographs().items():
        picture.save(folder / name, quality=84, subsampling=0, optimize=True)
