"""News about the programmes."""

from telegram import Update

from desk import news
from handlers.turn import Turn


async def show_list(_: Update, turn: Turn) -> None:
    """/updates, or the button: newest first."""
    items = news.listed(turn.desk, turn.locale, turn.person.role)
    if items:
        turn.show("updates", items=items)
    else:
        turn.show("updates_none")


async def show_one(_: Update, turn: Turn) -> None:
    """One piece of news."""
    values = news.values(turn.desk, turn.pressed("news"), turn.locale, turn.person.role)
    if values is None:
        turn.say("unknown_button")
    else:
        turn.show("update", **values)
