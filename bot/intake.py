"""Taking updates in, whichever way they came: stored first, then confirmed, then the button acknowledged."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from telegram import Bot
from telegram.error import RetryAfter, TelegramError

from bot.log import where
from bot.metrics import Metrics
from bot.raw import chat_of, query_of
from bot.signal import Signal
from bot.unbroken import unbroken
from storage import inbox
from storage.database import Database

log = logging.getLogger(__name__)

ACKNOWLEDGING = 16  # pressed buttons that are acknowledged at the same time
ACKNOWLEDGED = 5.0  # seconds that one may take; losing it loses nothing
WAITING = 500  # more than so many are not kept waiting for it

Updates = list[dict[str, Any]]


class NotStored(Exception):
    """The database did not take the updates; whoever sent them must send them again."""


class Intake:
    """Stores updates and acknowledges pressed buttons.

    What is taken while a commit is under way shares the next one: a commit waits for the disk, and
    costs about the same for one update as for a hundred.
    """

    def __init__(
        self,
        bot: Bot,
        database: Database,
        clock: Callable[[], datetime],
        received: Signal,
        metrics: Metrics,
    ) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._received = received
        self._metrics = metrics
        self._lines = asyncio.Semaphore(ACKNOWLEDGING)
        self._taken: list[tuple[Updates, asyncio.Future[None]]] = []
        self._unstored: set[asyncio.Future[None]] = set()
        self._called = asyncio.Event()
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def take(self, updates: Updates) -> None:
        """Store updates; they are committed when this returns. Raises NotStored."""
        if not updates:
            return
        stored = asyncio.get_running_loop().create_future()
        self._unstored.add(stored)
        stored.add_done_callback(self._unstored.discard)
        self._taken.append((updates, stored))
        self._called.set()
        await stored

    async def settled(self) -> None:
        """Wait until what was taken so far is stored, or is refused."""
        if self._unstored:
            await asyncio.wait(self._unstored)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Store what is taken for the length of the block."""
        async with asyncio.TaskGroup() as group:
            storing = group.create_task(self._run(group))
            try:
                yield
            finally:
                for task in (storing, *self._acknowledging):
                    task.cancel()

    async def _run(self, acknowledging: asyncio.TaskGroup) -> None:
        while True:
            await self._called.wait()
            self._called.clear()
            # Who no longer waits has been told to send it again.
            taken = [(updates, stored) for updates, stored in self._taken if not stored.done()]
            self._taken.clear()
            together = [update for updates, _ in taken for update in updates]
            failed = not await unbroken(self._store(together))
            for _, stored in taken:
                if stored.done():
                    continue
                if failed:
                    stored.set_exception(NotStored())
                else:
                    stored.set_result(None)
            if not failed:
                for query_id in filter(None, map(query_of, together)):
                    if len(self._acknowledging) < WAITING:
                        task = acknowledging.create_task(self._acknowledge(query_id))
                        self._acknowledging.add(task)
                        task.add_done_callback(self._acknowledging.discard)

    async def _store(self, updates: Updates) -> bool:
        try:
            # In order, so that two processes that store the same updates never wait for each other.
            rows = [(update["update_id"], chat_of(update), update) for update in updates]
            rows.sort(key=lambda row: row[0])
            async with self._database.begin(self._clock()) as tx:
                await inbox.add(tx, rows)
        except Exception as error:
            log.error("%d updates could not be stored: %s", len(updates), where(error))
            return False
        self._metrics.received(len(updates))
        self._received.set()
        return True

    async def _acknowledge(self, query_id: str) -> None:
        """Stop the pressed button's spinner now. It says nothing, so that losing it loses nothing."""
        try:
            async with self._lines, asyncio.timeout(ACKNOWLEDGED):
                await self._bot.answer_callback_query(query_id)
        except (TelegramError, TimeoutError) as error:
            self._metrics.unacknowledged()
            if isinstance(error, RetryAfter):
                self._metrics.throttled()
            log.debug("a button's acknowledgement failed: %s", type(error).__name__)
