"""Statements about people."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from storage.records import Person
from storage.tables import answers, attachments, links, people, ticket_messages, tickets
from storage.transaction import Transaction
from storage.types import MANY
from storage.vault import Vault

DRAFT = "people.draft"
PLAIN = ("locale", "role", "state", "burst_started_at", "burst_count", "blocked_at")
"""The columns that stand in clear text and may change."""

# Made once, as every statement that each update needs: making one costs more than executing it.
_SAVE = (
    update(people)
    .where(people.c.id == bindparam("this"))
    .values({name: bindparam(name) for name in (*PLAIN, "draft_sealed")})
)


def record(vault: Vault, row: Row[Any]) -> Person:
    """A row of the table as the record that it stands for."""
    key = vault.unwrap(row.key_wrapped)
    return Person(
        id=row.id,
        telegram_id=row.telegram_id,
        key=key,
        locale=row.locale,
        role=row.role,
        state=row.state,
        draft=json.loads(key.open(row.draft_sealed, DRAFT)) if row.draft_sealed else {},
        burst_started_at=row.burst_started_at,
        burst_count=row.burst_count,
        blocked_at=row.blocked_at,
    )


async def by_telegram_id(tx: Transaction, telegram_id: int) -> Person | None:
    """The person with this Telegram account, unless erased."""
    row = (await tx.connection.execute(select(people).where(people.c.telegram_id == telegram_id))).first()
    return None if row is None else record(tx.vault, row)


async def by_ids(tx: Transaction, ids: Collection[int]) -> dict[int, Person]:
    """People by row id, however many; the erased are missing."""
    wanted, found = list(ids), {}
    for start in range(0, len(wanted), MANY):
        rows = await tx.connection.execute(
            select(people).where(
                people.c.id.in_(wanted[start : start + MANY]), people.c.telegram_id.is_not(None)
            )
        )
        found.update({row.id: record(tx.vault, row) for row in rows})
    return found


async def by_id(tx: Transaction, person_id: int) -> Person | None:
    """One person by row id; None once erased."""
    return (await by_ids(tx, [person_id])).get(person_id)


async def add(tx: Transaction, telegram_id: int) -> Person:
    """A new person, with a key of their own."""
    row = (
        await tx.connection.execute(
            insert(people)
            .values(telegram_id=telegram_id, key_wrapped=tx.vault.new_key(), created_at=tx.now)
            .returning(people)
        )
    ).one()
    return record(tx.vault, row)


def stranger(tx: Transaction, telegram_id: int) -> Person:
    """A person of whom nothing is stored, for the length of a unit of work."""
    return Person(
        id=0,
        telegram_id=telegram_id,
        key=tx.vault.unwrap(tx.vault.new_key()),
        locale=None,
        role=None,
        state=None,
        draft={},
        burst_started_at=None,
        burst_count=0,
        blocked_at=None,
    )


async def save(tx: Transaction, person: Person) -> None:
    """Write the person's changed record."""
    draft = person.key.seal(json.dumps(person.draft, ensure_ascii=False), DRAFT) if person.draft else None
    fields = {name: getattr(person, name) for name in PLAIN}
    await tx.connection.execute(_SAVE, {"this": person.id, "draft_sealed": draft, **fields})


async def mark_blocked(tx: Transaction, telegram_id: int) -> None:
    """This person cannot be reached any more; the next message of theirs lifts it."""
    await tx.connection.execute(
        update(people).where(people.c.telegram_id == telegram_id).values(blocked_at=tx.now)
    )


async def erase(tx: Transaction, person: Person) -> None:
    """Destroy the person's key and everything that says who they are or what they wrote.

    The row stays, empty, so that requests keep their numbers and times in the statistics.
    """
    own = select(tickets.c.id).where(tickets.c.person_id == person.id)
    await tx.connection.execute(
        update(tickets).where(tickets.c.person_id == person.id).values(topic=None, role=None)
    )
    said = ticket_messages.c.ticket_id.in_(own)
    await tx.connection.execute(
        delete(attachments).where(attachments.c.message_id.in_(select(ticket_messages.c.id).where(said)))
    )
    await tx.connection.execute(update(ticket_messages).where(said).values(body_sealed=None))
    for table in (links, answers):
        await tx.connection.execute(delete(table).where(table.c.person_id == person.id))
    await tx.connection.execute(
        update(people)
        .where(people.c.id == person.id)
        .values(
            telegram_id=None,
            key_wrapped=None,
            locale=None,
            role=None,
            state=None,
            draft_sealed=None,
            burst_started_at=None,
            burst_count=0,
            erased_at=tx.now,
        )
    )
