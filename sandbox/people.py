"""What people do: write, press, edit, block, take the bot into groups. Each makes Telegram's update."""

import secrets
from typing import Any

from sandbox.chats import change, post
from sandbox.entities import found, tidy
from sandbox.nouns import Group, Message, Person, Press
from sandbox.topics import open_topic
from sandbox.world import World

Json = dict[str, Any]


def text_content(text: str) -> Json:
    """Return a person's text as a Message has it, with the entities Telegram finds."""
    entities = tidy(found(text, []))
    return {"text": text} | ({"entities": entities} if entities else {})


def bot_hears(world: World, chat_id: int) -> bool:
    """Say whether updates of a chat reach the bot: always in private, in a group only as a member."""
    group = world.groups.get(chat_id)
    return group is None or group.bot_status == "member"


def write(world: World, person: Person, chat_id: int, kind: str, content: Json) -> tuple[int | None, int]:
    """Post a person's message. Returns its update's id (none where the bot does not hear it) and its own."""
    if chat_id == person.id and not person.started:
        person.started = True
        world.changed()
    message = post(world, chat_id, kind, content, person.user())
    return _heard(world, message), message.message_id


def edit(world: World, message: Message, content: Json) -> int | None:
    """Let a person change a message of theirs."""
    change(world, message, content, None)
    return world.updates.put("edited_message", message.api) if bot_hears(world, message.chat_id) else None


def press(world: World, person: Person, chat_id: int, message_id: int, data: str) -> int | None:
    """Press a button, forged or not; where the message is not there, the query shows an inaccessible one."""
    query_id = str(secrets.randbits(62))
    message = world.find(chat_id, message_id)
    stale: Json = {"chat": world.chat(chat_id), "message_id": message_id, "date": 0}
    query: Json = {
        "id": query_id,
        "from": person.user(),
        "message": message.api if message is not None else stale,
        "chat_instance": str(abs(chat_id) * 7919 + 1),
        "data": data,
    }
    update_id = world.updates.put("callback_query", query) if bot_hears(world, chat_id) else None
    world.presses[query_id] = Press(chat_id, message_id, person.id, world.now())
    world.transcript.add(
        "press",
        chat_id,
        callback_query_id=query_id,
        message_id=message_id,
        from_id=person.id,
        data=data,
        update_id=update_id,
    )
    return update_id


def block(world: World, person: Person, *, blocked: bool) -> int | None:
    """Let a person block the bot or take it back."""
    person.blocked = blocked
    status = ("member", "kicked") if blocked else ("kicked", "member")
    return _my_chat_member(world, person.chat(), person.user(), *status)


def bot_status_changed(world: World, group: Group, actor: Json, status: str) -> int | None:
    """Change what the bot is in a group and tell both it and the group; ``actor`` is the User who did it."""
    old, group.bot_status = group.bot_status, status
    did = {"member": "added the bot", "kicked": "removed the bot", "left": "left the group"}[status]
    post(world, group.id, "service", {}, actor, note=f"{actor['first_name']} {did}")
    return _my_chat_member(world, group.chat(), actor, old, status)


def upgrade(world: World, person: Person, group: Group, new_id: int) -> list[int | None]:
    """Make a supergroup of a group, which the old chat and the new one tell. Returns the updates' ids."""
    new = Group(new_id, group.title, "supergroup", group.members, group.note, group.bot_status)
    world.groups[new_id] = new
    note = f"{person.first_name} made this group a supergroup"
    told = [
        (group, {"migrate_to_chat_id": new_id}),
        (new, {"migrate_from_chat_id": group.id}),
    ]
    ids = [
        _heard(world, post(world, chat.id, "service", fields, person.user(), note=note))
        for chat, fields in told
    ]
    group.migrated_to = new_id
    world.changed()
    return ids


def open_a_topic(world: World, person: Person, group: Group, name: str) -> tuple[int | None, int]:
    """Open a topic of a forum. Returns the update's id and the topic's."""
    topic = open_topic(world, group, person.user(), name)
    message = world.messages[group.id][topic.id]
    return _heard(world, message), topic.id


def _heard(world: World, message: Message) -> int | None:
    """Let the bot know of a message, unless it is not in the group. Returns the update's id."""
    return world.updates.put("message", message.api) if bot_hears(world, message.chat_id) else None


def _my_chat_member(world: World, chat: Json, actor: Json, old: str, new: str) -> int | None:
    world.changed()
    world.transcript.add("member", chat["id"], from_id=actor["id"], status=new)
    change_of_status: Json = {
        "chat": chat,
        "from": actor,
        "date": int(world.now()),
        "old_chat_member": _member(world.bot.user, old),
        "new_chat_member": _member(world.bot.user, new),
    }
    return world.updates.put("my_chat_member", change_of_status)


def _member(user: Json, status: str) -> Json:
    return {"user": user, "status": status} | ({"until_date": 0} if status == "kicked" else {})
