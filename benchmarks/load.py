"""Lets a load arrive at a bot, and says what it cost."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.measured import SERVER_CORE, Measured, measured
from bot import demo, service
from storage import people

FIRST = 10_000  # Telegram id of the first person
LOCALES = ("fa_AF", "ps", "en", "fr")
STUCK = 20.0  # seconds without one more answer


@dataclass(frozen=True, slots=True)
class Cost:
    """What a load came to."""

    count: int  # updates
    answered: int
    seconds: float  # from the first arrival to the last answer
    cpu: float  # processor seconds of the bot
    engine: float  # of them, of the engine
    peak: float  # the bot's highest resident memory so far, in MB
    by_kind: dict[str, list[float]]  # seconds from arrival to answer

    @property
    def rate(self) -> float:
        """Updates a second."""
        return self.answered / self.seconds

    @property
    def rate_without_engine(self) -> float:
        """The same, with the engine's own time taken off."""
        return self.answered / (self.seconds - self.engine)

    @property
    def milliseconds(self) -> float:
        """Processor time of an update, without the engine's."""
        return 1000 * (self.cpu - self.engine) / self.answered

    @property
    def latencies(self) -> list[float]:
        """Seconds from arrival to answer, whatever it was."""
        return [latency for latencies in self.by_kind.values() for latency in latencies]

    def percentile(self, percent: int, kind: str | None = None) -> float:
        """Milliseconds within which so many of a hundred were answered, of all kinds or of one."""
        latencies = sorted(self.by_kind[kind] if kind else self.latencies)
        return 1000 * latencies[min(len(latencies) * percent // 100, len(latencies) - 1)]


@dataclass(frozen=True, slots=True)
class Instant:
    """The Bot API that answers at once, as the parent sees it."""

    address: str
    http: aiohttp.ClientSession

    async def call(self, path: str, **fields: float | str) -> Any:
        """Steer it."""
        async with self.http.get(f"/{path}", params=fields) as got:
            return (await got.json())["result"]

    async def measure(
        self,
        bot: Measured,
        *,
        count: int,
        people: int,
        first: int = FIRST,
        apart: int = 1,
        rate: float = 0,
        kinds: Sequence[str] = (),
    ) -> Cost:
        """Let a load arrive and wait until all of it is answered, or nothing more is.

        It comes from every `apart`-th of so many people in turn, `rate` updates a second, or all at once; of
        these kinds in turn, or of all.
        """
        before = await bot.figures()
        await self.call(
            "load", count=count, people=people, first=first, apart=apart, rate=rate, kinds=",".join(kinds)
        )
        answered, since = 0, time.monotonic()
        while True:
            await asyncio.sleep(0.2)
            report = await self.call("report")
            if report["answered"] != answered:
                answered, since = report["answered"], time.monotonic()
            if answered == count or time.monotonic() - since > STUCK:
                break
        await asyncio.sleep(0.3)  # what is still to be settled costs, too
        after = await bot.figures()
        return Cost(
            count=count,
            answered=answered,
            seconds=report["seconds"],
            cpu=after["cpu"] - before["cpu"],
            engine=after.get("engine", 0.0) - before.get("engine", 0.0),
            peak=after["peak"],
            by_kind=report["latencies"],
        )


@asynccontextmanager
async def instant() -> AsyncIterator[Instant]:
    """Start the Bot API that answers at once."""
    async with (
        measured("instant", core=SERVER_CORE) as (_, address),
        aiohttp.ClientSession(address) as http,
    ):
        yield Instant(address, http)


async def settle_in(folder: Path, count: int, url: str = "") -> None:
    """Let so many people have chosen a language and a role."""
    settings = demo.settings("http://127.0.0.1:1", folder).model_copy(update={"database_url": url})
    database = await service.open_database(settings)
    async with database.begin(service.utc_now()) as tx:
        for number in range(count):
            person = await people.add(tx, FIRST + number)
            await people.save(tx, replace(person, locale=LOCALES[number % len(LOCALES)], role="sponsor"))
    await database.close()
