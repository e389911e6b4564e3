"""Danger in a written message, whatever dialogue it interrupts."""

from desk import danger
from engine import Decision, Understanding
from handlers.turn import Turn


async def alarm(turn: Turn, question: str, understanding: Understanding) -> bool:
    """Raise the alarm if the text tells of danger; whether it did."""
    if understanding.decision is not Decision.URGENT or understanding.topic is None:
        return False
    locale = understanding.locale or turn.locale
    ticket = await danger.raise_alarm(
        turn.desk, turn.tx, turn.person, understanding.topic, text=question, locale=locale
    )
    # What the person writes next ("Islamabad, since yesterday") belongs to this request.
    turn.expect("ticket", **{**turn.person.draft, "ticket": ticket.id})
    return True
