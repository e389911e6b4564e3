"""Danger in written words, whatever dialogue it interrupts."""

from desk import danger
from engine import Decision
from handlers.turn import Turn


async def alarm(turn: Turn, words: str) -> bool:
    """Raise the alarm if the words tell of danger; whether they did."""
    understanding = turn.understand(words)
    if understanding.decision is not Decision.URGENT or understanding.topic is None:
        return False
    turn.spoken = understanding.locale
    ticket = await danger.raise_alarm(
        turn.desk, turn.tx, turn.person, understanding.topic, text=words, locale=turn.locale
    )
    # What the person writes next ("Islamabad, since yesterday") belongs to this request.
    turn.expect("ticket", **{**turn.person.draft, "ticket": ticket.id})
    return True
