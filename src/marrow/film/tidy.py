"""Making room: objects that no sealed version, cut, kept take or recent take needs; and looking after the store."""

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from marrow.film import takes
from marrow.film.takes import take_of
from marrow.store import Store, file_digest

RECENT = 3  # takes of each shot that stay whether or not anything uses them


@dataclass(frozen=True)
class Loose:
    """An object that nothing needs, and its size in bytes."""

    object: str
    size: int


def loose(store: Store, *, keep: int = RECENT) -> list[Loose]:
    """Objects that could go: not in a seal, in the newest cut of a version, circled, or among the last takes."""
    needed = _needed(store, keep)
    return [Loose(each, store.path(each).stat().st_size) for each in store.every() if each not in needed]


def remove(store: Store, found: list[Loose], folder: Path) -> None:
    """Delete objects, and the take files that are links to them. The record keeps every line."""
    gone = {each.object for each in found}
    for action in store.actions("take"):
        if action["object"] in gone:
            take = take_of(action["about"], action)
            for path in (folder / "takes" / takes.file_name(take.shot)).glob(f"{take.number:03d}.*"):
                path.unlink()
    for each in found:
        path = store.path(each.object)
        os.chmod(path, 0o644)
        path.unlink()


def wrong(store: Store) -> list[str]:
    """Ids of objects whose bytes are not what their name says (reads every byte)."""
    return [each for each in store.every() if file_digest(store.path(each)) != each]


def set_aside(store: Store, found: list[str]) -> Path:
    """Move wrong objects out of the way, so that they are made again; nothing is deleted."""
    aside = store.home / "wrong"
    aside.mkdir(exist_ok=True)
    for each in found:
        os.replace(store.path(each), aside / each)
    return aside


def _needed(store: Store, keep: int) -> set[str]:
    needed: set[str] = set()
    keys: set[str] = set()
    for action in store.actions("seal"):
        needed.update(action["files"].values())
        needed.update(row["object"] for row in action["cut"]["shots"] + action["cut"]["sounds"])
    newest = {action["about"]: action for action in store.actions("cut")}
    for action in newest.values():
        for row in (*action["shots"], *action["sounds"]):
            needed.add(row["object"])
            keys.update(row["keys"])
    shots: dict[str, list[dict]] = defaultdict(list)
    for action in store.actions("take"):
        shots[action["about"]].append(action)
    needed.update(action["take"]["object"] for action in store.actions("keep") if action["take"])
    for rows in shots.values():
        needed.update(row["object"] for row in rows[-keep:])
    for key in keys:
        known = store.made(key)
        if known:
            needed.add(known.object)
            needed.update(store.action(known.line)["identity"]["inputs"].values())
            needed.update(store.action(known.line)["identity"].get("files", {}).values())
    return needed
