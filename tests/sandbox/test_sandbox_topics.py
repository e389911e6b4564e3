"""Forums and their topics, and a group that becomes a supergroup."""

from typing import Any

import pytest
from sandbox_room import AMINA, CLAIRE, KARIM, TEAM, Room
from telegram import Message
from telegram.error import BadRequest, ChatMigrated, Forbidden

OLD, NEW = -55, -1_000_000_000_055


@pytest.fixture
async def forum(room: Room) -> Room:
    """The team's group is a forum, and the bot is in it."""
    team = {"id": TEAM, "title": "Team", "type": "supergroup", "members": [KARIM, CLAIRE]}
    await room.control("groups", {**team, "is_forum": True, "bot_is_member": True})
    return room


async def heard(room: Room) -> list[Message]:
    """The messages that the bot hears of."""
    return [update.message for update in await room.news() if update.message is not None]


async def test_the_bot_opens_a_topic_and_writes_in_it(forum: Room) -> None:
    assert (await forum.bot.get_chat(TEAM)).is_forum
    topic = await forum.bot.create_forum_topic(TEAM, "Urgent", icon_color=16766590)
    assert (topic.name, topic.icon_color) == ("Urgent", 16766590)
    said = await forum.bot.send_message(TEAM, "H-1001", message_thread_id=topic.message_thread_id)
    assert (said.message_thread_id, said.is_topic_message) == (topic.message_thread_id, True)
    assert said.reply_to_message is not None
    assert said.reply_to_message.forum_topic_created is not None
    general = await forum.bot.send_message(TEAM, "To all")
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    opened, shown, everybody = await forum.chat(TEAM)
    assert (opened["kind"], opened["text"]) == ("service", "Hamrah opened “Urgent”")
    assert (shown["topic"], shown["message_thread_id"]) == ("Urgent", topic.message_thread_id)
    assert "reply_to" not in shown
    assert "topic" not in everybody
    assert await heard(forum) == [], "it does not hear of what it does itself"


async def test_karim_opens_a_topic_and_people_write_in_it(forum: Room) -> None:
    thread = (await forum.control(f"people/{KARIM}/topic", {"chat_id": TEAM, "name": "Letters"}))[
        "message_thread_id"
    ]
    await forum.says(CLAIRE, "One has come", chat_id=TEAM, message_thread_id=thread)
    opened, said = await heard(forum)
    assert opened.forum_topic_created is not None
    assert (opened.forum_topic_created.name, opened.message_thread_id) == ("Letters", thread)
    assert (said.text, said.message_thread_id, said.is_topic_message) == ("One has come", thread, True)
    answer = await said.reply_text("Thank you", do_quote=True)
    assert answer.message_thread_id == thread
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.text == "One has come"
    error = await forum.control(f"people/{AMINA}/topic", {"chat_id": TEAM, "name": "Mine"}, status=400)
    assert error["error"] == "Amina is not a member of Team."


async def test_a_topic_is_renamed_closed_reopened_and_deleted(forum: Room) -> None:
    thread = (await forum.bot.create_forum_topic(TEAM, "Old")).message_thread_id
    assert await forum.bot.edit_forum_topic(TEAM, thread, name="New")
    assert await forum.bot.close_forum_topic(TEAM, thread)
    (group,) = (await forum.control("world"))["groups"]
    (topic,) = group["topics"]
    assert (topic["name"], topic["closed"]) == ("New", True)
    closed = await forum.control(
        f"people/{KARIM}/send", {"chat_id": TEAM, "text": "?", "message_thread_id": thread}, status=400
    )
    assert closed["error"] == "The topic New is closed."
    for call in (
        forum.bot.close_forum_topic(TEAM, thread),
        forum.bot.edit_forum_topic(TEAM, thread, name="New"),
    ):
        with pytest.raises(BadRequest, match="Topic_not_modified"):
            await call
    assert await forum.bot.reopen_forum_topic(TEAM, thread)
    await forum.says(KARIM, "!", chat_id=TEAM, message_thread_id=thread)
    stays = await forum.bot.send_message(TEAM, "stays")
    assert await forum.bot.delete_forum_topic(TEAM, thread)
    assert [message["message_id"] for message in await forum.chat(TEAM)] == [stays.message_id]


async def test_a_topic_that_is_not_there(forum: Room) -> None:
    with pytest.raises(BadRequest, match="Message thread not found"):
        await forum.bot.send_message(TEAM, "x", message_thread_id=404)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await forum.bot.send_message(AMINA, "x", message_thread_id=404)
    with pytest.raises(BadRequest, match="Topic_id_invalid"):
        await forum.bot.close_forum_topic(TEAM, 404)
    with pytest.raises(BadRequest, match="The chat is not a forum"):
        await forum.bot.create_forum_topic(AMINA, "x")
    for name, color, reason in ((" ", None, "Title must be non-empty"), ("x", 7, "Invalid icon color")):
        with pytest.raises(BadRequest, match=reason):
            await forum.bot.create_forum_topic(TEAM, name, icon_color=color)


async def test_a_group_becomes_a_supergroup(room: Room) -> None:
    old = {"id": OLD, "title": "Friends", "type": "group", "members": [CLAIRE], "bot_is_member": True}
    await room.control("groups", old)
    await room.control(f"people/{CLAIRE}/upgrade", {"chat_id": OLD, "to": NEW})
    left, came = await heard(room)
    assert (left.chat.id, left.migrate_to_chat_id) == (OLD, NEW)
    assert (came.chat.id, came.migrate_from_chat_id, came.chat.type) == (NEW, OLD, "supergroup")
    with pytest.raises(ChatMigrated) as caught:
        await room.bot.send_message(OLD, "Hello?")
    assert caught.value.new_chat_id == NEW
    status, body = await room.call("sendMessage", chat_id=OLD, text="Hello?")
    assert (status, body["description"], body["parameters"]) == (
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": NEW},
    )
    assert await room.bot.send_message(NEW, "Hello")
    assert (await room.chat(OLD))[-1]["text"] == "Claire made this group a supergroup"
    with pytest.raises(Forbidden):
        await room.bot.send_message(TEAM, "not in this one")


@pytest.mark.parametrize(
    ("act", "body", "error"),
    [
        ("upgrade", {"chat_id": TEAM, "to": -9}, "Team is a supergroup already."),
        ("upgrade", {"chat_id": OLD, "to": TEAM}, "to must be a negative number that no group has."),
        ("topic", {"chat_id": OLD, "name": "x"}, "Friends has no topics."),
        ("topic", {"chat_id": TEAM, "name": " "}, "name must not be empty."),
    ],
)
async def test_what_karim_cannot_do(forum: Room, act: str, body: dict[str, Any], error: str) -> None:
    await forum.control("groups", {"id": OLD, "title": "Friends", "type": "group", "members": [KARIM]})
    assert (await forum.control(f"people/{KARIM}/{act}", body, status=400))["error"] == error


async def test_only_a_supergroup_has_topics(room: Room) -> None:
    group = {"id": OLD, "title": "Friends", "type": "group", "members": [], "is_forum": True}
    assert (await room.control("groups", group, status=400))["error"] == "Only a supergroup can have topics."
