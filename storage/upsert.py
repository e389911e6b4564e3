"""INSERT … ON CONFLICT, which SQLAlchemy words for each database apart."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

DIALECTS = {"postgresql": postgresql, "sqlite": sqlite}


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`; equal on both engines."""
    return DIALECTS[connection.dialect.name].insert(table)
