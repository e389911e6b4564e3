"""Every test of storage runs on SQLite and on a real PostgreSQL, unless it is about SQLite's files."""

from collections.abc import AsyncIterator

import pytest
from engines import ENGINES

from bot import service
from bot.settings import Settings
from storage.database import Database


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """The database that the test runs on."""
    return str(request.param)


@pytest.fixture
async def neighbour(settings: Settings, database: Database) -> AsyncIterator[Database]:
    """The same database, opened a second time as another process would."""
    second = await service.open_database(settings)
    yield second
    await second.close()
