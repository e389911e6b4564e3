"""Waking everybody who waits for news: long polls and event streams."""

import asyncio


class Bell:
    """A bell: :meth:`ring` wakes all who are waiting at that moment, and nobody later.

    Whoever waits looks at the state first and again afterwards; between look and wait nothing else runs,
    since all of this lives on one event loop.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake everybody."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def wait(self, seconds: float) -> bool:
        """Wait for the bell, at most ``seconds``; false where it did not ring."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True
