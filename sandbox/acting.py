"""The control API's calls in which people act: ``/control/people/<id>/…`` and ``/control/burst``."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox import group_acts, people
from sandbox.albums import ALONE, TOGETHER
from sandbox.api import WORLD
from sandbox.body import Body, ControlError, read_body
from sandbox.contents import content_of, text_of
from sandbox.nouns import Person
from sandbox.places import chat_of, check_open, person_of, thread_of
from sandbox.world import World

Json = dict[str, Any]
Act = Callable[[World, Person, Body], Json]


def send(world: World, person: Person, body: Body) -> Json:
    """Write as a person."""
    chat_id = chat_of(world, person, body)
    check_open(person, chat_id)
    kind, content = content_of(world, chat_id, body)
    content = thread_of(world, chat_id, body) | content
    update_id, message_id = people.write(world, person, chat_id, kind, content)
    return {"update_id": update_id, "message_id": message_id}


def album(world: World, person: Person, body: Body) -> Json:
    """Send two to ten pictures, documents or sounds that stand together; each makes its own update."""
    chat_id = chat_of(world, person, body)
    check_open(person, chat_id)
    items = body.items("items", dict, "objects")
    if not 2 <= len(items) <= 10:
        raise ControlError("An album has two to ten items.")
    contents = [content_of(world, chat_id, Body(item)) for item in items]
    kinds = [kind for kind, _ in contents]
    if not set(kinds) <= set(TOGETHER):
        raise ControlError(f"An album holds only: {', '.join(TOGETHER)}.")
    if any(kind in kinds and set(kinds) != {kind} for kind in ALONE):
        raise ControlError("Documents and sounds stand with their own kind only.")
    common = thread_of(world, chat_id, body) | {"media_group_id": world.next_album_id()}
    sent = [people.write(world, person, chat_id, kind, common | content) for kind, content in contents]
    return {"update_ids": [update for update, _ in sent], "message_ids": [message for _, message in sent]}


def press(world: World, person: Person, body: Body) -> Json:
    """Press a button as a person."""
    chat_id = chat_of(world, person, body)
    check_open(person, chat_id)
    return {"update_id": people.press(world, person, chat_id, body.integer("message_id"), body.text("data"))}


def edit(world: World, person: Person, body: Body) -> Json:
    """Change a text as the person who wrote it."""
    chat_id = chat_of(world, person, body)
    check_open(person, chat_id)
    message = world.find(chat_id, body.integer("message_id"))
    if message is None:
        raise ControlError("There is no such message.", 404)
    if message.api["from"]["id"] != person.id or message.kind != "text":
        raise ControlError(f"{person.first_name} can change only a text of their own.")
    return {"update_id": people.edit(world, message, text_of(body))}


def block(world: World, person: Person, body: Body) -> Json:
    """Block the bot as a person, or take it back."""
    return {"update_id": people.block(world, person, blocked=body.flag("blocked"))}


ACTS: dict[str, Act] = {
    "send": send,
    "album": album,
    "press": press,
    "edit": edit,
    "block": block,
    "bot_in_group": group_acts.bot_in_group,
    "upgrade": group_acts.upgrade,
    "topic": group_acts.topic,
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
