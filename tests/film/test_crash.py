"""Nothing finished is lost and nothing half-written is kept: kill -9, full disks, two builds at once."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import crash
import pytest

pytestmark = pytest.mark.slow


def test_law_kill_9_leaves_no_wrong_object_and_loses_only_running_steps(tmp_path):
    found = crash.kills(tmp_path / "影片", 12, random.Random(1))
    assert found["wrong objects"] == 0
    assert found["last build"] == 0
    assert found["steps redone"] <= found["most that may be redone"]
    assert found["same as undisturbed"]


def test_law_two_builds_at_once_run_no_step_twice(tmp_path):
    found = crash.pairs(tmp_path / "影片", 3, random.Random(2))
    assert found["steps run twice"] == found["wrong objects"] == 0
    assert found["exit codes"] == {0: 6}


def test_law_a_full_disk_is_one_sentence_and_the_store_stays_whole(tmp_path):
    command = (f"mount -t tmpfs -o size=6m tmpfs {tmp_path} && {sys.executable} {Path(crash.__file__)} disk "
               f"{tmp_path}/film 4")
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("this system does not let a user mount a small disk")
    done = subprocess.run(["unshare", "-rm", "sh", "-c", command], capture_output=True, text=True, check=False)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["wrong objects"] == found["tracebacks"] == 0
    assert found["last build"] == 0
    assert found["same as undisturbed"]
