"""What must be known of an update before, or without, being able to read it: pure functions of its JSON."""

from typing import Any

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
"""The kinds of updates that the bot asks for."""


def _object(value: object) -> dict[str, Any]:
    # What stands in another form than we know must not stop what stands beside it.
    return value if isinstance(value, dict) else {}


def _id(value: object) -> int | None:
    number = _object(value).get("id")
    # A number that no column holds must not keep its update, and all that come with it, out of the inbox.
    return number if isinstance(number, int) and abs(number) < 2**63 else None


def body_of(update: dict[str, Any]) -> dict[str, Any]:
    """The one object inside an update; empty for a kind we do not know."""
    return next((update[kind] for kind in KINDS if isinstance(update.get(kind), dict)), {})


def chat_of(update: dict[str, Any]) -> int:
    """The chat whose order an update belongs to; its sender's where it has none, 0 where it has neither."""
    body = body_of(update)
    places = (body.get("chat"), _object(body.get("message")).get("chat"), body.get("from"))
    return next((found for found in map(_id, places) if found is not None), 0)


def sender_of(update: dict[str, Any]) -> int | None:
    """The account that sent it."""
    return _id(body_of(update).get("from"))


def words_of(update: dict[str, Any]) -> str:
    """What was written; empty for a pressed button."""
    body = _object(update.get("message")) or _object(update.get("edited_message"))
    return str(body.get("text") or body.get("caption") or "")


def query_of(update: dict[str, Any]) -> str | None:
    """What acknowledges a pressed button; None for anything else."""
    query = _object(update.get("callback_query")).get("id")
    return query if isinstance(query, str) else None
