"""``getUpdates``: a long poll that really holds, and gives way to a newer one."""

import asyncio
from typing import Any

from sandbox.params import Params
from sandbox.refusals import other_poller
from sandbox.updates import DEFAULT_KINDS
from sandbox.world import World

Json = dict[str, Any]

LONGEST = 50
"""Seconds a poll is held at most, whatever it asks for."""


async def get_updates(world: World, params: Params) -> list[Json]:
    """Confirm what comes before the offset and return what waits, or wait for it.

    Raises a 409 in the older of two polls.
    """
    updates = world.updates
    if (allowed := params.json("allowed_updates", list, "allowed updates")) is not None:
        updates.allowed = frozenset(str(kind) for kind in allowed) or DEFAULT_KINDS
    limit = min(max(params.integer("limit", 100), 1), 100)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + min(max(params.integer("timeout"), 0), LONGEST)
    this_poll = updates.poller = object()
    updates.arrived.ring()  # the older poll wakes and sees that it is not the newest any more
    updates.confirm(params.integer("offset"))
    while not (found := updates.first(limit)) and not world.closing:
        left = deadline - loop.time()
        if left <= 0:
            break
        await updates.arrived.wait(left)
        if updates.poller is not this_poll:
            raise other_poller()
    return list(found)
