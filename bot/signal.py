"""A wake-up call between the loops."""

import asyncio

GATHER = 0.004  # seconds
GATHER_LONG = 0.02
NAP = 1.0  # seconds; no loop sleeps longer, so a clock that jumps or a missed call costs at most this


class Signal:
    """Set by whoever made work, waited for by the loop that does it. Several calls count as one."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """There is work."""
        self._event.set()

    async def wait(self, seconds: float = NAP, *, crowded: bool = False) -> None:
        """Wait for work, but no longer than this (and never longer than a nap)."""
        # Every look into the database costs, so a few calls are gathered for each; more of them when many
        # chats are in hand and nobody would notice.
        await asyncio.sleep(GATHER_LONG if crowded else GATHER)
        try:
            async with asyncio.timeout(max(0.0, min(seconds, NAP))):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()
