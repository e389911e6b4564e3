"""Messages come, change and go: the one place where chats and the transcript are written."""

from typing import Any

from sandbox.markup import buttons, reply_buttons
from sandbox.media import KINDS
from sandbox.nouns import Message
from sandbox.safe_html import to_html
from sandbox.world import World

Json = dict[str, Any]

MEDIA = (*KINDS, "sticker")


def post(
    world: World,
    chat_id: int,
    kind: str,
    content: Json,
    sender: Json,
    *,
    inline: Json | None = None,
    reply_keyboard: Json | None = None,
    note: str | None = None,
) -> Message:
    """Put a message into a chat: ``content`` is the Message's fields of its kind, ``sender`` a User."""
    message_id = world.next_message_id(chat_id)
    api: Json = {
        "message_id": message_id,
        "from": sender,
        "chat": world.chat(chat_id),
        "date": int(world.now()),
        **content,
    }
    if inline is not None:
        api["reply_markup"] = inline
    message = Message(0, 0, chat_id, message_id, kind, api, bool(sender["is_bot"]), reply_keyboard, note)
    world.messages.setdefault(chat_id, {})[message_id] = message
    _tell(world, message, "message")
    message.seq = message.changed
    return message


def change(world: World, message: Message, content: Json, inline: Json | None) -> None:
    """Give a message other content and another inline keyboard (none takes it away)."""
    gone = ("reply_markup", *(("text", "entities", "link_preview_options") if "text" in content else ()))
    api = {key: value for key, value in message.api.items() if key not in gone}
    api |= {"edit_date": int(world.now()), **content}
    if inline is not None:
        api["reply_markup"] = inline
    message.api = api
    _tell(world, message, "edit")


def remove(world: World, message: Message) -> None:
    """Take a message out of its chat."""
    del world.messages[message.chat_id][message.message_id]
    world.transcript.add("delete", message.chat_id, message_id=message.message_id)


def _tell(world: World, message: Message, kind: str) -> None:
    fields = view(world, message)
    del fields["seq"], fields["deleted"]
    message.changed = world.transcript.add(kind, message.chat_id, **fields)


def view(world: World, message: Message) -> Json:
    """Return a message as the control API shows it."""
    api = message.api
    text: str = api.get("text") or api.get("caption") or message.note or ""
    entities: list[Json] = api.get("entities") or api.get("caption_entities") or []
    thread_id = api.get("message_thread_id")
    topic = world.topic(message.chat_id, thread_id)
    replied = api.get("reply_to_message", {}).get("message_id")
    seen: Json = {
        "seq": message.seq or message.changed,
        "message_id": message.message_id,
        "from_id": api["from"]["id"],
        "is_bot": message.from_bot,
        "date": api["date"],
        "edit_date": api.get("edit_date"),
        "kind": message.kind,
        "text": api.get("text") or message.note,
        "caption": api.get("caption"),
        "parse_entities": entities,
        "html": to_html(text, entities),
        "keyboard": buttons(api.get("reply_markup")),
        "reply_keyboard": reply_buttons(message.reply_keyboard),
        "reply_to": replied if replied != thread_id else None,
        "message_thread_id": thread_id,
        "topic": topic.name if topic is not None else None,
        "forwarded": True if "forward_origin" in api else None,
        "protected": api.get("has_protected_content"),
        "media_group_id": api.get("media_group_id"),
        "location": api.get("location"),
        "contact": api.get("contact"),
        "deleted": False,
        **_media(world, message),
    }
    return {key: value for key, value in seen.items() if value is not None}


def _media(world: World, message: Message) -> Json:
    media = message.api.get(message.kind) if message.kind in MEDIA else None
    if media is None:
        return {}
    if message.kind == "photo":
        media = media[-1]
    stored = world.files.by_id(media["file_id"])
    return {
        "file_url": f"/control/files/{media['file_unique_id']}",
        "file_name": media.get("file_name"),
        "file_size": media["file_size"],
        "mime_type": stored.mime_type if stored is not None else None,
        "invented": True if stored is not None and stored.invented else None,
        "duration": media.get("duration"),
        "emoji": media.get("emoji"),
    }
