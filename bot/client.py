"""The client of the Bot API."""

import os
from typing import Any

from telegram import Bot

from bot.settings import Settings
from bot.transport import AiohttpRequest

Markup = dict[str, Any]
"""The buttons under a message, as the Bot API's InlineKeyboardMarkup."""


class Client(Bot):
    """python-telegram-bot's Bot, which also gives updates as Telegram wrote them.

    The inbox stores updates raw: an update that the library cannot read must not hold up all others. What
    is said a thousand times is said without making the library's objects of the answer, which nobody reads
    and which costs more than sending it.
    """

    async def raw_updates(self, *, offset: int, hold: int, kinds: list[str]) -> list[dict[str, Any]]:
        """Long poll for updates, for at most `hold` seconds. Raises TelegramError."""
        data = {"offset": offset, "timeout": hold, "allowed_updates": kinds}
        updates: list[dict[str, Any]] = await self._post("getUpdates", data, read_timeout=hold + 10)
        return updates

    async def say(self, chat_id: int, text: str, markup: Markup | None) -> int:
        """Send a message in HTML; its id. Raises TelegramError."""
        data = {"chat_id": chat_id, **_formatted(text, markup)}
        sent: dict[str, Any] = await self._post("sendMessage", data)
        return int(sent["message_id"])

    async def change(self, chat_id: int, message_id: int, text: str, markup: Markup | None) -> None:
        """Change a message in place. Raises TelegramError."""
        data = {"chat_id": chat_id, "message_id": message_id, **_formatted(text, markup)}
        await self._post("editMessageText", data)


def _formatted(text: str, markup: Markup | None) -> dict[str, Any]:
    no_preview = {"is_disabled": True}
    return {"text": text, "parse_mode": "HTML", "reply_markup": markup, "link_preview_options": no_preview}


def build_client(settings: Settings) -> Client:
    """A client for the token and server of the settings."""
    # python-telegram-bot gives times as numbers with a deprecation warning unless asked for timedeltas.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    return Client(
        settings.token.get_secret_value(),
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=AiohttpRequest(settings.api_url, connections=64, read_timeout=20),
        get_updates_request=AiohttpRequest(settings.api_url, connections=1, read_timeout=20),
    )
