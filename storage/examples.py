"""Statements about the examples that the team adds to those of the knowledge."""

from collections.abc import Collection

from sqlalchemy import delete, select

from storage import upsert
from storage.records import Example
from storage.tables import examples
from storage.transaction import Transaction


async def add(tx: Transaction, topic: str, locale: str, text: str, *, by: int) -> int | None:
    """Keep an example; its id. None where the sentence is one already, of whatever topic."""
    row = await tx.connection.execute(
        upsert.insert(tx.connection, examples)
        .values(topic=topic, locale=locale, text=text, added_by=by, at=tx.now)
        .on_conflict_do_nothing(index_elements=["locale", "text"])
        .returning(examples.c.id)
    )
    return row.scalar_one_or_none()


async def listed(tx: Transaction) -> list[Example]:
    """All of them, oldest first."""
    rows = await tx.connection.execute(
        select(examples.c.id, examples.c.topic, examples.c.locale, examples.c.text).order_by(examples.c.id)
    )
    return [Example(**row._asdict()) for row in rows]


async def remove(tx: Transaction, example_id: int, locales: Collection[str]) -> bool:
    """Keep an example in one of these languages no more. False where there is none."""
    result = await tx.connection.execute(
        delete(examples).where(examples.c.id == example_id, examples.c.locale.in_(locales))
    )
    return bool(result.rowcount)
