"""Processes that are measured: each on a core of its own, and asked for its figures while it runs.

The parent only starts them and asks, so that its own work stands in nobody's figures. They speak in lines:
the parent writes a word, the process answers with a line of JSON. When the parent is gone, they end.
"""

import asyncio
import cProfile
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

CORES = sorted(os.sched_getaffinity(0))
BOT_CORE, SERVER_CORE = CORES[0], CORES[-1]


def pin(core: int) -> None:
    """Let this process, and the threads it will start, run on one core."""
    os.sched_setaffinity(0, {core})


def memory(field: str) -> float:
    """Resident memory of this process in MB: "VmRSS" now, "VmHWM" at its highest."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


async def answer_parent(more: Callable[[], dict[str, float]] = dict, profile: str = "") -> None:
    """Say that we are ready, then give our figures whenever the parent asks; returns when it is gone.

    With the name of a file in `profile`, what runs from the first question on is profiled into it.
    """
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    print(json.dumps("ready"), flush=True)
    profiler = cProfile.Profile()
    while await lines.readline():
        figures = {"cpu": time.process_time(), "rss": memory("VmRSS"), "peak": memory("VmHWM"), **more()}
        print(json.dumps(figures), flush=True)
        if profile:
            profiler.enable()
    if profile:
        profiler.disable()
        profiler.dump_stats(profile)


class Measured:
    """A process that is measured, as its parent sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> Any:
        """The next line it writes. Raises RuntimeError when it has ended instead."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("a measured process ended too early; its error stands above")
        return json.loads(line)

    async def figures(self) -> dict[str, float]:
        """Its figures now: processor seconds so far, resident memory in MB, and what it adds."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"figures\n")
        figures: dict[str, float] = await self.line()
        return figures


@asynccontextmanager
async def measured(module: str, *arguments: str, core: int) -> AsyncIterator[tuple[Measured, Any]]:
    """Start a module of the benchmarks on a core; gives it, and the first line it wrote. Ends it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"benchmarks.{module}", "--core", str(core), *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    try:
        child = Measured(process)
        yield child, await child.line()
    finally:
        assert process.stdin is not None
        process.stdin.close()
        if module == "instant":
            process.terminate()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
