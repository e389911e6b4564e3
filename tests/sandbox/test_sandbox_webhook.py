"""Webhooks: each update is posted until it is taken, with the secret, in the order of its chat."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from sandbox_room import AMINA, CLAIRE, KARIM, Room
from telegram.error import BadRequest, Conflict

PATIENCE = 3.0


class Receiver:
    """A bot behind a webhook: it notes what comes and answers as a test wants."""

    def __init__(self) -> None:
        self.url = ""
        self.came: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.refusing: set[str] = set()  # texts of messages it does not take
        self.open = asyncio.Event()
        self.open.set()
        self.at_once = 0
        self.most_at_once = 0

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.came.append(update)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await self.open.wait()
        self.at_once -= 1
        return web.Response(status=503 if update["message"]["text"] in self.refusing else 200)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.came]


async def until(reached: Any) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not reached():  # noqa: ASYNC110  nothing rings in the receiver
            await asyncio.sleep(0.005)


async def all_taken(room: Room) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await room.control("updates"))["pending"]:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_amina_writes_and_the_webhook_gets_it_with_the_secret(room: Room, receiver: Receiver) -> None:
    waiting = (await room.says(AMINA, "before"))["update_id"]
    assert await room.bot.set_webhook(receiver.url, secret_token="s3cret_-", max_connections=7)
    said = (await room.says(AMINA, "after"))["update_id"]
    await all_taken(room)
    assert [update["update_id"] for update in receiver.came] == [waiting, said]
    assert receiver.secrets == ["s3cret_-"] * 2
    info = await room.bot.get_webhook_info()
    assert (info.url, info.max_connections, info.pending_update_count) == (receiver.url, 7, 0)
    assert info.last_error_message is None
    assert (await room.control("updates"))["confirmed"] == 3


async def test_what_is_not_taken_comes_again_after_growing_pauses_and_others_go_on(
    room: Room, receiver: Receiver
) -> None:
    await room.control("clock", {"set": "2026-03-20T12:00:00+00:00"})
    receiver.refusing = {"hard"}
    await room.bot.set_webhook(receiver.url)
    await room.says(AMINA, "hard")
    await room.says(AMINA, "behind")
    await room.says(KARIM, "other")
    await until(lambda: len(receiver.came) == 2)
    assert sorted(receiver.texts) == ["hard", "other"]
    info = await room.bot.get_webhook_info()
    assert info.pending_update_count == 2
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
    assert info.last_error_date is not None
    assert info.last_error_date.isoformat().startswith("2026-03-20T12:00:0")

    await room.control("clock", {"advance": 1})
    await until(lambda: receiver.texts.count("hard") == 2)
    await room.control("clock", {"advance": 1})
    await asyncio.sleep(0.05)
    assert receiver.texts.count("hard") == 2, "the second pause is longer than the first"
    receiver.refusing = set()
    await room.control("clock", {"advance": 1})
    await all_taken(room)
    assert receiver.texts[-2:] == ["hard", "behind"]


async def test_chats_go_side_by_side_as_far_as_connections_are_allowed(
    room: Room, receiver: Receiver
) -> None:
    receiver.open.clear()
    await room.bot.set_webhook(receiver.url, max_connections=2)
    for person in (AMINA, KARIM, CLAIRE):
        for number in range(3):
            await room.says(person, f"{person}: {number}")
    await until(lambda: receiver.at_once == 2)
    await asyncio.sleep(0.05)
    assert receiver.most_at_once == 2
    receiver.open.set()
    await all_taken(room)
    assert receiver.most_at_once == 2
    for person in (AMINA, KARIM, CLAIRE):
        own = [text for text in receiver.texts if text.startswith(str(person))]
        assert own == [f"{person}: {number}" for number in range(3)], "in the order of the chat"


async def test_a_receiver_that_is_not_there_yet(room: Room, receiver: Receiver) -> None:
    await room.bot.set_webhook("http://127.0.0.1:1/hook")
    await room.says(AMINA, "anybody?")
    await asyncio.sleep(0.1)
    info = await room.bot.get_webhook_info()
    assert (info.last_error_message, info.pending_update_count) == ("Connection refused", 1)
    await room.bot.set_webhook(receiver.url)
    await all_taken(room)
    assert receiver.texts == ["anybody?"]


async def test_nothing_is_delivered_in_an_outage(room: Room, receiver: Receiver) -> None:
    await room.bot.set_webhook(receiver.url)
    await room.control("faults", {"outage": True})
    await room.says(AMINA, "hello?")
    await asyncio.sleep(0.05)
    assert receiver.came == []
    await room.control("faults", {})
    await all_taken(room)
    assert receiver.texts == ["hello?"]


async def test_no_poll_beside_a_webhook(room: Room, receiver: Receiver) -> None:
    poll = asyncio.create_task(room.bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    await room.bot.set_webhook(receiver.url)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll
    with pytest.raises(
        Conflict,
        match="can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
    ):
        await room.bot.get_updates()
    receiver.open.clear()
    said = (await room.says(AMINA, "who gets this?"))["update_id"]
    await until(lambda: receiver.came)
    assert await room.bot.delete_webhook()
    assert [update.update_id for update in await room.bot.get_updates()] == [said], "not taken, so it waits"


async def test_only_the_kinds_asked_for_and_none_of_those_dropped(room: Room, receiver: Receiver) -> None:
    await room.says(AMINA, "dropped")
    await room.bot.set_webhook(receiver.url, allowed_updates=["message"], drop_pending_updates=True)
    assert (await room.presses(AMINA, 1, "x"))["update_id"] is None
    await room.says(AMINA, "heard")
    await all_taken(room)
    assert receiver.texts == ["heard"]
    assert (await room.bot.get_webhook_info()).allowed_updates == ("message",)
    assert await room.bot.set_webhook("")
    assert (await room.bot.get_webhook_info()).url == ""


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "ftp://127.0.0.1/"}, "Bad webhook: an https url must be provided for webhook"),
        ({"url": "https://example.org/"}, "Bad webhook: failed to resolve host: name or service not known"),
        ({"url": "http://127.0.0.1/", "secret_token": "no!"}, "Secret token contains unallowed characters"),
        ({"url": "http://127.0.0.1/", "secret_token": "x" * 257}, "Secret token is too long"),
    ],
)
async def test_a_webhook_that_cannot_be(room: Room, params: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadRequest) as caught:
        await room.bot.set_webhook(**params)
    assert caught.value.message.lower() == reason.lower()
    assert (await room.bot.get_webhook_info()).url == ""
