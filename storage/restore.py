"""Filling an empty database from a backup: all of it or nothing."""

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from sqlalchemy import (
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from storage.backup import BYTES_AT_ONCE, ROWS_AT_ONCE, Reader, Summary
from storage.database import available, create_engine, upgrade
from storage.errors import BackupRefused
from storage.keys import unlock
from storage.vault import MasterKeys

SKIPPED = 10_000
"""So many ids are left out after those of the backup: they may have been given since it was made, and a
button or a letter from that time must not come to mean another row."""


async def restore(url: str, masters: MasterKeys, file: BinaryIO) -> Summary:
    """Fill an empty database, first with the schema of the backup, and bring it up to this version.

    Raises BackupRefused for a database that is not empty, what `Reader` raises, and
    MasterKeyWrong where the master keys open the file, but not all keys in it. Then the database stays empty.
    """
    with available():
        engine = create_engine(url)
        try:
            async with engine.begin() as connection:
                return await _fill(connection, masters, file)
        finally:
            await engine.dispose()


async def _fill(connection: AsyncConnection, masters: MasterKeys, file: BinaryIO) -> Summary:
    if await connection.run_sync(lambda c: inspect(c).get_table_names()):
        raise BackupRefused(
            "The database is not empty, and a backup is restored into an empty one only. Stop the service. "
            "Then move the SQLite file away with its -wal and -shm, or make a new PostgreSQL database."
        )
    reader = Reader(file, masters)
    await connection.run_sync(upgrade, reader.summary.schema)
    tables = await connection.run_sync(_reflected)
    last_ids: dict[str, int] = {}
    for line, rows in _batches(reader):
        table = tables[line["table"]]
        values = [_values(table, line["columns"], row) for row in rows]
        if values:
            await connection.execute(insert(table), values)
        if line["last_id"] is not None:
            last_ids[table.name] = line["last_id"]
    await connection.run_sync(upgrade)
    for name, last_id in last_ids.items():  # only now: a migration may make a table anew
        await _count_on(connection, name, last_id + SKIPPED)
    await unlock(connection, masters)
    return reader.summary


def _reflected(connection: Connection) -> dict[str, Table]:
    metadata = MetaData()
    metadata.reflect(connection)
    return dict(metadata.tables)


def _batches(lines: Iterable[Any]) -> Iterator[tuple[dict[str, Any], list[list[Any]]]]:
    """Rows together with the line of their table; a table without rows comes too."""
    table: dict[str, Any] = {}
    rows: list[list[Any]] = []
    size = 0
    for line in lines:
        if isinstance(line, list):
            rows.append(line)
            size += sum(len(value) for value in line if isinstance(value, str))
            if len(rows) < ROWS_AT_ONCE and size < BYTES_AT_ONCE:
                continue
            yield table, rows
        else:
            if table:
                yield table, rows
            table = line
        rows, size = [], 0
    if table:
        yield table, rows


def _values(table: Table, columns: list[str], row: list[Any]) -> dict[str, Any]:
    return {name: _value(table.columns[name].type, value) for name, value in zip(columns, row, strict=True)}


def _value(kind: TypeEngine[Any], value: Any) -> Any:
    """A value that `backup` wrote as text, as a column of this kind takes it."""
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return moment if kind.timezone else moment.replace(tzinfo=None)  # SQLite has no zones
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return value


async def _count_on(connection: AsyncConnection, table: str, last_id: int) -> None:
    """Have the next row of a table get an id above this one."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.setval(func.pg_get_serial_sequence(table, "id"), last_id)))
        return
    await connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
    await connection.execute(
        text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), {"name": table, "seq": last_id}
    )
