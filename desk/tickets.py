"""Requests to the team, from the person's side: opened, added to, closed, reopened."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from desk.desk import Desk, Policy, letter, notice
from desk.roles import WORKING
from desk.waiting import target_of, waiting_values
from storage import answers, people, staff, tickets
from storage.records import Answer, File, Letter, Person, Ticket, TicketMessage
from storage.transaction import Transaction

CASE_LINK = "case-link"  # the topic of requests in which staff decide who may see a case


def message_values(messages: Sequence[TicketMessage]) -> list[dict[str, Any]]:
    """A conversation as the values of a template."""
    return [
        {
            "author": message.author,
            "at": message.at.date().isoformat(),
            "body": message.body,
            "files": message.files,
        }
        for message in messages
    ]


async def own(tx: Transaction, person: Person, ticket_id: int) -> Ticket | None:
    """The person's own request; None for anybody else's."""
    ticket = await tickets.by_id(tx, ticket_id)
    return ticket if ticket is not None and ticket.person_id == person.id else None


async def own_to_change(tx: Transaction, person: Person, ticket_id: int) -> Ticket | None:
    """The person's own request if they may add to it or close it; deciding about a case is the team's.

    It is held until the unit of work ends, so that what the person adds cannot meet one just closed.
    """
    ticket = await own(tx, person, ticket_id)
    if ticket is None or ticket.topic == CASE_LINK:
        return None
    return await tickets.by_id(tx, ticket.id, hold=True)


async def collect(
    desk: Desk, tx: Transaction, person: Person, ticket_id: int | None, *, text: str, locale: str
) -> Ticket:
    """Keep one of many texts that came at once: the first opens a request, the others join it in silence.

    Where the team has answered or closed it meanwhile, it waits again, and the person is told.
    """
    ticket = await own_to_change(tx, person, ticket_id) if ticket_id else None
    if ticket is None:
        return await open_ticket(desk, tx, person, text=text, topic=None, locale=locale)
    if ticket.waiting_since is None:
        await add(desk, tx, person, ticket, text, locale)
    else:
        await tickets.say(tx, ticket, person, author="person", author_id=person.id, body=text, locale=locale)
    return ticket


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
        "files": sum(message.files for message in messages),
        "messages": message_values(messages),
    }


async def newest_open(tx: Transaction, person: Person) -> Ticket | None:
    """The person's newest request that is not closed and that they may add to, held as above."""
    own_ones = await tickets.of_person(tx, person.id, hold=True)
    return next((t for t in own_ones if t.state != "closed" and t.topic != CASE_LINK), None)


async def open_ticket(
    desk: Desk,
    tx: Transaction,
    person: Person,
    *,
    text: str,
    topic: str | None,
    locale: str,
    files: Sequence[File] = (),
) -> Ticket:
    """Put a question into the team's queue and tell the person its number, place and expected time.

    Who has many open requests adds to the newest instead, so that nobody can fill the queue alone.
    """
    open_ones = await tickets.open_ones(tx, person.id, except_topic=CASE_LINK)
    if len(open_ones) >= desk.policy.open_requests:
        await add(desk, tx, person, open_ones[0], text, locale, files)
        return open_ones[0]
    ticket = await _add(desk, tx, person, topic=topic, locale=locale, urgent=False)
    await tickets.say(
        tx, ticket, person, author="person", author_id=person.id, body=text, locale=locale, files=files
    )
    tx.post(letter(person, "ticket_opened", await waiting_values(desk, tx, ticket), locale=locale))
    return ticket


async def open_from(desk: Desk, tx: Transaction, person: Person, asked: Answer) -> None:
    """Take a question to the team that was answered or not understood; pressed twice, it is one request."""
    known = await tickets.by_id(tx, asked.ticket_id) if asked.ticket_id else None
    if known is not None:
        tx.post(letter(person, "ticket_view", await own_view(tx, person, known)))
        return
    ticket = await open_ticket(
        desk, tx, person, text=asked.question or "", topic=asked.topic, locale=asked.locale
    )
    await answers.set_ticket(tx, asked.id, ticket.id)


async def raise_urgent(
    desk: Desk, tx: Transaction, person: Person, *, text: str | None, topic: str, locale: str
) -> Ticket:
    """Put a danger at the head of the queue and call the team.

    A person has one urgent request at a time: news of the danger goes to it, opens it again if it was
    closed, and calls the team again.
    """
    known = await tickets.last_urgent(tx, person.id, tx.now - desk.policy.urgent_life)
    if known is None:
        known = await _add(desk, tx, person, topic=topic, locale=locale, urgent=True)
        if text:
            await tickets.say(
                tx, known, person, author="person", author_id=person.id, body=text, locale=locale
            )
        tx.post(letter(person, "ticket_opened", await waiting_values(desk, tx, known), locale=locale))
    elif text:
        await add(desk, tx, person, known, text, locale)
    elif known.state == "closed":
        known = await reopen(desk, tx, person, known)
        tx.post(letter(person, "ticket_reopened", await waiting_values(desk, tx, known), locale=locale))
    await _call_team(desk, tx, known.id)
    return known


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


async def _call_team(desk: Desk, tx: Transaction, ticket_id: int) -> None:
    """Call the team at once, without a word of what it is about: its members, and its group.

    One request calls again only after a pause, so that nobody can drown the calls of others.
    """
    ticket = await tickets.by_id(tx, ticket_id)
    if ticket is None or _was_called(desk.policy, ticket, tx.now):
        return
    await tickets.change(tx, ticket, called_at=tx.now)
    values = {"number": ticket.number, "language": ticket.locale}
    group = await staff.group(tx)
    if group is not None:
        tx.post(Letter(chat_id=group.chat_id, locale="en", template="group_urgent", values=values))
    members = await people.by_ids(tx, await staff.ids_by_role(tx, WORKING))
    for member in members.values():
        tx.post(letter(member, "staff_urgent", {"ticket": ticket.id, **values}))


def _was_called(policy: Policy, ticket: Ticket, now: datetime) -> bool:
    """Whether the team was called within the pause; a call still to come means a clock that was set back."""
    return ticket.called_at is not None and timedelta() <= now - ticket.called_at < policy.call_pause


async def add(
    desk: Desk,
    tx: Transaction,
    person: Person,
    ticket: Ticket,
    text: str,
    locale: str,
    files: Sequence[File] = (),
) -> None:
    """The person adds to a request, answers the team, or reopens a closed one by writing."""
    await tickets.say(
        tx, ticket, person, author="person", author_id=person.id, body=text, locale=locale, files=files
    )
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
    numbers = {"ticket": ticket.id, "number": ticket.number}
    tx.post(letter(person, "ticket_added", numbers, locale=person.locale or ticket.locale))
    assignee = await people.by_id(tx, ticket.assignee_id) if state == "taken" and ticket.assignee_id else None
    if assignee is not None:
        tx.post(notice(assignee, "staff_ticket_news", numbers))


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
        if ticket.urgent:
            await _call_team(desk, tx, ticket.id)
    return replace(ticket, state="open", assignee_id=None, waiting_since=tx.now, due_at=due_at)


async def close_ticket(tx: Transaction, ticket: Ticket, actor: int) -> bool:
    """Close a request. False where it is closed already or changed meanwhile."""
    changed = ticket.state != "closed" and await tickets.change(
        tx, ticket, state="closed", waiting_since=None, due_at=None, closed_at=tx.now
    )
    if changed:
        tx.audit("ticket.closed", actor=actor, subject=ticket.id)
    return changed
