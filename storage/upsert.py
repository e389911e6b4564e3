"""INSERT … ON CONFLICT, which SQLAlchemy words for each database apart."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`; equal on both engines."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
