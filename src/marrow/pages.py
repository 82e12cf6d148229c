"""The reference pages, read from what is installed: every command, step, setting and engine, Chinese beside English.

Strangers' steps and engines appear like ours; what cannot be loaded is listed with its reason.
"""

from collections.abc import Iterator

from marrow import engine, step, verb
from marrow.errors import MarrowError
from marrow.step import Setting, Step
from marrow.words import LANGUAGES, known


def commands(verbs: dict[str, tuple[str, ...]], *, owner: str | None = None) -> str:
    """The page of commands and steps as Markdown; `owner` leaves out the steps of other packages."""
    lines = ["# 命令与步骤 · Commands and steps", "",
             "由已安装的内容生成。Generated from what is installed.", "", "## 影片 · A film", ""]
    for command, arguments in verbs.items():
        lines += [f"### `marrow {command}`", "", *_both(f"verb.{command}.about"), ""]
        for word in arguments:
            name = word.strip("[]…-=")
            shown = f"--{name}" if word.startswith("--") else name.upper()
            lines.append(f"- `{shown}` {_joined(f'verb.{command}.{name}')}")
        lines.append("")
    lines += ["## 部门的命令 · Commands of departments", ""]
    for name in _owned("marrow.verbs", verb.names(), owner):
        lines += _verb(name)
    lines += ["## 步骤 · Steps", ""]
    for name in _owned("marrow.steps", step.names(), owner):
        try:
            lines += _step(step.find(name))
        except MarrowError as error:
            lines += [f"### `{name}`", "", error.tell("zh"), "", error.tell("en"), ""]
    return "\n".join(lines).rstrip() + "\n"


def engines(*, owner: str | None = None) -> str:
    """The page of engines as Markdown: what a person needs to choose one."""
    lines = ["# 引擎 · Engines", "", "由已安装的内容生成。Generated from what is installed.", ""]
    for task in engine.tasks():
        rows = list(_cards(task, owner))
        if rows:
            head = "| 引擎 engine | 说明 about | 许可 licence | 需要 needs | 权重 weights | 离线 offline | 价钱 price |"
            lines += [f"## `{task}`", "", head, "|---|---|---|---|---|---|---|", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def _cards(task: str, owner: str | None) -> Iterator[str]:
    for name in _owned(f"marrow.{task}", engine.names(task), owner):
        try:
            card = engine.card(task, name)
        except MarrowError as error:
            yield f"| `{name}` | {error.tell('en').splitlines()[0]} | | | | | |"
            continue
        needs = " ".join(card.needs.values()) or "–"
        yield (f"| `{name}` | {card.about_zh} · {card.about} | {card.licence} | {needs} | "
               f"{_yes(card.weights)} | {_yes(card.offline)} | {card.price or '免费 free'} |")


def _step(found: Step) -> list[str]:
    key = f"step.{found.name}"
    about = _both(f"{key}.about") or [text for text in (found.about_zh, found.about) if text]
    lines = [f"### `{found.name}`", "", *about, ""]
    for name, each in found.inputs.items():
        lines.append(f"- `{name}` ({_joined(f'kind.{each.kind}')}) {_joined(f'{key}.{name}')}".rstrip())
    for name, each in found.settings.items():
        lines.append(f"- `{name}` {_joined(f'{key}.{name}')} {_range(each)}".rstrip())
    return [*lines, f"- → {_joined(f'kind.{found.output}')}", ""]


def _verb(name: str) -> list[str]:
    lines = [f"### `marrow {name.replace('.', ' ')}`", "", *_both(f"verb.{name}.about"), ""]
    for each in verb.arguments(verb.find(name)):
        shown = f"--{each.name.rstrip('_')}" if each.option else each.name.rstrip("_").upper()
        lines.append(f"- `{shown}` {_joined(f'verb.{name}.{each.name}')}")
    return [*lines, ""]


def _range(setting: Setting) -> str:
    default = "x".join(map(str, setting.default)) if isinstance(setting.default, tuple) else str(setting.default)
    parts = [f"`{default}`" if default else ""]
    if setting.choices:
        parts.append(" / ".join(f"`{each}`" for each in setting.choices))
    if setting.bound:
        parts.append(f"{setting.bound.low:g} … {setting.bound.high:g} {setting.bound.unit}".strip())
    return "; ".join(part for part in parts if part)


def _owned(group: str, names: list[str], owner: str | None) -> list[str]:
    points = engine.points(group)
    return [name for name in names if owner is None or points[name][0].dist.name == owner]


def _both(key: str) -> list[str]:
    return [text for text in (known(key, lang) for lang in reversed(LANGUAGES)) if text]


def _joined(key: str) -> str:
    return " · ".join(_both(key))


def _yes(truth: bool) -> str:
    return "是 yes" if truth else "否 no"
