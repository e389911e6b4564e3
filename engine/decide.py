"""From scores to a decision: answer, suggest, hand over, or treat as urgent."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.danger import Signs


class Decision(StrEnum):
    """What is to be done with a message."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    HANDOFF = "handoff"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that the message may be about, and how probable that is (0 to 1)."""

    topic: str
    score: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of one message.

    ``topic`` is the topic to answer (ANSWER, URGENT), else None; ``also`` a second one that was asked about
    in the same message; ``candidates`` come best first; ``locale`` is the language of the message, None when
    that is not certain; ``follows`` tells that it was understood only with the topic before.
    """

    decision: Decision
    topic: str | None
    candidates: tuple[Candidate, ...]
    locale: str | None
    also: str | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score on something is done. All are probabilities from 0 to 1.

    Set on the example questions themselves: 2,834 of 31 topics and of none, in four parts, each scored by an
    engine built from the other three. At 0.7 about 21 of 100 questions of ours were answered outright and
    right, and 2 of 100 messages outright and wrong (0.65: 25 and 3; 0.75: 16 and 1). The three ways to
    danger recognised 93 of 100 urgent messages with 4 false alarms in 100 (an alarm of
    0.25: 94 and 4; of 0.5: 93 and 3); the signs were written knowing those messages, so expect less of new
    ones. `benchmarks.answers` on 600 other messages gave 92 and 9; their figures had a say in the marks.
    """

    answer: float = 0.7
    """The best topic is answered outright."""
    lead: float = 0.25
    """... and is ahead of the second by this much."""
    suggest: float = 0.2
    """A topic is worth asking back about."""
    alarm: float = 0.3
    """A message this like those of people in danger is urgent, even without a sign of danger in its words."""
    calm_alarm: float = 0.9
    """The same where a calm phrase stands in it ("if", "in 2016")."""
    agreed_alarm: float = 0.1
    """The same where the best topic is an urgent one as well ..."""
    agreed_topic: float = 0.35
    """... from this score on."""


def decide(
    candidates: Sequence[Candidate],
    *,
    signs: Signs,
    alarm: float,
    urgent_topics: frozenset[str],
    locale: str | None,
    thresholds: Thresholds,
) -> Understanding:
    """Return the decision on ``candidates`` (best first); ``signs`` is what its words show, ``alarm`` how
    probably it tells of danger by likeness to examples.

    Danger needs only one of the two. The likeliest of the urgent topics is named.
    """
    near = tuple(c for c in candidates if c.score >= thresholds.suggest)[:3]
    if signs.topics or (urgent_topics and _alarming(candidates, signs, alarm, urgent_topics, thresholds)):
        meant = signs.topics or urgent_topics
        ranked = [c.topic for c in candidates if c.topic in meant]
        return Understanding(Decision.URGENT, ranked[0] if ranked else min(meant), near, locale)
    if not near:
        return Understanding(Decision.HANDOFF, None, (), locale)
    best = near[0]
    second = near[1].score if len(near) > 1 else 0.0
    sure = best.score >= thresholds.answer and best.score - second >= thresholds.lead
    if sure and best.topic not in urgent_topics:
        return Understanding(Decision.ANSWER, best.topic, near, locale)
    return Understanding(Decision.SUGGEST, None, near, locale)


def _alarming(
    candidates: Sequence[Candidate],
    signs: Signs,
    alarm: float,
    urgent_topics: frozenset[str],
    thresholds: Thresholds,
) -> bool:
    """Tell whether likeness alone makes a message urgent: much of it, or some in both judges."""
    if signs.calm:
        return alarm >= thresholds.calm_alarm
    if alarm >= thresholds.alarm:
        return True
    best = max(candidates, key=lambda c: c.score, default=None)
    agreed = best is not None and best.topic in urgent_topics and best.score >= thresholds.agreed_topic
    return agreed and alarm >= thresholds.agreed_alarm
