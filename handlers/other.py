"""What is neither a written message nor a file: each kind has a clear answer and nothing of it is kept."""

from telegram import Message, Update

from handlers.turn import Turn


def describe(turn: Turn) -> None:
    """Say that this kind of message cannot be read, and that nothing of it is kept."""
    turn.say("only_text", kind=_kind(turn.message), words=bool(turn.message.caption))


def _kind(message: Message) -> str:
    if message.location or message.venue:
        return "location"
    return "contact" if message.contact else "other"


async def unknown_button(_: Update, turn: Turn) -> None:
    """A forged button, or one of an older version."""
    turn.say("unknown_button")


async def unknown_command(_: Update, turn: Turn) -> None:
    """A command that the bot does not have, or that is not for this person."""
    turn.say("unknown_command")
