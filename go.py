#!/usr/bin/env python3
"""From a fresh clone to a film: `python3 go.py film`, `python3 go.py test`. Standard library only.

    film    make the environment, build the example film, say where it lies
    test    make the environment with the test tools, run every check
    quick   the same without the slow tests
    env     only make the environment
    lock    write the two lock files anew (needs uv)
    clean   remove the environment and what the example film made

MIRROR=URL names another package index, for a slow network. `make film` and `make test` call this file.
"""

from __future__ import annotations  # an old Python must get as far as being told that it is too old

import hashlib
import locale
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
EXAMPLE = HERE / "examples" / "two_fathers"
MADE = (".marrow", "made", "takes", "sealed")
OLDEST, NEWEST = (3, 11), (3, 13)  # OpenTimelineIO has no wheel for a later Python

SENTENCES = {
    "python": ("This is Python {found}; Marrow needs 3.11, 3.12 or 3.13. Install one (python.org), then run:\n"
               "  {again}",
               "这是 Python {found}；刻骨需要 3.11、3.12 或 3.13。请装其中一个（python.org），再运行：\n"
               "  {again}"),
    "venv": ("Python's venv module is missing. On Debian or Ubuntu: sudo apt install python3-venv",
             "缺少 Python 的 venv 模块。在 Debian 或 Ubuntu 上：sudo apt install python3-venv"),
    "folder": ("The environment could not be made in {path} (the lines above say why). Is the disk full or read-only?",
               "没法在 {path} 建立环境（原因见上面几行）。磁盘满了，还是只读？"),
    "pip": ("The packages could not be installed (the lines above say why). If the network is slow, try:\n"
            "  MIRROR=https://pypi.tuna.tsinghua.edu.cn/simple",
            "软件包没有装上（原因见上面几行）。网络慢的话，换一个镜像再试：\n"
            "  MIRROR=https://pypi.tuna.tsinghua.edu.cn/simple"),
    "font": ("The Chinese font did not come with the packages. Run: python3 go.py clean, then this again.",
             "中文字体没有随软件包装上。请运行 python3 go.py clean，再来一次。"),
    "making": ("Making the environment in {path} …", "正在 {path} 建立环境……"),
    "ready": ("The environment is ready: {seconds:.0f} s, {size:.0f} MB.",
              "环境好了：{seconds:.0f} 秒，{size:.0f} MB。"),
    "usage": ("Say what to do: film, test, quick, env, lock or clean.",
              "请说要做什么：film、test、quick、env、lock 或 clean。"),
}


def main(words: list[str]) -> int:
    """Run one target; returns the exit code."""
    targets = {"film": film, "test": test, "quick": quick, "env": env, "lock": lock, "clean": clean}
    if len(words) != 1 or words[0] not in targets:
        tell("usage")
        return 2
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        again = "py -3.13 go.py {}" if os.name == "nt" else "make {} PYTHON=python3.13"
        tell("python", found=".".join(map(str, sys.version_info[:2])), again=again.format(words[0]))
        return 2
    try:
        return targets[words[0]]()
    except KeyboardInterrupt:
        return 130


def film() -> int:
    """Build the example film in its folder."""
    return env() or run(PYTHON, "-m", "marrow", "make", folder=EXAMPLE)


def test() -> int:
    """Every check: style, import law, the whole suite."""
    return checks(slow=True)


def quick() -> int:
    """Every check but the slow tests."""
    return checks(slow=False)


def checks(*, slow: bool) -> int:
    """ruff, the import law, pytest: the first failure ends it."""
    return (env("test") or run(PYTHON, "-m", "ruff", "check", ".") or run(BIN / "lint-imports", "--no-cache")
            or run(PYTHON, "-m", "pytest", "-n", "auto", "--dist", "loadfile", *([] if slow else ["-m", "not slow"])))


def env(extra: str = "") -> int:
    """The environment, made anew when it is missing, half made, or older than the locks."""
    locks = [HERE / "requirements.lock", *([HERE / "requirements-test.lock"] if extra else [])]
    stamp = VENV / f"ready{extra and '-' + extra}"
    wanted = digest([*locks, HERE / "pyproject.toml"]) + f" {HERE}"  # a moved clone must not run the old one's code
    if PYTHON.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return 0
    begun = time.monotonic()
    tell("making", path=VENV)
    if not (PYTHON.exists() and any(each.read_text("utf-8").endswith(f" {HERE}") for each in VENV.glob("ready*"))):
        shutil.rmtree(VENV, ignore_errors=True)
        if not has_venv():
            tell("venv")
            return 2
        if run(sys.executable, "-m", "venv", VENV):
            tell("folder", path=VENV)
            return 2
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if os.environ.get("MIRROR"):
        pip += ["--index-url", os.environ["MIRROR"]]
    for each in locks:
        if run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", each):
            tell("pip")
            return 2
    if run(*pip, "--no-deps", "--no-build-isolation", "-e", HERE):
        tell("pip")
        return 2
    if run(PYTHON, "-c", "from marrow.draw.font import font_file; assert font_file().is_file()"):
        tell("font")
        return 2
    stamp.write_text(wanted, "utf-8")
    size = sum(each.stat().st_size for each in VENV.rglob("*") if each.is_file() and not each.is_symlink())
    tell("ready", seconds=time.monotonic() - begun, size=size / 1e6)
    return 0


def lock() -> int:
    """Write both locks for every system that Marrow runs on, with hashes."""
    uv = [shutil.which("uv") or BIN / "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes",
          "--no-annotate", "--no-header", "--python-version", "3.11", "--no-config",
          "pyproject.toml", "requirements-build.in"]
    return (run(*uv, "-o", "requirements.lock")
            or run(*uv, "--extra", "test", "-c", "requirements.lock", "-o", "requirements-test.lock"))


def clean() -> int:
    """Remove the environment and what the example film made."""
    for each in (VENV, *(EXAMPLE / name for name in MADE)):
        shutil.rmtree(each, ignore_errors=True)
    return 0


def run(*words: object, folder: Path = HERE) -> int:
    """Run a program with its output shown; returns its exit code."""
    return subprocess.run([str(word) for word in words], cwd=folder, check=False).returncode


def has_venv() -> bool:
    """Whether this Python can make an environment: Debian splits ensurepip off."""
    code = "import venv, ensurepip"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def digest(files: list[Path]) -> str:
    """One hash over the content of files."""
    return hashlib.sha256(b"\0".join(each.read_bytes() for each in files)).hexdigest()


def tell(key: str, **facts: object) -> None:
    """One sentence in the user's language."""
    wishes = map(os.environ.get, ("MARROW_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    wish = next(filter(None, wishes), None) or locale.getlocale()[0] or ""
    print(SENTENCES[key][wish.lower().startswith(("zh", "chinese"))].format(**facts), flush=True)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a console without Chinese shows ? rather than a traceback
    sys.exit(main(sys.argv[1:]))
