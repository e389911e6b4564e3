"""The service as one process on SQLite or as three workers on PostgreSQL, in the time of the real limits."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import pytest
from dialogue import Clock, World

from bot import service
from bot.settings import Settings
from engine import Engine
from knowledge.library import Library

WORKERS = {"sqlite": 1, "postgresql": 3}


@pytest.fixture
async def world(
    api: str, settings: Settings, clock: Clock, library: Library, engine: Engine, engine_name: str
) -> AsyncIterator[World]:
    """As many workers as the database bears, with one clock; the database is the first one's."""
    async with aiohttp.ClientSession(api) as http, AsyncExitStack() as running:
        databases = [
            await running.enter_async_context(
                service.running(settings, library, engine, clock=clock, sweep_every=0.5)
            )
            for _ in range(WORKERS[engine_name])
        ]
        yield World(api, http, databases[0], clock)
