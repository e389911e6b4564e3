"""Telegram's limits, kept from our side: https://core.telegram.org/bots/faq#broadcasting-to-users"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable

from storage.records import BROADCAST, Lane

REMEMBERED_CHATS = 10_000
ALL = 28  # messages a second over all; Telegram's own limit is 30, but messages do not travel equally long
BULK = 20  # broadcasts leave only while all messages together are fewer, so that a reply always finds room


class Stopping(Exception):
    """The service stops: nobody waits for the limits any more."""


class Window:
    """At most `count` actions in any `seconds`."""

    __slots__ = ("_seconds", "_times")

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque([float("-inf")] * count, maxlen=count)

    def pause(self, now: float, count: int | None = None) -> float:
        """How many seconds to wait until one more may be done; for a smaller `count` than the whole too."""
        oldest = self._times[-count] if count else self._times[0]
        return max(0.0, oldest + self._seconds - now)

    def count(self, now: float) -> None:
        """Remember that one was done."""
        self._times.append(now)

    def is_empty(self, now: float) -> bool:
        """Whether all that was done is so long ago that it does not count any more."""
        return self._times[-1] + self._seconds <= now


class Limiter:
    """30 messages a second over all, about one a second to a person, 20 a minute to a group.

    `monotonic` is a clock in seconds that never jumps. Several workers share the first limit evenly;
    a chat is written to by one worker at a time, who keeps it until its window is empty.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._all = Window(ALL, 1)
        self._chats: OrderedDict[int, Window] = OrderedDict()
        self._stopped = asyncio.Event()
        self.workers = 1
        """How many workers share the limits."""

    async def wait(self, chat_id: int, lane: Lane) -> None:
        """Wait until a message to this chat may leave, and count it. Raises Stopping."""
        chat = self._chats.pop(chat_id, None) or self._new_window(chat_id)
        self._chats[chat_id] = chat
        if len(self._chats) > REMEMBERED_CHATS:
            self._chats.popitem(last=False)
        now = self._monotonic()
        while pause := max(chat.pause(now), self._all.pause(now, self._share(lane))):
            await self._sleep(pause)
            now = self._monotonic()
        if self._stopped.is_set():
            raise Stopping
        chat.count(now)
        self._all.count(now)

    def _share(self, lane: Lane) -> int:
        return max(1, (BULK if lane == BROADCAST else ALL) // self.workers)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return
        raise Stopping

    def is_free(self, chat_id: int) -> bool:
        """Whether nothing that was said in this chat counts any more: another worker may go on with it."""
        chat = self._chats.get(chat_id)
        return chat is None or chat.is_empty(self._monotonic())

    def stop(self) -> None:
        """Let nobody wait any more."""
        self._stopped.set()

    @staticmethod
    def _new_window(chat_id: int) -> Window:
        # Group ids are negative. Five in five seconds are one a second with a short burst.
        return Window(20, 61) if chat_id < 0 else Window(5, 5.5)
