"""The command line: film verbs, and every installed step, derived from its signature.

`marrow --help` reads names from package metadata and one-liners from `locale/`; nothing else is imported.
"""

import os
import sys
from collections.abc import Sequence

from marrow import terminal
from marrow.words import known, say

VERBS = {
    "new": ("[folder]", "--example", "--title="),
    "check": ("--fix", "--deep"),
    "plan": ("[shots…]", "--of=", "--draft"),
    "make": ("[shots…]", "--of=", "--draft", "--json"),
    "play": ("[what]", "--print"),
    "why": ("shot", "--of="),
    "again": ("shot", "--of="),
    "keep": ("shot", "take", "--of="),
    "try": ("choice", "shot", "--of="),
    "seal": ("[version]", "--note="),
    "compare": ("left", "right", "[shot]"),
    "tidy": ("--really",),
    "doctor": (),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    from marrow.errors import MarrowError

    words = _language(list(sys.argv[1:] if arguments is None else arguments))
    try:
        return _run(words)
    except MarrowError as error:
        terminal.complain(error.tell())
        return error.exit
    except KeyboardInterrupt:
        terminal.complain("\n" + say("cli.stopped"))
        return 130
    except BrokenPipeError:
        return 0


def _run(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        terminal.tell(overview())
        return 0
    if words[0] in ("-V", "--version"):
        from marrow import __version__

        terminal.tell(f"marrow {__version__}")
        return 0
    if words[0] in VERBS:
        from marrow import cli_film

        chosen = verb_parser(words[0]).parse_args(words[1:])
        return getattr(cli_film, f"run_{words[0]}")(chosen)
    from marrow import cli_step, cli_verb, verb

    if words[1:] in ([], ["-h"], ["--help"]) and (listed := _listed(words[0])):
        terminal.tell("\n".join(listed))
        return 0
    if ".".join(words[:2]) in verb.names():
        return cli_verb.run(".".join(words[:2]), words[2:])
    return cli_step.run(words, list(VERBS))


def overview() -> str:
    """What `marrow --help` prints."""
    lines = [say("cli.title"), "", say("cli.usage"), "", say("cli.verbs")]
    lines += [f"  {name:10} {say(f'verb.{name}.about')}" for name in VERBS]
    return "\n".join([*lines, "", *_listed(), "", say("cli.more")])


def _listed(department: str = "") -> list[str]:
    """Steps and other commands, a line each, of one department or all; nothing for a name that none has."""
    from marrow import step, verb

    lines = []
    for kind, names in (("step", step.names()), ("verb", verb.names())):
        chosen = [name for name in names if not department or name.startswith(f"{department}.")]
        if chosen:
            lines += [""] * bool(lines) + [say("cli.steps" if kind == "step" else "cli.others")]
            abouts = [known(f"{kind}.{name}.about") or "" for name in chosen]
            lines += [f"  {name.replace('.', ' '):22} {about}".rstrip()
                      for name, about in zip(chosen, abouts, strict=True)]
    return lines


def verb_parser(verb: str) -> "terminal.Parser":
    """Arguments of one film verb, read from its row in `VERBS`."""
    parser = terminal.Parser(prog=f"marrow {verb}", description=say(f"verb.{verb}.about"))
    for word in VERBS[verb]:
        name = word.strip("[]…-=")
        help_text = say(f"verb.{verb}.{name}")
        if word.endswith("…]"):
            parser.add_argument(name, nargs="*", help=help_text)
        elif word.startswith("["):
            parser.add_argument(name, nargs="?", help=help_text)
        elif word.endswith("="):
            parser.add_argument(f"--{name}", default=None, help=help_text)
        elif word.startswith("--"):
            parser.add_argument(f"--{name}", action="store_true", help=help_text)
        else:
            parser.add_argument(name, help=help_text)
    return parser


def _language(words: list[str]) -> list[str]:
    """Take `--lang zh` or `--lang=zh` out of the words, and let the rest of this run speak it."""
    left: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--lang" or word.startswith("--lang="):
            os.environ["MARROW_LANG"] = word.partition("=")[2] or next(rest, "")
        else:
            left.append(word)
    return left

