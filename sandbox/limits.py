"""Telegram's flood limits: 30 messages a second, about one a second to a chat, 20 a minute to a group."""

import math
from collections import deque
from collections.abc import Callable

from sandbox.refusals import too_many_requests

SLACK = 0.05
"""Seconds forgiven in every window: a sender that keeps the pace is not to blame for the network."""


class Window:
    """At most ``count`` events in any ``seconds``."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count = count
        self._seconds = seconds - SLACK
        self._times: deque[float] = deque()

    def wait(self, now: float, more: int) -> float:
        """Return the seconds until ``more`` events are allowed, 0 for at once."""
        while self._times and not 0 <= now - self._times[0] < self._seconds:
            self._times.popleft()
        # More at once than the window holds are let in where it is empty.
        excess = len(self._times) + min(more, self._count) - self._count
        return self._times[excess - 1] + self._seconds - now if excess > 0 else 0.0

    def add(self, now: float, more: int) -> None:
        """Count events."""
        self._times.extend([now] * more)


class FloodLimits:
    """The limits of one bot. Off at the start; what is refused is not counted."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.switch(enabled=False)

    def switch(self, *, enabled: bool) -> None:
        """Turn the limits on or off, with nothing counted yet."""
        self._enabled = enabled
        self._all = Window(30, 1)
        self._chats: dict[int, Window] = {}

    def count(self, chat_id: int, messages: int = 1) -> None:
        """Count messages to a chat (an edit in a group is one as well).

        Raises a 429 :class:`~sandbox.refusals.Refusal` where it is too early.
        """
        if not self._enabled:
            return
        now = self._now()
        # Five in five seconds is one a second with a short burst.
        chat = self._chats.setdefault(chat_id, Window(20, 60) if chat_id < 0 else Window(5, 5))
        seconds = max(self._all.wait(now, messages), chat.wait(now, messages))
        if seconds > 0:
            raise too_many_requests(max(1, math.ceil(seconds)))
        self._all.add(now, messages)
        chat.add(now, messages)
