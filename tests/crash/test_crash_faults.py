"""The same stories while Telegram fails at every sixth call: a bot is killed again and again, one of three
workers is killed or freezes. Still every message has its effect exactly once, and every reply is sent."""

import asyncio
import random
import shutil
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from crash.bot_process import BotProcess, bot_process
from crash.scene import Scene, scene
from crash.stories import Story
from crash.test_crash import (
    SEED,
    Toll,
    all_told,
    check_all,
    kill_somewhere,
    undisturbed,
)

from bot import demo
from bot.settings import Settings
from engine import Engine
from knowledge.library import Library

FAULTS = {"429": 0.1, "timeout": 0.05, "reset": 0.02, "seed": SEED}
HURRIED = "crash.hurried"


@pytest.fixture
def few(stories: list[Story]) -> list[Story]:
    return stories[::3]


async def test_kills_while_telegram_fails_lose_nothing(
    few: list[Story], library: Library, engine: Engine, data_dir: Path, api: str, tmp_path: Path
) -> None:
    print(f"seed {SEED}")
    chance, toll, complaints = random.Random(SEED), Toll(), []
    calm = tmp_path / "calm"
    shutil.copytree(data_dir, calm)
    async with scene(demo.settings(api, data_dir), few) as place:
        await place.prepare(library, engine)
        items = await place.items(chance)
        await place.control("faults", FAULTS)
        told = await undisturbed(few, library, engine, calm)
        await place.do(items[:-20])
        for number in range(6):
            async with bot_process(place.settings, module=HURRIED) as bot:
                some = items[-20:][4 * number : 4 * number + 4]
                activity = await kill_somewhere(bot, place, chance, number, some, part=3)
                complaints += bot.complaints
            await place.thank()
            await toll.count(place, activity)
        async with bot_process(place.settings, module=HURRIED) as bot:
            await all_told(place)
            complaints += bot.complaints
        assert not complaints
        assert sum(toll.caught.values()) >= 4, toll.caught
        await check_all(place, told)


@pytest.mark.parametrize("engine_name", ["postgresql"])
class TestThreeWorkers:
    """Three processes share the work on one PostgreSQL database."""

    async def test_one_killed_again_and_again_while_telegram_fails(
        self,
        few: list[Story],
        library: Library,
        engine: Engine,
        data_dir: Path,
        settings: Settings,
        tmp_path: Path,
    ) -> None:
        print(f"seed {SEED}")
        chance, toll, complaints = random.Random(SEED), Toll(), []
        calm = tmp_path / "calm"
        shutil.copytree(data_dir, calm)
        async with scene(settings, few) as place, AsyncExitStack() as living:
            await place.prepare(library, engine)
            told = await undisturbed(few, library, engine, calm)
            items = await place.items(chance)
            await place.control("faults", FAULTS)
            bots = await three(living, place)
            # Each kill finds its share of the burst: what came before the others have long done.
            share = -(-len(items) // 5)
            for number in range(5):
                some = items[share * number : share * (number + 1)]
                victim = chance.randrange(3)
                activity = await kill_somewhere(bots[victim], place, chance, number, some, part=3)
                complaints += bots[victim].complaints
                await toll.count(place, activity)
                await place.thank()
                bots[victim] = await another(living, place)
            await all_told(place)
            complaints += [line for bot in bots for line in bot.complaints]
            assert not complaints
            assert sum(toll.caught.values()) >= 4, toll.caught
            await check_all(place, told, one_worker=False)

    async def test_one_that_freezes_is_replaced_and_comes_back(
        self,
        few: list[Story],
        library: Library,
        engine: Engine,
        data_dir: Path,
        settings: Settings,
        tmp_path: Path,
    ) -> None:
        calm = tmp_path / "calm"
        shutil.copytree(data_dir, calm)
        async with scene(settings, few) as place, AsyncExitStack() as living:
            await place.prepare(library, engine)
            told = await undisturbed(few, library, engine, calm)
            items = await place.items(random.Random(SEED))
            # The first to come polls; the others join it.
            first = await another(living, place)
            await first.ready()
            number = await place.count("SELECT id FROM workers")
            others = [await another(living, place) for _ in range(2)]
            for bot in others:
                await bot.ready()
            await place.do(items[:-20])
            async with asyncio.timeout(60):
                while await place.in_hand(number) < 8:  # noqa: ASYNC110  (no event crosses processes)
                    await asyncio.sleep(0.001)
            first.hears(signal.SIGSTOP)
            print(f"frozen while writing to {await place.in_hand(number)} chats")
            await place.do(items[-20:])
            start = time.monotonic()
            async with asyncio.timeout(60):
                while await place.claimed_by(number):  # noqa: ASYNC110  (no event crosses processes)
                    await asyncio.sleep(0.1)
            print(f"taken over after {time.monotonic() - start:.1f} s")
            await all_told(place)
            said = await place.last_event()

            first.hears(signal.SIGCONT)
            async with asyncio.timeout(60):
                while await place.count("SELECT count(*) FROM workers") < 3:  # noqa: ASYNC110  (no event crosses processes)
                    await asyncio.sleep(0.1)
            assert any("joins again" in line for line in first.log)
            # What it had in hand when it froze, it leaves alone.
            await asyncio.sleep(2)
            assert await place.said_since(said) == 0
            await check_all(place, told, one_worker=False)

            # The others stop: whatever is said now is the work of the one that came back.
            for bot in others:
                bot.terminate()
                assert await bot.ended() == 0, bot.log
            spoken = await place.last_event()
            await place.do([{"person": few[-1].id, "text": "/privacy"}])
            await place.finished()
            assert await place.said_since(spoken) == 1


async def another(living: AsyncExitStack, place: Scene) -> BotProcess:
    """Start a worker that ends with the test at the latest."""
    return await living.enter_async_context(bot_process(place.settings, module=HURRIED))


async def three(living: AsyncExitStack, place: Scene) -> list[BotProcess]:
    """Start three workers."""
    return [await another(living, place) for _ in range(3)]
