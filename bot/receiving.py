"""The receiving loop: every update is a row in the inbox before Telegram is told that we have it."""

import asyncio
import logging

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.client import Client
from bot.delivery import seconds_of
from bot.intake import Intake, NotStored
from bot.log import where
from bot.metrics import Metrics
from bot.raw import KINDS
from bot.worker import BEAT, Worker
from storage.errors import StorageError

log = logging.getLogger(__name__)

HOLD = 25  # seconds that Telegram holds a poll without news
LONGEST_PAUSE = 30.0  # seconds between tries while Telegram cannot be reached


FIRST_PAUSE = 0.5  # seconds
HANDS_ON_AFTER = 4  # polls in a row that failed: perhaps another worker reaches Telegram


class Receiving:
    """Polls Telegram for updates."""

    def __init__(self, client: Client, intake: Intake, metrics: Metrics, worker: Worker) -> None:
        self._client = client
        self._intake = intake
        self._metrics = metrics
        self._worker = worker

    async def run(self) -> None:
        """Receive until cancelled."""
        offset, failures = 0, 0
        while True:
            try:
                if not await self._worker.polls():
                    await asyncio.sleep(BEAT)  # Telegram lets only one poll, and another worker does
                    continue
                updates = await self._client.raw_updates(offset=offset, hold=HOLD, kinds=KINDS)
                # Updates are confirmed only by the next poll, so a failing database loses none.
                await self._intake.take(updates)
            except Exception as error:
                _explain(error)
                if isinstance(error, RetryAfter):
                    self._metrics.throttled()
                failures += 1
                await self._pause(error, failures)
                continue
            failures = 0
            if updates:
                offset = updates[-1]["update_id"] + 1

    async def _pause(self, error: Exception, failures: int) -> None:
        if isinstance(error, RetryAfter):
            await asyncio.sleep(seconds_of(error))
            return
        if failures % HANDS_ON_AFTER == 0 and isinstance(error, TelegramError):
            try:
                await self._worker.stops_polling()
            except StorageError as second:
                log.warning("polling could not be handed on: %s", where(second))
        # Longer than a beat, in which another worker asks whether it may poll.
        await asyncio.sleep(min(FIRST_PAUSE * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE))


def _explain(error: Exception) -> None:
    match error:
        case NotStored():
            pass  # the intake has said why
        case Conflict():
            log.error("another process polls with the same token, or has Telegram call it; only one may")
        case InvalidToken():
            log.error("Telegram does not know this token any more; ask @BotFather")
        case TelegramError():
            log.warning("Telegram does not answer: %s", type(error).__name__)
        case _:
            log.error("receiving failed: %s", where(error))
