"""Whether the engine is whole: said in the log and to the leads, once when it is not and once when it is."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from bot.log import where
from bot.signal import Signal
from bot.thinking import Thinker
from bot.unbroken import unbroken
from desk import incidents
from storage.database import Database

log = logging.getLogger(__name__)


class Wholeness:
    """Looks every few seconds. An engine without its encoder recognises danger and suggests, no more."""

    def __init__(
        self,
        thinker: Thinker,
        database: Database,
        clock: Callable[[], datetime],
        posted: Signal,
        every: float,
    ) -> None:
        self._thinker = thinker
        self._database = database
        self._clock = clock
        self._posted = posted
        self._every = every
        self._logged: bool | None = None  # what the log knows
        self._told: bool | None = None  # what the leads know

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            whole = self._thinker.whole
            if whole is not None and whole != self._told:
                self._log(whole=whole)
                try:
                    await unbroken(self._tell(whole=whole))
                except Exception as error:
                    log.error("the leads could not be told about the engine: %s", where(error))
            await asyncio.sleep(self._every)

    def _log(self, *, whole: bool) -> None:
        if whole and self._logged is False:
            log.warning("the engine is whole again: it answers")
        elif not whole and self._logged is not False:
            log.warning("the engine has no encoder: it recognises danger and suggests, but answers nothing")
        self._logged = whole

    async def _tell(self, *, whole: bool) -> None:
        async with self._database.begin(self._clock()) as tx:
            known = await incidents.engine_whole(tx) if whole else await incidents.engine_halved(tx)
        if known:
            self._told = whole
        if tx.letters:
            self._posted.set()
