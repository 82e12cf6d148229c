"""The film verbs on the command line: call `marrow.film.verbs`, tell what came of it."""

import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from marrow import terminal
from marrow.contents import told
from marrow.errors import InputError
from marrow.film import verbs
from marrow.film.desk import FILE, Desk, find_folder
from marrow.film.executor import Event
from marrow.film.graph import Node
from marrow.film.make import Listener, length_of, past_seconds
from marrow.progress import reporter
from marrow.terminal import clock, table, tell
from marrow.words import say

HERE = Path()


def run_new(chosen: Namespace) -> int:
    """Begin a film."""
    path = verbs.new(Path(chosen.folder or "."), title=chosen.title or "", example=chosen.example)
    tell(say("tell.new", path=path, folder=path.parent))
    return 0


def run_check(chosen: Namespace) -> int:
    """Read film.toml and say every mistake in it; with --fix mend the mechanical ones; with --deep read every byte."""
    from marrow.film import check

    path = find_folder(HERE.resolve()) / FILE
    if chosen.fix:
        mended = check.fix(path)
        for finding in mended:
            tell(finding.tell())
        tell(say("tell.fixed", count=len(mended), path=path))
    findings = check.find(path)
    for finding in findings:
        terminal.complain(finding.tell())
    if any(not finding.harmless for finding in findings):
        return 4
    wrong = verbs.check(HERE, deep=chosen.deep)
    for each in wrong:
        tell(say("tell.wrong", object=each))
    tell(say("tell.checked_deep" if chosen.deep else "tell.checked", path=path))
    return 1 if wrong else 0


def run_plan(chosen: Namespace) -> int:
    """Say what `make` would do."""
    rows = verbs.plan(HERE, chosen.shots, version=chosen.of, draft=chosen.draft)
    if not rows:
        tell(say("tell.nothing"))
        return 0
    head = [say(f"head.{name}") for name in ("shot", "step", "state", "why", "time")]
    lines = [(row.shot, row.step, say(f"state.{row.state}"), say(f"why.{row.reason[0]}", **row.reason[1]),
              "?" if row.seconds is None else clock(row.seconds)) for row in rows]
    tell(table(head, lines))
    known = [row.seconds for row in rows if row.seconds is not None]
    sure = sum(row.state != "may" for row in rows)
    may, unknown = len(rows) - sure, len(rows) - len(known)
    tell(say(f"tell.plan{'_more' if may else ''}", sure=sure, may=may)
         + say(f"tell.time{'_none' if not known else '_some' if unknown else ''}", time=clock(sum(known)),
               unknown=unknown))
    return 0


def run_make(chosen: Namespace) -> int:
    """Make what is missing, and the film."""
    listen = _JsonListener if chosen.json else _Listener
    with _cut_shown():
        made = verbs.make(HERE, chosen.shots, version=chosen.of, draft=chosen.draft, listen=listen)
    return _tell_json(made) if chosen.json else _tell_made(made)


def run_play(chosen: Namespace) -> int:
    """Play a version or a shot."""
    tell(str(verbs.play(HERE, chosen.what, show=not chosen.print)))
    return 0


def run_why(chosen: Namespace) -> int:
    """Say what differs."""
    found = verbs.why(HERE, chosen.shot, version=chosen.of)
    word, facts = found.reason
    key = "tell.why_done" if found.done else "tell.why"
    key = f"{key}_first" if word == "first" else key
    tell(say(key, shot=found.shot, reason=say(f"why.{word}", **facts), reused=found.reused))
    return 0


def run_again(chosen: Namespace) -> int:
    """Throw the dice again."""
    return _tell_made(verbs.again(HERE, chosen.shot, version=chosen.of, listen=_Listener))


def run_keep(chosen: Namespace) -> int:
    """Circle a take, or let go of it."""
    word = chosen.take
    if not word.isdigit() and word not in ("none", "无"):
        raise InputError("keep.number", take=word)
    number = int(word) if word.isdigit() else 0
    name = verbs.keep(HERE, chosen.shot, number, version=chosen.of)
    tell(say("tell.kept", shot=name, number=number) if number else say("tell.let_go", shot=name))
    return 0


def run_try(chosen: Namespace) -> int:
    """What if another engine did it?"""
    step, equals, engine = chosen.choice.partition("=")
    if not equals:
        raise InputError("try.form", choice=chosen.choice)
    take, path = verbs.attempt(HERE, chosen.shot, {step: engine}, version=chosen.of, listen=_Listener)
    tell(say("tell.tried", shot=take.shot, number=take.number, path=path))
    return 0


def run_seal(chosen: Namespace) -> int:
    """Freeze a version."""
    tell(say("tell.sealed", path=verbs.seal(HERE, chosen.version, note=chosen.note or "")))
    return 0


def run_compare(chosen: Namespace) -> int:
    """Two versions side by side."""
    with _cut_shown():
        path = verbs.compare(HERE, chosen.left, chosen.right, chosen.shot)
    tell(str(path))
    return 0


def run_tidy(chosen: Namespace) -> int:
    """Make room."""
    found = verbs.make_room(HERE, really=chosen.really)
    size = sum(each.size for each in found) / 1e6
    if not found:
        tell(say("tell.tidy_none"))
        return 0
    tell(say("tell.tidied" if chosen.really else "tell.tidy", count=len(found), size=f"{size:.1f}"))
    return 0


def run_doctor(chosen: Namespace) -> int:
    """What is missing, and the one command that mends it."""
    from marrow.film.doctor import examine

    findings = examine(HERE)
    for finding in findings:
        tell(f"{'✓' if finding.well else '✗'} {finding.what}")
        if not finding.well:
            tell(f"  → {finding.fix}")
    return 0 if all(each.well or each.optional for each in findings) else 1


@contextmanager
def _cut_shown() -> Iterator[None]:
    """The moving line while takes become a film; steps report for themselves."""
    line = terminal.Line()
    token = reporter.set(lambda what, done, total: line.show(f"{say(f'progress.{what}')} {done}/{total}"))
    try:
        yield
    finally:
        reporter.reset(token)
        line.clear()


class _Listener:
    """One moving line: how many steps are done, which run, how long it takes still."""

    def __init__(self, desk: Desk, names: list[str]) -> None:
        self._line, self._begun = terminal.Line(), time.monotonic()
        nodes = [node for node in desk.graph.wanted(names) if node.made is None]
        past = past_seconds(desk.store) if nodes else {}
        self._cost = {node: past.get(node.step.name, 1.0) * (length_of(node) or 1) for node in nodes}
        self._done, self._share = 0.0, {}
        self._count, self._total = 0, len(nodes)

    def __call__(self, node: Node, event: Event) -> None:
        cost = self._cost.get(node, 1.0)
        if event.final:
            self._share.pop(node, None)
            self._done += cost
            self._count += 1
        else:
            self._share[node] = event.done / event.total if event.total else 0.0
        partly = sum(self._cost.get(each, 1.0) * share for each, share in self._share.items())
        left = self._left(partly)
        running = " ".join(f"{each.shot} {share:.0%}" for each, share in self._share.items())
        self._line.show(say("tell.progress", done=self._count, total=self._total, running=running, left=left))
        if self._count == self._total:
            self._line.clear()

    def _left(self, partly: float) -> str:
        done, whole = self._done + partly, sum(self._cost.values())
        spent = time.monotonic() - self._begun
        return clock(spent * (whole - done) / done) if done > 0.02 * whole else "…"


def _JsonListener(desk: Desk, names: list[str]) -> Listener:  # noqa: N802  (stands where _Listener does)
    def listen(node: Node, event: Event) -> None:
        terminal.tell_json(shot=node.shot, step=node.step.name, done=event.done, total=event.total,
                           object=event.object, error=event.error.key if event.error else None)

    return listen


def _tell_made(made: verbs.Made) -> int:
    head = [say(f"head.{name}") for name in ("shot", "run", "reused", "seconds", "machine")]
    rows = [(name, tally.run, tally.reused, f"{tally.seconds:.1f}" if tally.run else "",
             " ".join(tally.machines) if tally.run else "") for name, tally in made.tallies.items()]
    if any(tally.run or tally.error for tally in made.tallies.values()) or made.screening.new:
        tell(table(head, rows))
    run = sum(tally.run for tally in made.tallies.values())
    reused = sum(tally.reused for tally in made.tallies.values())
    tell(say("tell.made", version=made.version, run=run, reused=reused, time=clock(made.seconds)))
    for name, tally in made.tallies.items():
        for each in told(tally.remarks):
            tell(f"  {name}{each}")
    for name in made.screening.stand_ins:
        tell(say("tell.stand_in", shot=name))
    for name, error in made.errors.items():
        terminal.complain(say("tell.failed", shot=name, error=error.tell()))
    if made.screening.film:
        tell(say("tell.film", path=made.screening.film, length=clock(made.screening.seconds)))
    return 4 if made.errors else 0


def _tell_json(made: verbs.Made) -> int:
    for name, tally in made.tallies.items():
        terminal.tell_json(shot=name, run=tally.run, reused=tally.reused, seconds=round(tally.seconds, 3),
                           error=tally.error.key if tally.error else None)
    terminal.tell_json(version=made.version, film=made.screening.film, seconds=round(made.seconds, 3))
    return 4 if made.errors else 0
