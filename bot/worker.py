"""This process among the workers that share the queues: it joins, beats, and buries the dead."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from bot.log import where
from bot.trouble import Trouble
from bot.unbroken import unbroken
from storage import workers
from storage.database import Database

log = logging.getLogger(__name__)

BEAT = 2.0  # seconds
DEAD_AFTER = 5  # looks in which a worker's beat stood still
FRESH = 3 * BEAT  # seconds since our last beat in which nobody can have buried us


class Worker:
    """Our number, and how many we are."""

    def __init__(self, database: Database, clock: Callable[[], datetime], trouble: Trouble) -> None:
        self._database = database
        self._clock = clock
        self._trouble = trouble
        self._beaten_at = float("-inf")
        self._seen: dict[int, tuple[int, int]] = {}  # of the others: their beat, and in how many looks
        self.id = 0
        self.count = 1  # workers alive, this one included

    async def join(self) -> None:
        """Become one of the workers. Raises DatabaseUnavailable."""
        async with self._database.begin(self._clock()) as tx:
            self.id = await workers.join(tx, alone=not self._database.shared)
            self.count = len(await workers.beats(tx))
        self._beaten_at = asyncio.get_running_loop().time()
        if self.count > 1:
            log.info("worker %d joins %d others", self.id, self.count - 1)

    def is_fresh(self) -> bool:
        """Whether we have beaten so lately that nobody can have taken our chats over.

        After a freeze it is false until the next beat, which tells whether they are still ours.
        """
        return asyncio.get_running_loop().time() - self._beaten_at < FRESH

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(BEAT)
            try:
                await unbroken(self._beat())
                # A beat always writes: it knows of a full disk, too, on which one can still read.
                await self._trouble.over()
            except Exception as error:
                log.warning("no beat: %s", where(error))
                self._trouble.seen()

    async def _beat(self) -> None:
        async with self._database.begin(self._clock()) as tx:
            alive = await workers.beat(tx, self.id)
            beats = await workers.beats(tx)
            for other, beat in beats.items():
                before, looks = self._seen.get(other, (-1, 0))
                # Looks are counted, not seconds: while we cannot look, nobody can be seen to stand still.
                self._seen[other] = (beat, looks + 1 if beat == before else 0)
                silent = other != self.id and self._seen[other][1] >= DEAD_AFTER
                if silent and await workers.bury(tx, other, beat):
                    log.warning("worker %d does not answer any more; its chats are free", other)
        self._seen = {other: self._seen[other] for other in beats}
        if alive:
            self.count = len(beats)
            self._beaten_at = asyncio.get_running_loop().time()
        else:
            log.warning("worker %d was taken for dead; it joins again", self.id)
            await self.join()

    async def leave(self) -> None:
        """Stop being a worker; what is still claimed is free for the others."""
        try:
            async with self._database.begin(self._clock()) as tx:
                await workers.leave(tx, self.id)
        except Exception as error:
            log.warning("the worker could not leave: %s", where(error))
