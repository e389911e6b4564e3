"""Stopping when asked: Ctrl-C or SIGTERM ends the work in hand, at any moment, without an error."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def stopped_by_signal() -> AsyncIterator[None]:
    """Cancel the block when the process is asked to stop, and go on after it."""
    task, loop, asked = asyncio.current_task(), asyncio.get_running_loop(), False

    def stop() -> None:
        nonlocal asked
        asked = True
        if task is not None:
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    except asyncio.CancelledError:
        if not asked:
            raise
        if task is not None:
            task.uncancel()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
