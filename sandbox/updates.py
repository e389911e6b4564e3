"""The updates that wait for the bot, and who may take them."""

from collections import deque
from collections.abc import Sequence
from typing import Any

from sandbox.bell import Bell

Json = dict[str, Any]

FIRST_UPDATE_ID = 700_000_001
DEFAULT_KINDS = frozenset(
    {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "inline_query",
        "poll",
        "chat_join_request",
    }
)
"""What Telegram delivers unless told otherwise, as far as this server makes it."""


class UpdateQueue:
    """Updates in order of their ids, kept until the bot confirms them by asking for a later one."""

    def __init__(self) -> None:
        self._queue: deque[Json] = deque()
        self._next_id = FIRST_UPDATE_ID
        self.confirmed = 0
        self.allowed: frozenset[str] = DEFAULT_KINDS
        self.arrived = Bell()
        self.poller: object | None = None
        """The long poll that may take updates: the newest."""

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self._queue)

    def put(self, kind: str, payload: Json) -> int | None:
        """Queue one update and return its id; none where the bot asked not to get this kind."""
        if kind not in self.allowed:
            return None
        update_id = self._next_id
        self._next_id += 1
        self._queue.append({"update_id": update_id, kind: payload})
        self.arrived.ring()
        return update_id

    def confirm(self, offset: int) -> None:
        """Forget what comes before ``offset``; a negative one keeps that many from the end."""
        if offset < 0:
            offset = self._queue[offset]["update_id"] if -offset <= len(self._queue) else 0
        while self._queue and self._queue[0]["update_id"] < offset:
            self._queue.popleft()
            self.confirmed += 1

    def first(self, limit: int) -> Sequence[Json]:
        """Return up to ``limit`` of the oldest updates, without forgetting them."""
        return [self._queue[index] for index in range(min(limit, len(self._queue)))]

    def drop(self) -> None:
        """Forget all pending updates, as ``drop_pending_updates`` asks."""
        self._queue.clear()
