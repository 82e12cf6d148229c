"""Takes 条 and their slates 场记板: every finished result of a shot, numbered, never overwritten.

A take is remembered in the record; its files stand in `takes/<shot>/`: the lossless original (linked to the object),
an H.264 proxy beside a picture, and the slate as JSON. All three can be deleted by hand and come back.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from marrow import forms
from marrow.errors import FilmError
from marrow.film.graph import Given, Graph, Node
from marrow.film.make import now, who
from marrow.media import SUFFIXES
from marrow.progress import progress
from marrow.store import Store, full_disk

ON_SCREEN = "video"
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


@dataclass(frozen=True)
class Take:
    """One finished result of a shot.

    keys      of the steps that made it, first to last
    frames    number of frames of a picture, else 0
    machine   True when a machine said or invented something in it
    """

    shot: str
    number: int
    object: str
    kind: str
    keys: tuple[str, ...] = ()
    frames: int = 0
    sound: bool = False
    machine: bool = False

    def row(self) -> dict:
        """As the record holds it."""
        return {"number": self.number, "object": self.object, "kind": self.kind, "keys": list(self.keys),
                "frames": self.frames, "sound": self.sound, "machine": self.machine}


def take_of(shot: str, row: Mapping) -> Take:
    """A take back from the record."""
    fields = ("number", "object", "kind", "frames", "sound", "machine")
    return Take(shot, keys=tuple(row["keys"]), **{name: row[name] for name in fields})


def every(store: Store, shot: str) -> list[Take]:
    """All takes of a shot, first to last."""
    return [take_of(shot, action) for action in store.actions("take", shot)]


def numbered(store: Store, shot: str, number: int) -> Take:
    """One take by its number; raises FilmError with the numbers that exist."""
    takes = every(store, shot)
    for take in takes:
        if take.number == number:
            return take
    raise FilmError("take.unknown", shot=shot, number=number, choices=", ".join(str(each.number) for each in takes))


def circled(store: Store, version: str, graph: Graph) -> dict[str, Take]:
    """The takes a director kept for a version, by shot; a renamed shot is known by what it is."""
    kept: dict[str, Take | None] = {}
    for action in store.actions("keep", version):
        take = take_of(action["shot"], action["take"]) if action["take"] else None
        kept[action["shot"]] = kept[action["signature"]] = take
    found = {name: kept.get(name, kept.get(signature)) for name, signature in graph.signatures.items()}
    return {name: take for name, take in found.items() if take}


def rolls(store: Store) -> dict[str, int]:
    """How often `again` re-rolled the dice of each shot, by its name and by what it is."""
    actions = store.actions("again")
    return {action[name]: action["roll"] for name in ("signature", "about") for action in actions}


def made(graph: Graph, shot: str) -> Take | None:
    """The shot's present result as an unnumbered take, or None where it is not made."""
    final = graph.finals[shot]
    if not final.object or (isinstance(final, Node) and final.error is not None):
        return None
    kind = final.kind if isinstance(final, Given) else final.made.kind
    chain = chain_of(graph, shot)
    return Take(shot, 0, final.object, kind, tuple(each.key for each in chain),
                machine=any(each.step.machine for each in chain))


def chain_of(graph: Graph, shot: str) -> list[Node]:
    """Every step behind a shot, its own and those of shots it refers to, inputs first."""
    return graph.wanted([shot])


def number(store: Store, take: Take, version: str) -> Take:
    """Give a take its number: its old one when these bytes were there before, however made, else the next."""
    known = every(store, take.shot)
    for old in known:
        if old.object == take.object:
            return replace(old, keys=take.keys, machine=take.machine)
    fresh = replace(measured(store, take), number=max((old.number for old in known), default=0) + 1)
    store.append("take", take.shot, **fresh.row(), version=version, who=who(), when=now())
    return fresh


def measured(store: Store, take: Take) -> Take:
    """A take with its length in frames and whether it has sound."""
    if take.kind != ON_SCREEN:
        return take
    video = forms.read(take.kind, store.find(take.object))
    return replace(take, frames=video.length, sound=video.sound is not None)


def lay_out(store: Store, take: Take, folder: Path) -> list[Path]:
    """Put a take's original and slate where people look; what is there already stays. See `add_proxies`.

    returns  the path of the original first
    """
    home = folder / "takes" / file_name(take.shot)
    stem = f"{take.number:03d}"
    original = home / f"{stem}{SUFFIXES.get(take.kind, '')}"
    if original.exists() and (home / f"{stem}.json").exists():
        return [original]
    with full_disk(folder):
        home.mkdir(parents=True, exist_ok=True)
        link(store.find(take.object), original)
        slate = json.dumps(slate_of(store, take), ensure_ascii=False, indent=2)
        unfinished = store.new_path(".json")
        unfinished.write_text(slate + "\n", "utf-8")
        os.replace(unfinished, home / f"{stem}.json")
    return [original]


def add_proxies(store: Store, taken: Iterable[Take], folder: Path) -> None:
    """Put an H.264 proxy beside every take that is a picture and has none, two at a time."""
    wanted = []
    for take in taken:
        original = folder / "takes" / file_name(take.shot) / f"{take.number:03d}{SUFFIXES.get(take.kind, '')}"
        if take.kind == ON_SCREEN and not original.with_suffix(".mp4").exists():
            wanted.append((original, store.new_path(".mp4")))

    def add(paths: tuple[Path, Path]) -> None:
        forms.proxy(*paths)
        os.replace(paths[1], paths[0].with_suffix(".mp4"))

    if wanted:
        with full_disk(folder), ThreadPoolExecutor(2) as threads:
            for _ in progress(threads.map(add, wanted), "film.proxies", len(wanted)):
                pass


def slate_of(store: Store, take: Take) -> dict:
    """What a take says about itself: each step with its settings, engine, inputs, time, machine, who and when."""
    steps = []
    for key in take.keys:
        known = store.made(key)
        if known:
            action = store.action(known.line)
            steps.append({"key": key, **action["identity"], "result": action["object"], "seconds": action["seconds"],
                          "machine": action["machine"], "remarks": action["remarks"], "who": action["who"],
                          "when": action["when"]})
    return {"shot": take.shot, "take": take.number, "object": take.object, "kind": take.kind, "frames": take.frames,
            "machine_made": take.machine, "steps": steps}


def link(source: Path, target: Path) -> None:
    """A second name for the same read-only bytes, or a copy where the file system has no links."""
    if target.exists():
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def file_name(name: str) -> str:
    """A shot's name as a file name on every system; names that differ stay different."""
    safe = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name).encode()[:150].decode(errors="ignore").rstrip(". ") or "_"
    if safe == name and safe.lower().partition(".")[0] not in RESERVED:
        return safe
    return f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
