"""Leaving: what is kept about a person ends."""

from desk.desk import letter
from storage import cases, outbox, people, staff, tickets
from storage.records import Person
from storage.transaction import Transaction


async def erase(tx: Transaction, person: Person, locale: str) -> None:
    """Erase what is kept about a person, and say goodbye in their language.

    The wording and topics of requests, links, answers, the dialogue and the key go. Number, language,
    urgency and times of requests stay without a name, and so does the register, which is the operator's.
    """
    await cases.hold_all_of(tx, person.id)  # who proves one now must not be referred to somebody who is gone
    await tickets.close_all(tx, person.id)
    await tickets.release_all(tx, person.id)
    await staff.leave(tx, person)
    await people.erase(tx, person)
    await outbox.drop_chat(tx, person.telegram_id)
    tx.audit("person.erased", subject=person.id)
    tx.post(letter(person, "forgotten", locale=locale))
