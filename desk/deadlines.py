"""What time brings about. Every deadline is a column; a sweep flips it only from the state it saw."""

from datetime import timedelta

from desk import tickets as requests
from desk.desk import Desk, notice
from desk.waiting import waiting_values
from storage import answers, cases, events, inbox, people, staff, tickets
from storage.records import NOTICE, Letter, Ticket
from storage.transaction import Transaction

DUPLICATES_END = timedelta(days=3)  # Telegram keeps an update for 24 hours


async def sweep(desk: Desk, tx: Transaction) -> None:
    """Do all that is due now."""
    for ticket in await tickets.overdue(tx, limit=100):
        await _tell_overdue(desk, tx, ticket)
    await _digest(desk, tx)


async def _tell_overdue(desk: Desk, tx: Transaction, ticket: Ticket) -> None:
    """A wait that we promised to be shorter: say so to the person, once for each wait, and to the leads."""
    # An urgent request that somebody took and left lying is everybody's again.
    left_lying = ticket.urgent and ticket.state == "taken"
    back = {"state": "open", "assignee_id": None} if left_lying else {}
    if not await tickets.change(tx, ticket, overdue_told_at=tx.now, **back):
        return
    owner = await people.by_id(tx, ticket.person_id)
    if owner is not None and ticket.topic != requests.CASE_LINK:
        values = await waiting_values(desk, tx, ticket)
        tx.post(notice(owner, "ticket_overdue", values, locale=ticket.locale))
    leads = await people.by_ids(tx, await staff.ids_by_role(tx, ("lead", "admin")))
    for lead in leads.values():
        tx.post(notice(lead, "staff_overdue", {"ticket": ticket.id, "number": ticket.number}))


async def _digest(desk: Desk, tx: Transaction) -> None:
    """Tell the team's group how the queue stands, without a word about any request."""
    group = await staff.group(tx)
    # One that lies much further ahead than any is ever set was set before the clock was set back.
    if group is None or tx.now < group.digest_at <= tx.now + 2 * desk.policy.digest_every:
        return
    if not await staff.set_digest_at(tx, group, tx.now + desk.policy.digest_every):
        return
    counts, urgent = await tickets.counts_waiting(tx)
    if not counts:
        return
    oldest = min(
        (ticket.waiting_since for ticket in await tickets.queue(tx, limit=500) if ticket.waiting_since),
        default=tx.now,
    )
    values = {
        "counts": [{"language": locale, "number": number} for locale, number in sorted(counts.items())],
        "urgent": urgent,
        "oldest": (tx.now - oldest).total_seconds(),
    }
    tx.post(Letter(chat_id=group.chat_id, locale="en", template="group_digest", values=values, lane=NOTICE))


async def expire(desk: Desk, tx: Transaction) -> None:
    """Let end what has been kept long enough."""
    policy = desk.policy
    await answers.drop_questions_before(tx, tx.now - policy.question_life)
    await answers.drop_before(tx, tx.now - policy.retention)
    await tickets.drop_closed_before(tx, tx.now - policy.retention)
    await events.drop_before(tx, tx.now - policy.retention)
    await cases.drop_failures_before(tx, tx.now - policy.proof_window)
    await staff.drop_invitations_before(tx, tx.now - policy.invitation_life)
    await inbox.drop_done_before(tx, tx.now - DUPLICATES_END)
