"""The methods about the bot itself: who it is, its commands, its descriptions and its files."""

from typing import Any

from sandbox.params import Params
from sandbox.refusals import bad_request
from sandbox.world import World

Json = dict[str, Any]

LARGEST_DOWNLOAD = 20 * 1024 * 1024
"""Bytes of a file that a bot can fetch."""


def get_me(world: World, _params: Params) -> Json:
    """Return the bot's User."""
    return world.bot.user | {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_file(world: World, params: Params) -> Json:
    """Return where a file can be downloaded."""
    stored = world.files.by_id(params.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.data) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return stored.api | {"file_path": stored.path}


def _commands_key(params: Params) -> tuple[str, str]:
    scope = params.json("scope", dict, "BotCommandScope") or {"type": "default"}
    place = ":".join(str(scope[key]) for key in ("type", "chat_id", "user_id") if key in scope)
    return place, params.text("language_code")


def set_my_commands(world: World, params: Params) -> bool:
    """Keep the commands of one scope and language."""
    commands = params.json("commands", list, "commands list")
    if commands is None:
        raise bad_request('parameter "commands" is required')
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    kept = [_command(command) for command in commands]
    world.bot.commands[_commands_key(params)] = kept
    world.changed()
    return True


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = str(command.get("command", "")).removeprefix("/"), str(command.get("description", ""))
    if (
        not 1 <= len(name) <= 32
        or not name.isascii()
        or not name.replace("_", "a").isalnum()
        or not name.islower()
    ):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def get_my_commands(world: World, params: Params) -> list[Json]:
    """Return the commands of exactly one scope and language."""
    return world.bot.commands.get(_commands_key(params), [])


def delete_my_commands(world: World, params: Params) -> bool:
    """Forget the commands of one scope and language."""
    world.bot.commands.pop(_commands_key(params), None)
    world.changed()
    return True


def set_my_description(world: World, params: Params) -> bool:
    """Keep the text of the empty chat in one language."""
    return _describe(world, params, world.bot.descriptions, "description", 512)


def set_my_short_description(world: World, params: Params) -> bool:
    """Keep the text of the bot's profile in one language."""
    return _describe(world, params, world.bot.short_descriptions, "short_description", 120)


def _describe(world: World, params: Params, texts: dict[str, str], name: str, limit: int) -> bool:
    text = params.text(name)
    if len(text) > limit:
        raise bad_request("DESCRIPTION_TOO_LONG" if name == "description" else "ABOUT_TOO_LONG")
    texts[params.text("language_code")] = text
    world.changed()
    return True


def get_my_description(world: World, params: Params) -> Json:
    """Return the text of the empty chat."""
    return {"description": _in_language(world.bot.descriptions, params)}


def get_my_short_description(world: World, params: Params) -> Json:
    """Return the text of the bot's profile."""
    return {"short_description": _in_language(world.bot.short_descriptions, params)}


def _in_language(texts: dict[str, str], params: Params) -> str:
    return texts.get(params.text("language_code")) or texts.get("", "")
