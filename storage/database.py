"""The database: opening, migrating, and the unit of work in which everything is read and written."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, InvalidRequestError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import events, outbox
from storage.errors import DatabaseUnavailable, MasterKeyWrong, SchemaTooNew, Sealed
from storage.tables import keys
from storage.transaction import Transaction
from storage.vault import Vault

READ_ONLY = "hamrah_read_only"
PATIENCE = 10_000  # milliseconds that a connection waits for another process to let go of the file
CHECK = "hamrah"


@contextmanager
def available() -> Iterator[None]:
    """Translate the driver's errors, whose texts are for programmers, into one that an operator can read."""
    try:
        yield
    except (DatabaseError, OSError) as error:
        # The class itself stands for a damaged or foreign file, most of its children for our own mistakes.
        if isinstance(error, DatabaseError) and type(error) not in (DatabaseError, OperationalError):
            raise
        cause = getattr(error, "orig", None) or error
        # The driver's own words ("database is locked") name no row and no value.
        raise DatabaseUnavailable(f"The database cannot be used: {cause}") from None


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

    def __init__(self, url: str, vault: Vault) -> None:
        self.vault = vault
        self._engine = create_engine(url)
        self._writer = asyncio.Lock() if self._engine.dialect.name == "sqlite" else None
        self.failures = 0  # units of work that failed because the database could not be used

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def begin(self, now: datetime) -> AsyncIterator[Transaction]:
        """Open a unit of work at the time `now`; commit at the block's end, roll back on an exception."""
        if self._writer is None:
            async with self._work(now) as tx:
                yield tx
            return
        async with self._writer, self._work(now) as tx:
            yield tx

    @asynccontextmanager
    async def read(self, now: datetime) -> AsyncIterator[Transaction]:
        """Look without the write lock; what is posted or audited here goes nowhere."""
        with self._counted():
            async with self._engine.connect() as connection:
                await connection.execution_options(**{READ_ONLY: True})
                yield Transaction(connection, self.vault, now)

    @asynccontextmanager
    async def _work(self, now: datetime) -> AsyncIterator[Transaction]:
        with self._counted():
            async with self._engine.begin() as connection:
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

    async def check_key(self) -> None:
        """Make sure that the master key is the one this database was made with. Raises MasterKeyWrong."""
        with available():
            async with self._engine.begin() as connection:
                sealed = (await connection.execute(select(keys.c.check_sealed))).scalar()
                if sealed is None:
                    mark = self.vault.queue.seal(CHECK, "keys.check")
                    await connection.execute(insert(keys).values(name="master", check_sealed=mark))
                    return
        try:
            self.vault.queue.open(sealed, "keys.check")
        except Sealed:
            raise MasterKeyWrong(
                "The master key is not the one that this database was made with. Bring the right one back; "
                "with another key nothing in the database can be opened."
            ) from None

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
                for pragma in ("busy_timeout=200", "wal_checkpoint(TRUNCATE)", f"busy_timeout={PATIENCE}"):
                    await driver.execute_fetchall(f"PRAGMA {pragma}")


def create_engine(url: str) -> AsyncEngine:
    """An engine whose SQLite connections lock before they read and wait for other processes."""
    with understood():
        # Error texts must not carry what people wrote, so statements hide their values.
        engine = create_async_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        # SQLAlchemy's default begins a SQLite transaction only at the first write, so that two units of
        # work can read the same row and the second silently undo the first. BEGIN IMMEDIATE forbids that.
        @event.listens_for(engine.sync_engine, "connect")
        def configure(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            cursor = connection.cursor()
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                f"busy_timeout={PATIENCE}",
                "foreign_keys=ON",
                "secure_delete=ON",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Connection) -> None:
            reading = connection.get_execution_options().get(READ_ONLY)
            connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


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
                await connection.run_sync(_upgrade)
        finally:
            await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise SchemaTooNew(
            f"The database has schema {current}, which this version of Hamrah does not know. "
            "A newer version wrote it: install that one, or restore a backup made before the upgrade."
        )
    command.upgrade(config, "head")
