"""The case: showing it, a second account, unlinking."""

from telegram import Update

from desk import cases
from handlers.turn import Turn


async def show(_: Update, turn: Turn) -> None:
    """/case: nothing of the case itself yet, since a phone shows new messages to whoever looks at it."""
    if await cases.has_case(turn.tx, turn.person):
        turn.show("case_ready")
    elif cases.may_link(turn.person):
        turn.show("case_none")
    else:
        turn.show("case_other_role")


async def show_card(_: Update, turn: Turn) -> None:
    """The case itself, in the place of the message whose button was pressed."""
    values = await cases.card_values(turn.desk, turn.tx, turn.person, turn.locale)
    if values is None:
        turn.say("unknown_button")
    else:
        turn.show("case_card", **values)


# --- a second account


async def allow(_: Update, turn: Turn) -> None:
    """The first account agrees."""
    await _decide(turn, allow=True)


async def deny(_: Update, turn: Turn) -> None:
    """The first account refuses."""
    await _decide(turn, allow=False)


async def _decide(turn: Turn, *, allow: bool) -> None:
    if not await cases.holder_decides(turn.tx, turn.person, turn.pressed_id(), allow=allow):
        turn.say("unknown_button")
        return
    turn.show("link_allowed" if allow else "link_denied")


# --- unlinking


async def ask_unlink(_: Update, turn: Turn) -> None:
    """Ask before the case is hidden for good."""
    turn.show("unlink_ask")


async def unlink(_: Update, turn: Turn) -> None:
    """Show no case here any more."""
    await cases.unlink_all(turn.tx, turn.person)
    turn.show("unlinked")
