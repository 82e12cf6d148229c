"""Engines in their own process: what is sent comes back, and every way to die is one EngineError."""

import os
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from marrow.apart import Apart
from marrow.errors import EngineError
from marrow.progress import Cancelled, reporter

FAR = """
import json, os, signal, sys, time
pipe = os.fdopen(os.dup(1), "wb"); os.dup2(2, 1)
def say(head, raw=b""): pipe.write(json.dumps(head).encode() + b"\\n" + raw); pipe.flush()
for line in sys.stdin.buffer:
    head = json.loads(line)
    ask, raw = head["ask"], b""
    for each in head["arrays"]:
        size = int(each["dtype"][2:])
        for side in each["shape"]: size *= side
        raw += sys.stdin.buffer.read(size)
    what = ask.get("do")
    print("noise on stdout", flush=True)
    if what == "die": sys.stderr.write("first\\nmy last words\\n"); sys.stderr.flush(); os._exit(7)
    if what == "kill": os.kill(os.getpid(), signal.SIGKILL)
    if what == "hang": time.sleep(60)
    if what == "garble": pipe.write(b"Loading checkpoint shards...\\n"); pipe.flush(); time.sleep(60)
    if what == "pickle": say({"answer": {}, "arrays": [{"dtype": "|O", "shape": [1]}]}, b"x" * 8); time.sleep(60)
    if what == "huge": say({"answer": {}, "arrays": [{"dtype": "<f8", "shape": [1 << 40]}]}); time.sleep(60)
    if what == "half": say({"answer": {}, "arrays": [{"dtype": "<f8", "shape": [100]}]}, b"only this"); os._exit(0)
    if what == "refuse": say({"refused": "no voice 'x'"}); continue
    if what == "count":
        for n in range(1, 4): say({"progress": ["speaking", n, 3]})
    say({"answer": ask, "arrays": head["arrays"]}, raw)
"""


@pytest.fixture
def far(tmp_path):
    script = tmp_path / "far.py"
    script.write_text(FAR)
    with Apart([sys.executable, "-I", "-S", script], name="mirror", limit=10) as apart:
        yield apart


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def key_of(call) -> str:
    with pytest.raises(EngineError) as caught:
        call()
    for lang in ("en", "zh"):
        assert caught.value.tell(lang)
    return caught.value.key


def test_law_what_is_sent_comes_back_bit_by_bit(far):
    kinds = st.sampled_from(["<f4", "<f8", "<i2", "|u1", "<i8", "|b1", "<c8", ">i4"])
    arrays = kinds.flatmap(lambda kind: some.arrays(np.dtype(kind), some.array_shapes(min_dims=0, min_side=0)))

    @settings(max_examples=30, deadline=None)
    @given(st.text(), st.lists(arrays, max_size=3))
    def law(words, sent):
        answer = far.ask({"words": words}, sent)
        assert answer.facts == {"words": words}
        assert len(answer.arrays) == len(sent)
        for a, b in zip(sent, answer.arrays, strict=True):
            assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
            assert b.flags.writeable

    law()


def test_law_a_large_array_does_not_lock_the_pipe(far):
    big = np.arange(3_000_000, dtype="<f4")
    assert np.array_equal(far.ask({}, [big]).arrays[0], big)


def test_law_one_process_answers_many_questions_and_dies_with_the_block(far):
    far.ask({})
    first = far.pid
    far.ask({})
    assert far.pid == first
    far.close()
    assert far.pid is None
    assert gone(first)


def test_truth_progress_reaches_the_reporter(far):
    heard = []
    token = reporter.set(lambda *said: heard.append(said))
    try:
        far.ask({"do": "count"})
    finally:
        reporter.reset(token)
    assert [each for each in heard if each[0] == "speaking"] == [("speaking", n, 3) for n in (1, 2, 3)]


@pytest.mark.parametrize("do", ["die", "kill", "half"])
def test_refuses_a_dead_process_and_the_next_question_works(far, do):
    assert key_of(lambda: far.ask({"do": do})) == "apart.died"
    assert far.ask({"again": 1}).facts == {"again": 1}


def test_truth_last_words_and_exit_code_are_told(far):
    with pytest.raises(EngineError, match="my last words") as caught:
        far.ask({"do": "die"})
    assert caught.value.facts["code"] == 7


def test_refuses_to_restart_silently_what_died_between_questions(far):
    far.ask({})
    os.kill(far.pid, 9)
    time.sleep(0.1)
    assert key_of(lambda: far.ask({})) == "apart.died"
    assert far.ask({"again": 1}).facts == {"again": 1}


@pytest.mark.parametrize("do", ["garble", "pickle", "huge"])
def test_refuses_garbage_on_the_pipe(far, do):
    assert key_of(lambda: far.ask({"do": do})) == "apart.garbled"
    assert far.pid is None


def test_refuses_a_hung_process(far):
    far.limit = 0.3
    began = time.monotonic()
    far.ask({})
    pid = far.pid
    assert key_of(lambda: far.ask({"do": "hang"})) == "apart.slow"
    assert time.monotonic() - began < 5
    assert gone(pid)


def test_law_a_refusal_leaves_the_process_alive(far):
    assert key_of(lambda: far.ask({"do": "refuse"})) == "apart.refused"
    pid = far.pid
    far.ask({})
    assert far.pid == pid


def test_law_cancel_kills_even_a_silent_process(far):
    def stop(*_):
        raise Cancelled

    far.ask({})
    pid = far.pid
    token = reporter.set(stop)
    try:
        with pytest.raises(Cancelled):
            far.ask({"do": "hang"})
    finally:
        reporter.reset(token)
    assert gone(pid)


def test_refuses_a_program_that_is_not_there():
    assert key_of(lambda: Apart(["/nowhere/blender"], name="blender").ask({})) == "apart.absent"
