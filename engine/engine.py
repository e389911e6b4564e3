"""The engine: a message in, what was understood out."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.danger import Danger, Signs, shipped
from engine.decide import Candidate, Decision, Thresholds, Understanding, asked_also, decide
from engine.encoder import Encoder, Reading
from engine.fold import fold, words, written
from engine.language import Languages
from engine.lexical import LONGEST, NONE, Array, Lexical

POSSIBLE = 0.02
"""Signs of danger are sought in a language from this probability on."""

PARTS = 4
"""Parts of a message that is answered which are also read by themselves."""

FEWEST = 3
"""Words of a part that can be a question by itself."""

LEANING = 7
"""Words of a message that may lean on the topic before."""

LONG = 300
"""Characters of a message in which danger may be drowned; a sentence with a sign is read by itself."""

_LEANS = re.compile(
    r"(and|what about|how about|also|for|same|et|pour|aussi"
    r"|va|wa|aw|ao|o|baraye|da|و|برای|پس|او|د|همچنین|بیا)\b"
)
"""How a message begins that goes on from the one before: "and for my wife?", «او زما د مېرمنې لپاره؟»"""

_JOINTS = re.compile(
    r"[.!?؟\n\r،,;]+|\b(?:and also|and|also|plus|et aussi|et|aussi|wa|aw|ao)\b|(?<=\s)(?:و|او|همچنان)(?=\s)"
)
"""Where one question may end and another begin."""


class Engine:
    """Understands messages from examples; immutable once built, so any number of threads may ask it."""

    def __init__(
        self,
        lexical: Lexical,
        encoder: Encoder | None,
        languages: Languages,
        danger: Danger,
        urgent_topics: frozenset[str],
        thresholds: Thresholds,
        told: Mapping[str, str],
    ) -> None:
        """`told` is the topic of each example, by its words alone: what it was told, it knows."""
        self._told = told
        self._lexical = lexical
        self._encoder = encoder
        self._languages = languages
        self._danger = danger
        self._urgent_topics = urgent_topics
        self._thresholds = thresholds
        self._urgent = np.array([topic in urgent_topics for topic in lexical.topics])
        self._places = _places(lexical.topics, encoder.topics) if encoder else None

    @classmethod
    def from_examples(
        cls,
        examples: Mapping[str, Mapping[str, Sequence[str]]],
        *,
        urgent_topics: Collection[str],
        others: Mapping[str, Sequence[tuple[str, str]]],
        encoder: Encoder | None = None,
        thresholds: Thresholds | None = None,
    ) -> "Engine":
        """Build an engine.

        ``examples`` maps topic to locale to questions; ``urgent_topics`` names the topics that mean danger;
        ``others`` maps locale to pairs of topic (`NONE`: nobody's) and a message that is no emergency.
        Without an encoder it works on words and letters alone and never answers outright.
        """
        samples = [
            (topic, locale, text)
            for topic, by_locale in examples.items()
            for locale, texts in by_locale.items()
            for text in texts
        ]
        samples += [(topic, locale, text) for locale, rows in others.items() for topic, text in rows]
        return cls(
            Lexical([(topic, text) for topic, _, text in samples]),
            encoder,
            Languages((locale, text) for _, locale, text in samples),
            shipped(),
            frozenset(urgent_topics),
            thresholds or Thresholds.read("encoder" if encoder else "lexical"),
            {plain: topic for topic, _, text in samples if (plain := _plain(text))},
        )

    @property
    def whole(self) -> bool:
        """Whether the encoder is there, so that answers are given and not only suggestions."""
        return self._encoder is not None

    def understand(self, text: str, chosen: str | None = None, last: str | None = None) -> Understanding:
        """Return what ``text`` asks.

        ``chosen`` is the language the person has chosen; ``last`` the topic they were last answered, which
        counts only where the text is too short to stand by itself ("and for my wife?").
        """
        reading = self._read(text)
        spread = self._spread(text, reading)
        languages = self._languages.probabilities(text, chosen, self._heard(reading))
        candidates = self._candidates(spread)
        told = self._told.get(_plain(text), NONE)
        if told != NONE:
            others = [one.topic for one in candidates if one.topic not in (told, NONE)]
            candidates = [Candidate(told, 1.0), *(Candidate(topic, 0.0) for topic in others)]
        signs = self._signs(text, languages)
        first = decide(
            candidates,
            signs=signs,
            alarm=max(self._alarm(spread, reading), self._drowned_alarm(text, signs)),
            urgent_topics=self._urgent_topics,
            locale=self._languages.name(languages, chosen, short=len(text.split()) < FEWEST),
            last=last if last and len(text.split()) <= LEANING and _LEANS.match(written(text)) else None,
            alone=len(text.split()) == 1,
            thresholds=self._thresholds,
        )
        if first.decision is not Decision.ANSWER or first.follows:
            return first
        also = asked_also(
            first,
            candidates,
            [self._candidates(self._spread(part, heard)) for part, heard in self._readings(_parts(text))],
            urgent_topics=self._urgent_topics,
            thresholds=self._thresholds,
        )
        return replace(first, also=also)

    def _read(self, text: str) -> Reading | None:
        return self._encoder.read([text])[0] if self._encoder else None

    def _spread(self, text: str, reading: Reading | None) -> Array:
        """Return the probability of each of the lexical half's topics, by both halves where there are two."""
        spelt = self._lexical.scores(text)
        if reading is None or self._places is None:
            return spelt
        marks = self._thresholds
        meaning = np.append(log_softmax(reading.topics / marks.temperature), marks.unlearnt)[self._places]
        both = meaning + marks.lexical * np.log(np.maximum(spelt, 1e-6))
        shares = np.exp(both - both.max())
        probabilities: Array = (shares / shares.sum()).astype(np.float32)
        return probabilities

    def _candidates(self, spread: Array) -> list[Candidate]:
        """Return the likeliest topics, best first; `NONE` among them where a message is not ours."""
        best = np.argsort(-spread)[:8]
        return [Candidate(self._lexical.topics[n], float(spread[n])) for n in best]

    def _alarm(self, spread: Array, reading: Reading | None) -> float:
        """Return how probably a text tells of danger, by likeness to examples."""
        alike = float(spread[self._urgent].sum())
        if reading is None:
            return alike
        return float((alike + 2 / (1 + np.exp(-reading.danger))) / 3)

    def _drowned_alarm(self, text: str, signs: Signs) -> float:
        """Return the alarm of what a long message may drown: sentences with a sign, an end that is not read.

        It counts only where it is loud: in a long story somebody was often in danger once.
        """
        pieces = list(signs.where[:PARTS]) if len(text) > LONG else []
        if self._encoder is not None and self._encoder.cuts(text):
            pieces.append(text[-LONG:])
        alarms = [
            self._alarm(self._spread(piece, reading), reading) for piece, reading in self._readings(pieces)
        ]
        return max((alarm for alarm in alarms if alarm >= self._thresholds.drowned), default=0.0)

    def _readings(self, texts: Sequence[str]) -> list[tuple[str, Reading | None]]:
        return [(text, self._read(text)) for text in texts]

    def _heard(self, reading: Reading | None) -> Mapping[tuple[str, bool], float] | None:
        """Return the odds of languages as the encoder heard them, by locale and "in Latin letters"."""
        if reading is None or self._encoder is None:
            return None
        names = (name.split(".") for name in self._encoder.languages)
        odds = log_softmax(reading.languages)
        return {(name[0], len(name) > 1): float(odd) for name, odd in zip(names, odds, strict=True)}

    def _signs(self, text: str, probabilities: Mapping[tuple[str, bool], float]) -> Signs:
        languages = {locale: latin for (locale, latin), p in probabilities.items() if p >= POSSIBLE}
        return self._danger.signs(text, {} if self._languages.mixed(text) else languages)


def _plain(text: str) -> str:
    """Return the words of a text, without signs and spelling."""
    return " ".join(words(fold(text)))


def _parts(text: str) -> list[str]:
    """Return the parts of a text of several that are long enough to ask something."""
    found = [part.strip() for part in _JOINTS.split(text[:LONGEST]) if len(part.split()) >= FEWEST]
    return found[:PARTS] if len(found) > 1 else []


def _places(ours: Sequence[str], learnt: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return where each of our topics stands among the learnt ones; behind the last what was not learnt."""
    place = {topic: number for number, topic in enumerate(learnt)}
    return np.array([place.get(topic, len(learnt)) for topic in ours])


def log_softmax(values: Array) -> Array:
    """Return the logarithms of the probabilities that odds stand for."""
    shifted = values - values.max()
    result: Array = shifted - np.log(np.exp(shifted).sum())
    return result
