"""The receiving loop: every update is a row in the inbox before Telegram is told that we have it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.client import Client
from bot.delivery import seconds_of
from bot.log import where
from bot.raw import KINDS, chat_of, query_of
from bot.signal import Signal
from bot.unbroken import unbroken
from bot.worker import BEAT, Worker
from storage import claims, inbox
from storage.database import Database

log = logging.getLogger(__name__)

HOLD = 25  # seconds that Telegram holds a poll without news
LONGEST_PAUSE = 30.0  # seconds between tries while Telegram cannot be reached
ACKNOWLEDGING = 16  # pressed buttons that are acknowledged at the same time


class Receiving:
    """Polls Telegram for updates."""

    def __init__(
        self,
        client: Client,
        database: Database,
        clock: Callable[[], datetime],
        received: Signal,
        worker: Worker,
    ) -> None:
        self._client = client
        self._database = database
        self._clock = clock
        self._received = received
        self._worker = worker
        self._lines = asyncio.Semaphore(ACKNOWLEDGING)

    async def run(self) -> None:
        """Receive until cancelled."""
        offset, pause = 0, 0.5
        async with asyncio.TaskGroup() as acknowledging:
            while True:
                try:
                    if not await self._is_our_turn():
                        await asyncio.sleep(BEAT)
                        continue
                    updates = await self._client.raw_updates(offset=offset, hold=HOLD, kinds=KINDS)
                    # Updates are confirmed only by the next poll, so a failing database loses none.
                    await unbroken(self._store(updates))
                except Exception as error:
                    _explain(error)
                    await asyncio.sleep(seconds_of(error) if isinstance(error, RetryAfter) else pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                    continue
                pause = 0.5
                for update in updates:
                    offset = update["update_id"] + 1
                    if query_id := query_of(update):
                        acknowledging.create_task(self._answer(query_id))

    async def _is_our_turn(self) -> bool:
        """Whether it is this worker that polls: Telegram lets only one."""
        if not self._database.shared:
            return True
        async with self._database.begin(self._clock()) as tx:
            return await claims.claim_polling(tx, self._worker.id)

    async def _store(self, updates: list[dict[str, Any]]) -> None:
        if not updates:
            return
        async with self._database.begin(self._clock()) as tx:
            await inbox.add(tx, [(update["update_id"], chat_of(update), update) for update in updates])
        self._received.set()

    async def _answer(self, query_id: str) -> None:
        """Stop the pressed button's spinner now. It says nothing, so that losing it loses nothing."""
        try:
            async with self._lines:
                await self._client.answer_callback_query(query_id)
        except TelegramError as error:
            log.debug("a button's acknowledgement failed: %s", type(error).__name__)


def _explain(error: Exception) -> None:
    match error:
        case Conflict():
            log.error("another process polls with the same token; only one may")
        case InvalidToken():
            log.error("Telegram does not know this token any more; ask @BotFather")
        case TelegramError():
            log.warning("Telegram does not answer: %s", type(error).__name__)
        case _:
            log.error("receiving failed: %s", where(error))
