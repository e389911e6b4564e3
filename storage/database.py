"""The database: opening, migrating, and the unit of work in which everything is read and written."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, func, inspect, make_url, select
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    InterfaceError,
    InvalidRequestError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import events, outbox, sqlite
from storage.errors import DatabaseUnavailable, SchemaTooNew
from storage.transaction import Transaction
from storage.vault import Vault
from storage.workers import SERVING

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
READ_ONLY = "hamrah_read_only"
CLOSING = 1.0  # seconds to close all connections; a server that is gone never would
POOL = 10  # connections of one worker to a PostgreSQL server, beside a reserved one
AWAY = {"08", "53", "57", "58", "40", "25006", "55P03"}
"""PostgreSQL's classes and codes of errors that are not the statement's fault and pass: a connection that
breaks, a full disk, a server that starts or stops, deadlocks and locks that took too long, a standby."""
HURRIED: dict[str, Any] = {
    "timeout": 10,  # seconds to connect
    "command_timeout": 10,  # seconds for the answer to a statement
    "server_settings": {
        "application_name": SERVING,
        "idle_in_transaction_session_timeout": "5s",
        "lock_timeout": "5s",
    },
}
MIGRATING = 7_042_026  # the advisory lock on a PostgreSQL server that is held while the schema changes


@contextmanager
def available() -> Iterator[None]:
    """Translate the driver's errors, whose texts are for programmers, into one that an operator can read."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        if isinstance(error, DBAPIError) and not _is_away(error):
            raise
        cause = getattr(error, "orig", None) or error
        # The driver's first line ("database is locked") names no row and no value.
        words = str(cause).partition("\n")[0] or type(cause).__name__
        raise DatabaseUnavailable(f"The database cannot be used: {words}") from None


def _is_away(error: DBAPIError) -> bool:
    """Whether the database is at fault (gone, locked, full, damaged) rather than the statement."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if error.connection_invalidated or state[:2] in AWAY or state in AWAY:
        return True
    if (
        state
    ):  # PostgreSQL says what it is; see https://www.postgresql.org/docs/current/errcodes-appendix.html
        return False
    # The class itself stands for a damaged or foreign file, most of its children for our own mistakes.
    return type(error) in (DatabaseError, OperationalError, InterfaceError)


@contextmanager
def understood() -> Iterator[None]:
    """Say of an address that it leads to no database that this program can open."""
    try:
        yield
    except (ArgumentError, InvalidRequestError, ImportError) as error:
        raise DatabaseUnavailable(f"The database cannot be used: {error}") from None
    except ValueError:
        # Its text may quote a part of the address, which may hold a password.
        raise DatabaseUnavailable("The database cannot be used: its address cannot be read.") from None


class Database:
    """An open database. One writer at a time on SQLite, by a lock in here rather than by busy waiting."""

    def __init__(self, url: str, vault: Vault, *, serving: bool = False) -> None:
        self.vault = vault
        shared = _is_shared(url)
        self._engine = create_engine(url, serving=serving)
        self._reserved = create_engine(url, serving=serving, pool=1) if shared else self._engine
        self._writer = None if shared else asyncio.Lock()
        self.failures = 0  # units of work that failed because the database could not be used

    @property
    def shared(self) -> bool:
        """Whether several processes may work its queues; a SQLite file is one process's."""
        return self._writer is None

    @asynccontextmanager
    async def worked(self) -> AsyncIterator[None]:
        """Work the queues for the length of the block; a SQLite file is worked by one process alone.

        Raises DatabaseInUse.
        """
        file = self._engine.url.database
        if self.shared or not file:
            yield
            return
        with sqlite.alone(Path(file)):
            yield

    async def close(self) -> None:
        """Close all connections."""
        try:
            async with asyncio.timeout(CLOSING):
                await self._engine.dispose()
                await self._reserved.dispose()
        except TimeoutError:
            log.warning("the database does not say goodbye")

    @asynccontextmanager
    async def begin(self, now: datetime, *, reserved: bool = False) -> AsyncIterator[Transaction]:
        """Open a unit of work at the time `now`; commit at the block's end, roll back on an exception.

        `reserved` is for what must never wait for a connection behind other work.
        """
        engine = self._reserved if reserved else self._engine
        if self._writer is None:
            async with self._work(engine, now) as tx:
                yield tx
            return
        async with self._writer, self._work(engine, now) as tx:
            yield tx

    @asynccontextmanager
    async def read(self, now: datetime) -> AsyncIterator[Transaction]:
        """Look without the write lock; what is posted or audited here goes nowhere."""
        with self._counted():
            async with self._engine.connect() as connection:
                await connection.execution_options(**{READ_ONLY: True})
                yield Transaction(connection, self.vault, now)

    @asynccontextmanager
    async def _work(self, engine: AsyncEngine, now: datetime) -> AsyncIterator[Transaction]:
        with self._counted():
            async with engine.begin() as connection:
                tx = Transaction(connection, self.vault, now)
                yield tx
                await outbox.add(tx, tx.letters)
                await events.add(tx, tx.events)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            with available():
                yield
        except DatabaseUnavailable:
            self.failures += 1
            raise

    async def ping(self, now: datetime) -> None:
        """Have the database answer. Raises DatabaseUnavailable."""
        async with self.read(now) as tx:
            await tx.connection.execute(select(1))

    async def forget_pages(self) -> None:
        """Let nothing that was erased stand any longer in SQLite's write-ahead log.

        Where somebody reads all the time it is left for the next call, rather than making writers wait.
        """
        if self._writer is None:
            return
        async with self._writer, self._engine.connect() as connection:
            # Past SQLAlchemy, which would open a transaction first, and in one a checkpoint cannot be made.
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is not None:
                patience = f"busy_timeout={sqlite.PATIENCE}"
                for pragma in ("busy_timeout=200", "wal_checkpoint(TRUNCATE)", patience):
                    await driver.execute_fetchall(f"PRAGMA {pragma}")


def create_engine(url: str, *, serving: bool = False, pool: int = POOL) -> AsyncEngine:
    """An engine whose SQLite connections lock before they read and wait for other processes.

    While serving nothing may hang on a PostgreSQL server that is gone, or on a colleague that froze in the
    middle of a unit of work; an operator's commands are patient, since an import may take minutes.
    """
    shared = _is_shared(url)
    with understood():
        # Error texts must not carry what people wrote, so statements hide their values.
        if shared:
            limits = HURRIED if serving else {}
            return create_async_engine(
                url, hide_parameters=True, pool_size=pool, max_overflow=0, connect_args=limits
            )
        creator = partial(sqlite.connect, make_url(url))
        engine = create_async_engine(url, hide_parameters=True, async_creator=creator)

    # SQLAlchemy's default begins a SQLite transaction only at the first write, so that two units of work can
    # read the same row and the second silently undo the first. BEGIN IMMEDIATE forbids that.
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READ_ONLY)
        driver: Any = connection.connection.driver_connection
        driver.open_with("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _is_shared(url: str) -> bool:
    with understood():
        return make_url(url).get_backend_name() != "sqlite"


def prepare_folder(url: str) -> None:
    """Make the folder of a SQLite file, readable by its owner only. Raises DatabaseUnavailable."""
    with understood():
        place = make_url(url)
    if place.get_backend_name() != "sqlite" or not place.database:
        return
    file = Path(place.database)
    with available():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite would not say which file it is "unable to open", and aiosqlite leaves a thread behind that fails.
    if file.is_dir() or not os.access(file if file.exists() else file.parent, os.R_OK | os.W_OK):
        raise DatabaseUnavailable(f"The database cannot be used: {file} cannot be written.")


async def is_empty(url: str) -> bool:
    """Whether the database has no table yet."""
    with available():
        engine = create_engine(url)
        try:
            async with engine.connect() as connection:
                return not await connection.run_sync(lambda c: inspect(c).get_table_names())
        finally:
            await engine.dispose()


async def migrate(url: str) -> None:
    """Bring the schema to this version of the code. Raises SchemaTooNew for a schema it does not know."""
    with available():
        engine = create_engine(url)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(upgrade)
        finally:
            await engine.dispose()


def schemas() -> list[str]:
    """Every schema that this version knows, the newest first."""
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


def schema_of(connection: Connection) -> str | None:
    """The schema that a database has; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection, schema: str = "head") -> None:
    """Bring the schema up within a unit of work. Raises SchemaTooNew for one this version does not know."""
    if connection.dialect.name == "postgresql":
        # Workers that start together migrate one after the other; the later ones find nothing to do.
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    current = schema_of(connection)
    if current is not None and current not in schemas():
        raise SchemaTooNew(
            f"The database has schema {current}, which this version of Hamrah does not know. "
            "A newer version wrote it: install that one, or restore a backup made before the upgrade."
        )
    command.upgrade(config, schema)
