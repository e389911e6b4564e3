"""Stopping when asked: Ctrl-C or SIGTERM ends the work in hand, at any moment, without an error."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

log = logging.getLogger(__name__)

PATIENCE = 20.0
CUT_OFF = 2.0  # seconds that what is cut off has to tidy up


@asynccontextmanager
async def stopped_by_signal(patience: float = PATIENCE) -> AsyncIterator[None]:
    """Cancel the block when the process is asked to stop, and go on after it.

    What is under way has `patience` seconds to end. Then, or when it is asked a second time, all is cut
    off; and if even that does not end the block, the process ends on the spot. That loses nothing: what
    was not committed comes again.
    """
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    late: list[threading.Timer | asyncio.TimerHandle] = []

    def stop() -> None:
        if late:
            cut_off("asked a second time to stop")
            return
        log.info("stopping")
        late.append(loop.call_later(patience, cut_off, "stopping takes too long"))
        end_after(patience + CUT_OFF)
        if task is not None:
            task.cancel()

    def cut_off(reason: str) -> None:
        log.warning("%s: what is under way is cut off", reason)
        end_after(CUT_OFF)
        for each in asyncio.all_tasks(loop):
            each.cancel()

    def end_after(seconds: float) -> None:
        # In a thread, so that it comes even where the event loop is held up.
        timer = threading.Timer(seconds, os._exit, (1,))
        timer.daemon = True
        timer.start()
        late.append(timer)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    except asyncio.CancelledError:
        if not late:
            raise
        while task is not None and task.cancelling():
            task.uncancel()
    finally:
        for each in late:
            each.cancel()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
