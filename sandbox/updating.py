"""The methods that say where updates go: to a poll, or to a webhook."""

import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.loopback import is_loopback
from sandbox.params import Params
from sandbox.refusals import bad_request
from sandbox.updates import DEFAULT_KINDS
from sandbox.webhook import Webhook
from sandbox.world import World

Json = dict[str, Any]

_SECRET = re.compile(r"[A-Za-z0-9_-]*")


def choose_kinds(world: World, params: Params) -> None:
    """Keep the kinds of updates a call asks for; an absent list keeps the last one."""
    if (allowed := params.json("allowed_updates", list, "allowed updates")) is not None:
        world.updates.allowed = frozenset(str(kind) for kind in allowed) or DEFAULT_KINDS


async def set_webhook(world: World, params: Params) -> bool:
    """Deliver updates to an address of this machine from now on, also those that wait."""
    url, secret = params.text("url"), params.text("secret_token")
    if not url:
        return await delete_webhook(world, params)
    _check(url, secret)
    choose_kinds(world, params)
    connections = min(max(params.integer("max_connections", 40), 1), 100)
    await _stop(world, params)
    world.webhook = Webhook(world, url, secret, connections)
    world.updates.deliver_to(world.webhook.take)
    return True


def _check(url: str, secret: str) -> None:
    address = urlsplit(url)
    if address.scheme not in ("http", "https"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not is_loopback(address.hostname or ""):
        raise bad_request("bad webhook: Failed to resolve host: Name or service not known")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")


async def delete_webhook(world: World, params: Params) -> bool:
    """Let updates wait for a poll again, and forget those that wait where asked."""
    await _stop(world, params)
    return True


async def _stop(world: World, params: Params) -> None:
    await world.end_webhook()
    if params.flag("drop_pending_updates"):
        world.updates.drop()


def get_webhook_info(world: World, _params: Params) -> Json:
    """Say where updates go, how many wait, and what last went wrong."""
    webhook, updates = world.webhook, world.updates
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": updates.pending}
    if updates.allowed != DEFAULT_KINDS:
        info["allowed_updates"] = sorted(updates.allowed)
    if webhook is not None:
        info |= {"url": webhook.url, "max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
        if webhook.last_error is not None:
            info["last_error_date"], info["last_error_message"] = webhook.last_error
    return info
