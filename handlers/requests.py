"""The person's own requests: see, add, close, reopen."""

from telegram import Update

from desk import attachments, tickets
from desk.waiting import waiting_values
from handlers.turn import Turn
from storage.records import Ticket


async def _own(turn: Turn) -> Ticket | None:
    """The person's own request; for anybody else's, or a forged number, they are told."""
    ticket = await tickets.own(turn.tx, turn.person, turn.pressed_id())
    if ticket is None:
        turn.say("unknown_button")
    return ticket


async def _own_to_change(turn: Turn) -> Ticket | None:
    ticket = await tickets.own_to_change(turn.tx, turn.person, turn.pressed_id())
    if ticket is None:
        turn.say("unknown_button")
    return ticket


async def show_list(_: Update, turn: Turn) -> None:
    """/requests, or the button."""
    turn.show("requests", requests=await tickets.own_list(turn.tx, turn.person))


async def show_one(_: Update, turn: Turn) -> None:
    """One request with its conversation."""
    ticket = await _own(turn)
    if ticket is not None:
        turn.show("ticket_view", **await tickets.own_view(turn.tx, turn.person, ticket))


async def read_reply(_: Update, turn: Turn) -> None:
    """The button under "there is an answer": the conversation, and then the files of the answer."""
    await show_one(turn.update, turn)
    ticket = await tickets.own(turn.tx, turn.person, turn.pressed_id())
    if ticket is not None:
        await attachments.show_last_reply(turn.tx, turn.person, ticket)


async def show_files(_: Update, turn: Turn) -> None:
    """The files of one request."""
    ticket = await _own(turn)
    if ticket is not None and not await attachments.show_own(turn.tx, turn.person, ticket):
        turn.say("unknown_button")


async def close(_: Update, turn: Turn) -> None:
    """The person needs nothing more."""
    ticket = await _own_to_change(turn)
    if ticket is None:
        return
    turn.expect(None)
    await tickets.close_ticket(turn.tx, ticket, turn.person.id)
    turn.show("ticket_closed_by_you", ticket=ticket.id, number=ticket.number)


async def reopen(_: Update, turn: Turn) -> None:
    """The person still needs help."""
    ticket = await _own_to_change(turn)
    if ticket is None:
        return
    if ticket.state == "closed":
        again = await tickets.reopen(turn.desk, turn.tx, turn.person, ticket)
        turn.show("ticket_reopened", **await waiting_values(turn.desk, turn.tx, again))
    else:
        turn.show("ticket_view", **await tickets.own_view(turn.tx, turn.person, ticket))
