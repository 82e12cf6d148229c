"""From a shot's tables to its calls: recipe, merged settings, inputs."""

import json
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from marrow import step as steps
from marrow.errors import InputError, MarrowError, near
from marrow.film import syntax
from marrow.film.film import Call, Film, Reference
from marrow.film.source import Keys
from marrow.media import fits
from marrow.step import Step

SLOW, SMALL = 12, 480  # a draft's frames per second and long side
COMMON = ("length", "size", "fps", "seed")
BY_SUFFIX = {
    "frames.still": ".png .jpg .jpeg .webp .tif .tiff .bmp",
    "frames.video": ".mp4 .mov .mkv .avi .webm .m4v .mts .m2ts .mxf .mpg .mpeg .wmv .3gp .flv .ts .gif",
    "bones.figure": ".bvh .glb .gltf .fbx .vrm .vrma .vmd .usd .usda .usdc .usdz .blend .abc .npz .npy .pkl .pt .pth "
                    ".json",
    "bones.turntable": ".obj .stl", "frames.title": ".txt",
    "places.fly": ".ply .las .laz .e57 .pcd .ptx .pts .xyz .asc .csv .splat .spz .place",
}


@dataclass(frozen=True)
class Layer:
    """A table of the film with its place."""

    keys: Keys
    table: Mapping


@cache
def departments() -> tuple[str, ...]:
    """First words of all installed steps: keys that hold settings."""
    return tuple(sorted({name.partition(".")[0] for name in steps.names()}))


def _every_input() -> set[str]:
    """Inputs of all installed steps that can be imported."""
    found: set[str] = set()
    for name in steps.names():
        try:
            found |= steps.find(name).inputs.keys()
        except MarrowError:
            continue
    return found


def _heading(keys: Keys) -> str:
    """The heading a table stands under, as film.toml spells it."""
    if keys[0] in ("shot", "sound"):
        return f"[[{keys[0]}]]"
    return "[" + ".".join(syntax.quoted(str(key)) for key in keys) + "]"


class Maker:
    """Makes calls for the shots of one version; equal settings are checked once."""

    def __init__(self, film: Film, *, fps: Fraction, size: tuple[int, int], draft: bool) -> None:
        self.film, self.source = film, film.source
        self.fps, self.size, self.draft = fps, size, draft
        self._chosen: dict[tuple[str, str], Mapping] = {}
        self._there: dict[str, bool] = {}
        self._defaults = Layer(("defaults",), self.source.table(("defaults",)))

    def calls(self, name: str, layers: list[Layer], version: list[Layer], *, known: tuple[str, ...],
              sound: bool) -> tuple[tuple[Call, ...], Reference | None]:
        """The calls of a shot or sound, and for a sound without steps the file itself.

        layers   its own tables, oldest first
        version  the version's tables, oldest first
        known    keys that are not inputs or settings
        """
        merged = {key: (*layer.keys, key) for layer in layers for key in layer.table}
        mistakes = len(self.source.mistakes)
        items = self._items(merged, sound=sound)
        unclear = len(self.source.mistakes) > mistakes
        if items is None:
            use = self._reference(merged["use"], "sound") if sound and "use" in merged else None
            return (), use
        made, before = [], None
        taken: set[str] = set()
        for number, (step, item) in enumerate(items):
            inputs = self._inputs(step, merged, first=number == 0)
            taken |= set(step.inputs)
            if number and not self._fit(before, step, merged):
                break
            made.append(Call(step.name, self._settings(step, item, layers, version), inputs))
            before = step
        if unclear:  # what its steps are: only what no step at all knows is a mistake
            self._check_keys(layers, known, _every_input(), None)
        else:
            self._check_keys(layers, known, taken, [step.name for step, _ in items])
        if sound and made and before.output != "sound":
            self.source.wrong(merged["recipe"], "film.fit", on="value", before=before.name, gives=before.output,
                              step=name, takes="sound")
        return tuple(made), None

    # ------------------------------------------------------------ recipe

    def _items(self, merged: Mapping[str, Keys], *, sound: bool) -> list[tuple[Step, Layer]] | None:
        """The recipe's steps with their own settings; None for a sound that is only a file."""
        if "recipe" in merged:
            layers = self._recipe(merged["recipe"])
        elif sound:
            if "use" not in merged:
                self.source.wrong(next(iter(merged.values()))[:-1], "film.no_use")
            return None
        else:
            layers = self._by_use(merged)
        found = []
        for layer in layers:
            step = self._step(layer)
            if step is None:
                break
            found.append((step, layer))
        return found

    def _recipe(self, keys: Keys) -> list[Layer]:
        said = self.source.get(keys)
        if isinstance(said, str):
            recipes = self.source.table(("recipes",))
            if said in recipes:
                return self._listed(("recipes", said), recipes[said])
            if said in steps.names():
                return [Layer(keys, {"step": said})]
            self.source.wrong(keys, "film.recipe", on="value", name=said,
                              choices=near(said, [*recipes, *steps.names()]))
            return []
        return self._listed(keys, said)

    def _listed(self, keys: Keys, said: object) -> list[Layer]:
        if isinstance(said, str):
            said = [said]
        good = isinstance(said, list) and said
        good = good and all(isinstance(each, str) or (isinstance(each, dict) and "step" in each) for each in said)
        if not good:
            self.source.wrong(keys, "film.value", on="value", name=keys[-1], value=said, example='["frames.still"]')
            return []
        return [Layer((*keys, number), {"step": each} if isinstance(each, str) else each)
                for number, each in enumerate(said)]

    def _by_use(self, merged: Mapping[str, Keys]) -> list[Layer]:
        """A recipe of one step, chosen by the kind of file."""
        if "use" not in merged:
            if "text" in merged:
                return [Layer(merged["text"], {"step": "frames.title"})]
            self.source.wrong(next(iter(merged.values()))[:-1], "film.no_use")
            return []
        said = self.source.get(merged["use"])
        path = said.get("file", "") if isinstance(said, dict) else str(said)
        suffix = Path(path).suffix.lower()
        for step, some in BY_SUFFIX.items():
            if suffix in some.split():
                return [Layer(merged["use"], {"step": step})]
        every = " ".join(BY_SUFFIX.values())
        self.source.wrong(merged["use"], "film.suffix", on="value", name=path or said, choices=every)
        return []

    def _step(self, layer: Layer) -> Step | None:
        name = layer.table["step"]
        if name not in steps.names():
            self.source.wrong(layer.keys, "film.step", on="value", name=name, choices=near(str(name), steps.names()))
            return None
        try:
            return steps.find(name)
        except MarrowError as error:
            self.source.wrong(layer.keys, error.key, on="value", **error.facts)
            return None

    def _fit(self, before: Step, step: Step, merged: Mapping[str, Keys]) -> bool:
        first = next(iter(step.inputs.values()), None)
        if first is not None and fits(before.output, first.kind):
            return True
        keys = merged.get("recipe", ())
        self.source.wrong(keys, "film.fit", on="value", before=before.name, gives=before.output, step=step.name,
                          takes=first.kind if first else "–")
        return False

    # ------------------------------------------------------------ settings

    def _settings(self, step: Step, item: Layer, layers: list[Layer], version: list[Layer]) -> Mapping[str, object]:
        said: dict[str, tuple[Keys, object]] = {}
        wide = {"fps": self.fps, "size": self.size}
        said.update({name: ((), value) for name, value in wide.items() if name in step.settings})
        self._lay(said, step, self._defaults)
        said.update({name: ((*item.keys, name), value) for name, value in item.table.items() if name != "step"
                     and item.keys[0] in ("recipes", "shot", "sound", "versions")})
        for layer in version:
            self._lay(said, step, layer)
        for layer in layers:
            for name in COMMON:
                if name in layer.table and name in step.settings:
                    said[name] = (*layer.keys, name), layer.table[name]
            self._lay(said, step, layer)
        return self._checked(step, said)

    @staticmethod
    def _lay(said: dict[str, tuple[Keys, object]], step: Step, layer: Layer) -> None:
        department, verb = step.name.split(".", 1)
        table = layer.table.get(department)
        table = table.get(verb) if isinstance(table, dict) else None
        if isinstance(table, dict):
            said.update({name: ((*layer.keys, department, verb, name), value) for name, value in table.items()})

    def _checked(self, step: Step, said: Mapping[str, tuple[Keys, object]]) -> Mapping[str, object]:
        values = {name: value for name, (_, value) in said.items()}
        text = (step.name, repr(sorted(values.items(), key=lambda pair: pair[0])))
        if text not in self._chosen:
            self._chosen[text] = self._check_each(step, said)
        return self._chosen[text]

    def _check_each(self, step: Step, said: Mapping[str, tuple[Keys, object]]) -> Mapping[str, object]:
        good = {}
        for name, (keys, value) in said.items():
            try:
                step.chosen({name: value})
            except InputError as error:
                on = "key" if error.key == "setting.unknown" else "value"
                self.source.wrong(keys, error.key, on=on, **error.facts)
            else:
                good[name] = value
        chosen = step.chosen(good)
        self._check_files(step, chosen, said)
        return self._drafted(step, chosen) if self.draft else chosen

    def _check_files(self, step: Step, chosen: Mapping[str, object], said: Mapping[str, tuple[Keys, object]]) -> None:
        """Engines exist, and files that settings name are there."""
        from marrow import engine

        for name, setting in step.settings.items():
            path = str(chosen[name]) if setting.data else ""
            if setting.uses:
                engine_name, path = engine.split(str(chosen[name]))
                if engine_name not in engine.names(setting.uses):
                    self.source.wrong(said[name][0] if name in said else (), "engine.unknown", on="value",
                                      task=setting.uses, name=engine_name,
                                      choices=near(engine_name, engine.names(setting.uses)))
            if path and name in said:
                self._check_file(said[name][0], path)

    def _drafted(self, step: Step, chosen: Mapping[str, object]) -> Mapping[str, object]:
        changed = dict(chosen)
        if isinstance(chosen.get("size"), tuple):
            changed["size"] = small(chosen["size"])
        if isinstance(chosen.get("fps"), Fraction):
            changed["fps"] = min(slow(chosen["fps"]), self.fps)
        return changed

    def check_layer(self, layer: Layer) -> None:
        """Every step that a table of settings names exists, and has the settings."""
        for department, verbs in layer.table.items():
            if department not in departments():
                self.source.wrong((*layer.keys, department), "film.step", name=department,
                                  choices=near(str(department), steps.names()))
            elif isinstance(verbs, dict):
                self._check_verbs((*layer.keys, department), department, verbs)
            else:
                self.source.wrong((*layer.keys, department), "film.table", name=department)

    def _check_verbs(self, keys: Keys, department: str, verbs: Mapping) -> None:
        for verb, table in verbs.items():
            name = f"{department}.{verb}"
            if name not in steps.names():
                self.source.wrong((*keys, verb), "film.step", name=name, choices=near(name, steps.names()))
            elif not isinstance(table, dict):
                self.source.wrong((*keys, verb), "film.table", name=name)
            else:
                step = self._step(Layer((*keys, verb), {"step": name}))
                if step:
                    self._check_each(step, {each: ((*keys, verb, each), value) for each, value in table.items()})

    def _check_keys(self, layers: list[Layer], known: tuple[str, ...], inputs: set[str],
                    used: list[str] | None) -> None:
        """Keys of a shot that mean nothing, and settings of steps that are not in its recipe."""
        for layer in layers:
            for key, value in layer.table.items():
                if key in departments() and isinstance(value, dict):
                    self._check_used((*layer.keys, key), value, used)
                elif key in ("title", "version", "loudness") and key not in inputs:
                    self.source.wrong((*layer.keys, key), "film.top", name=key, place=_heading(layer.keys))
                elif key not in known and key not in inputs and (owner := _owner(key, used or ())):
                    self.source.wrong((*layer.keys, key), "film.setting", name=key, step=owner,
                                      value=json.dumps(value, ensure_ascii=False, default=str))
                elif key not in known and key not in inputs:
                    choices = near(str(key), {*known, *inputs, *departments()})
                    self.source.wrong((*layer.keys, key), "film.key", name=key, place=_heading(layer.keys),
                                      choices=choices)

    def _check_used(self, keys: Keys, verbs: Mapping, used: list[str] | None) -> None:
        for verb in verbs:
            name = f"{keys[-1]}.{verb}"
            if used is not None and name not in used:
                self.source.wrong((*keys, verb), "film.not_in_recipe", name=name, choices=near(name, used))

    # ------------------------------------------------------------ inputs

    def _inputs(self, step: Step, merged: Mapping[str, Keys], *, first: bool) -> Mapping[str, Reference]:
        found: dict[str, Reference] = {}
        for number, (name, given) in enumerate(step.inputs.items()):
            keys = merged.get(name)
            if number == 0 and first:
                if keys is not None and merged.get("use", ())[:-1] == keys[:-1] and name != "use":
                    self.source.wrong(keys, "film.both", name=name, step=step.name)
                keys = merged.get("use", keys)
            elif number == 0:
                continue
            if keys is not None:
                reference = self._reference(keys, given.kind, use=keys[-1] == "use")
                if reference is not None:
                    found[name] = reference
            elif not given.optional:
                self.source.wrong(next(iter(merged.values()))[:-1], "film.input", step=step.name, name=name,
                                  kind=given.kind)
        return found

    def _reference(self, keys: Keys, kind: str, *, use: bool = False) -> Reference | None:
        said = self.source.get(keys)
        form = "words" if kind == "text" and not use else "person" if kind == "person" else "file"
        if isinstance(said, dict) and len(said) == 1 and next(iter(said)) in ("file", "shot", "words"):
            form, said = next(iter(said.items()))
            keys = (*keys, form)
        if not isinstance(said, str) or (form == "file" and not said):
            self.source.wrong(keys, "film.value", on="value", name=keys[-1], value=said,
                              example='"…" / { file = "…" } / { shot = "…" }')
            return None
        if form == "person" and said not in self.film.people:
            self.source.wrong(keys, "film.person", on="value", name=said, choices=near(said, self.film.people))
            return None
        if form == "file" and not self._check_file(keys, said):
            return None
        return Reference(form, said)

    def _check_file(self, keys: Keys, path: str) -> bool:
        if path not in self._there:
            self._there[path] = os.path.isfile(os.path.join(self.film.folder, path))
        if not self._there[path]:
            self._missing(keys, path)
        return self._there[path]

    def _missing(self, keys: Keys, path: str) -> None:
        """Why a path is no file: a folder, a Windows path read as something else, a slip of the pen, or not there."""
        full = Path(self.film.folder, path)
        near_by = nearest_file(full)
        better = self._slashed(keys) if any(ord(mark) < 32 for mark in path) else ""
        if better:
            self.source.wrong(keys, "film.slashes", on="value", better=better, mechanical=True)
        elif os.path.isdir(full):
            self.source.wrong(keys, "film.folder", on="value", name=path)
        elif near_by:
            self.source.wrong(keys, "film.file", on="value", name=path, choices=near_by)
        else:
            self.source.wrong(keys, "film.no_file", on="value", name=path, folder=self.film.folder)

    def _slashed(self, keys: Keys) -> str:
        """The line of a path with plain slashes; empty where there is no backslash to blame."""
        line, column = self.source.place(keys, "value")
        stands = self.source.text.split("\n")[line - 1]
        better = syntax.slashed(stands, column)
        return better.strip() if better != stands else ""


def _owner(setting: str, used: Iterable[str]) -> str:
    """The first of some steps that has a setting, or nothing."""
    return next((name for name in used if setting in steps.find(name).settings), "")


def nearest_file(wanted: Path) -> str:
    """The file most like a missing one: another case, another Unicode form, a slip of the pen."""
    from difflib import get_close_matches

    try:
        names = {_folded(name): name for name in _names(wanted.parent)}
    except (OSError, ValueError):  # no such folder, not ours to read, or no path at all
        return ""
    same = names.get(_folded(wanted.name))
    close = [same] if same else [names[each] for each in get_close_matches(_folded(wanted.name), names, 1, 0.5)]
    return close[0] if close else ""


def _names(folder: Path) -> Iterator[str]:
    return (each.name for each in sorted(folder.iterdir()) if os.path.isfile(each) and each.name != "film.toml")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def slow(fps: Fraction) -> Fraction:
    """A draft's rate: divided by the least whole number that brings it to 12 or below."""
    return fps / max(1, -(-fps // SLOW))


def small(size: tuple[int, int]) -> tuple[int, int]:
    """A draft's size: the long side at most 480, both sides even, the shape kept."""
    scale = min(Fraction(1), Fraction(SMALL, max(size)))
    width, height = (max(16, 2 * round(side * scale / 2)) for side in size)
    return width, height
