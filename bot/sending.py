"""The sending loop: letters leave by lane, in order within a chat, within Telegram's limits."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.delivery import Delivery, Outcome
from bot.limits import Limiter
from bot.log import where
from bot.signal import NAP, Signal
from storage import outbox, people, staff
from storage.database import Database
from storage.records import Outgoing

log = logging.getLogger(__name__)

CHATS = 32  # that are written to side by side


class Sending:
    """Sends what waits in the outbox."""

    def __init__(
        self,
        delivery: Delivery,
        database: Database,
        limiter: Limiter,
        clock: Callable[[], datetime],
        posted: Signal,
    ) -> None:
        self._delivery = delivery
        self._database = database
        self._limiter = limiter
        self._clock = clock
        self._posted = posted
        self._arrived: list[int] = []  # sent, but still in the outbox; settled together

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as chats:
            busy: set[int] = set()
            while True:
                wait = NAP
                try:
                    wait = await self._start_chats(chats, busy)
                except Exception as error:
                    log.error("sending failed: %s", where(error))
                    await asyncio.sleep(NAP)
                await self._posted.wait(wait)

    async def _start_chats(self, chats: asyncio.TaskGroup, busy: set[int]) -> float:
        """Settle what arrived, start what is due; seconds until the next letter is due."""
        await self._settle()
        if len(busy) >= CHATS:
            return NAP
        now = self._clock()
        async with self._database.read(now) as tx:
            due = await outbox.due(tx, limit=4 * CHATS, except_chats=busy)
            next_at = await outbox.next_after(tx)
        by_chat: dict[int, list[Outgoing]] = defaultdict(list)
        for outgoing in due:
            by_chat[outgoing.letter.chat_id].append(outgoing)
        for chat_id, letters in list(by_chat.items())[: CHATS - len(busy)]:
            busy.add(chat_id)
            chats.create_task(self._chat(chat_id, letters, busy))
        return (next_at - now).total_seconds() if next_at else NAP

    async def _chat(self, chat_id: int, letters: list[Outgoing], busy: set[int]) -> None:
        try:
            for outgoing in letters:
                await self._limiter.wait(chat_id)
                outcome = await self._delivery.deliver(outgoing.letter, outgoing.attempts)
                if outcome.kind == "arrived":
                    self._arrived.append(outgoing.id)
                    continue
                log.warning(
                    "letter %d (%s): %s %s",
                    outgoing.id,
                    outgoing.letter.template,
                    outcome.kind,
                    outcome.error,
                )
                if not await self._after(outgoing, outcome):
                    break
        except Exception as error:
            log.error("a letter failed: %s", where(error))
            await asyncio.sleep(NAP)
        finally:
            # Settled before the chat counts as free, so that no letter is fetched and sent again.
            await self._settle_surely()
            busy.discard(chat_id)
            self._posted.set()

    async def _settle_surely(self) -> None:
        while self._arrived:
            try:
                await self._settle()
            except Exception as error:
                log.error("settling failed: %s", where(error))
                await asyncio.sleep(NAP)

    async def _settle(self) -> None:
        arrived, self._arrived = self._arrived, []
        if not arrived:
            return
        try:
            async with self._database.begin(self._clock()) as tx:
                await outbox.settle(tx, arrived)
        except BaseException:
            self._arrived = arrived + self._arrived
            raise

    async def _after(self, outgoing: Outgoing, outcome: Outcome) -> bool:
        """Record what became of a letter that did not arrive; whether the next of its chat may follow."""
        chat_id = outgoing.letter.chat_id
        async with self._database.begin(self._clock()) as tx:
            match outcome.kind:
                case "later":
                    await outbox.retry(tx, outgoing, tx.now + timedelta(seconds=outcome.pause))
                case "moved":
                    await outbox.move_chat(tx, chat_id, outcome.new_chat)
                    await staff.move_group(tx, chat_id, outcome.new_chat)
                case "unreachable":
                    # Blocked, deleted, or we were thrown out: nothing that waits can ever arrive.
                    await outbox.drop_chat(tx, chat_id)
                    await people.mark_blocked(tx, chat_id)
                    await staff.drop_group(tx, chat_id)
                    tx.audit("letter.unreachable")
                case _:
                    await outbox.settle(tx, [outgoing.id])
                    tx.audit("letter.refused")
                    if outgoing.letter.template != "not_shown":
                        tx.post(replace(outgoing.letter, template="not_shown", values={}, edit=None))
                    return True
        return False
