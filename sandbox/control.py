"""The control API's calls about the world: who is there, what happened, the clock and limits."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.api import WORLD
from sandbox.body import ControlError, query_integer, read_body
from sandbox.chats import view
from sandbox.nouns import Group, Person
from sandbox.places import person_of
from sandbox.world import World

Json = dict[str, Any]

CLOCK_STEP = 100 * 366 * 24 * 3600


def _iso(world: World) -> str:
    return datetime.fromtimestamp(world.now(), UTC).isoformat()


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "username": person.username,
        "language_code": person.language_code,
        "title": person.title,
        "note": person.note,
        "started": person.started,
        "blocked": person.blocked,
    }


def _group(group: Group) -> Json:
    return group.chat() | {
        "members": group.members,
        "bot_is_member": group.bot_status == "member",
        "note": group.note,
        "is_forum": group.is_forum,
        "topics": [topic.api() | {"closed": topic.closed} for topic in group.topics.values()],
        "migrated_to": group.migrated_to,
    }


async def show_world(request: web.Request) -> Json:
    """Answer ``GET /control/world``."""
    world = request.app[WORLD]
    bot = None
    if world.bot.known:
        default = {
            language: kept for (scope, language), kept in world.bot.commands.items() if scope == "default"
        }
        bot = world.bot.user | {"commands": default, "descriptions": world.bot.descriptions}
    return {
        "bot": bot,
        "now": _iso(world),
        "people": [_person(person) for person in world.people.values()],
        "groups": [_group(group) for group in world.groups.values()],
        "last_seq": world.transcript.last_seq,
    }


async def put_person(request: web.Request) -> Json:
    """Answer ``POST /control/people``. Replacing somebody keeps their chat and their block."""
    world, body = request.app[WORLD], await read_body(request)
    person_id = body.integer("id")
    if person_id <= 0:
        raise ControlError("A person's id must be positive.")
    if world.bot.user["id"] == person_id:
        raise ControlError("This id is the bot's.")
    person = Person(
        person_id,
        body.text("first_name"),
        last_name=body.optional_text("last_name"),
        username=body.optional_text("username"),
        language_code=body.optional_text("language_code"),
        title=body.optional_text("title"),
        note=body.optional_text("note"),
    )
    if (old := world.people.get(person_id)) is not None:
        person.started, person.blocked = old.started, old.blocked
    world.people[person_id] = person
    world.changed()
    return {"person": _person(person)}


async def put_group(request: web.Request) -> Json:
    """Answer ``POST /control/groups``. Replacing a group keeps its chat and its topics."""
    world, body = request.app[WORLD], await read_body(request)
    group_id = body.integer("id")
    if group_id >= 0:
        raise ControlError("A group's id must be negative.")
    members = [person_of(world, member).id for member in body.items("members", int, "ids")]
    kind = body.choice("type", ("group", "supergroup"))
    status = "member" if body.flag("bot_is_member", default=False) else "left"
    forum = body.flag("is_forum", default=False)
    if forum and kind != "supergroup":
        raise ControlError("Only a supergroup can have topics.")
    group = Group(group_id, body.text("title"), kind, members, body.optional_text("note"), status, forum)
    if (old := world.groups.get(group_id)) is not None:
        group.topics = old.topics
    world.groups[group_id] = group
    world.changed()
    return {"group": _group(group)}


async def limits(request: web.Request) -> Json:
    """Answer ``POST /control/limits``."""
    request.app[WORLD].limits.switch(enabled=(await read_body(request)).flag("enabled"))
    return {}


async def clock(request: web.Request) -> Json:
    """Answer ``POST /control/clock``."""
    world, body = request.app[WORLD], await read_body(request)
    if body.has("set"):
        try:
            moment = datetime.fromisoformat(body.text("set"))
        except ValueError:
            raise ControlError("set must be an ISO time.") from None
        if moment.tzinfo is None:
            raise ControlError("set must say its time zone, such as 2026-03-01T12:00:00+00:00.")
        world.move_clock(moment.timestamp())
    else:
        advance = body.integer("advance")
        if abs(advance) > CLOCK_STEP:
            raise ControlError("advance must not be more than a hundred years.")
        world.move_clock(world.now() + advance)
    world.changed()
    return {"now": _iso(world)}


async def chat_messages(request: web.Request) -> Json:
    """Answer ``GET /control/chats/<id>/messages``."""
    world, chat_id = request.app[WORLD], int(request.match_info["id"])
    if world.chat(chat_id) is None:
        raise ControlError(f"There is no chat {chat_id}.", 404)
    after = query_integer(request, "after") or 0
    messages = world.messages.get(chat_id, {}).values()
    return {
        "messages": [view(world, message) for message in messages if message.changed > after],
        "last_seq": world.transcript.last_seq,
    }


async def transcript(request: web.Request) -> Json:
    """Answer ``GET /control/transcript``."""
    world = request.app[WORLD]
    events = world.transcript.after(query_integer(request, "after") or 0, query_integer(request, "chat_id"))
    return {"events": list(events), "last_seq": world.transcript.last_seq}


async def updates(request: web.Request) -> Json:
    """Answer ``GET /control/updates``."""
    queue = request.app[WORLD].updates
    return {"pending": queue.pending, "confirmed": queue.confirmed}
