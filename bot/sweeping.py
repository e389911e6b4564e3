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


class Sweeping:
    """Looks at the deadlines again and again."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        clock: Callable[[], datetime],
        posted: Signal,
        every: float = 5.0,
    ) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._posted = posted
        self._every = every
        self._expired_at: datetime | None = None  # when what ends was last let end

    async def run(self) -> None:
        """Sweep until cancelled, every few seconds."""
        while True:
            try:
                await unbroken(self._sweep())
            except Exception as error:
                log.error("the sweep failed: %s", where(error))
            await asyncio.sleep(self._every)

    async def _sweep(self) -> None:
        now, expired = self._clock(), False
        async with self._database.begin(now) as tx:
            await deadlines.sweep(self._desk, tx)
            # The clock may jump back: then what ends waits no longer than the usual time.
            if self._expired_at is None or abs(now - self._expired_at) >= EXPIRE_EVERY:
                await deadlines.expire(self._desk, tx)
                expired = True
        if tx.letters:
            self._posted.set()
        if expired:
            self._expired_at = now
            await self._database.forget_pages()
