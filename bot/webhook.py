"""The webhook: Telegram calls us with each update, and hears 200 only when it is in the inbox.

What Telegram hears anything else for it sends again, so every update that can be stored is taken, whether
or not anybody here can read it. The handling loop finds that out, and gives it up where it must.
"""

import asyncio
import hmac
import json
import logging
from typing import Any

from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest

from bot.intake import Intake, NotStored
from bot.metrics import Metrics
from bot.raw import KINDS
from bot.settings import NotReady, Settings
from bot.web import Health

log = logging.getLogger(__name__)

PROOF = "X-Telegram-Bot-Api-Secret-Token"
CONNECTIONS = 40  # that Telegram may open at the same time; its own default
PATIENCE = 8.0  # seconds until an update that is not stored is refused; Telegram waits far longer
DEEPEST = 64  # levels of an update; Telegram's have about ten


class Webhook:
    """Takes what Telegram posts."""

    def __init__(
        self, intake: Intake, metrics: Metrics, health: Health, secret: str, patience: float = PATIENCE
    ) -> None:
        self._intake = intake
        self._metrics = metrics
        self._health = health
        self._secret = secret.encode()
        self._patience = patience

    async def post(self, request: web.Request) -> web.Response:
        """Answer one post, without a word: whoever is not Telegram learns nothing."""
        status = await self._status(request)
        self._metrics.posted(status)
        return web.Response(status=status)

    async def _status(self, request: web.Request) -> int:
        given = request.headers.get(PROOF, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return 401
        if self._health.stopping:
            return 503
        try:
            async with asyncio.timeout(self._patience):
                update = read(await request.read())
                if update is None:
                    log.warning("a post to the webhook was no update")
                    return 400
                await self._intake.take([update])
        except web.HTTPRequestEntityTooLarge:
            log.warning("a post to the webhook was too large")
            return 413
        except (web.RequestPayloadError, ConnectionError):
            return 400  # damaged or cut off on its way
        except (NotStored, TimeoutError):
            return 503
        return 200


def read(body: bytes) -> dict[str, Any] | None:
    """The update in a post; None where there is none that the inbox could keep."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(update, dict):
        return None
    number = update.get("update_id")
    whole = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63
    return update if whole and _levels_fit(update, DEEPEST) else None


def _levels_fit(value: object, levels: int) -> bool:
    # What is nested too deep can be stored, but perhaps not be opened again.
    if isinstance(value, dict):
        return levels > 0 and all(_levels_fit(inner, levels - 1) for inner in value.values())
    if isinstance(value, list):
        return levels > 0 and all(_levels_fit(inner, levels - 1) for inner in value)
    return True


async def arrange(bot: Bot, settings: Settings) -> None:
    """Tell Telegram whether it shall call us or wait to be asked; nothing that waits there is dropped.

    Many processes may say the same. Raises TelegramError, or NotReady where the address is refused.
    """
    if settings.mode == "polling":
        await bot.delete_webhook()
        return
    try:
        await bot.set_webhook(
            settings.webhook_url,
            secret_token=settings.webhook_secret.get_secret_value(),
            allowed_updates=KINDS,
            max_connections=CONNECTIONS,
        )
    except BadRequest as error:
        raise NotReady(f"Telegram does not take HAMRAH_WEBHOOK_URL: {error.message}") from None
