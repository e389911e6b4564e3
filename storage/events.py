"""Statements of the audit: what happened, by ids, without personal data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from storage.tables import events
from storage.transaction import Transaction


async def add(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Append audit rows."""
    if rows:
        await tx.connection.execute(_ADD, list(rows))


_ADD = insert(events)


async def actions(tx: Transaction, subject: int | None = None) -> list[str]:
    """The recorded actions, oldest first, of one subject or of all."""
    query = select(events.c.action).order_by(events.c.id)
    if subject is not None:
        query = query.where(events.c.subject_id == subject)
    return list((await tx.connection.execute(query)).scalars())


async def drop_before(tx: Transaction, moment: datetime) -> None:
    """Forget audit rows older than the retention."""
    await tx.connection.execute(delete(events).where(events.c.at < moment))
