"""Who may see a case. A case is shown to its applicant after proof, or to whom the applicant allows."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from desk import tickets
from desk.desk import Desk, letter, notice
from desk.proof import begins
from desk.roles import LEADING
from storage import cases, people
from storage import tickets as ticket_rows
from storage.records import BROADCAST, Case, Letter, Link, Person, Staff, Ticket
from storage.transaction import Transaction


def proves(case: Case, birth: Collection[date], family_name: str) -> bool:
    """Whether the typed proof is this case's."""
    # Both are always compared, so that neither can be told apart by time.
    return (case.birth_date in birth) & begins(case.family_name, family_name)


async def prove(
    desk: Desk, tx: Transaction, person: Person, number: str, birth: Collection[date], family_name: str
) -> None:
    """Check a proof and answer after the fixed delay; a refusal is the same words whatever the reason."""
    policy = desk.policy
    await cases.hold_number(tx, number)  # of two who prove it at once, the second finds what the first did
    own, on_number = await cases.failures(tx, person, number, tx.now - policy.proof_window)
    if own >= policy.proof_tries:
        _answer_later(desk, tx, person, "proof_locked")
        return
    case = await cases.by_number(tx, number)
    if case is not None and on_number < policy.number_tries and proves(case, birth, family_name):
        links = await cases.links_of_case(tx, case.id)
        if await _admit(desk, tx, person, case, links):
            _answer_later(desk, tx, person, "case_linked")
            return
    await cases.note_failure(tx, person, number)
    tx.audit("case.refused", actor=person.id)
    _answer_later(desk, tx, person, "proof_refused")


def may_link(person: Person) -> bool:
    """Whether this person may prove a case: applicants only, for now."""
    return person.role == "applicant"


async def is_locked(desk: Desk, tx: Transaction, person: Person) -> bool:
    """Whether this person has used up their tries."""
    own, _ = await cases.failures(tx, person, None, tx.now - desk.policy.proof_window)
    return own >= desk.policy.proof_tries


def _answer_later(desk: Desk, tx: Transaction, person: Person, template: str) -> None:
    answer = letter(person, template)
    tx.post(replace(answer, not_before=tx.now + desk.policy.refusal_delay))


async def _admit(desk: Desk, tx: Transaction, person: Person, case: Case, links: list[Link]) -> bool:
    """Link the first person who proves a case; a later one waits until the first agrees or staff decide."""
    own = next((link for link in links if link.person_id == person.id), None)
    holders = [link for link in links if link.state == "active"]
    if own is not None and own.state == "asked" and not holders:
        # Whoever was asked has left meanwhile; nobody is there to agree any more.
        return await cases.decide_link(tx, own, "active")
    if own is not None:
        return own.state == "active"
    if not holders:
        link = await cases.add_link(tx, case.id, person.id, "active")
        tx.audit("case.linked", actor=person.id, subject=link.id)
        return True
    link = await cases.add_link(tx, case.id, person.id, "asked")
    tx.audit("case.asked", actor=person.id, subject=link.id)
    holder = await people.by_id(tx, holders[0].person_id)
    if holder is not None:
        await tickets.open_link_decision(desk, tx, holder, link.id)
        tx.post(notice(holder, "link_asked", {"link": link.id}))
    return False


async def holder_decides(tx: Transaction, person: Person, link_id: int, *, allow: bool) -> bool:
    """The first account agrees to a second one or refuses it. False where it is not theirs to decide."""
    link = await cases.link_by_id(tx, link_id)
    if link is None or link.state != "asked":
        return False
    await cases.hold(tx, link.case_id)  # a lead may be deciding against this person
    holders = await cases.links_of_case(tx, link.case_id)
    if not any(held.person_id == person.id and held.state == "active" for held in holders):
        return False
    if not await _decide(tx, link, allow=allow, actor=person.id):
        return False
    if allow:
        # A refusal stays in the queue: somebody else knows this person's details, and the team should look.
        for ticket in await ticket_rows.of_person(tx, person.id, limit=50, hold=True):
            if ticket.link_id == link.id:
                await tickets.close_ticket(tx, ticket, person.id)
    return True


async def staff_decide(tx: Transaction, member: Staff, ticket: Ticket, verdict: str) -> bool:
    """A lead decides on a second account: "allow" it too, "deny" it, or "swap" it for the first.

    The first account may have said no and still be the wrong one, so a lead can also decide against it.
    False where this member or this request must not.
    """
    if member.role not in LEADING or ticket.link_id is None:
        return False
    link = await cases.link_by_id(tx, ticket.link_id)
    if link is None:
        return False
    await cases.hold(tx, link.case_id)
    if not await _decide(tx, link, allow=verdict != "deny", actor=member.person_id):
        return False
    if verdict == "swap":
        for held in await cases.links_of_case(tx, link.case_id):
            if held.state == "active" and held.id != link.id:
                await cases.decide_link(tx, held, "refused")
                tx.audit("case.denied", actor=member.person_id, subject=held.id)
    return True


async def _decide(tx: Transaction, link: Link, *, allow: bool, actor: int) -> bool:
    if not await cases.decide_link(tx, link, "active" if allow else "refused"):
        return False
    tx.audit("case.allowed" if allow else "case.denied", actor=actor, subject=link.id)
    second = await people.by_id(tx, link.person_id)
    if allow and second is not None:
        tx.post(notice(second, "case_linked"))
    return True


async def has_case(tx: Transaction, person: Person) -> bool:
    """Whether this person may see a case."""
    return bool(await cases.visible_to(tx, person.id))


async def card_values(desk: Desk, tx: Transaction, person: Person, locale: str) -> dict[str, Any] | None:
    """What the case card's template needs; None for a person who may see no case."""
    found = await cases.visible_to(tx, person.id)
    if not found:
        return None
    stages = desk.library.stages[locale]
    return {
        "cases": [
            {
                "number": case.number,
                "stage": stages[case.stage].name,
                # The name is a label; what it means is said only in approved words.
                "explained": stages[case.stage].approved or not desk.only_approved,
                "meaning": stages[case.stage].meaning,
                "next": stages[case.stage].next,
                "actor": stages[case.stage].actor,
                "since": case.since.isoformat(),
                "as_of": case.as_of.isoformat(),
                "office": case.office,
                "stream": case.stream,
            }
            for case in found
        ]
    }


async def unlink_all(tx: Transaction, person: Person) -> None:
    """The person wants to see no case here any more."""
    await cases.hold_all_of(tx, person.id)
    for case in await cases.visible_to(tx, person.id):
        await cases.unlink(tx, case.id, person.id)
        tx.audit("case.unlinked", actor=person.id)


def news_of_case(person: Person) -> Letter:
    """That a linked case changed, without saying what: a preview may be read by others.

    An import of the register can tell thousands at once; nobody's answer is to wait behind that.
    """
    return letter(person, "case_changed", lane=BROADCAST)
