"""A running sandbox, the people in it, and python-telegram-bot's own Bot on the other side."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from sandbox_room import AMINA, CLAIRE, KARIM, TEAM, TOKEN, Room
from telegram import Bot
from telegram.request import HTTPXRequest

from sandbox.server import serve


@pytest.fixture(autouse=True)
def durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have python-telegram-bot give durations in the form that it does not warn about."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def empty_room() -> AsyncIterator[Room]:
    """A sandbox in which nobody is."""
    async with serve() as address, aiohttp.ClientSession(address) as http:
        # Certificates take longest to load, and nobody needs them on loopback.
        requests = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
        bot = Bot(
            TOKEN,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=requests[0],
            get_updates_request=requests[1],
        )
        async with bot:
            yield Room(address, http, bot)


@pytest.fixture
async def room(empty_room: Room) -> Room:
    """Amina, Karim and Claire; Amina has greeted the bot, and the bot has seen it."""
    for person, name in ((AMINA, "Amina"), (KARIM, "Karim"), (CLAIRE, "Claire")):
        await empty_room.control("people", {"id": person, "first_name": name})
    await empty_room.control(
        "groups", {"id": TEAM, "title": "Team", "type": "supergroup", "members": [KARIM, CLAIRE]}
    )
    await empty_room.says(AMINA, "Salaam")
    await empty_room.news()
    await empty_room.news()
    return empty_room
