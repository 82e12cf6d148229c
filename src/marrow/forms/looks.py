"""What a file looks like by its first bytes, so that a wrong file is called by its right name."""

from pathlib import Path

from marrow.errors import InputError

HEADS = ((b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"GIF8", "gif"), (b"BM", "picture"),
         (b"II*\0", "picture"), (b"MM\0*", "picture"), (b"\x1aE\xdf\xa3", "video"), (b"fLaC", "sound"),
         (b"ID3", "sound"), (b"OggS", "sound"), (b"ply\n", "ply"), (b"ply\r", "ply"), (b"LASF", "scan"),
         (b"ASTM-E57", "scan"), (b"# .PCD", "scan"),
         (b"Kaydara", "scene3d"), (b"glTF", "scene3d"), (b"; FBX", "scene3d"),
         (b"%PDF", "pdf"), (b"\xd0\xcf\x11\xe0", "document"),
         (b"SQLite format 3\0", "database"), (b"PK\x03\x04", "archive"), (b"\x1f\x8b", "archive"), (b"Rar!", "archive"),
         (b"7z\xbc\xaf", "archive"), (b"\x7fELF", "program"), (b"MZ", "program"))

OWN = {"picture": ("photo",), "gif": ("footage",), "video": ("video", "footage"), "sound": ("sound",),
       "ply": ("cloud", "mesh"), "scan": ("cloud", "mesh"), "database": ("testimony",),
       "bvh": ("motion",), "text": ("cloud", "mesh")}


def look(path: Path) -> str:
    """What a file looks like, in one word: picture, video, sound, ply, scan, bvh, text and so on."""
    with open(path, "rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04") and (b"[Content_Types].xml" in head or b"opendocument" in head[:200]):
        return "document"
    for start, name in HEADS:
        if head.startswith(start):
            return name
    if head[:4] == b"RIFF":
        return {b"WAVE": "sound", b"AVI ": "video", b"WEBP": "picture"}.get(head[8:12], "unknown")
    if head[4:8] == b"ftyp":
        return {b"M4A ": "sound", b"heic": "picture", b"mif1": "picture", b"avif": "picture"}.get(head[8:12], "video")
    if b"HIERARCHY" in head[:200].upper():
        return "bvh"
    return _words(head)


def _words(head: bytes) -> str:
    if b"\0" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return "unknown"
    first = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if first in (b"{", b"["):
        return "json"
    return "markup" if first == b"<" else "text"


def unfit(path: Path, kind: str, choices: str) -> InputError:
    """The error for a suffix that is not read as a kind: a file of another kind by its right name, else what to try."""
    looks = look(path)
    known = looks not in ("unknown", "json", "markup") and kind not in OWN.get(looks, ())
    return wrong_kind(path, kind) if known else InputError("file.suffix", path=path, kind=kind, choices=choices)


def wrong_kind(path: Path, kind: str) -> InputError:
    """The error for a file that is not what it is taken for: says what it looks like and what to do with that."""
    return InputError(f"file.looks_{look(path)}", path=path, kind=kind)
