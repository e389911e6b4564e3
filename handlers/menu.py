"""The menu and what is reached from it without a question: languages, subjects, dangers."""

from telegram import Update

from desk import answers
from handlers.turn import Turn
from locales.words import GROUPS


async def show(_: Update, turn: Turn) -> None:
    """/help, or the button "Menu"."""
    turn.show("menu", staff=turn.staff is not None)


async def languages(_: Update, turn: Turn) -> None:
    """/language, or the button."""
    turn.show("language")


async def subjects(_: Update, turn: Turn) -> None:
    """The subjects to choose from."""
    offered = await answers.menu(turn.desk, turn.tx, turn.person.role, turn.locale)
    turn.show("subjects", groups=[group for group in GROUPS if group in offered])


async def subject(_: Update, turn: Turn) -> None:
    """The topics of one subject."""
    group = turn.pressed("group")
    topics = (await answers.menu(turn.desk, turn.tx, turn.person.role, turn.locale)).get(group)
    if topics is None or group not in GROUPS:
        turn.say("unknown_button")
        return
    turn.show("subject", group=group, topics=topics)


async def danger_list(_: Update, turn: Turn) -> None:
    """The dangers to choose from."""
    topics = sorted(turn.desk.library.urgent)
    offered = await answers.suggestions(turn.desk, turn.tx, topics, turn.locale)
    turn.show("danger_list", topics=offered)
