"""Tests as conversations: named people, the local Bot API over real HTTP, the whole service, a clock to move.

await zahra.says("سلام")
await zahra.reads("زبان")
await zahra.presses("دری")
"""

import asyncio
import io
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from sqlalchemy import select

from locales import NAMES
from locales.catalogue import translate
from storage import inbox, outbox, tables
from storage.database import Database
from storage.records import Outgoing
from storage.transaction import Transaction

PATIENCE = 20.0  # seconds; a conversation that takes longer is stuck
JSON = {"Content-Type": "application/json"}
_ISOLATES = re.compile("[\u200f\u2066-\u2069]")


Invites = Callable[..., Awaitable[str]]
"""Makes an invitation into the team from a role, languages and a name; gives its token."""


async def letters_due(tx: Transaction) -> list[Outgoing]:
    """What is to be said now, to whomever."""
    return await outbox.due(tx, set((await tx.connection.execute(select(tables.outbox.c.chat_id))).scalars()))


class Clock:
    """The service's clock; tests move it."""

    def __init__(self) -> None:
        self._start = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        self._began = time.monotonic()
        self._moved = timedelta()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began) + self._moved

    def advance(self, **by: float) -> None:
        """Let time pass: `advance(hours=2)`."""
        self._moved += timedelta(**by)


def plain(text: str) -> str:
    """A text as a person reads it, without the invisible isolates."""
    return _ISOLATES.sub("", text)


@dataclass
class Message:
    """A message of the bot as a person sees it."""

    id: int
    text: str
    buttons: dict[str, dict[str, Any]]  # label to button
    kind: str = "text"
    file: str | None = None  # where the local Bot API keeps its bytes
    name: str | None = None  # of the file
    album: str | None = None
    protected: bool = False  # cannot be forwarded or saved

    def __contains__(self, fragment: str) -> bool:
        return fragment in self.text or any(fragment in label for label in self.buttons)


@dataclass
class World:
    """The running service and everybody around it."""

    address: str
    http: aiohttp.ClientSession
    database: Database
    clock: Clock

    async def control(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call the control API."""
        call = (
            self.http.get(f"/control/{path}")
            if body is None
            else self.http.post(f"/control/{path}", data=io.BytesIO(json.dumps(body).encode()), headers=JSON)
        )
        async with call as response:
            answer: dict[str, Any] = await response.json()
            assert answer["ok"], answer
            return answer

    async def settled(self) -> None:
        """Wait until every update is handled and every letter that is due has left."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if (await self.control("updates"))["pending"] == 0:
                    async with self.database.read(self.clock()) as tx:
                        waiting = await inbox.count_waiting(tx)
                        due = await letters_due(tx)
                    if not waiting and not due:
                        return
                await asyncio.sleep(0.01)

    async def meet(self, name: str, person_id: int, locale: str = "en") -> "Person":
        """Let somebody come in who has never written, and who reads this language."""
        fields = {"id": person_id, "first_name": name, "language_code": locale.partition("_")[0]}
        await self.control("people", fields)
        return Person(self, name, person_id, locale)

    async def passes(self, **by: float) -> None:
        """Let time pass, and wait for what it brings about; what was said before is handled before."""
        await self.settled()
        self.clock.advance(**by)
        # The sweep looks every tenth of a second in tests; after a leap, retention waits for another half.
        await asyncio.sleep(0.9 if timedelta(**by) > timedelta(hours=1) else 0.3)
        await self.settled()


@dataclass
class Person:
    """Somebody on the other side of the chat."""

    world: World
    name: str
    id: int
    locale: str
    chat: int = 0  # 0: the private chat with the bot
    _read: int = 0  # sequence number up to which everything was read

    def in_group(self, chat_id: int) -> "Person":
        """The same person, looking at and writing in a group."""
        return Person(self.world, self.name, self.id, self.locale, chat_id)

    async def _act(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.chat and "chat_id" not in body:
            body["chat_id"] = self.chat
        return await self.world.control(f"people/{self.id}/{action}", body)

    async def says(self, text: str, **more: Any) -> int:
        """Write a message; its id."""
        return int((await self._act("send", {"text": text, **more}))["message_id"])

    async def sends(self, **kind: Any) -> None:
        """Send something that is not a written message."""
        await self._act("send", kind)

    async def sends_album(self, *items: dict[str, Any]) -> None:
        """Send two to ten things that stand together; each comes as an update of its own."""
        await self._act("album", {"items": list(items)})

    async def files(self) -> list[tuple[str, bytes]]:
        """Every picture, document and sound that the bot has sent here: its kind and its bytes."""
        return [
            (message.kind, await self.opens(message)) for message in await self.messages() if message.file
        ]

    async def opens(self, message: Message) -> bytes:
        """Open a file that stands in the chat."""
        assert message.file, message
        async with self.world.http.get(message.file) as response:
            assert response.status == 200
            return await response.read()

    async def edits(self, message_id: int, text: str) -> None:
        """Change a message of their own."""
        await self._act("edit", {"message_id": message_id, "text": text})

    async def forges(self, data: str, message_id: int | None = None) -> None:
        """Send a press of a button that the bot never offered."""
        messages = await self.messages()
        target = message_id or (messages[-1].id if messages else 999)
        await self._act("press", {"message_id": target, "data": data})

    async def presses(self, label: str) -> None:
        """Press the newest button with this label, given in English or in the person's language."""
        await self.world.settled()
        labels = (label, self.in_own_words(label))
        for message in reversed(await self.messages()):
            for text, button in message.buttons.items():
                if text in labels:
                    await self._act("press", {"message_id": message.id, "data": button["data"]})
                    return
        raise AssertionError(f"{self.name} sees no button {label!r}: {await self.messages()}")

    async def blocks(self, blocked: bool = True) -> None:
        """Block the bot, or unblock it."""
        await self._act("block", {"blocked": blocked})

    async def messages(self) -> list[Message]:
        """What the bot's messages in this chat are now, oldest first."""
        answer = await self.world.control(f"chats/{self.chat or self.id}/messages")
        return [_message(item) for item in answer["messages"] if item["is_bot"]]

    async def hears(self) -> list[Message]:
        """What the bot has said or changed since this was last asked, in order."""
        await self.world.settled()
        answer = await self.world.control(f"transcript?chat_id={self.chat or self.id}&after={self._read}")
        self._read = answer["last_seq"]
        return [_message(item) for item in answer["events"] if _is_said(item)]

    async def reads(self, *fragments: str, without: tuple[str, ...] = ()) -> list[Message]:
        """Read what is new; each fragment must be in it, in a text or on a button.

        A fragment is given in the person's language, or as the English of the catalogue.
        """
        heard = await self.hears()
        everything = "\n---\n".join(f"{m.text}\n{list(m.buttons)}" for m in heard)
        for fragment in fragments:
            own = self.in_own_words(fragment)
            assert any(fragment in message or own in message for message in heard), (
                f"{self.name} does not read {fragment!r} in:\n{everything}"
            )
        for fragment in without:
            own = self.in_own_words(fragment)
            assert not any(fragment in message or own in message for message in heard), (
                f"{self.name} must not read {fragment!r} in:\n{everything}"
            )
        return heard

    async def settles_in(self, role: str) -> None:
        """First contact in two taps."""
        await self.says("/start")
        await self.presses(NAMES[self.locale])
        await self.presses(role)
        await self.hears()

    def in_own_words(self, english: str) -> str:
        """A text of the catalogue as this person reads it."""
        return translate(self.locale, english)


async def joins(world: World, invites: Invites, name: str, number: int, role: str, *languages: str) -> Person:
    """Somebody who reads the first of these languages comes into the team by an invitation."""
    person = await world.meet(name, number, languages[0])
    await person.says(f"/start join-{await invites(role, *languages, name=name)}")
    await person.hears()
    return person


def _is_said(event: dict[str, Any]) -> bool:
    return event["type"] == "edit" or (event["type"] == "message" and bool(event.get("is_bot")))


def _message(item: dict[str, Any]) -> Message:
    rows = item.get("keyboard") or []
    return Message(
        id=item["message_id"],
        text=plain(item.get("text") or item.get("caption") or ""),
        buttons={plain(button["text"]): button for row in rows for button in row},
        kind=item.get("kind", "text"),
        file=item.get("file_url"),
        name=item.get("file_name"),
        album=item.get("media_group_id"),
        protected=item.get("protected", False),
    )
