"""This process among the workers that share the queues: it joins, beats, and buries the dead."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from bot.log import where
from bot.metrics import Metrics
from bot.trouble import Trouble
from bot.unbroken import unbroken
from storage import claims, workers
from storage.database import Database

log = logging.getLogger(__name__)

BEAT = 2.0  # seconds
DEAD_AFTER = 5  # looks in which a worker's beat stood still
FRESH = 3 * BEAT  # seconds since our last beat in which nobody can have buried us
QUIET = 2 * BEAT  # seconds after joining others in which we send nothing: they learn of us at their next beat


def boot_time() -> float:
    """Seconds of a clock that never jumps, and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Worker:
    """Our number, and how many we are."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], trouble: Trouble, metrics: Metrics
    ) -> None:
        self._database = database
        self._clock = clock
        self._trouble = trouble
        self._metrics = metrics
        self._beaten_at = self._quiet_until = float("-inf")
        self._seen: dict[int, tuple[int, int]] = {}  # of the others: their beat, and in how many looks
        self.id = 0
        self.count = 1  # workers alive, this one included

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Be one of the workers for the length of the block, and beat. Raises DatabaseUnavailable."""
        await self.join()
        beating = asyncio.create_task(self._run())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait([beating])
            await self.leave()

    async def join(self) -> None:
        """Become one of the workers. Raises DatabaseUnavailable."""
        began = boot_time()
        async with self._database.begin(self._clock(), reserved=True) as tx:
            self.id = await workers.join(tx, alone=not self._database.shared)
            self.count = len(await workers.beats(tx))
        self._beaten_at = began
        self._quiet_until = began + QUIET if self.count > 1 else began
        self._metrics.workers(self.count)
        if self.count > 1:
            log.info("worker %d joins %d others", self.id, self.count - 1)

    async def polls(self) -> bool:
        """Whether it is this worker that polls Telegram. Raises DatabaseUnavailable."""
        if not self._database.shared:
            return True
        async with self._database.begin(self._clock()) as tx:
            return await claims.claim_polling(tx, self.id)

    async def stops_polling(self) -> None:
        """Let another worker poll: perhaps it is only we who cannot reach Telegram."""
        if self._database.shared:
            async with self._database.begin(self._clock()) as tx:
                await claims.release_polling(tx, self.id)

    def may_send(self, claimed_as: int) -> bool:
        """Whether what was claimed under this number is still ours for certain, and we may say it now.

        After a freeze it is false until the next beat, which tells whether others have taken our chats over.
        Nobody takes over from who is alone on a SQLite file.
        """
        now = boot_time()
        fresh = now - self._beaten_at < FRESH and now >= self._quiet_until
        return claimed_as == self.id and (fresh or not self._database.shared)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as telling:
            while True:
                await asyncio.sleep(BEAT)
                try:
                    await unbroken(self._beat())
                except Exception as error:
                    log.warning("no beat: %s", where(error))
                    self._trouble.seen()
                else:
                    # A beat always writes: it knows of a full disk, too, on which one can still read. Telling
                    # waits for other work, the next beat must not.
                    telling.create_task(self._trouble.over())

    async def _beat(self) -> None:
        began = boot_time()  # before: a freeze in the middle must not look like a fresh beat
        async with self._database.begin(self._clock(), reserved=True) as tx:
            alive = await workers.beat(tx, self.id)
            beats = await workers.beats(tx)
        if not alive:
            log.warning("worker %d was taken for dead; it joins again", self.id)
            await self.join()
            return
        self.count, self._beaten_at = len(beats), began
        self._metrics.workers(self.count)
        for other in self._silent(beats):
            # A unit of work of its own: our beat is committed, whatever becomes of this.
            async with self._database.begin(self._clock(), reserved=True) as tx:
                if await workers.bury(tx, other, beats[other]):
                    log.warning("worker %d does not answer any more; its chats are free", other)

    def _silent(self, beats: dict[int, int]) -> list[int]:
        """The workers whose beat has stood still for long."""
        seen, self._seen = self._seen, {}
        for other, beat in beats.items():
            before, looks = seen.get(other, (-1, 0))
            # Looks are counted, not seconds: while we cannot look, nobody can be seen to stand still.
            self._seen[other] = (beat, looks + 1 if beat == before else 0)
        return [other for other, (_, looks) in self._seen.items() if other != self.id and looks >= DEAD_AFTER]

    async def leave(self) -> None:
        """Stop being a worker; what is still claimed is free for the others."""
        try:
            async with self._database.begin(self._clock()) as tx:
                await workers.leave(tx, self.id)
        except Exception as error:
            log.warning("the worker could not leave: %s", where(error))
