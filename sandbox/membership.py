"""The methods about chats and their members."""

from typing import Any

from sandbox.access import joined_chat
from sandbox.nouns import Group, Person
from sandbox.params import Params
from sandbox.people import bot_status_changed
from sandbox.refusals import bad_request
from sandbox.world import World

Json = dict[str, Any]

NO_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


def get_chat(world: World, params: Params) -> Json:
    """Return the ChatFullInfo."""
    chat = joined_chat(world, params)
    return chat.chat() | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": NO_GIFTS,
    }


def get_chat_member(world: World, params: Params) -> Json:
    """Return what somebody is in a chat: a member or gone."""
    chat = joined_chat(world, params)
    user_id = params.integer("user_id")
    if user_id == world.bot.user["id"]:
        return {"user": world.bot.user, "status": "member"}
    person = world.people.get(user_id)
    if person is None:
        raise bad_request("user not found")
    member = user_id in chat.members if isinstance(chat, Group) else user_id == chat.id
    return {"user": person.user(), "status": "member" if member else "left"}


def get_chat_member_count(world: World, params: Params) -> int:
    """Return how many belong to a chat, the bot among them."""
    chat = joined_chat(world, params)
    return 2 if isinstance(chat, Person) else len(chat.members) + 1


def leave_chat(world: World, params: Params) -> bool:
    """Leave a group."""
    chat = joined_chat(world, params)
    if isinstance(chat, Person):
        raise bad_request("chat member status can't be changed in private chats")
    bot_status_changed(world, chat, world.bot.user, "left")
    return True
