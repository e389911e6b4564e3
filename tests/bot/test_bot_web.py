"""Our own HTTP server: does it live, is it ready, and how it ends."""

import asyncio
import json
import os
import signal
import time

import aiohttp
import pytest
from bot_door import SECRET, Door, damaged, door, file_of, free_port, message, somebody_writing
from crash.bot_process import bot_process
from dialogue import Person, World
from pydantic import SecretStr

from bot import service
from bot.settings import NotReady, Settings
from bot.webhook import PROOF
from engine import Engine
from knowledge.library import Library
from storage.database import Database
from storage.vault import MasterKeys, Vault

Answer = tuple[int, str]


@pytest.fixture
def port() -> int:
    """Where our own server listens in this test."""
    return free_port()


@pytest.fixture
def settings(settings: Settings, port: int) -> Settings:
    """The demonstration's settings, with a server of our own."""
    return settings.model_copy(update={"listen": f"127.0.0.1:{port}"})


async def asked(port: int, page: str = "readyz") -> Answer | None:
    """What a page says; None where nobody listens."""
    try:
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{port}/{page}", timeout=aiohttp.ClientTimeout(5)) as response,
        ):
            return response.status, await response.text()
    except aiohttp.ClientConnectionError:
        return None


async def until(port: int, wanted: Answer | None, page: str = "readyz") -> None:
    """Ask until this is the answer."""
    async with asyncio.timeout(60):
        while await asked(port, page) != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


# --- ready or not


async def test_a_service_that_works_says_so_also_while_it_polls(
    world: World, zahra: Person, port: int
) -> None:
    assert await asked(port, "healthz") == (200, "ok\n")
    assert await asked(port) == (200, "ready\n")


async def test_without_an_address_nobody_listens(
    settings: Settings, library: Library, engine: Engine, port: int
) -> None:
    quiet = settings.model_copy(update={"listen": ""})
    async with service.running(quiet, library, engine):
        assert await asked(port) is None


async def test_it_is_not_ready_before_the_bot_api_has_answered(
    settings: Settings, library: Library, engine: Engine, port: int
) -> None:
    away = settings.model_copy(update={"api_url": "http://127.0.0.1:1"})

    async def run() -> None:
        async with service.running(away, library, engine):
            await asyncio.Event().wait()

    running = asyncio.create_task(run())
    await until(port, (503, "starting\n"))
    assert await asked(port, "healthz") == (200, "ok\n")
    running.cancel()
    await asyncio.wait([running])
    assert await asked(port) is None


async def test_it_is_not_ready_while_the_database_cannot_be_read(
    settings: Settings, database: Database
) -> None:
    async with door(settings, database) as opened:
        assert await opened.get("readyz") == (200, "ready\n")
        await database.close()  # its connections; the next ones meet what lies there then
        with damaged(settings):
            assert await opened.get("readyz") == (503, "database\n")
            assert await opened.get("healthz") == (200, "ok\n")
        assert await opened.get("readyz") == (200, "ready\n")


async def test_a_database_that_says_nothing_costs_a_second_and_no_more(settings: Settings) -> None:
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _reader, writer: held.append(writer), "127.0.0.1", 0)
    place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    key = bytes(32)
    vault = Vault(MasterKeys([key], os.urandom), os.urandom, index=key, queue=key)
    asleep = Database(f"postgresql+asyncpg://hamrah:canary@{place}/hamrah", vault)
    async with server, door(settings, asleep, patience=0.5) as opened:
        began = time.monotonic()
        assert await opened.get("readyz") == (503, "database\n")
        assert 0.9 < time.monotonic() - began < 20
        assert await opened.get("healthz") == (200, "ok\n")
        assert await opened.post(message(1)) == 503
        status, page = await opened.get("metrics")
        assert status == 200
        assert "hamrah_database_up 0.0" in page
        assert time.monotonic() - began < 40
        for line in held:
            line.close()
    await asleep.close()


async def test_a_busy_writer_does_not_make_it_unready(settings: Settings, database: Database) -> None:
    async with door(settings, database) as opened:
        with somebody_writing(settings):
            assert await opened.get("readyz") == (200, "ready\n")


async def test_a_port_where_somebody_listens_is_a_clear_refusal(
    settings: Settings, library: Library, engine: Engine, port: int
) -> None:
    there = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", port)
    async with there:
        with pytest.raises((NotReady, BaseExceptionGroup)) as caught:
            async with service.running(settings, library, engine):
                pass
    error: BaseException = caught.value
    while isinstance(error, BaseExceptionGroup):
        (error,) = error.exceptions
    assert isinstance(error, NotReady)
    assert str(error).startswith(f"HAMRAH_LISTEN: this process cannot listen on 127.0.0.1:{port} (")


# --- the end


async def test_a_post_in_flight_is_answered_after_its_commit_before_the_door_closes(
    settings: Settings, database: Database
) -> None:
    opening: asyncio.Future[Door] = asyncio.get_running_loop().create_future()
    enough = asyncio.Event()

    async def life() -> None:
        async with door(settings, database) as opened:
            opening.set_result(opened)
            await enough.wait()

    living = asyncio.create_task(life())
    opened = await opening
    with somebody_writing(settings):
        post = asyncio.create_task(opened.post(message(1)))
        await asyncio.sleep(0.3)
        enough.set()
        await asyncio.sleep(0.3)
        assert not post.done()
        assert not living.done()
    assert await post == 200
    await living
    assert await opened.stored() == [1]


# --- the real program


@pytest.fixture
def called(settings: Settings, port: int) -> Settings:
    """Settings with which Telegram calls us."""
    return settings.model_copy(
        update={
            "mode": "webhook",
            "webhook_url": f"http://127.0.0.1:{port}/telegram",
            "webhook_secret": SecretStr(SECRET),
        }
    )


async def post(port: int, update_id: int) -> int:
    """Post an update as Telegram does; the status it hears, 0 where the line goes dead."""
    headers = {PROOF: SECRET}
    try:
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.post(f"http://127.0.0.1:{port}/telegram", json=message(update_id)) as response,
        ):
            return response.status
    except aiohttp.ClientError:
        return 0


@pytest.mark.parametrize("asked_by", [signal.SIGTERM, signal.SIGINT])
async def test_asked_to_stop_it_is_unready_at_once_and_ends_when_the_post_in_flight_is_stored(
    called: Settings, port: int, asked_by: signal.Signals
) -> None:
    async with bot_process(called) as bot:
        await bot.ready()
        assert await asked(port) == (200, "ready\n")
        with somebody_writing(called):
            in_flight = asyncio.create_task(post(port, 1))
            await asyncio.sleep(0.5)
            bot.hears(asked_by)
            await until(port, (503, "stopping\n"))
            assert await asked(port, "healthz") == (200, "ok\n")
            assert await post(port, 2) == 503  # nothing new is taken
            assert not in_flight.done()
        assert await in_flight == 200
        assert await bot.ended() == 0
        assert bot.complaints == []
        assert {json.loads(line)["level"] for line in bot.log} <= {"INFO", "WARNING"}
    with file_of(called) as rows:
        assert rows.execute("SELECT update_id FROM inbox WHERE done_at IS NULL").fetchall() == [(1,)]


async def test_what_does_not_end_within_the_patience_is_cut_off(called: Settings, port: int) -> None:
    async with bot_process(called.model_copy(update={"stop_seconds": 1.0})) as bot:
        await bot.ready()
        with somebody_writing(called):
            in_flight = asyncio.create_task(post(port, 1))
            await asyncio.sleep(0.5)
            began = time.monotonic()
            bot.hears(signal.SIGTERM)
            await bot.ended()
            assert 1 <= time.monotonic() - began < 30
        assert await in_flight in (0, 503)  # Telegram sends it again
    assert any("stopping takes too long" in line for line in bot.log)
    assert not any("Traceback" in line for line in bot.log)


async def test_asked_a_second_time_it_ends_at_once(called: Settings, port: int) -> None:
    async with bot_process(called.model_copy(update={"stop_seconds": 60.0})) as bot:
        await bot.ready()
        with somebody_writing(called):
            in_flight = asyncio.create_task(post(port, 1))
            await asyncio.sleep(0.5)
            bot.hears(signal.SIGTERM)
            await until(port, (503, "stopping\n"))
            began = time.monotonic()
            bot.hears(signal.SIGTERM)
            await bot.ended()
            assert time.monotonic() - began < 30
        assert await in_flight in (0, 503)
    assert any("asked a second time" in line for line in bot.log)
