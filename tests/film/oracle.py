"""Random edits of a film, and an independent account of which steps each must run.

The oracle knows nothing of keys, hashes or the store: it computes every step's words itself and remembers which
(step, words in, settings, engine, model) it has seen. A build must run the unseen ones, once each, and no other.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

STEPS = {"clean": ("strength", [1.0, 2.0, 3.0]), "animate": ("speed", [1.0, 2.0, 3.0]),
         "render": ("samples", [4, 8, 16]), "grade": ("warmth", [0.0, 0.2, 0.8, 1.2])}
BUILT_IN = {"clean": 1.0, "animate": 1.0, "render": 4, "grade": 0.0}


@dataclass
class Shot:
    name: str
    source: str
    recipe: tuple[str, ...]
    own: dict = field(default_factory=dict)


@dataclass
class Film:
    """What film.toml and the folder say, as plain values."""

    shots: list[Shot]
    sources: dict[str, str]
    models: dict[str, str]
    defaults: dict = field(default_factory=dict)
    versions: dict = field(default_factory=lambda: {"v1": {}, "v2": {}})
    version_shots: dict = field(default_factory=lambda: {"v1": {}, "v2": {}})
    engines: dict = field(default_factory=dict)
    version: str = "v1"
    comment: str = ""
    model_names: dict = field(default_factory=lambda: {step: f"model_{step}.txt" for step in STEPS})

    def setting(self, shot: Shot, step: str) -> object:
        """The nearest level, worked out the long way round."""
        line = ["v2", "v1"] if self.version == "v2" else ["v1"]
        for version in line:
            if step in self.version_shots[version].get(shot.name, {}):
                return self.version_shots[version][shot.name][step]
        if step in shot.own:
            return shot.own[step]
        for version in line:
            if step in self.versions[version]:
                return self.versions[version][step]
        return self.defaults.get(step, BUILT_IN[step])

    def needed(self) -> list[tuple]:
        """Everything that this film hangs on, as (step, words in, setting, model or None)."""
        found = []
        for shot in self.shots:
            text = self.sources[shot.source]
            for step in shot.recipe:
                value = self.setting(shot, step)
                model = self.models[step].strip() if self.engines.get(step) == "model" else None
                found.append((step, text, value, model))
                text = _words(step, text, value, model)
        return found

    def write(self, folder: Path, dice: random.Random) -> None:
        """The film as files, keys in any order, with blanks and comments."""
        for name, content in self.sources.items():
            _write(folder / name, content)
        for step, content in self.models.items():
            _write(folder / self.model_names[step], content)
        lines = [f"# {self.comment}", 'title = "题"', "fps = 24", 'size = "64x36"', f'version = "{self.version}"', ""]
        rows = [f"stub.{step} = {{ {self._default(step)} }}" for step in STEPS if self._default(step)]
        dice.shuffle(rows)
        lines += ["[defaults]", *rows, ""]
        for shot in self.shots:
            recipe = ", ".join(f'"stub.{step}"' for step in shot.recipe)
            keys = [f'name = "{shot.name}"', f'use = "{shot.source}"', f"recipe = [{recipe}]",
                    *(f"stub.{step} = {{ {STEPS[step][0]} = {value} }}" for step, value in shot.own.items()
                      if step in shot.recipe)]
            dice.shuffle(keys)
            lines += ["[[shot]]", *keys, ""]
        for version in ("v1", "v2"):
            lines.append(f"[versions.{version}]")
            lines += ['from = "v1"'] if version == "v2" else []
            lines += [f"stub.{step} = {{ {STEPS[step][0]} = {value} }}" for step, value in
                      self.versions[version].items()]
            for shot in self.shots:
                own = {step: value for step, value in self.version_shots[version].get(shot.name, {}).items()
                       if step in shot.recipe}
                if own:
                    lines += [f'[versions.{version}.shot."{shot.name}"]',
                              *(f"stub.{step} = {{ {STEPS[step][0]} = {value} }}" for step, value in own.items())]
        (folder / "film.toml").write_text("\n".join(lines) + "\n", "utf-8")

    def _default(self, step: str) -> str:
        parts = [f"{STEPS[step][0]} = {self.defaults[step]}"] if step in self.defaults else []
        if self.engines.get(step) == "model":
            parts.append(f'engine = "model:{self.model_names[step]}"')
        return ", ".join(parts)


def first_film(shots: int = 6) -> Film:
    """A film of a few shots."""
    names = [f"镜{number}" for number in range(shots)]
    return Film([Shot(name, f"{number}.txt", tuple(STEPS)) for number, name in enumerate(names)],
                {f"{number}.txt": f"shot {number % 4} words" for number in range(shots)},
                {step: f"{step} v1\n" for step in STEPS})


def edit(film: Film, dice: random.Random) -> str:
    """Change one thing, as a director would; returns its name."""
    kind = dice.choice(["comment", "rename", "order", "default", "own", "version setting", "version shot", "source",
                        "blanks", "model", "model name", "engine", "add", "remove", "recipe", "version", "nothing"])
    shot, step = dice.choice(film.shots), dice.choice(list(STEPS))
    value = dice.choice(STEPS[step][1])
    version = dice.choice(["v1", "v2"])
    if kind == "comment":
        film.comment = f"注 {dice.random()}"
    elif kind == "rename":
        old, shot.name = shot.name, f"名{dice.randrange(10**9)}"
        for table in film.version_shots.values():
            if old in table:
                table[shot.name] = table.pop(old)
    elif kind == "order":
        dice.shuffle(film.shots)
    elif kind == "default":
        _put(film.defaults, step, value, dice)
    elif kind == "own":
        _put(shot.own, step, value, dice)
    elif kind == "version setting":
        _put(film.versions[version], step, value, dice)
    elif kind == "version shot":
        _put(film.version_shots[version].setdefault(shot.name, {}), step, value, dice)
    elif kind == "source":
        film.sources[shot.source] = f"shot {dice.randrange(6)} words"
    elif kind == "blanks":
        film.sources[shot.source] = film.sources[shot.source].replace(" ", " " * dice.randint(1, 3))
    elif kind == "model":
        film.models[step] = f"{step} v{dice.randint(1, 3)}\n"
    elif kind == "model name":
        film.model_names[step] = f"model_{step}_{dice.randrange(10**9)}.txt"
    elif kind == "engine":
        film.engines[step] = dice.choice(["plain", "model"])
    elif kind == "add" and len(film.shots) < 9:
        film.shots.insert(dice.randrange(len(film.shots)),
                          Shot(f"新{dice.randrange(10**9)}", shot.source, shot.recipe, dict(shot.own)))
    elif kind == "remove" and len(film.shots) > 3:
        film.shots.remove(shot)
    elif kind == "recipe":
        shot.recipe = tuple(dice.sample(list(STEPS), dice.randint(1, 4)))
    elif kind == "version":
        film.version = version
    return kind


def _put(table: dict, step: str, value: object, dice: random.Random) -> None:
    if step in table and dice.random() < 0.3:
        del table[step]
    else:
        table[step] = value


def _words(step: str, text: str, value: object, model: str | None) -> str:
    word = {"clean": f"clean{value:g}", "animate": f"animate{value:g}", "render": f"render{value}",
            "grade": f"grade{round(value)}"}[step]
    if step == "clean":
        text = " ".join(text.split())
    return f"{text} {word}" if model is None else f"{text} {word}[{model}]"


def _write(path: Path, content: str) -> None:
    if not path.exists() or path.read_text("utf-8") != content:
        path.write_text(content, "utf-8")
