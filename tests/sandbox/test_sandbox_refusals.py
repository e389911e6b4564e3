"""Each refusal in Telegram's own words, and each failure made to order."""

import asyncio
import io
import time
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sandbox_room import AMINA, CLAIRE, KARIM, TEAM, TOKEN, Room
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from sandbox.server import serve

LONG_BUTTON = {"inline_keyboard": [[{"text": "x", "callback_data": "ی" * 33}]]}
BARE_BUTTON = {"inline_keyboard": [[{"text": "x"}]]}


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({}, "Bad Request: message text is empty"),
        ({"text": " \n "}, "Bad Request: text must be non-empty"),
        ({"text": "\u200f\u2060"}, "Bad Request: text must be non-empty"),
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": "x", "chat_id": 404}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": "@somebody"}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": ""}, "Bad Request: chat_id is empty"),
        ({"text": "x", "parse_mode": "Wiki"}, "Bad Request: unsupported parse_mode"),
        ({"text": "\ud83d"}, "Bad Request: strings must be encoded in UTF-8"),
        ({"text": "x", "reply_markup": LONG_BUTTON}, "Bad Request: BUTTON_DATA_INVALID"),
        (
            {"text": "x", "reply_markup": BARE_BUTTON},
            (
                "Bad Request: can't parse inline keyboard button: "
                "Text buttons are unallowed in the inline keyboard"
            ),
        ),
        ({"text": "x", "reply_markup": "{"}, "Bad Request: can't parse reply keyboard markup JSON object"),
        (
            {"text": "x", "reply_parameters": {"message_id": 99}},
            "Bad Request: message to be replied not found",
        ),
        (
            {"text": "😀", "entities": [{"type": "bold", "offset": 0, "length": 3}]},
            (
                "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text "
                "at UTF-16 offset 3"
            ),
        ),
        (
            {
                "text": "x",
                "entities": [{"type": "text_mention", "offset": 0, "length": 1, "user": {"id": 404}}],
            },
            "Bad Request: user not found",
        ),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "url": "http://localhost"}]]}},
            "Bad Request: inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [{"text": "x"}]}},
            'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (
            {"text": "<b>x</i>", "parse_mode": "HTML"},
            (
                "Bad Request: can't parse entities: Unmatched end tag at byte offset 4, "
                'expected "</b>", found "</i>"'
            ),
        ),
    ],
)
async def test_a_message_that_cannot_be_sent(room: Room, params: dict[str, Any], description: str) -> None:
    status, body = await room.call("sendMessage", **({"chat_id": AMINA} | params))
    assert (status, body) == (400, {"ok": False, "error_code": 400, "description": description})
    assert (await room.events("refused"))[-1]["description"] == description


async def test_markup_does_not_count_towards_the_length(room: Room) -> None:
    said = await room.bot.send_message(AMINA, f"<b>{'x' * 4096}</b>", "HTML")
    assert said.text == "x" * 4096


async def test_nobody_is_written_to_who_did_not_write_first(room: Room) -> None:
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await room.bot.send_message(KARIM, "Salaam")


async def test_nobody_is_written_to_who_blocked_the_bot(room: Room) -> None:
    said = await room.bot.send_message(AMINA, "Salaam")
    await room.control(f"people/{AMINA}/block", {"blocked": True})
    for call in (
        room.bot.send_message(AMINA, "?"),
        said.edit_text("?"),
        room.bot.send_chat_action(AMINA, "typing"),
    ):
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await call
    error = (await room.control(f"people/{AMINA}/send", {"text": "Hello?"}, status=400))["error"]
    assert error == "Amina has blocked the bot and must unblock it first."
    await room.control(f"people/{AMINA}/block", {"blocked": False})
    assert await room.bot.send_message(AMINA, "Welcome back")


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_group_without_the_bot_is_closed_to_it(room: Room, kind: str) -> None:
    await room.control("groups", {"id": -7, "title": "Others", "type": kind, "members": [CLAIRE]})
    with pytest.raises(Forbidden, match=f"bot is not a member of the {kind} chat"):
        await room.bot.send_message(-7, "Hello")
    for member in (True, False):
        await room.control(f"people/{CLAIRE}/bot_in_group", {"chat_id": -7, "member": member})
    with pytest.raises(Forbidden, match=f"bot was kicked from the {kind} chat"):
        await room.bot.get_chat(-7)


async def test_an_edit_needs_a_message_of_the_bot_and_something_new(room: Room) -> None:
    said = await room.bot.send_message(AMINA, "Same", reply_markup=None)
    with pytest.raises(
        BadRequest,
        match=r"^Message is not modified: specified new message content and reply markup are exactly the "
        r"same as a current content and reply markup of the message$",
    ):
        await said.edit_text("Same")
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await room.bot.edit_message_text("x", AMINA, 99)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await room.bot.edit_message_text("x", AMINA, 1)
    with pytest.raises(BadRequest, match="Invalid inline message identifier specified"):
        await room.bot.edit_message_text("x", inline_message_id="no-such")
    document = await room.bot.send_document(AMINA, b"x")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await document.edit_text("x")
    status, body = await room.call("editMessageText", chat_id=AMINA, message_id=99, text="x")
    assert (status, body["description"]) == (400, "Bad Request: message to edit not found")


async def test_a_message_can_be_deleted_for_two_days(room: Room) -> None:
    old = await room.bot.send_message(AMINA, "old")
    await room.control("clock", {"advance": 48 * 3600 - 60})
    young = await room.bot.send_message(AMINA, "young")
    await room.control("clock", {"advance": 120})
    assert await young.delete()
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await old.delete()
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await young.delete()


async def test_the_bot_deletes_nothing_of_others_in_a_group(room: Room) -> None:
    await room.control(f"people/{KARIM}/bot_in_group", {"chat_id": TEAM, "member": True})
    said = await room.says(KARIM, "mine", chat_id=TEAM)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await room.bot.delete_message(TEAM, said["message_id"])


async def test_a_query_grows_old(room: Room) -> None:
    too_old = "Query is too old and response timeout expired or query id is invalid"
    with pytest.raises(BadRequest, match=too_old):
        await room.bot.answer_callback_query("12345")
    await room.presses(AMINA, 1, "x")
    query = (await room.news())[0].callback_query
    assert query is not None
    await room.control("clock", {"advance": 3600})
    with pytest.raises(BadRequest, match=too_old):
        await query.answer()


async def test_captions_and_pictures_are_checked(room: Room) -> None:
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await room.bot.send_document(AMINA, b"x", caption="x" * 1025)
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await room.bot.send_photo(AMINA, b"no picture")
    with pytest.raises(BadRequest, match="Wrong file identifier/http url specified"):
        await room.bot.send_voice(AMINA, "no-such-file")
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await room.bot.get_file("no-such-file")


async def test_unknown_members_commands_and_actions(room: Room) -> None:
    for method, params, description in (
        ("getChatMember", {"chat_id": AMINA, "user_id": 404}, "user not found"),
        ("setMyCommands", {"commands": [{"command": "No!", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": ""}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ("sendChatAction", {"chat_id": AMINA, "action": "dance"}, "wrong parameter action in request"),
        ("leaveChat", {"chat_id": AMINA}, "chat member status can't be changed in private chats"),
    ):
        assert (await room.call(method, **params))[1]["description"] == f"Bad Request: {description}"


async def test_unknown_methods_and_tokens(room: Room) -> None:
    assert await room.call("makeCoffee") == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found"},
    )
    for token in ("nonsense", "999:other", "123456:"):
        async with room.http.get(f"/bot{token}/getMe") as response:
            assert (response.status, (await response.json())["description"]) == (401, "Unauthorized")
    async with room.http.get(f"/file/bot{TOKEN}/documents/nothing") as response:
        assert response.status == 404
    async with room.http.post(
        f"/bot{TOKEN}/getMe", data=b"[", headers={"Content-Type": "application/json"}
    ) as r:
        assert r.status == 400


async def test_too_many_requests_made_to_order(room: Room) -> None:
    await room.control("fail", {"how": "429", "count": 2, "method": "sendMessage", "retry_after": 7})
    assert await room.bot.get_me()
    for _ in range(2):
        with pytest.raises(RetryAfter) as caught:
            await room.bot.send_message(AMINA, "x")
        assert caught.value.retry_after == timedelta(seconds=7)
    assert await room.bot.send_message(AMINA, "now")


async def test_an_inner_error_made_to_order_for_one_chat(room: Room) -> None:
    await room.says(KARIM, "Salaam")
    await room.control("fail", {"how": "500", "count": 1, "chat_id": KARIM})
    assert await room.bot.send_message(AMINA, "unharmed")
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await room.bot.send_message(KARIM, "x")
    assert await room.bot.send_message(KARIM, "again")


async def test_an_answer_lost_after_the_work(room: Room) -> None:
    await room.control("fail", {"how": "timeout", "count": 1})
    with pytest.raises(TimedOut):
        await room.bot.send_message(AMINA, "did it arrive?", read_timeout=0.3)
    assert (await room.chat(AMINA))[-1]["text"] == "did it arrive?"


async def test_a_connection_cut_before_the_work(room: Room) -> None:
    await room.control("fail", {"how": "reset", "count": 1, "method": "sendmessage"})
    with pytest.raises(NetworkError, match="ReadError"):
        await room.bot.send_message(AMINA, "never arrives")
    assert (await room.chat(AMINA))[-1]["text"] == "Salaam"
    await room.control("fail", {"how": "reset", "count": 1})
    with pytest.raises(aiohttp.ClientConnectionError):
        await room.call("sendMessage", chat_id=AMINA, text="x")
    assert (await room.events("refused"))[-1]["description"] == "connection reset"


async def test_polls_fail_only_when_named(room: Room) -> None:
    await room.control("fail", {"how": "500", "count": 1})
    assert await room.bot.get_updates() == ()
    await room.control("fail", {"how": "429", "count": 1, "method": "getUpdates"})
    with pytest.raises(RetryAfter):
        await room.bot.get_updates()


async def test_stopping_does_not_wait_for_answers_that_never_come() -> None:
    async with aiohttp.ClientSession() as http:
        async with serve() as address:
            await http.post(f"{address}/control/fail", json={"how": "timeout", "count": 1})
            lost = asyncio.create_task(http.get(f"{address}/bot{TOKEN}/getMe"))
            await asyncio.sleep(0.1)
            assert not lost.done()
            began = time.monotonic()
        assert time.monotonic() - began < 20
        with pytest.raises(aiohttp.ClientConnectionError):
            await lost


async def test_a_broken_upload_and_one_that_is_too_large(room: Room) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    async with room.http.post(f"/bot{TOKEN}/sendDocument", data=b"nothing", headers=kind) as response:
        assert response.status == 400
    form = aiohttp.FormData({"chat_id": str(AMINA)})
    form.add_field("document", io.BytesIO(bytes(51 * 1024 * 1024)), filename="large.bin")
    async with room.http.post(f"/bot{TOKEN}/sendDocument", data=form) as response:
        assert (response.status, (await response.json())["description"]) == (413, "Request Entity Too Large")
