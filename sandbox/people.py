"""What people do: write, press, edit, block, take the bot into groups. Each makes Telegram's update."""

import secrets
from typing import Any

from sandbox.chats import change, post
from sandbox.entities import found, tidy
from sandbox.world import Group, Message, Person, Press, World

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
    update_id = world.updates.put("message", message.api) if bot_hears(world, chat_id) else None
    return update_id, message.message_id


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
    post(world, group.id, "service", {"text": f"{actor['first_name']} {did}"}, actor)
    return _my_chat_member(world, group.chat(), actor, old, status)


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
