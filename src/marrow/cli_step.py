"""`marrow frames still photo.jpg out.mkv --zoom 1.2`: a step on the command line, nothing about it written here."""

from collections.abc import Sequence
from pathlib import Path

from marrow import engine, terminal, verb
from marrow.contents import Remark, listener, tell_of, told
from marrow.errors import InputError, near
from marrow.media import SUFFIXES
from marrow.progress import reporter
from marrow.step import Setting, Step, find, names
from marrow.words import known, language, say


def run(words: list[str], verbs: list[str]) -> int:
    """Run `department verb inputs… [out] --setting value`."""
    name = ".".join(words[:2])
    if name not in names():
        known_ones = (each.replace(".", " ") for each in (*names(), *verb.names()))
        raise InputError("cli.unknown", name=" ".join(words[:2]), choices=near(name, [*verbs, *known_ones]))
    step = find(name)
    chosen = vars(parser(step).parse_args(words[2:]))
    sources = [Path(chosen[each]) for each in step.inputs if chosen[each] is not None]
    target = _target(step, chosen["out"], sources)
    settings = {each: chosen[each] for each in step.settings if chosen[each] is not None}
    line = terminal.Line()
    token = reporter.set(lambda what, done, total: line.show(f"{what} {done}/{total}"))
    remarks: list = []
    ear = listener.set(remarks.append)
    try:
        inputs = {each: _read(each, given.kind, chosen[each]) for each, given in step.inputs.items()
                  if chosen[each] is not None}
        tell_of(_write(step.run(**inputs, **step.chosen(settings)), target))
    finally:
        reporter.reset(token)
        listener.reset(ear)
        line.clear()
    terminal.tell(str(target))
    for each in told(remarks):
        terminal.tell(each)
    return 0


def _target(step: Step, said: str | None, sources: Sequence[Path]) -> Path:
    """Where the result goes: a suffix that somebody writes, in a folder that is there, over none of the inputs."""
    from marrow import forms

    standard = SUFFIXES[step.output]
    target = Path(said or f"{step.name.split('.')[1]}{standard}")
    also = [".mp4", ".png"] if step.output == "video" else [name.removeprefix(step.output) for name in sorted(
        engine.points("marrow.writers")) if name.startswith(f"{step.output}.")]
    if target.suffix.lower() not in (standard, *also) and step.output != "text":
        raise InputError("cli.suffix", path=target, choices=" ".join((standard, *also)))
    return forms.place_for(target, *sources)


def parser(step: Step) -> terminal.Parser:
    """Arguments of one step, in the language of this run."""
    made = terminal.Parser(prog=f"marrow {step.name.replace('.', ' ')}", description=about(step))
    for name, each in step.inputs.items():
        words = f"{known(f'step.{step.name}.{name}') or ''} ({say(f'kind.{each.kind}')})".strip()
        made.add_argument(f"--{name}" if each.optional else name, help=words)
    made.add_argument("out", nargs="?", help=say("cli.out", suffix=SUFFIXES[step.output]))
    for name, each in step.settings.items():
        made.add_argument(f"--{name.replace('_', '-')}", dest=name, help=describe(step, name, each), metavar="…")
    return made


def about(step: Step) -> str:
    """A step in one line, in the language of this run."""
    chinese = step.about_zh if language() == "zh" else ""
    return known(f"step.{step.name}.about") or chinese or step.about


def describe(step: Step, name: str, setting: Setting) -> str:
    """A setting in one line: what it is, its range or choices, its default."""
    parts = [known(f"step.{step.name}.{name}") or ""]
    if setting.choices:
        parts.append(" / ".join(setting.choices))
    elif setting.bound:
        parts.append(f"{setting.bound.low:g} … {setting.bound.high:g} {setting.bound.unit}".strip())
    default = "x".join(map(str, setting.default)) if name == "size" else str(setting.default)
    parts.append(f"({default})" if default else "")
    return " ".join(part for part in parts if part).replace("%", "%%")


def _read(name: str, kind: str, given: str) -> object:
    from marrow import forms
    from marrow.media import Text

    path = Path(given)
    if kind == "text" and not (path.suffix == ".txt" and path.is_file()):
        return Text(given)
    return forms.read(kind, path)


def _write(result: object, target: Path) -> Sequence[Remark]:
    """A result as the file's name asks: MP4, a PNG of the first picture, any package's format, else the standard.

    returns    what could not be kept
    """
    from marrow import forms
    from marrow.media import Photo, Video, kind_of

    kind = kind_of(type(result))
    point = f"{kind}{target.suffix.lower()}"
    if target.suffix.lower() != SUFFIXES[kind] and point in engine.points("marrow.writers"):
        return engine.load("marrow.writers", point, unknown="file.suffix")(result, target)
    if isinstance(result, Video) and target.suffix.lower() == ".png":
        forms.write(Photo(next(iter(result.frames()))), target)
    elif isinstance(result, Video) and target.suffix.lower() == ".mp4":
        forms.encode(result.frames(), target, rate=result.rate, size=result.size, sound=result.sound)
    else:
        forms.write(result, target)
    return ()
