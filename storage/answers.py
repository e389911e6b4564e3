"""Statements about questions and what was decided on them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

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
        near=_listed(row.near),
        shown=_listed(row.shown),
    )


def _listed(topics: str | None) -> tuple[str, ...]:
    return tuple(topics.split(",")) if topics else ()


async def add(
    tx: Transaction,
    person: Person,
    *,
    decision: str,
    locale: str,
    question: str | None,
    topic: str | None = None,
    version: int | None = None,
    near: Sequence[str] = (),
    shown: Sequence[str] = (),
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
            near=",".join(near) or None,
            shown=",".join(shown) or None,
        )
        .returning(answers.c.id)
    )
    return int(result.scalar_one())


async def decide_again(
    tx: Transaction,
    person: Person,
    answer_id: int,
    *,
    decision: str,
    locale: str,
    question: str | None,
    topic: str | None = None,
    version: int | None = None,
    near: Sequence[str] = (),
) -> None:
    """The question goes on, and what was decided on it is something else now."""
    await tx.connection.execute(
        update(answers)
        .where(answers.c.id == answer_id, answers.c.person_id == person.id)
        .values(
            decision=decision,
            topic=topic,
            version=version,
            locale=locale,
            question_sealed=person.key.seal(question, QUESTION) if question else None,
            near=",".join(near) or None,
        )
    )


async def set_question(tx: Transaction, person: Person, answer_id: int, question: str) -> None:
    """The question goes on, and what was decided on it stays."""
    await tx.connection.execute(
        update(answers)
        .where(answers.c.id == answer_id, answers.c.person_id == person.id)
        .values(question_sealed=person.key.seal(question, QUESTION))
    )


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


async def last_topic(tx: Transaction, person: Person, window: timedelta) -> str | None:
    """The topic that this person was last answered, within this time."""
    query = (
        select(answers.c.topic)
        .where(
            answers.c.person_id == person.id,
            answers.c.topic.is_not(None),
            answers.c.at.between(tx.now - window, tx.now + window),  # later: the clock was set back
        )
        .order_by(answers.c.id.desc())
        .limit(1)
    )
    topic: str | None = (await tx.connection.execute(query)).scalar()
    return topic


async def given_before(tx: Transaction, person_id: int, ticket_id: int) -> tuple[str, ...]:
    """The topics that this person was answered before the questions went to this request, each once."""
    query = (
        select(answers.c.topic, answers.c.shown)
        .where(answers.c.ticket_id == ticket_id, answers.c.person_id == person_id)
        .order_by(answers.c.id)
    )
    rows = await tx.connection.execute(query)
    topics = [topic for row in rows for topic in (*_listed(row.shown), row.topic) if topic]
    return tuple(dict.fromkeys(topics))


async def message_of(tx: Transaction, answer_id: int) -> int | None:
    """The message that replied to a question; None where none has arrived."""
    query = select(answers.c.message_id).where(answers.c.id == answer_id)
    message_id: int | None = (await tx.connection.execute(query)).scalar()
    return message_id


async def set_messages(tx: Transaction, messages: Mapping[int, int]) -> None:
    """Remember which messages have replied to questions: message ids by row."""
    if messages:
        await tx.connection.execute(
            update(answers).where(answers.c.id == bindparam("row")).values(message_id=bindparam("message")),
            [{"row": row, "message": message} for row, message in messages.items()],
        )


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
