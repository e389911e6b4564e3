"""The updates that wait for the bot, and who may take them."""

from collections.abc import Callable
from itertools import islice, takewhile
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
    """Updates in order of their ids, kept until the bot confirms them or a webhook has taken them."""

    def __init__(self) -> None:
        self._queue: dict[int, Json] = {}
        self._next_id = FIRST_UPDATE_ID
        self._deliver: Callable[[Json], None] | None = None
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
        self._queue[update_id] = {"update_id": update_id, kind: payload}
        if self._deliver is not None:
            self._deliver(self._queue[update_id])
        self.arrived.ring()
        return update_id

    def deliver_to(self, deliver: Callable[[Json], None] | None) -> None:
        """Hand over what waits and what comes, or let it wait for a poll again."""
        self._deliver = deliver
        if deliver is not None:
            for update in self._queue.values():
                deliver(update)
        self.arrived.ring()

    def confirm(self, offset: int) -> None:
        """Forget what comes before ``offset``; a negative one keeps that many from the end."""
        if offset < 0:
            offset = list(self._queue)[offset] if -offset <= len(self._queue) else 0
        for update_id in list(takewhile(lambda update_id: update_id < offset, self._queue)):
            self.settle(update_id)

    def settle(self, update_id: int) -> None:
        """Forget an update that the bot has."""
        if self._queue.pop(update_id, None) is not None:
            self.confirmed += 1

    def first(self, limit: int) -> list[Json]:
        """Return up to ``limit`` of the oldest updates, without forgetting them."""
        return list(islice(self._queue.values(), limit))

    def drop(self) -> None:
        """Forget all pending updates, as ``drop_pending_updates`` asks."""
        self._queue.clear()
