"""Where the bot may write, and what it may change: the refusals that come from the state of the world."""

from sandbox.nouns import Group, Message, Person
from sandbox.params import Params
from sandbox.refusals import bad_request, forbidden, migrated
from sandbox.world import World


def any_chat(world: World, params: Params) -> Person | Group:
    """Return the chat a call names. Raises a 400 where the bot cannot know it."""
    if not params.text("chat_id"):
        raise bad_request("chat_id is empty")
    chat_id = params.integer("chat_id")
    found = world.people.get(chat_id) or world.groups.get(chat_id)
    if found is None:
        raise bad_request("chat not found")
    return found


def joined_chat(world: World, params: Params) -> Person | Group:
    """Return a chat the bot may look into.

    Raises a 403 for a group it is not in, and a 400 for one that has become a supergroup.
    """
    chat = any_chat(world, params)
    if isinstance(chat, Group) and chat.migrated_to is not None:
        raise migrated(chat.migrated_to)
    if isinstance(chat, Group) and chat.bot_status != "member":
        if chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    return chat


def writable_chat(world: World, params: Params) -> int:
    """Return the id of a chat the bot may write to. Raises a 403 for who blocked it or never wrote."""
    chat = joined_chat(world, params)
    if isinstance(chat, Person):
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
    return chat.id


def own_message(world: World, params: Params) -> Message:
    """Return the message of the bot that a call wants to edit."""
    if params.text("inline_message_id") and not params.text("chat_id"):
        raise bad_request("invalid inline message identifier specified")  # nothing is sent inline here
    if not params.text("message_id"):
        raise bad_request("message identifier is not specified")
    chat_id = writable_chat(world, params)
    message = world.find(chat_id, params.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot or message.reply_keyboard is not None:
        raise bad_request("message can't be edited")
    return message
