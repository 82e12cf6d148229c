"""film.toml as a file: its text, its tables, and every mistake found in it so far."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from marrow.errors import FilmError
from marrow.film import syntax
from marrow.film.mistake import MistakeError

Value = TypeVar("Value")
Keys = tuple[str | int, ...]
LARGEST = 10_000_000  # bytes: no film.toml is longer


class Source:
    """The file with its mistakes; `wrong` notes one at a path of keys such as ("shot", 3, "use")."""

    def __init__(self, path: Path, text: str | None = None) -> None:
        """Read the file, or take `text` for what it says."""
        self.path = path
        self.mistakes: list[MistakeError] = []
        self.text, self.encoding = syntax.decode(_bytes(path)) if text is None else (text, "utf-8")
        self._places: dict | None = None
        if self.encoding not in ("utf-8", "utf-8-sig"):
            self._note((1, 1), "film.encoding", encoding=self.encoding, mechanical=True, harmless=True)
        try:
            self.tables: dict = syntax.parse(self.text)
        except MistakeError as error:
            raise self._placed(error) from error.__cause__

    def wrong(self, keys: Keys, error_key: str, *, on: str = "key", **facts: object) -> None:
        """Note a mistake at a key, or at its value."""
        self._note(self.place(keys, on), error_key, **facts)

    def place(self, keys: Keys, on: str = "key") -> tuple[int, int]:
        """Line and column of a key or of its value; of the nearest table above where the key is not there."""
        if self._places is None:
            from marrow.film.toml_places import places

            self._places = places(self.text)
        while keys:
            if keys in self._places:
                return self._places[keys][on == "value"]
            keys = keys[:-1]
        return 1, 1

    def raise_first(self) -> None:
        """Raise the mistake that stands highest in the file, if there is one that matters."""
        grave = [each for each in self.mistakes if not each.harmless]
        if grave:
            raise min(grave, key=lambda each: (each.line, each.column))

    def get(self, keys: Keys) -> object:
        """The plain value at a path, None where there is none."""
        found: object = self.tables
        for key in keys:
            if isinstance(found, dict):
                found = found.get(key)
            elif isinstance(found, list) and isinstance(key, int) and key < len(found):
                found = found[key]
            else:
                return None
        return found

    def table(self, keys: Keys) -> Mapping:
        """The table at a path; empty where there is none; a mistake where it is something else."""
        found = self.get(keys)
        if isinstance(found, dict):
            return found
        if found is not None:
            self.wrong(keys, "film.table", name=keys[-1])
        return {}

    def value(self, keys: Keys, read: Callable[[object], Value], default: Value, *, example: str) -> Value:
        """The value at a path as `read` understands it; a mistake and the default where it does not."""
        found = self.get(keys)
        if found is None:
            return default
        try:
            return read(found)
        except (TypeError, ValueError, ZeroDivisionError, AttributeError, OverflowError):
            self.wrong(keys, "film.value", on="value", name=keys[-1], value=found, example=example)
            return default

    def _note(self, where: tuple[int, int], error_key: str, **facts: object) -> None:
        self.mistakes.append(self._placed(MistakeError(error_key, line=where[0], column=where[1], **facts)))

    def _placed(self, error: MistakeError) -> MistakeError:
        lines = self.text.split("\n")
        error.place["file"] = str(self.path)
        error.place["shown"] = lines[error.line - 1].rstrip("\r") if error.line <= len(lines) else ""
        return error


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise FilmError("film.huge", path=path)
        return path.read_bytes()
    except OSError as error:
        raise FilmError("film.unreadable", path=path, why=error.strerror or "") from error
