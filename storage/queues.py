"""How much waits, and for how long: figures for operators, of nobody in particular."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select

from storage.tables import inbox, outbox, tickets
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits at one moment. Ages are in seconds; 0 where nothing waits."""

    updates: int  # in the inbox, not done
    oldest_update: float
    letters: dict[int, int]  # in the outbox, by lane, due or not
    oldest_letter: float  # of those that are due, and of those that were tried in vain
    tickets: int  # requests that are not closed
    urgent: int  # of these
    overdue: int  # of these


async def read(tx: Transaction) -> Queues:
    """Count everything that waits."""
    updates = (
        await tx.connection.execute(
            select(func.count().label("number"), func.min(inbox.c.received_at).label("oldest")).where(
                inbox.c.done_at.is_(None)
            )
        )
    ).one()
    its_time_has_come = or_(
        outbox.c.not_before.is_(None), outbox.c.not_before <= tx.now, outbox.c.attempts > 0
    )
    letters = (
        await tx.connection.execute(
            select(
                outbox.c.lane,
                func.count().label("number"),
                func.min(case((its_time_has_come, outbox.c.created_at))).label("oldest"),
            ).group_by(outbox.c.lane)
        )
    ).all()
    requests = (
        await tx.connection.execute(
            select(
                func.count().label("number"),
                func.count(case((tickets.c.urgent.is_(True), 1))).label("urgent"),
                func.count(case((tickets.c.due_at <= tx.now, 1))).label("overdue"),
            ).where(tickets.c.state != "closed")
        )
    ).one()
    return Queues(
        updates=updates.number,
        oldest_update=_age(tx, updates.oldest),
        letters={row.lane: row.number for row in letters},
        oldest_letter=max((_age(tx, row.oldest) for row in letters), default=0.0),
        tickets=requests.number,
        urgent=requests.urgent,
        overdue=requests.overdue,
    )


def _age(tx: Transaction, moment: datetime | None) -> float:
    return 0.0 if moment is None else max(0.0, (tx.now - moment).total_seconds())
