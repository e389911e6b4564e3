"""The half of the engine that has learnt what sentences mean: a small network, the same in four languages.

It is multilingual-e5-small with the vocabulary cut to our languages, taught the example questions and packed
in eight bits; `training/` makes it, and `model/README.md` says where it comes from. The files are checked
against their card before they are used, and each text is cut, so that its cost has an end.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.fold import written

FOLDER = Path(__file__).parent / "model"
NETWORK, PIECES = "encoder.onnx", "pieces.model"

LONGEST = 128
"""Pieces of a text that are read; a chat message seldom has half as many."""

START, PAD, END = 0, 1, 2

Array = NDArray[np.float32]


class EncoderError(Exception):
    """The encoder's files are missing, damaged or not those that the card names; the message says which."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the network makes of one text: logarithms of odds, not yet probabilities."""

    topics: Array  # one for each of `Encoder.topics`
    danger: float
    languages: Array  # one for each of `Encoder.languages`


class Encoder:
    """The network, loaded; any number of threads may ask it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Load the files of ``folder``. Raises EncoderError."""
        try:
            card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
            sums = dict(card["sha256"])
            self.topics: tuple[str, ...] = tuple(card["topics"])
            self.languages: tuple[str, ...] = tuple(card["languages"])
            found = {name: (_checksum(folder / name), sums[name]) for name in (NETWORK, PIECES)}
        except OSError as error:
            name = Path(error.filename).name
            raise EncoderError(f"{name} cannot be read: {type(error).__name__}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise EncoderError(f"card.json is no card of an encoder: {type(error).__name__}") from error
        for name, (actual, named) in found.items():
            if actual != named:
                raise EncoderError(f"{name} is not the file that the card names")
        # Here and not above: 60 MB that only the process needs in which an encoder is loaded.
        import onnxruntime  # noqa: PLC0415
        import sentencepiece  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        # One question at a time on one core: more threads would take them from the event loop.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            # By name: as bytes the network would be in memory twice while it is loaded.
            self._network = onnxruntime.InferenceSession(
                str(folder / NETWORK), options, providers=["CPUExecutionProvider"]
            )
            self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / PIECES))
        except Exception as error:  # both libraries raise their own kinds, down to a bare RuntimeError
            raise EncoderError(f"the encoder cannot be loaded: {type(error).__name__}") from error

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return what the network makes of each text."""
        readings = []
        for text in texts:
            ids = np.array([[START, *self.pieces(text), END]], np.int64)
            topics, danger, languages = self._network.run(None, {"ids": ids})
            readings.append(Reading(topics[0], float(danger[0]), languages[0]))
        return readings

    def cuts(self, text: str) -> bool:
        """Tell whether a text is longer than what is read of it."""
        return len(self.pieces(text)) == LONGEST - 2

    def pieces(self, text: str) -> list[int]:
        """Return the numbers of the pieces of a text, as many as are read."""
        found: list[int] = self._pieces.encode(written(text))
        return found[: LONGEST - 2]


def _checksum(file: Path) -> str:
    """Return the SHA-256 of a file. Raises OSError."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
