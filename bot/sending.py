"""The sending loop: letters leave by lane, in order within a chat, within Telegram's limits."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.delivery import Delivery, Outcome
from bot.log import where
from bot.metrics import Metrics
from bot.signal import NAP, Signal
from bot.unbroken import unbroken
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
        clock: Callable[[], datetime],
        metrics: Metrics,
        posted: Signal,
    ) -> None:
        self._delivery = delivery
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._posted = posted
        self._busy: set[int] = set()  # chats that are being written to
        self._arrived: list[int] = []  # letters that are sent, but still in the outbox
        self._finished: list[int] = []  # chats to be free again once these letters are settled

    async def run(self) -> None:
        """Send until cancelled; what has arrived by then is settled, so that it is not sent twice."""
        try:
            async with asyncio.TaskGroup() as chats:
                while True:
                    wait = NAP
                    try:
                        wait = await self._start_chats(chats)
                    except Exception as error:
                        log.error("sending failed: %s", where(error))
                        await asyncio.sleep(NAP)
                    await self._posted.wait(wait)
        finally:
            await self._settle()

    async def _start_chats(self, chats: asyncio.TaskGroup) -> float:
        """Settle what arrived, start what is due; seconds until the next letter is due."""
        await unbroken(self._settle())
        if len(self._busy) >= CHATS:
            return NAP
        now = self._clock()
        async with self._database.read(now) as tx:
            due = await outbox.due(tx, limit=4 * CHATS, except_chats=self._busy)
            next_at = await outbox.next_after(tx)
        by_chat: dict[int, list[Outgoing]] = defaultdict(list)
        for outgoing in due:
            by_chat[outgoing.letter.chat_id].append(outgoing)
        for chat_id, letters in list(by_chat.items())[: CHATS - len(self._busy)]:
            self._busy.add(chat_id)
            chats.create_task(self._chat(chat_id, letters))
        return (next_at - now).total_seconds() if next_at else NAP

    async def _settle(self) -> None:
        """Take what has arrived out of the outbox, all together; only then may its chats be written to again.

        If this fails, the chats stay busy, and the next round tries again: no letter is fetched twice.
        """
        arrived, finished = list(self._arrived), list(self._finished)
        if arrived:
            async with self._database.begin(self._clock()) as tx:
                await outbox.settle(tx, arrived)
        del self._arrived[: len(arrived)], self._finished[: len(finished)]
        self._busy.difference_update(finished)

    async def _chat(self, chat_id: int, letters: list[Outgoing]) -> None:
        try:
            for outgoing in letters:
                began = self._metrics.now()
                outcome = await self._delivery.deliver(outgoing)
                self._metrics.delivered(outcome, began)
                if outcome.kind == "arrived":
                    self._arrived.append(outgoing.id)
                    continue
                template = outgoing.letter.template
                log.warning("letter %d (%s): %s %s", outgoing.id, template, outcome.kind, outcome.error)
                if not await unbroken(self._after(outgoing, outcome)):
                    break
        except Exception as error:
            log.error("a letter failed: %s", where(error))
            await asyncio.sleep(NAP)
        finally:
            self._finished.append(chat_id)
            self._posted.set()

    async def _after(self, outgoing: Outgoing, outcome: Outcome) -> bool:
        """Record what became of a letter that did not arrive; whether the next of its chat may follow."""
        chat_id = outgoing.letter.chat_id
        async with self._database.begin(self._clock()) as tx:
            match outcome.kind:
                case "later":
                    at = tx.now + timedelta(seconds=outcome.pause)
                    await outbox.retry(tx, outgoing, at, outcome.pieces)
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
