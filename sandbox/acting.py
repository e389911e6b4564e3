"""The control API's calls in which people act: ``/control/people/<id>/…`` and ``/control/burst``."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox import people
from sandbox.api import WORLD
from sandbox.body import Body, ControlError, read_body
from sandbox.contents import content_of, text_of
from sandbox.world import Person, World

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
    return chat_id


def _private_is_open(person: Person, chat_id: int) -> None:
    if chat_id == person.id and person.blocked:
        raise ControlError(f"{person.first_name} has blocked the bot and must unblock it first.")


def send(world: World, person: Person, body: Body) -> Json:
    """Write as a person."""
    chat_id = _chat_of(world, person, body)
    _private_is_open(person, chat_id)
    kind, content = content_of(world, chat_id, body)
    update_id, message_id = people.write(world, person, chat_id, kind, content)
    return {"update_id": update_id, "message_id": message_id}


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


def bot_in_group(world: World, person: Person, body: Body) -> Json:
    """Add the bot to a group or remove it, as one of its members."""
    chat_id = _chat_of(world, person, body)
    group = world.groups.get(chat_id)
    if group is None:
        raise ControlError("chat_id must be a group's.")
    status = "member" if body.flag("member") else "kicked"
    return {"update_id": people.bot_status_changed(world, group, person.user(), status)}


ACTS: dict[str, Act] = {
    "send": send,
    "press": press,
    "edit": edit,
    "block": block,
    "bot_in_group": bot_in_group,
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
