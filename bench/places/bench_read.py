"""Reading scans: every file of the shared material against an independent reader, and speed beside Open3D.

    python bench/places/bench_read.py [--peers VENV]

Count, bounds in the file's own numbers and colours in 8 bits are compared with laspy and pye57 called directly, and
with decoders of a few lines of struct and split that stand here. `far` is the largest distance of any point, file
units, from the same point of the other reader; float32 about an origin allows about a ten-millionth of the extent.
Then a million points in each format, made here: CPU seconds, median of three; Open3D 0.20 reads the same files.
"""

import argparse
import json
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from results import rounded, write_result

from marrow.contents import listener
from marrow.draw.axes import lowered
from marrow.draw.colour import linear, srgb
from marrow.errors import MarrowError
from marrow.media import Cloud, Source
from marrow.places import files

SCANS = HERE.parents[3] / "shared" / "material" / "scans"
COUNT = 1_000_000
PEER = """
import json, sys, time, numpy as np
import open3d as o3d
o3d.utility.set_verbosity_level(o3d.utility.VerbosityLevel.Error)
made = {"version": o3d.__version__}
for path in sys.argv[1:]:
    spent = []
    for _ in range(3):
        begun = time.process_time()
        cloud = o3d.io.read_point_cloud(path)
        spent.append(time.process_time() - begun)
    made[path] = {"s": sorted(spent)[1], "points": len(cloud.points), "colours": len(cloud.colors)}
print(json.dumps(made))
"""


def by_laspy(path):
    import laspy

    held = laspy.read(path)
    kept = ~np.asarray(held.withheld, bool)
    places = np.stack([held.X, held.Y, held.Z], 1)[kept] * held.header.scales + held.header.offsets
    if "red" not in held.point_format.dimension_names:
        return places, None
    full = np.stack([held.red, held.green, held.blue], 1)[kept].astype(float)
    scale = 1 if full.max() <= 255 else 1 / 256 if not (full % 256).any() else 255 / 65535
    return places, np.rint(full * scale)


def by_pye57(path):
    import pye57

    file, places, shades = pye57.E57(str(path)), [], []
    for number in range(file.scan_count):
        held = file.read_scan(number, colors=True, ignore_missing_fields=True)
        places.append(np.stack([held[f"cartesian{axis}"] for axis in "XYZ"], 1))
        shades.append(np.stack([held[f"color{name}"] for name in ("Red", "Green", "Blue")], 1))
    return np.concatenate(places), np.concatenate(shades)


def by_pcd(path):
    head, _, body = path.read_bytes().partition(b"DATA binary\n")
    said = {words[0]: words[1:] for words in map(str.split, head.decode().splitlines())}
    letters = {("F", "8"): "d", ("F", "4"): "f", ("U", "1"): "B", ("U", "2"): "H", ("U", "4"): "I"}
    row = "<" + "".join(letters[each] for each in zip(said["TYPE"], said["SIZE"], strict=True))
    rows = [struct.unpack_from(row, body, at * struct.calcsize(row)) for at in range(int(said["POINTS"][0]))]
    names = [each.lower() for each in said["FIELDS"]]
    columns = np.array(rows)[:, [names.index(each) for each in ("x", "y", "z", "red", "green", "blue")]]
    return columns[:, :3], columns[:, 3:]


def by_lines(path, skipped, places, shades):
    rows = np.array([[float(word) for word in line.split()] for line in path.read_text().splitlines()[skipped:]])
    return rows[:, places], rows[:, shades] if shades else None


def by_ply(path):
    head, _, body = path.read_bytes().partition(b"end_header\n")
    words = [line.split() for line in head.decode().splitlines()]
    count = next(int(each[2]) for each in words if each[:2] == ["element", "vertex"])
    if b"ascii" in head:
        return np.array([[float(each) for each in line.split()] for line in body.decode().splitlines()[:count]]), None
    kinds = {"float": "f", "double": "d", "uchar": "B", "int": "i"}
    row = "<" + "".join(kinds[each[1]] for each in words if each[0] == "property")
    rows = [struct.unpack_from(row, body, at * struct.calcsize(row))[:3] for at in range(count)]
    return np.array(rows), None


def others(path):
    if path.suffix in (".las", ".laz"):
        return "laspy", by_laspy(path)
    if path.suffix == ".e57":
        return "pye57", by_pye57(path)
    if path.suffix == ".pcd":
        return "struct", by_pcd(path)
    if path.suffix == ".ply":
        return "struct", by_ply(path)
    if path.suffix == ".pts":
        return "split", by_lines(path, 1, slice(0, 3), slice(4, 7))
    return "split", by_lines(path, 10, slice(0, 3), slice(4, 7))


def compared(path):
    begun = time.process_time()
    cloud = files.read(path)
    spent = time.process_time() - begun
    file = cloud.sources[0]
    places = lowered(cloud.origin + cloud.points.astype(float), file.axes) / file.unit
    by, (wanted, shades) = others(path)
    shades = None if shades is None or not shades.any() else shades
    row = {"file": path.name, "by": by, "points": len(places), "same_count": len(places) == len(wanted),
           "extent": float((wanted.max(0) - wanted.min(0)).max()), "far": float(np.abs(places - wanted).max()),
           "same_colours": (cloud.colours is None) == (shades is None) and (
               shades is None or bool((srgb(cloud.colours) == shades).all())),
           "unit": file.unit, "crs": file.crs, "s": spent}
    row["right"] = row["same_count"] and row["same_colours"] and row["far"] <= max(row["extent"], 1e-9) * 2**-23 + 1e-9
    return row


def outcome(path):
    try:
        return f"read: {len(files.read(path).points)} points"
    except MarrowError as error:
        return error.tell("en").splitlines()[0].replace(str(path), path.name)


def made(folder):
    """A million points of a terrain in every format; by suffix."""
    dice = np.random.default_rng(7)
    flat = dice.uniform(0, 500, (COUNT, 2))
    places = np.stack([flat[:, 0], 5 * np.sin(flat[:, 0] / 30), -flat[:, 1]], 1)
    places = (np.rint(places * 1000) / 1000).astype(np.float32)
    shades = dice.integers(0, 256, (COUNT, 3), np.uint8)
    cloud = Cloud(places, np.zeros(3), linear(shades), sources=(Source("terrain", "z"),))
    for suffix in (".ply", ".laz", ".las"):
        files.write(cloud, folder / f"a{suffix}")
    rows = lowered(places, "z")
    np.savetxt(folder / "a.xyz", rows, "%.3f")
    text = [f"{x:.3f} {y:.3f} {z:.3f} 0 {r} {g} {b}" for (x, y, z), (r, g, b) in zip(rows.tolist(), shades.tolist(),
                                                                                  strict=True)]
    (folder / "a.pts").write_text(f"{COUNT}\n" + "\n".join(text) + "\n")
    packed = (shades.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)).astype("<u4").view("<f4")
    head = (f"VERSION 0.7\nFIELDS x y z rgb\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\nWIDTH {COUNT}\nHEIGHT 1\n"
            f"VIEWPOINT 0 0 0 1 0 0 0\nPOINTS {COUNT}\nDATA binary\n").encode()
    (folder / "a.pcd").write_bytes(head + np.column_stack([rows, packed]).astype("<f4").tobytes())
    return sorted(folder.glob("a.*"))


def timed(path):
    spent = []
    for _ in range(3):
        begun = time.process_time()
        cloud = files.read(path)
        spent.append(time.process_time() - begun)
    return {"s": statistics.median(spent), "million_per_s": len(cloud.points) / 1e6 / statistics.median(spent)}


def speeds(peers):
    with tempfile.TemporaryDirectory() as folder:
        paths = made(Path(folder))
        ours = {path.suffix: timed(path) for path in paths}
        if peers:
            told = subprocess.run([f"{peers}/bin/python", "-c", PEER, *map(str, paths)], capture_output=True, text=True,
                                  check=True).stdout
            said = json.loads(told.splitlines()[-1])
            for path in paths:
                ours[path.suffix]["open3d"] = said[str(path)]
            ours["open3d"] = said["version"]
    return ours


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers")
    listener.set(lambda remark: None)
    whole = [path for path in sorted(SCANS.glob("*")) + sorted((SCANS / "registration").glob("*.ply"))
             if path.suffix in (".las", ".laz", ".e57", ".pcd", ".ply", ".pts", ".ptx")]
    for path in whole:
        files.read(path)  # compile
    figures = {"files": [compared(path) for path in whole],
               "broken": {path.name: outcome(path) for path in sorted((SCANS / "broken").iterdir())},
               "million": speeds(parser.parse_args().peers)}
    figures["all_right"] = all(row["right"] for row in figures["files"])
    for row in figures["files"]:
        print(row["file"], row["points"], "right" if row["right"] else "WRONG", f"far {row['far']:.2g}")
    print(json.dumps(rounded(figures["million"]), indent=1), figures["broken"], figures["all_right"])
    write_result("places_read", rounded(figures))


if __name__ == "__main__":
    main()
