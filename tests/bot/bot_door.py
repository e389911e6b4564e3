"""The webhook's door on a real port and a real database, and Telegram before it; a database made to fail."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import select

from bot import service
from bot.client import build_client
from bot.intake import Intake
from bot.metrics import Metrics
from bot.settings import Settings
from bot.signal import Signal
from bot.web import Health, Pages, serving
from bot.webhook import PROOF, Webhook
from storage import tables
from storage.database import Database

SECRET = "a-secret-between-telegram-and-us"
ZAHRA = 501


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def message(update_id: int, text: str = "سلام", sender: int = ZAHRA) -> dict[str, Any]:
    """An update as Telegram writes it: somebody says something in the private chat."""
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": 1_795_000_000,
            "chat": {"id": sender, "type": "private", "first_name": "Zahra"},
            "from": {"id": sender, "is_bot": False, "first_name": "Zahra"},
            "text": text,
        },
    }


@dataclass
class Door:
    """What stands between Telegram and the inbox."""

    address: str
    http: aiohttp.ClientSession
    database: Database
    metrics: Metrics
    health: Health

    async def post(self, update: Any, **options: Any) -> int:
        """Post as Telegram does; the status it hears."""
        options.setdefault("headers", {PROOF: SECRET})
        content = {"data": update} if isinstance(update, bytes) else {"json": update}
        async with self.http.post(f"{self.address}/telegram", **content, **options) as response:
            assert await response.read() == b""  # whoever asks learns nothing else
            return response.status

    async def get(self, page: str) -> tuple[int, str]:
        """Ask for a page: status and text."""
        async with self.http.get(f"{self.address}/{page}") as response:
            return response.status, await response.text()

    async def stored(self) -> list[int]:
        """The numbers of the updates that wait in the inbox."""
        async with self.database.read(service.utc_now()) as tx:
            undone = select(tables.inbox.c.update_id).where(tables.inbox.c.done_at.is_(None))
            return list((await tx.connection.execute(undone)).scalars())


@asynccontextmanager
async def door(settings: Settings, database: Database, *, patience: float = 8.0) -> AsyncIterator[Door]:
    """Open it; nobody handles what is stored."""
    health, metrics, port = Health(greeted=True), Metrics(), free_port()
    async with build_client(settings) as bot:
        intake = Intake(bot, database, service.utc_now, Signal(), metrics)
        routes = Pages(database, service.utc_now, metrics, health).routes()
        routes.append(web.post("/telegram", Webhook(intake, metrics, health, SECRET, patience).post))
        async with (
            aiohttp.ClientSession() as http,
            intake.running(),
            serving(("127.0.0.1", port), routes),
        ):
            yield Door(f"http://127.0.0.1:{port}", http, database, metrics, health)


@contextmanager
def somebody_writing(settings: Settings) -> Iterator[None]:
    """Another process holds the database's write lock for the length of the block."""
    with file_of(settings) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@asynccontextmanager
async def mislaid(settings: Settings, table: str) -> AsyncIterator[None]:
    """A table is not to be found for the length of the block."""
    with file_of(settings) as other:
        # In a thread: the service, which runs in this one, may hold the lock that is waited for.
        await asyncio.to_thread(_rename, other, table, f"{table}_mislaid")
        try:
            yield
        finally:
            await asyncio.to_thread(_rename, other, f"{table}_mislaid", table)


def _rename(other: sqlite3.Connection, old: str, new: str) -> None:
    other.executescript(f"BEGIN IMMEDIATE; ALTER TABLE {old} RENAME TO {new}; COMMIT")


@contextmanager
def damaged(settings: Settings) -> Iterator[None]:
    """The whole file is no database for the length of the block."""
    place = Path(settings.database.partition(":///")[2])
    whole = place.read_bytes()
    place.write_bytes(b"no database at all" * 100)
    try:
        yield
    finally:
        place.write_bytes(whole)


@contextmanager
def file_of(settings: Settings) -> Iterator[sqlite3.Connection]:
    """The database file, past the program."""
    place = Path(settings.database.partition(":///")[2])
    other = sqlite3.connect(place, isolation_level=None, timeout=30, check_same_thread=False)
    try:
        yield other
    finally:
        other.close()
