"""Where benchmarks leave their figures: one JSON file each, with date, machine, commit and versions."""

import json
import os
import platform
import subprocess
import time
from importlib.metadata import version
from numbers import Integral
from pathlib import Path

FOLDER = Path(__file__).with_name("results")


def write_result(name: str, figures: dict) -> Path:
    """Write `results/<name>.json`; returns its path."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=FOLDER, capture_output=True, text=True,
                            check=False).stdout.strip()
    about = {"date": time.strftime("%Y-%m-%d"), "commit": commit, "python": platform.python_version(),
             "machine": f"{platform.machine()}, {os.cpu_count()} cores", "system": platform.system(),
             "marrow": version("marrow"), "numpy": version("numpy"), "av": version("av")}
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps({"about": about, **figures}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def rounded(value: object) -> object:
    """Figures to four digits, in lists and dictionaries too, as JSON can hold them."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.4g}")
    return int(value) if isinstance(value, Integral) and not isinstance(value, bool) else value
