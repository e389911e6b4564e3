"""What the bot says arrives as Telegram would show it: texts, keyboards, edits, files, chats and commands."""

import time
from typing import Any

import pytest
from sandbox_room import AMINA, CLAIRE, KARIM, TEAM, TOKEN, Room
from telegram import (
    BotCommand,
    BotCommandScopeChat,
    ChatMemberLeft,
    ChatMemberMember,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest

from sandbox.files import picture


async def test_the_bot_introduces_itself(room: Room) -> None:
    me = await room.bot.get_me()
    assert (me.id, me.is_bot, me.username) == (123456, True, "sandbox_bot")


async def test_html_in_dari_becomes_text_with_entities(room: Room) -> None:
    said = await room.bot.send_message(
        AMINA,
        "👋 <b>سلام</b>، دوسیهٔ <code>G000012345</code> — <a href='https://canada.ca'>معلومات</a>",
        "HTML",
    )
    assert said.text == "👋 سلام، دوسیهٔ G000012345 — معلومات"
    assert said.from_user is not None
    assert said.from_user.is_bot
    assert [(entity.type, said.parse_entity(entity)) for entity in said.entities] == [
        ("bold", "سلام"),
        ("code", "G000012345"),
        ("text_link", "معلومات"),
    ]
    (_, shown) = await room.chat(AMINA)
    assert shown["html"] == (
        '👋 <b>سلام</b>، دوسیهٔ <code>G000012345</code> — <a href="https://canada.ca/">معلومات</a>'
    )
    assert (shown["is_bot"], shown["from_id"]) == (True, 123456)


@pytest.mark.parametrize(
    ("mode", "source"),
    [
        ("MarkdownV2", "👋 *سلام*، دوسیهٔ `G000012345` — [معلومات](https://canada.ca)\\."),
        ("markdownv2", "👋 *سلام*، دوسیهٔ `G000012345` — [معلومات](https://canada.ca)\\."),
        ("Markdown", "👋 *سلام*، دوسیهٔ `G000012345` — [معلومات](https://canada.ca)."),
    ],
)
async def test_markdown_in_dari_becomes_text_with_entities(room: Room, mode: str, source: str) -> None:
    said = await room.bot.send_message(AMINA, source, mode)
    assert said.text == "👋 سلام، دوسیهٔ G000012345 — معلومات."
    assert [(entity.type, said.parse_entity(entity)) for entity in said.entities] == [
        ("bold", "سلام"),
        ("code", "G000012345"),
        ("text_link", "معلومات"),
    ]
    with pytest.raises(BadRequest, match=r"^Can't parse entities: "):
        await room.bot.send_message(AMINA, "*سلام", mode)


async def test_code_inside_code_and_styles_inside_code_are_gone(room: Room) -> None:
    said = await room.bot.send_message(AMINA, "<pre>a<code>b</code><b>c</b></pre>", "HTML")
    assert [(entity.type, said.parse_entity(entity)) for entity in said.entities] == [("pre", "abc")]


async def test_entities_can_be_given_instead(room: Room) -> None:
    said = await room.bot.send_message(
        AMINA, "😀 bold", entities=[MessageEntity("bold", 3, 4), MessageEntity("pre", 0, 2, language="text")]
    )
    assert {said.parse_entity(entity) for entity in said.entities} == {"bold", "😀"}


async def test_space_around_a_text_goes_and_links_are_found(room: Room) -> None:
    said = await room.bot.send_message(
        AMINA, "\n  <i> See canada.ca/ircc, or ask me@example.org /help </i> \n", "HTML"
    )
    assert said.text == "See canada.ca/ircc, or ask me@example.org /help"
    assert [(entity.type, said.parse_entity(entity)) for entity in said.entities] == [
        ("italic", said.text),
        ("url", "canada.ca/ircc"),
        ("email", "me@example.org"),
        ("bot_command", "/help"),
    ]


async def test_a_link_to_a_person_is_a_mention_of_somebody_known(room: Room) -> None:
    said = await room.bot.send_message(
        AMINA, f"<a href='tg://user?id={KARIM}'>Karim</a> and <a href='tg://user?id=404'>nobody</a>", "HTML"
    )
    (mention,) = said.entities
    assert mention.user is not None
    assert (mention.type, mention.user.first_name, said.parse_entity(mention)) == (
        "text_mention",
        "Karim",
        "Karim",
    )


async def test_a_message_says_how_it_wants_to_be_shown(room: Room) -> None:
    said = await room.bot.send_message(
        AMINA,
        "https://canada.ca",
        protect_content=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        disable_notification=True,
    )
    assert said.has_protected_content
    assert said.link_preview_options == LinkPreviewOptions(is_disabled=True)
    assert (await room.chat(AMINA))[-1]["protected"]


async def test_inline_keyboards_are_shown(room: Room) -> None:
    keyboard = InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton("بلی", callback_data="yes"),
                InlineKeyboardButton("Site", url="https://canada.ca/a"),
            ]
        ]
    )
    said = await room.bot.send_message(AMINA, "?", reply_markup=keyboard)
    assert said.reply_markup == keyboard
    assert (await room.chat(AMINA))[-1]["keyboard"] == [
        [{"text": "بلی", "data": "yes"}, {"text": "Site", "url": "https://canada.ca/a"}]
    ]


async def test_reply_keyboards_come_and_go(room: Room) -> None:
    share = ReplyKeyboardMarkup([["Back", KeyboardButton("My number", request_contact=True)]])
    said = await room.bot.send_message(AMINA, "?", reply_markup=share)
    assert said.reply_markup is None
    await room.bot.send_message(AMINA, "thanks", reply_markup=ReplyKeyboardRemove())
    await room.bot.send_message(AMINA, "and?", reply_markup=ForceReply())
    first, second, third = (await room.chat(AMINA))[-3:]
    assert first["reply_keyboard"] == [[{"text": "Back"}, {"text": "My number", "request": "contact"}]]
    assert second["reply_keyboard"] == []
    assert "reply_keyboard" not in third


async def test_a_reply_shows_what_it_answers(room: Room) -> None:
    said = await room.bot.send_message(AMINA, "Salaam to you", reply_parameters=ReplyParameters(1))
    assert said.reply_to_message is not None
    assert said.reply_to_message.text == "Salaam"
    assert (await room.chat(AMINA))[-1]["reply_to"] == 1
    lost = await room.bot.send_message(
        AMINA, "To nothing", reply_parameters=ReplyParameters(999, allow_sending_without_reply=True)
    )
    assert lost.reply_to_message is None


async def test_an_edit_changes_the_chat_and_not_the_past(room: Room) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a")]])
    said = await room.bot.send_message(AMINA, "Wait", reply_markup=keyboard)
    edited = await said.edit_text("<b>Ready</b>", "HTML")
    assert isinstance(edited, Message)
    assert (edited.message_id, edited.text, edited.reply_markup) == (said.message_id, "Ready", None)
    assert edited.edit_date is not None
    with_keyboard = await edited.edit_reply_markup(keyboard)
    assert isinstance(with_keyboard, Message)
    assert (with_keyboard.text, with_keyboard.reply_markup) == ("Ready", keyboard)
    assert len(with_keyboard.entities) == 1
    assert [message["text"] for message in await room.chat(AMINA)] == ["Salaam", "Ready"]
    assert (await room.events("message"))[-1]["text"] == "Wait"
    assert [event["text"] for event in await room.events("edit")] == ["Ready", "Ready"]


async def test_the_bot_takes_messages_away(room: Room) -> None:
    said = await room.bot.send_message(AMINA, "Too private")
    assert await said.delete()
    assert await room.bot.delete_message(AMINA, 1)
    assert await room.chat(AMINA) == []
    assert [event["message_id"] for event in await room.events("delete")] == [said.message_id, 1]


async def test_pictures_voices_and_files_can_be_sent_and_fetched(room: Room) -> None:
    photo = await room.bot.send_photo(AMINA, picture(), caption="<b>Queue</b>", parse_mode="HTML")
    assert (photo.photo[-1].width, photo.photo[-1].height, photo.caption) == (320, 200, "Queue")
    voice = await room.bot.send_voice(AMINA, b"OggS...", duration=3)
    assert voice.voice is not None
    document = await room.bot.send_document(AMINA, b"a;b\n", filename="cases.csv")
    assert document.document is not None
    assert document.document.file_name == "cases.csv"
    assert bytes(await (await document.document.get_file()).download_as_bytearray()) == b"a;b\n"
    again = await room.bot.send_document(AMINA, document.document.file_id)
    assert again.document is not None
    assert again.document.file_unique_id == document.document.file_unique_id
    shown = (await room.chat(AMINA))[-1]
    async with room.http.get(shown["file_url"]) as response:
        assert await response.read() == b"a;b\n"
        assert response.headers["Content-Disposition"] == "attachment"


async def test_typing_is_seen(room: Room) -> None:
    assert await room.bot.send_chat_action(AMINA, "typing")
    (event,) = await room.events("typing")
    assert (event["chat_id"], event["action"]) == (AMINA, "typing")


async def test_chats_and_their_members(room: Room) -> None:
    chat = await room.bot.get_chat(AMINA)
    assert (chat.first_name, chat.type, chat.max_reaction_count) == ("Amina", "private", 11)
    assert isinstance(chat.accent_color_id, int)
    await room.control(f"people/{KARIM}/bot_in_group", {"chat_id": TEAM, "member": True})
    assert (await room.bot.get_chat(TEAM)).title == "Team"
    assert await room.bot.get_chat_member_count(TEAM) == 3
    assert isinstance(await room.bot.get_chat_member(TEAM, CLAIRE), ChatMemberMember)
    assert isinstance(await room.bot.get_chat_member(TEAM, AMINA), ChatMemberLeft)
    assert (await room.bot.get_chat_member(TEAM, room.bot.id)).status == "member"
    assert await room.bot.leave_chat(TEAM)
    left = (await room.news())[-1].my_chat_member
    assert left is not None
    assert (left.from_user.id, left.new_chat_member.status) == (room.bot.id, "left")


async def test_commands_and_descriptions_are_kept_by_language_and_scope(room: Room) -> None:
    await room.bot.set_my_commands([BotCommand("help", "Help")])
    await room.bot.set_my_commands([BotCommand("help", "کمک")], language_code="fa")
    await room.bot.set_my_commands([BotCommand("queue", "Queue")], scope=BotCommandScopeChat(KARIM))
    assert (await room.bot.get_my_commands(language_code="fa"))[0].description == "کمک"
    assert (await room.bot.get_my_commands(scope=BotCommandScopeChat(KARIM)))[0].command == "queue"
    assert await room.bot.get_my_commands(language_code="fr") == ()
    await room.bot.delete_my_commands(language_code="fa")
    assert await room.bot.get_my_commands(language_code="fa") == ()
    await room.bot.set_my_description("A companion")
    await room.bot.set_my_short_description("همراه", language_code="fa")
    assert (await room.bot.get_my_description("fr")).description == "A companion"
    assert (await room.bot.get_my_short_description("fa")).short_description == "همراه"
    bot: dict[str, Any] = (await room.control("world"))["bot"]
    assert bot["commands"][""] == [{"command": "help", "description": "Help"}]
    assert bot["descriptions"] == {"": "A companion"}


@pytest.mark.parametrize("method", ["getMe", "getme", "GETME"])
async def test_a_call_may_come_in_any_form(room: Room, method: str) -> None:
    path = f"/bot{TOKEN}/{method}"
    for response in (
        room.http.get(path),
        room.http.post(path, data={"a": "b"}),
        room.http.post(path, json={}),
    ):
        async with response as answer:
            assert (await answer.json())["result"]["id"] == 123456


async def test_a_thousand_messages_take_a_moment(room: Room) -> None:
    began = time.monotonic()
    for number in range(1000):
        await room.call("sendMessage", chat_id=AMINA, text=f"<b>{number}</b>", parse_mode="HTML")
    assert time.monotonic() - began < 30
    assert len(await room.chat(AMINA)) == 1001
