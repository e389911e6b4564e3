"""The control API's calls in which people act: ``/control/people/<id>/…`` and ``/control/burst``."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox import people
from sandbox.albums import ALONE, TOGETHER
from sandbox.api import WORLD
from sandbox.body import Body, ControlError, read_body
from sandbox.contents import content_of, text_of
from sandbox.topics import thread_fields
from sandbox.world import Group, Person, World

Json = dict[str, Any]
Act = Callable[[World, Person, Body], Json]


def person_of(world: World, person_id: int) -> Person:
    """Return a person. Raises a 404 for an id nobody has."""
    person = world.people.get(person_id)
    if person is None:
        raise ControlError(f"There is no person {person_id}.", 404)
    return person


def _chat_of(world: World, person: Person, body: Body) -> int:
    """Return the chat a person acts in: the private one, or a group of theirs."""
    chat_id = body.integer("chat_id", person.id)
    group = world.groups.get(chat_id)
    if chat_id != person.id and group is None:
        raise ControlError(f"There is no group {chat_id}.", 404)
    if group is not None and person.id not in group.members:
        raise ControlError(f"{person.first_name} is not a member of {group.title}.")
    if group is not None and group.migrated_to is not None:
        raise ControlError(f"This group is the supergroup {group.migrated_to} now.")
    return chat_id


def _private_is_open(person: Person, chat_id: int) -> None:
    if chat_id == person.id and person.blocked:
        raise ControlError(f"{person.first_name} has blocked the bot and must unblock it first.")


def send(world: World, person: Person, body: Body) -> Json:
    """Write as a person."""
    chat_id = _chat_of(world, person, body)
    _private_is_open(person, chat_id)
    kind, content = content_of(world, chat_id, body)
    content = _thread(world, chat_id, body) | content
    update_id, message_id = people.write(world, person, chat_id, kind, content)
    return {"update_id": update_id, "message_id": message_id}


def _thread(world: World, chat_id: int, body: Body) -> Json:
    """Return the fields of the topic that a message is written in."""
    if not body.has("message_thread_id"):
        return {}
    topic = world.topic(chat_id, body.integer("message_thread_id"))
    if topic is None:
        raise ControlError("There is no such topic.", 404)
    if topic.closed:
        raise ControlError(f"The topic {topic.name} is closed.")
    return thread_fields(world, chat_id, topic.id)


def album(world: World, person: Person, body: Body) -> Json:
    """Send two to ten pictures, documents or sounds that stand together; each makes its own update."""
    chat_id = _chat_of(world, person, body)
    _private_is_open(person, chat_id)
    items = body.items("items", dict, "objects")
    if not 2 <= len(items) <= 10:
        raise ControlError("An album has two to ten items.")
    contents = [content_of(world, chat_id, Body(item)) for item in items]
    kinds = [kind for kind, _ in contents]
    if not set(kinds) <= set(TOGETHER):
        raise ControlError(f"An album holds only: {', '.join(TOGETHER)}.")
    if any(kind in kinds and set(kinds) != {kind} for kind in ALONE):
        raise ControlError("Documents and sounds stand with their own kind only.")
    common = _thread(world, chat_id, body) | {"media_group_id": world.next_album_id()}
    sent = [people.write(world, person, chat_id, kind, common | content) for kind, content in contents]
    return {"update_ids": [update for update, _ in sent], "message_ids": [message for _, message in sent]}


def press(world: World, person: Person, body: Body) -> Json:
    """Press a button as a person."""
    chat_id = _chat_of(world, person, body)
    _private_is_open(person, chat_id)
    return {"update_id": people.press(world, person, chat_id, body.integer("message_id"), body.text("data"))}


def edit(world: World, person: Person, body: Body) -> Json:
    """Change a text as the person who wrote it."""
    chat_id = _chat_of(world, person, body)
    _private_is_open(person, chat_id)
    message = world.find(chat_id, body.integer("message_id"))
    if message is None:
        raise ControlError("There is no such message.", 404)
    if message.api["from"]["id"] != person.id or message.kind != "text":
        raise ControlError(f"{person.first_name} can change only a text of their own.")
    return {"update_id": people.edit(world, message, text_of(body))}


def block(world: World, person: Person, body: Body) -> Json:
    """Block the bot as a person, or take it back."""
    return {"update_id": people.block(world, person, blocked=body.flag("blocked"))}


def _group_of(world: World, person: Person, body: Body) -> Group:
    group = world.groups.get(_chat_of(world, person, body))
    if group is None:
        raise ControlError("chat_id must be a group's.")
    return group


def bot_in_group(world: World, person: Person, body: Body) -> Json:
    """Add the bot to a group or remove it, as one of its members."""
    group = _group_of(world, person, body)
    status = "member" if body.flag("member") else "kicked"
    return {"update_id": people.bot_status_changed(world, group, person.user(), status)}


def upgrade(world: World, person: Person, body: Body) -> Json:
    """Make a supergroup of a group, under another id."""
    group, new_id = _group_of(world, person, body), body.integer("to")
    if group.type != "group":
        raise ControlError(f"{group.title} is a supergroup already.")
    if new_id >= 0 or new_id in world.groups:
        raise ControlError("to must be a negative number that no group has.")
    return {"update_ids": people.upgrade(world, person, group, new_id)}


def topic(world: World, person: Person, body: Body) -> Json:
    """Open a topic in a forum."""
    group, name = _group_of(world, person, body), body.text("name").strip()
    if not group.is_forum:
        raise ControlError(f"{group.title} has no topics.")
    if not name:
        raise ControlError("name must not be empty.")
    update_id, thread_id = people.open_a_topic(world, person, group, name)
    return {"update_id": update_id, "message_thread_id": thread_id}


ACTS: dict[str, Act] = {
    "send": send,
    "album": album,
    "press": press,
    "edit": edit,
    "block": block,
    "bot_in_group": bot_in_group,
    "upgrade": upgrade,
    "topic": topic,
}


async def act(request: web.Request) -> Json:
    """Answer ``/control/people/<id>/<act>``."""
    world = request.app[WORLD]
    doing = ACTS.get(request.match_info["act"])
    if doing is None:
        raise ControlError(f"People cannot {request.match_info['act']}.", 404)
    return doing(world, person_of(world, int(request.match_info["id"])), await read_body(request))


async def burst(request: web.Request) -> Json:
    """Answer ``/control/burst``: many messages and presses at once, in order."""
    world, body = request.app[WORLD], await read_body(request)
    items = [Body(item) for item in body.items("items", dict, "objects")]
    update_ids = []
    for item in items:
        doing = press if item.has("data") else send
        update_ids.append(doing(world, person_of(world, item.integer("person")), item)["update_id"])
    return {"update_ids": update_ids}
