"""Column types that keep SQLite and PostgreSQL alike."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, Dialect, and_, bindparam
from sqlalchemy.types import TypeDecorator

MANY = 10_000
"""Values in one statement: both engines take about three times as many, and not one more."""

LONGEST_DELAY = timedelta(minutes=15)
"""No update or letter is ever postponed longer, so a later time means that the clock was set back."""


class Moment(TypeDecorator[datetime]):
    """A point in time, always in UTC. SQLite forgets time zones, so naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into UTC. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the value its time zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


def is_ahead(column: ColumnElement[datetime | None]) -> ColumnElement[bool]:
    """Whether the time until which something is postponed is still to come; never after a clock's jump.

    The statement is run with the values of `moments`.
    """
    return and_(column > bindparam("now"), column <= bindparam("latest"))


def moments(now: datetime) -> dict[str, datetime]:
    """What a statement with `is_ahead` has to know."""
    return {"now": now, "latest": now + LONGEST_DELAY}
