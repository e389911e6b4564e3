"""What people do reaches the bot: held polls, redelivery, and the shape of every kind of update."""

import asyncio
import time

import aiohttp
import pytest
from sandbox_room import AMINA, CLAIRE, KARIM, TEAM, TOKEN, Room
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message
from telegram.error import Conflict

from sandbox.server import serve


async def test_a_poll_waits_until_amina_writes(room: Room) -> None:
    poll = asyncio.create_task(room.bot.get_updates(offset=-1, timeout=20))
    await asyncio.sleep(0.1)
    assert not poll.done()
    await room.says(AMINA, "Is there news?")
    (update,) = await asyncio.wait_for(poll, 1)
    assert update.message is not None
    assert update.message.text == "Is there news?"
    assert update.message.from_user is not None
    assert update.message.from_user.id == update.message.chat.id == AMINA


async def test_a_poll_without_news_ends_empty_at_its_time(room: Room) -> None:
    began = time.monotonic()
    assert await room.bot.get_updates(timeout=1) == ()
    assert 0.9 < time.monotonic() - began < 20


async def test_an_update_comes_again_until_it_is_confirmed(room: Room) -> None:
    first = (await room.says(AMINA, "one"))["update_id"]
    second = (await room.says(AMINA, "two"))["update_id"]
    for _ in range(2):
        assert [update.update_id for update in await room.bot.get_updates()] == [first, second]
    assert [update.update_id for update in await room.bot.get_updates(offset=second)] == [second]
    assert await room.control("updates") == {"ok": True, "pending": 1, "confirmed": 2}


async def test_a_limit_takes_the_oldest_and_a_negative_offset_the_newest(room: Room) -> None:
    ids = [(await room.says(AMINA, str(number)))["update_id"] for number in range(5)]
    assert [update.update_id for update in await room.bot.get_updates(limit=2)] == ids[:2]
    assert [update.update_id for update in await room.bot.get_updates(offset=-2)] == ids[3:]
    assert (await room.control("updates"))["pending"] == 2


async def test_kinds_the_bot_did_not_ask_for_never_come(room: Room) -> None:
    await room.bot.get_updates(allowed_updates=["callback_query"])
    assert (await room.says(AMINA, "unheard"))["update_id"] is None
    await room.bot.get_updates()  # an absent list keeps the last one
    assert (await room.says(AMINA, "unheard too"))["update_id"] is None
    await room.bot.get_updates(allowed_updates=[])
    heard = (await room.says(AMINA, "heard"))["update_id"]
    assert [update.update_id for update in await room.bot.get_updates()] == [heard]


async def test_a_second_poller_ends_the_first(room: Room) -> None:
    older = asyncio.create_task(room.bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    newer = asyncio.create_task(room.call("getUpdates", timeout=20))
    with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one"):
        await older
    await room.says(AMINA, "who hears me?")
    status, body = await newer
    assert status == 200
    assert body["result"][0]["message"]["text"] == "who hears me?"


async def test_dropping_pending_updates(room: Room) -> None:
    await room.says(AMINA, "lost")
    assert await room.bot.delete_webhook(drop_pending_updates=True)
    info = await room.bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == ("", 0)


async def test_a_command_is_marked(room: Room) -> None:
    await room.says(AMINA, "/start now")
    message = (await room.news())[0].message
    assert message is not None
    assert message.parse_entities(["bot_command"]) == {message.entities[0]: "/start"}


async def test_amina_sends_all_kinds_of_things(room: Room) -> None:
    await room.sends(AMINA, sticker="👍")
    await room.sends(AMINA, voice=7)
    await room.sends(AMINA, photo=True, caption="My letter")
    await room.sends(AMINA, document="letter.pdf")
    await room.sends(AMINA, location=True)
    await room.sends(AMINA, location={"latitude": 45.4, "longitude": -75.7})
    await room.sends(AMINA, contact={"phone_number": "+1555", "first_name": "Omid", "user_id": 9})
    sticker, voice, photo, document, _, place, contact = [
        update.effective_message for update in await room.news()
    ]
    assert sticker is not None
    assert sticker.sticker is not None
    assert sticker.sticker.emoji == "👍"
    assert voice is not None
    assert voice.voice is not None
    assert voice.voice.to_dict()["duration"] == 7
    assert photo is not None
    assert photo.caption == "My letter"
    assert bytes(await (await photo.photo[-1].get_file()).download_as_bytearray()).startswith(b"\x89PNG")
    assert document is not None
    assert document.document is not None
    assert document.document.file_name == "letter.pdf"
    assert document.document.file_unique_id
    assert place is not None
    assert place.location is not None
    assert place.location.latitude == 45.4
    assert contact is not None
    assert contact.contact is not None
    assert contact.contact.user_id == 9


async def test_amina_forwards_and_replies(room: Room) -> None:
    said = await room.bot.send_message(AMINA, "Your number?")
    await room.says(AMINA, "G000012345", reply_to=said.message_id)
    await room.says(AMINA, "They wrote me this", forward=True)
    reply, forwarded = [update.effective_message for update in await room.news()]
    assert reply is not None
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.text == "Your number?"
    assert forwarded is not None
    assert forwarded.forward_origin is not None
    assert [message.get("forwarded") for message in await room.chat(AMINA)][-2:] == [None, True]


async def test_amina_corrects_herself(room: Room) -> None:
    said = await room.says(AMINA, "I am in Tehran")
    await room.control(
        f"people/{AMINA}/edit", {"message_id": said["message_id"], "text": "I am in Islamabad"}
    )
    first, second = await room.news()
    assert first.message is not None
    assert first.message.text == "I am in Tehran"
    assert second.edited_message is not None
    assert second.edited_message.text == "I am in Islamabad"
    assert second.edited_message.edit_date is not None


async def test_amina_presses_a_button_and_is_answered(room: Room) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Dari", callback_data="lang:fa")]])
    asked = await room.bot.send_message(AMINA, "Language?", reply_markup=keyboard)
    await room.presses(AMINA, asked.message_id, "lang:fa")
    query = (await room.news())[0].callback_query
    assert query is not None
    assert (query.data, query.from_user.id, bool(query.chat_instance)) == ("lang:fa", AMINA, True)
    assert isinstance(query.message, Message)
    assert query.message.reply_markup == keyboard
    assert await query.answer("Dari it is", show_alert=True)
    edited = await query.edit_message_text("Dari")
    assert isinstance(edited, Message)
    (press,), (answer,) = await room.events("press"), await room.events("answer")
    assert press["callback_query_id"] == answer["callback_query_id"] == query.id
    assert (answer["text"], answer["show_alert"], answer["from_id"]) == ("Dari it is", True, AMINA)


async def test_a_press_under_a_deleted_message_is_stale(room: Room) -> None:
    asked = await room.bot.send_message(AMINA, "Language?")
    await asked.delete()
    await room.presses(AMINA, asked.message_id, "lang:fa")
    query = (await room.news())[0].callback_query
    assert query is not None
    assert isinstance(query.message, MaybeInaccessibleMessage)
    assert not query.message.is_accessible
    assert await query.answer()


async def test_amina_blocks_the_bot_and_comes_back(room: Room) -> None:
    for blocked in (True, False):
        await room.control(f"people/{AMINA}/block", {"blocked": blocked})
    gone, back = [update.my_chat_member for update in await room.news()]
    assert gone is not None
    assert (gone.old_chat_member.status, gone.new_chat_member.status) == ("member", "kicked")
    assert gone.new_chat_member.user == room.bot.bot
    assert back is not None
    assert back.new_chat_member.status == "member"


async def test_karim_takes_the_bot_into_the_team_and_out_again(room: Room) -> None:
    assert (await room.says(KARIM, "Nobody hears this", chat_id=TEAM))["update_id"] is None
    await room.control(f"people/{KARIM}/bot_in_group", {"chat_id": TEAM, "member": True})
    await room.says(CLAIRE, "Hello all", chat_id=TEAM)
    await room.control(f"people/{KARIM}/bot_in_group", {"chat_id": TEAM, "member": False})
    added, hello, removed = await room.news()
    assert added.my_chat_member is not None
    assert added.my_chat_member.chat.title == "Team"
    assert added.my_chat_member.from_user.id == KARIM
    assert hello.message is not None
    assert hello.message.chat.id == TEAM
    assert removed.my_chat_member is not None
    assert removed.my_chat_member.new_chat_member.status == "kicked"
    kinds = [message["kind"] for message in await room.chat(TEAM)]
    assert kinds == ["text", "service", "text", "service"]


async def test_what_was_said_before_the_bot_first_called_names_it_too(empty_room: Room) -> None:
    await empty_room.control("people", {"id": AMINA, "first_name": "Amina"})
    await empty_room.control(f"people/{AMINA}/block", {"blocked": True})
    change = (await empty_room.news())[0].my_chat_member
    assert change is not None
    assert change.new_chat_member.user.id == 123456


async def test_three_hundred_people_write_at_once(room: Room) -> None:
    said = await room.bot.send_message(AMINA, "Yes or no?")
    items = [{"person": AMINA, "text": f"question {number}"} for number in range(299)]
    began = time.monotonic()
    answer = await room.control(
        "burst", {"items": [*items, {"person": AMINA, "message_id": said.message_id, "data": "yes"}]}
    )
    assert time.monotonic() - began < 20
    ids = answer["update_ids"]
    assert ids == sorted(ids)
    taken = [update for _ in range(3) for update in await room.news()]
    assert [update.update_id for update in taken] == ids
    assert taken[-1].callback_query is not None


async def test_stopping_ends_polls_and_streams_at_once() -> None:
    async with aiohttp.ClientSession() as http:
        async with serve() as address:
            poll = asyncio.create_task(http.get(f"{address}/bot{TOKEN}/getUpdates?timeout=30"))
            stream = await http.get(f"{address}/control/events")
            await asyncio.sleep(0.1)
            began = time.monotonic()
        assert time.monotonic() - began < 20
        assert (await (await poll).json())["result"] == []
        assert b"listening" in await stream.read()
