"""One version of a film: every shot's steps with their settings merged over the levels, every input with its source.

Levels, the nearest wins: the version's table for the shot, the shot, the version, the recipe's item, [defaults],
film-wide fps and size, built-in. With `from`, a child's table wins over its parent's at the same level. A plain
length, size, fps or seed in a shot reaches every step of it that has such a setting.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from marrow import step as steps
from marrow import units
from marrow.errors import near
from marrow.film.calls import Layer, Maker, departments, slow, small
from marrow.film.film import Cut, Film, Laid, Reference, Shot, Subtitle
from marrow.film.source import Keys
from marrow.media import fits

SHOT = ("name", "recipe", "use", "length", "size", "fps", "seed", "fade", "subtitles", "label", "note", "scene")
SOUND = ("name", "recipe", "use", "seed", "shot", "from", "to", "at", "gain", "fade_in", "fade_out", "duck", "note")
MATERIAL = ("motion", "mesh", "rig", "cloud")  # results that only other shots use
VERSION = ("note", "from", "shots", "shot")


def cut(film: Film, version: str | None = None, *, draft: bool = False) -> Cut:
    """One version, resolved; a draft is small (long side at most 480) and slow (at most 12 frames a second).

    raises  MistakeError  the first mistake of this version
    """
    found = Resolver(film, version or film.version, draft=draft).cut()
    film.source.raise_first()
    return found


class Resolver:
    """Reads the tables of one version; mistakes are noted in the film's source."""

    def __init__(self, film: Film, version: str, *, draft: bool = False) -> None:
        self.film, self.source, self.version = film, film.source, version
        self.fps, self.size = _draft(film.fps, film.size) if draft else (film.fps, film.size)
        self.maker = Maker(film, fps=self.fps, size=self.size, draft=draft)

    def cut(self) -> Cut:
        """The version as a cut; where there are mistakes, what could be read."""
        if self.version not in self.film.versions:
            self.source.wrong(("versions",), "film.version", name=self.version,
                              choices=near(self.version, self.film.versions))
            return Cut(self.version, self.fps, self.size, ())
        self._check_tables()
        names = self._names()
        shots = {name: self._shot(name, keys) for name, keys in names.items() if keys[0] == "shot"}
        sounds = [self._sound(name, keys, shots) for name, keys in names.items() if keys[0] == "sound"]
        self._check_references(shots, sounds, names)
        order = self._order(list(shots), [name for name, shot in shots.items() if _shown(shot)])
        used = _reachable([shots[name] for name in order], sounds, shots)
        laid = tuple(each for each in sounds if each.start in order)
        return Cut(self.version, self.fps, self.size, tuple(shots[name] for name in order), laid,
                   tuple(shot for name, shot in shots.items() if name not in order and name in used))

    # ------------------------------------------------------------ names and order

    def _names(self) -> dict[str, Keys]:
        """Every shot and sound by name, with its place; a name twice, in any capitals, is a mistake."""
        found: dict[str, Keys] = {}
        folded: dict[str, str] = {}
        for sort in ("shot", "sound"):
            parts = self.source.get((sort,)) or []
            if not isinstance(parts, list):
                self.source.wrong((sort,), "film.brackets", name=sort, mechanical=True)
                continue
            for number, part in enumerate(parts):
                keys = (sort, number)
                name = part.get("name") if isinstance(part, dict) else None
                if not isinstance(name, str) or not name.strip():
                    self.source.wrong((*keys, "name") if name is not None else keys, "film.nameless", name=sort)
                elif name.casefold() in folded:
                    first = self.source.place((*found[folded[name.casefold()]], "name"))[0]
                    self.source.wrong((*keys, "name"), "film.twice", on="value", name=name, first=first)
                else:
                    found[name], folded[name.casefold()] = keys, name
        if not any(keys[0] == "shot" for keys in found.values()) and not self.source.mistakes:
            self.source.wrong((), "film.no_shots")
        return found

    def _order(self, shots: list[str], shown: list[str]) -> list[str]:
        """The shots of the cut; one that gives no pictures (a body, say) is there for others and not in it."""
        for keys, table in self._layers():
            if "shots" in table:
                chosen = table["shots"]
                if not isinstance(chosen, list) or not chosen or not all(isinstance(each, str) for each in chosen):
                    self.source.wrong((*keys, "shots"), "film.value", on="value", name="shots", value=chosen,
                                      example='["01", "03"]')
                    return shots
                for number, name in enumerate(chosen):
                    if name not in shots:
                        self.source.wrong((*keys, "shots", number), "film.shot", on="value", name=name,
                                          choices=near(name, shots))
                    elif name in chosen[:number]:
                        self.source.wrong((*keys, "shots", number), "film.repeated", on="value", name=name)
                    elif name not in shown:
                        self.source.wrong((*keys, "shots", number), "film.not_shown", on="value", name=name)
                return [name for name in dict.fromkeys(chosen) if name in shown]
        return shown

    @cached_property
    def _ancestry(self) -> list[str]:
        """The version and those it is built on, youngest first."""
        found: list[str] = []
        name: object = self.version
        while name is not None:
            if name in found:
                self.source.wrong(("versions", found[-1], "from"), "film.from_circle", on="value",
                                  circle=" → ".join([*found, str(name)]))
                break
            found.append(str(name))
            parent = self.source.get(("versions", name, "from"))
            if parent is not None and parent not in self.film.versions:
                self.source.wrong(("versions", name, "from"), "film.version", on="value", name=parent,
                                  choices=near(str(parent), set(self.film.versions) - set(found)))
                break
            name = parent
        return found

    def _layers(self) -> list[tuple[Keys, Mapping]]:
        """The version's tables, youngest first."""
        return [(("versions", name), self.source.table(("versions", name))) for name in self._ancestry
                if self.source.get(("versions", name)) is not None]

    def _shot_layers(self, name: str, keys: Keys) -> list[Layer]:
        """A shot's own tables, oldest first: the shot, then what the versions say of it."""
        layers = [Layer(keys, self.source.table(keys))]
        for place, table in reversed(self._layers()):
            if isinstance(table.get("shot"), dict) and name in table["shot"]:
                here = (*place, "shot", name)
                layers.append(Layer(here, self.source.table(here)))
        return layers

    # ------------------------------------------------------------ shots and sounds

    def _shot(self, name: str, keys: Keys) -> Shot:
        layers = self._shot_layers(name, keys)
        calls, _ = self.maker.calls(name, layers, self._version_layers, known=SHOT, sound=False)
        label = _last(layers, "label")
        if label is not None and not isinstance(label[1], bool):
            self.source.wrong(label[0], "film.value", on="value", name="label", value=label[1], example="true / false")
            label = None
        return Shot(name, calls, self._number(layers, "fade", _span, "1s"), self._subtitles(layers),
                    label[1] if label else None)

    def _sound(self, name: str, keys: Keys, shots: Mapping[str, Shot]) -> Laid:
        layers = self._shot_layers(name, keys)
        calls, use = self.maker.calls(name, layers, self._version_layers, known=SOUND, sound=True)
        start = _last(layers, "shot") or _last(layers, "from")
        if start is None:
            self.source.wrong(keys, "film.sound_where", name=name)
        end = _last(layers, "to")
        for each in (start, end):
            if each is not None and shots and not (isinstance(each[1], str) and each[1] in shots):
                self.source.wrong(each[0], "film.shot", on="value", name=each[1], choices=near(str(each[1]), shots))
        fades = {each: self._number(layers, each, _span, "1s") for each in ("fade_in", "fade_out")}
        return Laid(name, calls, use, str(start[1]) if start else "", self._number(layers, "at", units.seconds, "1s"),
                    str(end[1]) if end else None, self._number(layers, "gain", _decibel, "-6"),
                    duck=self._number(layers, "duck", _decibel, "6"), **fades)

    @cached_property
    def _version_layers(self) -> list[Layer]:
        """What the version says of steps everywhere, oldest first."""
        return [Layer(keys, table) for keys, table in reversed(self._layers())]

    def _number(self, layers: list[Layer], name: str, read: object, example: str) -> float:
        found = _last(layers, name)
        return self.source.value(found[0], read, 0.0, example=example) if found else 0.0

    def _subtitles(self, layers: list[Layer]) -> tuple[Subtitle, ...]:
        found = _last(layers, "subtitles")
        if found is None:
            return ()
        keys, rows = found
        example = '{ at = "1s", to = "3s", text = "…", below = "…" }'
        if not isinstance(rows, list):
            self.source.wrong(keys, "film.value", on="value", name="subtitles", value=rows, example=f"[ {example} ]")
            return ()
        lines = []
        for number, row in enumerate(rows):
            here = (*keys, number)
            if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                self.source.wrong(here, "film.value", on="value", name="subtitles", value=row, example=example)
                continue
            for name in row.keys() - {"at", "to", "text", "below"}:
                self.source.wrong((*here, name), "film.key", name=name, place="subtitles",
                                  choices=near(name, ("at", "to", "text", "below")))
            start = self.source.value((*here, "at"), _span, 0.0, example="1s")
            end = self.source.value((*here, "to"), _span, start + 3.0, example="3s")
            if end <= start:
                self.source.wrong((*here, "to"), "film.subtitle", on="value", at=row.get("at", 0), to=row["to"])
            lines.append(Subtitle(start, end, row["text"], str(row.get("below", ""))))
        return tuple(lines)

    # ------------------------------------------------------------ checks

    def _check_tables(self) -> None:
        """Unknown keys and steps in [defaults] and [versions]; a shot that no version's table can mean."""
        self.maker.check_layer(Layer(("defaults",), self.source.table(("defaults",))))
        for keys, table in self._layers():
            self.maker.check_layer(Layer(keys, {key: each for key, each in table.items() if key in departments()}))
            for key in table:
                if key not in VERSION and key not in departments():
                    self.source.wrong((*keys, key), "film.key", name=key, place=".".join(map(str, keys)),
                                      choices=near(key, (*VERSION, *departments())))
            parts = [*(self.source.get(("shot",)) or []), *(self.source.get(("sound",)) or [])]
            names = [part.get("name") for part in parts if isinstance(part, dict)]
            for name in self.source.table((*keys, "shot")) if "shot" in table else ():
                if name not in names:
                    known = [each for each in names if isinstance(each, str)]
                    self.source.wrong((*keys, "shot", name), "film.shot", name=name, choices=near(name, known))

    def _check_references(self, shots: Mapping[str, Shot], sounds: list[Laid], names: Mapping[str, Keys]) -> None:
        """References to shots that do not exist, do not fit, or go in a circle."""
        parts = {**shots, **{each.name: each for each in sounds}}
        needs: dict[str, list[str]] = {}
        for name, part in parts.items():
            for call in part.calls:
                for key, reference in call.inputs.items():
                    if reference.form == "shot":
                        here = self._reference_place(name, names[name], key, reference.value)
                        self._check_reference(here, call.step, key, reference.value, parts)
                        needs.setdefault(name, []).append(reference.value)
        try:
            TopologicalSorter(needs).prepare()
        except CycleError as error:
            circle = error.args[1]
            self.source.wrong(names[circle[0]], "film.circle", circle=" → ".join(reversed(circle)))

    def _reference_place(self, name: str, keys: Keys, key: str, wanted: str) -> Keys:
        """Where a shot, or the nearest version's table for it, asks for another shot's result."""
        layers = self._shot_layers(name, keys)
        said = [each for each in (_last(layers, "use"), _last(layers, key)) if each and each[1] == {"shot": wanted}]
        return (*said[0][0], "shot") if said else keys

    def _check_reference(self, here: Keys, step: str, key: str, wanted: str, parts: Mapping[str, Shot | Laid]) -> None:
        if wanted not in parts:
            self.source.wrong(here, "film.shot", on="value", name=wanted, choices=near(wanted, parts))
            return
        target = parts[wanted]
        if isinstance(target, Shot) and not target.calls:
            return  # what it gives is not known: its own mistake is told
        kind = steps.find(target.calls[-1].step).output if target.calls else "sound"
        needed = steps.find(step).inputs[key].kind
        if not fits(kind, needed):
            self.source.wrong(here, "film.fit", on="value", before=wanted, gives=kind, step=step, takes=needed)


def _shown(shot: Shot) -> bool:
    """Whether a shot may stand in the cut: a body, a motion or a scan is there for other shots."""
    return not shot.calls or steps.find(shot.calls[-1].step).output not in MATERIAL


def _reachable(order: list[Shot], sounds: list[Laid], shots: Mapping[str, Shot]) -> set[str]:
    stack = [*order, *sounds]
    found: set[str] = set()
    while stack:
        for call in stack.pop().calls:
            for each in _shots_in(call.inputs):
                if each in shots and each not in found:
                    found.add(each)
                    stack.append(shots[each])
    return found


def _shots_in(inputs: Mapping[str, Reference]) -> Iterator[str]:
    return (each.value for each in inputs.values() if each.form == "shot")


def _last(layers: list[Layer], name: str) -> tuple[Keys, object] | None:
    """The nearest layer's value of a key, with its place."""
    for layer in reversed(layers):
        if name in layer.table:
            return (*layer.keys, name), layer.table[name]
    return None


def _span(value: object) -> float:
    """Seconds from none to a day."""
    found = units.seconds(value)
    if not 0 <= found <= 86400:
        raise ValueError(value)
    return found


def _decibel(value: object) -> float:
    found = units.number(str(value).removesuffix("dB").strip() if isinstance(value, str) else value)
    if not -80 <= found <= 30:
        raise ValueError(value)
    return found


def _draft(fps: Fraction, size: tuple[int, int]) -> tuple[Fraction, tuple[int, int]]:
    return slow(fps), small(size)
