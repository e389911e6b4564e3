"""The methods that change what was said, and the answer to a pressed button."""

from typing import Any

from sandbox.access import joined_chat, own_message
from sandbox.chats import change, remove
from sandbox.markup import read_markup, same
from sandbox.nouns import Message
from sandbox.params import Params
from sandbox.refusals import bad_request
from sandbox.sending import text_content
from sandbox.world import World

Json = dict[str, Any]

QUERY_LIFE = 15 * 60
"""Seconds after which a callback query can no longer be answered. Telegram does not publish the figure."""
DELETE_LIFE = 48 * 3600
"""Seconds after which a message can no longer be deleted."""


def edit_message_text(world: World, params: Params) -> Json:
    """Give a text message another text and keyboard."""
    content = text_content(world, params)
    message = own_message(world, params)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    return _edit(world, params, message, content)


def edit_message_reply_markup(world: World, params: Params) -> Json:
    """Give a message another inline keyboard, or none."""
    return _edit(world, params, own_message(world, params), {})


def _edit(world: World, params: Params, message: Message, content: Json) -> Json:
    inline, reply_keyboard = read_markup(params)
    if reply_keyboard is not None:
        raise bad_request("inline keyboard expected")
    old = message.api
    compared = ("text", "entities") if content else ()
    if same(inline, old.get("reply_markup")) and all(
        same(content.get(key), old.get(key)) for key in compared
    ):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    if message.chat_id < 0:
        world.limits.count(message.chat_id)
    change(world, message, content, inline)
    return message.api


def delete_message(world: World, params: Params) -> bool:
    """Delete a message: the bot's own, or a person's in the private chat, for 48 hours."""
    chat_id = joined_chat(world, params).id
    message = world.find(chat_id, params.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    too_old = world.now() - message.api["date"] > DELETE_LIFE
    if too_old or (chat_id < 0 and not message.from_bot):
        raise bad_request("message can't be deleted")
    remove(world, message)
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    """Answer a pressed button: end its progress, and say a word where the bot wants to."""
    query_id = params.text("callback_query_id")
    press = world.presses.get(query_id)
    if press is None or world.now() - press.at > QUERY_LIFE:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    world.transcript.add(
        "answer",
        press.chat_id,
        callback_query_id=query_id,
        message_id=press.message_id,
        from_id=press.from_id,
        text=text or None,
        show_alert=params.flag("show_alert"),
        url=params.text("url") or None,
    )
    return True
