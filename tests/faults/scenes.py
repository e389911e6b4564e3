"""What the stories of faults have in common."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Any

import pytest
from dialogue import Person, World, plain

from storage import inbox, outbox, people
from storage.errors import DatabaseUnavailable
from storage.records import Letter

on_both = pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
on_three_workers = pytest.mark.parametrize("engine_name", ["postgresql"])

IN_ORDER = {
    "cancelled": "Stopped. Nothing was sent.",
    "privacy": "What is kept about you",
    "not_shown": "Something went wrong on our side",
}
"""Three letters without values, and how one recognises them."""


async def until(happened: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(seconds):
        while not await happened():  # noqa: ASYNC110  (it happens in a database or behind HTTP)
            await asyncio.sleep(0.05)


async def all_done(world: World) -> None:
    """Wait until nothing is left to receive, handle or send."""

    async def done() -> bool:
        if (await world.control("updates"))["pending"]:
            return False
        try:
            async with world.database.read(world.clock()) as tx:
                return not await inbox.count_waiting(tx) and not await outbox.waiting(tx)
        except DatabaseUnavailable:
            return False

    await until(done)


async def meet_many(world: World, first: int, count: int) -> list[Person]:
    """So many applicants, who have chosen their language and written before."""
    async with world.database.begin(world.clock()) as tx:
        for number in range(first, first + count):
            person = await people.add(tx, number)
            await people.save(tx, replace(person, locale="en", role="applicant"))
    met = [await world.meet(f"Person {number}", number) for number in range(first, first + count)]
    await world.control("burst", {"items": [{"person": person.id, "text": "/help"} for person in met]})
    await all_done(world)
    return met


async def write_to(world: World, chats: Collection[int], **more: Any) -> None:
    """Put the three letters into the outbox for each chat."""
    async with world.database.begin(world.clock()) as tx:
        for chat in chats:
            for template in IN_ORDER:
                tx.post(Letter(chat_id=chat, locale="en", template=template, values={}, **more))


async def events(world: World, after: int, kind: str) -> list[dict[str, Any]]:
    """What happened at the Bot API since an event."""
    transcript = await world.control(f"transcript?after={after}")
    return [event for event in transcript["events"] if event["type"] == kind]


async def now(world: World) -> int:
    """The transcript's end."""
    return int((await world.control("world"))["last_seq"])


async def said(world: World, after: int, chat: int | None = None) -> list[str]:
    """What the bot has said since an event, to all or to one chat."""
    own = [event for event in await events(world, after, "message") if event["is_bot"]]
    return [plain(event["text"]) for event in own if chat in (None, event["chat_id"])]


async def count_heard(person: Person, fragment: str) -> int:
    """How many messages of the bot hold this, over the whole chat."""
    return sum(fragment in message for message in await person.messages())
