"""A film on the desk: film.toml read, its store open, one version chosen, its graph resolved."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from marrow.errors import FilmError, InputError, near
from marrow.film import film as film_file
from marrow.film import resolve, takes
from marrow.film.film import Call, Cut, Film, Laid, Shot
from marrow.film.graph import Graph
from marrow.store import Store, full_disk

FILE, STORE = "film.toml", ".marrow"


@dataclass(frozen=True)
class Desk:
    """What every verb works on.

    label    the cut's name in the record: the version, with " draft" for a draft
    """

    folder: Path
    film: Film
    cut: Cut
    store: Store
    graph: Graph
    draft: bool

    @property
    def label(self) -> str:
        """How the record calls this cut."""
        return f"{self.cut.version} draft" if self.draft else self.cut.version

    def names(self, chosen: Iterable[str] = ()) -> list[str]:
        """Names of the chosen shots and sounds, or of all in the cut; raises FilmError for one that is unknown."""
        all_names = [each.name for each in (*self.cut.shots, *self.cut.sounds)]
        known = [*all_names, *(each.name for each in self.cut.others)]
        found = [pick(name, known, self.folder) for name in chosen]
        return found or all_names


def find_folder(start: Path) -> Path:
    """The folder of film.toml: here, or the nearest above; raises FilmError when there is none."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise FilmError("film.none", path=start)


def pick(name: str, known: Iterable[str], folder: Path) -> str:
    """A shot by its name, or by a beginning that only one has ("03" for "03-妈妈")."""
    known = list(known)
    if name in known:
        return name
    begins = [each for each in known if each.startswith(name)]
    if len(begins) == 1:
        return begins[0]
    raise FilmError("shot.unknown", name=name, path=folder / FILE, choices=near(name, begins or known))


def open_store(folder: Path) -> Store:
    """The store of a film's folder."""
    with full_disk(folder):
        return Store(folder / STORE, folder)


@contextmanager
def on_desk(folder: Path, version: str | None = None, *, draft: bool = False,
            tries: dict[str, dict[str, str]] | None = None) -> Iterator[Desk]:
    """Read the film, open its store and resolve one version's graph.

    tries    shot -> step -> engine: a what-if that film.toml does not know of
    """
    folder = find_folder(folder.resolve())
    film = film_file.read(folder / FILE)
    cut = resolve.cut(film, version, draft=draft)
    if tries:
        cut = _tried(cut, tries, folder)
    with full_disk(folder), open_store(folder) as store:
        graph = Graph(film, cut, store, takes.rolls(store))
        graph.resolve()
        yield Desk(folder, film, cut, store, graph, draft)


def _tried(cut: Cut, tries: dict[str, dict[str, str]], folder: Path) -> Cut:
    parts = {each.name: each for each in (*cut.shots, *cut.sounds, *cut.others)}
    for name, engines in tries.items():
        chosen = pick(name, parts, folder)
        parts[chosen] = _with_engines(parts[chosen], engines)
    return replace(cut, **{sort: tuple(parts[each.name] for each in getattr(cut, sort))
                           for sort in ("shots", "sounds", "others")})


def _with_engines(shot: Shot | Laid, engines: dict[str, str]) -> Shot | Laid:
    from marrow.step import find

    calls: list[Call] = []
    left = set(engines)
    for call in shot.calls:
        if call.step in engines:
            left.discard(call.step)
            names = [name for name, each in find(call.step).settings.items() if each.uses]
            if not names:
                raise InputError("try.no_engine", step=call.step)
            call = replace(call, settings={**call.settings, names[0]: engines[call.step]})
        calls.append(call)
    if left:
        steps = [call.step for call in shot.calls]
        raise InputError("try.no_step", shot=shot.name, step=min(left), choices=near(min(left), steps))
    return replace(shot, calls=tuple(calls))
