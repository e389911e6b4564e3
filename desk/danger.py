"""Danger goes first: the safety text at once, and an urgent request without another tap."""

from desk import answers, tickets
from desk.desk import Desk, letter
from desk.texts import sendable_of, tell_missing
from storage.records import Person, Ticket
from storage.transaction import Transaction


async def raise_alarm(
    desk: Desk, tx: Transaction, person: Person, topic_id: str, *, text: str | None, locale: str
) -> Ticket:
    """Send the safety text of a topic of danger and put the person at the head of the team's queue."""
    topic = desk.library.topics.get(topic_id)
    sendable = await sendable_of(desk, tx, locale, [topic_id])
    if topic is not None and topic_id in sendable:
        values = answers.answer_values(desk, topic, sendable, locale, person.role)
        tx.post(letter(person, "danger", values, locale=locale))
    else:
        # Even before the operator has approved a safety text, whom to call can be said.
        tx.post(letter(person, "danger_contacts", locale=locale))
    ticket = await tickets.raise_urgent(desk, tx, person, text=text, topic=topic_id, locale=locale)
    if topic is not None and topic_id not in sendable:
        await tell_missing(desk, tx, topic, locale)
    return ticket
