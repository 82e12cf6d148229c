"""Meanings by a model of yours in a folder: bge-small-zh, m3e, text2vec … as ONNX, with its tokenizer.

    embed: onnx:models/bge-small-zh

The folder holds `model.onnx` (or onnx/model.onnx) and `tokenizer.json`, as exported for sentence embeddings. How tokens
become one vector is read from `1_Pooling/config.json`, where it is; the mean, where it is not. Nothing is downloaded,
nothing leaves this machine.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from marrow.engine import Engine
from marrow.errors import EngineError, InputError

if TYPE_CHECKING:
    from numpy import ndarray

    from marrow.people.contract import Embed

LONGEST = 512   # tokens of a text; what is longer is cut
MODELS = ("model.onnx", "onnx/model.onnx")


def open_onnx(folder: Path) -> "Embed":
    """Load the network and its tokenizer once.

    raises    InputError   "people.embed.folder"
              EngineError  "people.embed.broken"
    """
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state
    from tokenizers import Tokenizer

    folder = folder.expanduser()
    model = next((folder / each for each in MODELS if (folder / each).is_file()), None)
    if model is None or "model" not in _read(folder / "tokenizer.json"):
        raise InputError("people.embed.folder", path=folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1   # the same sums, whatever the machine
    try:
        network = onnxruntime.InferenceSession(str(model), settings, providers=["CPUExecutionProvider"])
    except (state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.InvalidArgument, state.NotImplemented,
            state.RuntimeException) as error:
        why = next(iter(str(error).splitlines()), "")[:200]
        raise EngineError("people.embed.broken", path=folder, why=why) from error
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()
    return _embed(folder, tokenizer.encode_batch, network)


def _embed(folder: Path, cut: Callable, network: object) -> "Embed":
    import numpy as np

    wanted, first = {each.name for each in network.get_inputs()}, _first(folder)

    def embed(texts: Sequence[str]) -> "ndarray":
        tokens = cut(list(texts))
        given = {"input_ids": [each.ids for each in tokens], "attention_mask": [each.attention_mask for each in tokens],
                 "token_type_ids": [each.type_ids for each in tokens]}
        arrays = {name: np.array(rows, np.int64) for name, rows in given.items()}
        said = np.asarray(network.run(None, {name: arrays[name] for name in wanted & set(arrays)})[0], np.float32)
        if said.ndim == 3:
            mask = arrays["attention_mask"][..., None].astype(np.float32)
            said = said[:, 0] if first else (said * mask).sum(1) / np.maximum(mask.sum(1), 1)
        return said / np.maximum(np.linalg.norm(said, axis=-1, keepdims=True), 1e-12)

    return embed


def _first(folder: Path) -> bool:
    """Whether the first token stands for the whole text."""
    return bool(_read(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token"))


def _read(path: Path) -> dict:
    """A JSON object; an empty one where there is none."""
    try:
        held = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}


engine = Engine("people.embed", open_onnx, about="an embedding model of yours as an ONNX folder, on this machine",
                about_zh="你自己的向量模型（ONNX 文件夹），只在这台机器上算", licence="that of the model", weights=True,
                needs={"onnxruntime": "onnxruntime", "tokenizers": "tokenizers"})
