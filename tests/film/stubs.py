"""Films made of the stranger's cheap steps, for tests and benches."""

from pathlib import Path

STEPS = ("clean", "animate", "render", "grade")


def write_film(folder: Path, shots: int = 3, *, models: bool = False, more: str = "") -> Path:
    """A film.toml of shots x 4 text steps with a source file each; with models, each step reads its model file."""
    (folder / "src").mkdir(parents=True, exist_ok=True)
    lines = ['title = "试片"', "fps = 24", 'size = "64x36"', 'version = "v1"', ""]
    if models:
        lines.append("[defaults]")
        for step in STEPS:
            (folder / f"model_{step}.txt").write_text(f"{step} v1\n", "utf-8")
            lines.append(f'stub.{step} = {{ engine = "model:model_{step}.txt" }}')
        lines.append("")
    lines += ["[recipes]", "chain = [" + ", ".join(f'"stub.{step}"' for step in STEPS) + "]", "", more]
    for number in range(shots):
        (folder / "src" / f"{number:04d}.txt").write_text(f"shot {number}\n" * 20, "utf-8")
        lines += ["[[shot]]", f'name = "s{number:04d}"', 'recipe = "chain"', f'use = "src/{number:04d}.txt"',
                  f'note = "镜头 {number}"', ""]
    path = folder / "film.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def runs(log: Path) -> list[str]:
    """Steps run so far, by the stranger's log; emptied."""
    lines = log.read_text("utf-8").split() if log.exists() else []
    log.write_text("", "utf-8")
    return lines
