"""Statements about faults outside of us: who was told of them, once among all workers."""

from datetime import timedelta

from sqlalchemy import or_

from storage import upsert
from storage.tables import incidents
from storage.transaction import Transaction


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
