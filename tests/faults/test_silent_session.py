"""A worker that freezes within a unit of work holds nobody up, and what it had begun does not count."""

import asyncio

import pytest
from faults.scenes import on_three_workers

from bot import service
from bot.settings import Settings
from storage import workers
from storage.database import Database
from storage.errors import DatabaseUnavailable


@on_three_workers
async def test_its_locks_go_when_it_is_buried(database: Database, settings: Settings) -> None:
    async with database.begin(service.utc_now()) as tx:
        frozen = await workers.join(tx, alone=False)
    own = await service.open_database(settings, serving=True)
    with pytest.raises(DatabaseUnavailable):  # noqa: PT012
        async with own.begin(service.utc_now()) as tx:
            await workers.beat(tx, frozen)
            await asyncio.sleep(workers.SPEECHLESS.total_seconds() + 0.5)
            async with asyncio.timeout(60), database.begin(service.utc_now()) as living:
                assert await workers.bury(living, frozen, 0)
    await own.close()
    async with database.begin(service.utc_now()) as tx:
        assert await workers.beats(tx) == {}
