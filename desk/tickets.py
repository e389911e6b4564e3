"""Requests to the team: opened, waited for, taken, answered, closed, reopened."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from desk.desk import Desk, Policy, letter, notice
from desk.roles import LEADING, WORKING
from storage import people, staff, tickets
from storage.records import NOTICE, Letter, Person, Staff, Ticket, TicketMessage
from storage.transaction import Transaction

LISTED = 6  # requests on one screen of the queue
ENOUGH = 5  # answered requests from which a measured waiting time is told
CASE_LINK = "case-link"  # the topic of requests in which staff decide who may see a case


def expected_wait(waits: Sequence[float], target: timedelta) -> tuple[float, bool]:
    """Seconds until a first reply that most requests keep, and whether that was measured.

    With enough answered requests it is what four in five of them took; before that, only the
    operator's aim can be told, and the person is told that it is an aim.
    """
    if len(waits) < ENOUGH:
        return target.total_seconds(), False
    return sorted(waits)[math.ceil(len(waits) * 0.8) - 1], True


def target_of(policy: Policy, urgent: bool) -> timedelta:
    """The service level."""
    return policy.urgent_target if urgent else policy.target


def may_read(member: Staff, ticket: Ticket) -> bool:
    """Whether this member of the team may read the request: free ones, their own, and a lead all."""
    return ticket.assignee_id in (None, member.person_id) or member.role in LEADING


async def waiting_values(desk: Desk, tx: Transaction, ticket: Ticket) -> dict[str, Any]:
    """Place and expected time of a waiting request, as the values of a template."""
    waits = await tickets.first_waits(tx, urgent=ticket.urgent, limit=50)
    seconds, measured = expected_wait(waits, target_of(desk.policy, ticket.urgent))
    ahead = await tickets.count_ahead(tx, ticket)
    return {
        "ticket": ticket.id,
        "number": ticket.number,
        "urgent": ticket.urgent,
        "place": ahead + 1,
        "wait": seconds,
        "measured": measured,
    }


def message_values(messages: Sequence[TicketMessage]) -> list[dict[str, Any]]:
    """A conversation as the values of a template."""
    return [
        {"author": message.author, "at": message.at.date().isoformat(), "body": message.body}
        for message in messages
    ]


# --- the person's side


async def own(tx: Transaction, person: Person, ticket_id: int) -> Ticket | None:
    """The person's own request; None for anybody else's."""
    ticket = await tickets.by_id(tx, ticket_id)
    return ticket if ticket is not None and ticket.person_id == person.id else None


async def own_list(tx: Transaction, person: Person) -> list[dict[str, Any]]:
    """The person's requests, newest first, with their places, as the values of a template."""
    values = []
    for ticket in await tickets.of_person(tx, person.id):
        waits = ticket.state == "open" and ticket.waiting_since is not None
        values.append(
            {
                "ticket": ticket.id,
                "number": ticket.number,
                "state": ticket.state,
                "urgent": ticket.urgent,
                "opened": ticket.opened_at.date().isoformat(),
                "place": await tickets.count_ahead(tx, ticket) + 1 if waits else None,
            }
        )
    return values


async def own_view(tx: Transaction, person: Person, ticket: Ticket) -> dict[str, Any]:
    """The person's request with its conversation, without the team's notes, as the values of a template."""
    messages = await tickets.conversation(tx, ticket.id, person, notes=False)
    return {
        "ticket": ticket.id,
        "number": ticket.number,
        "state": ticket.state,
        "case_link": ticket.topic == CASE_LINK,
        "messages": message_values(messages),
    }


async def open_ticket(
    desk: Desk, tx: Transaction, person: Person, *, text: str, topic: str | None, locale: str
) -> Ticket:
    """Put a question into the team's queue and tell the person its number, place and expected time.

    Who has many open requests adds to the newest instead, so that nobody can fill the queue alone.
    """
    open_ones = [t for t in await tickets.of_person(tx, person.id) if t.state != "closed" and not t.urgent]
    if len(open_ones) >= desk.policy.open_requests:
        await add(desk, tx, person, open_ones[0], text, locale)
        return open_ones[0]
    ticket = await _add(desk, tx, person, topic=topic, locale=locale, urgent=False)
    await tickets.say(tx, ticket, person, author="person", author_id=person.id, body=text, locale=locale)
    tx.post(letter(person, "ticket_opened", await waiting_values(desk, tx, ticket), locale=locale))
    return ticket


async def raise_urgent(
    desk: Desk, tx: Transaction, person: Person, *, text: str | None, topic: str, locale: str
) -> Ticket:
    """Put a danger at the head of the queue and call the team; more news of it goes to the same request."""
    for known in await tickets.of_person(tx, person.id):
        if known.urgent and known.state != "closed":
            if text:
                await add(desk, tx, person, known, text, locale)
            return known
    ticket = await _add(desk, tx, person, topic=topic, locale=locale, urgent=True)
    if text:
        await tickets.say(tx, ticket, person, author="person", author_id=person.id, body=text, locale=locale)
    await _call_team(tx, ticket)
    tx.post(letter(person, "ticket_opened", await waiting_values(desk, tx, ticket), locale=locale))
    return ticket


async def open_link_decision(desk: Desk, tx: Transaction, holder: Person, link_id: int) -> Ticket:
    """Ask the team to decide on a second account that proved the case of `holder`."""
    return await _add(
        desk, tx, holder, topic=CASE_LINK, locale=holder.locale or "en", urgent=False, link_id=link_id
    )


async def _add(
    desk: Desk,
    tx: Transaction,
    person: Person,
    *,
    topic: str | None,
    locale: str,
    urgent: bool,
    link_id: int | None = None,
) -> Ticket:
    ticket = await tickets.add(
        tx,
        person_id=person.id,
        topic=topic,
        locale=locale,
        role=person.role,
        urgent=urgent,
        link_id=link_id,
        due_at=tx.now + target_of(desk.policy, urgent),
    )
    tx.audit("ticket.opened", actor=person.id, subject=ticket.id)
    return ticket


async def _call_team(tx: Transaction, ticket: Ticket) -> None:
    """Tell the team at once, without a word of what it is about: in the group, else each lead."""
    values = {"number": ticket.number, "language": ticket.locale}
    group = await staff.group(tx)
    if group is not None:
        tx.post(
            Letter(chat_id=group.chat_id, locale="en", template="group_urgent", values=values, lane=NOTICE)
        )
    members = await people.by_ids(tx, await staff.ids_by_role(tx, WORKING))
    for member in members.values():
        tx.post(notice(member, "staff_urgent", {"ticket": ticket.id, **values}))


async def add(desk: Desk, tx: Transaction, person: Person, ticket: Ticket, text: str, locale: str) -> None:
    """The person adds to a request, answers the team, or reopens a closed one by writing."""
    await tickets.say(tx, ticket, person, author="person", author_id=person.id, body=text, locale=locale)
    state = "taken" if ticket.assignee_id and ticket.state != "closed" else "open"
    await tickets.change(
        tx,
        ticket,
        state=state,
        assignee_id=ticket.assignee_id if state == "taken" else None,
        waiting_since=ticket.waiting_since or tx.now,
        due_at=ticket.due_at or tx.now + target_of(desk.policy, ticket.urgent),
        overdue_told_at=None,
        closed_at=None,
    )
    tx.audit("ticket.added", actor=person.id, subject=ticket.id)
    tx.post(letter(person, "ticket_added", {"ticket": ticket.id, "number": ticket.number}))
    assignee = await people.by_id(tx, ticket.assignee_id) if state == "taken" and ticket.assignee_id else None
    if assignee is not None:
        tx.post(notice(assignee, "staff_ticket_news", {"ticket": ticket.id, "number": ticket.number}))


async def close(tx: Transaction, person: Person, ticket: Ticket) -> bool:
    """The person needs nothing more. False where the request changed meanwhile."""
    return await _close(tx, ticket, person.id)


async def reopen(desk: Desk, tx: Transaction, person: Person, ticket: Ticket) -> Ticket:
    """The person still needs help: the request waits again."""
    due_at = tx.now + target_of(desk.policy, ticket.urgent)
    if await tickets.change(
        tx,
        ticket,
        state="open",
        assignee_id=None,
        waiting_since=tx.now,
        due_at=due_at,
        overdue_told_at=None,
        closed_at=None,
    ):
        tx.audit("ticket.reopened", actor=person.id, subject=ticket.id)
    return replace(ticket, state="open", assignee_id=None, waiting_since=tx.now, due_at=due_at)


# --- the team's side


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
    return {
        **brief(desk, tx, ticket, locale),
        "assignee": names.get(ticket.assignee_id) if ticket.assignee_id else None,
        "held": _holds(member, ticket),
        "case_link": ticket.topic == CASE_LINK,
        "may_decide": ticket.link_id is not None and member.role in LEADING and ticket.state != "closed",
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
        "title": topic.texts[locale].title if topic else "–",
        "waited": (tx.now - ticket.waiting_since).total_seconds() if ticket.waiting_since else None,
    }


async def queue_view(desk: Desk, tx: Transaction, member: Staff, locale: str) -> dict[str, Any]:
    """Who waits, and what this member holds, as the values of a template."""
    waiting = await tickets.queue(tx, limit=LISTED)
    mine = await tickets.taken_by(tx, member.person_id)
    counts = await tickets.counts_waiting(tx)
    total = sum(number for key, number in counts.items() if key != "urgent")
    return {
        "waiting": [brief(desk, tx, ticket, locale) for ticket in waiting],
        "more": total - len(waiting),
        "mine": [brief(desk, tx, ticket, locale) for ticket in mine[:LISTED]],
    }


async def next_for(tx: Transaction, member: Staff) -> Ticket | None:
    """The request this member should take next: urgent ones, then those in their languages, then any."""
    queue = await tickets.queue(tx, limit=50)
    fitting = [ticket for ticket in queue if ticket.urgent or ticket.locale in member.languages]
    return next(iter(fitting or queue), None)


async def take(tx: Transaction, member: Staff, ticket: Ticket) -> bool:
    """Become the assignee, and tell the person that somebody reads. False where a colleague was first."""
    if ticket.state != "open" or not await tickets.change(
        tx, ticket, state="taken", assignee_id=member.person_id
    ):
        return False
    tx.audit("ticket.taken", actor=member.person_id, subject=ticket.id)
    owner = await people.by_id(tx, ticket.person_id)
    if owner is not None and ticket.topic != CASE_LINK:
        tx.post(notice(owner, "ticket_taken", {"ticket": ticket.id, "number": ticket.number}))
    return True


async def reply(tx: Transaction, member: Staff, ticket: Ticket, text: str, locale: str | None) -> bool:
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
            tx, ticket, owner, author="staff", author_id=member.person_id, body=text, locale=locale
        )
        tx.audit("ticket.replied", actor=member.person_id, subject=ticket.id)
        tx.post(notice(owner, "ticket_reply", {"ticket": ticket.id, "number": ticket.number}))
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
    if not _holds(member, ticket) or not await _close(tx, ticket, member.person_id):
        return False
    owner = await people.by_id(tx, ticket.person_id)
    if owner is not None:
        tx.post(notice(owner, "ticket_closed", {"ticket": ticket.id, "number": ticket.number}))
    return True


async def release(tx: Transaction, member: Staff, ticket: Ticket) -> bool:
    """Put the request back into the queue. False unless this member holds it."""
    if not _holds(member, ticket):
        return False
    changed = await tickets.change(
        tx, ticket, state="open", assignee_id=None, waiting_since=ticket.waiting_since or tx.now
    )
    if changed:
        tx.audit("ticket.released", actor=member.person_id, subject=ticket.id)
    return changed


def _holds(member: Staff, ticket: Ticket) -> bool:
    return ticket.assignee_id == member.person_id and ticket.state in ("taken", "answered")


async def _close(tx: Transaction, ticket: Ticket, actor: int) -> bool:
    changed = ticket.state != "closed" and await tickets.change(
        tx, ticket, state="closed", waiting_since=None, due_at=None, closed_at=tx.now
    )
    if changed:
        tx.audit("ticket.closed", actor=actor, subject=ticket.id)
    return changed
