"""Everything that ever happened, in order: what tests read and the page lives on."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sandbox.bell import Bell

Json = dict[str, Any]


class Transcript:
    """The list of events. An event is never changed; its ``seq`` is its place, from 1."""

    def __init__(self, news: Bell) -> None:
        self._events: list[Json] = []
        self._by_chat: dict[int, list[Json]] = defaultdict(list)
        self._news = news

    @property
    def last_seq(self) -> int:
        """The newest event's ``seq``, 0 before the first."""
        return len(self._events)

    def add(self, kind: str, chat_id: int | None, /, **more: Any) -> int:
        """Append one event, wake the listeners and return its ``seq``."""
        event = {**more, "seq": len(self._events) + 1, "type": kind, "chat_id": chat_id}
        self._events.append(event)
        if chat_id is not None:
            self._by_chat[chat_id].append(event)
        self._news.ring()
        return len(self._events)

    def after(self, seq: int, chat_id: int | None = None) -> Sequence[Json]:
        """Return the events later than ``seq``, of one chat where it is given."""
        if chat_id is None:
            return self._events[max(seq, 0) :]
        events = self._by_chat.get(chat_id, [])
        return events[bisect_right(events, seq, key=lambda event: event["seq"]) :]
