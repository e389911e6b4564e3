"""What people do with groups: take the bot in and out, open topics, make a supergroup of one."""

from typing import Any

from sandbox import people
from sandbox.body import Body, ControlError
from sandbox.nouns import Person
from sandbox.places import group_of
from sandbox.world import World

Json = dict[str, Any]


def bot_in_group(world: World, person: Person, body: Body) -> Json:
    """Add the bot to a group or remove it, as one of its members."""
    group = group_of(world, person, body)
    status = "member" if body.flag("member") else "kicked"
    return {"update_id": people.bot_status_changed(world, group, person.user(), status)}


def upgrade(world: World, person: Person, body: Body) -> Json:
    """Make a supergroup of a group, under another id."""
    group, new_id = group_of(world, person, body), body.integer("to")
    if group.type != "group":
        raise ControlError(f"{group.title} is a supergroup already.")
    if new_id >= 0 or new_id in world.groups:
        raise ControlError("to must be a negative number that no group has.")
    return {"update_ids": people.upgrade(world, person, group, new_id)}


def topic(world: World, person: Person, body: Body) -> Json:
    """Open a topic in a forum."""
    group, name = group_of(world, person, body), body.text("name").strip()
    if not group.is_forum:
        raise ControlError(f"{group.title} has no topics.")
    if not name:
        raise ControlError("name must not be empty.")
    update_id, thread_id = people.open_a_topic(world, person, group, name)
    return {"update_id": update_id, "message_thread_id": thread_id}
