"""The receiving loop: every update is a row in the inbox before Telegram is told that we have it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from telegram import Bot, Update
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.delivery import seconds_of
from bot.log import where
from bot.signal import Signal
from storage import inbox
from storage.database import Database

log = logging.getLogger(__name__)

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
HOLD = 25  # seconds that Telegram holds a poll without news
LONGEST_PAUSE = 30.0  # seconds between tries while Telegram cannot be reached


def chat_of(update: Update) -> int:
    """The chat whose order an update belongs to; its sender's where it has none."""
    chat, user = update.effective_chat, update.effective_user
    return chat.id if chat else user.id if user else 0


class Receiving:
    """Polls Telegram for updates."""

    def __init__(self, bot: Bot, database: Database, clock: Callable[[], datetime], received: Signal) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._received = received
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Receive until cancelled."""
        offset, pause = 0, 0.5
        while True:
            try:
                updates = await self._bot.get_updates(
                    offset=offset, timeout=timedelta(seconds=HOLD), allowed_updates=KINDS
                )
                # A failing database must not lose updates: they are confirmed only by the next poll.
                await self._store(updates)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                if isinstance(error, Conflict):
                    log.error("another process polls with the same token; only one may")
                elif not isinstance(error, TelegramError):
                    log.error("receiving failed: %s", where(error))
                await asyncio.sleep(seconds_of(error) if isinstance(error, RetryAfter) else pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = 0.5
            if updates:
                offset = updates[-1].update_id + 1

    async def _store(self, updates: Sequence[Update]) -> None:
        if not updates:
            return
        async with self._database.begin(self._clock()) as tx:
            await inbox.add(tx, [(update.update_id, chat_of(update), update.to_dict()) for update in updates])
        self._received.set()
        for update in updates:
            if update.callback_query:
                self._acknowledge(update.callback_query.id)

    def _acknowledge(self, query_id: str) -> None:
        """Stop the pressed button's spinner now. It says nothing, so that losing it loses nothing."""
        task = asyncio.create_task(self._answer(query_id))
        self._acknowledging.add(task)
        task.add_done_callback(self._acknowledging.discard)

    async def _answer(self, query_id: str) -> None:
        try:
            await self._bot.answer_callback_query(query_id)
        except TelegramError as error:
            log.debug("a button's acknowledgement failed: %s", type(error).__name__)
