"""Nothing is lost: the process is killed again and again in the middle of a burst, and every message
has its effect exactly once, and every reply is sent, in order."""

import asyncio
import functools
import random
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from crash.bot_process import BotProcess, bot_process
from crash.scene import LEAD, REFUSED, UNSENT, WAITING, Scene, scene
from crash.stories import Item, Story

from bot import demo, service
from bot.settings import Settings
from bot.unbroken import unbroken
from engine import Engine
from knowledge.library import Library
from sandbox.server import serve
from storage import inbox
from storage.database import Database

KILLS = 20
SEED = random.SystemRandom().randrange(10**6)


async def undisturbed(
    stories: list[Story], library: Library, engine: Engine, data_dir: Path
) -> dict[int, list[str]]:
    """What each person reads when nothing crashes; what they say has the effect that was foretold."""
    async with serve() as api, scene(demo.settings(api, data_dir), stories) as place:
        await place.prepare(library, engine)
        async with place.in_process(library, engine):
            await place.do(await place.items(random.Random(1)))
            await place.finished()
            await place.thank()
            await place.finished()
        await check_effects(place, stories)
        return {story.id: await place.said(story.id) for story in stories}


async def check_effects(place: Scene, stories: list[Story]) -> None:
    """Everything that was said had its effect exactly once."""
    effects = await place.effects()
    for story in stories:
        assert effects.get(story.id) == story.effect, f"person {story.id}: {story.items}"
    assert set(effects) == {story.id for story in stories if story.effect} | {LEAD}
    expected = [story.effect for story in stories if story.effect]
    happened = await place.audit()
    assert happened["person.erased"] == sum(story.effect is None for story in stories)
    assert happened["ticket.opened"] == sum(len(effect.requests) for effect in expected)
    assert happened["ticket.added"] == sum(
        len(texts) - 1 for effect in expected for _, texts in effect.requests
    )
    assert happened["case.linked"] == sum(len(effect.links) for effect in expected)
    assert happened["case.refused"] == await place.count(REFUSED) == sum(story.refused for story in stories)


def check_order(heard: list[str], told: list[str]) -> None:
    """All was said, in order. After a crash it may go back to what was said before, never skip ahead."""
    assert len(set(told)) == len(told), f"two replies look alike, so their order cannot be seen: {told}"
    furthest = -1
    for reply in heard:
        place = told.index(reply)
        assert place <= furthest + 1, f"{reply} came too early in {heard}, told {told}"
        furthest = max(furthest, place)
    assert furthest == len(told) - 1, f"only {heard} of {told} was said"
    assert heard[-1] == told[-1], f"{heard} does not end as {told}"


async def reached(count: Callable[[], Awaitable[int]], more: int) -> None:
    """Wait until a count has grown by so much, but no longer than 1.5 seconds: perhaps nothing is left."""
    goal, end = await count() + more, time.monotonic() + 1.5
    while await count() < goal and time.monotonic() < end:  # noqa: ASYNC110  (no event crosses processes)
        await asyncio.sleep(0.001)


async def kill_somewhere(
    bot: BotProcess, place: Scene, chance: random.Random, number: int, said: list[Item], *, part: int = 1
) -> str:
    """Kill the bot at a random point of its start, or of its receiving, handling or sending.

    People say something meanwhile; a bot killed in receiving hears it a moment before its end. Where only
    one of so many parts of the people is there, the points lie closer together.
    """
    activity = "starting" if number % 5 == 4 else ("receiving", "handling", "sending")[number % 3]
    if activity != "receiving":
        await place.do(said)
    if activity == "starting":
        await asyncio.sleep(chance.uniform(0.1, 1.0))
        await bot.kill()
        return activity
    await bot.ready()
    begun = await place.last_event()

    async def handled() -> int:
        return await place.count("SELECT count(*) FROM inbox WHERE done_at IS NOT NULL")

    async def sent() -> int:
        return await place.said_since(begun)

    if activity == "receiving":
        await place.do(said)
        await asyncio.sleep(chance.uniform(0, 0.01))
    else:
        count, most = (handled, 60) if activity == "handling" else (sent, 40)
        await reached(count, chance.randint(1, max(1, most // part)))
        await asyncio.sleep(chance.uniform(0, 0.02))
    await bot.kill()
    return activity


class Toll:
    """After how many kills something was left behind; a test whose kills never hurt shows nothing."""

    def __init__(self) -> None:
        self.kills = 0
        self.caught = dict.fromkeys(("unreceived", "unhandled", "unsent"), 0)

    async def count(self, place: Scene, activity: str) -> None:
        """A bot was just killed in this activity."""
        self.kills += 1
        left = (await place.pending(), await place.count(WAITING), await place.count(UNSENT))
        print(f"kill {self.kills}, {activity}: {dict(zip(self.caught, left, strict=True))}")
        for key, some in zip(self.caught, left, strict=True):
            self.caught[key] += bool(some)


async def all_told(place: Scene) -> None:
    """Let everybody do what is left to do, and wait until it is answered."""
    while sum(story.thanks for story in place.stories) > place.thanked:
        await place.thank()
        await asyncio.sleep(0.1)
    await place.finished()


async def check_all(place: Scene, told: dict[int, list[str]], *, one_worker: bool = True) -> None:
    """Every update is done, every effect is there once, every reply was read, in order."""
    assert await place.done_once()
    await check_effects(place, place.stories)
    heard = {story.id: await place.said(story.id) for story in place.stories}
    for story in place.stories:
        check_order(heard[story.id], told[story.id])
    called = list(dict.fromkeys(await place.called_for(LEAD)))
    # Of several workers the one with the later number may be done first.
    assert (called if one_worker else sorted(called)) == await place.urgent_numbers()
    print(f"{sum(map(len, told.values()))} replies, sent {sum(map(len, heard.values()))} times")


async def test_twenty_kills_in_a_burst_lose_nothing(
    stories: list[Story], library: Library, engine: Engine, data_dir: Path, api: str, tmp_path: Path
) -> None:
    print(f"seed {SEED}")
    chance, toll, complaints = random.Random(SEED), Toll(), []
    calm = tmp_path / "calm"
    shutil.copytree(data_dir, calm)
    async with scene(demo.settings(api, data_dir), stories) as place, asyncio.TaskGroup() as beside:
        await place.prepare(library, engine)
        items = await place.items(chance)
        calm_run = beside.create_task(undisturbed(stories, library, engine, calm))
        # Most come at once, the others while the bot falls and rises: it is always receiving, too.
        await place.do(items[:195])
        for number in range(KILLS):
            async with bot_process(place.settings) as bot:
                few = items[195 + 5 * number : 200 + 5 * number]
                activity = await kill_somewhere(bot, place, chance, number, few)
                complaints += bot.complaints
            await place.thank()
            await toll.count(place, activity)
        async with bot_process(place.settings) as bot:
            await bot.ready()
            await all_told(place)
            complaints += bot.complaints

        assert not complaints
        assert len(items) + 10 == place.told == 300
        assert min(toll.caught.values()) >= 5, toll.caught
        await check_all(place, await calm_run)


async def test_a_stop_is_calm_loses_nothing_and_repeats_nothing(
    stories: list[Story], library: Library, engine: Engine, data_dir: Path, api: str, tmp_path: Path
) -> None:
    calm = tmp_path / "calm"
    shutil.copytree(data_dir, calm)
    few = [story for story in stories if story.settled and not story.greeted and not story.thanks][::2]
    # However busy the machine is: here a stop may take its time, it must only be calm.
    patient = demo.settings(api, data_dir).model_copy(update={"stop_seconds": 60.0})
    async with scene(patient, few) as place:
        await place.prepare(library, engine)
        await place.do(await place.items(random.Random(SEED)))
        chance = random.Random(SEED)
        for _ in range(3):
            async with bot_process(place.settings) as bot:
                await bot.ready()
                begun = await place.last_event()
                await reached(functools.partial(place.said_since, begun), chance.randint(1, 9))
                bot.terminate()
                async with asyncio.timeout(90):
                    assert await bot.ended() == 0, bot.log
                assert not bot.complaints
        assert await place.count(WAITING) or await place.count(UNSENT), "it was done before it was stopped"
        async with bot_process(place.settings) as bot:
            await bot.ready()
            await place.finished()
            assert not bot.complaints
        assert await place.done_once()
        await check_effects(place, few)
        told = await undisturbed(few, library, engine, calm)
        for story in few:
            assert await place.said(story.id) == told[story.id]


@pytest.mark.parametrize("times", [1, 3])
async def test_a_stop_waits_for_the_end_of_a_unit_of_work(database: Database, times: int) -> None:
    async def work() -> None:
        async with database.begin(service.utc_now()) as tx:
            await inbox.add(tx, [(1, 501, {"update_id": 1})])
            begun.set()
            await asyncio.sleep(0.05)

    begun = asyncio.Event()
    task = asyncio.create_task(unbroken(work()))
    await begun.wait()
    for _ in range(times):  # whoever stops may ask again and again
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(30), database.begin(service.utc_now()) as tx:
        assert await inbox.count_waiting(tx) == 1


def imported(settings: Settings) -> int:
    """How many cases are in the register."""
    with closing(sqlite3.connect(settings.data_dir / "hamrah.sqlite")) as database:
        tables = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'cases'").fetchone()[0]
        return int(database.execute("SELECT count(*) FROM cases").fetchone()[0]) if tables else 0


async def test_kills_during_the_first_start_leave_nothing_half_made(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    settings = demo.settings("http://127.0.0.1:9", tmp_path)  # nobody is called
    command = ("cases", "import", str(demo.REGISTER))

    async def files() -> int:
        return sum(1 for _ in tmp_path.iterdir())  # noqa: ASYNC240  (a handful of names)

    # What a kill between making the key's file and writing it leaves.
    settings.key_file.touch(mode=0o600)
    for _ in range(5):
        async with bot_process(settings, *command) as importing:
            await reached(files, chance.randint(1, 3))
            await asyncio.sleep(chance.uniform(0, 0.1))
            if importing.running:
                await importing.kill()
        assert imported(settings) in (0, 4)
    async with bot_process(settings, *command) as importing:
        assert await importing.ended() == 0, importing.log
    assert imported(settings) == 4
