"""Statements about questions and what was decided on them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, insert, or_, select, update

from storage.errors import Sealed
from storage.records import Answer, Person, Question, Tally
from storage.tables import answers, people
from storage.transaction import Transaction

QUESTION = "answers.question"

_UNANSWERED = or_(
    answers.c.decision == "handoff",
    and_(answers.c.decision.in_(("suggest", "unclear")), answers.c.topic.is_(None)),
    answers.c.helped.is_(False),
)
"""Handed over, asked back without a choice, or answered without help."""


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


async def set_topic(tx: Transaction, answer_id: int, topic: str) -> None:
    """Of the suggested topics the person chose this one."""
    await tx.connection.execute(update(answers).where(answers.c.id == answer_id).values(topic=topic))


async def tallies(tx: Transaction, locales: Collection[str], since: datetime) -> list[Tally]:
    """How the questions in these languages ended since a moment."""
    ends = (answers.c.locale, answers.c.decision, answers.c.topic, answers.c.helped)
    rows = await tx.connection.execute(
        select(*ends, func.count().label("number"))
        .where(answers.c.at >= since, answers.c.locale.in_(locales))
        .group_by(*ends)
    )
    return [Tally(**row._asdict()) for row in rows]


async def unanswered(
    tx: Transaction,
    locales: Collection[str],
    since: datetime,
    *,
    answer_id: int | None = None,
    limit: int = 1,
) -> list[Question]:
    """Questions in these languages that found no answer and whose words are kept, newest first.

    With `answer_id` that one only. Words of who has left for good do not open, and neither do damaged ones.
    """
    query = (
        select(answers.c.id, answers.c.locale, answers.c.question_sealed, people.c.key_wrapped)
        .join(people, people.c.id == answers.c.person_id)
        .where(
            answers.c.question_sealed.is_not(None),
            people.c.key_wrapped.is_not(None),
            answers.c.locale.in_(locales),
            answers.c.at >= since,
            _UNANSWERED,
        )
        .order_by(answers.c.at.desc(), answers.c.id.desc())
        .limit(limit)
    )
    if answer_id is not None:
        query = query.where(answers.c.id == answer_id)
    found = []
    for row in await tx.connection.execute(query):
        try:
            text = tx.vault.unwrap(row.key_wrapped).open(row.question_sealed, QUESTION)
        except Sealed:
            continue
        found.append(Question(id=row.id, locale=row.locale, text=text))
    return found


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
