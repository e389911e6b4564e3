"""Workers that share one PostgreSQL database: they join, beat, bury the dead, and know when to be still."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from dialogue import Person, World
from sqlalchemy.dialects import postgresql

from bot import service, worker
from bot.metrics import Metrics
from bot.settings import Settings
from bot.signal import Signal
from bot.trouble import Trouble
from bot.worker import DEAD_AFTER, Worker
from desk.desk import Desk
from knowledge.library import Library
from storage import inbox, tables, workers
from storage.database import Database
from storage.errors import DatabaseUnavailable


@pytest.fixture
def engine_name() -> str:
    """Workers share a PostgreSQL database."""
    return "postgresql"


@pytest.fixture
async def shared(settings: Settings) -> AsyncIterator[Database]:
    """The database as a running service opens it."""
    database = await service.open_database(settings, serving=True)
    yield database
    await database.close()


async def joined(database: Database) -> Worker:
    desk = Desk(library=Library())
    trouble = Trouble("database", desk, database, service.utc_now, Signal())
    found = Worker(database, service.utc_now, trouble, Metrics())
    await found.join()
    return found


async def numbers(database: Database) -> set[int]:
    async with database.read(service.utc_now()) as tx:
        return set(await workers.beats(tx))


async def beat(*living: Worker, times: int = 1) -> None:
    for _ in range(times):
        for each in living:
            await each._beat()


async def test_they_count_each_other(shared: Database) -> None:
    first = await joined(shared)
    second = await joined(shared)
    await beat(first, second)
    assert (first.count, second.count) == (2, 2)
    await second.leave()
    await beat(first)
    assert first.count == 1
    assert await numbers(shared) == {first.id}


async def test_one_that_stands_still_is_buried_and_one_that_beats_is_not(shared: Database) -> None:
    silent, living = await joined(shared), await joined(shared)
    await beat(living, times=DEAD_AFTER)
    assert await numbers(shared) == {silent.id, living.id}
    await beat(silent)  # just in time
    await beat(living, times=DEAD_AFTER)
    assert await numbers(shared) == {silent.id, living.id}
    await beat(living)
    assert await numbers(shared) == {living.id}


async def test_who_was_buried_joins_again_under_another_number(shared: Database) -> None:
    frozen, living = await joined(shared), await joined(shared)
    old = frozen.id
    await beat(living, times=DEAD_AFTER + 1)
    assert not frozen.may_send(old + 100)
    await beat(frozen)
    assert frozen.id not in (old, living.id)
    assert not frozen.may_send(old)
    assert await numbers(shared) == {frozen.id, living.id}


async def test_one_that_froze_in_the_middle_of_a_unit_of_work_holds_nobody_up(
    settings: Settings, shared: Database
) -> None:
    frozen, living = await joined(shared), await joined(shared)
    elsewhere = await service.open_database(settings, serving=True)
    async with shared.begin(service.utc_now()) as tx:
        await inbox.add(tx, [(1, 501, {"update_id": 1})])

    async def freeze() -> None:
        async with elsewhere.begin(service.utc_now()) as tx:
            await inbox.claim(tx, frozen.id, limit=1)
            # It says nothing any more; the server ends what it has begun.
            async with asyncio.timeout(30):
                while frozen.id in await numbers(shared):
                    await beat(living)  # does not wait for the frozen one
                    await asyncio.sleep(0.5)

    with pytest.raises(DatabaseUnavailable):
        await freeze()
    async with shared.begin(service.utc_now()) as tx:
        assert await inbox.claim(tx, living.id, limit=1) == {501}
    await elsewhere.close()


async def test_it_sends_only_after_a_fresh_beat(shared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(worker, "boot_time", lambda: now)
    first = await joined(shared)
    assert first.may_send(first.id)
    second = await joined(shared)
    assert not second.may_send(second.id)  # the other one uses the limits whole until its next beat
    now += worker.QUIET
    assert second.may_send(second.id)
    now += worker.FRESH
    assert not second.may_send(second.id)
    await beat(second)
    assert second.may_send(second.id)


async def test_only_one_polls_and_it_can_hand_that_on(shared: Database) -> None:
    first, second = await joined(shared), await joined(shared)
    assert [await first.polls(), await second.polls()] == [True, False]
    await second.stops_polling()  # it is not theirs to hand on
    assert not await second.polls()
    await first.stops_polling()
    assert [await second.polls(), await first.polls()] == [True, False]


async def test_a_claim_whose_commit_was_never_answered_silences_nobody(
    settings: Settings, world: World, zahra: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """The server has committed; the worker heard only an error, and would look past this chat for ever."""
    await world.settled()
    operator = await service.open_database(settings)
    async with operator.begin(service.utc_now()) as tx:
        (me,) = await workers.beats(tx)
        # Nobody looks while this lasts; the looks that wait for it fail, as after a lost answer.
        await tx.connection.exec_driver_sql("LOCK TABLE claims IN ACCESS EXCLUSIVE MODE")
        unheard = [{"queue": queue, "chat_id": zahra.id, "worker_id": me} for queue in (0, 1)]
        await tx.connection.execute(postgresql.insert(tables.claims).on_conflict_do_nothing(), unheard)
        async with asyncio.timeout(60):
            while not all(f"{loop} failed" in caplog.text for loop in ("handling", "sending")):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    await operator.close()
    await zahra.presses("Privacy")
    await zahra.reads("What is kept about you")
