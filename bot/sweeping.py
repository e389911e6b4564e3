"""The deadline sweep: flips what is due, and lets end what was kept long enough."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.log import where
from bot.signal import Signal
from bot.unbroken import unbroken
from desk import deadlines
from desk.desk import Desk
from storage.database import Database

log = logging.getLogger(__name__)

EXPIRE_EVERY = timedelta(hours=1)
LEAP = 60.0  # seconds that the wall clock may run ahead of the one that never jumps, between two sweeps
STEADY = 600.0  # seconds that it must have run evenly before anything ends


class Sweeping:
    """Looks at the deadlines again and again."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        posted: Signal,
        every: float = 5.0,
    ) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._monotonic = monotonic
        self._posted = posted
        self._every = every
        self._expired_at: datetime | None = None  # when what ends was last let end
        self._looked_at: tuple[datetime, float] | None = None  # on both clocks
        self._steady_since: float | None = None  # on the clock that never jumps

    async def run(self) -> None:
        """Sweep until cancelled, every few seconds."""
        while True:
            try:
                await unbroken(self._sweep())
            except Exception as error:
                log.error("the sweep failed: %s", where(error))
            await asyncio.sleep(self._every)

    async def _sweep(self) -> None:
        now = self._clock()
        steady = self._is_steady(now)
        async with self._database.begin(now) as tx:
            await deadlines.sweep(self._desk, tx)
        if tx.letters:
            self._posted.set()
        # The clock may jump back: then what ends waits no longer than the usual time.
        if steady and (self._expired_at is None or abs(now - self._expired_at) >= EXPIRE_EVERY):
            self._expired_at = now  # first: what fails is tried with the next round, and holds up no deadline
            async with self._database.begin(now) as tx:
                await deadlines.expire(self._desk, tx)
            await self._database.forget_pages()

    def _is_steady(self, now: datetime) -> bool:
        """Whether the wall clock has not leapt ahead lately; one that is wrong must not end what is kept."""
        ticks, before = self._monotonic(), self._looked_at
        self._looked_at = now, ticks
        if before is None:
            self._steady_since = (
                ticks  # a machine may start with a wrong clock, and find the right time later
            )
            return False
        leap = (now - before[0]).total_seconds() - (ticks - before[1])
        if leap > LEAP:
            log.warning("the clock leapt %.0f s ahead; retention waits", leap)
            self._steady_since = ticks
        return self._steady_since is None or ticks - self._steady_since >= STEADY
