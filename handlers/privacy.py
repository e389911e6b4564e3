"""What is kept about a person, who runs this, and leaving."""

from telegram import Update

from desk import privacy
from handlers.turn import Turn


async def show(_: Update, turn: Turn) -> None:
    """/privacy, or the button."""
    turn.show("privacy")


async def about(_: Update, turn: Turn) -> None:
    """Who runs this."""
    turn.show("about")


async def forget(_: Update, turn: Turn) -> None:
    """/forget: ask once."""
    turn.show("forget_ask")


async def forget_yes(_: Update, turn: Turn) -> None:
    """Erase."""
    await privacy.erase(turn.tx, turn.person, turn.locale)
    turn.erased = True


async def cancel(_: Update, turn: Turn) -> None:
    """/cancel: stop the dialogue, and forget files that wait for a yes."""
    turn.change(draft={})
    turn.say("cancelled")
