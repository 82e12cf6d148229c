"""Pickles read as data: Python, PyTorch and joblib write them as small programs, and here nothing of them is run.

A machine of our own walks through the program and knows only how to make numbers, words, lists, dictionaries and
arrays. Where the program asks for anything else by name, it is refused and named; nothing the file chooses is called.

    pickle     protocols 0 to 5
    torch      the zip archives of torch.save and its older streams
    joblib     plain, or packed with zlib, gzip, bz2 or xz
    .npy       whose one array holds Python objects
"""

import bz2
import gzip
import io
import lzma
import mmap
import pickletools
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
from numpy import ndarray

from marrow.bones.formats.pickled_parts import Storage, Word, keyed, made, settled, stored
from marrow.errors import InputError, LimitError, MarrowError

LARGEST = 2_000_000_000  # bytes of a file, and of the arrays in an archive
UNPACKED = 800_000_000   # bytes of a packed file
LONGEST = 4_000_000      # instructions
DEEP = 60                # lists in lists
PACKERS = {b"x": None, b"\x1f\x8b": gzip.open, b"BZ": bz2.open, b"\xfd7": lzma.open}
MAGIC = 0x1950A86A20F9469CFC6C  # the first number of an old torch file
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, EOFError, RecursionError,
          UnicodeError, struct.error, zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, NotImplementedError,
          MemoryError, RuntimeError)


def unpickled(path: Path) -> object:
    """What a pickle holds: dictionaries, lists, words, numbers and arrays; nothing is run.

    raises    InputError  "pickled.form" when it is none or broken off, "pickled.asks" when it asks for a class or a
                          function beyond arrays
              LimitError  "pickled.large", "pickled.long"
    source    the Python standard library's pickletools; PyTorch's torch/serialization.py; joblib's numpy_pickle.py
    test      what pickle, numpy and joblib wrote comes back; nothing that a hostile file asks for happens
    """
    if path.stat().st_size > LARGEST:
        raise LimitError("pickled.large", path=path, most=LARGEST // 10**9)
    try:
        with open(path, "rb") as file:
            head = file.read(8)
            if head[:4] == b"PK\x03\x04":
                return _settled(_archive(path))
            return _settled(_stream(_tape(path, file, head)))
    except MarrowError as error:
        error.facts["path"] = str(path)  # the machine does not know what it reads
        raise
    except BROKEN as error:
        raise InputError("pickled.form", path=path) from error


def _tape(path: Path, file: IO[bytes], head: bytes) -> IO[bytes]:
    """The bytes of the pickle itself, unpacked, behind the head of an .npy; no read gives more than there is."""
    packer = next((mark for mark in PACKERS if head.startswith(mark)), None)
    if packer is not None:
        file.seek(0)
        tape = io.BytesIO(_unpacked(file, PACKERS[packer]))
    else:
        tape = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if tape.read(6) == b"\x93NUMPY":
        wide = 2 if tape.read(2)[0] == 1 else 4
        tape.read(int.from_bytes(tape.read(wide), "little"))
    else:
        tape.seek(0)
    return tape


def _unpacked(file: IO[bytes], opener: Callable | None) -> bytes:
    content = zlib.decompressobj().decompress(file.read(), UNPACKED) if opener is None else opener(file).read(UNPACKED)
    if len(content) >= UNPACKED:
        raise LimitError("pickled.large", path="", most=UNPACKED / 1e9)
    return content


def _archive(path: Path) -> object:
    """A torch.save archive: one pickle, and its arrays as files beside it."""
    with zipfile.ZipFile(path) as archive:
        sizes = {each.filename: each.file_size for each in archive.infolist()}
        if sum(sizes.values()) > LARGEST:
            raise LimitError("pickled.large", path="", most=LARGEST // 10**9)
        main = next((name for name in sizes if name.endswith("data.pkl")), None)
        if main is None:
            raise ValueError("no data.pkl")
        folder = main.removesuffix("data.pkl")
        order = archive.read(f"{folder}byteorder").decode() if f"{folder}byteorder" in sizes else "little"
        known: dict[str, Storage] = {}

        def storage(key: str, kind: str) -> Storage:
            if key not in known:
                known[key] = stored(kind, archive.read(f"{folder}data/{key}"), order)
            return known[key]

        return _Machine(io.BytesIO(archive.read(main)), storage).run()


def _stream(tape: IO[bytes]) -> object:
    """One pickle, or the row of pickles and arrays that an old torch file is."""
    found = _Machine(tape, None).run()
    if found != MAGIC:
        return found
    for _ in range(2):  # its version, and the machine it was written on
        _Machine(tape, None).run()
    known: dict[str, Storage] = {}

    def storage(key: str, kind: str) -> Storage:
        return known.setdefault(key, Storage(kind, None))

    found = _Machine(tape, storage).run()
    for key in _Machine(tape, None).run():
        count = struct.unpack("<q", tape.read(8))[0]
        kind = known[key].kind
        known[key].numbers = stored(kind, tape.read(count * stored(kind, b"", "little").numbers.itemsize),
                                    "little").numbers
    return found


class _Machine:
    """A pickle machine that makes plain data only."""

    def __init__(self, tape: IO[bytes], storage: Callable[[str, str], Storage] | None) -> None:
        self.tape, self.storage = tape, storage
        self.stack: list[object] = []
        self.marks: list[int] = []
        self.memo: dict[int, object] = {}

    def run(self) -> object:
        """The value that the program leaves."""
        for number, (code, value, _) in enumerate(pickletools.genops(self.tape)):
            if number > LONGEST:
                raise LimitError("pickled.long", path="")
            name = code.name
            if name == "STOP":
                return self.stack.pop()
            if name in PUSHED:
                self.stack.append(value)
            elif name in CONSTANT:
                self.stack.append(CONSTANT[name]())
            elif name in ACTIONS:
                ACTIONS[name](self, value)
            elif name not in ("PROTO", "FRAME"):
                raise InputError("pickled.asks", path="", name=name)
        raise EOFError

    def above(self) -> list[object]:
        """Everything above the last mark, taken off."""
        at = self.marks.pop()
        found = self.stack[at:]
        del self.stack[at:]
        return found

    def keep(self, place: int | None) -> None:
        """Remember the top under a number."""
        self.memo[len(self.memo) if place is None else place] = self.stack[-1]

    def last(self, kind: type) -> object:
        """The top, which must be of a kind."""
        if not isinstance(self.stack[-1], kind):
            raise ValueError(kind)
        return self.stack[-1]

    def items(self, pairs: list[object]) -> None:
        """Put keys and values into the dictionary on top."""
        self.last(dict).update(zip(map(keyed, pairs[::2]), pairs[1::2], strict=True))

    def call(self, given: object) -> None:
        """What a known word makes of its arguments; an unknown word was refused when it was named."""
        word = self.stack.pop()
        self.stack.append(made(word, given))

    def build(self, state: object) -> None:
        """Complete the thing on top; an array of joblib stands in the file right behind."""
        thing = self.stack[-1]
        if hasattr(thing, "complete"):
            thing.complete(state, self)
        elif not isinstance(thing, dict | list):
            raise ValueError("state")

    def object_array(self) -> object:
        """A pickle inside the pickle: joblib's way with arrays of objects."""
        return _Machine(self.tape, None).run()

    def persistent(self, given: object) -> None:
        """A reference to the numbers of a torch tensor."""
        if self.storage is None or not isinstance(given, tuple) or len(given) < 5 or given[0] != "storage":
            raise ValueError("reference")
        self.stack.append(self.storage(str(given[2]), str(given[1])))


def _settled(value: object) -> object:
    return settled(value, DEEP)


def _named(machine: _Machine, value: str) -> None:
    module, _, name = value.partition(" ")
    machine.stack.append(Word.known(module, name))


def _named_by_stack(machine: _Machine, _: object) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    machine.stack.append(Word.known(str(module), str(name)))


def _append(machine: _Machine, _: object) -> None:
    value = machine.stack.pop()
    machine.last(list).append(value)


def _appends(machine: _Machine, _: object) -> None:
    values = machine.above()
    machine.last(list).extend(values)


def _set_item(machine: _Machine, _: object) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    machine.items([key, value])


def _add_items(machine: _Machine, _: object) -> None:
    values = machine.above()
    machine.last(set).update(map(keyed, values))


def _some(count: int) -> Callable[[_Machine, object], None]:
    def take(machine: _Machine, _: object) -> None:
        values = tuple(machine.stack[-count:])
        if len(values) < count:
            raise ValueError("stack")
        del machine.stack[-count:]
        machine.stack.append(values)
    return take


def _gathered(kind: Callable) -> Callable[[_Machine, object], None]:
    def take(machine: _Machine, _: object) -> None:
        machine.stack.append(kind(machine.above()))
    return take


def _dictionary(values: list[object]) -> dict:
    return dict(zip(map(keyed, values[::2]), values[1::2], strict=True))


PUSHED = {"INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING",
          "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "BINUNICODE",
          "SHORT_BINUNICODE", "BINUNICODE8"}
CONSTANT = {"NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False, "EMPTY_LIST": list,
            "EMPTY_TUPLE": tuple, "EMPTY_DICT": dict, "EMPTY_SET": set}
ACTIONS: dict[str, Callable[[_Machine, object], object]] = {
    "MARK": lambda machine, _: machine.marks.append(len(machine.stack)),
    "POP": lambda machine, _: machine.stack.pop(), "POP_MARK": lambda machine, _: machine.above(),
    "DUP": lambda machine, _: machine.stack.append(machine.stack[-1]),
    "PUT": _Machine.keep, "BINPUT": _Machine.keep, "LONG_BINPUT": _Machine.keep, "MEMOIZE": _Machine.keep,
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), lambda machine, at: machine.stack.append(machine.memo[at])),
    "APPEND": _append, "APPENDS": _appends, "SETITEM": _set_item, "SETITEMS": lambda machine, _: machine.items(
        machine.above()), "ADDITEMS": _add_items,
    "LIST": _gathered(list), "TUPLE": _gathered(tuple), "DICT": _gathered(_dictionary),
    "FROZENSET": _gathered(lambda values: set(map(keyed, values))),
    "TUPLE1": _some(1), "TUPLE2": _some(2), "TUPLE3": _some(3),
    "GLOBAL": _named, "STACK_GLOBAL": _named_by_stack,
    "REDUCE": lambda machine, _: machine.call(machine.stack.pop()),
    "NEWOBJ": lambda machine, _: machine.call(machine.stack.pop()),
    "BUILD": lambda machine, _: machine.build(machine.stack.pop()),
    "BINPERSID": lambda machine, _: machine.persistent(machine.stack.pop()),
}


def numbers(value: object, most: int = 200_000_000) -> ndarray:
    """An array of numbers from an array or from lists in lists, all of one length.

    raises    ValueError  anything else; lists that would unfold to more than `most` numbers
    """
    if not isinstance(value, ndarray):
        level, count = [value], 1
        while level and isinstance(level[0], list | tuple | ndarray):
            sizes = {len(each) for each in level if isinstance(each, list | tuple)} | {
                each.size for each in level if isinstance(each, ndarray)}
            count *= max(sizes, default=0)
            if len(sizes) != 1 or count > most or isinstance(level[0], ndarray):
                break
            level = [level[0][0]] if level[0] else []
        if count > most:
            raise ValueError("too many numbers")
        value = np.asarray(value)
    if value.dtype.kind not in "biuf" or value.dtype.itemsize > 8:
        raise ValueError("no numbers")
    with np.errstate(all="ignore"):
        return value.astype(float)
