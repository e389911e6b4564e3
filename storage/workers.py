"""Statements about workers: the processes that share the queues of one database.

A worker counts its own beat up. Who sees another's beat stand still over several looks buries it: the row
goes, its claims with it, and whatever the buried one still tries to commit on them fails. No clock is
compared, so clocks that differ or jump bury nobody.
"""

from datetime import timedelta

from sqlalchemy import column, delete, func, insert, select, table, update

from storage.tables import workers
from storage.transaction import Transaction

SERVING = "hamrah run"
"""How a worker's connections are called on a PostgreSQL server."""
SPEECHLESS = timedelta(seconds=5)


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

    One that froze in the middle of a unit of work holds locks that all would wait for, its own row's among
    them: its sessions are ended, and nobody waits for the row here.
    """
    if tx.connection.dialect.name == "postgresql":
        await tx.connection.execute(_HANG_UP)
    still = select(workers.c.id).where(workers.c.id == worker, workers.c.beat == beat)
    dead = delete(workers).where(workers.c.id.in_(still.with_for_update(skip_locked=True)))
    return bool((await tx.connection.execute(dead)).rowcount)


_sessions = table(
    "pg_stat_activity",
    *map(column, ("pid", "datname", "usename", "application_name", "state", "state_change", "wait_event")),
)
_HANG_UP = select(func.pg_terminate_backend(_sessions.c.pid)).where(
    _sessions.c.datname == func.current_database(),
    _sessions.c.usename == func.current_user(),
    _sessions.c.application_name == SERVING,
    _sessions.c.state != "idle",
    # The server waits for the next words of a client that says nothing, by the server's own clock. Its
    # time-out for idle transactions does not reach one that fell silent in the middle of a statement.
    _sessions.c.wait_event == "ClientRead",
    _sessions.c.state_change < func.now() - SPEECHLESS,
)
"""End the sessions of workers that hold a transaction open and have fallen silent."""


async def leave(tx: Transaction, worker: int) -> None:
    """This worker stops; what it had claimed is free."""
    await tx.connection.execute(delete(workers).where(workers.c.id == worker))
