"""What is not a written message: each kind has a clear answer and nothing of it is kept."""

from telegram import Update

from handlers.alarm import alarm
from handlers.turn import Turn


async def other_kind(_: Update, turn: Turn) -> None:
    """A voice note, picture, file, place, contact, sticker or anything newer than this bot."""
    message = turn.message
    if message.caption:
        # The words beside a picture may be a cry for help.
        understanding = turn.understand(message.caption)
        if await alarm(turn, message.caption, understanding):
            return
    if message.voice or message.audio or message.video_note:
        kind = "voice"
    elif message.photo or message.document or message.video:
        kind = "document"
    elif message.location or message.venue:
        kind = "location"
    elif message.contact:
        kind = "contact"
    else:
        kind = "other"
    turn.say("only_text", kind=kind)


async def unknown_button(_: Update, turn: Turn) -> None:
    """A forged button, or one of an older version."""
    turn.say("unknown_button")


async def unknown_command(_: Update, turn: Turn) -> None:
    """A command that the bot does not have, or that is not for this person."""
    turn.say("unknown_command")
