"""The schema: one truth in two places, older databases brought up, newer ones left alone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from engines import ENGINES
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncEngine

import storage
from storage.database import Database, create_engine, is_empty, migrate, prepare_folder
from storage.errors import SchemaTooNew
from storage.tables import RowId, events, metadata, outbox, people
from storage.types import Moment

MIGRATIONS = Path(storage.__file__).parent / "migrations"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgraded_to(connection: Connection, revision: str) -> None:
    command.upgrade(alembic(connection), revision)


def revisions() -> list[str]:
    """Every schema there ever was, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, on either engine."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'hamrah.sqlite'}"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture
async def engine_of(url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(url)
    yield engine
    await engine.dispose()


async def test_the_migrations_make_exactly_the_tables_of_the_page(url: str, engine_of: AsyncEngine) -> None:
    assert await is_empty(url)
    await migrate(url)
    assert not await is_empty(url)
    async with engine_of.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_postgresql_gets_the_same_tables(postgres_url: str) -> None:
    assert await is_empty(postgres_url)
    await migrate(postgres_url)
    assert not await is_empty(postgres_url)
    engine = create_engine(postgres_url)
    async with engine.begin() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_the_comparison_would_see_a_missing_column(url: str, engine_of: AsyncEngine) -> None:
    await migrate(url)
    async with engine_of.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE events DROP COLUMN actor_id")
        assert await connection.run_sync(differences)


@pytest.mark.parametrize("revision", revisions())
async def test_a_database_of_every_older_schema_is_brought_up_with_its_rows(
    url: str, engine_of: AsyncEngine, revision: str
) -> None:
    async with engine_of.begin() as connection:
        await connection.run_sync(upgraded_to, revision)
        await connection.exec_driver_sql(
            "INSERT INTO events (at, action) VALUES ('2026-01-01 00:00:00.000000', 'before.upgrade')"
        )
    await migrate(url)
    async with engine_of.begin() as connection:
        assert await connection.run_sync(differences) == []
        assert (await connection.execute(select(events.c.action))).scalar_one() == "before.upgrade"


async def test_every_step_can_be_taken_back_and_taken_again(url: str, engine_of: AsyncEngine) -> None:
    await migrate(url)
    async with engine_of.begin() as connection:
        await connection.run_sync(lambda c: command.downgrade(alembic(c), "base"))
        assert await connection.run_sync(differences) != []
    await migrate(url)
    async with engine_of.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_newer_schema_stops_the_start_and_is_left_as_it_was(url: str, engine_of: AsyncEngine) -> None:
    await migrate(url)
    async with engine_of.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match=r"schema 9999.* newer version wrote it: install that one"):
        await migrate(url)
    async with engine_of.begin() as connection:
        version = await connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        assert version.scalar_one() == "9999"


COUNTED = [table for table in metadata.sorted_tables if "id" in table.c]
"""Tables whose rows have a number of their own, which stands in buttons, letters and the audit."""


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # on PostgreSQL they do so by themselves
async def test_every_number_counts_up_for_good(url: str, engine_of: AsyncEngine) -> None:
    assert len(COUNTED) >= 8
    assert all(table.c.id.type is RowId for table in COUNTED)
    await migrate(url)
    async with engine_of.begin() as connection:
        rows = await connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        made = {row.name: row.sql for row in rows if row.name in metadata.tables}
    assert {name for name, sql in made.items() if "AUTOINCREMENT" in sql} == {table.name for table in COUNTED}


NEW_ROWS: list[tuple[Table, dict[str, Any]]] = [
    (events, {"at": NOON, "action": "x"}),
    (people, {"created_at": NOON}),
    (outbox, {"chat_id": 1, "lane": 0, "letter_sealed": b"x", "created_at": NOON, "not_before": NOON}),
]


@pytest.mark.parametrize(("table", "row"), NEW_ROWS, ids=lambda value: getattr(value, "name", ""))
async def test_the_number_of_a_deleted_row_is_never_given_again(
    database: Database, table: Table, row: dict[str, Any]
) -> None:
    given = []
    for _ in range(3):
        async with database.begin(NOON) as tx:
            await tx.connection.execute(insert(table).values(row))
            newest = (await tx.connection.execute(select(func.max(table.c.id)))).scalar_one()
            await tx.connection.execute(delete(table).where(table.c.id == newest))
        given.append(newest)
    assert given == sorted(set(given))


async def test_the_folder_of_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    prepare_folder(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'hamrah.sqlite'}")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


async def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    naive = NOON.replace(tzinfo=None)
    async with database.begin(NOON) as tx:
        with pytest.raises(StatementError, match="a moment needs a time zone"):
            await tx.connection.execute(insert(events).values(at=naive, action="naive"))


async def test_a_moment_of_kabul_is_the_same_instant_after_storing(database: Database) -> None:
    in_kabul = NOON.astimezone(timezone(timedelta(hours=4, minutes=30)))
    async with database.begin(NOON) as tx:
        await tx.connection.execute(insert(events).values(at=in_kabul, action="kabul"))
    async with database.read(NOON) as tx:
        found = (await tx.connection.execute(select(events.c.at).where(events.c.action == "kabul"))).scalar()
        below = await tx.connection.execute(
            select(events.c.action).where(events.c.at < NOON + timedelta(seconds=1), events.c.at >= NOON)
        )
    assert found == NOON
    assert found is not None
    assert found.utcoffset() == timedelta()
    assert "kabul" in below.scalars().all()


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001
)
def test_any_moment_keeps_its_instant_on_both_engines(moment: datetime) -> None:
    for dialect in (sqlite.dialect(), postgresql.dialect()):  # type: ignore[no-untyped-call]
        stored = Moment().process_bind_param(moment, dialect)
        back = Moment().process_result_value(stored, dialect)
        assert back == moment
        assert back is not None
        assert back.utcoffset() == timedelta()
