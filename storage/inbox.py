"""Statements of the inbox: every update is a row here before Telegram is told that we have it."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.errors import Sealed
from storage.records import Incoming
from storage.tables import inbox
from storage.transaction import Transaction

PLACE = "inbox.payload"


async def add(tx: Transaction, updates: Sequence[tuple[int, int, dict[str, Any]]]) -> None:
    """Store updates (id, chat, payload); one that is there already stays one row."""
    if not updates:
        return
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    rows = [
        {
            "update_id": update_id,
            "chat_id": chat_id,
            "payload_sealed": tx.vault.queue.seal(json.dumps(payload, separators=(",", ":")), PLACE),
            "received_at": tx.now,
        }
        for update_id, chat_id, payload in updates
    ]
    await tx.connection.execute(dialect.insert(inbox).on_conflict_do_nothing(), rows)


async def waiting(tx: Transaction, *, limit: int, except_chats: Collection[int]) -> list[Incoming]:
    """The oldest updates that are not done, in order, without those of chats that are busy."""
    # A failed update holds back the later ones of its chat, so that the order stays.
    held_back = select(inbox.c.chat_id).where(inbox.c.done_at.is_(None), inbox.c.not_before > tx.now)
    rows = await tx.connection.execute(
        select(inbox)
        .where(
            inbox.c.done_at.is_(None),
            inbox.c.chat_id.not_in(except_chats),
            inbox.c.chat_id.not_in(held_back),
        )
        .order_by(inbox.c.update_id)
        .limit(limit)
    )
    return [
        Incoming(
            update_id=row.update_id,
            chat_id=row.chat_id,
            payload=_opened(tx, row.payload_sealed),
            attempts=row.attempts,
            received_at=row.received_at,
        )
        for row in rows
    ]


def _opened(tx: Transaction, sealed: bytes) -> dict[str, Any]:
    try:
        payload: dict[str, Any] = json.loads(tx.vault.queue.open(sealed, PLACE))
    except Sealed:
        return {}  # one damaged row must not stop everybody else's
    return payload


async def done(tx: Transaction, update_id: int) -> None:
    """The update is handled: keep its id, so that it counts once, and forget what it said and who sent it."""
    await tx.connection.execute(
        update(inbox)
        .where(inbox.c.update_id == update_id)
        .values(done_at=tx.now, payload_sealed=None, chat_id=None)
    )


async def failed(tx: Transaction, incoming: Incoming, retry_at: datetime) -> None:
    """Handling failed; try again at `retry_at`."""
    await tx.connection.execute(
        update(inbox)
        .where(inbox.c.update_id == incoming.update_id)
        .values(attempts=incoming.attempts + 1, not_before=retry_at)
    )


async def count_waiting(tx: Transaction) -> int:
    """How many updates are not done."""
    return (
        await tx.connection.execute(select(func.count()).select_from(inbox).where(inbox.c.done_at.is_(None)))
    ).scalar_one()


async def drop_done_before(tx: Transaction, moment: datetime) -> None:
    """Forget the ids of updates that Telegram cannot send again any more."""
    await tx.connection.execute(delete(inbox).where(inbox.c.done_at < moment))
