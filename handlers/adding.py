"""Adding to a request: the next message goes to it."""

from telegram import Update

from desk import tickets
from handlers import questions
from handlers.alarm import alarm
from handlers.turn import Turn


async def write(_: Update, turn: Turn) -> None:
    """The button: the next message goes to this request."""
    ticket = await tickets.own_to_change(turn.tx, turn.person, turn.pressed_id())
    if ticket is None:
        turn.say("unknown_button")
        return
    turn.expect("ticket", ticket=ticket.id)
    turn.say("ticket_write", number=ticket.number)


async def written(_: Update, turn: Turn) -> None:
    """The message is here; to an urgent request belongs all that follows, until a button is pressed."""
    if await alarm(turn, turn.text):
        return
    ticket = await tickets.own_to_change(turn.tx, turn.person, int(turn.person.draft.get("ticket", 0)))
    if ticket is None:
        # The request ended long ago; what the person writes now is a question.
        turn.expect(None)
        await questions.ask(turn, turn.text)
        return
    if not ticket.urgent:
        turn.expect(None)
    await tickets.add(turn.desk, turn.tx, turn.person, ticket, turn.text, turn.locale)
