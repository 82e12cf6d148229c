"""What an engine may be asked without anything leaving this machine."""

import pytest

from marrow.engine import here


@pytest.mark.parametrize(("url", "own"), [
    ("http://localhost:11434/v1", True), ("http://LOCALHOST/", True), ("http://127.0.0.1:8000", True),
    ("http://127.9.9.9", True), ("http://[::1]:8000/", True), ("http://me:pw@127.0.0.1/", True),
    ("http://localhost.example.org", False), ("http://127.0.0.1.example.org", False), ("http://192.168.1.5", False),
    ("http://127.0.0.1@example.org/", False), ("http://0.0.0.0", False), ("http://[fe80::1]", False),
    ("https://api.example.org/localhost", False), ("", False)])
def test_truth_which_address_is_this_machine(url, own):
    assert here(url) is own
