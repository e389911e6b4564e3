"""The team's work, in each member's private chat."""

import hashlib

from telegram import Update

from desk import attachments, cases, queue
from handlers import files
from handlers.turn import Turn
from storage.records import Ticket


async def show_queue(_: Update, turn: Turn) -> None:
    """/queue, or the button: who waits, and what this member holds."""
    turn.show("queue", **await queue.queue_view(turn.desk, turn.tx, turn.member, turn.locale))


async def take_next(_: Update, turn: Turn) -> None:
    """Take what should be answered next."""
    ticket = await queue.next_for(turn.tx, turn.member)
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
    if await queue.take(turn.tx, turn.member, ticket):
        await _show(turn, ticket.id)
    else:
        turn.show("staff_changed")


async def view(_: Update, turn: Turn) -> None:
    """Read a request."""
    ticket = await _readable(turn)
    if ticket is not None:
        await _show(turn, ticket.id)


async def _readable(turn: Turn) -> Ticket | None:
    ticket = await queue.readable(turn.tx, turn.member, turn.pressed_id())
    if ticket is None:
        turn.show("staff_changed")
    return ticket


async def _show(turn: Turn, ticket_id: int) -> None:
    member = turn.member
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
    """The words of a reply; files that were sent for it before stay with it."""
    await _preview(turn, turn.text, turn.person.draft.get("attached", {}))


async def reply_attached(_: Update, turn: Turn) -> None:
    """A picture, file or voice note for the reply; words beside it are the reply's."""
    draft = turn.person.draft
    known, file = draft.get("attached", {}), files.of(turn.message)
    text = turn.text or draft.get("text", "")
    refused = files.refuse(turn, known, file)
    attached = files.join(known, turn.message, file) if file is not None and refused is None else known
    if text != draft.get("text", "") or attached.get("ask") != known.get("ask"):
        await _preview(turn, text, attached)
    else:
        # One more piece of the album that the last preview spoke of, or one that is refused.
        turn.expect("staff.reply", **{**draft, "attached": refused or attached})


async def _preview(turn: Turn, text: str, attached: files.Draft) -> None:
    """Show the reply as the person will see it, and warn if it is in another language than theirs."""
    ticket = await _drafted(turn)
    if ticket is None:
        turn.expect(None)
        turn.say("staff_changed")
        return
    written = turn.understand(text).locale if text else None
    turn.expect("staff.reply", ticket=ticket.id, text=text, written=written, attached=attached)
    turn.say(
        "staff_preview",
        ticket=ticket.id,
        mark=_mark(text, attached),
        number=ticket.number,
        text=text,
        files=bool(attached.get("files")),
        written=written,
        asked=ticket.locale,
    )


def _mark(text: str, attached: files.Draft) -> str:
    """A short mark of a reply, so that "Send" sends what stands above it and nothing later."""
    reply = f"{text}\0{attached.get('ask', '')}"
    return hashlib.sha256(reply.encode("utf-8", "replace")).hexdigest()[:12]


async def send(_: Update, turn: Turn) -> None:
    """Send the previewed reply. What cannot be sent stays on the screen and in the draft."""
    draft = turn.person.draft
    text, attached = draft.get("text", ""), draft.get("attached", {})
    ticket = await queue.readable(turn.tx, turn.member, turn.pressed_id())
    if (
        ticket is None
        or not (text or attached.get("files"))
        or draft.get("ticket") != ticket.id
        or _mark(text, attached) != turn.pressed("mark")
    ):
        turn.say("staff_changed")
        return
    sent, missing, strange = files.fetched(turn, attached.get("files", []))
    if missing or strange:
        turn.show("staff_file_bad", ticket=ticket.id)
    elif await queue.reply(turn.tx, turn.member, ticket, text, draft.get("written"), sent):
        turn.expect(None)
        turn.show("staff_sent", ticket=ticket.id, number=ticket.number, files=len(sent))
    else:
        turn.say("staff_changed")


async def file_alone(_: Update, turn: Turn) -> None:
    """A file of a member of the team who writes no reply: it goes nowhere."""
    turn.say("staff_file_alone")


async def show_files(_: Update, turn: Turn) -> None:
    """The files of a request, into this member's private chat."""
    ticket = await _readable(turn)
    if ticket is not None and not await attachments.show_to_team(turn.tx, turn.person, ticket):
        turn.say("staff_changed")


async def note_written(_: Update, turn: Turn) -> None:
    """Keep a note."""
    ticket = await _drafted(turn)
    turn.expect(None)
    if ticket is not None and await queue.note(turn.tx, turn.member, ticket, turn.text):
        turn.say("staff_noted", ticket=ticket.id, number=ticket.number)
    else:
        turn.say("staff_changed")


# --- ending


async def resolve(_: Update, turn: Turn) -> None:
    """Close the request."""
    ticket = await queue.readable(turn.tx, turn.member, turn.pressed_id())
    if ticket is not None and await queue.resolve(turn.tx, turn.member, ticket):
        turn.show("staff_resolved", number=ticket.number)
    else:
        turn.show("staff_changed")


async def release(_: Update, turn: Turn) -> None:
    """Put the request back."""
    ticket = await queue.readable(turn.tx, turn.member, turn.pressed_id())
    if ticket is not None and await queue.release(turn.desk, turn.tx, turn.member, ticket):
        turn.show("staff_released", number=ticket.number)
    else:
        turn.show("staff_changed")


async def decide(_: Update, turn: Turn) -> None:
    """A lead decides on a second account: allow, deny or swap."""
    verdict = turn.pressed("verdict")
    ticket = await queue.readable(turn.tx, turn.member, turn.pressed_id())
    if ticket is not None and await cases.staff_decide(turn.tx, turn.member, ticket, verdict):
        turn.show("staff_decided", ticket=ticket.id, number=ticket.number, verdict=verdict)
    else:
        turn.show("staff_changed")
