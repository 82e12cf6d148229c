"""A witness withdraws: what the film made out of her words is destroyed, with everything made from that.

It outranks seals and the record: a sealed version still plays, with a card where her words were; lines of the record
that hold words are blacked out. A step whose result was destroyed says so in `marrow plan`.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from marrow.film import seal as sealing
from marrow.film.desk import STORE, open_store
from marrow.film.make import now, who
from marrow.film.takes import file_name, take_of
from marrow.store import Store, wipe
from marrow.words import say

ID = re.compile(r"[0-9a-f]{16}")
DATABASE = b"SQLite format 3\0"  # an archive of testimony looks after itself


@dataclass(frozen=True)
class Words:
    """What is looked for.

    ids      of what she said, as the slates of takes name them
    blank    blacks out her words in a text, which keeps its length in UTF-8
    found    whether a file holds her words, in any encoding
    """

    ids: frozenset[str]
    blank: Callable[[str], str]
    found: Callable[[Path], bool]


@dataclass(frozen=True)
class Made:
    """What a film made out of her words.

    objects     ids of objects, those that still exist, in order
    takes       the takes that are such objects: (shot, number)
    versions    versions whose film shows or says any of it
    sealed      of those, the sealed ones
    """

    objects: tuple[str, ...]
    takes: tuple[tuple[str, int], ...]
    versions: tuple[str, ...]
    sealed: tuple[str, ...]


def forget(folder: Path, ids: frozenset[str], blank: Callable[[str], str], found: Callable[[Path], bool], *,
           really: bool = False) -> Iterator[str]:
    """Say what a film owes to somebody's words, and destroy it if asked; entry point in `marrow.forget`.

    folder    the film's
    returns   lines for people
    test      truth: afterwards no file of the film holds her words; a sealed version plays, frame for frame as long
    """
    if not (folder / STORE / "record.jsonl").is_file():
        return
    words = Words(ids, blank, found)
    with open_store(folder) as store, store.alone():
        made = owed(store, folder, words)
        for shot, number in made.takes:
            yield say("forget.take", shot=shot, number=number)
        for version in made.versions:
            yield say("forget.sealed" if version in made.sealed else "forget.version", version=version)
        if made.objects:
            yield say("forget.objects", count=len(made.objects))
        if really:
            _destroy(store, folder, made, words)
    if really:
        for name in ("index.db", "index.db-wal", "index.db-shm"):  # made anew from the record
            (folder / STORE / name).unlink(missing_ok=True)


def owed(store: Store, folder: Path, words: Words) -> Made:
    """What was made out of her words: told by the evidence on slates, by what texts hold, and by recorded inputs."""
    history = list(store.history())
    gone = _closed(history, _seeds(store, history, words))
    takes = [(action["about"], action["number"]) for action in history
             if action["act"] == "take" and action["object"] in gone]
    cuts = {action["about"]: action for action in history if action["act"] == "cut"}
    sealed = {action["about"]: action for action in history if action["act"] == "seal"}
    versions = [version for version, cut in cuts.items()
                if _plays(cut, gone) or _written(folder / "made" / file_name(version), words)]
    frozen = [version for version, seal in sealed.items()
              if _plays(seal["cut"], gone) or any(words.found(store.path(each)) for name, each in seal["files"].items()
                                                  if not name.endswith(".mp4") and store.has(each))]
    return Made(tuple(each for each in store.every() if each in gone), tuple(dict.fromkeys(takes)),
                tuple(sorted({*versions, *frozen})), tuple(sorted(frozen)))


def _seeds(store: Store, history: Iterable[dict], words: Words) -> set[str]:
    """Objects that were told to rest on her words, or that hold them; and the user's files that do."""
    told = {action["object"] for action in history if action["act"] == "made"
            and not words.ids.isdisjoint(ID.findall(" ".join(action.get("remarks", []))))}
    held = {each for each in store.every() if words.found(store.path(each))}
    files = {digest for name, digest in store.sources().items()
             if _source(store.base / name, store.base, words)}
    return told | held | files


def _source(path: Path, folder: Path, words: Words) -> bool:
    """Whether a file of the user's, below the film's folder, holds her words."""
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        return False
    with open(path, "rb") as file:
        archive = file.read(16) == DATABASE
    return not archive and words.found(path)


def _closed(history: Iterable[dict], seeds: set[str]) -> set[str]:
    """Seeds, and everything made from them."""
    users: dict[str, set[str]] = {}
    for action in history:
        if action["act"] == "made":
            identity = action["identity"]
            for each in (*identity["inputs"].values(), *identity.get("files", {}).values()):
                users.setdefault(each, set()).add(action["object"])
    found, stack = set(), list(seeds)
    while stack:
        each = stack.pop()
        if each not in found:
            found.add(each)
            stack.extend(users.get(each, ()))
    return found


def _plays(cut: dict, gone: set[str]) -> bool:
    return any(row["object"] in gone for row in (*cut["shots"], *cut["sounds"]))


def _written(home: Path, words: Words) -> bool:
    """Whether what lies beside a made film holds her words: its subtitles are burnt into it."""
    return any(words.found(each) for each in _inside(home) if each.suffix in (".srt", ".otio"))


def _destroy(store: Store, folder: Path, made: Made, words: Words) -> None:
    """Let everything go. Seals first, which are made anew from the old film; the record last."""
    gone = set(made.objects)
    for version in made.sealed:
        gone |= _reseal(store, folder, version, gone, words)
    for path in _laid_out(store, folder, made, gone):
        wipe(path)
    for each in gone:
        store.destroy(each)
    _let_go(store, gone)
    store.append("withdraw", "", objects=sorted(gone), who=who(), when=now())
    store.redact(words.blank)
    for home in ("takes", "made", "sealed"):
        _rename(folder / home, words)


def _laid_out(store: Store, folder: Path, made: Made, gone: set[str]) -> Iterator[Path]:
    """Files of films and takes that go, outside the store and in its side rooms."""
    for version in made.versions:
        yield from _inside(folder / "made" / file_name(version))
        yield from (each for each in (folder / "made").glob("*.mp4") if version in each.stem)  # side by side
    for shot, number in made.takes:
        yield from (folder / "takes" / file_name(shot)).glob(f"{number:03d}.*")
    for room in ("draft", "wrong"):
        yield from (each for each in _inside(store.home / room) if any(one.startswith(each.stem) for one in gone))


def _reseal(store: Store, folder: Path, version: str, gone: set[str], words: Words) -> set[str]:
    """Seal a version anew, a card in place of what was destroyed; returns the objects of the old seal."""
    from marrow.film.slating import slated

    action = store.last("seal", version)
    lost = {row["shot"] for row in (*action["cut"]["shots"], *action["cut"]["sounds"]) if row["object"] in gone}
    old = {name: store.path(each) for name, each in action["files"].items()}
    made = slated(old, lost, words.blank, words.found, store.new_path)
    files = {name: store.put(path) for name, path in made.items()}
    for path in _inside(folder / "sealed" / file_name(version)):
        wipe(path)
    facts = {name: action[name] for name in ("cut", "note")}
    store.append("seal", version, files=files, **facts, withdrawn=True, who=who(), when=now())
    sealing.lay_out(store, folder, version)
    wipe(folder / "sealed" / file_name(version) / "cut.json")  # comes back from the record
    return set(action["files"].values()) - set(files.values())


def _let_go(store: Store, gone: set[str]) -> None:
    """Circled takes that are destroyed are circled no longer."""
    kept = {(action["about"], action["shot"]): action for action in store.actions("keep")}
    for (version, shot), action in kept.items():
        if action["take"] and take_of(shot, action["take"]).object in gone:
            store.append("keep", version, shot=shot, take=None, signature=action["signature"], who=who(), when=now())


def _rename(home: Path, words: Words) -> None:
    """Folders and files that are called by her words get names without them; slates that hold them come back anew."""
    for folder, _, names in os.walk(home, topdown=False):
        for path in [*(Path(folder) / name for name in names), Path(folder)]:
            if path.suffix == ".json" and path.is_file() and words.found(path):
                wipe(path)
            elif path != home and words.blank(path.name) != path.name:
                path.rename(path.with_name(words.blank(path.name)))


def _inside(home: Path) -> list[Path]:
    return sorted(each for each in home.iterdir() if each.is_file()) if home.is_dir() else []
