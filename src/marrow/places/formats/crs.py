"""Which coordinate system a scan stands in, by what surveyors write into it: WKT, or GeoTIFF's keys."""

import re
import struct
from dataclasses import dataclass

FEET = {9002: 0.3048, 9003: 1200 / 3937, 9001: 1.0, 9014: 1.8288, 9036: 1000.0}  # EPSG's unit -> metres
TOPS = ("PROJCS", "PROJCRS", "PROJECTEDCRS", "LOCAL_CS", "ENGCRS", "ENGINEERINGCRS", "GEOCCS")
DEGREES = ("GEOGCS", "GEOGCRS", "GEOGRAPHICCRS")
UNITS = ("UNIT", "LENGTHUNIT")
UNNAMED = "unnamed"  # a system of which only the unit is known
DEEPEST = 40         # brackets in brackets


@dataclass(frozen=True)
class System:
    """A coordinate system: its name, metres to a unit along x and y, metres to a unit of height."""

    name: str = ""
    unit: float = 1.0
    height: float = 1.0
    degrees: bool = False


def from_wkt(text: str) -> System:
    """A system from well-known text, version 1 or 2; what cannot be understood is one of metres without a name.

    source    OGC 01-009 (WKT 1), OGC 18-010r7 (WKT 2)
    """
    tree = _tree(text)
    flat = list(_all(tree))
    plane = next((each for each in flat if each[0] in TOPS), None)
    globe = next((each for each in flat if each[0] in DEGREES), None)
    if plane is None and globe is None:
        return System()
    named = tree[0] if tree and tree[0][0] in ("COMPD_CS", "COMPOUNDCRS") else plane or globe
    upright = next((each for each in flat if each[0] in ("VERT_CS", "VERTCRS", "VERTICALCRS")), None)
    unit = _unit(plane) if plane else 1.0
    return System(_name(named, plane or globe), unit, _unit(upright) if upright else unit, plane is None)


def from_keys(keys: bytes, words: bytes) -> System:
    """A system from the directory of GeoTIFF's keys and its texts.

    source    OGC 19-008r4 (GeoTIFF 1.1), annex B
    """
    found = {}
    for number in range(1, len(keys) // 8):
        key, place, count, value = struct.unpack_from("<4H", keys, 8 * number)
        found[key] = value if place == 0 else words[value:value + count] if place == 34737 else None
    name = next((named for key in (3073, 1026, 2049) if isinstance(found.get(key), bytes)
                 and (named := _text(found[key])) != UNNAMED), "")
    code = next((found[key] for key in (3072, 2048) if isinstance(found.get(key), int) and 0 < found[key] < 32767), 0)
    unit = FEET.get(found.get(3076), 1.0)
    return System(_both(name, code), unit, FEET.get(found.get(4099), unit), found.get(1024) == 2)


def to_keys(name: str, unit: float) -> tuple[bytes, bytes]:
    """The directory and the texts of GeoTIFF's keys that name a system of metres or feet again.

    test    from_keys(*to_keys(name, unit)) says the same name and unit
    """
    code = re.search(r"EPSG:(\d+)", name)
    plain = re.sub(r" ?\(?EPSG:\d+\)?", "", name)
    words = f"{plain or UNNAMED}|".encode("ascii", "replace")
    length = next((each for each, metres in FEET.items() if abs(metres - unit) < 1e-9 * metres), 32767)
    number = int(code[1]) if code and int(code[1]) < 32767 else 32767
    keys = [(1024, 0, 1, 1), (1025, 0, 1, 1), (1026, 34737, len(words), 0), (3072, 0, 1, number), (3076, 0, 1, length)]
    return struct.pack("<4H", 1, 1, 0, len(keys)) + b"".join(struct.pack("<4H", *each) for each in keys), words


def _tree(text: str) -> list:
    """WKT as nested lists: NAME["a", 1, INNER[...]] is ["NAME", "a", "1", ["INNER", ...]]."""
    top: list = []
    stack = [top]
    for quoted, word, mark in re.findall(r'"([^"]*)"|([^\s,\[\]()"]+)|([\[\]()])', text[:100_000]):
        if mark and mark in "[(" and stack[-1] and isinstance(stack[-1][-1], str) and len(stack) < DEEPEST:
            inner = [stack[-1].pop().upper()]
            stack[-1].append(inner)
            stack.append(inner)
        elif mark and mark in ")]" and len(stack) > 1:
            stack.pop()
        elif not mark:
            stack[-1].append(word or quoted)
    return [each for each in top if isinstance(each, list)]


def _all(tree: list) -> list:
    for each in tree:
        if isinstance(each, list):
            yield each
            yield from _all(each)


def _unit(node: list) -> float:
    """Metres to a unit: what a system says itself, or its axes."""
    inner = [each for each in node if isinstance(each, list)]
    own = [each for each in inner if each[0] in UNITS] or [
        each for axis in inner if axis[0] in ("AXIS", "CS") for each in axis
        if isinstance(each, list) and each[0] in UNITS]
    try:
        value = float(own[0][2])
    except (IndexError, ValueError, TypeError):
        return 1.0
    return value if 1e-6 < value < 1e6 else 1.0


def _name(node: list, inner: list) -> str:
    codes = [each for part in (node, inner) for each in part
             if isinstance(each, list) and each[0] in ("AUTHORITY", "ID")]
    code = next((each[2] for each in codes if len(each) > 2 and re.fullmatch("[0-9]{1,6}", str(each[2]))), 0)
    return _both(node[1] if len(node) > 1 and isinstance(node[1], str) else "", int(code))


def _both(name: str, code: int) -> str:
    return f"{name} (EPSG:{code})" if name and code else name or (f"EPSG:{code}" if code else "")


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").strip("\0| ").split("|")[0]
