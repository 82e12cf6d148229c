"""What a pickle may ask for by name: stand-ins that hold plain data until the whole file is read.

Each word of the list makes numbers and containers from checked arguments by our own code; nothing is imported or called
that a file names. A word that is not in the list is refused as soon as it is said.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy import ndarray

from marrow.errors import InputError, LimitError

MOST = 2_000_000_000  # bytes of one array
PLAIN = re.compile(r"[<>=|]?(?:[biufc]\d{1,2}|[SU]\d{1,5}|O8?|\?)|bool|float(?:16|32|64)|u?int(?:8|16|32|64)")
STORAGES = {"Float": "f4", "Double": "f8", "Half": "f2", "BFloat16": "bf", "Long": "i8", "Int": "i4", "Short": "i2",
            "Char": "i1", "Byte": "u1", "Bool": "?", "Untyped": "u1"}
ARRAYS = ("numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric")


@dataclass(frozen=True)
class Word:
    """A name from the list, as good as the thing it names: "torch.FloatStorage"."""

    name: str

    @staticmethod
    def known(module: str, name: str) -> "Word":
        """The word for a class or function, where it is one of the list.

        raises    InputError  "pickled.asks", naming it
        """
        module = {"__builtin__": "builtins"}.get(module, module)
        module = "numpy.core" if module in ARRAYS else module
        word = f"{module}.{name}"
        if word not in MAKERS and word not in SILENT and not (module in ("torch", "torch.storage") and
                                                              name.removesuffix("Storage") in STORAGES):
            raise InputError("pickled.asks", path="", name=word[:120])
        return Word(word)

    def __str__(self) -> str:
        return self.name


@dataclass
class Storage:
    """The numbers that torch tensors look into."""

    kind: str
    numbers: ndarray | None


class _Reader(Protocol):
    """A machine that can hand over the bytes that follow."""

    tape: object

    def object_array(self) -> object:
        """The pickle that follows."""


@dataclass
class _Kind:
    """A numpy dtype, once complete."""

    code: str
    order: str = "="

    def complete(self, state: object, _: _Reader) -> None:
        if not isinstance(state, tuple) or len(state) < 5 or state[3] is not None or state[4] is not None:
            raise ValueError("a dtype with fields")
        self.order = state[1] if state[1] in ("<", ">", "=", "|") else "="

    @property
    def dtype(self) -> np.dtype:
        made = np.dtype(self.code)
        return made.newbyteorder(self.order) if self.order in "<>" else made


@dataclass
class _Array:
    """A numpy array, once complete; one of objects becomes a list, or its one object."""

    value: object = None

    def complete(self, state: object, _: _Reader) -> None:
        _, shape, kind, fortran, content = state
        self.value = _objects(shape, content) if kind.dtype.hasobject else _array(kind.dtype, shape, content, fortran)


@dataclass
class _Wrapped:
    """An array of joblib: its bytes follow in the file."""

    value: object = None

    def complete(self, state: object, machine: _Reader) -> None:
        kind, shape = state["dtype"], state["shape"]
        dtype = kind.dtype
        if dtype.hasobject:
            self.value = machine.object_array()
            return
        if state.get("numpy_array_alignment_bytes") is not None:
            machine.tape.read(machine.tape.read(1)[0])
        size = _count(shape) * dtype.itemsize
        if size > MOST:
            raise LimitError("pickled.large", path="", most=MOST // 10**9)
        self.value = _array(dtype, shape, machine.tape.read(size), state.get("order") == "F")


@dataclass
class _Tensor:
    """A torch tensor: a view into a storage that may be read later."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def value(self) -> ndarray:
        """Its numbers (a copy), never beyond the storage.

        raises    ValueError  when it looks beyond
        """
        whole = self.storage.numbers
        if (len(self.shape) != len(self.strides) or len(self.shape) > 16 or self.offset < 0
                or min((*self.shape, *self.strides), default=0) < 0):
            raise ValueError("tensor")
        count = _count(self.shape)
        if count * whole.itemsize > MOST:
            raise LimitError("pickled.large", path="", most=MOST // 10**9)
        last = self.offset + sum((size - 1) * step for size, step in zip(self.shape, self.strides, strict=True))
        if count and last >= len(whole):
            raise ValueError("tensor")
        steps = tuple(step * whole.itemsize for step in self.strides)
        return np.lib.stride_tricks.as_strided(whole[self.offset:], self.shape if count else (0,),
                                               steps if count else (whole.itemsize,)).copy().reshape(self.shape)


def stored(kind: str, content: bytes, order: str) -> Storage:
    """The numbers of a torch storage, from its bytes."""
    code = STORAGES[kind.rpartition(".")[2].removesuffix("Storage")]
    if code == "bf":
        wide = np.frombuffer(content, "<u2" if order == "little" else ">u2").astype(np.uint32) << 16
        return Storage(kind, wide.view(np.float32))
    return Storage(kind, np.frombuffer(content, np.dtype(code).newbyteorder("<" if order == "little" else ">")))


def keyed(value: object) -> object:
    """A key of a dictionary or a member of a set: a word, a number, or a few of them.

    raises    ValueError  anything else, and numbers so large that a file could make a dictionary slow with them
    """
    if isinstance(value, tuple) and len(value) <= 16 and not any(isinstance(each, tuple) for each in value):
        return tuple(map(keyed, value))
    if isinstance(value, str | bytes | None) or (isinstance(value, int) and abs(value) < 2**53):
        return value
    raise ValueError("key")


def made(word: object, given: object) -> object:
    """What a word of the list makes of its arguments."""
    if not isinstance(word, Word) or word.name not in MAKERS or not isinstance(given, tuple):
        raise InputError("pickled.asks", path="", name=str(word)[:120])
    return MAKERS[word.name](*given)


def settled(value: object, deep: int) -> object:
    """The same data with every stand-in replaced by what it stands for.

    raises    LimitError  "pickled.long" when lists lie in lists deeper than `deep`, or in themselves
    """
    done: dict[int, tuple[object, object]] = {}

    def plain(one: object, left: int) -> object:
        if not isinstance(one, list | tuple | dict | set | _Array | _Wrapped | _Tensor | _Kind | Word | Storage):
            return one
        if not left:
            raise LimitError("pickled.long", path="")
        if id(one) not in done:
            done[id(one)] = one, opened(one, left - 1)
        return done[id(one)][1]

    def opened(one: object, left: int) -> object:
        if isinstance(one, dict):
            return {key if not isinstance(key, Word) else str(key): plain(each, left) for key, each in one.items()}
        if isinstance(one, list | tuple):
            return [plain(each, left) for each in one]
        if isinstance(one, set):
            return sorted(one, key=repr)
        if isinstance(one, Storage):
            return one.numbers
        return plain(one.value, left) if isinstance(one, _Array | _Wrapped | _Tensor) else str(one)

    return plain(value, deep)


def _count(shape: object) -> int:
    count = 1
    if not isinstance(shape, tuple) or len(shape) > 16 or not all(type(side) is int and side >= 0 for side in shape):
        raise ValueError("shape")
    for side in shape:
        count *= side
    return count


def _array(dtype: np.dtype, shape: tuple[int, ...], content: object, fortran: object) -> ndarray:
    content = content.encode("latin1") if isinstance(content, str) else content
    if not isinstance(content, bytes | bytearray) or _count(shape) * dtype.itemsize != len(content):
        raise ValueError("array")
    found = np.frombuffer(bytes(content), dtype)
    return found.reshape(shape[::-1]).T if fortran else found.reshape(shape)


def _objects(shape: tuple[int, ...], content: object) -> object:
    """An array of objects: the one object of a shapeless one, else a list in the shape's outermost order."""
    if not isinstance(content, list) or _count(shape) != len(content):
        raise ValueError("array")
    if not shape:
        return content[0]
    for side in reversed(shape[1:]):
        content = [content[at:at + side] for at in range(0, len(content), max(side, 1))]
    return content


def _kind(code: object, *_: object) -> _Kind:
    if isinstance(code, Word):
        code = code.name.rpartition(".")[2].rstrip("_")
    if not isinstance(code, str) or not PLAIN.fullmatch(code):
        raise ValueError("dtype")
    return _Kind(code)


def _scalar(kind: _Kind, content: object) -> object:
    if kind.dtype.hasobject:
        return content
    return _array(kind.dtype, (), content, False).item()


def _buffer(content: object, kind: _Kind, shape: tuple[int, ...], order: str) -> _Array:
    return _Array(_array(kind.dtype, shape, content, order == "F"))


def _tensor(storage: Storage, offset: int, shape: object, strides: object, *_: object) -> _Tensor:
    shape, strides = tuple(shape), tuple(strides)
    if not isinstance(storage, Storage) or not all(type(each) is int for each in (offset, *shape, *strides)):
        raise ValueError("tensor")
    return _Tensor(storage, offset, shape, strides)


def _encoded(text: object, coding: object = "latin1") -> bytes:
    if not isinstance(text, str) or coding not in ("latin1", "latin-1", "utf-8"):
        raise ValueError("coding")
    return text.encode(coding)


def _container(kind: Callable) -> Callable[..., object]:
    """A list, dictionary or set made from a list; nothing that counts, so that no number becomes memory."""
    def make(*given: object) -> object:
        if len(given) > 1 or not all(isinstance(each, list | tuple | set | dict) for each in given):
            raise ValueError("container")
        values = given[0] if given else ()
        if kind is set:
            values = map(keyed, values)
        elif kind is dict and not isinstance(values, dict):
            values = [(keyed(key), value) for key, value in values]
        return kind(values)
    return make


MAKERS: dict[str, Callable[..., object]] = {
    "numpy.core._reconstruct": lambda *_: _Array(), "numpy.core.scalar": _scalar, "numpy.core._frombuffer": _buffer,
    "numpy.dtype": _kind, "numpy.ndarray": lambda *_: _Array(),
    "joblib.numpy_pickle.NumpyArrayWrapper": lambda *_: _Wrapped(),
    "torch._utils._rebuild_tensor_v2": _tensor, "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_parameter": lambda tensor, *_: tensor, "torch.Size": lambda sides=(): tuple(sides),
    "torch.device": lambda *given: str(given[0]) if given else "",
    "collections.OrderedDict": _container(dict), "collections.defaultdict": lambda *_: {},
    "builtins.dict": _container(dict), "builtins.list": _container(list), "builtins.tuple": _container(tuple),
    "builtins.set": _container(set), "builtins.frozenset": _container(set),
    "_codecs.encode": _encoded,
}
SILENT = {"builtins.int", "builtins.float", "builtins.str", "builtins.bool", "builtins.bytes", "numpy.memmap",
          *(f"numpy.{kind}" for kind in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8",
                                         "uint16", "uint32", "uint64", "bool_", "bool", "str_")),
          *(f"torch.{kind}" for kind in ("float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64",
                                         "uint8", "bool"))}
