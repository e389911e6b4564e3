"""The control API: the world, the clock, the transcript, its stream, the page, and who may call."""

import asyncio
import json
import sys
from typing import Any

import aiohttp
import pytest
from sandbox_room import AMINA, CLAIRE, KARIM, TEAM, TOKEN, Room
from yarl import URL

from sandbox.server import PAGE, serve


async def read_stream(response: aiohttp.ClientResponse, count: int) -> list[dict[str, Any]]:
    """Read the next events of a stream."""
    events: list[dict[str, Any]] = []
    while len(events) < count:
        line = await asyncio.wait_for(response.content.readline(), 2)
        if line.startswith(b"data: "):
            events.append(json.loads(line.removeprefix(b"data: ")))
    return events


async def test_an_empty_world() -> None:
    async with (
        aiohttp.ClientSession() as http,
        serve() as address,
        http.get(f"{address}/control/world") as response,
    ):
        world = await response.json()
    assert (world["bot"], world["people"], world["groups"], world["last_seq"]) == (None, [], [], 0)


async def test_the_world_in_order(room: Room) -> None:
    await room.control(
        "people", {"id": AMINA, "first_name": "Amina", "title": "Applicant, Dari", "note": "a\nb"}
    )
    world = await room.control("world")
    assert world["bot"]["username"] == "sandbox_bot"
    assert [person["first_name"] for person in world["people"]] == ["Amina", "Karim", "Claire"]
    assert world["people"][0]["note"] == "a\nb"
    assert (world["people"][0]["started"], world["people"][1]["started"]) == (True, False)
    (group,) = world["groups"]
    assert (group["title"], group["members"], group["bot_is_member"]) == ("Team", [KARIM, CLAIRE], False)


async def test_the_clock_moves_and_dates_follow(room: Room) -> None:
    assert (await room.control("clock", {"set": "2026-03-20T14:45:00+04:30"}))["now"].startswith(
        "2026-03-20T10:15:00"
    )
    said = await room.bot.send_message(AMINA, "Nawroz")
    assert said.date.isoformat() == "2026-03-20T10:15:00+00:00"
    await room.control("clock", {"advance": 3600})
    assert (await room.control("world"))["now"].startswith("2026-03-20T11:15:0")


async def test_a_chat_read_from_where_one_stood(room: Room) -> None:
    said = await room.bot.send_message(AMINA, "one")
    seq = (await room.control(f"chats/{AMINA}/messages"))["last_seq"]
    assert (await room.control(f"chats/{AMINA}/messages?after={seq}"))["messages"] == []
    await room.bot.send_message(AMINA, "two")
    await said.edit_text("one, corrected")
    after = await room.control(f"chats/{AMINA}/messages?after={seq}")
    assert [message["text"] for message in after["messages"]] == ["one, corrected", "two"]
    events = (await room.control(f"transcript?after={seq}&chat_id={AMINA}"))["events"]
    assert [event["type"] for event in events] == ["message", "edit"]
    assert (await room.control(f"transcript?chat_id={KARIM}"))["events"] == []


async def test_the_stream_tells_everything_and_a_listener_that_returns_misses_nothing(room: Room) -> None:
    async with room.http.get("/control/events") as stream:
        assert stream.content_type == "text/event-stream"
        await room.says(AMINA, "one")
        await room.control("people", {"id": 77, "first_name": "Omid"})
        first, second = await read_stream(stream, 2)
    assert (first["type"], first["text"], second) == ("message", "one", {"type": "world"})
    for text in ("two", "three"):
        await room.says(AMINA, text)
    async with room.http.get("/control/events", headers={"Last-Event-ID": str(first["seq"])}) as stream:
        assert [event["text"] for event in await read_stream(stream, 2)] == ["two", "three"]


async def test_a_listener_that_does_not_read_holds_nobody_up(room: Room) -> None:
    async with room.http.get("/control/events") as stream:
        items = [{"person": AMINA, "text": "x" * 900} for _ in range(1000)]
        await room.control("burst", {"items": items})
        assert await asyncio.wait_for(room.bot.get_me(), 1)
        events = await read_stream(stream, 1000)
    assert [event["seq"] for event in events] == list(range(events[0]["seq"], events[0]["seq"] + 1000))


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("people", {"id": "1", "first_name": "x"}, 400, "id must be a whole number."),
        ("people", {"id": True, "first_name": "x"}, 400, "id must be a whole number."),
        ("people", {"id": -1, "first_name": "x"}, 400, "A person's id must be positive."),
        ("people", {"id": 123456, "first_name": "x"}, 400, "This id is the bot's."),
        ("people", {"id": 1}, 400, "first_name is missing: it must be text."),
        ("people", {"id": 1, "first_name": "\ud800"}, 400, "first_name holds half a character."),
        (
            "groups",
            {"id": 1, "title": "x", "type": "group", "members": []},
            400,
            "A group's id must be negative.",
        ),
        (
            "groups",
            {"id": -1, "title": "x", "type": "group", "members": ["a"]},
            400,
            "members must be a list of ids.",
        ),
        ("groups", {"id": -1, "title": "x", "type": "group", "members": [4]}, 404, "There is no person 4."),
        (
            "groups",
            {"id": -1, "title": "x", "type": "x", "members": []},
            400,
            "type must be one of: group, supergroup.",
        ),
        ("people/4/send", {"text": "x"}, 404, "There is no person 4."),
        (f"people/{AMINA}/dance", {}, 404, "People cannot dance."),
        (f"people/{AMINA}/send", {"text": " "}, 400, "text must not be empty."),
        (f"people/{AMINA}/send", {"text": "x" * 4097}, 400, "text must not be longer than 4096 characters."),
        (f"people/{AMINA}/send", {"text": "x", "chat_id": -5}, 404, "There is no group -5."),
        (f"people/{AMINA}/send", {"text": "x", "chat_id": TEAM}, 400, "Amina is not a member of Team."),
        (f"people/{AMINA}/send", {"text": "x", "reply_to": 99}, 404, "There is no message to reply to."),
        (f"people/{AMINA}/send", {"sticker": "x", "caption": "y"}, 400, "A sticker has no caption."),
        (f"people/{AMINA}/send", {"photo": False}, 400, "photo must be true."),
        (f"people/{AMINA}/send", {"voice": 0}, 400, "voice must be at least one second."),
        (f"people/{AMINA}/send", {"location": {}}, 400, "location must have a latitude and a longitude."),
        (f"people/{AMINA}/edit", {"message_id": 99, "text": "x"}, 404, "There is no such message."),
        (f"people/{AMINA}/bot_in_group", {"member": True}, 400, "chat_id must be a group's."),
        ("burst", {"items": ["x"]}, 400, "items must be a list of objects."),
        ("fail", {"how": "x", "count": 1}, 400, "how must be one of: 429, 500, timeout, reset."),
        ("fail", {"how": "500", "count": 0}, 400, "count and retry_after must be at least 1."),
        ("clock", {"set": "tomorrow"}, 400, "set must be an ISO time."),
        (
            "clock",
            {"set": "2026-01-01T00:00:00"},
            400,
            "set must say its time zone, such as 2026-03-01T12:00:00+00:00.",
        ),
        ("clock", {"advance": 10**15}, 400, "advance must not be more than a hundred years."),
        ("limits", {"enabled": "yes"}, 400, "enabled must be true or false."),
        ("limits", {}, 400, "enabled is missing: it must be true or false."),
    ],
)
async def test_what_is_wrong_is_said(
    room: Room, path: str, body: dict[str, Any], status: int, error: str
) -> None:
    assert (await room.control(path, body, status=status))["error"] == error


async def test_one_kind_at_a_time_and_only_ones_own_texts(room: Room) -> None:
    answer = await room.control(f"people/{AMINA}/send", {"text": "x", "sticker": "y"}, status=400)
    assert answer["error"].startswith("The message must be exactly one of: text,")
    said = await room.bot.send_message(AMINA, "mine")
    answer = await room.control(
        f"people/{AMINA}/edit", {"message_id": said.message_id, "text": "x"}, status=400
    )
    assert answer["error"] == "Amina can change only a text of their own."
    for path in ("chats/404/messages", "transcript?after=x"):
        async with room.http.get(f"/control/{path}") as response:
            assert response.status in (400, 404)
            assert not (await response.json())["ok"]
    assert (await room.control("nothing", {}, status=404))[
        "error"
    ] == "There is no call POST /control/nothing."
    async with room.http.post("/control/people", data=b"[]") as response:
        assert (await response.json())["error"] == "The body must be a JSON object."


async def test_other_sites_may_not_call(room: Room) -> None:
    for headers in ({"Origin": "https://example.org"}, {"Host": "example.org"}, {"Origin": "null"}):
        async with room.http.get("/control/world", headers=headers) as response:
            assert response.status == 403
    async with room.http.get("/control/world", headers={"Origin": room.address}) as response:
        assert response.status == 200


async def test_the_page_is_served_fresh(room: Room) -> None:
    for name in ("", *(f"page/{file.name}" for file in PAGE.iterdir() if file.is_file())):
        async with room.http.get(f"/{name}") as response:
            assert response.status == 200
            assert response.headers["Cache-Control"] == "no-store"
    for name in ("page/nothing.js", "page/%2e%2e/server.py", "page/..%2fserver.py"):
        async with room.http.get(URL(f"{room.address}/{name}", encoded=True)) as response:
            assert response.status == 404


async def test_nothing_but_loopback() -> None:
    with pytest.raises(ValueError, match="listens on loopback only"):
        async with serve(host="0.0.0.0"):
            pass


async def test_the_command_prints_its_address_and_stops_when_told() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    address = (await asyncio.wait_for(process.stdout.readline(), 10)).decode().strip()
    async with aiohttp.ClientSession() as http, http.get(f"{address}/bot{TOKEN}/getMe") as response:
        assert response.status == 200
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 3) == 0
