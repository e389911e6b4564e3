"""How near a message is to each topic, by its words and letters alone.

Each question is counted as words, word pairs, pieces of words and consonant skeletons; rare ones weigh more.
Two judges look at the counts: the angle to the middle of each topic's examples, and how much more often each
feature occurs in the topic than elsewhere (naive Bayes). A class of questions that are not ours competes.

Features are numbered by a checksum, so that a table is an array: two that share a number are rare and do no
harm. It is built anew at every start, so what an editor adds to the examples counts from then on.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from engine.fold import fold, skeleton, words

Numbers = NDArray[np.int32]
Array = NDArray[np.float32]

LONGEST = 600
"""Characters of a message that are compared; what a person wants stands at the beginning."""

NONE = ""
"""The class of questions that are not ours."""

SIZE = 1 << 16
"""Numbers of features."""

WORD, PAIR, PIECE, BONE = 1.0, 0.7, 0.5, 0.7
"""Weight of a word, a pair of words, a piece of a word, a skeleton."""

BACKGROUND = 0.6
"""Share of the language as a whole in what a topic is expected to say."""

SHARPNESS = 1.6
"""How fast probability falls with distance, in standard deviations over the topics."""


class Lexical:
    """Scores of topics, built from examples; immutable afterwards."""

    def __init__(self, examples: Sequence[tuple[str, str]]) -> None:
        """Count ``examples``: topic and text of each; the topic `NONE` holds those that are not ours."""
        self.topics = tuple(sorted({topic for topic, _ in examples}))
        place = {topic: number for number, topic in enumerate(self.topics)}
        counted = [(place[topic], *features(text)) for topic, text in examples]
        self._rarity = rarity([numbers for _, numbers, _ in counted])
        # One after the other and in place: what a process holds at its highest is what it must be given.
        table = np.zeros((SIZE, len(self.topics)), np.float32)
        for topic, numbers, weights in counted:
            vector = weights * self._rarity[numbers]
            table[numbers, topic] += vector / (np.linalg.norm(vector) or 1)
        table /= np.maximum(np.sqrt(np.einsum("ft,ft->t", table, table)), 1e-6)
        self._angles = table.astype(np.float16)
        table.fill(0)
        for topic, numbers, _ in counted:
            table[numbers, topic] += 1
        everywhere = table.sum(axis=1, keepdims=True)
        total = everywhere.sum() + np.count_nonzero(everywhere)
        table *= (1 - BACKGROUND) / BACKGROUND * total / np.maximum(table.sum(axis=0), 1)
        table /= everywhere + 1
        self._ratios = np.log1p(table, out=table).astype(np.float16)

    def scores(self, text: str) -> Array:
        """Return the probability of each of `topics`; all alike where nothing in the text is known."""
        numbers, weights = features(text)
        if not len(numbers):
            return np.full(len(self.topics), 1 / len(self.topics), np.float32)
        vector = weights * self._rarity[numbers]
        vector /= np.linalg.norm(vector)
        angles = vector @ self._angles[numbers].astype(np.float32)
        ratios = weights @ self._ratios[numbers].astype(np.float32)
        both = SHARPNESS * (_standard(angles) + _standard(ratios))
        shares = np.exp(both - both.max())
        probabilities: Array = (shares / shares.sum()).astype(np.float32)
        return probabilities


def rarity(texts: Sequence[Numbers]) -> Array:
    """Return what each feature weighs: the fewer texts have it, the more."""
    seen = np.zeros(SIZE, np.float32)
    for numbers in texts:
        seen[numbers] += 1
    weights: Array = np.log1p(len(texts) / np.maximum(seen, 1)).astype(np.float32)
    return weights


def features(text: str) -> tuple[Numbers, Array]:
    """Return the numbers of the features of ``text``, each once, and how much each weighs."""
    found: dict[int, float] = {}
    for number, weight in _features(words(fold(text[:LONGEST]))):
        found[number] = found.get(number, 0.0) + weight
    return np.fromiter(found, np.int32, len(found)), np.fromiter(found.values(), np.float32, len(found))


def _features(found: Sequence[str]) -> Iterator[tuple[int, float]]:
    for word in found:
        yield from _of_word(word)
    for first, second in pairwise(found):
        yield _number(f"{first} {second}"), PAIR


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> tuple[tuple[int, float], ...]:
    """Return the features of one word."""
    padded, bone = f" {word} ", skeleton(word)
    pieces = (padded[i : i + n] for n in (3, 4) for i in range(len(padded) - n + 1))
    return (
        (_number("w" + word), WORD),
        *([(_number("s" + bone), BONE)] if len(bone) > 1 else ()),
        *((_number("c" + piece), PIECE) for piece in pieces),
    )


def _number(feature: str) -> int:
    return crc32(feature.encode("utf-8", "replace")) % SIZE


def _standard(values: Array) -> Array:
    """Return ``values`` in standard deviations from their mean."""
    standard: Array = (values - values.mean()) / (values.std() or 1.0)
    return standard
