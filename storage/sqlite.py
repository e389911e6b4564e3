"""SQLite's connections: what must be set on each, and one trip to its thread a statement.

aiosqlite gives every connection a thread. Over SQLAlchemy a statement would go there four times (make a
cursor, execute, fetch, close), and the trips cost several times what SQLite itself does. Here a statement
is one trip, and so is opening a unit of work: it goes along with the first statement.
"""

import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL

from storage.errors import DatabaseInUse

PATIENCE = 10_000  # milliseconds that a connection waits for another process to let go of the file
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
)


async def connect(place: URL) -> "Connection":
    """Open a connection of SQLAlchemy's address `place`."""
    opened = partial(sqlite3.connect, place.database or ":memory:", isolation_level=None)
    connection = Connection(opened, iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy does: a forgotten connection must not hold up the exit
    await connection
    try:
        for pragma in (f"busy_timeout={PATIENCE}", *PRAGMAS):
            await connection.do(f"PRAGMA {pragma}", ())
    except BaseException:
        await connection.close()
        raise
    return connection


class Connection(aiosqlite.Connection):
    """A connection whose cursors make one trip a statement."""

    _opening: str | None = None

    def open_with(self, statement: str) -> None:
        """Begin a unit of work with the next statement, such as "BEGIN IMMEDIATE"."""
        self._opening = statement

    def cursor(self) -> "Cursor":  # type: ignore[override]  # the library's own makes a trip for it
        """A cursor, without a trip."""
        return Cursor(self)

    async def do(self, sql: str, values: Sequence[Any], *, many: bool = False) -> "Done":
        """Execute one statement, with one row of values or with many, in the connection's thread."""
        opening, self._opening = self._opening, None
        return await self._execute(_do, self._conn, opening, sql, values, many)  # type: ignore[no-any-return,no-untyped-call]

    async def commit(self) -> None:
        """Commit what was begun."""
        await self._end("COMMIT")

    async def rollback(self) -> None:
        """Undo what was begun."""
        await self._end("ROLLBACK")

    async def _end(self, statement: str) -> None:
        self._opening = None
        if self._conn.in_transaction:
            await self.do(statement, ())


Done = tuple[list[Any], Any, int, int | None]
"""Of a statement: its rows, their description, how many rows it changed, the last row's id."""


def _do(
    connection: sqlite3.Connection, opening: str | None, sql: str, values: Sequence[Any], many: bool
) -> Done:
    if opening is not None and not connection.in_transaction:
        connection.execute(opening)
    cursor = connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(sql, values)
        rows = cursor.fetchall() if cursor.description else []
        return rows, cursor.description, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()


class Cursor:
    """What SQLAlchemy asks of an asynchronous cursor; only executing leaves this thread."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> "Cursor":
        return self

    async def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Execute a statement and fetch all its rows."""
        done = await self._connection.do(sql, values)
        self._rows, self.description, self.rowcount, self.lastrowid = done

    async def executemany(self, sql: str, values: Sequence[Any]) -> None:
        """Execute a statement for many rows of values."""
        done = await self._connection.do(sql, values, many=True)
        self._rows, self.description, self.rowcount, self.lastrowid = done

    async def fetchall(self) -> list[Any]:
        """The rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is left to close."""


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Hold a database file for this process alone while it works the queues. Raises DatabaseInUse.

    The lock ends with the process, however it ends. Commands that only look or import need not hold it.
    """
    with file.with_name(f"{file.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DatabaseInUse(
                f"Another process runs on {file}. SQLite serves one; for several workers use PostgreSQL."
            ) from None
        yield
