"""Telegram's limits, kept from our side: https://core.telegram.org/bots/faq#broadcasting-to-users"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable

REMEMBERED_CHATS = 10_000


class Window:
    """At most `count` actions in any `seconds`."""

    __slots__ = ("_seconds", "_times")

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque([float("-inf")] * count, maxlen=count)

    def pause(self, now: float) -> float:
        """How many seconds to wait until one more may be done."""
        return max(0.0, self._times[0] + self._seconds - now)

    def count(self, now: float) -> None:
        """Remember that one was done."""
        self._times.append(now)


class Limiter:
    """30 messages a second over all, about one a second to a person, 20 a minute to a group.

    `monotonic` is a clock in seconds that never jumps. The windows are a little narrower than
    Telegram's own, since messages do not take equally long to get there.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._all = Window(28, 1)
        self._chats: OrderedDict[int, Window] = OrderedDict()

    async def wait(self, chat_id: int) -> None:
        """Wait until a message to this chat may leave, and count it."""
        chat = self._chats.pop(chat_id, None) or self._new_window(chat_id)
        self._chats[chat_id] = chat
        if len(self._chats) > REMEMBERED_CHATS:
            self._chats.popitem(last=False)
        now = self._monotonic()
        while pause := max(chat.pause(now), self._all.pause(now)):
            await asyncio.sleep(pause)
            now = self._monotonic()
        chat.count(now)
        self._all.count(now)

    @staticmethod
    def _new_window(chat_id: int) -> Window:
        # Group ids are negative. Five in five seconds are one a second with a short burst.
        return Window(20, 61) if chat_id < 0 else Window(5, 5.5)
