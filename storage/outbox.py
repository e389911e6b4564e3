"""Statements of the outbox: letters wait here until Telegram has taken them or never will."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from storage import claims
from storage.claims import Queue, is_claimed
from storage.errors import Sealed
from storage.records import BROADCAST, Letter, Outgoing
from storage.tables import outbox
from storage.transaction import Transaction
from storage.types import is_ahead, moments

PLACE = "outbox.letter"
FIELDS = ("locale", "template", "values", "edit", "answer", "again")


def _seal(tx: Transaction, letter: Letter) -> bytes:
    fields = {name: getattr(letter, name) for name in FIELDS}
    return tx.vault.queue.seal(json.dumps(fields, ensure_ascii=False, separators=(",", ":")), PLACE)


async def add(tx: Transaction, letters: Sequence[Letter]) -> None:
    """Put letters into the outbox, in order."""
    if letters:
        await tx.connection.execute(
            _ADD,
            [
                {
                    "chat_id": letter.chat_id,
                    "lane": letter.lane,
                    "letter_sealed": _seal(tx, letter),
                    "created_at": tx.now,
                    "not_before": letter.not_before,
                }
                for letter in letters
            ],
        )


_ADD = insert(outbox)


async def claim(tx: Transaction, worker: int, *, limit: int, lane: int = BROADCAST) -> set[int]:
    """Take chats with letters that are due, by lane and age, in this lane or a more urgent one."""
    return await claims.claim(tx, _TAKE, worker, limit=limit, lane=lane, **moments(tx.now))


def _is_due() -> ColumnElement[bool]:
    # A letter that failed holds back the later ones of its chat and lane, so that the order stays.
    failed = outbox.alias()
    held_back = exists().where(
        failed.c.chat_id == outbox.c.chat_id,
        failed.c.lane == outbox.c.lane,
        failed.c.id < outbox.c.id,
        failed.c.attempts > 0,
        is_ahead(failed.c.not_before),
    )
    ahead = and_(outbox.c.not_before.is_not(None), is_ahead(outbox.c.not_before))
    return and_(~ahead, ~held_back)


_TAKE = claims.taking(
    Queue.OUTBOX,
    select(outbox.c.chat_id)
    .where(_is_due(), outbox.c.lane <= bindparam("lane"), ~is_claimed(Queue.OUTBOX, outbox.c.chat_id))
    .order_by(outbox.c.lane, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True),  # what another worker is just about to take
)
_DUE = (
    select(outbox)
    .where(_is_due(), outbox.c.chat_id.in_(bindparam("chats", expanding=True)))
    .order_by(outbox.c.lane, outbox.c.id)
    .limit(bindparam("limit"))
)
_NEXT = select(func.min(outbox.c.not_before)).where(is_ahead(outbox.c.not_before))
_SETTLE = delete(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True)))


async def due(tx: Transaction, chats: Collection[int], *, limit: int = 200) -> list[Outgoing]:
    """The letters of these chats that are due, by lane and age."""
    if not chats:
        return []
    rows = await tx.connection.execute(_DUE, {"chats": list(chats), "limit": limit, **moments(tx.now)})
    found = []
    for row in rows:
        letter = Letter(
            chat_id=row.chat_id, lane=row.lane, not_before=row.not_before, **_opened(tx, row.letter_sealed)
        )
        found.append(
            Outgoing(
                id=row.id,
                letter=letter,
                attempts=row.attempts,
                pieces_sent=row.pieces_sent,
                created_at=row.created_at,
            )
        )
    return found


def _opened(tx: Transaction, sealed: bytes) -> dict[str, Any]:
    try:
        fields: dict[str, Any] = json.loads(tx.vault.queue.open(sealed, PLACE))
    except Sealed:
        # One damaged row must not stop everybody else's; whoever waits for it is told that it failed.
        return {"locale": "en", "template": "not_shown", "values": {}, "edit": None}
    return fields


async def next_after(tx: Transaction) -> datetime | None:
    """When the next letter that still waits for its time may leave; None where none waits."""
    moment: datetime | None = (await tx.connection.execute(_NEXT, moments(tx.now))).scalar()
    return moment


async def settle(tx: Transaction, ids: Collection[int]) -> None:
    """Forget letters that have arrived, or never will. Nothing of them is kept."""
    if not ids:
        return
    await tx.connection.execute(_SETTLE, {"ids": list(ids)})


async def retry(tx: Transaction, outgoing: Outgoing, at: datetime, pieces_sent: int, worker: int) -> None:
    """Try what is left of this letter again later; those of the same chat and lane wait behind it.

    Where another worker has taken over the chat, what it has recorded stays.
    """
    await tx.connection.execute(
        update(outbox)
        .where(_still_ours(outgoing, worker))
        .values(attempts=outgoing.attempts + 1, not_before=at, pieces_sent=pieces_sent)
    )


async def remember(tx: Transaction, outgoing: Outgoing, pieces_sent: int, worker: int) -> None:
    """So much of the letter has arrived; it was no failed try."""
    await tx.connection.execute(
        update(outbox).where(_still_ours(outgoing, worker)).values(pieces_sent=pieces_sent)
    )


def _still_ours(outgoing: Outgoing, worker: int) -> ColumnElement[bool]:
    by_us = is_claimed(Queue.OUTBOX, outbox.c.chat_id, literal(worker, BigInteger))
    return and_(outbox.c.id == outgoing.id, by_us)


async def drop_chat(tx: Transaction, chat_id: int) -> None:
    """Forget everything that waits for a chat: its person is erased or cannot be reached."""
    await tx.connection.execute(delete(outbox).where(outbox.c.chat_id == chat_id))


async def move_chat(tx: Transaction, old: int, new: int) -> None:
    """A group became a supergroup: its letters go to the new address."""
    await tx.connection.execute(update(outbox).where(outbox.c.chat_id == old).values(chat_id=new))


async def waiting(tx: Transaction) -> int:
    """How many letters wait."""
    return (await tx.connection.execute(select(func.count()).select_from(outbox))).scalar_one()
