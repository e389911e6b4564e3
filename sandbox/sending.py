"""The methods that put messages into chats."""

from collections.abc import Callable
from typing import Any

from sandbox.access import writable_chat
from sandbox.chats import post
from sandbox.entities import blank, formatted, too_long
from sandbox.markup import read_markup
from sandbox.media import described, received_file
from sandbox.params import Params
from sandbox.refusals import bad_request
from sandbox.topics import thread_fields
from sandbox.world import World

Json = dict[str, Any]

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def send_message(world: World, params: Params) -> Json:
    """Send a text."""
    chat_id = writable_chat(world, params)
    (message,) = send(world, params, chat_id, [("text", text_content(world, params))])
    return message


def text_content(world: World, params: Params) -> Json:
    """Return the text, entities and preview options of a call, as the Bot API's Message has them."""
    text, entities = formatted(world, params, "text", "entities")
    if not params.text("text"):
        raise bad_request("message text is empty")
    if blank(text):
        raise bad_request("text must be non-empty")
    if too_long(text, TEXT_LIMIT):
        raise bad_request("message is too long")
    preview = params.json("link_preview_options", dict, "link preview options")
    optional = {"entities": entities, "link_preview_options": preview}
    return {"text": text} | {key: value for key, value in optional.items() if value}


def send_file(kind: str) -> Callable[[World, Params], Json]:
    """Return the method that sends a file as ``kind``, with a caption."""

    def send_one(world: World, params: Params) -> Json:
        chat_id = writable_chat(world, params)
        content = file_content(world, params, kind, params.text(kind))
        (message,) = send(world, params, chat_id, [(kind, content)])
        return message

    return send_one


def file_content(world: World, params: Params, kind: str, reference: str) -> Json:
    """Return the file of a call, with its caption, as the Bot API's Message has them."""
    caption, entities = formatted(world, params, "caption", "caption_entities")
    if too_long(caption, CAPTION_LIMIT):
        raise bad_request("message caption is too long")
    content: Json = {kind: described(received_file(world.files, params, kind, reference), params.values)}
    if caption:
        content["caption"] = caption
    if entities:
        content["caption_entities"] = entities
    return content


def send(world: World, params: Params, chat_id: int, contents: list[tuple[str, Json]]) -> list[Json]:
    """Put messages into a chat, with the keyboard, topic and reply that the call names: all, or none."""
    inline, reply_keyboard = read_markup(params)
    replied = _replied(world, params, chat_id)
    thread_id = params.integer("message_thread_id") or (replied or {}).get("message_thread_id")
    common = thread_fields(world, chat_id, thread_id)
    if params.flag("protect_content"):
        common["has_protected_content"] = True
    if replied is not None:
        common["reply_to_message"] = replied
    world.limits.count(chat_id, len(contents))
    sender = world.bot.user
    return [
        post(world, chat_id, kind, common | content, sender, inline=inline, reply_keyboard=reply_keyboard).api
        for kind, content in contents
    ]


def _replied(world: World, params: Params, chat_id: int) -> Json | None:
    reply = params.json("reply_parameters", dict, "reply parameters") or {}
    message_id = reply.get("message_id", params.integer("reply_to_message_id"))
    if not message_id:
        return None
    message = world.find(chat_id, message_id) if type(message_id) is int else None
    if message is None:
        if reply.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return {key: value for key, value in message.api.items() if key != "reply_to_message"}


def send_chat_action(world: World, params: Params) -> bool:
    """Show that the bot is typing or busy with a file."""
    action = params.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.transcript.add("typing", writable_chat(world, params), action=action)
    return True
