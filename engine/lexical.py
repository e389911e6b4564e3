"""How near a message is to each topic, by its words and letters alone.

Each question is counted as words, word pairs, pieces of words and consonant skeletons; rare ones weigh more.
Two judges look at the counts: the angle to the middle of each topic's examples, and how much more often each
feature occurs in the topic than elsewhere (naive Bayes). A class of questions that are not ours competes.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.fold import fold, skeleton, words

Features = Mapping[str, int]
"""Feature to how often it occurs; the first letter names its kind."""

LONGEST = 600
"""Characters of a message that are compared; what a person wants stands at the beginning."""

NONE = ""
"""The class of questions that are not ours."""

KINDS = {"w": 1.0, "b": 0.7, "c": 0.5, "s": 0.7}
"""Weight of a word, a pair of words, a piece of a word, a skeleton."""

BACKGROUND = 0.6
"""Share of the language as a whole in what a topic is expected to say."""

UNSEEN = 8.0
"""Rarity of what no example has: that of one in 3,000. A message full of it is near nothing."""

SHARPNESS = 1.6
"""How fast probability falls with distance, in standard deviations over the topics."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a topic's share and angle into the probability that it is the right one.

    A logistic regression, fitted to the example questions themselves in four parts, each scored by an engine
    built from the other three (2,793 questions of 31 topics and of none).
    """

    bias: float = 0.07
    share: float = 0.22
    """Weight of the logarithm of the odds among the classes."""
    angle: float = 0.55
    """Weight of the logarithm of the cosine with the middle of the topic's examples."""
    length: float = 0.1
    """Weight of the logarithm of the number of features."""

    def probability(self, share: float, cosine: float, features: int) -> float:
        """Return the probability, 0 to 1."""
        share = min(max(share, 1e-6), 1 - 1e-6)
        score = self.bias + self.share * math.log(share / (1 - share))
        score += self.angle * math.log(max(cosine, 0.005)) + self.length * math.log(features + 1)
        return 1 / (1 + math.exp(-score))


CALIBRATION = Calibration()


class Lexical:
    """Scores of topics, built from examples; immutable afterwards."""

    def __init__(self, examples: Sequence[tuple[str, Features]], idf: Mapping[str, float]) -> None:
        """Index ``examples``: topic and features of each; the topic `NONE` holds those that are not ours."""
        self._idf = idf
        self._topics = sorted({topic for topic, _ in examples})
        sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        heard: dict[str, Counter[str]] = defaultdict(Counter)
        for topic, counts in examples:
            heard[topic].update(counts.keys())
            for name, weight in weights(counts, idf).items():
                sums[topic][name] += weight
        self._angles: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for topic, vector in sums.items():
            length = math.sqrt(sum(w * w for w in vector.values()))
            for name, weight in vector.items():
                self._angles[name].append((topic, weight / length))
        everywhere = Counter[str]()
        for counter in heard.values():
            everywhere.update(counter)
        total = everywhere.total() + len(everywhere)
        self._ratios: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for topic, counter in heard.items():
            size = counter.total()
            for name, n in counter.items():
                share = (1 - BACKGROUND) * n / size * total / (everywhere[name] + 1)
                self._ratios[name].append((topic, math.log1p(share / BACKGROUND) * KINDS[name[0]]))

    def scores(self, counts: Features) -> Sequence[tuple[str, float]]:
        """Return every topic with its probability, best first; nothing where nothing is alike."""
        angles = dict.fromkeys(self._topics, 0.0)
        ratios = dict.fromkeys(self._topics, 0.0)
        for name, weight in weights(counts, self._idf).items():
            for topic, value in self._angles.get(name, ()):
                angles[topic] += weight * value
        for name in counts:
            for topic, value in self._ratios.get(name, ()):
                ratios[topic] += value
        if not any(angles.values()):
            return ()
        both = {
            t: a + r for (t, a), r in zip(_standard(angles).items(), _standard(ratios).values(), strict=True)
        }
        best = max(both.values())
        shares = {topic: math.exp(SHARPNESS * (value - best)) for topic, value in both.items()}
        total = sum(shares.values())
        ranked = [
            (topic, CALIBRATION.probability(shares[topic] / total, angles[topic], len(counts)))
            for topic in self._topics
            if topic != NONE
        ]
        return sorted(ranked, key=lambda pair: (-pair[1], pair[0]))


def rarity(examples: Sequence[Features]) -> dict[str, float]:
    """Return the weight of each feature: the fewer examples have it, the higher."""
    seen = Counter(name for counts in examples for name in counts)
    return {name: math.log(1 + len(examples) / n) for name, n in seen.items()}


def weights(counts: Features, idf: Mapping[str, float]) -> dict[str, float]:
    """Return ``counts`` weighted by rarity and kind, of length 1; what no example has counts as rarest."""
    vector = {name: (1 + math.log(n)) * idf.get(name, UNSEEN) * KINDS[name[0]] for name, n in counts.items()}
    length = math.sqrt(sum(w * w for w in vector.values())) or 1.0
    return {name: weight / length for name, weight in vector.items()}


def features(text: str) -> Features:
    """Return the counted features of ``text``."""
    found = words(fold(text[:LONGEST]))
    counts = Counter("w" + word for word in found)
    counts.update("b" + a + " " + b for a, b in pairwise(found))
    counts.update("s" + bone for bone in map(skeleton, found) if len(bone) > 1)
    for word in found:
        padded = f" {word} "
        counts.update("c" + padded[i : i + n] for n in (3, 4) for i in range(len(padded) - n + 1))
    return counts


def _standard(values: Mapping[str, float]) -> dict[str, float]:
    """Return ``values`` in standard deviations from their mean."""
    mean = sum(values.values()) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values.values()) / len(values)) or 1.0
    return {name: (value - mean) / spread for name, value in values.items()}
