"""The client of the Bot API, against the local one: updates as they were written, errors that name nobody."""

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.client import Client, build_client
from bot.raw import KINDS
from bot.settings import Settings

ZAHRA = 501


@pytest.fixture
async def http(api: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(api) as session:
        await act(session, "people", {"id": ZAHRA, "first_name": "Zahra"})
        yield session


async def act(http: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> None:
    async with http.post(f"/control/{path}", json=body) as response:
        assert (await response.json())["ok"]


@pytest.fixture
async def client(settings: Settings, http: aiohttp.ClientSession) -> AsyncIterator[Client]:
    async with build_client(settings) as client:
        yield client


async def polled(client: Client, offset: int = 0, kinds: list[str] = KINDS) -> list[dict[str, Any]]:
    return await client.raw_updates(offset=offset, hold=0, kinds=kinds)


async def test_updates_come_as_telegram_wrote_them(client: Client, http: aiohttp.ClientSession) -> None:
    await act(http, f"people/{ZAHRA}/send", {"text": "سلام <b>&"})
    (update,) = await polled(client)
    assert update["message"]["text"] == "سلام <b>&"
    assert update["message"]["from"]["id"] == ZAHRA
    assert isinstance(update["message"]["date"], int)  # nothing was made of it


async def test_an_update_comes_again_until_a_later_one_is_asked_for(
    client: Client, http: aiohttp.ClientSession
) -> None:
    for text in ("one", "two"):
        await act(http, f"people/{ZAHRA}/send", {"text": text})
    first, second = await polled(client)
    assert await polled(client, first["update_id"]) == [first, second]
    assert await polled(client, second["update_id"]) == [second]
    assert await polled(client, second["update_id"] + 1) == []


async def test_a_poll_waits_for_news_no_longer_than_it_is_told(client: Client) -> None:
    began = time.monotonic()
    assert await client.raw_updates(offset=0, hold=1, kinds=KINDS) == []
    assert 0.9 <= time.monotonic() - began < 30


@pytest.mark.parametrize("how", ["500", "reset"])
async def test_a_failing_way_is_an_error_that_can_be_waited_out(
    client: Client, http: aiohttp.ClientSession, how: str
) -> None:
    await act(http, "fail", {"how": how, "count": 1, "method": "getUpdates"})
    with pytest.raises(NetworkError) as caught:
        await polled(client)
    assert "demo" not in str(caught.value)
    assert await polled(client) == []


async def test_a_wait_that_telegram_asks_for_is_told(client: Client, http: aiohttp.ClientSession) -> None:
    await act(http, "fail", {"how": "429", "count": 1, "method": "getUpdates", "retry_after": 9})
    with pytest.raises(RetryAfter):
        await polled(client)


async def test_an_unknown_token_is_told(settings: Settings, client: Client) -> None:
    other = build_client(settings.model_copy(update={"token": SecretStr("2000:x")}))
    with pytest.raises(InvalidToken):
        await other.initialize()
    await other.shutdown()


async def test_nobody_at_home_is_an_error_without_the_address(settings: Settings) -> None:
    client = build_client(settings.model_copy(update={"api_url": "http://127.0.0.1:1"}))
    with pytest.raises(TelegramError) as caught:
        await client.initialize()
    await client.shutdown()
    assert isinstance(caught.value, NetworkError)
    assert "demo" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
