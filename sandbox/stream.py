"""``GET /control/events``: the transcript as it grows, as server-sent events.

A listener is a place in the transcript, not a queue: at any pace it holds nothing back and misses nothing.
A browser that comes back says the last event it has seen (``Last-Event-ID``) and gets what it missed.
"""

import json

from aiohttp import web

from sandbox.api import WORLD

BATCH = 200
"""Events written at once at most."""
HEARTBEAT = 15.0
"""Seconds after which a silent stream says that it is alive."""


async def events(request: web.Request) -> web.StreamResponse:
    """Stream events until the listener goes or the server stops."""
    world = request.app[WORLD]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    last = request.headers.get("Last-Event-ID", "")
    newest = world.transcript.last_seq
    seq = min(int(last), newest) if last.isascii() and last.isdigit() and len(last) < 16 else newest
    version = world.version
    await response.write(b"retry: 1000\n: listening\n\n")
    while not world.closing:
        chunk = ""
        if version != world.version:
            version = world.version
            chunk = 'data: {"type": "world"}\n\n'
        for event in world.transcript.after(seq)[:BATCH]:
            seq = event["seq"]
            chunk += f"id: {seq}\ndata: {json.dumps(event)}\n\n"
        if not chunk:
            chunk = "" if await world.news.wait(HEARTBEAT) else ": alive\n\n"
        if chunk:
            await response.write(chunk.encode())
    return response
