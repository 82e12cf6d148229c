"""Programs of the user's, run to their end: Blender, and models that live in an environment of their own.

They work in a folder: what they are to do lies there, what they made is found there. Their chatter is not believed,
only kept as last words.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

from marrow.errors import EngineError
from marrow.progress import reporter

LAST_WORDS = 8     # lines of what a program said that are kept
LONGEST = 20_000   # bytes of them
TICK = 0.05        # seconds between two looks at the clock and at the reporter, which may cancel


def run(command: Sequence[str], *, name: str, limit: float, folder: Path | None = None,
        keep: Mapping[str, str] | None = None) -> str:
    """Run a program to its end; returns its last words.

    command    the program and its arguments
    name       what people call it
    folder     where it is started
    limit      seconds until it is stopped, with everything that it started
    keep       further variables of its environment; those of this Python are not handed on
    raises     EngineError  "outside.absent", "outside.slow", "outside.failed" with its exit code and last words
    """
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen([*map(str, command)], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                       cwd=folder, env=inherited | dict(keep or {}), start_new_session=True)
        except OSError as error:
            raise EngineError("outside.absent", name=name, command=command[0], why=error.strerror or error) from error
        try:
            code = _ended(process, name, limit)
        finally:
            _stop(process)
        words = _words(said)
    if code is None:
        raise EngineError("outside.slow", name=name, seconds=f"{limit:g}", words=words)
    if code:
        raise EngineError("outside.failed", name=name, code=code, words=words)
    return words


def _ended(process: subprocess.Popen, name: str, limit: float) -> int | None:
    """The exit code, None when the time is up."""
    until = monotonic() + limit
    while monotonic() < until:
        try:
            return process.wait(TICK)
        except subprocess.TimeoutExpired:
            reporter.get()(name, 0, 1)
    return None


def _stop(process: subprocess.Popen) -> None:
    """End the program and whatever it started, where it has not ended by itself."""
    if process.poll() is not None:
        return
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait()


def _words(said: object) -> str:
    """The end of what was said."""
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - LONGEST))
    lines = said.read().decode("utf-8", "replace").splitlines()
    return "\n".join([line for line in lines if line.strip()][-LAST_WORDS:]) or "-"
