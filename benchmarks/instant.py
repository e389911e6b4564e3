"""A Bot API that answers at once, and brings its own load: what the bot is measured against.

    python -m benchmarks.instant --core 1

It speaks just enough HTTP for clients that hold their connections open, and holds no messages. Two more
addresses let the parent steer it:

`/load?count=&people=&first=&apart=&rate=&kinds=`: so many updates begin to arrive, `rate` of them a second
(0: all at once), from people with the ids `first`, `first + apart`, … in turn. They are of these kinds in
turn (`button,question`); where none are given, 70 % press a button, 20 % send a command, 10 % ask.

`/report`: what has become of the load, as JSON. An update arrives when it could first have been handed out,
and is answered when the next message to its chat comes in, sent or edited.
"""

import argparse
import asyncio
import itertools
import json
import random
import re
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import uvloop

from benchmarks.measured import answer_parent, pin

PAGE = 100
BOT = {"id": 1000, "is_bot": True, "first_name": "Hamrah", "username": "hamrah_bot"}
BUTTONS = ("menu", "subjects", "subject:status", "updates", "requests", "privacy", "about")
COMMANDS = ("/help", "/updates")
QUESTIONS = (
    "How long does the whole process take?",
    "Combien de temps dure tout le processus ?",
    "چند ماه است که هیچ خبری نیست. دوسیهٔ ما گم شده؟",
    "زموږ دوسیه چېرته رسېدلې ده؟",
)
SHOWN = "This is the menu. " * 12  # a pressed button brings along the message that it stands under
KEYBOARD = {"inline_keyboard": [[{"text": f"Button {name}", "callback_data": name}] for name in BUTTONS]}

CHAT = re.compile(rb'(?:^|&|[{,]\s*")chat_id"?[=:]\s*"?(-?\d+)')
OFFSET = re.compile(rb'(?:^|&|[{,]\s*")offset"?[=:]\s*"?(-?\d+)')
TIMEOUT = re.compile(rb'(?:^|&|[{,]\s*")timeout"?[=:]\s*"?(\d+)')
LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)


def mixed() -> Iterator[str]:
    """The usual kinds of updates, without end."""
    chance = random.Random(7)
    while True:
        kinds = ["button"] * 7 + ["command"] * 2 + ["question"]
        chance.shuffle(kinds)
        yield from reversed(kinds)


def updates(
    count: int, people: range, first_id: int, kinds: Iterable[str], asking: set[int]
) -> Iterator[tuple[int, str, bytes]]:
    """The load: chats, kinds, and updates as Telegram writes them. The same for the same arguments.

    Whoever's last update was a question is in `asking`, before and afterwards.
    """
    for number, person, wanted in zip(range(count), itertools.cycle(people), kinds, strict=False):
        # A second question so soon would go on with the first, which has its answer.
        kind = "command" if wanted == "question" and person in asking else wanted
        (asking.add if kind == "question" else asking.discard)(person)
        yield person, kind, json.dumps(_update(kind, number, person, first_id + number)).encode()


def _update(kind: str, number: int, person: int, update_id: int) -> dict[str, Any]:
    user = {"id": person, "is_bot": False, "first_name": f"Person {person}", "language_code": "en"}
    chat = {"id": person, "type": "private", "first_name": f"Person {person}"}
    now = int(time.time())
    if kind == "button":
        shown = {"message_id": 1, "date": now, "chat": chat, "from": BOT, "text": SHOWN}
        query = {"id": str(update_id), "from": user, "chat_instance": "1"}
        query |= {"message": shown | {"reply_markup": KEYBOARD}, "data": BUTTONS[number % len(BUTTONS)]}
        return {"update_id": update_id, "callback_query": query}
    message: dict[str, Any] = {"message_id": 2 + number, "date": now, "chat": chat, "from": user}
    if kind == "command":
        command = COMMANDS[number % len(COMMANDS)]
        entity = {"type": "bot_command", "offset": 0, "length": len(command)}
        return {"update_id": update_id, "message": message | {"text": command, "entities": [entity]}}
    return {"update_id": update_id, "message": message | {"text": QUESTIONS[number % len(QUESTIONS)]}}


class Load:
    """What arrives, and when it was answered. Times are in seconds of the loop's clock."""

    def __init__(
        self,
        began: float,
        first_id: int,
        count: int,
        people: range,
        rate: float,
        kinds: Sequence[str],
        asking: set[int],
    ) -> None:
        made = list(updates(count, people, first_id, itertools.cycle(kinds) if kinds else mixed(), asking))
        self.began = self.last = began
        self.first_id = first_id
        self.rate = rate
        self.updates = [update for _, _, update in made]
        self.confirmed = 0
        self.latencies: dict[str, list[float]] = defaultdict(list)  # by kind
        self.waiting: dict[int, deque[tuple[float, str]]] = defaultdict(deque)
        for number, (person, kind, _) in enumerate(made):
            self.waiting[person].append((self.arrival(number), kind))

    def arrival(self, number: int) -> float:
        """When this update of the load arrives."""
        return self.began + number / self.rate if self.rate else self.began

    def page(self, offset: int, now: float) -> list[bytes]:
        """The next updates that have arrived by now; those before `offset` are confirmed."""
        self.confirmed = max(self.confirmed, min(offset - self.first_id, len(self.updates)))
        arrived = int((now - self.began) * self.rate) + 1 if self.rate else len(self.updates)
        return self.updates[self.confirmed : min(arrived, self.confirmed + PAGE)]

    def said(self, chat: int, now: float) -> None:
        """A message came in for this chat."""
        arrivals = self.waiting.get(chat)
        if arrivals and arrivals[0][0] <= now:
            arrival, kind = arrivals.popleft()
            self.latencies[kind].append(now - arrival)
            self.last = now

    def report(self) -> dict[str, Any]:
        """What has become of the load."""
        return {
            "count": len(self.updates),
            "answered": sum(map(len, self.latencies.values())),
            "seconds": self.last - self.began,
            "latencies": self.latencies,
        }


class Server:
    """The present load, the open polls, and how many messages have come in for anybody."""

    def __init__(self) -> None:
        self.asking: set[int] = set()  # people whose last update, of whichever load, was a question
        self.load = Load(0, 1, 0, range(0), 0, (), self.asking)
        self.polls: set[Connection] = set()
        self.messages = 0

    def begin(self, now: float, asked: dict[str, str]) -> None:
        """Let a new load arrive from now on."""
        first = int(asked["first"])
        people = range(first, first + int(asked["people"]), int(asked["apart"]))
        next_id = self.load.first_id + len(self.load.updates)
        kinds = asked["kinds"].split(",") if asked.get("kinds") else ()
        rate, count = float(asked["rate"]), int(asked["count"])
        self.load = Load(now, next_id, count, people, rate, kinds, self.asking)
        for connection in list(self.polls):
            connection.poll()


class Connection(asyncio.Protocol):
    """One connection of a client, which sends one request after the other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._poll: asyncio.TimerHandle | None = None
        self._offset, self._until = 0, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def connection_lost(self, _: Exception | None) -> None:
        self._stop_polling()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self._buffer, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            path = self._buffer[: self._buffer.index(b"\r\n")].split(b" ")[1]
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._answer(path, body)

    def _answer(self, path: bytes, body: bytes) -> None:
        match path.rpartition(b"/")[2]:
            case b"sendMessage" | b"editMessageText":
                chat = CHAT.search(body)
                person = int(chat[1]) if chat else 0
                self._server.messages += 1
                self._server.load.said(person, self._loop.time())
                self._give(
                    b'{"message_id":9,"date":1790000000,"chat":{"id":%d,"type":"private","first_name":"P"},'
                    b'"from":{"id":1000,"is_bot":true,"first_name":"Hamrah"},"text":"said"}' % person
                )
            case b"getUpdates":
                offset, timeout = OFFSET.search(body), TIMEOUT.search(body)
                self._offset = int(offset[1]) if offset else 0
                self._until = self._loop.time() + (int(timeout[1]) if timeout else 0)
                self.poll()
            case b"getMe":
                self._give(json.dumps(BOT).encode())
            case name if name.startswith(b"load"):
                self._server.begin(self._loop.time(), dict(parse_qsl(urlsplit(path.decode()).query)))
                self._give(b"true")
            case b"report":
                report = {"messages": self._server.messages, **self._server.load.report()}
                self._give(json.dumps(report).encode())
            case _:
                self._give(b"true")

    def poll(self) -> None:
        """Answer the open poll if something has arrived or its time is over; else look again then."""
        self._stop_polling()
        load, now = self._server.load, self._loop.time()
        page = load.page(self._offset, now)
        if page or now >= self._until:
            self._give(b"[" + b",".join(page) + b"]")
            return
        nothing_more = load.confirmed >= len(load.updates)
        at = self._until if nothing_more else min(self._until, load.arrival(load.confirmed))
        self._server.polls.add(self)
        self._poll = self._loop.call_at(max(at, now + 0.0002), self.poll)

    def _stop_polling(self) -> None:
        self._server.polls.discard(self)
        if self._poll is not None:
            self._poll.cancel()
            self._poll = None

    def _give(self, result: bytes) -> None:
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            b'{"ok":true,"result":%b}' % (len(result) + 21, result)
        )


async def main() -> None:
    """Serve until the parent is gone."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.instant")
    options.add_argument("--core", type=int, required=True, help="the core it may use")
    pin(options.parse_args().core)
    server = Server()
    listening = await asyncio.get_running_loop().create_server(lambda: Connection(server), "127.0.0.1", 0)
    async with listening:
        await answer_parent(ready=f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")


if __name__ == "__main__":
    uvloop.run(main())
