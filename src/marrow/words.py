"""The two languages: sentences are looked up here by key and nowhere else.

`locale/en/*.toml` and `locale/zh/*.toml` hold the same keys with the same placeholders, one file per department
and one for each part of the spine; `gaps` finds what differs, for the house test. A file is read when the first
sentence is needed, never at import.
"""

import os
from functools import cache
from pathlib import Path
from string import Formatter

LANGUAGES = ("en", "zh")
ROOM = Path(__file__).with_name("locale")


def language() -> str:
    """The language of this run: MARROW_LANG, else the system's, else English."""
    for name in ("MARROW_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wish = os.environ.get(name)
        if wish:
            return "zh" if wish.lower().startswith("zh") else "en"
    return _system_language()


def say(key: str, lang: str | None = None, **facts: object) -> str:
    """The sentence behind a key such as "error.engine.unknown.fix", with the facts filled in."""
    return sentences(lang or language())[key].format(**facts)


def known(key: str, lang: str | None = None) -> str | None:
    """The sentence behind a key, or None where nobody wrote one (a stranger's step, say)."""
    return sentences(lang or language()).get(key)


@cache
def sentences(lang: str) -> dict[str, str]:
    """All sentences of one language, keys flattened with dots."""
    import tomllib

    found: dict[str, str] = {}
    for table in sorted((ROOM / lang).glob("*.toml")):
        found |= _flat(tomllib.loads(table.read_text("utf-8")))
    return found


def gaps() -> list[str]:
    """Keys that one language lacks, or whose placeholders differ between the two."""
    english, chinese = map(sentences, LANGUAGES)
    both = english.keys() & chinese.keys()
    lacking = english.keys() ^ chinese.keys()
    return sorted(lacking | {key for key in both if _blanks(english[key]) != _blanks(chinese[key])})


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _flat(tree: dict, prefix: str = "") -> dict[str, str]:
    pairs: dict[str, str] = {}
    for name, value in tree.items():
        pairs |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return pairs


def _system_language() -> str:
    """Windows and macOS do not always set LANG; ask them."""
    import locale

    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"
