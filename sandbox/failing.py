"""The control API's calls that make the Bot API fail."""

import math
from typing import Any, cast

from aiohttp import web

from sandbox.api import WORLD
from sandbox.body import Body, ControlError, read_body
from sandbox.faults import HOWS, Fault, How, Share
from sandbox.world import World

Json = dict[str, Any]


async def fail(request: web.Request) -> Json:
    """Answer ``POST /control/fail``: the next calls fail."""
    world, body = request.app[WORLD], await read_body(request)
    method = body.optional_text("method")
    fault = Fault(
        cast("How", body.choice("how", HOWS)),
        body.integer("count"),
        method.lower() if method else None,
        body.integer("chat_id") if body.has("chat_id") else None,
        body.integer("retry_after", 1),
    )
    if fault.count < 1 or fault.retry_after < 1:
        raise ControlError("count and retry_after must be at least 1.")
    world.faults.add(fault)
    return {}


async def faults(request: web.Request) -> Json:
    """Answer ``POST /control/faults``: a standing share of failures, or an outage, until the next call."""
    world, body = request.app[WORLD], await read_body(request)
    shares = {how: body.share(how) for how in HOWS if body.has(how)}
    if sum(shares.values()) > 1:
        raise ControlError("All shares together must not be more than 1.")
    retry_after = body.integer("retry_after", 1)
    if retry_after < 1:
        raise ControlError("retry_after must be at least 1.")
    polls = body.flag("polls", default=False)
    down_until = _outage(world, body)
    world.faults.share = Share(shares, body.integer("seed", 0), retry_after, polls=polls)
    world.faults.down_until = down_until
    world.faults_changed()
    return {}


def _outage(world: World, body: Body) -> float:
    """Return when an outage ends, in seconds since 1970."""
    outage = body.values.get("outage", False)
    if isinstance(outage, bool):
        return math.inf if outage else -math.inf
    if not isinstance(outage, int | float) or not 0 < outage < math.inf:
        raise ControlError("outage must be true, false, or seconds.")
    return world.now() + outage
