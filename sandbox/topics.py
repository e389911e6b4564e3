"""The topics of a forum: opened, renamed, closed and deleted by the bot, or opened by a person."""

from typing import Any

from sandbox.access import writable_chat
from sandbox.chats import post, remove
from sandbox.nouns import Group, Topic
from sandbox.params import Params
from sandbox.refusals import bad_request
from sandbox.world import World

Json = dict[str, Any]

NAME_LIMIT = 128
COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def create_forum_topic(world: World, params: Params) -> Json:
    """Open a topic and return it."""
    group, name = _forum(world, params), params.text("name").strip()[:NAME_LIMIT]
    if not name:
        raise bad_request("title must be non-empty")
    color = params.integer("icon_color", COLORS[0])
    if color not in COLORS:
        raise bad_request("invalid icon color specified")
    return open_topic(world, group, world.bot.user, name, color, params.text("icon_custom_emoji_id")).api()


def open_topic(
    world: World, group: Group, actor: Json, name: str, color: int = COLORS[0], icon: str = ""
) -> Topic:
    """Open a topic as ``actor`` (a User); its first message is the one that tells so."""
    topic = Topic(0, name, color, icon or None)
    fields = {"forum_topic_created": topic.looks(), "is_topic_message": True}
    message = post(world, group.id, "service", fields, actor, note=f"{actor['first_name']} opened “{name}”")
    message.api["message_thread_id"] = topic.id = message.message_id
    group.topics[topic.id] = topic
    world.changed()
    return topic


def edit_forum_topic(world: World, params: Params) -> bool:
    """Give a topic another name or icon; what is not named stays."""
    group, topic = _topic(world, params)
    before = topic.looks()
    topic.name = params.text("name").strip()[:NAME_LIMIT] or topic.name
    if "icon_custom_emoji_id" in params.values:
        topic.icon_custom_emoji_id = params.text("icon_custom_emoji_id") or None
    if topic.looks() == before:
        raise bad_request("TOPIC_NOT_MODIFIED")
    _tell(world, group, topic, {"forum_topic_edited": {"name": topic.name}}, f"renamed to “{topic.name}”")
    return True


def close_forum_topic(world: World, params: Params) -> bool:
    """Let only the bot write in a topic."""
    return _close(world, params, closed=True)


def reopen_forum_topic(world: World, params: Params) -> bool:
    """Let everybody write in a topic again."""
    return _close(world, params, closed=False)


def _close(world: World, params: Params, *, closed: bool) -> bool:
    group, topic = _topic(world, params)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    word = "closed" if closed else "reopened"
    _tell(world, group, topic, {f"forum_topic_{word}": {}}, word)
    return True


def delete_forum_topic(world: World, params: Params) -> bool:
    """Delete a topic with everything in it."""
    group, topic = _topic(world, params)
    for message in list(world.messages[group.id].values()):
        if message.api.get("message_thread_id") == topic.id:
            remove(world, message)
    del group.topics[topic.id]
    world.changed()
    return True


def thread_fields(world: World, chat_id: int, thread_id: int | None) -> Json:
    """Return what a message in a thread says of it, nothing outside a topic. Raises a 400 for no topic."""
    if not thread_id:
        return {}
    if world.topic(chat_id, thread_id) is None:
        raise bad_request("message thread not found")
    fields: Json = {"message_thread_id": thread_id, "is_topic_message": True}
    first = world.find(chat_id, thread_id)
    return fields | ({"reply_to_message": first.api} if first is not None else {})


def _tell(world: World, group: Group, topic: Topic, fields: Json, did: str) -> None:
    thread = thread_fields(world, group.id, topic.id)
    post(world, group.id, "service", thread | fields, world.bot.user, note=f"This topic was {did}")
    world.changed()


def _forum(world: World, params: Params) -> Group:
    group = world.groups.get(writable_chat(world, params))
    if group is None or not group.is_forum:
        raise bad_request("the chat is not a forum")
    return group


def _topic(world: World, params: Params) -> tuple[Group, Topic]:
    group = _forum(world, params)
    topic = group.topics.get(params.integer("message_thread_id"))
    if topic is None:
        raise bad_request("TOPIC_ID_INVALID")
    return group, topic
