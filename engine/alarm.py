"""How much a message is like messages of people in danger.

The signs of `engine.danger` are exact and readable, but nobody foresees every way to say that the police
came. This is the second ear: a logistic regression over the words and letters of all example questions.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence

from engine.lexical import Features, weights

ROUNDS = 6
"""Passes over the examples."""

PACE = 8.0
"""Length of the first steps; each pass steps less far."""

LEARNT = 0.02
"""An example whose probability is this near its label teaches nothing more."""


class Alarm:
    """The probability that somebody is in danger, learnt from examples; immutable afterwards."""

    def __init__(self, examples: Sequence[tuple[bool, Features]], idf: Mapping[str, float]) -> None:
        """Learn from ``examples`` (is it danger, its features); ``idf`` is the rarity of each feature."""
        self._idf = idf
        self._weights: dict[str, float] = {}
        self._bias = -1.0
        vectors = [(danger, list(weights(counts, idf).items())) for danger, counts in examples]
        if len({danger for danger, _ in vectors}) < 2:
            self._bias = -math.inf  # nothing to tell apart: the signs alone decide
            return
        order = random.Random(0)  # noqa: S311 - the same order every time, so the same engine every time
        for number in range(ROUNDS):
            order.shuffle(vectors)
            step = PACE / (1 + number / 2)
            for danger, vector in vectors:
                wrong = self._probability(vector) - danger
                if abs(wrong) > LEARNT:
                    for name, weight in vector:
                        self._weights[name] = self._weights.get(name, 0.0) - step * wrong * weight
                    self._bias -= step * wrong / 20

    def probability(self, counts: Features) -> float:
        """Return the probability (0 to 1) that a message with these features tells of danger."""
        return self._probability(weights(counts, self._idf).items())

    def _probability(self, vector: Iterable[tuple[str, float]]) -> float:
        """Return the probability of a weighted vector."""
        score = self._bias + sum(self._weights.get(name, 0.0) * weight for name, weight in vector)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
