"""Our own HTTP server: whether we live, whether we are ready, what is measured, and the webhook's door."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.log import where
from bot.metrics import Metrics
from bot.settings import NotReady
from storage.database import Database

log = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024  # bytes; Telegram's updates stay far below
ANSWERING = 1.0  # seconds that the database has to answer
CLOSING = 10.0  # seconds that requests in flight have at the end


@dataclass(slots=True)
class Health:
    """How far the service has come."""

    greeted: bool = False  # the Bot API has answered
    stopping: bool = False  # nothing new is taken


class Pages:
    """What an orchestrator and a monitor ask. None of it is for the public."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], metrics: Metrics, health: Health
    ) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._health = health

    def routes(self) -> list[web.RouteDef]:
        """Where they stand."""
        return [
            web.get("/healthz", self.healthz),
            web.get("/readyz", self.readyz),
            web.get("/metrics", self.metrics),
        ]

    async def healthz(self, _request: web.Request) -> web.Response:
        """Whoever reads this knows that the event loop turns."""
        return web.Response(text="ok\n")

    async def readyz(self, _request: web.Request) -> web.Response:
        """Whether work may be sent here; if not, why, in one word."""
        reason = await self._hindrance()
        return web.Response(text=f"{reason or 'ready'}\n", status=503 if reason else 200)

    async def _hindrance(self) -> str:
        if self._health.stopping:
            return "stopping"
        if not self._health.greeted:
            return "starting"
        try:
            async with asyncio.timeout(ANSWERING):
                await self._database.ping(self._clock())
        except Exception as error:
            log.warning("the database does not answer: %s", where(error))
            return "database"
        return "stopping" if self._health.stopping else ""

    async def metrics(self, request: web.Request) -> web.Response:
        """Everything that is measured."""
        page, content_type = await self._metrics.page(
            self._database, self._clock(), request.headers.get("Accept", "")
        )
        return web.Response(body=page, headers={"Content-Type": content_type})


@asynccontextmanager
async def serving(address: tuple[str, int] | None, routes: Iterable[web.RouteDef]) -> AsyncIterator[None]:
    """Listen for the length of the block; at its end, requests in flight are still answered.

    Without an address there is no server. Raises NotReady where the address cannot be listened on.
    """
    if address is None:
        yield
        return
    host, port = address
    application = web.Application(client_max_size=LARGEST_BODY)
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=CLOSING)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise NotReady(
                f"HAMRAH_LISTEN: this process cannot listen on {host}:{port} ({reason}). "
                "Is another one there already?"
            ) from None
        yield
    finally:
        await runner.cleanup()
