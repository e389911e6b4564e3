"""Who acts in a control call, and in which chat: what somebody cannot do where they are is said."""

from typing import Any

from sandbox.body import Body, ControlError
from sandbox.nouns import Group, Person
from sandbox.topics import thread_fields
from sandbox.world import World

Json = dict[str, Any]


def person_of(world: World, person_id: int) -> Person:
    """Return a person. Raises a 404 for an id nobody has."""
    person = world.people.get(person_id)
    if person is None:
        raise ControlError(f"There is no person {person_id}.", 404)
    return person


def chat_of(world: World, person: Person, body: Body) -> int:
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


def check_open(person: Person, chat_id: int) -> None:
    """Raise where a person writes to a bot that they have blocked."""
    if chat_id == person.id and person.blocked:
        raise ControlError(f"{person.first_name} has blocked the bot and must unblock it first.")


def thread_of(world: World, chat_id: int, body: Body) -> Json:
    """Return the fields of the topic that a message is written in."""
    if not body.has("message_thread_id"):
        return {}
    topic = world.topic(chat_id, body.integer("message_thread_id"))
    if topic is None:
        raise ControlError("There is no such topic.", 404)
    if topic.closed:
        raise ControlError(f"The topic {topic.name} is closed.")
    return thread_fields(world, chat_id, topic.id)


def group_of(world: World, person: Person, body: Body) -> Group:
    """Return the group a person acts in."""
    group = world.groups.get(chat_of(world, person, body))
    if group is None:
        raise ControlError("chat_id must be a group's.")
    return group
