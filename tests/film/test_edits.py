"""After each of 500 random edits, exactly the steps that an independent oracle names are run."""

import random
from collections import Counter

from executors import Inline
from oracle import edit, first_film
from stubs import runs

from marrow.film import verbs

EDITS = 500


def test_law_a_build_runs_the_minimal_set_after_every_edit(tmp_path, monkeypatch):
    log = tmp_path / "runs.log"
    monkeypatch.setenv("MARROW_STUB_LOG", str(log))
    folder = tmp_path / "影片"
    folder.mkdir()
    dice = random.Random(20261124)
    film, seen = first_film(), set()
    kinds: Counter = Counter()
    for number in range(EDITS + 1):
        kind = edit(film, dice) if number else "first"
        film.write(folder, dice)
        verbs.make(folder, executor=Inline)
        wanted = set(film.needed()) - seen
        assert Counter(runs(log)) == Counter(f"stub.{step}" for step, *_ in wanted), (number, kind)
        if kind in ("comment", "rename", "order", "model name", "nothing"):
            assert not wanted, (number, kind)
        seen |= wanted
        kinds[kind] += 1
    assert len(kinds) == 18
