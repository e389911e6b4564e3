"""The disk is full: the bot can write to no file any more, until somebody makes room."""

import asyncio
import random
import resource
import shutil
from pathlib import Path

from crash.bot_process import bot_process
from crash.scene import LEAD, Scene, scene
from crash.stories import Cast
from crash.test_crash import all_told, check_all, undisturbed

from bot import demo
from engine import Engine
from knowledge.library import Library


async def test_nothing_is_lost_and_the_lead_is_told_once_there_is_room_again(
    library: Library, engine: Engine, data_dir: Path, api: str, tmp_path: Path
) -> None:
    cast = Cast(library, engine)
    for _ in range(12):
        cast.asker()
        cast.handed_over()
    calm = tmp_path / "calm"
    shutil.copytree(data_dir, calm)
    async with scene(demo.settings(api, data_dir), cast.stories) as place:
        await place.prepare(library, engine)
        told = await undisturbed(cast.stories, library, engine, calm)
        items = await place.items(random.Random(1))
        async with bot_process(place.settings, module="faults.swift") as bot:
            await bot.ready()
            await place.do(items[:10])
            await asyncio.sleep(0.1)
            _, most = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            began = len(bot.log)
            await place.do(items[10:])
            async with asyncio.timeout(30):
                while not any("trouble with the database begins" in line for line in bot.log):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            await asyncio.sleep(4)  # forty seconds by the bot's clock
            lines = bot.log[began:]
            resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (most, most))
            await all_told(place)
            async with asyncio.timeout(60):
                # Only the next beat sees that there is room again; the others may have been answered by then.
                while not await told_of_it(place):  # noqa: ASYNC110  (no event crosses processes)
                    await asyncio.sleep(0.05)
            print(f"{len(lines)} lines while the disk was full")
            assert len(lines) <= 60
            bot.terminate()
            assert await bot.ended() == 0, bot.log
        assert await told_of_it(place) == 1
        await check_all(place, told)


async def told_of_it(place: Scene) -> int:
    """How often the lead was told."""
    return sum("The database did not answer" in text for text in await place.said(LEAD))
