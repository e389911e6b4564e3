"""Danger goes first: the safety text at once, and an urgent request without another tap."""

from desk import answers, tickets
from desk.desk import Desk, letter
from storage.records import Person, Ticket
from storage.transaction import Transaction


async def raise_alarm(
    desk: Desk, tx: Transaction, person: Person, topic_id: str, *, text: str | None, locale: str
) -> Ticket:
    """Send the safety text of a topic of danger and put the person at the head of the team's queue."""
    topic = desk.library.topics.get(topic_id)
    safety = topic.texts.get(locale) if topic else None
    if topic is not None and safety is not None and answers.may_send(desk, safety):
        values = answers.answer_values(desk, topic, safety, locale, person.role)
        tx.post(letter(person, "danger", values, locale=locale))
    else:
        # Even before the operator has approved a safety text, whom to call can be said.
        tx.post(letter(person, "danger_contacts", locale=locale))
    return await tickets.raise_urgent(desk, tx, person, text=text, topic=topic_id, locale=locale)
