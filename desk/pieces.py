"""Questions that are typed in pieces: which pieces belong together, and what a further one changes. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from desk.desk import Policy
from engine import Decision, Understanding
from storage.records import Answer

LONGEST = 4096
"""Characters of a question with all its pieces: as many as Telegram's longest message."""

RANK = {"handoff": 0, "unclear": 0, "suggest": 1, "answer": 2}
"""How good a decision on a question is. What is urgent never comes here."""


class Effect(StrEnum):
    """What a further piece does to a question."""

    OWN = "own"  # it is a question of its own
    SAME = "same"  # it goes on, and the reply stays
    OTHER = "other"  # it goes on, and now has another reply


def goes_on(policy: Policy, before: Answer, piece: str, written: datetime, now: datetime) -> bool:
    """Whether what came now may go on with the question before, whose last piece was `written`."""
    soon = abs(now - written) < policy.piece_window  # clocks of two machines differ a little
    untouched = before.ticket_id is None and before.helped is None
    return soon and untouched and before.question is not None and len(joined(before, piece)) <= LONGEST


def joined(before: Answer, piece: str) -> str:
    """The question with its further piece."""
    return f"{before.question}\n{piece}"


def effect(before: Answer, alone: Understanding, whole: Understanding) -> tuple[Effect, Understanding]:
    """What a piece does, and what is understood now: of the piece where it is its own, else of all."""
    about = (before.topic,) if before.topic else before.near
    if alone.decision is Decision.ANSWER and alone.topic not in about:
        return Effect.OWN, alone
    best = whole if RANK[whole.decision] >= RANK[alone.decision] else alone
    if RANK[best.decision] < RANK[before.decision]:
        return Effect.OWN, alone
    if best.decision is Decision.ANSWER:
        return (Effect.SAME if best.topic == before.topic else Effect.OTHER), best
    if best.decision is Decision.SUGGEST:
        return (Effect.SAME if near(best) == before.near else Effect.OTHER), best
    return Effect.SAME, best


def near(understanding: Understanding) -> tuple[str, ...]:
    """The topics that a question may mean, best first."""
    return tuple(candidate.topic for candidate in understanding.candidates)


def left(topics: Sequence[str], shown: Sequence[str]) -> list[str]:
    """Topics, each once, without those that were shown already."""
    return [topic for topic in dict.fromkeys(topics) if topic not in shown]
