"""The state of the sandbox: people, groups, messages, presses and the bot, all in memory."""

import time
from collections.abc import Callable
from typing import Any

from sandbox.bell import Bell
from sandbox.faults import Faults
from sandbox.files import FileStore
from sandbox.limits import FloodLimits
from sandbox.nouns import Bot, Group, Message, Person, Press, Topic
from sandbox.transcript import Transcript
from sandbox.updates import UpdateQueue
from sandbox.webhook import Webhook

Json = dict[str, Any]


class World:
    """Everything there is. ``wall`` gives seconds since 1970; the control API moves the world's own clock."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._offset = 0.0
        self.bot = Bot()
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.messages: dict[int, dict[int, Message]] = {}
        self.presses: dict[str, Press] = {}
        self.files = FileStore()
        self.updates = UpdateQueue()
        self.webhook: Webhook | None = None
        self.faults = Faults()
        self.limits = FloodLimits(self.now)
        self.news = Bell()
        self.transcript = Transcript(self.news)
        self.clock_moved = Bell()
        self.version = 0
        self.closing = False
        self._last_ids: dict[int, int] = {}
        self._albums = 13_900_000_000_000_000

    def now(self) -> float:
        """Return the world's time in seconds since 1970."""
        return self._wall() + self._offset

    def move_clock(self, now: float) -> None:
        """Set the world's time; it goes on from there."""
        self._offset = now - self._wall()
        self.clock_moved.ring()

    async def pass_time(self, seconds: float) -> None:
        """Wait until the world's clock is ``seconds`` further on."""
        end = self.now() + seconds
        while (left := end - self.now()) > 0:
            await self.clock_moved.wait(left)

    @property
    def is_down(self) -> bool:
        """Whether nobody reaches the Bot API, and it reaches nobody."""
        return self.now() < self.faults.down_until

    def faults_changed(self) -> None:
        """Let polls end where an outage begins, and deliveries go on where one ends."""
        self.updates.arrived.ring()
        self.clock_moved.ring()

    async def come_back(self) -> None:
        """Wait for the end of an outage."""
        while self.is_down:
            await self.clock_moved.wait(min(self.faults.down_until - self.now(), 60))

    def changed(self) -> None:
        """Tell the listeners that people, groups or the bot are not what they were."""
        self.version += 1
        self.news.ring()

    async def end_webhook(self) -> None:
        """Deliver no more; what is not delivered waits."""
        if self.webhook is not None:
            webhook, self.webhook = self.webhook, None
            self.updates.deliver_to(None)
            await webhook.close()

    async def close(self) -> None:
        """End every long poll, event stream and delivery."""
        self.closing = True
        self.news.ring()
        self.updates.arrived.ring()
        await self.end_webhook()

    def next_message_id(self, chat_id: int) -> int:
        """Return a new message id: supergroups count for themselves, all other chats together."""
        group = self.groups.get(chat_id)
        counter = chat_id if group is not None and group.type == "supergroup" else 0
        self._last_ids[counter] = self._last_ids.get(counter, 0) + 1
        return self._last_ids[counter]

    def next_album_id(self) -> str:
        """Return what the messages of a new album have in common."""
        self._albums += 1
        return str(self._albums)

    def find(self, chat_id: int, message_id: int) -> Message | None:
        """Return a message that still stands."""
        return self.messages.get(chat_id, {}).get(message_id)

    def topic(self, chat_id: int, thread_id: int | None) -> Topic | None:
        """Return the topic that a thread of a chat is."""
        group = self.groups.get(chat_id)
        return group.topics.get(thread_id) if group is not None and thread_id is not None else None

    def chat(self, chat_id: int) -> Json | None:
        """Return the Bot API's Chat, or none where nobody has this id."""
        found = self.people.get(chat_id) or self.groups.get(chat_id)
        return found.chat() if found is not None else None
