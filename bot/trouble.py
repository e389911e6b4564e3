"""Faults outside of us: how long they last, and telling the leads, once, when they are over."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.log import where
from bot.signal import Signal
from bot.unbroken import unbroken
from desk import incidents
from desk.desk import Desk
from storage.database import Database

log = logging.getLogger(__name__)

WORTH_TELLING = timedelta(seconds=30)


class Trouble:
    """One fault: Telegram, or the database, does not answer. While it lasts nobody could be told of it."""

    def __init__(
        self, kind: str, desk: Desk, database: Database, clock: Callable[[], datetime], posted: Signal
    ) -> None:
        self._kind = kind
        self._desk = desk
        self._database = database
        self._clock = clock
        self._posted = posted
        self._began: datetime | None = None

    def seen(self) -> None:
        """It does not answer."""
        if self._began is None:
            self._began = self._clock()
            log.warning("trouble with the %s begins", self._kind)

    async def over(self) -> None:
        """It answers."""
        if self._began is None:
            return
        began, self._began = self._began, None
        ended = self._clock()
        log.warning("trouble with the %s is over after %.0f s", self._kind, (ended - began).total_seconds())
        if ended - began >= WORTH_TELLING:
            try:
                await unbroken(self._tell(began, ended))
            except Exception as error:
                log.error("the leads could not be told: %s", where(error))
                self._began = began  # the next answer tries again

    async def _tell(self, began: datetime, ended: datetime) -> None:
        async with self._database.begin(ended) as tx:
            await incidents.tell(self._desk, tx, self._kind, began)
        self._posted.set()
