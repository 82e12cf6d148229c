"""`marrow bones doctor walk.bvh --fix`: a department's verb on the command line, nothing about it written here."""

from marrow import terminal
from marrow.progress import reporter
from marrow.verb import arguments, find
from marrow.words import known


def run(name: str, words: list[str]) -> int:
    """Run one verb; it answers in lines."""
    verb = find(name)
    said = vars(parser(name).parse_args(words))
    chosen = {each.name: said[each.name] for each in arguments(verb) if said[each.name] is not None}
    line = terminal.Line()
    token = reporter.set(lambda what, done, total: line.show(f"{what} {done}/{total}"))
    try:
        for text in verb(**chosen):
            line.clear()
            terminal.tell(text)
    finally:
        reporter.reset(token)
        line.clear()
    return 0


def parser(name: str) -> terminal.Parser:
    """Arguments of one verb, in the language of this run."""
    made = terminal.Parser(prog=f"marrow {name.replace('.', ' ')}", description=known(f"verb.{name}.about") or "")
    for each in arguments(find(name)):
        words = known(f"verb.{name}.{each.name}") or ""
        option = f"--{each.name.rstrip('_')}"  # `as_` is said --as
        if each.flag:
            made.add_argument(option, action="store_true", help=words, dest=each.name)
        elif each.option:
            made.add_argument(option, default=None, metavar="…", help=words, dest=each.name, required=each.needed)
        elif each.needed:
            made.add_argument(each.name, help=words)
        else:
            made.add_argument(each.name, nargs="?", help=words)
    return made
