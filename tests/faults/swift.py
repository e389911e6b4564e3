"""`python -m faults.swift`: the bot, whose clock runs ten times as fast as the wall's."""

import asyncio
import sys
from datetime import UTC, datetime

from bot import log, service
from bot.ending import stopped_by_signal
from bot.settings import Settings
from knowledge.library import Library

BEGAN = datetime.now(UTC)


def clock() -> datetime:
    return BEGAN + (datetime.now(UTC) - BEGAN) * 10


async def serve() -> None:
    async with stopped_by_signal(), service.running(Settings(), Library(), clock=clock):
        print("Hamrah is running", file=sys.stderr)
        await asyncio.Event().wait()


if __name__ == "__main__":
    log.set_up()
    asyncio.run(serve())
