"""Sealed versions: the objects, the cut and film.toml frozen, playable on a machine with no engine installed."""

import json
import shutil
from pathlib import Path

from marrow.errors import FilmError
from marrow.film.make import now, who
from marrow.film.takes import file_name
from marrow.store import Store, file_digest, full_disk


def seal(store: Store, folder: Path, version: str, *, cut: dict, files: dict[str, Path], note: str) -> dict:
    """Freeze a version; `files` are its film, cut, subtitles and film.toml by their name in `sealed/<version>/`.

    raises  FilmError  when it is sealed already: a sealed version never changes
    """
    if store.last("seal", version):
        raise FilmError("seal.twice", version=version)
    objects = {}
    for name, path in files.items():
        unfinished = store.new_path()
        with full_disk(folder):
            shutil.copyfile(path, unfinished)
            objects[name] = store.put(unfinished)
    store.append("seal", version, files=objects, cut=cut, note=note, who=who(), when=now())
    lay_out(store, folder, version)
    return store.last("seal", version)


def sealed(store: Store, version: str) -> dict | None:
    """The seal of a version, or None."""
    return store.last("seal", version)


def refuse_sealed(store: Store, version: str) -> None:
    """Raise FilmError for a sealed version: it stays as it is."""
    if store.last("seal", version):
        raise FilmError("seal.closed", version=version)


def lay_out(store: Store, folder: Path, version: str) -> Path:
    """Put a sealed version's files into `sealed/<version>/`; one that was changed by hand is put right.

    returns  the path of the film
    raises   FilmError  when its bytes are no longer in the store
    """
    action = store.last("seal", version)
    home = folder / "sealed" / file_name(version)
    with full_disk(folder):
        home.mkdir(parents=True, exist_ok=True)
        for name, digest in action["files"].items():
            target = home / name
            if not target.exists() or file_digest(target) != digest:
                target.unlink(missing_ok=True)
                shutil.copyfile(store.find(digest), target)  # a copy: whoever edits it does not edit the object
        slate = home / "cut.json"
        if not slate.exists():
            slate.write_text(json.dumps(action["cut"], ensure_ascii=False, indent=2) + "\n", "utf-8")
    return home / next(name for name in action["files"] if name.endswith(".mp4"))
