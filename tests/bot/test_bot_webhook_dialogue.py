"""Conversations while Telegram calls us: nobody in a chat sees a difference, and nothing is lost."""

from typing import Any

import aiohttp
import pytest
from bot_door import SECRET, free_port
from dialogue import Clock, Person, World
from dialogues.scenes import asks, own
from pydantic import SecretStr
from telegram.error import BadRequest

from bot import service
from bot.client import build_client
from bot.raw import KINDS
from bot.settings import NotReady, Settings
from bot.webhook import CONNECTIONS, arrange
from engine import Engine
from knowledge.library import Library


@pytest.fixture
def polled(settings: Settings) -> Settings:
    """The demonstration's settings as they are: we ask Telegram."""
    return settings.model_copy(update={"mode": "polling", "listen": ""})


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The demonstration's settings, but Telegram calls us."""
    port = free_port()
    return settings.model_copy(
        update={
            "mode": "webhook",
            "listen": f"127.0.0.1:{port}",
            "webhook_url": f"http://127.0.0.1:{port}/telegram",
            "webhook_secret": SecretStr(SECRET),
        }
    )


async def webhook(settings: Settings) -> dict[str, Any]:
    """What Telegram says about it."""
    async with build_client(settings) as bot:
        return (await bot.get_webhook_info()).to_dict()


async def test_telegram_is_told_once_where_and_what_for(world: World, settings: Settings) -> None:
    told = await webhook(settings)
    assert told["url"] == settings.webhook_url
    assert set(told["allowed_updates"]) == set(KINDS)
    assert told["max_connections"] == CONNECTIONS
    async with build_client(settings) as another_process:
        await arrange(another_process, settings)
    assert await webhook(settings) == told


async def test_zahra_asks_and_farid_reads_it(world: World, zahra: Person, farid: Person) -> None:
    await zahra.says("چند ماه است که هیچ خبری نیست. دوسیهٔ ما گم شده؟")
    await zahra.reads("ماه‌هاست هیچ تغییری نیامده")
    await asks(zahra, "اپارتمان می‌پالیم")
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads("اپارتمان می‌پالیم", "H-1001")
    await zahra.reads(
        own(zahra, "Somebody in the team is now reading your request %(number)s.", number="H-1001")
    )


async def test_karim_presses_and_his_spinner_ends(world: World, karim: Person) -> None:
    await karim.says("/help")
    await karim.presses("Choose a subject")
    await karim.reads("What is your question about?")
    async with world.http.get("/control/transcript") as response:
        events = (await response.json())["events"]
    assert any(event["type"] == "answer" and event["chat_id"] == karim.id for event in events)


async def test_what_is_written_while_nobody_runs_arrives_whichever_way_comes_next(
    api: str, settings: Settings, polled: Settings, library: Library, engine: Engine, clock: Clock
) -> None:
    async with aiohttp.ClientSession(api) as http:
        for number, mode in enumerate((settings, polled, settings, polled)):
            person = 700 + number
            await http.post("/control/people", json={"id": person, "first_name": "Omid"})
            await http.post(f"/control/people/{person}/send", json={"text": "/start"})
            async with service.running(mode, library, engine, clock=clock, sweep_every=0.1) as database:
                await World(api, http, database, clock).settled()
                omid = Person(World(api, http, database, clock), "Omid", person, "en")
                await omid.reads("English")
                assert bool((await webhook(settings))["url"]) is (mode is settings)
            assert bool((await webhook(settings))["url"]) is (mode is settings)  # the end takes nothing away


async def test_an_address_that_telegram_refuses_is_a_clear_refusal(settings: Settings) -> None:
    async with build_client(settings) as bot:
        with pytest.raises(NotReady, match=r"^Telegram does not take HAMRAH_WEBHOOK_URL: ") as caught:
            await arrange(bot, settings.model_copy(update={"webhook_url": "http://bot.example.org/t"}))
    assert not isinstance(caught.value.__cause__, BadRequest)
    assert SECRET not in str(caught.value)
