"""`python -m crash.hurried …`: the bot, but it waits two seconds for Telegram's answer in place of twenty."""

from typing import Any

from bot import client
from bot.cli import main
from bot.transport import AiohttpRequest


def _hurried(api_url: str, **options: Any) -> AiohttpRequest:
    return AiohttpRequest(api_url, **{**options, "read_timeout": 2.0})


if __name__ == "__main__":
    setattr(client, "AiohttpRequest", _hurried)  # noqa: B010
    main()
