"""Statements about the versions of the answers that the team proposed and approved."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, insert, literal_column, or_, select, update

from storage import upsert
from storage.locks import lock
from storage.records import Revision
from storage.tables import missing_texts, revisions
from storage.transaction import Transaction

_APPROVED = select(revisions).where(
    revisions.c.locale == bindparam("locale"),
    revisions.c.topic.in_(bindparam("topics", expanding=True)),
    revisions.c.state == literal_column("'approved'"),  # as the index says it, else SQLite does not use it
)


def _record(row: Row[Any]) -> Revision:
    return Revision(**row._asdict())


async def approved(tx: Transaction, locale: str, topics: Collection[str]) -> dict[str, Revision]:
    """What is approved of these topics in a language, by topic."""
    rows = await tx.connection.execute(_APPROVED, {"locale": locale, "topics": list(topics)})
    return {row.topic: _record(row) for row in rows}


async def present(tx: Transaction, locale: str) -> list[Revision]:
    """Everything that is approved or waits for approval in a language."""
    rows = await tx.connection.execute(
        select(revisions).where(revisions.c.locale == locale, revisions.c.state.in_(("approved", "proposed")))
    )
    return [_record(row) for row in rows]


async def of_text(tx: Transaction, topic: str, locale: str) -> list[Revision]:
    """Every version of one text, oldest first."""
    rows = await tx.connection.execute(
        select(revisions)
        .where(revisions.c.topic == topic, revisions.c.locale == locale)
        .order_by(revisions.c.id)
    )
    return [_record(row) for row in rows]


async def by_id(tx: Transaction, revision_id: int) -> Revision | None:
    """One version."""
    row = (await tx.connection.execute(select(revisions).where(revisions.c.id == revision_id))).first()
    return None if row is None else _record(row)


async def hold(tx: Transaction, topic: str, locale: str) -> None:
    """Let nobody else propose or decide on this text until the unit of work ends."""
    await lock(tx, f"text {topic} {locale}".encode())


async def propose(
    tx: Transaction, topic: str, locale: str, words: Mapping[str, str | None], *, version: int, by: int
) -> Revision:
    """Store words that wait for approval, in the place of any that wait already."""
    await tx.connection.execute(_replace(topic, locale, "proposed"))
    row = (
        await tx.connection.execute(
            insert(revisions)
            .values(
                topic=topic,
                locale=locale,
                version=version,
                state="proposed",
                proposed_by=by,
                proposed_at=tx.now,
                **words,
            )
            .returning(revisions)
        )
    ).one()
    return _record(row)


async def approve(tx: Transaction, seen: Revision, *, by: int, review_by: date) -> bool:
    """Approve words in the place of those before; whoever calls holds the text.

    False where somebody else has decided meanwhile.
    """
    waits = select(revisions.c.id).where(revisions.c.id == seen.id, revisions.c.state == "proposed")
    if (await tx.connection.execute(waits)).first() is None:
        return False
    await tx.connection.execute(_replace(seen.topic, seen.locale, "approved"))
    return await _decide(tx, seen, "approved", decided_by=by, decided_at=tx.now, review_by=review_by)


async def withdraw(tx: Transaction, seen: Revision, *, by: int) -> bool:
    """Approve words no more. False where they are not approved any longer."""
    return await _decide(tx, seen, "returned", was="approved", decided_by=by, decided_at=tx.now)


async def give_back(tx: Transaction, seen: Revision, *, by: int) -> bool:
    """Do not approve words. False where somebody else has decided meanwhile."""
    return await _decide(tx, seen, "returned", decided_by=by, decided_at=tx.now)


async def _decide(
    tx: Transaction, seen: Revision, state: str, *, was: str = "proposed", **fields: Any
) -> bool:
    result = await tx.connection.execute(
        update(revisions)
        .where(revisions.c.id == seen.id, revisions.c.state == was)
        .values(state=state, **fields)
    )
    return bool(result.rowcount)


def _replace(topic: str, locale: str, state: str) -> Any:
    return (
        update(revisions)
        .where(revisions.c.topic == topic, revisions.c.locale == locale, revisions.c.state == state)
        .values(state="replaced")
    )


async def may_tell_missing(tx: Transaction, topic: str, locale: str, pause: timedelta) -> bool:
    """Whether the team is to be told now that a text is missing: nobody told it within the pause."""
    lately = or_(
        missing_texts.c.told_at <= tx.now - pause,
        missing_texts.c.told_at >= tx.now + pause,  # the clock was set back
    )
    first = (
        upsert.insert(tx.connection, missing_texts)
        .values(text=f"{topic}/{locale}", told_at=tx.now)
        .on_conflict_do_update(index_elements=["text"], set_={"told_at": tx.now}, where=lately)
        .returning(missing_texts.c.text)
    )
    return (await tx.connection.execute(first)).first() is not None
