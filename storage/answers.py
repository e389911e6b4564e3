"""Statements about the approved answers that were given."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storage.records import Answer, Person
from storage.tables import answers
from storage.transaction import Transaction

QUESTION = "answers.question"


async def add(
    tx: Transaction, person: Person, *, topic: str, version: int, locale: str, question: str | None
) -> int:
    """Record that an answer is being given; the row's id goes into its buttons."""
    result = await tx.connection.execute(
        insert(answers)
        .values(
            person_id=person.id,
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
    """An answer that this person was given; None for anybody else's."""
    row = (
        await tx.connection.execute(
            select(answers).where(answers.c.id == answer_id, answers.c.person_id == person.id)
        )
    ).first()
    if row is None:
        return None
    return Answer(
        id=row.id,
        person_id=row.person_id,
        topic=row.topic,
        version=row.version,
        locale=row.locale,
        question=person.key.open(row.question_sealed, QUESTION) if row.question_sealed else None,
        helped=row.helped,
    )


async def set_helped(tx: Transaction, answer_id: int, helped: bool) -> None:
    """What the person said of the answer."""
    await tx.connection.execute(update(answers).where(answers.c.id == answer_id).values(helped=helped))


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
