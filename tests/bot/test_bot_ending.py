"""Stopping when asked: at any moment, within seconds, without an error."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.ending import stopped_by_signal

HOUSE = Path(__file__).parent.parent.parent
ASKED = [signal.SIGTERM, signal.SIGINT]


@pytest.mark.parametrize("asked", ASKED)
async def test_the_block_ends_and_what_follows_it_goes_on(asked: signal.Signals) -> None:
    told = []
    async with stopped_by_signal():
        try:
            os.kill(os.getpid(), asked)
            await asyncio.sleep(60)
        finally:
            told.append("tidied up")
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()
    await asyncio.sleep(0)  # nothing of the cancelling is left
    assert told == ["tidied up"]


async def test_a_cancelling_that_nobody_signalled_goes_through() -> None:
    async def work() -> None:
        async with stopped_by_signal():
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_in_the_block_goes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        async with stopped_by_signal():
            raise ZeroDivisionError


async def test_after_the_block_signals_mean_what_they_meant() -> None:
    async with stopped_by_signal():
        pass
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


# --- the real program, while Telegram is away


@asynccontextmanager
async def started(folder: Path, address: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m bot run` as a process, with a Bot API at this address."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HAMRAH_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=folder,
        env={**inherited, "HAMRAH_TOKEN": "1:canary", "HAMRAH_API_URL": address, "PYTHONPATH": str(HOUSE)},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def assert_ends_well(process: asyncio.subprocess.Process, asked: signal.Signals, said: str) -> None:
    began = time.monotonic()
    process.send_signal(asked)
    assert process.stderr is not None
    said += (await asyncio.wait_for(process.stderr.read(), 60)).decode()
    assert await process.wait() == 0, said
    assert time.monotonic() - began < 30
    assert "Traceback" not in said
    assert "canary" not in said


@pytest.mark.parametrize("asked", ASKED)
async def test_while_nobody_answers_at_the_start_it_stops_when_asked(
    tmp_path: Path, asked: signal.Signals
) -> None:
    async with started(tmp_path, "http://127.0.0.1:1") as process:
        assert process.stderr is not None
        said = ""
        async with asyncio.timeout(30):
            while "does not answer" not in said:
                line = await process.stderr.readline()
                assert line, said
                said += line.decode()
        await assert_ends_well(process, asked, said)


async def test_while_a_call_hangs_at_the_start_it_stops_when_asked(tmp_path: Path) -> None:
    called = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await reader.read()  # until the other side goes away
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, started(tmp_path, f"http://127.0.0.1:{port}") as process:
        await asyncio.wait_for(called.wait(), 30)
        await assert_ends_well(process, signal.SIGTERM, "")
