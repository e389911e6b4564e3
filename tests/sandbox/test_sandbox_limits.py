"""Telegram's flood limits, on the sandbox's own clock."""

import pytest
from sandbox_room import AMINA, KARIM, TEAM, Room
from telegram.error import RetryAfter


async def sent_until_refused(room: Room, chat_id: int) -> tuple[int, int]:
    """Send until the server refuses: how many went through, and the seconds to wait."""
    for count in range(100):
        status, body = await room.call("sendMessage", chat_id=chat_id, text="x")
        if status == 429:
            return count, body["parameters"]["retry_after"]
    raise AssertionError("never refused")


async def test_limits_are_off_at_first(room: Room) -> None:
    for _ in range(40):
        await room.bot.send_message(AMINA, "x")


async def test_a_person_gets_a_short_burst_and_then_one_a_second(room: Room) -> None:
    await room.control("limits", {"enabled": True})
    count, wait = await sent_until_refused(room, AMINA)
    assert (count, wait) == (5, 5)
    with pytest.raises(RetryAfter, match=r"Flood control exceeded\. Retry in "):
        await room.bot.send_message(AMINA, "x")
    await room.control("clock", {"advance": wait})
    assert await room.bot.send_message(AMINA, "x")
    await room.control("limits", {"enabled": False})
    for _ in range(10):
        await room.bot.send_message(AMINA, "x")


async def test_a_group_gets_twenty_a_minute_edits_included(room: Room) -> None:
    await room.control(f"people/{KARIM}/bot_in_group", {"chat_id": TEAM, "member": True})
    await room.control("limits", {"enabled": True})
    said = await room.bot.send_message(TEAM, "0")
    for number in range(1, 20):
        await said.edit_text(str(number))
    with pytest.raises(RetryAfter):
        await said.edit_text("20")
    count, wait = await sent_until_refused(room, TEAM)
    assert count == 0
    assert 55 <= wait <= 60
    await room.control("clock", {"advance": wait})
    assert await room.bot.send_message(TEAM, "21")


async def test_thirty_a_second_over_all(room: Room) -> None:
    people = range(9001, 9011)
    for person in people:
        await room.control("people", {"id": person, "first_name": f"Person {person}"})
        await room.says(person, "Salaam")
    await room.control("limits", {"enabled": True})
    sent = [(await room.call("sendMessage", chat_id=people[n % 10], text="x"))[0] for n in range(31)]
    assert sent == [200] * 30 + [429]
    await room.control("clock", {"advance": 1})
    assert (await room.call("sendMessage", chat_id=people[0], text="x"))[0] == 200


async def test_edits_to_a_person_do_not_count(room: Room) -> None:
    await room.control("limits", {"enabled": True})
    said = await room.bot.send_message(AMINA, "0")
    for number in range(1, 20):
        await said.edit_text(str(number))
