"""The suite sees one stranger's package, `tests/stranger`, as if pip had installed it: also in worker processes."""

import os
import sys
from pathlib import Path

import pytest

STRANGER = str(Path(__file__).with_name("stranger"))
sys.path.insert(0, STRANGER)
os.environ["PYTHONPATH"] = os.pathsep.join([STRANGER, *filter(None, [os.environ.get("PYTHONPATH")])])
os.environ["MARROW_LANG"] = "en"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # tests run side by side: threads would wait for one another


@pytest.fixture(autouse=True)
def one_language(monkeypatch):
    """What a test says with --lang ends with the test."""
    monkeypatch.setenv("MARROW_LANG", "en")
