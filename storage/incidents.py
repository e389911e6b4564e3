"""Statements about faults: whether the leads were told of them, once among all workers."""

from datetime import timedelta

from sqlalchemy import delete, or_

from storage import upsert
from storage.tables import incidents
from storage.transaction import Transaction


async def begin(tx: Transaction, kind: str) -> bool:
    """Note a fault that lasts; whether it was not known yet."""
    first = (
        upsert.insert(tx.connection, incidents)
        .values(kind=kind, told_at=tx.now)
        .on_conflict_do_nothing(index_elements=["kind"])
        .returning(incidents.c.kind)
    )
    return (await tx.connection.execute(first)).first() is not None


async def end(tx: Transaction, kind: str) -> bool:
    """Forget a fault that lasted; whether it was known."""
    return (await tx.connection.execute(delete(incidents).where(incidents.c.kind == kind))).rowcount > 0


async def may_tell(tx: Transaction, kind: str, seconds: float, pause: timedelta) -> bool:
    """Whether the leads are to be told now of a fault that lasted so long.

    Nobody told them of this kind within the pause, or only of one that lasted half as long at most.
    """
    told = {"told_at": tx.now, "seconds": int(seconds)}
    news = or_(
        incidents.c.told_at <= tx.now - pause,
        incidents.c.told_at >= tx.now + pause,  # the clock was set back; those of two workers differ less
        incidents.c.seconds * 2 <= int(seconds),
    )
    first = (
        upsert.insert(tx.connection, incidents)
        .values(kind=kind, **told)
        .on_conflict_do_update(index_elements=["kind"], set_=told, where=news)
        .returning(incidents.c.kind)
    )
    return (await tx.connection.execute(first)).first() is not None
