"""A step: one function whose signature is the only declaration of its inputs, settings and output.

Positional parameters are inputs (media, hashed by content; `= None` makes one optional). Keyword-only parameters
are settings (plain values with a default; unit, range and spelling are in the type). The return annotation is the
output. The command line, the `film.toml` schema, the cache key and the reference page are read from that signature.

Installed steps are entry points in the group `marrow.steps`, named `department.verb`.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Literal, get_args, get_origin, get_type_hints

from marrow import engine, units
from marrow.errors import EngineError, InputError, near
from marrow.media import KINDS, kind_of
from marrow.units import Bound, Chance, Data, Spelling, Uses

READERS = {int: units.whole, float: units.number, bool: units.truth, str: units.words}


@dataclass(frozen=True)
class Input:
    """A medium that a step takes: its kind, and whether the step works without it."""

    kind: str
    optional: bool = False


@dataclass(frozen=True)
class Setting:
    """A plain value with a default and, where the type says so, choices, a range, a unit or a spelling."""

    kind: type
    default: object
    choices: tuple[str, ...] = ()
    bound: Bound | None = None
    spelling: Spelling | None = None
    uses: str = ""
    data: Data | None = None
    chance: bool = False

    @property
    def example(self) -> str:
        """What to write instead of a wrong value."""
        if self.choices:
            return " / ".join(self.choices)
        return self.spelling.example if self.spelling else str(self.default).lower() or '""'

    def checked(self, step: str, name: str, value: object) -> object:
        """The value as its kind (so that 1 and 1.0 are one setting), inside its range, or an InputError."""
        facts = {"step": step, "name": name, "value": value}
        try:
            found = (self.spelling.read if self.spelling else READERS[self.kind])(value)
        except (TypeError, ValueError, ZeroDivisionError, OverflowError, AttributeError) as error:
            raise InputError("setting.kind", **facts, example=self.example) from error
        if self.choices and found not in self.choices:
            raise InputError("setting.choice", **facts, choices=near(str(found), self.choices))
        if self.bound and not self.bound.low <= found <= self.bound.high:  # type: ignore[operator]
            low, high = f"{self.bound.low:g}", f"{self.bound.high:g}"
            raise InputError("setting.range", **facts, low=low, high=high, unit=self.bound.unit)
        return found


@dataclass(frozen=True)
class Step:
    """A named function with a revision, typed inputs, settings and one output.

    machine    True when the result says or shows what no camera, witness or hand gave: it is labelled on screen
    """

    name: str
    revision: int
    run: Callable
    inputs: dict[str, Input]
    settings: dict[str, Setting]
    output: str
    machine: bool = False
    about: str = ""
    about_zh: str = ""

    def __call__(self, *inputs: object, **settings: object) -> object:
        """Run on media, every setting checked."""
        return self.run(*inputs, **self.chosen(settings))

    def chosen(self, settings: Mapping[str, object]) -> dict[str, object]:
        """Every setting of the step, the given ones checked, the others at their default."""
        for name in settings.keys() - self.settings.keys():
            raise InputError("setting.unknown", step=self.name, name=name, choices=near(name, self.settings))
        return {name: each.checked(self.name, name, settings[name]) if name in settings else each.default
                for name, each in self.settings.items()}

    @property
    def seeded(self) -> bool:
        """Whether the step rolls dice."""
        return any(each.chance for each in self.settings.values())


def step(*, revision: int, machine: bool = False, about_zh: str = "") -> Callable[[Callable], Step]:
    """Turn a function into a step. Raise `revision` when the same inputs should give a new result.

    `about_zh` is for strangers' packages; Marrow's own steps keep their Chinese in `locale/`.
    """

    def declare(function: Callable) -> Step:
        module = function.__module__.split(".")
        name = f"{module[1] if module[0] == 'marrow' else module[0]}.{function.__name__}"
        hints = get_type_hints(function, include_extras=True)
        inputs, settings = {}, {}
        for each in inspect.signature(function).parameters.values():
            if each.kind is each.VAR_KEYWORD or each.kind is each.VAR_POSITIONAL:
                raise TypeError(f"{name}: name every input and setting, no *{each.name}")
            if each.kind is not each.KEYWORD_ONLY:
                inputs[each.name] = _input(name, each.name, hints[each.name])
            elif each.default is each.empty:
                raise TypeError(f"setting '{each.name}' of {name} needs a default: a step works untouched")
            else:
                settings[each.name] = setting(hints[each.name], each.default)
        about = (inspect.getdoc(function) or "").partition("\n")[0]
        output = kind_of(hints["return"])
        made = Step(name, revision, function, inputs, settings, output, machine, about, about_zh)
        object.__setattr__(made, "__doc__", function.__doc__)
        object.__setattr__(made, "__module__", function.__module__)
        return made

    return declare


def setting(hint: object, default: object) -> Setting:
    """A setting from its annotation: `float`, `Literal[...]` or `Annotated[float, Bound(...)]`.

    The default is checked like any other value.
    """
    if get_origin(hint) is Literal:
        return Setting(str, default, choices=get_args(hint))
    kind, *extras = (get_origin(hint) is None and (hint,)) or get_args(hint)
    said: dict[str, object] = {}
    for extra in extras:
        if isinstance(extra, Bound | Spelling | Data):
            said[type(extra).__name__.lower()] = extra
        elif isinstance(extra, Uses):
            said["uses"] = extra.task
        elif isinstance(extra, Chance):
            said["chance"] = True
    made = Setting(kind, default, **said)  # type: ignore[arg-type]
    if kind not in READERS and made.spelling is None:
        raise TypeError(f"a setting cannot be a {kind}: use int, float, bool, str, Literal or a type of marrow.units")
    return Setting(kind, made.checked("", "", default), **said)  # type: ignore[arg-type]


def plain(value: object) -> object:
    """A setting's value as JSON can hold it: fractions as text, tuples as lists."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def names() -> list[str]:
    """Every installed step, by name, without importing any."""
    return sorted(engine.points("marrow.steps"))


@cache
def find(name: str) -> Step:
    """An installed step. Imports only the module that declares it."""
    found = engine.load("marrow.steps", name, unknown="step.unknown")
    if not isinstance(found, Step):
        owner = engine.points("marrow.steps")[name][0].dist.name
        raise EngineError("step.not_a_step", name=name, owner=owner)
    return found if found.name == name else _renamed(found, name)


def _renamed(found: Step, name: str) -> Step:
    """The entry point's name is the step's name: that is what film.toml says."""
    from dataclasses import replace

    return replace(found, name=name)


def _input(step_name: str, name: str, hint: object) -> Input:
    optional = isinstance(hint, UnionType) and type(None) in get_args(hint)
    noun = next(each for each in get_args(hint) if each is not type(None)) if optional else hint
    if noun not in KINDS.values():
        raise TypeError(f"input '{name}' of {step_name} must be one of {sorted(KINDS)}")
    return Input(kind_of(noun), optional)
