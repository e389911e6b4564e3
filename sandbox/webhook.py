"""Delivery to a webhook: one POST an update, tried again with growing pauses until the answer is 2xx."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from sandbox.world import World

Json = dict[str, Any]
Lane = tuple[str, int]

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds of the world's clock between two tries of one update; each pause is twice the one before."""
PATIENCE = aiohttp.ClientTimeout(total=60)


class Webhook:
    """Where updates go. Those of one kind and chat go one after the other, different ones side by side."""

    def __init__(self, world: "World", url: str, secret: str, max_connections: int) -> None:
        self.url = url
        self.max_connections = max_connections
        self.last_error: tuple[int, str] | None = None
        """When a delivery last failed (seconds since 1970), and how."""
        self._world = world
        self._headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        self._free = asyncio.Semaphore(max_connections)
        self._lanes: dict[Lane, deque[Json]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # A certificate of this machine's own is nobody's business but its own.
        self._http = aiohttp.ClientSession(
            timeout=PATIENCE, connector=aiohttp.TCPConnector(limit=0, ssl=False)
        )

    def take(self, update: Json) -> None:
        """Deliver an update as soon as those before it in its lane are."""
        lane = _lane(update)
        if lane in self._lanes:
            self._lanes[lane].append(update)
            return
        self._lanes[lane] = deque([update])
        task = asyncio.create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop; what is not delivered stays in the queue."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()

    async def _run(self, lane: Lane) -> None:
        waiting = self._lanes[lane]
        while waiting:
            pause = FIRST_PAUSE
            while (error := await self._post(waiting[0])) is not None:
                self.last_error = int(self._world.now()), error
                await self._world.pass_time(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            self._world.updates.settle(waiting.popleft()["update_id"])
        del self._lanes[lane]

    async def _post(self, update: Json) -> str | None:
        """Post an update once and return what went wrong."""
        await self._world.come_back()
        async with self._free:
            try:
                async with self._http.post(
                    self.url, json=update, headers=self._headers, allow_redirects=False
                ) as answer:
                    await answer.read()
                    if 200 <= answer.status < 300:
                        return None
                    return f"Wrong response from the webhook: {answer.status} {answer.reason}"
            except TimeoutError:
                return "Read timeout expired"
            except aiohttp.ClientConnectorError:
                return "Connection refused"
            except aiohttp.ClientError:
                return "Connection reset by peer"


def _lane(update: Json) -> Lane:
    kind = next(key for key in update if key != "update_id")
    about = update[kind]
    return kind, int(about["chat"]["id"] if "chat" in about else about["from"]["id"])
