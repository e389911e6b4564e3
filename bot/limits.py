"""Telegram's limits, kept from our side: https://core.telegram.org/bots/faq#broadcasting-to-users"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED_CHATS = 10_000


class Bucket:
    """Allows `rate` actions a second on average and `burst` at once."""

    __slots__ = ("_burst", "_rate", "_tokens", "_updated")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._updated = now

    def reserve(self, now: float) -> float:
        """Take one action; how many seconds to wait before doing it."""
        self._tokens = min(self._burst, self._tokens + (now - self._updated) * self._rate) - 1
        self._updated = now
        return max(0.0, -self._tokens / self._rate)


class Limiter:
    """30 messages a second over all, about one a second to a person, 20 a minute to a group.

    `monotonic` is a clock in seconds that never jumps.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._all = Bucket(28, 28, monotonic())
        self._chats: OrderedDict[int, Bucket] = OrderedDict()

    async def wait(self, chat_id: int) -> None:
        """Wait until a message to this chat may leave."""
        now = self._monotonic()
        bucket = self._chats.pop(chat_id, None) or self._new_bucket(chat_id, now)
        self._chats[chat_id] = bucket
        if len(self._chats) > REMEMBERED_CHATS:
            self._chats.popitem(last=False)
        pause = bucket.reserve(now)
        if pause:
            await asyncio.sleep(pause)
        pause = self._all.reserve(self._monotonic())
        if pause:
            await asyncio.sleep(pause)

    @staticmethod
    def _new_bucket(chat_id: int, now: float) -> Bucket:
        # Group ids are negative.
        return Bucket(20 / 60, 5, now) if chat_id < 0 else Bucket(1, 5, now)
