"""Locks by name, for what no row stands for: a number that nobody has proved yet, the first group, an import.

Workers on PostgreSQL see only what is committed, so of two that look at once neither sees the other.
Whoever changes a row that it has read holds that row instead (FOR NO KEY UPDATE: others may point to it).

Who takes several locks takes them in this order, so that no two wait for each other: the person who speaks,
the numbers of cases, requests, a text of the knowledge, the group, the outbox.
"""

import hashlib

from sqlalchemy import func, select

from storage.transaction import Transaction


async def lock(tx: Transaction, name: bytes) -> None:
    """Let nobody else take this name until the unit of work ends; waits for who has it.

    Nothing is to do on SQLite: there a unit of work begins with the lock of all that is written.
    """
    if tx.connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(name).digest()[:8], signed=True)
        await tx.connection.execute(select(func.pg_advisory_xact_lock(number)))
