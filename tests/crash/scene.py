"""One telling of the stories: the local Bot API, the data folder, and what can be seen of both."""

import asyncio
import random
import re
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
from crash.stories import Effect, Item, Story, interleaved
from dialogue import plain

from bot import demo, service
from bot.settings import Settings
from desk import team
from engine import Engine
from knowledge.library import Library
from storage import key_file, people
from storage.database import Database
from storage.vault import DataKey, MasterKeys

LEAD = 601
PATIENCE = 60.0  # seconds

WAITING = "SELECT count(*) FROM inbox WHERE done_at IS NULL"
UNSENT = "SELECT count(*) FROM outbox"
REFUSED = "SELECT count(*) FROM attempts"
HELPED = {None: None, 0: False, 1: True}  # SQLite has no booleans


@dataclass
class Scene:
    """The stories are told here, with or without a crash."""

    api: str
    http: aiohttp.ClientSession
    settings: Settings
    stories: list[Story]
    begun: int = 0  # the transcript's end when the burst began
    told: int = 0  # things done by people
    _update_ids: list[int] = field(default_factory=list)
    _thanked: set[int] = field(default_factory=set)

    # --- what people do

    async def control(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call the control API."""
        method = "GET" if body is None else "POST"
        async with self.http.request(method, f"/control/{path}", json=body) as response:
            answer: dict[str, Any] = await response.json()
            assert answer["ok"], answer
            return answer

    def in_process(self, library: Library, engine: Engine) -> AbstractAsyncContextManager[Database]:
        """The service inside the test: nobody kills it, and Telegram's limits take no time."""
        return service.running(self.settings, library, engine, monotonic=lambda: time.monotonic() * 1000)

    async def prepare(self, library: Library, engine: Engine) -> None:
        """Everybody is there, some have settled in before, the lead has joined the team."""
        for story in self.stories:
            await self.control("people", {"id": story.id, "first_name": f"Person {story.id}"})
        await self.control("people", {"id": LEAD, "first_name": "Sarah"})
        desk = service.build_desk(self.settings, library)
        async with self.in_process(library, engine) as database:
            async with database.begin(service.utc_now()) as tx:
                token = await team.invite(desk, tx, role="lead", languages=("en",), name="Sarah")
                for story in self.stories:
                    if story.settled:
                        person = await people.add(tx, story.id)
                        await people.save(tx, replace(person, locale=story.language, role="applicant"))
            greeted = [{"person": story.id, "text": "/start"} for story in self.stories if story.greeted]
            await self._burst([{"person": LEAD, "text": f"/start join-{token}"}, *greeted])
            await self.finished()
        self.begun = await self.last_event()
        self._update_ids.clear()

    async def items(self, chance: random.Random) -> list[Item]:
        """All that the people will do unasked, in one order."""
        first = {
            story.id: (await self._events(story.id, 0))[0]["message_id"]
            for story in self.stories
            if story.greeted
        }
        return interleaved(self.stories, first, chance)

    async def do(self, items: list[Item]) -> None:
        """Do these things at once."""
        await self._burst(items)
        self.told += len(items)

    async def _burst(self, items: list[Item]) -> None:
        self._update_ids += (await self.control("burst", {"items": items}))["update_ids"]

    async def thank(self) -> None:
        """Whoever wants to say that the answer helped does so once the answer is there."""
        for story in self.stories:
            if not story.thanks or story.id in self._thanked:
                continue
            for event in await self._events(story.id, self.begun):
                for button in (button for row in event.get("keyboard", ()) for button in row):
                    if button["data"].startswith("helped:"):
                        self._thanked.add(story.id)
                        pressed = {"message_id": event["message_id"], "data": button["data"]}
                        await self.do([{"person": story.id, **pressed}])
                        break
                if story.id in self._thanked:
                    break

    # --- what can be seen

    async def _events(self, chat: int, after: int) -> list[dict[str, Any]]:
        return _by_bot(await self.control(f"transcript?chat_id={chat}&after={after}"))

    async def last_event(self) -> int:
        """The transcript's end."""
        return int((await self.control("world"))["last_seq"])

    async def said_since(self, event: int) -> int:
        """How many messages and changes the bot has sent after an event."""
        return len(_by_bot(await self.control(f"transcript?after={event}")))

    async def said(self, chat: int) -> list[str]:
        """What the bot said in a chat since the burst began: each time the words and the buttons."""
        return [_brief(event) for event in await self._events(chat, self.begun)]

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.settings.data_dir / "hamrah.sqlite", timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            yield connection
        finally:
            connection.close()

    def count(self, query: str) -> int:
        """The one number of a query."""
        with self._database() as database:
            return int(database.execute(query).fetchone()[0])

    async def pending(self) -> int:
        """Updates that the bot has not confirmed."""
        return int((await self.control("updates"))["pending"])

    async def finished(self) -> None:
        """Wait until nothing is left to receive, handle or send."""
        async with asyncio.timeout(PATIENCE):
            while await self.pending() or self.count(WAITING) or self.count(UNSENT):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    def done_once(self) -> bool:
        """Whether every update is in the inbox once, and done."""
        with self._database() as database:
            rows = database.execute("SELECT update_id FROM inbox WHERE done_at IS NOT NULL").fetchall()
        done = Counter(row["update_id"] for row in rows)
        return all(done[update_id] == 1 for update_id in self._update_ids)

    def audit(self) -> Counter[str]:
        """How often each thing happened."""
        with self._database() as database:
            return Counter(row["action"] for row in database.execute("SELECT action FROM events"))

    def effects(self) -> dict[int, Effect]:
        """What is known of each person."""
        masters = MasterKeys(key_file.parse(self.settings.key_file.read_text()), bytes)
        with self._database() as database:
            rows = database.execute("SELECT * FROM people WHERE telegram_id IS NOT NULL").fetchall()
            return {row["telegram_id"]: _effect(database, masters, row) for row in rows}

    async def called_for(self, chat: int) -> list[str]:
        """The numbers of the requests that the bot named in a chat, each as often as it did."""
        events = await self._events(chat, self.begun)
        return [number for event in events for number in re.findall(r"H-\d+", event["text"])]

    def urgent_numbers(self) -> list[str]:
        """The numbers of the urgent requests, in order."""
        with self._database() as database:
            rows = database.execute("SELECT id FROM tickets WHERE urgent ORDER BY id").fetchall()
        return [f"H-{1000 + row['id']}" for row in rows]


def _by_bot(transcript: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        event
        for event in transcript["events"]
        if event["type"] == "edit" or (event["type"] == "message" and event["is_bot"])
    ]


def _effect(database: sqlite3.Connection, masters: MasterKeys, person: sqlite3.Row) -> Effect:
    key = DataKey(masters.unwrap(person["key_wrapped"]), bytes)

    def rows(query: str, row_id: int) -> list[sqlite3.Row]:
        return database.execute(query, [row_id]).fetchall()

    def texts(ticket: int) -> tuple[str, ...]:
        sealed = rows("SELECT body_sealed FROM ticket_messages WHERE ticket_id = ? ORDER BY id", ticket)
        return tuple(key.open(row["body_sealed"], "ticket_messages.body") for row in sealed)

    answers = rows("SELECT topic, helped FROM answers WHERE person_id = ? ORDER BY id", person["id"])
    requests = rows("SELECT id, urgent FROM tickets WHERE person_id = ? ORDER BY id", person["id"])
    links = rows("SELECT state FROM links WHERE person_id = ?", person["id"])
    return Effect(
        locale=person["locale"],
        role=person["role"],
        answers=tuple(
            (row["topic"], None if row["helped"] is None else bool(row["helped"])) for row in answers
        ),
        requests=tuple((bool(row["urgent"]), texts(row["id"])) for row in requests),
        links=tuple(row["state"] for row in links),
    )


def _brief(event: dict[str, Any]) -> str:
    data = [button.get("data", "") for row in event.get("keyboard", ()) for button in row]
    # Numbers of requests and answers depend on who came first, which is chance between chats.
    return re.sub(r"\d+", "#", f"{event['type']}: {plain(event['text'])} {data}")


@asynccontextmanager
async def scene(api: str, data_dir: Path, stories: list[Story]) -> AsyncIterator[Scene]:
    """A place for the stories."""
    async with aiohttp.ClientSession(api) as http:
        yield Scene(api, http, demo.settings(api, data_dir), stories)
