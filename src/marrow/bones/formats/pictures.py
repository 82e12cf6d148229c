"""Textures that a mesh file names: inside it, or beside it in its own folder and nowhere else."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

KEPT = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
LARGEST = 200_000_000   # bytes of one texture
ROOMS = ("", "textures", "Textures", "texture", "tex", "maps", "images")


def picture(said: Iterable[str], inside: bytes | None, path: Path) -> bytes | None:
    """A texture as PNG, JPEG or WebP bytes; None where it is not to be found or no picture.

    said      where the file says that it is, in any way of writing paths; only the folder of `path` is searched
    inside    its bytes, where the file holds them
    """
    if not inside:
        found = next(_found(said, path), None)
        inside = found.read_bytes() if found else None
    return _usual(inside) if inside else None


def _found(said: Iterable[str], path: Path) -> Iterator[Path]:
    folder = path.parent.resolve()
    for each in said:
        pure = PurePosixPath(each.replace("\\", "/"))
        tails = [PurePosixPath(*pure.parts[-many:]) for many in (2, 1) if len(pure.parts) >= many]
        relative = [] if pure.is_absolute() or ":" in pure.parts[0] else [pure]
        for tail in [*relative, *tails]:
            for room in (*ROOMS, f"{path.stem}.fbm"):
                wanted = _inside(folder, room, tail)
                if wanted:
                    yield wanted


def _inside(folder: Path, room: str, tail: PurePosixPath) -> Path | None:
    try:
        wanted = (folder / room / tail).resolve()
        fits = wanted.is_relative_to(folder) and wanted.is_file() and 0 < wanted.stat().st_size <= LARGEST
    except (OSError, ValueError):
        return None
    return wanted if fits else None


def _usual(content: bytes) -> bytes | None:
    """The same picture in a coding that every reader knows."""
    if content.startswith(KEPT):
        return content
    from PIL import Image

    made = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content)) as found:
            seen_through = "A" in found.getbands() or "transparency" in found.info
            found.convert("RGBA" if seen_through else "RGB").save(made, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError):
        return None
    return made.getvalue()
