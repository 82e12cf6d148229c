"""The store: names are contents, the record is the truth, the index is disposable, locks die with their owner."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from marrow import store as store_module
from marrow.errors import FilmError, InputError, LimitError
from marrow.store import Store, canonical, manifest

WORDS = "一句话".encode()


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / ".marrow", tmp_path) as opened:
        yield opened


def test_truth_an_object_is_named_by_its_sha256(store):
    identity = store.put_bytes(WORDS)
    assert identity == hashlib.sha256(WORDS).hexdigest()
    assert store.path(identity).read_bytes() == WORDS
    assert store.path(identity).stat().st_mode & 0o222 == 0


def test_law_storing_twice_changes_nothing(store):
    first = store.put_bytes(WORDS)
    inode = store.path(first).stat().st_ino
    assert store.put_bytes(WORDS) == first
    assert store.path(first).stat().st_ino == inode
    assert list(store.temporary.iterdir()) == []


def test_truth_a_folder_is_a_manifest_of_its_frames(store, tmp_path):
    folder = tmp_path / "帧"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(b"frame %d" % number)
    first = store.digest("帧")
    names = {f"{n}.png": hashlib.sha256(b"frame %d" % n).hexdigest() for n in range(3)}
    assert first == hashlib.sha256(manifest(names)).hexdigest()
    (folder / "1.png").write_bytes(b"another")
    assert store.digest("帧") != first


def test_law_the_index_is_rebuilt_from_the_record(store, tmp_path):
    identity = store.put_bytes(WORDS)
    store.append("made", "a" * 64, object=identity, kind="text", identity={})
    store.append("take", "镜头", number=1)
    before = store.made("a" * 64), store.actions("take")
    store.close()
    for damage in (lambda path: path.unlink(), lambda path: path.write_bytes(b"not a database" * 100)):
        for extra in ("index.db-wal", "index.db-shm"):
            (tmp_path / ".marrow" / extra).unlink(missing_ok=True)
        damage(tmp_path / ".marrow" / "index.db")
        with Store(tmp_path / ".marrow", tmp_path) as again:
            assert (again.made("a" * 64), again.actions("take")) == before


@pytest.mark.parametrize("torn", [b'{"act": "made", "abo', b"\x00\x00\x00", b"{}\n[]\nnull\n"])
def test_law_a_torn_line_loses_only_itself(store, torn):
    store.append("take", "one", number=1)
    with open(store.record, "ab") as file:
        file.write(torn)
    store.append("take", "two", number=2)
    assert [action["about"] for action in store.actions("take")] == ["one", "two"]
    assert store.torn() >= 1


def test_law_two_stores_see_each_others_lines(store, tmp_path):
    with Store(tmp_path / ".marrow", tmp_path) as other:
        for number in range(5):
            store.append("take", "mine", number=number)
            other.append("take", "yours", number=number)
        store.refresh()
        assert len(store.actions("take")) == len(other.actions("take")) == 10


def test_truth_a_line_is_found_at_its_byte(store):
    store.append("take", "first", number=1)
    line = store.append("made", "b" * 64, object="c" * 64, kind="text", identity={"step": "x"})
    assert store.action(line)["identity"] == {"step": "x"}
    assert store.made("b" * 64).line == line


def test_truth_a_key_has_one_owner_and_death_frees_it(store, tmp_path):
    code = ("import sys, time; from pathlib import Path; from marrow.store import Store\n"
            "store = Store(Path(sys.argv[1]), Path(sys.argv[1])); print(store.claim('d' * 64), flush=True)\n"
            "time.sleep(60)")
    other = subprocess.Popen([sys.executable, "-c", code, str(store.home)], stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline().strip() == "True"
    assert not store.claim("d" * 64)
    assert store.claim("e" * 64)
    other.kill()
    other.wait()
    assert store.claim("d" * 64)
    store.release("d" * 64)
    assert store.claim("d" * 64)


def test_truth_a_file_changed_within_the_tick_is_hashed_again(store, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    first = store.digest("a.txt")
    mark = path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(mark.st_atime_ns, mark.st_mtime_ns))
    assert store.digest("a.txt") != first


def test_law_an_old_unchanged_file_is_not_read_again(store, tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    old = time.time_ns() - 10**10
    os.utime(path, ns=(old, old))
    first = store.digest("a.txt")
    store.close()
    with Store(tmp_path / ".marrow", tmp_path) as again:
        monkeypatch.setattr(store_module, "file_digest", lambda path: pytest.fail("read again"))
        assert again.digest("a.txt") == first


def test_refuses_a_missing_source(store):
    with pytest.raises(InputError, match=r"nowhere\.png"):
        store.digest("nowhere.png")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_refuses_a_pipe_or_a_device_without_waiting_for_it(store, tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    for name in ("pipe.png", "/dev/zero"):
        with pytest.raises(InputError) as caught:
            store.digest(name)
        assert caught.value.key == "file.strange"


def test_law_lines_that_are_no_actions_are_passed_over(tmp_path):
    with Store(tmp_path / ".marrow", tmp_path) as store:
        store.append("note", "before")
        with open(store.record, "ab") as record:
            record.write(b'[1]\n\xff\0\n{"act": 5, "about": {}}\n{"act": "made", "about": "key"}\n')
        store.append("note", "after")
        assert [each["about"] for each in store.actions("note")] == ["before", "after"]
        assert store.torn() == 4


def test_refuses_an_object_that_is_nowhere(store):
    with pytest.raises(FilmError):
        store.find("f" * 64)


def test_refuses_a_full_disk_in_one_sentence_and_keeps_the_record_whole(store, monkeypatch):
    store.append("take", "one", number=1)
    size = store.record.stat().st_size

    def full(file, content):
        file.write(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module, "_write_all", full)
    with pytest.raises(LimitError):
        store.append("take", "two", number=2)
    assert store.record.stat().st_size == size


def test_law_unfinished_work_of_the_dead_is_swept_and_of_the_living_kept(store):
    dead, living, mine = (store.temporary / name for name in ("999999999-1", f"{os.getppid()}-1.mkv", "x-1"))
    for each in (dead, living, mine):
        each.write_bytes(b"half")
    store.sweep()
    assert [each.exists() for each in (dead, living, mine)] == [False, True, True]


def test_law_canonical_json_ignores_the_order_of_keys():
    assert canonical({"b": 1, "a": [1, 2]}) == canonical(json.loads('{"a": [1, 2], "b": 1}')) == b'{"a":[1,2],"b":1}'


def test_law_a_store_can_be_moved(tmp_path):
    home = tmp_path / "一部影片"
    with Store(home / ".marrow", home) as first:
        (home / "a.txt").write_bytes(WORDS)
        identity = first.put_bytes(WORDS)
        first.append("made", "a" * 64, object=identity, kind="text", identity={})
    moved = Path(os.rename(home, tmp_path / "moved") or tmp_path / "moved")
    with Store(moved / ".marrow", moved) as again:
        assert again.find(again.made("a" * 64).object).read_bytes() == WORDS
