"""From scores to a decision: answer, suggest, hand over, or treat as urgent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files

import yaml

from engine.danger import Signs
from engine.lexical import NONE

LIKELY = 3
"""Topics that are named with every decision."""


WITHIN = 4
"""A part of a message counts as a question of its own if its topic is among so many of the whole message."""


GREETING = "small-talk"
"""Before or behind a question it is not a second one."""


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
    in the same message; ``candidates`` are the three likeliest, that topic first, then the best; ``locale``
    is the language of the message, None when that is not certain; ``follows`` tells that it was understood
    only with the topic before.
    """

    decision: Decision
    topic: str | None
    candidates: tuple[Candidate, ...]
    locale: str | None
    also: str | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From which score on something is done; `thresholds.yaml` holds them and says what set them.

    All but `temperature`, `lexical` and `unlearnt` are probabilities from 0 to 1.
    """

    answer: float  # the best topic is answered outright
    lead: float  # ... and is ahead of the second by this much
    suggest: float  # a topic is worth asking back about
    ours: float  # nothing is suggested where all topics together are less probable than this
    alarm: float  # a message this like those of people in danger is urgent, even without a sign of it
    sign_alarm: float  # the same where its words are a sign of danger
    calm_alarm: float  # the same where a calm phrase stands in it ("if", "in 2016")
    drowned: float  # a sentence of a long message is heard by itself from this alarm on
    part: float  # a part of a message asks about this topic, beside what the whole asks
    temperature: float = 1.0  # what the encoder's odds are divided by
    lexical: float = 0.0  # weight of words and letters beside the encoder
    unlearnt: float = -6.0  # logarithm of the probability of a topic that the encoder has not learnt

    @classmethod
    def read(cls, name: str) -> "Thresholds":
        """Return those for an engine with its encoder ("encoder") or without ("lexical")."""
        text = (files("engine") / "thresholds.yaml").read_text(encoding="utf-8")
        return cls(**yaml.safe_load(text)[name])


def decide(
    candidates: Sequence[Candidate],
    *,
    signs: Signs,
    alarm: float,
    urgent_topics: frozenset[str],
    locale: str | None,
    thresholds: Thresholds,
    last: str | None = None,
    alone: bool = False,
) -> Understanding:
    """Return the decision on ``candidates`` (best first, `NONE` among them) of the whole message.

    ``signs`` is what its words show, ``alarm`` how probably it tells of danger by likeness to examples;
    ``last`` is the topic before, where the message leans on it; ``alone`` tells that it is one word, which
    asks nothing in particular.
    """
    ours = [candidate for candidate in candidates if candidate.topic != NONE]
    best = ours[0] if ours else Candidate(NONE, 0.0)
    if alarm >= _bar(signs, thresholds):
        meant = urgent_topics & signs.topics or urgent_topics
        named = [candidate.topic for candidate in ours if candidate.topic in meant]
        return _understood(Decision.URGENT, named[0] if named else min(meant), ours, locale)
    second = candidates[1].score if len(candidates) > 1 else 0.0
    sure = best.score >= thresholds.answer and best.score - second >= thresholds.lead
    if sure and best.topic not in urgent_topics and (not alone or best.topic == GREETING):
        return _understood(Decision.ANSWER, best.topic, ours, locale)
    if last is not None and last not in urgent_topics:
        return replace(_understood(Decision.ANSWER, last, ours, locale), follows=True)
    known = sum(candidate.score for candidate in ours)
    if best.score < thresholds.suggest or known < thresholds.ours:
        return _understood(Decision.HANDOFF, None, ours, locale)
    return _understood(Decision.SUGGEST, None, ours, locale)


def _understood(
    decision: Decision, topic: str | None, ours: Sequence[Candidate], locale: str | None
) -> Understanding:
    """Return the decision with the likeliest topics, the one that was decided on first."""
    order = sorted(ours, key=lambda candidate: candidate.topic != topic)
    if topic is not None and all(candidate.topic != topic for candidate in order):
        order.insert(0, Candidate(topic, 0.0))
    return Understanding(decision, topic, tuple(order[:LIKELY]), locale)


def _bar(signs: Signs, thresholds: Thresholds) -> float:
    """Return how alike a message must be to those of people in danger, given its words."""
    if signs.topics:
        return thresholds.sign_alarm
    return thresholds.calm_alarm if signs.calm else thresholds.alarm


def asked_also(
    first: Understanding,
    candidates: Sequence[Candidate],
    parts: Sequence[Sequence[Candidate]],
    *,
    urgent_topics: frozenset[str],
    thresholds: Thresholds,
) -> str | None:
    """Return the second topic of a message whose ``first`` is to be answered, None where it has one only.

    One of its ``parts`` must be sure of it by itself, and the message as a whole must be likely about it: the
    story that leads to a question is no second question.
    """
    likely = {candidate.topic for candidate in candidates[:WITHIN]} - urgent_topics - {NONE, GREETING}
    best = [part[0] for part in parts if part and part[0].topic in likely and part[0].topic != first.topic]
    return next((one.topic for one in best if one.score >= thresholds.part), None)
