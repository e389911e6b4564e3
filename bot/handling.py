"""The handling loop: one unit of work per update, in order within a chat, chats side by side."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from telegram import Bot, Update

from bot.files import fetch
from bot.log import where
from bot.metrics import Metrics
from bot.raw import sender_of, words_of
from bot.signal import NAP, Signal
from bot.thinking import Thinker
from bot.unbroken import unbroken
from bot.worker import Worker
from desk import tickets
from desk.desk import Desk, letter
from engine import Understanding
from handlers.routes import ROUTES
from handlers.turn import Fetching, Thinking, Turn, Working
from storage import claims, inbox, people, staff
from storage.claims import Queue
from storage.database import Database
from storage.errors import ClaimLost, DatabaseUnavailable
from storage.records import Incoming, Person, Staff
from storage.transaction import Transaction

log = logging.getLogger(__name__)

CHATS = 32  # that are handled side by side
QUESTIONS = 256  # chats beside these that wait for the engine; of a flood, the rest waits in the inbox
RETRIES = (timedelta(seconds=2), timedelta(seconds=15), timedelta(minutes=1))
GIVE_UP_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = 15.0  # seconds between two looks while the database is away


async def dispatch(turn: Turn) -> bool:
    """Let the first route that fits handle the update; whether there was one."""
    for route in ROUTES:
        fits = route.check_update(turn.update)
        if fits is not None and fits is not False:
            # python-telegram-bot puts a command's words and a button's match into fields of these names.
            route.collect_additional_context(turn, turn.update, None, fits)  # type: ignore[arg-type]
            await route.callback(turn.update, turn)
            return True
    return False


class Handling:
    """Handles what waits in the inbox."""

    def __init__(
        self,
        bot: Bot,
        database: Database,
        desk: Desk,
        thinker: Thinker,
        clock: Callable[[], datetime],
        metrics: Metrics,
        *,
        worker: Worker,
        received: Signal,
        posted: Signal,
    ) -> None:
        self._bot = bot
        self._database = database
        self._desk = desk
        self._thinker = thinker
        self._clock = clock
        self._worker = worker
        self._metrics = metrics
        self._received = received
        self._posted = posted
        self._busy: set[int] = set()  # chats in hand
        self._thinking = 0  # of these, so many wait for the engine and hold nothing else
        self._finished: set[tuple[int, int]] = set()  # claims (worker, chat) to be let go
        self._unsure = False  # whether a commit may count whose answer was lost

    async def run(self) -> None:
        """Handle until cancelled; a unit of work that is cut off leaves nothing behind."""
        pause = NAP
        async with asyncio.TaskGroup() as chats:
            while True:
                try:
                    await unbroken(self._start_chats(chats))
                    pause = NAP
                except ClaimLost:
                    await asyncio.sleep(NAP)  # until the next beat has joined us again
                except Exception as error:
                    log.error("handling failed: %s", where(error))
                    self._unsure = True
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                await self._received.wait(crowded=self._at_work > CHATS // 2)

    @property
    def _at_work(self) -> int:
        """How many chats take a place: buttons need not wait while others' questions are understood."""
        return len(self._busy) - min(self._thinking, QUESTIONS)

    async def _start_chats(self, chats: asyncio.TaskGroup) -> None:
        """Let go of the chats that are done with, take others, and start on them."""
        finished, worker = set(self._finished), self._worker.id
        # What was claimed under an earlier number went with it.
        ours = {chat_id for claimed_as, chat_id in finished if claimed_as == worker}
        busy = set(self._busy)  # of this moment: what ends while we look is let go by the next round
        free = CHATS - self._at_work
        async with self._database.begin(self._clock()) as tx:
            if self._unsure:
                ours |= await claims.held(tx, Queue.INBOX, worker) - busy
            await claims.release(tx, Queue.INBOX, worker, ours)
            # Twice as many rows as places: several may be of one chat.
            claimed = await inbox.claim(tx, worker, limit=2 * free) if free > 0 else set()
            waiting = await inbox.waiting(tx, claimed)
        self._finished -= finished
        self._unsure = False
        by_chat: dict[int, list[Incoming]] = defaultdict(list)
        for incoming in waiting:
            by_chat[incoming.chat_id].append(incoming)
        self._finished |= {(worker, chat_id) for chat_id in claimed - by_chat.keys()}
        for chat_id, updates in by_chat.items():
            self._busy.add(chat_id)
            chats.create_task(self._chat(chat_id, updates, worker))

    async def _chat(self, chat_id: int, updates: list[Incoming], worker: int) -> None:
        try:
            for incoming in updates:
                if not await unbroken(self._try(incoming, worker)):
                    break
        finally:
            self._busy.discard(chat_id)
            self._finished.add((worker, chat_id))
            self._received.set()

    async def _try(self, incoming: Incoming, worker: int) -> bool:
        """Handle one update; whether the next of this chat may follow."""
        began = self._metrics.now()
        try:
            await self.handle(incoming, worker)
        except ClaimLost:
            return False
        except DatabaseUnavailable as error:
            # It is not the update's fault, so it does not count as a try.
            log.warning("update %d waits for the database: %s", incoming.update_id, where(error))
            await asyncio.sleep(NAP)
            return False
        except Exception as error:
            log.error("update %d failed: %s", incoming.update_id, where(error))
            try:
                given_up = await self._after_failure(incoming, worker)
                self._metrics.handled("given_up" if given_up else "later", began)
                return given_up
            except Exception as second:
                log.error("update %d could not be put back: %s", incoming.update_id, where(second))
                await asyncio.sleep(NAP)
                return False
        self._metrics.handled("done", began)
        self._posted.set()
        return True

    async def handle(self, incoming: Incoming, worker: int) -> None:
        """Handle one update in one unit of work, which also marks it done. Raises ClaimLost."""
        if not incoming.payload:
            log.error("update %d can no longer be opened", incoming.update_id)
        update = Update.de_json({"update_id": incoming.update_id, **incoming.payload}, self._bot)
        erased = False
        thoughts: dict[tuple[str, str | None], Understanding] = {}
        files: dict[str, bytes] = {}
        worked: list[object] = []
        while True:
            try:
                async with self._database.begin(self._clock()) as tx:
                    if update.effective_user is not None:
                        erased = await self._turn(tx, update, incoming.received_at, thoughts, files, worked)
                    await inbox.done(tx, incoming, worker)
            except Thinking as need:
                thoughts[need.text, need.last] = await self._understood(need)
            except Fetching as need:
                files[need.file_id] = await fetch(self._bot, need.file_id)
            except Working as need:
                worked.append(await asyncio.to_thread(need.work))
            else:
                break
        if erased:
            await self._database.forget_pages()

    async def _understood(self, need: Thinking) -> Understanding:
        self._thinking += 1
        if self._at_work >= CHATS - 1:
            self._received.set()  # a place has become free
        try:
            return await self._thinker.understand(need.text, need.chosen, need.last)
        finally:
            self._thinking -= 1

    async def _turn(
        self,
        tx: Transaction,
        update: Update,
        received: datetime,
        thoughts: dict[tuple[str, str | None], Understanding],
        files: dict[str, bytes],
        worked: list[object],
    ) -> bool:
        """Let the handlers work; whether the person has left for good."""
        known, membership = await self._speaker(tx, update)
        # Who writes or presses has unblocked us; of blocking itself the route says what follows.
        person = known if update.my_chat_member else replace(known, blocked_at=None)
        turn = Turn(
            update=update,
            tx=tx,
            desk=self._desk,
            person=person,
            staff=membership,
            received=received,
            thought=thoughts.get,
            fetched=files.get,
            worked=worked,
        )
        await dispatch(turn)
        if turn.person != known and not turn.erased:
            await people.save(tx, turn.person)
        return turn.erased

    async def _speaker(self, tx: Transaction, update: Update) -> tuple[Person, Staff | None]:
        user = update.effective_user
        if user is None:
            raise ValueError("an update without a sender has no person")
        known = await staff.speaker(tx, user.id)
        if known is not None:
            return known
        chat = update.effective_chat
        # Who only speaks in a group has not come to us: nothing is kept about them.
        private = chat is not None and chat.type == chat.PRIVATE
        return await people.add(tx, user.id) if private else people.stranger(tx, user.id), None

    async def _after_failure(self, incoming: Incoming, worker: int) -> bool:
        if incoming.attempts < len(RETRIES):
            async with self._database.begin(self._clock()) as tx:
                await inbox.failed(tx, incoming, tx.now + RETRIES[incoming.attempts], worker)
            return False
        try:
            await self._hand_over(incoming, worker)
        except Exception:
            async with self._database.begin(self._clock()) as tx:
                await inbox.failed(tx, incoming, tx.now + GIVE_UP_PAUSE, worker)
            raise
        self._posted.set()
        return True

    async def _hand_over(self, incoming: Incoming, worker: int) -> None:
        """An update that we fail to handle again and again goes to the team, and the person is told."""
        sender, words = sender_of(incoming.payload), words_of(incoming.payload)
        async with self._database.begin(self._clock()) as tx:
            if sender is not None and incoming.chat_id == sender:
                person = await people.by_telegram_id(tx, sender) or await people.add(tx, sender)
                if words:
                    tx.post(letter(person, "failed"))
                    await tickets.open_ticket(
                        self._desk, tx, person, text=words, topic=None, locale=person.locale or "en"
                    )
                else:
                    tx.post(letter(person, "not_shown"))
            tx.audit("update.failed")
            await inbox.done(tx, incoming, worker)
