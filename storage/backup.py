"""A backup: every row of one moment, as lines of JSON in a sealed file that any engine can be filled from.

The first line says which schema and when; then each table's columns and rows follow, in the order in which
they can be put in; the last line counts the rows. A line with a list is a row, every other an object.
"""

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import LargeBinary, Table, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import READ_ONLY, available, create_engine, schema_of, schemas
from storage.errors import BackupDamaged, BackupRefused, SchemaTooNew
from storage.keys import unlock
from storage.sealed_file import DAMAGED, SealedWriter, read_sealed
from storage.tables import metadata
from storage.vault import MasterKeys

PASSING = ("workers", "claims")
"""Tables that say who works at this moment; nobody does after a restore."""

ROWS_AT_ONCE = 500
BYTES_AT_ONCE = 8 << 20  # of what is read together; a single row may be larger


@dataclass(frozen=True)
class Summary:
    """What a backup holds: its schema, when it was made, and how many rows of each table."""

    schema: str
    made_at: datetime
    rows: dict[str, int]


async def back_up(
    url: str, masters: MasterKeys, file: BinaryIO, now: datetime, random: Callable[[int], bytes]
) -> Summary:
    """Write the database as it is at one moment, while others go on; never more than a few MiB in memory.

    Raises BackupRefused, DatabaseUnavailable, and MasterKeyWrong where these keys would not open it again.
    """
    rows: dict[str, int] = {}
    async with _snapshot(url) as connection:
        schema = await _schema(connection)
        await unlock(connection, masters)
        writer = SealedWriter(file, masters, random)
        _put(writer, {"schema": schema, "made_at": now.isoformat()})
        for table in metadata.sorted_tables:
            if table.name not in PASSING:
                last_id = await _last_id(connection, table)
                _put(writer, {"table": table.name, "columns": table.columns.keys(), "last_id": last_id})
                rows[table.name] = await _put_rows(writer, connection, table)
        _put(writer, {"rows": rows})
        writer.finish()
    return Summary(schema, now, rows)


class Reader:
    """Reads a backup. Raises BackupDamaged, MasterKeyWrong, SchemaTooNew, at the start or on the way."""

    def __init__(self, file: BinaryIO, masters: MasterKeys) -> None:
        self._lines = map(json.loads, _lines(read_sealed(file, masters)))
        header = next(self._lines)
        self.summary = Summary(header["schema"], datetime.fromisoformat(header["made_at"]), {})
        """What was read until now."""
        if self.summary.schema not in schemas():
            raise SchemaTooNew(
                f"The backup has schema {self.summary.schema}, which this version of Hamrah does not know. "
                "A newer version wrote it: restore it with that one."
            )

    def __iter__(self) -> Iterator[Any]:
        """The lines of tables and rows; at the end the rows are compared with their count."""
        rows, table = self.summary.rows, ""
        for line in self._lines:
            if isinstance(line, list):
                rows[table] += 1
            elif "table" in line:
                table = line["table"]
                rows[table] = 0
            elif line["rows"] == rows and next(self._lines, None) is None:  # up to the end of the file
                return
            else:
                raise BackupDamaged(DAMAGED.format("it holds other rows than were counted"))
            yield line
        raise BackupDamaged(DAMAGED.format("its end is missing"))


def check(file: BinaryIO, masters: MasterKeys) -> Summary:
    """Read a backup from end to end, without a database. Raises like `Reader`."""
    reader = Reader(file, masters)
    for _ in reader:
        pass
    return reader.summary


@asynccontextmanager
async def _snapshot(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection that sees one moment, from its first statement on, and holds up no writer."""
    with available():
        engine = create_engine(url)
        try:
            async with engine.connect() as connection:
                if engine.dialect.name == "postgresql":
                    await connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                else:
                    await connection.execution_options(**{READ_ONLY: True})
                yield connection
        finally:
            await engine.dispose()


async def _schema(connection: AsyncConnection) -> str:
    schema, newest = await connection.run_sync(schema_of), schemas()[0]
    if schema is None:
        raise BackupRefused("The database is empty: there is nothing to back up.")
    if schema != newest:
        raise BackupRefused(
            f"The database has schema {schema}, this version of Hamrah has {newest}. Make the backup "
            "with the version that the service runs."
        )
    return schema


async def _put_rows(writer: SealedWriter, connection: AsyncConnection, table: Table) -> int:
    (key,) = table.primary_key
    first = select(table).order_by(key).limit(await _rows_at_once(connection, table))
    rows = (await connection.execute(first)).all()
    count = 0
    while rows:
        for row in rows:
            _put(writer, [_plain(value) for value in row])
        count += len(rows)
        rows = (await connection.execute(first.where(key > getattr(rows[-1], key.name)))).all()
    return count


async def _rows_at_once(connection: AsyncConnection, table: Table) -> int:
    blobs = [column for column in table.columns if isinstance(column.type, LargeBinary)]
    if not blobs:
        return ROWS_AT_ONCE
    widest = (await connection.execute(select(*(func.max(func.length(blob)) for blob in blobs)))).one()
    return max(1, min(ROWS_AT_ONCE, BYTES_AT_ONCE // (1 + sum(width or 0 for width in widest))))


async def _last_id(connection: AsyncConnection, table: Table) -> int | None:
    """The highest id that was ever given to a row; None for a table that does not count."""
    column = table.autoincrement_column
    if column is None:
        return None
    if connection.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name").bindparams(name=table.name)
    else:
        sequence = await connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        query = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608
    return (await connection.scalar(query)) or 0


def _put(writer: SealedWriter, line: Any) -> None:
    writer.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; storage/restore.py turns it back by its column's type."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date):  # a datetime is one too, and always has its zone
        return value.isoformat()
    return value


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
