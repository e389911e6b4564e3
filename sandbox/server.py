"""The server as a whole: its routes, its guard against other pages, its start and its end."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox import acting, api, control, failing, stream
from sandbox.api import WORLD
from sandbox.body import ControlError
from sandbox.loopback import is_loopback
from sandbox.world import World

PAGE = Path(__file__).resolve().with_name("page")
LARGEST_BODY = 100 * 1024 * 1024
"""Bytes of a call: one file of the largest size, in base64, or an album of smaller ones."""
SHOWN = frozenset({"image/png", "image/jpeg", "audio/ogg", "audio/mpeg", "video/mp4"})
"""Only pictures and sound are shown; everything else is handed over as a file, never run as a page."""
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

Answer = Callable[[web.Request], Awaitable[dict[str, Any]]]


@web.middleware
async def _own_pages_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn away other sites that a browser on this machine has open: a foreign host name or origin."""
    host = urlsplit(f"//{request.host}")
    origin = request.headers.get("Origin")
    if not is_loopback(host.hostname or "") or (
        origin is not None and urlsplit(origin).netloc != request.host
    ):
        return _answer(403, {"ok": False, "error": "Only this server's own page may call it."})
    return await handler(request)


def _controlled(answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        try:
            return _answer(200, {"ok": True, **await answer(request)})
        except ControlError as error:
            return _answer(error.status, {"ok": False, "error": str(error)})

    return handler


async def _no_such_call(request: web.Request) -> dict[str, Any]:
    raise ControlError(f"There is no call {request.method} {request.path}.", 404)


def _answer(status: int, body: dict[str, Any]) -> web.Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.Response(
        text=json.dumps(body), status=status, content_type="application/json", headers=headers
    )


async def _page(request: web.Request) -> web.FileResponse:
    path = (PAGE / request.match_info.get("name", "index.html")).resolve()
    if not path.is_relative_to(PAGE) or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=PAGE_HEADERS)


async def _file(request: web.Request) -> web.Response:
    stored = request.app[WORLD].files.by_unique_id(request.match_info["unique_id"])
    if stored is None:
        raise web.HTTPNotFound
    shown = stored.mime_type in SHOWN
    headers = PAGE_HEADERS | ({} if shown else {"Content-Disposition": "attachment"})
    kind = stored.mime_type if shown else "application/octet-stream"
    return web.Response(body=stored.data, content_type=kind, headers=headers)


async def _close(app: web.Application) -> None:
    await app[WORLD].close()


def create_app() -> web.Application:
    """Return the server with an empty world."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_own_pages_only])
    app[WORLD] = World()
    app.on_shutdown.append(_close)
    route = app.router.add_route
    route("*", "/bot{token}/{method}", api.call_method)
    route("GET", "/file/bot{token}/{path:.+}", api.download)
    route("GET", "/control/events", stream.events)
    route("GET", "/control/files/{unique_id}", _file)
    for method, path, answer in _CONTROL:
        route(method, f"/control/{path}", _controlled(answer))
    route("*", "/control/{unknown:.*}", _controlled(_no_such_call))
    route("GET", "/", _page)
    route("GET", "/page/{name:.+}", _page)
    return app


_CONTROL: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "world", control.show_world),
    ("POST", "people", control.put_person),
    ("POST", "groups", control.put_group),
    ("POST", "people/{id:[0-9]{1,18}}/{act}", acting.act),
    ("POST", "burst", acting.burst),
    ("POST", "fail", failing.fail),
    ("POST", "faults", failing.faults),
    ("POST", "limits", control.limits),
    ("POST", "clock", control.clock),
    ("GET", "chats/{id:-?[0-9]{1,18}}/messages", control.chat_messages),
    ("GET", "transcript", control.transcript),
    ("GET", "updates", control.updates),
)


@asynccontextmanager
async def serve(port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Run the server and give its address; ``port`` 0 takes any free one.

    Raises ValueError for a host that is not this machine's own: nothing here is for the outside.
    """
    if not is_loopback(host):
        raise ValueError(f"The sandbox listens on loopback only, not on {host}.")
    runner = web.AppRunner(create_app(), handler_cancellation=True, shutdown_timeout=1.0, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host.strip("[]"), port).start()
        bound = runner.addresses[0]
        yield f"http://{'[' + bound[0] + ']' if ':' in bound[0] else bound[0]}:{bound[1]}"
    finally:
        await runner.cleanup()
