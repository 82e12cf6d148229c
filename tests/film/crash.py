"""Builds killed at random moments, on full disks, and two at a time; by hand: python crash.py kill|disk|pair FOLDER N.

Prints one JSON line with what happened. Used by the tests with small numbers, by hand with large ones.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
SHOTS = 8
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent / "stranger"), str(HERE)])}
MAKE = [sys.executable, "-m", "marrow", "make"]


def write_film(folder: Path, round_number: int, *, seconds: float = 0.02) -> None:
    """Eight shots of text and two pictures; another round has other words."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ['title = "碎"', "fps = 24", 'size = "64x36"', "[recipes]",
             f'chain = ["stub.clean", {{ step = "stub.wait", seconds = {seconds} }}, "stub.grade"]', ""]
    for shot in range(SHOTS):
        lines += ["[[shot]]", f'name = "{shot}"', 'recipe = "chain"', f'text = "shot {shot} round {round_number}"', ""]
    for shot in range(2):
        lines += ["[[shot]]", f'name = "p{shot}"', 'recipe = ["stub.wait", "stub.card"]',
                  f'text = "picture {shot} round {round_number}"', ""]
    (folder / "film.toml").write_text("\n".join(lines), "utf-8")


def kills(folder: Path, count: int, dice: random.Random) -> dict:
    """Kill -9 a build at a random moment, `count` times; every third round the film changes."""
    trace = folder / "trace.log"
    environment = {**ENVIRONMENT, "MARROW_STUB_TRACE": str(trace)}
    wrong = finished = 0
    for number in range(count):
        write_film(folder, number // 3)
        process = subprocess.Popen(MAKE, cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(dice.uniform(0.05, 1.0))
        finished += process.poll() is not None
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            if dice.random() < 0.5:
                process.send_signal(signal.SIGKILL)
            else:
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        wrong += len(_wrong(folder))
    done = subprocess.run(MAKE, cwd=folder, env=environment, capture_output=True, check=False)
    runs = Counter(trace.read_text("utf-8").splitlines())
    return {"kills": count, "finished before the kill": finished, "wrong objects": wrong, "last build": done.returncode,
            "steps redone": sum(runs.values()) - len(runs), "most that may be redone": 2 * count,
            "same as undisturbed": _ids(folder) == _undisturbed(folder)}


def disks(folder: Path, count: int, dice: random.Random) -> dict:
    """Builds on a disk that fills up: a file of ballast leaves less room each time. Run on a small tmpfs."""
    errors, wrong, tracebacks = Counter(), 0, 0
    environment = {**ENVIRONMENT, "TMPDIR": "/tmp"}
    for number in range(count):
        write_film(folder, number)
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        ballast = folder / "ballast"
        with open(ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, free - dice.randrange(0, 2_000_000)))
        done = subprocess.run(MAKE, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if "Traceback" in done.stderr + done.stdout:
            tracebacks += 1
            sys.stderr.write(done.stderr)
        errors[done.returncode] += 1
        ballast.unlink()
        wrong += len(_wrong(folder))
    done = subprocess.run(MAKE, cwd=folder, env=environment, capture_output=True, check=False)
    return {"full disks": count, "exit codes": dict(errors), "wrong objects": wrong, "tracebacks": tracebacks,
            "last build": done.returncode, "same as undisturbed": _ids(folder) == _undisturbed(folder, Path("/tmp"))}


def pairs(folder: Path, count: int, dice: random.Random) -> dict:
    """Two builds of one film at once: no step may run twice."""
    trace = folder / "trace.log"
    environment = {**ENVIRONMENT, "MARROW_STUB_TRACE": str(trace)}
    codes: Counter = Counter()
    for number in range(count):
        write_film(folder, number, seconds=0.1)
        both = []
        for _ in range(2):
            both.append(subprocess.Popen(MAKE, cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL))
            time.sleep(dice.uniform(0, 0.3))
        codes.update(process.wait() for process in both)
    runs = Counter(trace.read_text("utf-8").splitlines())
    return {"pairs": count, "exit codes": dict(codes), "steps run": len(runs),
            "steps run twice": sum(runs.values()) - len(runs), "wrong objects": len(_wrong(folder))}


def _wrong(folder: Path) -> list[str]:
    from marrow.film import tidy
    from marrow.film.desk import open_store

    with open_store(folder) as store:
        return tidy.wrong(store)


def _ids(folder: Path) -> dict[str, str]:
    from marrow.film.desk import on_desk

    with on_desk(folder) as desk:
        return {name: final.object for name, final in desk.graph.finals.items()}


def _undisturbed(folder: Path, place: Path | None = None) -> dict[str, str]:
    import shutil

    clean = (place or folder.parent) / f"{folder.name}-undisturbed"
    shutil.rmtree(clean, ignore_errors=True)
    clean.mkdir()
    shutil.copy(folder / "film.toml", clean)
    subprocess.run(MAKE, cwd=clean, env=ENVIRONMENT, capture_output=True, check=False)
    found = _ids(clean)
    shutil.rmtree(clean)
    return found


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent / "stranger"))
    kind, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    found = {"kill": kills, "disk": disks, "pair": pairs}[kind](folder, count, random.Random(count))
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
