"""The engine: a message in, what was understood out."""

from collections.abc import Collection, Mapping, Sequence

from engine.alarm import Alarm
from engine.danger import Danger, shipped
from engine.decide import Candidate, Thresholds, Understanding, decide
from engine.language import Languages
from engine.lexical import NONE, Lexical, features, rarity

POSSIBLE = 0.02
"""Signs of danger are sought in a language from this probability on."""


class Engine:
    """Understands messages from examples; immutable once built, so any number of threads may ask it."""

    def __init__(
        self,
        lexical: Lexical,
        languages: Languages,
        danger: Danger,
        alarm: Alarm,
        urgent_topics: frozenset[str],
        thresholds: Thresholds,
    ) -> None:
        self._lexical = lexical
        self._languages = languages
        self._danger = danger
        self._alarm = alarm
        self._urgent_topics = urgent_topics
        self._thresholds = thresholds

    @classmethod
    def from_examples(
        cls,
        examples: Mapping[str, Mapping[str, Sequence[str]]],
        *,
        urgent_topics: Collection[str],
        out_of_scope: Mapping[str, Sequence[str]],
        thresholds: Thresholds = Thresholds(),  # noqa: B008 - frozen
    ) -> "Engine":
        """Build an engine.

        ``examples`` maps topic to locale to questions; ``urgent_topics`` names the topics that mean danger;
        ``out_of_scope`` maps locale to questions that are nobody's topic.
        """
        samples = [
            (topic, locale, text)
            for topic, by_locale in {**examples, NONE: out_of_scope}.items()
            for locale, texts in by_locale.items()
            for text in texts
        ]
        counted = [(topic, features(text)) for topic, _, text in samples]
        idf = rarity([counts for _, counts in counted])
        return cls(
            Lexical(counted, idf),
            Languages((locale, text) for _, locale, text in samples),
            shipped(),
            Alarm([(topic in urgent_topics, counts) for topic, counts in counted], idf),
            frozenset(urgent_topics),
            thresholds,
        )

    @property
    def whole(self) -> bool:
        """Whether answers are given and not only suggestions."""
        return self._thresholds.answer <= 1

    def understand(
        self,
        text: str,
        chosen: str | None = None,
        last: str | None = None,  # noqa: ARG002 - the next engine understands with it
    ) -> Understanding:
        """Return what ``text`` asks.

        ``chosen`` is the language the person has chosen; ``last`` the topic they were last answered, which
        counts only where the text is too short to stand by itself ("and for my wife?").
        """
        probabilities = self._languages.probabilities(text, chosen)
        languages = {locale: romanised for (locale, romanised), p in probabilities.items() if p >= POSSIBLE}
        if self._languages.mixed(text):
            languages = {}
        counts = features(text)
        return decide(
            [Candidate(topic, score) for topic, score in self._lexical.scores(counts)],
            signs=self._danger.signs(text, languages),
            alarm=self._alarm.probability(counts),
            urgent_topics=self._urgent_topics,
            locale=self._languages.name(probabilities),
            thresholds=self._thresholds,
        )
