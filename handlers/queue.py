"""The team's work, in each member's private chat."""

import hashlib

from telegram import Update

from desk import cases, queue
from handlers.turn import Turn
from storage.records import Staff, Ticket


def _member(turn: Turn) -> Staff:
    # Routes lets only members of the team come here.
    if turn.staff is None:
        raise PermissionError("a handler of the queue was reached by an outsider")
    return turn.staff


async def show_queue(_: Update, turn: Turn) -> None:
    """/queue, or the button: who waits, and what this member holds."""
    turn.show("queue", **await queue.queue_view(turn.desk, turn.tx, _member(turn), turn.locale))


async def take_next(_: Update, turn: Turn) -> None:
    """Take what should be answered next."""
    ticket = await queue.next_for(turn.tx, _member(turn))
    if ticket is None:
        await show_queue(turn.update, turn)
    else:
        await _take(turn, ticket)


async def take(_: Update, turn: Turn) -> None:
    """Take this request."""
    ticket = await _readable(turn)
    if ticket is not None:
        await _take(turn, ticket)


async def _take(turn: Turn, ticket: Ticket) -> None:
    if await queue.take(turn.tx, _member(turn), ticket):
        await _show(turn, ticket.id)
    else:
        turn.show("staff_changed")


async def view(_: Update, turn: Turn) -> None:
    """Read a request."""
    ticket = await _readable(turn)
    if ticket is not None:
        await _show(turn, ticket.id)


async def _readable(turn: Turn) -> Ticket | None:
    ticket = await queue.readable(turn.tx, _member(turn), turn.pressed_id())
    if ticket is None:
        turn.show("staff_changed")
    return ticket


async def _show(turn: Turn, ticket_id: int) -> None:
    member = _member(turn)
    ticket = await queue.readable(turn.tx, member, ticket_id)
    if ticket is None:
        turn.show("staff_changed")
        return
    turn.show("staff_ticket", **await queue.staff_view(turn.desk, turn.tx, member, ticket, turn.locale))


# --- replying and noting


async def write_reply(_: Update, turn: Turn) -> None:
    """The next message is a reply."""
    await _write(turn, "staff.reply", "staff_write_reply")


async def write_note(_: Update, turn: Turn) -> None:
    """The next message is a note."""
    await _write(turn, "staff.note", "staff_write_note")


async def _write(turn: Turn, state: str, template: str) -> None:
    ticket = await _readable(turn)
    if ticket is not None:
        turn.expect(state, ticket=ticket.id)
        turn.say(template, number=ticket.number, asked=ticket.locale)


async def _drafted(turn: Turn) -> Ticket | None:
    # The person may have left the team since they began to write.
    return await queue.readable(turn.tx, turn.staff, turn.person.draft["ticket"]) if turn.staff else None


async def reply_written(_: Update, turn: Turn) -> None:
    """Show the reply as the person will see it, and warn if it is in another language than theirs."""
    ticket = await _drafted(turn)
    if ticket is None:
        turn.expect(None)
        turn.say("staff_changed")
        return
    written = turn.understand(turn.text).locale
    turn.expect("staff.reply", ticket=ticket.id, text=turn.text, written=written)
    turn.say(
        "staff_preview",
        ticket=ticket.id,
        mark=_mark(turn.text),
        number=ticket.number,
        text=turn.text,
        written=written,
        asked=ticket.locale,
    )


def _mark(text: str) -> str:
    """A short mark of a text, so that "Send" sends the words that stand above it and no later ones."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


async def send(_: Update, turn: Turn) -> None:
    """Send the previewed reply. What cannot be sent stays on the screen and in the draft."""
    draft = turn.person.draft
    ticket = await queue.readable(turn.tx, _member(turn), turn.pressed_id())
    text = draft.get("text")
    if (
        ticket is None
        or not text
        or draft.get("ticket") != ticket.id
        or _mark(text) != turn.pressed("mark")
        or not await queue.reply(turn.tx, _member(turn), ticket, text, draft.get("written"))
    ):
        turn.say("staff_changed")
        return
    turn.expect(None)
    turn.show("staff_sent", ticket=ticket.id, number=ticket.number)


async def note_written(_: Update, turn: Turn) -> None:
    """Keep a note."""
    ticket = await _drafted(turn)
    turn.expect(None)
    if ticket is not None and await queue.note(turn.tx, _member(turn), ticket, turn.text):
        turn.say("staff_noted", ticket=ticket.id, number=ticket.number)
    else:
        turn.say("staff_changed")


# --- ending


async def resolve(_: Update, turn: Turn) -> None:
    """Close the request."""
    ticket = await queue.readable(turn.tx, _member(turn), turn.pressed_id())
    if ticket is not None and await queue.resolve(turn.tx, _member(turn), ticket):
        turn.show("staff_resolved", number=ticket.number)
    else:
        turn.show("staff_changed")


async def release(_: Update, turn: Turn) -> None:
    """Put the request back."""
    ticket = await queue.readable(turn.tx, _member(turn), turn.pressed_id())
    if ticket is not None and await queue.release(turn.desk, turn.tx, _member(turn), ticket):
        turn.show("staff_released", number=ticket.number)
    else:
        turn.show("staff_changed")


async def decide(_: Update, turn: Turn) -> None:
    """A lead decides on a second account: allow, deny or swap."""
    verdict = turn.pressed("verdict")
    ticket = await queue.readable(turn.tx, _member(turn), turn.pressed_id())
    if ticket is not None and await cases.staff_decide(turn.tx, _member(turn), ticket, verdict):
        turn.show("staff_decided", ticket=ticket.id, number=ticket.number, verdict=verdict)
    else:
        turn.show("staff_changed")
