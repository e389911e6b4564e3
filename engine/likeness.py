"""Which texts are alike: the same counted features that the engine scores topics with, no topic in sight."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from engine.lexical import features, rarity

ALIKE = 0.25
"""Cosine from which two questions are alike. Of the knowledge's example questions, 1 in 1,000 pairs of
different topics reaches 0.21 to 0.25. Very short ones do by their small words: people look at the groups."""


def alike(texts: Sequence[str], known: Sequence[str]) -> list[list[int]]:
    """Return groups of like texts, biggest first, each as positions in ``texts``, which may be empty.

    Greedy: every text joins the group whose first text it is most alike, or begins a group of its own; so
    nothing drifts into a group by way of others. How rare a feature is, is counted in ``texts`` and in
    ``known``, other texts of the language; without these the small words of few texts would look rare.
    """
    counted = [features(text) for text in texts]
    rare = rarity([numbers for numbers, _ in [*counted, *(features(text) for text in known)]])
    groups: list[list[int]] = []
    firsts: dict[int, list[tuple[int, float]]] = defaultdict(list)  # feature to groups that began with it
    for position, (numbers, counts) in enumerate(counted):
        values = counts * rare[numbers]
        values /= float(np.linalg.norm(values)) or 1.0
        vector = dict(zip(numbers.tolist(), values.tolist(), strict=True))
        nearness: dict[int, float] = defaultdict(float)
        for name, weight in vector.items():
            for group, value in firsts.get(name, ()):
                nearness[group] += weight * value
        best = max(nearness, key=nearness.__getitem__, default=None)
        if best is not None and nearness[best] >= ALIKE:
            groups[best].append(position)
            continue
        for name, weight in vector.items():
            firsts[name].append((len(groups), weight))
        groups.append([position])
    return sorted(groups, key=len, reverse=True)
