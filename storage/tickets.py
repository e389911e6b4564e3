"""Statements about requests to the team."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, insert, or_, select, update

from storage import attachments
from storage.records import File, Person, Ticket, TicketMessage
from storage.tables import ticket_messages, tickets
from storage.transaction import Transaction
from storage.types import MANY

BODY = "ticket_messages.body"


def _record(row: Row[Any]) -> Ticket:
    return Ticket(**{name: getattr(row, name) for name in Ticket.__dataclass_fields__})


def _waiting() -> ColumnElement[bool]:
    return and_(tickets.c.state == "open", tickets.c.waiting_since.is_not(None))


def _held(query: Select[Any]) -> Select[Any]:
    # Who adds to a request must not find it closed a moment later: a colleague who resolves it waits.
    return query.with_for_update(key_share=True)


async def add(tx: Transaction, **values: Any) -> Ticket:
    """A new request, open and waiting; `values` are columns of the table."""
    row = (
        await tx.connection.execute(
            insert(tickets)
            .values(state="open", opened_at=tx.now, waiting_since=tx.now, **values)
            .returning(tickets)
        )
    ).one()
    return _record(row)


async def by_id(tx: Transaction, ticket_id: int, *, hold: bool = False) -> Ticket | None:
    """One request; held, nobody else changes it until the unit of work ends."""
    query = select(tickets).where(tickets.c.id == ticket_id)
    row = (await tx.connection.execute(_held(query) if hold else query)).first()
    return None if row is None else _record(row)


async def of_person(tx: Transaction, person_id: int, *, limit: int = 20, hold: bool = False) -> list[Ticket]:
    """A person's requests, newest first; held, nobody else changes them until the unit of work ends."""
    query = select(tickets).where(tickets.c.person_id == person_id).order_by(tickets.c.id.desc()).limit(limit)
    rows = await tx.connection.execute(_held(query) if hold else query)
    return [_record(row) for row in rows]


async def open_ones(tx: Transaction, person_id: int, *, except_topic: str) -> list[Ticket]:
    """A person's requests that are not urgent and not closed, newest first, without those of one topic.

    They are held until the unit of work ends.
    """
    query = (
        select(tickets)
        .where(
            tickets.c.person_id == person_id,
            tickets.c.state != "closed",
            tickets.c.urgent.is_(False),
            tickets.c.topic.is_distinct_from(except_topic),
        )
        .order_by(tickets.c.id.desc())
    )
    rows = await tx.connection.execute(_held(query))
    return [_record(row) for row in rows]


async def last_urgent(tx: Transaction, person_id: int, since: datetime) -> Ticket | None:
    """The person's newest urgent request that is open or was opened since a moment.

    It is held until the unit of work ends.
    """
    query = (
        select(tickets)
        .where(
            tickets.c.person_id == person_id,
            tickets.c.urgent.is_(True),
            or_(tickets.c.state != "closed", tickets.c.opened_at > since),
        )
        .order_by(tickets.c.id.desc())
        .limit(1)
    )
    row = (await tx.connection.execute(_held(query))).first()
    return None if row is None else _record(row)


async def change(tx: Transaction, seen: Ticket, **values: Any) -> bool:
    """Change a request from what was seen of it. False where somebody else was first."""
    result = await tx.connection.execute(
        update(tickets)
        .where(
            tickets.c.id == seen.id,
            tickets.c.state == seen.state,
            tickets.c.assignee_id.is_not_distinct_from(seen.assignee_id),
            tickets.c.waiting_since.is_not_distinct_from(seen.waiting_since),
            tickets.c.overdue_told_at.is_not_distinct_from(seen.overdue_told_at),
            tickets.c.called_at.is_not_distinct_from(seen.called_at),
        )
        .values(**values)
    )
    return bool(result.rowcount)


async def queue(tx: Transaction, *, limit: int) -> list[Ticket]:
    """Requests that wait for somebody to take them: urgent first, then by how long they wait."""
    rows = await tx.connection.execute(
        select(tickets)
        .where(_waiting())
        .order_by(tickets.c.urgent.desc(), tickets.c.waiting_since, tickets.c.id)
        .limit(limit)
    )
    return [_record(row) for row in rows]


async def taken_by(tx: Transaction, person_id: int) -> list[Ticket]:
    """The requests that this member of the team holds and has not closed, those that wait longest first."""
    rows = await tx.connection.execute(
        select(tickets)
        .where(tickets.c.assignee_id == person_id, tickets.c.state.in_(("taken", "answered")))
        .order_by(tickets.c.waiting_since.is_(None), tickets.c.urgent.desc(), tickets.c.waiting_since)
    )
    return [_record(row) for row in rows]


async def count_ahead(tx: Transaction, ticket: Ticket) -> int:
    """How many waiting requests will be taken before this one."""
    earlier = or_(
        tickets.c.waiting_since < ticket.waiting_since,
        and_(tickets.c.waiting_since == ticket.waiting_since, tickets.c.id < ticket.id),
    )
    before = and_(tickets.c.urgent.is_(True), earlier) if ticket.urgent else or_(tickets.c.urgent, earlier)
    return (
        await tx.connection.execute(
            select(func.count()).select_from(tickets).where(_waiting(), tickets.c.id != ticket.id, before)
        )
    ).scalar_one()


async def counts_waiting(tx: Transaction) -> tuple[dict[str, int], int]:
    """How many requests wait, by language; and how many of all are urgent."""
    rows = await tx.connection.execute(
        select(tickets.c.locale, tickets.c.urgent, func.count())
        .where(_waiting())
        .group_by(tickets.c.locale, tickets.c.urgent)
    )
    counts: dict[str, int] = {}
    urgent_ones = 0
    for locale, urgent, number in rows:
        counts[locale] = counts.get(locale, 0) + number
        urgent_ones += number if urgent else 0
    return counts, urgent_ones


async def first_waits(tx: Transaction, *, urgent: bool, limit: int) -> list[float]:
    """Seconds from opening to first reply of the last requests that were answered, newest first."""
    rows = await tx.connection.execute(
        select(tickets.c.opened_at, tickets.c.first_reply_at)
        .where(tickets.c.first_reply_at.is_not(None), tickets.c.urgent.is_(urgent))
        .order_by(tickets.c.first_reply_at.desc())
        .limit(limit)
    )
    return [(row.first_reply_at - row.opened_at).total_seconds() for row in rows]


async def overdue(tx: Transaction, *, limit: int) -> list[Ticket]:
    """Requests past their due time whose person has not been told so, without those that somebody holds."""
    rows = await tx.connection.execute(
        select(tickets)
        .where(tickets.c.due_at <= tx.now, tickets.c.overdue_told_at.is_(None), tickets.c.state != "closed")
        .order_by(tickets.c.due_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)  # what another worker is just telling
    )
    return [_record(row) for row in rows]


async def say(
    tx: Transaction,
    ticket: Ticket,
    owner: Person,
    *,
    author: str,
    author_id: int,
    body: str,
    locale: str | None,
    files: Sequence[File] = (),
) -> None:
    """Add a text and its files to the conversation, sealed with the key of the ticket's person."""
    said = await tx.connection.execute(
        insert(ticket_messages)
        .values(
            ticket_id=ticket.id,
            author=author,
            author_id=author_id,
            body_sealed=owner.key.seal(body, BODY),
            locale=locale,
            at=tx.now,
        )
        .returning(ticket_messages.c.id)
    )
    await attachments.add(tx, said.scalar_one(), owner, files)


async def conversation(
    tx: Transaction, ticket_id: int, owner: Person | None, *, notes: bool, limit: int = 100
) -> list[TicketMessage]:
    """The last texts of a request, oldest first, with the team's notes if asked for."""
    query = select(ticket_messages, attachments.count_of(ticket_messages.c.id).label("files")).where(
        ticket_messages.c.ticket_id == ticket_id
    )
    if not notes:
        query = query.where(ticket_messages.c.author != "note")
    rows = (await tx.connection.execute(query.order_by(ticket_messages.c.id.desc()).limit(limit))).all()
    return [
        TicketMessage(
            author=row.author,
            author_id=row.author_id,
            body=owner.key.open(row.body_sealed, BODY) if owner and row.body_sealed else None,
            locale=row.locale,
            at=row.at,
            files=row.files,
        )
        for row in reversed(rows)
    ]


async def drop_closed_before(tx: Transaction, moment: datetime) -> None:
    """Forget requests that were closed before this moment, some thousands at a time."""
    # Asked once: a person may reopen one at this moment, and it must not lose its texts.
    old = await tx.connection.execute(
        select(tickets.c.id)
        .where(tickets.c.state == "closed", tickets.c.closed_at < moment)
        .limit(MANY)
        .with_for_update(skip_locked=True)
    )
    ids = old.scalars().all()
    await tx.connection.execute(delete(ticket_messages).where(ticket_messages.c.ticket_id.in_(ids)))
    await tx.connection.execute(delete(tickets).where(tickets.c.id.in_(ids)))


async def close_all(tx: Transaction, person_id: int) -> None:
    """Close everything this person has asked: they are leaving."""
    await tx.connection.execute(
        update(tickets)
        .where(tickets.c.person_id == person_id, tickets.c.state != "closed")
        .values(state="closed", closed_at=tx.now, waiting_since=None, due_at=None)
    )


async def release_all(tx: Transaction, staff_id: int) -> None:
    """Put back what a member of the team holds: they are leaving."""
    held = tickets.c.assignee_id == staff_id
    await tx.connection.execute(
        update(tickets).where(held, tickets.c.state == "taken").values(state="open", assignee_id=None)
    )
    await tx.connection.execute(update(tickets).where(held).values(assignee_id=None))
