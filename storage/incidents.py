"""Statements about faults outside of us: who was told of them, once among all workers."""

from datetime import timedelta

from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import incidents
from storage.transaction import Transaction


async def may_tell(tx: Transaction, kind: str, pause: timedelta) -> bool:
    """Whether the leads are to be told of a fault of this kind now: nobody did so within the pause."""
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    told = dialect.insert(incidents).values(kind=kind, told_at=tx.now)
    first = told.on_conflict_do_update(
        index_elements=["kind"], set_={"told_at": tx.now}, where=incidents.c.told_at <= tx.now - pause
    ).returning(incidents.c.kind)
    return (await tx.connection.execute(first)).first() is not None
