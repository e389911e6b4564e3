"""Stopping without breaking a unit of work."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from bot.log import where

log = logging.getLogger(__name__)

Result = TypeVar("Result")


async def unbroken(work: Coroutine[Any, Any, Result]) -> Result:
    """Do a piece of work; a cancellation that comes meanwhile takes effect at its end.

    Cut off in the middle, a transaction would stay open on its connection, and whoever writes next while
    the program stops would wait for it in vain.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        # Stopping asks more than once; to cut the work itself off, its own task is cancelled.
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("failed while stopping: %s", where(error))
        raise
