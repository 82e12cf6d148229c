"""Where every key of a valid TOML text stands: needed only when a mistake has to be shown."""

import re

Place = tuple[int, int]
Keys = tuple[str | int, ...]
BARE = re.compile(r"[A-Za-z0-9_-]+")
BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
SPACE = re.compile(r"[ \t]*")
SCALAR = re.compile(r"[^\s,\]}#][^,\]}#\n]*")


def places(text: str) -> dict[Keys, tuple[Place, Place]]:
    """Path of keys -> (line and column of the key, of its value); array items and inline tables too."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: dict[Keys, tuple[Place, Place]] = {}
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.counts: dict[Keys, int] = {}

    def scan(self) -> dict[Keys, tuple[Place, Place]]:
        prefix: Keys = ()
        self._skip(BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                prefix = self._header()
            else:
                self._pair(prefix)
            self._skip(BLANK)
        return self.found

    def _header(self) -> Keys:
        start = self.at
        double = self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        keys = self._keys()
        self.at += 2 if double else 1
        resolved: Keys = ()
        for part in keys[:-1]:
            resolved = self._inside((*resolved, part))
        resolved = (*resolved, keys[-1])
        if double:
            number = self.counts.get(resolved, 0)
            self.counts[resolved] = number + 1
            self.found.setdefault(resolved, (self._place(start), self._place(start)))
            resolved = (*resolved, number)
        self.found[resolved] = (self._place(start), self._place(start))
        return resolved

    def _inside(self, keys: Keys) -> Keys:
        """A path that names an array of tables means its last one."""
        return (*keys, self.counts[keys] - 1) if keys in self.counts else keys

    def _pair(self, prefix: Keys) -> None:
        start = self.at
        keys = self._keys()
        self.at += 1  # the equals sign
        self._skip(SPACE)
        for depth in range(1, len(keys)):
            self.found.setdefault((*prefix, *keys[:depth]), (self._place(start), self._place(start)))
        path = (*prefix, *keys)
        self.found[path] = (self._place(start), self._place(self.at))
        self._value(path)

    def _keys(self) -> Keys:
        keys: list[str] = []
        while True:
            self._skip(SPACE)
            if self.text[self.at] in "\"'":
                start = self.at
                self._string()
                keys.append(_unquoted(self.text[start : self.at]))
            else:
                found = BARE.match(self.text, self.at)
                keys.append(found[0])
                self.at = found.end()
            self._skip(SPACE)
            if self.text[self.at] != ".":
                return tuple(keys)
            self.at += 1

    def _value(self, path: Keys) -> None:
        mark = self.text[self.at]
        if mark in "\"'":
            self._string()
        elif mark == "[":
            self._array(path)
        elif mark == "{":
            self._inline(path)
        else:
            self.at = SCALAR.match(self.text, self.at).end()

    def _array(self, path: Keys) -> None:
        self.at += 1
        number = 0
        while True:
            self._skip(BLANK)
            if self.text[self.at] == "]":
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.found[(*path, number)] = (self._place(self.at), self._place(self.at))
            self._value((*path, number))
            number += 1

    def _inline(self, path: Keys) -> None:
        self.at += 1
        while True:
            self._skip(BLANK)
            if self.text[self.at] == "}":
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._pair(path)

    def _string(self) -> None:
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            self.at += 3
            while not self.text.startswith(quote * 3, self.at):
                self.at += 2 if self.text[self.at] == "\\" and quote == '"' else 1
            self.at += 3
            while self.at < len(self.text) and self.text[self.at] == quote:
                self.at += 1
            return
        self.at += 1
        while self.text[self.at] != quote:
            self.at += 2 if self.text[self.at] == "\\" and quote == '"' else 1
        self.at += 1

    def _skip(self, pattern: re.Pattern) -> None:
        self.at = pattern.match(self.text, self.at).end()

    def _place(self, position: int) -> Place:
        from bisect import bisect_right

        line = bisect_right(self.starts, position)
        return line, position - self.starts[line - 1] + 1


def _unquoted(text: str) -> str:
    import tomllib

    return next(iter(tomllib.loads(f"{text} = 0")))
