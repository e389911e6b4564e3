"""One telling of the stories: the local Bot API, the data folder, and what can be seen of both."""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from crash.stories import Effect, Item, Story, interleaved
from dialogue import plain
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import service
from bot.settings import Settings
from desk import team
from engine import Engine
from knowledge.library import Library
from storage import key_file, people
from storage.database import READ_ONLY, Database, available, create_engine
from storage.errors import DatabaseUnavailable
from storage.vault import DataKey, MasterKeys

LEAD = 601
PATIENCE = 60.0  # seconds
SENDING = 1  # the queue, as the database numbers it

WAITING = "SELECT count(*) FROM inbox WHERE done_at IS NULL"
UNSENT = "SELECT count(*) FROM outbox"
REFUSED = "SELECT count(*) FROM attempts"


@dataclass
class Scene:
    """The stories are told here, with or without a crash."""

    http: aiohttp.ClientSession
    settings: Settings
    stories: list[Story]
    engine: AsyncEngine
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

    @property
    def thanked(self) -> int:
        """How many have said that the answer helped."""
        return len(self._thanked)

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

    async def _rows(self, query: str, **values: Any) -> Sequence[RowMapping]:
        with available():
            async with self.engine.connect() as connection:
                await connection.execution_options(**{READ_ONLY: True})
                return (await connection.execute(text(query), values)).mappings().all()

    async def count(self, query: str, **values: Any) -> int:
        """The one number of a query."""
        (row,) = await self._rows(query, **values)
        number: int = next(iter(row.values()))
        return number

    async def claimed_by(self, worker: int) -> int:
        """How many chats a worker has claimed, of the inbox or the outbox."""
        return await self.count("SELECT count(*) FROM claims WHERE worker_id = :worker", worker=worker)

    async def in_hand(self, worker: int) -> int:
        """In how many chats a worker has something left to say."""
        claimed = "queue = :sending AND worker_id = :worker"
        waiting = f"SELECT DISTINCT claims.chat_id FROM claims JOIN outbox USING (chat_id) WHERE {claimed}"
        return await self.count(f"SELECT count(*) FROM ({waiting}) AS chats", worker=worker, sending=SENDING)

    async def pending(self) -> int:
        """Updates that the bot has not confirmed."""
        return int((await self.control("updates"))["pending"])

    async def finished(self) -> None:
        """Wait until nothing is left to receive, handle or send."""
        async with asyncio.timeout(PATIENCE):
            while not await self._is_finished():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def _is_finished(self) -> bool:
        try:
            return not (await self.pending() or await self.count(WAITING) or await self.count(UNSENT))
        except DatabaseUnavailable:
            return False  # in the stories about a database that is away

    async def done_once(self) -> bool:
        """Whether every update is in the inbox once, and done."""
        rows = await self._rows("SELECT update_id FROM inbox WHERE done_at IS NOT NULL")
        done = Counter(row["update_id"] for row in rows)
        return all(done[update_id] == 1 for update_id in self._update_ids)

    async def audit(self) -> Counter[str]:
        """How often each thing happened."""
        return Counter(row["action"] for row in await self._rows("SELECT action FROM events"))

    async def effects(self) -> dict[int, Effect]:
        """What is known of each person."""
        masters = MasterKeys(key_file.parse(self.settings.key_file.read_text()), bytes)
        known = await self._rows("SELECT * FROM people WHERE telegram_id IS NOT NULL")
        return {person["telegram_id"]: await self._effect(masters, person) for person in known}

    async def _effect(self, masters: MasterKeys, person: RowMapping) -> Effect:
        key = DataKey(masters.unwrap(person["key_wrapped"]), bytes)

        async def owned(query: str) -> Sequence[RowMapping]:
            return await self._rows(query, owner=person["id"])

        async def texts(ticket: int) -> tuple[str, ...]:
            sealed = "SELECT body_sealed FROM ticket_messages WHERE ticket_id = :ticket ORDER BY id"
            rows = await self._rows(sealed, ticket=ticket)
            return tuple(key.open(row["body_sealed"], "ticket_messages.body") for row in rows)

        answers = await owned("SELECT topic, helped FROM answers WHERE person_id = :owner ORDER BY id")
        requests = await owned("SELECT id, urgent FROM tickets WHERE person_id = :owner ORDER BY id")
        links = await owned("SELECT state FROM links WHERE person_id = :owner")
        return Effect(
            locale=person["locale"],
            role=person["role"],
            # SQLite has no booleans.
            answers=tuple(
                (row["topic"], None if row["helped"] is None else bool(row["helped"])) for row in answers
            ),
            requests=tuple([(bool(row["urgent"]), await texts(row["id"])) for row in requests]),
            links=tuple(row["state"] for row in links),
        )

    async def called_for(self, chat: int) -> list[str]:
        """The numbers of the requests that the bot named in a chat, each as often as it did."""
        events = await self._events(chat, self.begun)
        return [number for event in events for number in re.findall(r"H-\d+", event["text"])]

    async def urgent_numbers(self) -> list[str]:
        """The numbers of the urgent requests, in order."""
        rows = await self._rows("SELECT id FROM tickets WHERE urgent ORDER BY id")
        return [f"H-{1000 + row['id']}" for row in rows]


def _by_bot(transcript: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        event
        for event in transcript["events"]
        if event["type"] == "edit" or (event["type"] == "message" and event["is_bot"])
    ]


def _brief(event: dict[str, Any]) -> str:
    data = [button.get("data", "") for row in event.get("keyboard", ()) for button in row]
    # Numbers of requests and answers depend on who came first, which is chance between chats.
    return re.sub(r"\d+", "#", f"{event['type']}: {plain(event['text'])} {data}")


@asynccontextmanager
async def scene(settings: Settings, stories: list[Story]) -> AsyncIterator[Scene]:
    """A place for the stories."""
    engine = create_engine(settings.database)
    try:
        async with aiohttp.ClientSession(settings.api_url) as http:
            yield Scene(http, settings, stories, engine)
    finally:
        await engine.dispose()
