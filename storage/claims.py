"""Statements of claims: which worker has taken which chat of which queue.

A chat is worked by one worker at a time, so the order within it holds however many workers there are.
Claims have no end of their own: they go when the worker releases them or is found dead (storage/workers.py).
"""

from collections.abc import Collection, Mapping
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    bindparam,
    delete,
    exists,
    literal,
    select,
    true,
)
from sqlalchemy.exc import IntegrityError

from storage import upsert
from storage.errors import ClaimLost
from storage.tables import claims
from storage.transaction import Transaction


class Queue(IntEnum):
    """What a chat is claimed for. Polling is one line for the whole service, chat 0."""

    INBOX = 0
    OUTBOX = 1
    POLLING = 2


def is_claimed(
    queue: Queue, chat_id: ColumnElement[int], worker: ColumnElement[int] | None = None
) -> ColumnElement[bool]:
    """Whether a chat is claimed, by anybody or by one worker, as a condition of a statement."""
    condition = exists().where(claims.c.queue == queue, claims.c.chat_id == chat_id)
    return condition if worker is None else condition.where(claims.c.worker_id == worker)


def taking(queue: Queue, candidates: Select[int]) -> Mapping[str, Executable]:
    """The statement that takes the chats which `candidates` names, by dialect.

    Made once: a queue is looked into many times a second, and making a statement costs more than running it.
    """
    found = candidates.subquery()
    rows = (
        select(literal(int(queue)), found.c.chat_id, bindparam("worker", type_=BigInteger))
        .where(true())  # SQLite cannot tell ON CONFLICT from a join without it
        .distinct()
        .order_by(found.c.chat_id)  # in one order everywhere, so that two workers never wait for each other
    )
    return {
        name: dialect.insert(claims)
        .from_select(["queue", "chat_id", "worker_id"], rows)
        .on_conflict_do_nothing()
        .returning(claims.c.chat_id)
        for name, dialect in upsert.DIALECTS.items()
    }


async def claim(tx: Transaction, take: Mapping[str, Executable], worker: int, **values: Any) -> set[int]:
    """Take chats with a statement of `taking`, unless another worker was first; those that were taken.

    Raises ClaimLost where this worker was taken for dead.
    """
    statement = take[tx.connection.dialect.name]
    try:
        return set((await tx.connection.execute(statement, {"worker": worker, **values})).scalars())
    except IntegrityError:
        raise ClaimLost("this worker was taken for dead") from None


async def held(tx: Transaction, queue: Queue, worker: int) -> set[int]:
    """All chats that a worker has claimed.

    After a commit whose answer was lost the worker cannot know whether it counts; it asks here.
    """
    mine = select(claims.c.chat_id).where(claims.c.queue == queue, claims.c.worker_id == worker)
    return set((await tx.connection.execute(mine)).scalars())


async def release(tx: Transaction, queue: Queue, worker: int, chats: Collection[int]) -> None:
    """Let these chats go."""
    if chats:
        of_ours = {"of_queue": queue, "worker": worker, "chats": list(chats)}
        await tx.connection.execute(_RELEASE, of_ours)


_RELEASE = delete(claims).where(
    claims.c.queue == bindparam("of_queue"),
    claims.c.worker_id == bindparam("worker"),
    claims.c.chat_id.in_(bindparam("chats", expanding=True)),
)
_TAKE_POLLING = taking(Queue.POLLING, select(literal(0).label("chat_id")))


async def claim_polling(tx: Transaction, worker: int) -> bool:
    """Be the one worker that polls Telegram; whether it is this one."""
    await claim(tx, _TAKE_POLLING, worker)
    holder = select(claims.c.worker_id).where(claims.c.queue == Queue.POLLING)
    return (await tx.connection.execute(holder)).scalar() == worker


async def release_polling(tx: Transaction, worker: int) -> None:
    """Let another worker poll."""
    await release(tx, Queue.POLLING, worker, [0])
