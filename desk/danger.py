"""Danger goes first: the safety text at once, and an urgent request without another tap."""

from desk import answers, tickets
from desk.desk import Desk, letter
from storage.database import Transaction
from storage.records import Person, Ticket


async def raise_alarm(
    desk: Desk, tx: Transaction, person: Person, topic_id: str, *, text: str | None, locale: str
) -> Ticket:
    """Send the safety text of a topic of danger and put the person at the head of the team's queue."""
    topic = desk.library.topics[topic_id]
    safety = topic.texts.get(locale)
    if safety is not None and answers.may_send(desk, safety):
        values = answers.answer_values(desk, topic, safety, locale, None)
        tx.post(letter(person, "danger", values, locale=locale))
    return await tickets.raise_urgent(desk, tx, person, text=text, topic=topic_id, locale=locale)
