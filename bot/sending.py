"""The sending loop: letters leave by lane, in order within a chat, within Telegram's limits."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.delivery import Delivery, Outcome, pause_after
from bot.limits import Limiter
from bot.log import where
from bot.metrics import Metrics
from bot.signal import NAP, Signal
from bot.trouble import Trouble
from bot.unbroken import unbroken
from bot.worker import Worker
from storage import answers, claims, outbox, people, staff
from storage.claims import Queue
from storage.database import Database
from storage.errors import ClaimLost
from storage.records import BROADCAST, NOTICE, Outgoing
from storage.types import LONGEST_DELAY

log = logging.getLogger(__name__)

CHATS = 32  # that are written to side by side
AWAY_AFTER = 5  # calls in a row that failed: Telegram is away, or asks all of us to wait
LONGEST_PAUSE = 30.0  # seconds between two calls while it is away
NOBODY = 0  # no chat has this id
PATIENCE = 10.0  # seconds that calls on their way have when the service stops


class Sending:
    """Sends what waits in the outbox."""

    def __init__(
        self,
        delivery: Delivery,
        limiter: Limiter,
        database: Database,
        clock: Callable[[], datetime],
        metrics: Metrics,
        *,
        worker: Worker,
        trouble: Trouble,
        posted: Signal,
    ) -> None:
        self._delivery = delivery
        self._limiter = limiter
        self._database = database
        self._clock = clock
        self._worker = worker
        self._trouble = trouble
        self._metrics = metrics
        self._posted = posted
        self._busy: dict[int, asyncio.Task[None]] = {}  # chats that are being written to
        self._bulk: set[int] = set()  # those of them that get a broadcast
        self._resting: set[int] = set()  # chats that are claimed, but nothing is written to them just now
        self._claimed_as = 0  # the worker's number with which these are claimed
        self._unsure = False  # whether a commit may count whose answer was lost
        self._arrived: list[int] = []  # letters that are sent, but still in the outbox
        self._replies: dict[int, int] = {}  # messages that replied to questions, by row; not yet stored
        self._finished: list[int] = []  # chats that rest once these letters are settled
        self._failures = 0  # calls in a row that Telegram did not take
        self._closed_until = 0.0  # on the loop's clock; while Telegram is away

    async def run(self) -> None:
        """Send until cancelled; what has arrived by then is settled, so that it is not sent twice."""
        try:
            while True:
                wait = NAP
                try:
                    wait = await unbroken(self._look())
                except ClaimLost:
                    await asyncio.sleep(NAP)  # until the next beat has joined us again
                except Exception as error:
                    log.error("sending failed: %s", where(error))
                    self._unsure = True
                    await asyncio.sleep(NAP)
                await self._posted.wait(wait, crowded=len(self._busy) > CHATS // 2)
        finally:
            await self._stop()

    async def _stop(self) -> None:
        """Let calls that are on their way arrive, and settle them."""
        self._limiter.stop()
        patience = PATIENCE
        while self._busy and patience > 0:
            await asyncio.wait(self._busy.values(), timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
            patience -= 1.0
            await self._settle_last()
        for task in self._busy.values():
            task.cancel()
        await self._settle_last()

    async def _settle_last(self) -> None:
        try:
            await self._settle_and_claim(places=0)
        except Exception as error:
            log.error("what has arrived could not be settled and may be said again: %s", where(error))

    async def _look(self) -> float:
        """Settle what arrived, start what is due; seconds until the next letter is due."""
        self._limiter.workers = self._worker.count
        away = self._failures >= AWAY_AFTER
        # While Telegram is away one chat at a time finds out whether it is back.
        places = (1 if away else CHATS) - len(self._busy)
        if away and asyncio.get_running_loop().time() < self._closed_until:
            places = 0
        if not self._worker.may_send(self._worker.id):
            places = 0
        worker, letters, next_at = await self._settle_and_claim(places=places)
        by_chat: dict[int, list[Outgoing]] = defaultdict(list)
        for outgoing in letters:
            by_chat[outgoing.letter.chat_id].append(outgoing)
        for chat_id, own in list(by_chat.items())[: max(0, places)]:
            self._resting.discard(chat_id)
            if own[0].letter.lane == BROADCAST:
                self._bulk.add(chat_id)
            self._busy[chat_id] = asyncio.create_task(self._chat(chat_id, own, worker))
        if away and not self._busy and asyncio.get_running_loop().time() >= self._closed_until:
            self._busy[NOBODY] = asyncio.create_task(self._probe())
        return (next_at - self._clock()).total_seconds() if next_at else NAP

    async def _settle_and_claim(self, *, places: int) -> tuple[int, list[Outgoing], datetime | None]:
        """Settle what has arrived and take more chats if there are places.

        Gives our number, the letters that are due in our chats, and when the next one is. If this fails, the
        next round tries again: what has arrived is not fetched a second time, since its chat rests only once
        it is settled.
        """
        # All of one moment: what ends while we look is taken up by the next round.
        arrived, finished, busy = list(self._arrived), list(self._finished), set(self._busy)
        replies = dict(self._replies)
        worker = self._worker.id
        resting = self._resting | set(finished) if worker == self._claimed_as else set()
        async with self._database.begin(self._clock()) as tx:
            if self._unsure:
                resting |= await claims.held(tx, Queue.OUTBOX, worker) - busy
            # A chat is kept until its window is empty, so that no other worker writes to it too fast.
            free = {chat_id for chat_id in resting if self._limiter.is_free(chat_id)}
            await answers.set_messages(tx, replies)  # before the outbox, as everywhere
            await outbox.settle(tx, arrived)
            await claims.release(tx, Queue.OUTBOX, worker, free)
            kept, letters, next_at = resting - free, [], None
            if places > 0:
                # Broadcasts may take half of the places, so that there is always one for a reply.
                lane = NOTICE if len(self._bulk) >= CHATS // 2 else BROADCAST
                kept |= await outbox.claim(tx, worker, limit=2 * places, lane=lane)
                letters = await outbox.due(tx, kept)
                next_at = await outbox.next_after(tx)
        del self._arrived[: len(arrived)], self._finished[: len(finished)]
        for row, message in replies.items():
            if self._replies[row] == message:
                del self._replies[row]
        self._resting, self._claimed_as, self._unsure = kept, worker, False
        return worker, letters, next_at

    async def _chat(self, chat_id: int, letters: list[Outgoing], worker: int) -> None:
        try:
            for outgoing in letters:
                began = self._metrics.now()
                in_place = await self._in_place(outgoing)
                outcome = await self._delivery.deliver(in_place, partial(self._worker.may_send, worker))
                if outcome.kind == "overtaken":
                    await unbroken(self._remember(outgoing, outcome, worker))
                    break  # after a freeze: another worker may be writing to this chat
                if outcome.kind == "arrived":
                    self._arrived.append(outgoing.id)
                    if outgoing.letter.answer is not None and outcome.message is not None:
                        self._replies[outgoing.letter.answer] = outcome.message
                self._metrics.delivered(outcome, began)
                await self._note(outcome)
                if outcome.kind == "arrived":
                    continue
                template = outgoing.letter.template
                if outcome.error:
                    log.warning("letter %d (%s): %s %s", outgoing.id, template, outcome.kind, outcome.error)
                if not await unbroken(self._after(outgoing, outcome, worker)):
                    break
        except Exception as error:
            log.error("a letter failed: %s", where(error))
            await asyncio.sleep(NAP)
        finally:
            self._bulk.discard(chat_id)
            if self._busy.get(chat_id) is asyncio.current_task():
                del self._busy[chat_id]
            if worker == self._worker.id:
                self._finished.append(chat_id)
            self._posted.set()

    async def _in_place(self, outgoing: Outgoing) -> Outgoing:
        """The letter with the message whose place it takes; letters of a chat go in order, so it is known."""
        letter = outgoing.letter
        if letter.answer is None or not letter.again:
            return outgoing
        message = self._replies.get(letter.answer)
        if message is None:
            async with self._database.read(self._clock()) as tx:
                message = await answers.message_of(tx, letter.answer)
        return replace(outgoing, letter=replace(letter, edit=message))

    async def _probe(self) -> None:
        """Find out whether Telegram is back, where nothing is left to find it out with."""
        try:
            await self._note(await self._delivery.probe())
        finally:
            self._busy.pop(NOBODY, None)
            self._posted.set()

    async def _note(self, outcome: Outcome) -> None:
        """Whether Telegram takes what we send: if it fails again and again, go slowly and find out."""
        if outcome.kind != "later":
            self._failures = 0
            await self._trouble.over()
        elif outcome.away:
            self._failures += 1
            if self._failures >= AWAY_AFTER:
                pause = max(outcome.pause, pause_after(self._failures - AWAY_AFTER))
                self._closed_until = asyncio.get_running_loop().time() + min(pause, LONGEST_PAUSE)
                self._trouble.seen()

    async def _remember(self, outgoing: Outgoing, outcome: Outcome, worker: int) -> None:
        if outcome.pieces > outgoing.pieces_sent:
            async with self._database.begin(self._clock()) as tx:
                await outbox.remember(tx, outgoing, outcome.pieces, worker)

    async def _after(self, outgoing: Outgoing, outcome: Outcome, worker: int) -> bool:
        """Record what became of a letter that did not arrive; whether the next of its chat may follow."""
        chat_id = outgoing.letter.chat_id
        async with self._database.begin(self._clock()) as tx:
            match outcome.kind:
                case "later":
                    at = tx.now + min(timedelta(seconds=outcome.pause), LONGEST_DELAY)
                    await outbox.retry(tx, outgoing, at, outcome.pieces, worker)
                case "moved":
                    await staff.move_group(tx, chat_id, outcome.new_chat)
                    await outbox.move_chat(tx, chat_id, outcome.new_chat)
                case "unreachable":
                    # Blocked, deleted, or we were thrown out: nothing that waits can ever arrive. People,
                    # groups, outbox: in this order everywhere, so that no two wait for each other.
                    await people.mark_blocked(tx, chat_id)
                    await staff.drop_group(tx, chat_id)
                    await outbox.drop_chat(tx, chat_id)
                    tx.audit("letter.unreachable")
                case _:
                    await outbox.settle(tx, [outgoing.id])
                    tx.audit("letter.refused")
                    if outgoing.letter.template != "not_shown":
                        told = replace(outgoing.letter, template="not_shown", values={}, edit=None)
                        tx.post(replace(told, answer=None))
                    return True
        return False
