"""``getUpdates``: a long poll that really holds, and gives way to a newer one."""

import asyncio
from typing import Any

from sandbox.params import Params
from sandbox.refusals import conflict, cut_off
from sandbox.updating import choose_kinds
from sandbox.world import World

Json = dict[str, Any]

LONGEST = 50
"""Seconds a poll is held at most, whatever it asks for."""


async def get_updates(world: World, params: Params) -> list[Json]:
    """Confirm what comes before the offset and return what waits, or wait for it.

    Raises a 409 in the older of two polls, and while a webhook is set.
    """
    updates = world.updates
    if world.webhook is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
    choose_kinds(world, params)
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
            raise conflict(
                "terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        if world.webhook is not None:
            raise conflict("terminated by setWebhook request")
        if world.is_down:
            raise cut_off()
    return found
