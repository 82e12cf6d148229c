"""The example's material is what it says: re-made to the byte, feet that stand, words that were said, a minute long."""

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from marrow import media
from marrow.step import find

EXAMPLE = Path(__file__).parents[2] / "examples" / "two_fathers"
MADE = ("bodies", "scans", "motions", "photos", "sounds")
WITNESSES = {"mother": "mother.txt", "brother": "brother.txt", "zhou": "zhou.txt"}


@pytest.fixture(scope="module")
def film() -> dict:
    return tomllib.loads((EXAMPLE / "film.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def gait():
    sys.path.insert(0, str(EXAMPLE))
    try:
        import gait
    finally:
        sys.path.remove(str(EXAMPLE))
    return gait


def made(folder: Path) -> dict[str, str]:
    files = sorted(file for room in MADE for file in (folder / room).iterdir())
    return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def bvh_places(path: Path) -> tuple[dict[str, np.ndarray], float]:
    """World places of the joints in metres (frames, 3) from the file itself, read by hand for this test."""
    head, motion = path.read_text("ascii").split("MOTION")
    rows = np.array([line.split() for line in motion.strip().splitlines()[2:]], float)
    places, turned, parents, column, name = {}, {}, [], 0, None
    for words in (line.split() for line in head.splitlines()):
        if words[0] in ("ROOT", "JOINT", "End"):
            name = words[1]
        elif words[0] == "{":
            parents.append(name)
        elif words[0] == "}":
            parents.pop()
        elif words[0] == "OFFSET" and name != "Site":
            offset = np.array(words[1:], float) / 100
        elif words[0] == "CHANNELS":
            parent = parents[-2] if len(parents) > 1 else None
            if parent is None:
                places[name], column = rows[:, :3] / 100, 3
            else:
                places[name] = places[parent] + np.einsum("fij,j->fi", turned[parent], offset)
            local = rotation(rows[:, column:column + 3])
            turned[name] = local if parent is None else turned[parent] @ local
            column += 3
    return places, float(motion.split("Frame Time:")[1].split()[0])


def rotation(degrees: np.ndarray) -> np.ndarray:
    """R = Rz Rx Ry, (frames, 3, 3)."""
    parts = []
    for axis, angle in zip((2, 0, 1), np.radians(degrees).T, strict=True):
        one, two = (axis + 1) % 3, (axis + 2) % 3
        matrix = np.zeros((len(angle), 3, 3))
        matrix[:, axis, axis] = 1
        matrix[:, one, one] = matrix[:, two, two] = np.cos(angle)
        matrix[:, one, two], matrix[:, two, one] = -np.sin(angle), np.sin(angle)
        parts.append(matrix)
    return parts[0] @ parts[1] @ parts[2]


def test_law_the_material_is_remade_to_the_byte(tmp_path):
    subprocess.run([sys.executable, "-B", str(EXAMPLE / "make_material.py"), str(tmp_path)], check=True, timeout=60)
    fresh, kept = made(tmp_path), made(EXAMPLE)
    assert fresh.keys() == kept.keys()
    pictures = {name for name in kept if name.endswith(".jpg")}      # their bytes are also Pillow's affair
    for name in kept:
        assert fresh[name] == kept[name] or (name in pictures and alike(tmp_path / name, EXAMPLE / name))


def alike(one: Path, other: Path) -> bool:
    from PIL import Image

    first, second = (np.asarray(Image.open(path), np.int16) for path in (one, other))
    return first.shape == second.shape and int(np.abs(first - second).max()) <= 2


@pytest.mark.parametrize(("name", "begin"), [("walk", 0.0), ("answer", 6.5)])
def test_truth_a_standing_foot_slides_less_than_a_centimetre(gait, name, begin):
    places, frame = bvh_places(EXAMPLE / "motions" / f"{name}.bvh")
    time = begin + frame * np.arange(len(places["Hips"]))
    _, _, stands = gait.feet(time)
    for side in ("Left", "Right"):
        foot, stance = places[f"{side}Foot"], stands[side]
        begins = np.flatnonzero(np.diff(np.concatenate(([0], stance.astype(int), [0]))))
        for first, end in begins.reshape(-1, 2):
            assert np.linalg.norm(foot[first:end] - foot[first], axis=1).max(initial=0) < 0.01
        assert foot[stance][:, 1] == pytest.approx(gait.ANKLE, abs=0.005)
        assert places[f"{side}Toe"][:, 1].min() > 0                  # never into the ground


def test_truth_he_slows_stops_and_holds_out_his_left_hand():
    walk, frame = bvh_places(EXAMPLE / "motions" / "walk.bvh")
    speed = np.diff(walk["Hips"][:, 2]) / frame
    assert 0.6 < speed[30:90].mean() < 0.85                           # an old man's pace, metres per second
    answer, _ = bvh_places(EXAMPLE / "motions" / "answer.bvh")
    assert np.abs(np.diff(answer["Hips"][90:, 2])).max() / frame < 0.02
    assert answer["LeftHand"][-1, 2] - answer["LeftArm"][-1, 2] > 0.15
    assert abs(answer["RightHand"][-1, 2] - answer["RightArm"][-1, 2]) < 0.15


def test_shape_the_scan_is_a_court_that_opens_upwards():
    data = (EXAMPLE / "scans" / "courtyard.ply").read_bytes()
    head, body = data.split(b"end_header\n", 1)
    count = int(head.split(b"element vertex ")[1].split()[0])
    points = np.frombuffer(body, np.dtype([("place", "<f4", 3), ("colour", "u1", 3)]))
    assert len(points) == count >= 90_000
    low, high = points["place"].min(axis=0), points["place"].max(axis=0)
    assert -0.1 < low[1] and 5 < high[1] < 7 and (high - low)[[0, 2]].min() > 15
    court = points["place"][(np.abs(points["place"][:, 0]) < 1.5) & (np.abs(points["place"][:, 2]) < 1.5)]
    assert np.median(court[:, 1]) < 0.1                               # paving under an open sky


def test_truth_every_line_of_a_witness_was_said(film):
    lines = [sound for sound in film["sound"] if sound.get("speaker") in WITNESSES]
    assert {sound["speaker"] for sound in lines} == set(WITNESSES)
    for sound in lines:
        said = (EXAMPLE / "testimony" / WITNESSES[sound["speaker"]]).read_text("utf-8")
        assert sound["text"] in said


def heard(sound: dict, film: dict) -> str:
    """The words of a sound: written in the film, or what he answers out of the testimony."""
    if sound["recipe"] != "answer":
        return sound["text"]
    answer = find("people.answer")
    people = {name: media.Person(name, facts) for name, facts in film["people"].items()}
    return answer(media.Text(sound["text"]), media.Testimony(EXAMPLE / sound["testimony"]), people[sound["speaker"]],
                  people[sound["asker"]], **sound["people"]["answer"]).words


def test_truth_what_is_heard_is_what_is_read(film):
    shots = {shot["name"]: shot for shot in film["shot"]}
    for sound in film["sound"]:
        shot = shots.get(sound.get("shot"))
        if "text" in sound and shot:
            read = "".join(row["text"] for row in shot.get("subtitles", ())) or shot["text"]
            assert heard(sound, film) in read and all(row["below"] for row in shot.get("subtitles", ()))


def test_truth_he_says_once_that_he_does_not_know(film):
    his = [heard(sound, film) for sound in film["sound"] if sound.get("speaker") == "dad"]
    assert his.count("我不知道。你妈妈和你哥记得不一样。") == 1


def test_truth_the_testimony_of_the_film_is_that_of_its_folder(tmp_path):
    sys.path.insert(0, str(EXAMPLE))
    try:
        from collect import collect
    finally:
        sys.path.remove(str(EXAMPLE))
    collect(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == (EXAMPLE / "testimony.jsonl").read_bytes()


def test_shape_the_film_lasts_between_sixty_and_seventy_five_seconds(film):
    def seconds(value: str) -> float:
        return float(value.removesuffix("s"))

    shown = [shot for shot in film["shot"] if "length" in shot]
    assert 60 <= sum(seconds(shot["length"]) - seconds(shot.get("fade", "0s")) for shot in shown) <= 75
    assert 10 <= len(shown) <= 12
    for shot in shown:
        for row in shot.get("subtitles", ()):
            assert seconds(row["at"]) < seconds(row["to"]) <= seconds(shot["length"])


def test_shape_the_material_stays_small():
    assert sum(file.stat().st_size for room in MADE for file in (EXAMPLE / room).iterdir()) <= 5_000_000
