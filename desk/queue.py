"""The team's side of requests: the queue, taking, answering, noting, resolving."""

from collections.abc import Sequence
from typing import Any

from desk.desk import Desk, notice
from desk.roles import LEADING
from desk.tickets import CASE_LINK, close_ticket, message_values
from desk.waiting import target_of
from storage import answers, people, staff, tickets
from storage.records import File, Staff, Ticket
from storage.transaction import Transaction

LISTED = 6  # requests on one screen of the queue


def may_read(member: Staff, ticket: Ticket) -> bool:
    """Whether this member of the team may read the request: free ones, their own, and a lead all."""
    return ticket.assignee_id in (None, member.person_id) or member.role in LEADING


async def readable(tx: Transaction, member: Staff, ticket_id: int) -> Ticket | None:
    """A request that this member may read, else None."""
    ticket = await tickets.by_id(tx, ticket_id)
    return ticket if ticket is not None and may_read(member, ticket) else None


async def staff_view(
    desk: Desk, tx: Transaction, member: Staff, ticket: Ticket, locale: str
) -> dict[str, Any]:
    """A request with its whole conversation, as the values of the team's template."""
    owner = await people.by_id(tx, ticket.person_id)
    names = {colleague.person_id: colleague.name for colleague in await staff.members(tx)}
    messages = await tickets.conversation(tx, ticket.id, owner, notes=True)
    topics, shown = desk.library.topics, await answers.given_before(tx, ticket.person_id, ticket.id)
    return {
        **brief(desk, tx, ticket, locale),
        "assignee": names.get(ticket.assignee_id) if ticket.assignee_id else None,
        "held": _holds(member, ticket),
        "may_take": may_take(member, ticket),
        "shown": [topics[topic].texts[locale].title for topic in shown if topic in topics],
        "case_link": ticket.topic == CASE_LINK,
        "may_decide": ticket.link_id is not None and member.role in LEADING and ticket.state != "closed",
        "files": sum(message.files for message in messages),
        "messages": message_values(messages),
    }


def brief(desk: Desk, tx: Transaction, ticket: Ticket, locale: str) -> dict[str, Any]:
    """A request in a line of the queue."""
    topic = desk.library.topics.get(ticket.topic or "")
    return {
        "ticket": ticket.id,
        "number": ticket.number,
        "urgent": ticket.urgent,
        "asked": ticket.locale,
        "role": ticket.role,
        "state": ticket.state,
        "title": topic.texts[locale].title if topic else None,
        "waited": (tx.now - ticket.waiting_since).total_seconds() if ticket.waiting_since else None,
    }


async def queue_view(desk: Desk, tx: Transaction, member: Staff, locale: str) -> dict[str, Any]:
    """Who waits, and what this member holds, as the values of a template."""
    waiting = await tickets.queue(tx, limit=LISTED)
    mine = await tickets.taken_by(tx, member.person_id)
    counts, _ = await tickets.counts_waiting(tx)
    return {
        "waiting": [brief(desk, tx, ticket, locale) for ticket in waiting],
        "more": sum(counts.values()) - len(waiting),
        "mine": [brief(desk, tx, ticket, locale) for ticket in mine[:LISTED]],
    }


async def next_for(tx: Transaction, member: Staff) -> Ticket | None:
    """The request this member should take next: urgent ones, then those in their languages, then any."""
    queue = await tickets.queue(tx, limit=50)
    fitting = [ticket for ticket in queue if ticket.urgent or ticket.locale in member.languages]
    return next(iter(fitting or queue), None)


async def take(tx: Transaction, member: Staff, ticket: Ticket) -> bool:
    """Become the assignee, and tell the person that somebody reads. False where a colleague was first."""
    if not may_take(member, ticket) or not await tickets.change(
        tx, ticket, state="taken", assignee_id=member.person_id
    ):
        return False
    tx.audit("ticket.taken", actor=member.person_id, subject=ticket.id)
    owner = await people.by_id(tx, ticket.person_id)
    if owner is not None and ticket.topic != CASE_LINK:
        tx.post(notice(owner, "ticket_taken", _numbers(ticket), locale=ticket.locale))
    return True


async def reply(
    tx: Transaction,
    member: Staff,
    ticket: Ticket,
    text: str,
    locale: str | None,
    files: Sequence[File] = (),
) -> bool:
    """Answer the person. False unless this member holds the request and its person is still there."""
    owner = await people.by_id(tx, ticket.person_id)
    if not _holds(member, ticket) or owner is None:
        return False
    changed = await tickets.change(
        tx,
        ticket,
        state="answered",
        waiting_since=None,
        due_at=None,
        first_reply_at=ticket.first_reply_at or tx.now,
    )
    if changed:
        await tickets.say(
            tx,
            ticket,
            owner,
            author="staff",
            author_id=member.person_id,
            body=text,
            locale=locale,
            files=files,
        )
        tx.audit("ticket.replied", actor=member.person_id, subject=ticket.id)
        values = {**_numbers(ticket), "files": len(files)}
        tx.post(notice(owner, "ticket_reply", values, locale=ticket.locale))
    return changed


async def note(tx: Transaction, member: Staff, ticket: Ticket, text: str) -> bool:
    """Write something down for colleagues. False unless this member holds the request."""
    owner = await people.by_id(tx, ticket.person_id)
    if not _holds(member, ticket) or owner is None:
        return False
    await tickets.say(tx, ticket, owner, author="note", author_id=member.person_id, body=text, locale=None)
    tx.audit("ticket.noted", actor=member.person_id, subject=ticket.id)
    return True


async def resolve(tx: Transaction, member: Staff, ticket: Ticket) -> bool:
    """Close the request and tell the person how to reopen it. False unless this member holds it."""
    if not _holds(member, ticket) or not await close_ticket(tx, ticket, member.person_id):
        return False
    owner = await people.by_id(tx, ticket.person_id)
    if owner is not None:
        tx.post(notice(owner, "ticket_closed", _numbers(ticket), locale=ticket.locale))
    return True


async def release(desk: Desk, tx: Transaction, member: Staff, ticket: Ticket) -> bool:
    """Put the request back into the queue. False unless this member holds it, or leads the team."""
    if not _holds(member, ticket) and not (member.role in LEADING and _is_held(ticket)):
        return False
    changed = await tickets.change(
        tx,
        ticket,
        state="open",
        assignee_id=None,
        waiting_since=ticket.waiting_since or tx.now,
        due_at=ticket.due_at or tx.now + target_of(desk.policy, ticket.urgent),
    )
    if changed:
        tx.audit("ticket.released", actor=member.person_id, subject=ticket.id)
    return changed


def may_take(member: Staff, ticket: Ticket) -> bool:
    """Whether this member may become the assignee: of what is free; a lead also of what a colleague holds."""
    left_lying = _is_held(ticket) and ticket.assignee_id != member.person_id
    return ticket.state == "open" or (member.role in LEADING and left_lying)


def _holds(member: Staff, ticket: Ticket) -> bool:
    return ticket.assignee_id == member.person_id and _is_held(ticket)


def _is_held(ticket: Ticket) -> bool:
    return ticket.assignee_id is not None and ticket.state in ("taken", "answered")


def _numbers(ticket: Ticket) -> dict[str, Any]:
    return {"ticket": ticket.id, "number": ticket.number}
