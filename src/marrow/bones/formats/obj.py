"""OBJ, read: polygons of any size, textures, vertex colours, materials beside the file; in any encoding, quickly.

OBJ states neither unit nor sky; both are kept as they stand.
"""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy import ndarray

from marrow.bones.formats.letters import decoded, narrowed
from marrow.bones.formats.pictures import picture
from marrow.bones.polygons import merged, triangles
from marrow.contents import Contents, Remark
from marrow.errors import InputError, LimitError
from marrow.forms.looks import look, wrong_kind
from marrow.media import Material, Mesh

LARGEST = 2_000_000_000   # bytes of a file
KINDS = (b"v ", b"vt ", b"vn ", b"f ")
GONE = {b"l": "obj.lines", b"p": "obj.lines", b"curv": "obj.surfaces", b"surf": "obj.surfaces"}
ROLES = {"map_kd": "colour", "map_ke": "emission", "norm": "normal", "map_bump": "normal", "bump": "normal",
         "map_pr": "roughness"}
OPTIONS = {"-o": 3, "-s": 3, "-t": 3, "-mm": 2, "-bm": 1, "-blendu": 1, "-blendv": 1, "-boost": 1, "-texres": 1,
           "-clamp": 1, "-imfchan": 1, "-type": 1, "-cc": 1}   # of a texture, and how many values follow at most


@dataclass(frozen=True)
class _Sheet:
    """The lines of an OBJ, sorted: numbers still as text, faces with what stands above them.

    text      the lines of each of v, vt, vn and f one after the other, without those words
    count     how many lines each has
    above     (faces, 3) how many v, vt, vn stand above every face
    worn      (faces,) number of the material that every face wears, -1 for none
    looks     names of materials; books: of material files
    """

    path: Path
    text: list[bytes]
    count: list[int]
    above: ndarray
    worn: ndarray
    looks: list[str]
    books: list[str]
    name: str
    lost: dict[str, int]


def read_obj(path: Path) -> Contents:
    """Read the mesh of an OBJ with its materials and textures, which lie in the file's folder or below it.

    raises    InputError  no OBJ, a face that names what is not there, a number that is none
              LimitError  too large
    source    Wavefront, Object Files, Advanced Visualizer Manual, appendix B1
    test      negative numbers, hollow polygons and every way of writing corners; the same mesh from any line ends
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise LimitError("obj.large", path=path, size=f"{size / 1e9:.1f}", most=f"{LARGEST / 1e9:g}")
    if look(path) not in ("text", "unknown", "json"):
        raise wrong_kind(path, "mesh")
    sheet = _sorted(narrowed(path.read_bytes()), path)
    mesh, losses = _mesh(sheet)
    stated = {"unit": 1.0, "unit_by": "custom", "up": "y", "up_by": "custom"}
    losses += [Remark(key, {"count": count}) for key, count in sheet.lost.items()]
    return Contents("obj", (), (mesh,), stated, tuple(losses))


def _sorted(content: bytes, path: Path) -> _Sheet:
    """Sort the lines by their first word; lines of one kind that follow each other are taken in one piece."""
    if b"\0" in content:
        raise wrong_kind(path, "mesh")
    content = content.removeprefix(b"\xef\xbb\xbf")
    content = b"\n" + content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\\\n", b" ").replace(b"\t", b" ")
    content = re.sub(rb"\n +", b"\n", content) if b"\n " in content else content
    letters = np.frombuffer(content + b"\n   ", np.uint8)
    starts = np.flatnonzero(letters[:len(content)] == 10) + 1
    kinds = np.full(len(starts), -1, np.int8)
    for number, word in enumerate(KINDS):
        same = np.ones(len(starts), bool)
        for place, letter in enumerate(word):
            same &= letters[starts + place] == letter
        kinds[same] = number
    edges = np.flatnonzero(np.diff(kinds, prepend=-2, append=-2))
    text: list[list[bytes]] = [[], [], [], []]
    others: list[tuple[int, bytes]] = []
    ends = [*starts[edges[1:-1]].tolist(), len(content)]
    for first, start, end in zip(edges.tolist(), starts[edges[:-1]].tolist(), ends, strict=False):
        if kinds[first] >= 0:
            text[kinds[first]].append(content[start:end])
        else:
            others += enumerate(content[start:end].split(b"\n"), first)
    faces = np.flatnonzero(kinds == 3)
    count = [int((kinds == number).sum()) for number in range(4)]
    if not len(faces):
        raise InputError("obj.empty", path=path) if count[0] else wrong_kind(path, "mesh")
    above = np.stack([np.cumsum(kinds == number)[faces] for number in range(3)], 1)
    whole = (b"".join(each) for each in text)
    plain = (re.sub(rb"#[^\n]*", b"", each) if b"#" in each else each for each in whole)
    joined = [each.translate(None, b"f" if number == 3 else b"vtn") for number, each in enumerate(plain)]
    return _Sheet(path, joined, count, above, *_said(others, faces))


def _said(others: list[tuple[int, bytes]], faces: ndarray) -> tuple:
    """What lines of words say: material of every face, materials, their files, the mesh's name, what is not kept."""
    looks: dict[str, int] = {}
    changes, books, name, lost = [(-1, -1)], [], "", {}
    for number, line in others:
        word, _, rest = line.partition(b" ")
        if word == b"usemtl":
            changes.append((number, looks.setdefault(decoded(rest.strip()), len(looks))))
        elif word == b"mtllib":
            books.append(decoded(rest.strip()))
        elif word in (b"o", b"g"):
            name = name or decoded(rest.strip())
        elif word in GONE:
            lost[GONE[word]] = lost.get(GONE[word], 0) + 1
    at, worn = np.array(changes).T
    return worn[np.searchsorted(at, faces) - 1], list(looks), books, name, lost


def _mesh(sheet: _Sheet) -> tuple[Mesh, list[Remark]]:
    points, colours = _points(sheet)
    uv, normals = _table(sheet, 1, 2), _table(sheet, 2, 3)
    corners, counts = _corners(sheet)
    at = np.where(corners < 0, corners + np.repeat(sheet.above, counts, axis=0), corners - 1)
    for column, table in enumerate((points, uv, normals)):
        used = at[:, column][corners[:, column] != 0]
        if len(used) and not 0 <= used.min() <= used.max() < len(table):
            raise InputError("mesh.face", path=sheet.path, most=len(table))
    if (corners[:, 0] == 0).any():
        raise InputError("mesh.face", path=sheet.path, most=len(points))
    places = points[at[:, 0]]
    cut, owners = triangles(counts, places)
    first, vertex = merged(at[:, 0], np.where(corners[:, 1:] == 0, -1, at[:, 1:]))
    materials, losses = _materials(sheet)
    worn = sheet.worn[owners]
    plain = len(materials)
    bare = (worn < 0).any() and plain > 0
    picked = np.where(worn < 0, plain, worn).astype(np.int32)
    materials += [Material()] if bare else []
    mesh = Mesh(places[first].astype(np.float32), vertex[cut].astype(np.int32),
                _unit(_picked(normals, corners[first, 2], at[first, 2])),
                _upside(_picked(uv, corners[first, 1], at[first, 1])),
                None if colours is None else colours[at[first, 0]], tuple(materials),
                picked if materials else None, name=sheet.name or sheet.path.stem)
    return mesh, losses


def _points(sheet: _Sheet) -> tuple[ndarray, ndarray | None]:
    """Places (n, 3) and, where the lines go on with r g b, colours (n, 4)."""
    wide = len(sheet.text[0].partition(b"\n")[0].split())
    table = _table(sheet, 0, wide if wide in (6, 7) else 3)
    if wide not in (6, 7):
        return table, None
    tint = table[:, -3:]
    tint = tint if tint.max() > 1 else tint * 255
    made = np.full((len(table), 4), 255, np.uint8)
    made[:, :3] = np.clip(np.round(tint), 0, 255)
    return table[:, :3], made


def _table(sheet: _Sheet, kind: int, wide: int) -> ndarray:
    """The first numbers of all lines of a kind: (lines, wide); what a line lacks is 0."""
    text, count = sheet.text[kind], sheet.count[kind]
    first = len(text.partition(b"\n")[0].split())
    flat = _flat(text, np.float64, sheet, kind)
    if not count or not first or len(flat) != count * first:
        rows = [row.split() for row in text.split(b"\n") if row.strip()]
        flat = np.array([[*map(float, row[:wide]), *[0.0] * (wide - len(row))] for row in rows]).reshape(-1)
        first = wide
    made = flat.reshape(-1, first)
    if len(made) != count or not np.isfinite(made).all():
        raise InputError("obj.number", path=sheet.path, word=KINDS[kind].decode().strip())
    return np.pad(made, ((0, 0), (0, max(0, wide - first))))[:, :wide]


def _flat(text: bytes, kind: type, sheet: _Sheet, number: int) -> ndarray:
    """All numbers of a text, whatever stands between lines."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)     # numpy's way to say that there was more than numbers
        try:
            return np.fromstring(text, kind, sep=" ") if text.strip() else np.zeros(0, kind)
        except (ValueError, DeprecationWarning, OverflowError) as error:
            word = KINDS[number].decode().strip()
            raise InputError("obj.number", path=sheet.path, word=word) from error


def _corners(sheet: _Sheet) -> tuple[ndarray, ndarray]:
    """What faces say of their corners, 0 where they say nothing: (corners, 3) of v, vt, vn; corners of every face."""
    letters = np.frombuffer(b"\n" + sheet.text[3], np.uint8)
    blank = (letters == 32) | (letters == 10)
    begins = np.flatnonzero(blank[:-1] & ~blank[1:]) + 1
    counts = np.diff(np.searchsorted(begins, np.flatnonzero(letters == 10)), append=len(begins))[:sheet.count[3]]
    slashes = np.diff(np.searchsorted(np.flatnonzero(letters == 47), begins), append=(letters == 47).sum())
    text = sheet.text[3].replace(b"//", b"/0/")
    text = re.sub(rb"/(?=\s|$)", b"/0", text) if re.search(rb"/\s|/$", text) else text
    flat = _flat(text.replace(b"/", b" "), np.int64, sheet, 3)
    if len(flat) != (slashes + 1).sum() or slashes.max(initial=0) > 2:
        raise InputError("obj.number", path=sheet.path, word="f")
    place = np.cumsum(slashes + 1) - slashes - 1
    made = np.zeros((len(begins), 3), np.int64)
    for column in range(3):
        said = slashes >= column
        made[said, column] = flat[place[said] + column]
    return made, counts


def _picked(table: ndarray, said: ndarray, at: ndarray) -> ndarray | None:
    """The values of vertices that name one; zeros for the others, None where nobody does."""
    if not (said != 0).any():
        return None
    return np.where((said != 0)[:, None], table[np.where(said != 0, at, 0)], 0)


def _unit(normals: ndarray | None) -> ndarray | None:
    if normals is None:
        return None
    return (normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)).astype(np.float32)


def _upside(uv: ndarray | None) -> ndarray | None:
    return None if uv is None else (uv * (1, -1) + (0, 1)).astype(np.float32)


# Materials

def _materials(sheet: _Sheet) -> tuple[list[Material], list[Remark]]:
    """A material for every name that faces use, as the material files beside the mesh describe it."""
    found: dict[str, dict[str, str]] = {}
    losses = []
    for name in sheet.books or [f"{sheet.path.stem}.mtl"] * bool(sheet.looks):
        book = _beside(sheet.path, name)
        if book is None:
            losses.append(Remark("obj.book", {"name": name}))
        else:
            found |= _book(decoded(narrowed(book.read_bytes())))
    return [_material(name, found.get(name, {}), sheet.path, losses) for name in sheet.looks], losses


def _beside(path: Path, name: str) -> Path | None:
    """A file in the mesh's own folder or below it; its name alone where the way there is another machine's."""
    folder = path.parent.resolve()
    for each in (name, name.replace("\\", "/").rpartition("/")[2]):
        try:
            wanted = (folder / each).resolve()
            if wanted.is_relative_to(folder) and wanted.is_file() and wanted.stat().st_size < LARGEST / 100:
                return wanted
        except (OSError, ValueError):
            continue
    return None


def _book(text: str) -> dict[str, dict[str, str]]:
    """Name -> statement -> its words, of a material file."""
    found: dict[str, dict[str, str]] = {}
    now: dict[str, str] = {}
    for line in text.splitlines():
        word, _, rest = line.replace("\t", " ").strip().partition(" ")
        if word.lower() == "newmtl":
            now = found.setdefault(rest.strip(), {})
        elif word:
            now[word.lower()] = rest.strip()
    return found


def _material(name: str, said: dict[str, str], path: Path, losses: list[Remark]) -> Material:
    pictures = {}
    for word, role in ROLES.items():
        if word in said and role not in pictures:
            where = _file_name(said[word])
            content = picture([where], None, path)
            if content:
                pictures[role] = content
            else:
                losses.append(Remark("nodes.picture", {"name": where}))
    red, green, blue = (1.0, 1.0, 1.0) if "colour" in pictures else _numbers(said.get("kd"), (0.8, 0.8, 0.8))
    glow = _numbers(said.get("ke"), (0.0, 0.0, 0.0))
    alpha = _numbers(said.get("d"), (1 - _numbers(said.get("tr"), (0.0,))[0],))[0]
    shine = max(_numbers(said.get("ns"), (0.0,))[0], 0.0)
    rough = _numbers(said.get("pr"), (float(np.sqrt(2 / (2 + shine))),))[0]
    seen = "map_d" in said or alpha < 1
    return Material(name, (red, green, blue, alpha), _numbers(said.get("pm"), (0.0,))[0], rough, glow, pictures,
                    "blend" if seen else "opaque")


def _numbers(words: str | None, otherwise: tuple[float, ...]) -> tuple[float, ...]:
    """As many numbers between 0 and 1000 as `otherwise` has, or that; one alone stands for all."""
    try:
        made = [float(word) for word in (words or "").split()[:len(otherwise)]]
    except ValueError:
        return otherwise
    made = made * len(otherwise) if len(made) == 1 else made
    fine = len(made) == len(otherwise) and all(0 <= each <= 1000 for each in made)
    return tuple(made) if fine else otherwise


def _file_name(said: str) -> str:
    """The file of a texture statement, its options left out; names may hold blanks."""
    words = said.split()
    while words and words[0].lower() in OPTIONS:
        many = OPTIONS[words.pop(0).lower()]
        while many and len(words) > 1 and (many == 1 or _is_number(words[0])):
            words.pop(0)
            many -= 1
    return " ".join(words)


def _is_number(word: str) -> bool:
    return re.fullmatch(r"[-+]?[\d.]+(?:e[-+]?\d+)?", word, re.IGNORECASE) is not None
