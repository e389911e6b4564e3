"""The bot as a process of its own, to be killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
READY = "Hamrah is running"


class BotProcess:
    """`python -m bot …`, started in a folder without a .env file."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ready = asyncio.Event()
        self.log: list[str] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        stream = self._process.stderr
        if stream is None:
            raise ValueError("the process was started without a pipe")
        async for line in stream:
            self.log.append(line.decode().rstrip())
            if READY in self.log[-1]:
                self._ready.set()
        self._ready.set()  # it ended: nobody waits for it any longer

    async def ready(self) -> None:
        """Wait until the bot receives, handles and sends."""
        async with asyncio.timeout(60):
            await self._ready.wait()
        assert any(READY in line for line in self.log), "\n".join(self.log)

    async def kill(self) -> None:
        """SIGKILL: nothing of it is asked."""
        self._process.kill()
        await self.ended()

    def terminate(self) -> None:
        """SIGTERM: it is asked to stop."""
        self.hears(signal.SIGTERM)

    def hears(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait for the end; the exit code."""
        code = await self._process.wait()
        await self._reading
        return code

    @property
    def pid(self) -> int:
        """Its number at the system."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    @property
    def complaints(self) -> list[str]:
        """What it logged that no healthy bot logs."""
        return [line for line in self.log if "ERROR" in line or "Traceback" in line]


def environment(settings: Settings) -> dict[str, str]:
    """The settings as environment variables."""
    return {
        f"HAMRAH_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in settings
        if value is not None
    }


@asynccontextmanager
async def bot_process(settings: Settings, *command: str, module: str = "bot") -> AsyncIterator[BotProcess]:
    """Start `hamrah` with these settings, in its data folder; it ends with the block at the latest."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *(command or ("run",)),
        cwd=settings.data_dir,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", **environment(settings)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    bot = BotProcess(process)
    try:
        yield bot
    finally:
        if bot.running:
            await bot.kill()
