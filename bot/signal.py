"""A wake-up call between the loops."""

import asyncio

GATHER = 0.004  # seconds
NAP = 1.0  # seconds; no loop sleeps longer, so a clock that jumps or a missed call costs at most this


class Signal:
    """Set by whoever made work, waited for by the loop that does it. Several calls count as one."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """There is work."""
        self._event.set()

    async def wait(self, seconds: float = NAP) -> None:
        """Wait for work, but no longer than this (and never longer than a nap)."""
        # Under load every finished chat calls; gathering a few calls saves a look into the database for each.
        await asyncio.sleep(GATHER)
        try:
            async with asyncio.timeout(max(0.0, min(seconds, NAP))):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()
