"""Which of the four languages a message is in; Dari and Pashto may be typed in Latin letters."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from engine.fold import tidy, words

LOCALES = ("en", "fr", "fa_AF", "ps")

EUROPEAN = ("en", "fr")

PASHTO_LETTERS = frozenset("ټډړږښځڅڼېۍ")
"""Letters, after `tidy`, that Pashto has and Dari has not."""

PASHTO_LETTER = 2.5
"""What one of them takes from the logarithm of the other languages: a Dari message may name ننګرهار."""

PASHTO_ENOUGH = 4
"""More of them say nothing new."""

GRAM = 4
"""Longest character n-gram that is counted."""

LIKELY = 0.5
"""A language is named from this probability on ..."""

SURE = 0.9
"""... and from this one where the person has chosen another."""

PRIOR = 0.7
"""Probability given in advance to the language the person has chosen."""

SMOOTHING = 0.3

ENOUGH = 600
"""Texts of a language and script that are counted; more say nothing new."""

HEARD = 0.7
"""Weight of the encoder's odds, which are a little too sure of themselves."""

SPELT = 0.3
"""Weight of the n-grams beside them."""

UNHEARD = -10.0
"""Odds of a language that the encoder has not learnt."""


class Languages:
    """A naive Bayes over character n-grams, one class a language and script.

    Where the encoder has heard a text, its judgement stands in the place of the n-grams'.
    """

    def __init__(self, samples: Iterable[tuple[str, str]]) -> None:
        """Count ``samples``, pairs of a locale and a text in it, up to `ENOUGH` of each class."""
        counts: dict[tuple[str, bool], Counter[str]] = {}
        taken: Counter[tuple[str, bool]] = Counter()
        for locale, text in samples:
            key = locale, _romanised(locale, text)
            taken[key] += 1
            if taken[key] <= ENOUGH:
                counts.setdefault(key, Counter()).update(_grams(tidy(text)))
        seen = {gram for grams in counts.values() for gram in grams}
        self._classes = {
            key: _Class(
                {gram: math.log(n + SMOOTHING) for gram, n in grams.items()},
                math.log(SMOOTHING),
                math.log(grams.total() + SMOOTHING * len(seen)),
            )
            for key, grams in counts.items()
        }
        self._seen = seen

    def probabilities(
        self, text: str, chosen: str | None = None, heard: Mapping[tuple[str, bool], float] | None = None
    ) -> Mapping[tuple[str, bool], float]:
        """Return the probability of each language: (locale, is it Dari or Pashto in Latin letters).

        ``chosen`` is the person's language, ``heard`` the logarithms of the encoder's odds. A text without
        letters has none.
        """
        tidied = tidy(text)[:400]
        if not any(c.isalpha() for c in tidied):
            return {}
        latin = _latin(tidied)
        pashto = min(sum(c in PASHTO_LETTERS for c in tidied), PASHTO_ENOUGH)
        grams = [gram for gram in _grams(tidied) if gram in self._seen]
        scores = {}
        for key, one in self._classes.items():
            locale, romanised = key
            if (romanised or locale in EUROPEAN) != latin:
                continue
            prior = PRIOR if locale == chosen else (1 - PRIOR) / 3 if chosen in LOCALES else 0.25
            scores[key] = math.log(prior) - (PASHTO_LETTER * pashto if locale != "ps" else 0)
            # Overlapping n-grams repeat one another's evidence: undivided it would always be "sure".
            spelt = sum(one.weights.get(gram, one.unseen) - one.total for gram in grams) / GRAM
            if heard is None:
                scores[key] += spelt
            else:
                scores[key] += HEARD * heard.get(key, UNHEARD) + SPELT * spelt
        if not scores:
            return {}
        best = max(scores.values())
        total = sum(math.exp(score - best) for score in scores.values())
        return {key: math.exp(score - best) / total for key, score in scores.items()}

    @staticmethod
    def mixed(text: str) -> bool:
        """Tell whether ``text`` is in Arabic and Latin letters, each at least a tenth."""
        letters = [c for c in tidy(text) if c.isalpha()]
        latin = sum(c < "\u0250" for c in letters)
        return 10 * min(latin, len(letters) - latin) >= len(letters) > 0

    @staticmethod
    def name(
        probabilities: Mapping[tuple[str, bool], float], chosen: str | None = None, *, short: bool = False
    ) -> str | None:
        """Return the locale that is certain enough, or None.

        A ``short`` text never overrules what the person has chosen, if it can be in that language at all.
        """
        by_locale: dict[str, float] = {}
        for (locale, _), probability in probabilities.items():
            by_locale[locale] = by_locale.get(locale, 0.0) + probability
        if short and chosen in by_locale:
            return chosen
        for locale, probability in by_locale.items():
            if probability >= (LIKELY if chosen in (None, locale) else SURE):
                return locale
        return None


class _Class:
    """One language in one script: the logarithms of its counts."""

    __slots__ = ("total", "unseen", "weights")

    def __init__(self, weights: dict[str, float], unseen: float, total: float) -> None:
        self.weights = weights
        self.unseen = unseen
        self.total = total


def _latin(tidied: str) -> bool:
    """Tell whether most letters are Latin."""
    letters = [c for c in tidied if c.isalpha()]
    return 2 * sum(c < "\u0250" for c in letters) > len(letters)


def _romanised(locale: str, tidied: str) -> bool:
    """Tell whether a text of ``locale`` is Dari or Pashto in Latin letters."""
    return locale not in EUROPEAN and _latin(tidied)


def _grams(tidied: str) -> list[str]:
    """Return the n-grams of the words, blanks at their ends, digits left out."""
    padded = [f" {word} " for word in words(tidied) if not word.isdigit()]
    return [word[i : i + n] for word in padded for n in range(1, GRAM + 1) for i in range(len(word) - n + 1)]
