"""Statements of the inbox: every update is a row here before Telegram is told that we have it."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, delete, func, select, update

from storage import claims, upsert
from storage.claims import Queue, is_claimed
from storage.errors import ClaimLost, Sealed
from storage.records import Incoming
from storage.tables import inbox
from storage.transaction import Transaction
from storage.types import is_ahead, moments

PLACE = "inbox.payload"


async def add(tx: Transaction, updates: Sequence[tuple[int, int, dict[str, Any]]]) -> None:
    """Store updates (id, chat, payload); one that is there already stays one row."""
    if not updates:
        return
    rows = [
        {
            "update_id": update_id,
            "chat_id": chat_id,
            "payload_sealed": tx.vault.queue.seal(json.dumps(payload, separators=(",", ":")), PLACE),
            "received_at": tx.now,
        }
        for update_id, chat_id, payload in updates
    ]
    await tx.connection.execute(_ADD[tx.connection.dialect.name], rows)


_ADD = {name: dialect.insert(inbox).on_conflict_do_nothing() for name, dialect in upsert.DIALECTS.items()}


async def claim(tx: Transaction, worker: int, *, limit: int) -> set[int]:
    """Take chats with updates that wait, those of the oldest updates first."""
    return await claims.claim(tx, _TAKE, worker, limit=limit, **moments(tx.now))


# A failed update holds back the later ones of its chat, so that the order stays.
_HELD_BACK = select(inbox.c.chat_id).where(is_ahead(inbox.c.not_before))
_TAKE = claims.taking(
    Queue.INBOX,
    select(inbox.c.chat_id)
    .where(
        inbox.c.done_at.is_(None),
        ~is_claimed(Queue.INBOX, inbox.c.chat_id),
        inbox.c.chat_id.not_in(_HELD_BACK),
    )
    .order_by(inbox.c.update_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True),  # what another worker is just about to take
)


async def waiting(tx: Transaction, chats: Collection[int], *, limit: int = 200) -> list[Incoming]:
    """The updates of these chats that are not done, in order."""
    if not chats:
        return []
    rows = await tx.connection.execute(_WAITING, {"chats": list(chats), "limit": limit})
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


_WAITING = (
    select(inbox)
    .where(inbox.c.done_at.is_(None), inbox.c.chat_id.in_(bindparam("chats", expanding=True)))
    .order_by(inbox.c.update_id)
    .limit(bindparam("limit"))
)


def _opened(tx: Transaction, sealed: bytes) -> dict[str, Any]:
    try:
        payload: dict[str, Any] = json.loads(tx.vault.queue.open(sealed, PLACE))
    except Sealed:
        return {}  # one damaged row must not stop everybody else's
    return payload


async def done(tx: Transaction, incoming: Incoming, worker: int) -> None:
    """The update is handled: keep its id, so that it counts once, and forget what it said and who sent it.

    Raises ClaimLost where another worker has taken over its chat, or handled it already.
    """
    result = await tx.connection.execute(_DONE, {"now": tx.now, **_this(incoming, worker)})
    if not result.rowcount:
        raise ClaimLost("another worker has taken over")


async def failed(tx: Transaction, incoming: Incoming, retry_at: datetime, worker: int) -> None:
    """Handling failed; try again at `retry_at`."""
    await tx.connection.execute(
        update(inbox).where(_STILL_OURS).values(attempts=incoming.attempts + 1, not_before=retry_at),
        _this(incoming, worker),
    )


def _this(incoming: Incoming, worker: int) -> dict[str, int]:
    return {"this": incoming.update_id, "of_chat": incoming.chat_id, "by_worker": worker}


_STILL_OURS = and_(
    inbox.c.update_id == bindparam("this"),
    inbox.c.done_at.is_(None),
    is_claimed(Queue.INBOX, bindparam("of_chat", type_=BigInteger), bindparam("by_worker", type_=BigInteger)),
)
_DONE = (
    update(inbox)
    .where(_STILL_OURS)
    .values(done_at=bindparam("now"), payload_sealed=None, chat_id=None, not_before=None)
)


async def count_waiting(tx: Transaction) -> int:
    """How many updates are not done."""
    return (
        await tx.connection.execute(select(func.count()).select_from(inbox).where(inbox.c.done_at.is_(None)))
    ).scalar_one()


async def drop_done_before(tx: Transaction, moment: datetime) -> None:
    """Forget the ids of updates that Telegram cannot send again any more."""
    await tx.connection.execute(delete(inbox).where(inbox.c.done_at < moment))
