"""Standing shares of failures, outages, and connections held until the caller gives up."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from sandbox_room import AMINA, Room
from telegram import InputMediaPhoto
from telegram.error import NetworkError, RetryAfter, TimedOut

from sandbox.files import picture


async def fate(room: Room) -> str:
    """Send one message with little patience, and say what became of the call."""
    try:
        status, _ = await asyncio.wait_for(room.call("sendMessage", chat_id=AMINA, text="x"), 0.2)
    except TimeoutError:
        return "timeout"
    except aiohttp.ClientConnectionError:
        return "reset"
    return str(status)


async def test_the_same_seed_gives_the_same_fates(room: Room) -> None:
    shares = {"seed": 7, "429": 0.2, "500": 0.2, "reset": 0.1, "retry_after": 9}
    fates = []
    for _ in range(2):
        await room.control("faults", shares)
        fates.append([await fate(room) for _ in range(60)])
    assert fates[0] == fates[1]
    counts = {what: fates[0].count(what) for what in ("200", "429", "500", "reset")}
    assert sum(counts.values()) == 60
    assert 20 <= counts["200"] <= 45
    assert min(counts.values()) > 0
    await room.control("faults", {**shares, "seed": 8})
    assert [await fate(room) for _ in range(60)] != fates[0]
    await room.control("faults", {})
    assert {await fate(room) for _ in range(60)} == {"200"}


async def test_calls_that_only_read_never_fail_and_polls_only_when_asked(room: Room) -> None:
    await room.control("faults", {"429": 1, "retry_after": 9})
    status, body = await room.call("sendMessage", chat_id=AMINA, text="x")
    assert (status, body["parameters"]) == (429, {"retry_after": 9})
    assert await room.bot.get_me()
    assert await room.bot.get_chat(AMINA)
    assert await room.bot.get_updates() == ()
    await room.control("faults", {"429": 1, "polls": True})
    assert await room.bot.get_me()
    with pytest.raises(RetryAfter):
        await room.bot.get_updates()


async def test_a_share_of_answers_is_lost_after_the_work(room: Room) -> None:
    await room.control("faults", {"timeout": 1})
    assert await fate(room) == "timeout"
    assert (await room.chat(AMINA))[-1]["text"] == "x"


async def test_how_long_to_wait_for_an_answer_is_the_callers_choice(room: Room) -> None:
    await room.control("fail", {"how": "timeout", "count": 2})
    for patience in (0.2, 1.5):
        began = time.monotonic()
        with pytest.raises(TimedOut):
            await room.bot.send_message(AMINA, "x", read_timeout=patience)
        assert patience <= time.monotonic() - began < patience + 20


async def test_an_outage_cuts_everything_until_it_is_over(room: Room) -> None:
    photo = (await room.bot.send_photo(AMINA, picture())).photo[-1]
    file = await room.bot.get_file(photo.file_id)
    poll = asyncio.create_task(room.bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    await room.control("faults", {"outage": True})
    with pytest.raises(NetworkError):
        await asyncio.wait_for(poll, 1)
    for call in (room.bot.get_updates, room.bot.get_me, file.download_as_bytearray):
        with pytest.raises(NetworkError):
            await call()
    assert await fate(room) == "reset"
    async with room.http.get("/control/world") as response:
        assert response.status == 200, "the control API goes on"
    said = (await room.says(AMINA, "Is anybody there?"))["update_id"]
    await room.control("faults", {"outage": False})
    assert [update.update_id for update in await room.bot.get_updates()] == [said]


async def test_an_outage_of_some_seconds_ends_with_the_sandboxs_clock(room: Room) -> None:
    await room.control("faults", {"outage": 120})
    assert await fate(room) == "reset"
    await room.control("clock", {"advance": 119})
    assert await fate(room) == "reset"
    await room.control("clock", {"advance": 2})
    assert await fate(room) == "200"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"429": 2}, "429 must be a number from 0 to 1."),
        ({"reset": True}, "reset must be a number from 0 to 1."),
        ({"429": 0.6, "500": 0.6}, "All shares together must not be more than 1."),
        ({"429": 0.1, "retry_after": 0}, "retry_after must be at least 1."),
        ({"outage": "long"}, "outage must be true, false, or seconds."),
        ({"outage": -1}, "outage must be true, false, or seconds."),
    ],
)
async def test_faults_that_cannot_be(room: Room, body: dict[str, Any], error: str) -> None:
    assert (await room.control("faults", body, status=400))["error"] == error
    assert await fate(room) == "200"


async def test_an_album_is_refused_whole(room: Room) -> None:
    await room.control("limits", {"enabled": True})
    media = [InputMediaPhoto(picture())] * 3
    assert len(await room.bot.send_media_group(AMINA, media)) == 3
    with pytest.raises(RetryAfter):
        await room.bot.send_media_group(AMINA, media)
    assert len(await room.chat(AMINA)) == 4
    await room.control("clock", {"advance": 5})
    assert len(await room.bot.send_media_group(AMINA, [InputMediaPhoto(picture())] * 10)) == 10
