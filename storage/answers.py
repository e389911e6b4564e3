"""Statements about questions and what was decided on them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from storage.records import Answer, Person
from storage.tables import answers
from storage.transaction import Transaction

QUESTION = "answers.question"


def _record(person: Person, row: Row[Any]) -> Answer:
    return Answer(
        id=row.id,
        person_id=row.person_id,
        decision=row.decision,
        topic=row.topic,
        version=row.version,
        locale=row.locale,
        at=row.at,
        question=person.key.open(row.question_sealed, QUESTION) if row.question_sealed else None,
        helped=row.helped,
        ticket_id=row.ticket_id,
    )


async def add(
    tx: Transaction,
    person: Person,
    *,
    decision: str,
    locale: str,
    question: str | None,
    topic: str | None = None,
    version: int | None = None,
) -> int:
    """Record what was decided on a question; the row's id goes into the buttons under the reply."""
    result = await tx.connection.execute(
        insert(answers)
        .values(
            person_id=person.id,
            decision=decision,
            topic=topic,
            version=version,
            locale=locale,
            question_sealed=person.key.seal(question, QUESTION) if question else None,
            at=tx.now,
        )
        .returning(answers.c.id)
    )
    return int(result.scalar_one())


async def of_person(tx: Transaction, person: Person, answer_id: int) -> Answer | None:
    """What was decided on a question of this person; None for anybody else's."""
    row = (
        await tx.connection.execute(
            select(answers).where(answers.c.id == answer_id, answers.c.person_id == person.id)
        )
    ).first()
    return None if row is None else _record(person, row)


async def latest(tx: Transaction, person: Person) -> Answer | None:
    """What was last decided for this person."""
    query = select(answers).where(answers.c.person_id == person.id).order_by(answers.c.id.desc()).limit(1)
    row = (await tx.connection.execute(query)).first()
    return None if row is None else _record(person, row)


async def set_helped(tx: Transaction, answer_id: int, helped: bool) -> None:
    """What the person said of the answer."""
    await tx.connection.execute(update(answers).where(answers.c.id == answer_id).values(helped=helped))


async def set_ticket(tx: Transaction, answer_id: int, ticket_id: int) -> None:
    """The question became this request."""
    await tx.connection.execute(update(answers).where(answers.c.id == answer_id).values(ticket_id=ticket_id))


async def drop_questions_before(tx: Transaction, moment: datetime) -> None:
    """Erase the wording of old questions; topic, language and verdict stay for the statistics."""
    await tx.connection.execute(
        update(answers)
        .where(answers.c.at < moment, answers.c.question_sealed.is_not(None))
        .values(question_sealed=None)
    )


async def drop_before(tx: Transaction, moment: datetime) -> None:
    """Forget answers older than the retention."""
    await tx.connection.execute(delete(answers).where(answers.c.at < moment))
