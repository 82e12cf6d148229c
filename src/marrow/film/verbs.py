"""What a director can do with a film, as functions; the command line and the studio only call these.

Each takes the film's folder first and returns plain records; nothing here prints.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from marrow.errors import FilmError, InputError, MarrowError
from marrow.film import plan as planning
from marrow.film import seal as sealing
from marrow.film import takes, tidy
from marrow.film.desk import FILE, Desk, find_folder, on_desk, open_store, pick
from marrow.film.executor import Executor
from marrow.film.local import LocalExecutor
from marrow.film.make import Build, Listener, Tally, now, who
from marrow.film.screening import Screening, screen

ExecutorMaker = Callable[[Desk], Executor]


@dataclass(frozen=True)
class Made:
    """What a build did: a tally for each shot and sound, and the film."""

    version: str
    tallies: dict[str, Tally]
    screening: Screening
    seconds: float

    @property
    def errors(self) -> dict[str, MarrowError]:
        """Shots that could not be made, with the reason."""
        return {name: tally.error for name, tally in self.tallies.items() if tally.error}


def local(desk: Desk) -> Executor:
    """Processes on this machine, one per core."""
    return LocalExecutor(desk.store.home, desk.folder)


def new(folder: Path, *, title: str = "", example: bool = False) -> Path:
    """Begin a film: an empty one with a first shot, or the example; returns the path of film.toml.

    raises  InputError  when the folder holds a film already
    """
    if (folder / FILE).exists():
        raise InputError("new.exists", path=folder / FILE)
    folder.mkdir(parents=True, exist_ok=True)
    if example:
        source = _example()
        shutil.copytree(source, folder, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns(".marrow", "made", "takes", "sealed", "__pycache__"))
        return folder / FILE
    name = (title or folder.resolve().name).replace("\\", " ").replace('"', " ")
    text = Path(__file__).with_name("new.toml").read_text("utf-8")
    (folder / FILE).write_text(text.replace("片名", name), "utf-8")
    return folder / FILE


def plan(folder: Path, shots: Iterable[str] = (), *, version: str | None = None,
         draft: bool = False) -> list[planning.Planned]:
    """Which steps `make` will or may run, why, and how long they took before."""
    with on_desk(folder, version, draft=draft) as desk:
        return planning.plan(desk, _free(desk, desk.names(shots)))


def make(folder: Path, shots: Iterable[str] = (), *, version: str | None = None, draft: bool = False,
         executor: ExecutorMaker = local, listen: Callable[[Desk, list[str]], Listener] | None = None) -> Made:
    """Make what is missing, and the film. A failing step stops only what hangs on it; the film always plays.

    raises  FilmError  when the version is sealed: it stays as it is
    """
    begun = time.perf_counter()
    with on_desk(folder, version, draft=draft) as desk:
        if not draft:
            sealing.refuse_sealed(desk.store, desk.cut.version)
        tallies = _build(desk, desk.names(shots), executor, listen)
        errors = {name: tally.error for name, tally in tallies.items() if tally.error}
        with desk.store.alone():
            screening = screen(desk, errors)
        return Made(desk.cut.version, tallies, screening, time.perf_counter() - begun)


def why(folder: Path, shot: str, *, version: str | None = None) -> planning.Why:
    """The first thing that differs between a shot's last build and now, or between its last two builds."""
    with on_desk(folder, version) as desk:
        return planning.why(desk, desk.names([shot])[0])


def again(folder: Path, shot: str, *, version: str | None = None, executor: ExecutorMaker = local,
          listen: Callable[[Desk, list[str]], Listener] | None = None) -> Made:
    """Throw the dice of a shot once more: a new take, the others stay.

    raises  FilmError  when no step of the shot throws dice
    """
    with on_desk(folder, version) as desk:
        sealing.refuse_sealed(desk.store, desk.cut.version)
        name = desk.names([shot])[0]
        if not any(node.step.seeded for node in desk.graph.chains[name]):
            raise FilmError("again.no_dice", shot=name)
        roll = desk.graph.roll_of(name) + 1
        desk.store.append("again", name, roll=roll, signature=desk.graph.signatures[name], who=who(), when=now())
    return make(folder, [name], version=version, executor=executor, listen=listen)


def keep(folder: Path, shot: str, number: int, *, version: str | None = None) -> str:
    """Circle a take: the cut plays it whatever film.toml says; number 0 lets go of it. Returns the shot's name."""
    with on_desk(folder, version) as desk:
        sealing.refuse_sealed(desk.store, desk.cut.version)
        name = desk.names([shot])[0]
        take = takes.numbered(desk.store, name, number) if number else None
        desk.store.append("keep", desk.cut.version, shot=name, take=take.row() if take else None,
                          signature=desk.graph.signatures[name], who=who(), when=now())
        return name


def attempt(folder: Path, shot: str, engines: dict[str, str], *, version: str | None = None,
            executor: ExecutorMaker = local,
            listen: Callable[[Desk, list[str]], Listener] | None = None) -> tuple[takes.Take, Path]:
    """`marrow try`: what if another engine did this shot? A numbered take, without a word changed in film.toml."""
    with on_desk(folder, version, tries={shot: engines}) as desk:
        name = desk.names([shot])[0]
        tallies = _build(desk, [name], executor, listen)
        if tallies[name].error:
            raise tallies[name].error
        take = takes.number(desk.store, takes.made(desk.graph, name), desk.cut.version)
        return take, takes.lay_out(desk.store, take, desk.folder)[0]


def seal(folder: Path, version: str | None = None, *, note: str = "") -> Path:
    """Freeze a version as it was last made: its objects, its cut, its film.toml. Returns the sealed film."""
    with on_desk(folder, version) as desk:
        name = desk.cut.version
        cut = desk.store.last("cut", name)
        film = desk.folder / "made" / takes.file_name(name) / cut["film"] if cut else None
        if cut is None or not film.is_file():
            raise FilmError("seal.unmade", version=name)
        if planning.plan(desk, _free(desk, desk.names())):
            raise FilmError("seal.stale", version=name)
        files = {film.name: film, f"{film.stem}.otio": film.with_suffix(".otio"),
                 f"{film.stem}.srt": film.with_suffix(".srt"), FILE: desk.folder / FILE}
        sealing.seal(desk.store, desk.folder, name, cut={**cut}, note=note,
                     files={key: path for key, path in files.items() if path.exists()})
        return sealing.lay_out(desk.store, desk.folder, name)


def play(folder: Path, what: str | None = None, *, show: bool = True) -> Path:
    """The film of a version, or the newest take of a shot; opened in the system's player where there is a screen.

    A sealed version needs no engine, no step and no film.toml.
    """
    folder = find_folder(folder.resolve()) if not (folder / ".marrow").exists() else folder.resolve()
    with open_store(folder) as store:
        sealed = what is not None and sealing.sealed(store, what)
        path = sealing.lay_out(store, folder, what) if sealed else _made(store, folder, what)
    if show:
        _open(path)
    return path


def compare(folder: Path, left: str, right: str, shot: str | None = None) -> Path:
    """Two versions side by side in one MP4, shot by shot, their names burnt in."""
    from marrow.film.compare import compare as put_side_by_side
    from marrow.film.screening import edit_of

    edits = []
    for version in (left, right):
        with on_desk(folder, version) as desk:
            if desk.store.last("cut", desk.label) is None:
                raise FilmError("compare.unmade", version=version)
            edits.append(edit_of(desk))
            name = desk.names([shot])[0] if shot else None
            target = desk.folder / "made" / takes.file_name(f"{left} - {right}{f' {name}' if name else ''}.mp4")
    put_side_by_side(edits[0], edits[1], target, (left, right), shot=name)
    return target


def check(folder: Path, *, deep: bool = False) -> list[str]:
    """Ids of wrong objects (`deep` reads every byte), set aside so that they are made again; the film is read too."""
    with on_desk(folder) as desk:
        if not deep:
            return []
        desk.store.sweep()
        found = tidy.wrong(desk.store)
        if found:
            tidy.set_aside(desk.store, found)
        return found


def make_room(folder: Path, *, really: bool = False) -> list[tidy.Loose]:
    """`marrow tidy`: what nothing needs; removed only when asked."""
    folder = find_folder(folder.resolve())
    with open_store(folder) as store:
        store.sweep()
        found = tidy.loose(store)
        if really:
            tidy.remove(store, found, folder)
        return found


def _free(desk: Desk, names: list[str]) -> list[str]:
    """The shots and sounds that film.toml decides: those with a circled take stand as they are."""
    kept = {} if desk.draft else takes.circled(desk.store, desk.cut.version, desk.graph)
    return [name for name in names if name in desk.graph.finals and name not in kept]


def _build(desk: Desk, names: list[str], executor: ExecutorMaker,
           listen: Callable[[Desk, list[str]], Listener] | None) -> dict[str, Tally]:
    """Run the graph unless everything is known; no process starts when there is nothing to do."""
    names = _free(desk, names)
    hands = executor(desk)
    build = Build(desk.graph, hands, listen(desk, names) if listen else None)
    try:
        build.run(names)
    finally:
        hands.close()
    return build.tallies


def _made(store: object, folder: Path, what: str | None) -> Path:
    """A made film by version, or a take by shot."""
    cuts = {action["about"]: action for action in store.actions("cut")}
    version = what or (max(cuts, key=lambda name: cuts[name]["when"]) if cuts else None)
    if version in cuts:
        path = folder / "made" / takes.file_name(version) / cuts[version]["film"]
        if path.is_file():
            return path
    shots = {action["about"] for action in store.actions("take")}
    if what and shots:
        name = pick(what, shots, folder)
        take = takes.every(store, name)[-1]
        original = takes.lay_out(store, take, folder)[0]
        proxy = original.with_suffix(".mp4")
        return proxy if proxy.exists() else original
    raise FilmError("play.unmade", version=what or "")


def _open(path: Path) -> None:
    """Hand a file to the system's player; a machine without a screen has none, and then the path must do."""
    if os.name == "nt":
        os.startfile(path)  # type: ignore[attr-defined]
        return
    opener = "open" if sys.platform == "darwin" else shutil.which("xdg-open")
    if opener and (sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        subprocess.Popen([opener, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _example() -> Path:
    """The example film: beside the source, or inside an installed package."""
    for place in (Path(__file__).parents[3] / "examples" / "two_fathers", Path(__file__).with_name("two_fathers")):
        if (place / FILE).is_file():
            return place
    raise FilmError("new.no_example")
