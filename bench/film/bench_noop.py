"""A film of 1,000 shots x 4 steps with everything made: what does a build cost that has nothing to do?

    python bench/film/bench_noop.py [--shots 1000] [--peers VENV]

Marrow beside ninja, doit and Snakemake on the same graph: each step reads its model file. CPU seconds of the whole
process with its children, median of five; peak memory. With --peers, a virtual environment that holds them:
    python -m venv VENV && VENV/bin/pip install ninja doit snakemake
Then: a new model, and back to the former one: how many steps run.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve()
TESTS = HERE.parents[2] / "tests"
sys.path[:0] = [str(TESTS / "film"), str(HERE.parents[1])]

from results import write_result
from stubs import STEPS, write_film

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TESTS / "stranger"), "MARROW_LANG": "en"}


def measure(command: list[str], folder: Path) -> dict:
    """One run in a process of its own: wall and CPU seconds, children included, and peak memory."""
    code = ("import json, resource, subprocess, sys, time; begun = time.perf_counter()\n"
            "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
            "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
            "print(json.dumps({'exit': done.returncode, 'wall': time.perf_counter() - begun,"
            " 'cpu': used.ru_utime + used.ru_stime, 'mib': used.ru_maxrss / 1024, 'out': done.stdout[-300:],"
            " 'err': done.stderr[-300:]}))")
    done = subprocess.run([sys.executable, "-c", code, *command], cwd=folder, env=ENVIRONMENT, capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)


def no_op(name: str, command: list[str], folder: Path) -> dict:
    """First build, then five more that find nothing to do."""
    first = measure(command, folder)
    if first["exit"]:
        raise SystemExit(f"{name}: {first['err']}{first['out']}")
    runs = [measure(command, folder) for _ in range(5)]
    row = {"tool": name, "first cpu s": round(first["cpu"], 2),
           "no-op cpu s": round(statistics.median(run["cpu"] for run in runs), 3),
           "no-op wall s": round(statistics.median(run["wall"] for run in runs), 3),
           "peak MiB": round(max(run["mib"] for run in runs))}
    print(row, flush=True)
    return row


def swap_and_back(folder: Path) -> dict:
    """Another model for one step, then the former one again: steps run each time."""
    model, log = folder / "model_render.txt", folder.parent / "runs.log"
    counts = {}
    for name, content in (("to the new model", "render v2\n"), ("back to the former", "render v1\n")):
        model.write_text(content, "utf-8")
        log.write_text("", "utf-8")
        ENVIRONMENT["MARROW_STUB_LOG"] = str(log)
        measure([sys.executable, "-m", "marrow", "make"], folder)
        counts[name] = len(log.read_text("utf-8").split())
    del ENVIRONMENT["MARROW_STUB_LOG"]
    print(counts, flush=True)
    return counts


def chains(shots: int):
    """The steps of every shot as (step, input, output)."""
    for number in range(shots):
        source = f"src/{number:04d}.txt"
        for step in STEPS:
            target = f"out/{number:04d}.{step}.txt"
            yield step, source, target
            source = target


def write_ninja(folder: Path, shots: int) -> None:
    lines = ["rule step", "  command = cat $in > $out"]
    lines += [f"build {target}: step {source} model_{step}.txt" for step, source, target in chains(shots)]
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")


def write_doit(folder: Path, shots: int) -> None:
    (folder / "dodo.py").write_text(f'''CHAINS = {list(chains(shots))!r}


def task_step():
    for step, source, target in CHAINS:
        inputs = [source, f"model_{{step}}.txt"]
        yield {{"name": target, "file_dep": inputs, "targets": [target],
               "actions": [f"cat {{inputs[0]}} {{inputs[1]}} > {{target}}"]}}
''')


def write_snakemake(folder: Path, shots: int) -> None:
    lines = [f'SHOTS = ["%04d" % i for i in range({shots})]',
             f'rule all:\n    input: expand("out/{{s}}.{STEPS[-1]}.txt", s=SHOTS)']
    source = "src/{s}.txt"
    for step in STEPS:
        target = f"out/{{s}}.{step}.txt"
        lines.append(f'rule {step}:\n    input: "{source}", "model_{step}.txt"\n    output: "{target}"\n'
                     '    shell: "cat {input} > {output}"')
        source = target
    (folder / "Snakefile").write_text("\n".join(lines) + "\n")


PEERS = {"ninja": (write_ninja, ["ninja"]), "doit": (write_doit, ["doit"]),
         "snakemake": (write_snakemake, ["snakemake", "-c2", "-q"])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shots", type=int, default=1000)
    parser.add_argument("--peers", type=Path)
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    rows, begun = [], time.strftime("%Y-%m-%d")
    with tempfile.TemporaryDirectory() as place:
        film = Path(place) / "marrow"
        write_film(film, chosen.shots, models=True)
        rows.append(no_op("marrow", [sys.executable, "-m", "marrow", "make"], film))
        swap = swap_and_back(film)
        for name, (write, command) in PEERS.items() if chosen.peers else ():
            folder = Path(place) / name
            write_film(folder, chosen.shots, models=True)
            (folder / "out").mkdir()
            write(folder, chosen.shots)
            rows.append(no_op(name, [str(chosen.peers.resolve() / "bin" / command[0]), *command[1:]], folder))
    write_result("film_noop", {"date": begun, "shots": chosen.shots, "rows": rows, "swap": swap})


if __name__ == "__main__":
    main()
