"""Statements about workers: the processes that share the queues of one database.

A worker counts its own beat up. Who sees another's beat stand still over several looks buries it: the row
goes, its claims with it, and whatever the buried one still tries to commit on them fails. No clock is
compared, so clocks that differ or jump bury nobody.
"""

from sqlalchemy import delete, insert, select, update

from storage.tables import workers
from storage.transaction import Transaction


async def join(tx: Transaction, *, alone: bool) -> int:
    """A new worker's number. One who is alone knows that all others are dead."""
    if alone:
        await tx.connection.execute(delete(workers))
    return int(
        (await tx.connection.execute(insert(workers).values(beat=0).returning(workers.c.id))).scalar_one()
    )


async def beat(tx: Transaction, worker: int) -> bool:
    """Say that this worker lives. False where it was taken for dead."""
    alive = update(workers).where(workers.c.id == worker).values(beat=workers.c.beat + 1)
    return bool((await tx.connection.execute(alive)).rowcount)


async def beats(tx: Transaction) -> dict[int, int]:
    """The beat of every worker."""
    return {row.id: row.beat for row in await tx.connection.execute(select(workers))}


async def bury(tx: Transaction, worker: int, beat: int) -> bool:
    """Take a worker for dead whose beat stands still; False where it has moved after all.

    Also where it froze in the middle of a unit of work, which holds its row: then the server ends that one
    first (see storage/database.py), and nobody waits for it here.
    """
    still = select(workers.c.id).where(workers.c.id == worker, workers.c.beat == beat)
    dead = delete(workers).where(workers.c.id.in_(still.with_for_update(skip_locked=True)))
    return bool((await tx.connection.execute(dead)).rowcount)


async def leave(tx: Transaction, worker: int) -> None:
    """This worker stops; what it had claimed is free."""
    await tx.connection.execute(delete(workers).where(workers.c.id == worker))
