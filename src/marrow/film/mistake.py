"""A mistake in film.toml: where it is, the line itself with a caret, what it is, what to do."""

from pathlib import Path

from marrow.errors import FilmError


class MistakeError(FilmError):
    """A mistake at a place of film.toml.

    file, line, column   where, counted from 1
    shown                the line as it stands
    mechanical           `marrow check --fix` can mend it
    harmless             the film can be made all the same
    """

    def __init__(self, key: str, **facts: object) -> None:
        self.place = {name: facts.pop(name, default) for name, default in
                      (("file", ""), ("line", 1), ("column", 1), ("shown", ""), ("mechanical", False),
                       ("harmless", False))}
        super().__init__(key, **facts)

    def __reduce__(self) -> tuple:
        return _rebuilt, (self.key, {**self.facts, **self.place})

    @property
    def line(self) -> int:
        """Line in the file, from 1."""
        return self.place["line"]

    @property
    def column(self) -> int:
        """Column in the line, from 1."""
        return self.place["column"]

    @property
    def harmless(self) -> bool:
        """Whether the film can be made all the same."""
        return self.place["harmless"]

    def tell(self, lang: str | None = None) -> str:
        """File, line and column; what; the line with a caret; what to do."""
        from marrow.terminal import width

        what, _, fix = super().tell(lang).partition("\n")
        shown = self.place["shown"].replace("\t", " ")
        caret = " " * width(shown[: self.column - 1]) + "^"
        lines = [f"{Path(self.place['file']).name}:{self.line}:{self.column}  {what}"]
        if shown.strip():
            lines += [f"    {shown}", f"    {caret}"]
        return "\n".join([*lines, fix])


def _rebuilt(key: str, facts: dict) -> MistakeError:
    return MistakeError(key, **facts)
