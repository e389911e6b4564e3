"""What must be known of an update before, or without, being able to read it: pure functions of its JSON."""

from typing import Any

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
"""The kinds of updates that the bot asks for."""


def body_of(update: dict[str, Any]) -> dict[str, Any]:
    """The one object inside an update; empty for a kind we do not know."""
    return next((update[kind] for kind in KINDS if isinstance(update.get(kind), dict)), {})


def chat_of(update: dict[str, Any]) -> int:
    """The chat whose order an update belongs to; its sender's where it has none."""
    body = body_of(update)
    chat = body.get("chat") or (body.get("message") or {}).get("chat") or body.get("from") or {}
    return int(chat.get("id", 0))


def sender_of(update: dict[str, Any]) -> int | None:
    """The account that sent it."""
    sender = body_of(update).get("from") or {}
    return int(sender["id"]) if "id" in sender else None


def words_of(update: dict[str, Any]) -> str:
    """What was written; empty for a pressed button."""
    body = update.get("message") or update.get("edited_message") or {}
    return str(body.get("text") or body.get("caption") or "")
