"""The sandbox as the tests see it, and who is in it."""

from typing import Any

import aiohttp
from telegram import Bot, Update

AMINA, KARIM, CLAIRE = 501, 502, 503
TEAM = -1_000_000_000_777
TOKEN = "123456:sandbox"


class Room:
    """The sandbox as a test sees it: people act through the control API, the bot answers over HTTP."""

    def __init__(self, address: str, http: aiohttp.ClientSession, bot: Bot) -> None:
        self.address = address
        self.http = http
        self.bot = bot
        self._offset = 0

    async def control(
        self, path: str, body: dict[str, Any] | None = None, *, status: int = 200
    ) -> dict[str, Any]:
        call = (
            self.http.get(f"/control/{path}")
            if body is None
            else self.http.post(f"/control/{path}", json=body)
        )
        async with call as response:
            answer: dict[str, Any] = await response.json()
            assert response.status == status, answer
            assert answer["ok"] is (status == 200)
            return answer

    async def says(self, person: int, text: str, **more: Any) -> dict[str, Any]:
        return await self.control(f"people/{person}/send", {"text": text, **more})

    async def sends(self, person: int, **kind: Any) -> dict[str, Any]:
        return await self.control(f"people/{person}/send", kind)

    async def presses(self, person: int, message_id: int, data: str, **more: Any) -> dict[str, Any]:
        return await self.control(f"people/{person}/press", {"message_id": message_id, "data": data, **more})

    async def call(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        """Call the Bot API without python-telegram-bot's help."""
        async with self.http.post(f"/bot{TOKEN}/{method}", json=params) as response:
            return response.status, await response.json()

    async def news(self) -> list[Update]:
        """Take what waits for the bot, confirming what was taken before."""
        updates = list(await self.bot.get_updates(offset=self._offset))
        if updates:
            self._offset = updates[-1].update_id + 1
        return updates

    async def chat(self, chat_id: int) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = (await self.control(f"chats/{chat_id}/messages"))["messages"]
        return messages

    async def events(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in (await self.control("transcript"))["events"] if event["type"] == kind]
