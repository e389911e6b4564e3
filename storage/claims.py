"""Statements of claims: which worker has taken which chat of which queue.

A chat is worked by one worker at a time, so the order within it holds however many workers there are.
Claims have no end of their own: they go when the worker releases them or is found dead (storage/workers.py).
"""

from collections.abc import Collection
from enum import IntEnum

from sqlalchemy import BigInteger, ColumnElement, Select, delete, exists, literal, select, true
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


async def claim(tx: Transaction, queue: Queue, worker: int, candidates: Select[int]) -> set[int]:
    """Take the chats that `candidates` names, unless another worker was first; those that were taken.

    Raises ClaimLost where this worker was taken for dead.
    """
    found = candidates.subquery()
    rows = (
        select(literal(int(queue)), found.c.chat_id, literal(worker, BigInteger))
        .where(true())  # SQLite cannot tell ON CONFLICT from a join without it
        .distinct()
        .order_by(found.c.chat_id)  # in one order everywhere, so that two workers never wait for each other
    )
    take = (
        upsert.insert(tx.connection, claims)
        .from_select(["queue", "chat_id", "worker_id"], rows)
        .on_conflict_do_nothing()
        .returning(claims.c.chat_id)
    )
    try:
        return set((await tx.connection.execute(take)).scalars())
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
        await tx.connection.execute(
            delete(claims).where(
                claims.c.queue == queue, claims.c.worker_id == worker, claims.c.chat_id.in_(chats)
            )
        )


async def claim_polling(tx: Transaction, worker: int) -> bool:
    """Be the one worker that polls Telegram; whether it is this one."""
    await claim(tx, Queue.POLLING, worker, select(literal(0).label("chat_id")))
    holder = select(claims.c.worker_id).where(claims.c.queue == Queue.POLLING)
    return (await tx.connection.execute(holder)).scalar() == worker


async def release_polling(tx: Transaction, worker: int) -> None:
    """Let another worker poll."""
    await release(tx, Queue.POLLING, worker, [0])
