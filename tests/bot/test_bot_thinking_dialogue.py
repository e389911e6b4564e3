"""Conversations while the engine stands still or dies: questions wait, everything else goes on."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest
from bot_door import free_port
from bot_engines import engines
from dialogue import Clock, Person, World
from faults.scenes import meet_many

from bot import service
from bot.handling import CHATS
from bot.settings import Settings
from bot.thinking import LONGEST, START
from knowledge.library import Library

QUESTION = "چند ماه است که هیچ خبری نیست. دوسیهٔ ما گم شده؟"
ANSWER = "ماه‌هاست هیچ تغییری نیامده"


@pytest.fixture
def engine() -> None:
    """In this file nobody brings an engine along: the service starts its own, in a process."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The demonstration's settings, with a server of our own."""
    return settings.model_copy(update={"listen": f"127.0.0.1:{free_port()}"})


async def until(happened: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(seconds):
        while not await happened():  # noqa: ASYNC110  (it happens behind HTTP)
            await asyncio.sleep(0.02)


async def shows(settings: Settings, figure: str) -> bool:
    """Whether the page of metrics shows this line."""
    async with aiohttp.ClientSession() as http, http.get(f"http://{settings.listen}/metrics") as page:
        return figure in (await page.text()).splitlines()


async def hears(person: Person, fragment: str) -> None:
    """Wait until somebody hears this, whoever else still waits for an answer."""

    async def heard() -> bool:
        return any(fragment in message for message in await person.messages())

    await until(heard)


async def the_engine(settings: Settings) -> int:
    """The process of the engine, which is ready."""
    await until(lambda: shows(settings, "hamrah_engine_ready 1.0"), START)  # it is built at low priority
    (engine,) = engines()
    return engine


async def test_zahra_gets_her_answer_though_the_engine_is_killed_while_it_has_her_question(
    settings: Settings, zahra: Person, karim: Person
) -> None:
    engine = await the_engine(settings)
    os.kill(engine, signal.SIGSTOP)
    await zahra.says(QUESTION)
    await until(lambda: shows(settings, "hamrah_questions_waiting 1.0"))
    await karim.says("/help")
    await hears(karim, "What do you want to do?")  # nobody else waits for her engine
    os.kill(engine, signal.SIGKILL)
    await until(lambda: shows(settings, "hamrah_engine_restarts_total 1.0"))
    await the_engine(settings)
    await zahra.reads(ANSWER)
    assert await shows(settings, "hamrah_engine_restarts_total 1.0")
    assert await shows(settings, 'hamrah_questions_total{outcome="given_up"} 0.0')


async def test_however_many_questions_wait_a_pressed_button_does_not(
    world: World, settings: Settings, karim: Person
) -> None:
    others = await meet_many(world, 2000, 2 * CHATS)
    engine = await the_engine(settings)
    os.kill(engine, signal.SIGSTOP)
    asked = [{"person": person.id, "text": "When does the Group of Five pause end?"} for person in others]
    await world.control("burst", {"items": asked})
    await until(lambda: shows(settings, f"hamrah_questions_waiting {2 * CHATS}.0"))
    await karim.says("/help")
    await hears(karim, "What do you want to do?")
    assert await shows(settings, f"hamrah_questions_waiting {2 * CHATS}.0")
    os.kill(engine, signal.SIGCONT)
    for person in others:
        await person.reads("Source:")


async def test_the_service_stops_at_once_while_a_question_waits_and_answers_it_after_the_next_start(
    api: str, settings: Settings, library: Library, clock: Clock
) -> None:
    async with aiohttp.ClientSession(api) as http:
        async with AsyncExitStack() as stack:
            running = service.running(settings, library, clock=clock)
            world = World(api, http, await stack.enter_async_context(running), clock)
            zahra = await world.meet("Zahra", 501, "fa_AF")
            await zahra.settles_in("I am an applicant")
            os.kill(await the_engine(settings), signal.SIGSTOP)
            await zahra.says(QUESTION)
            await until(lambda: shows(settings, "hamrah_questions_waiting 1.0"))
            began = time.monotonic()
        assert time.monotonic() - began < LONGEST  # nobody waits until the engine is given up
        async with service.running(settings, library, clock=clock) as world.database:
            await the_engine(settings)
            await zahra.reads(ANSWER)
