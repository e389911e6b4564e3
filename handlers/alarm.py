"""Danger in written words, whatever dialogue it interrupts."""

from desk import danger
from engine import Decision
from handlers.turn import Turn


async def alarm(turn: Turn, words: str, last: str | None = None, *, told: str | None = None) -> bool:
    """Raise the alarm if the words tell of danger; whether they did.

    The team reads `told` where the words are only a piece of it; `last` is the topic last answered.
    """
    understanding = turn.understand(words, last)
    if understanding.decision is not Decision.URGENT or understanding.topic is None:
        return False
    turn.spoken = understanding.locale
    ticket = await danger.raise_alarm(
        turn.desk, turn.tx, turn.person, understanding.topic, text=told or words, locale=turn.locale
    )
    # What the person writes next ("Islamabad, since yesterday") belongs to this request.
    turn.expect("ticket", **{**turn.person.draft, "ticket": ticket.id})
    return True
