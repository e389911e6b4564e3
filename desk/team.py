"""The team: invitations, joining, the group."""

from dataclasses import replace

from desk.desk import Desk, letter
from desk.roles import LEADING
from storage import outbox, people, staff, tickets
from storage.records import LEAVE, Invitation, Letter, Person, Staff
from storage.transaction import Transaction


async def invite(desk: Desk, tx: Transaction, *, role: str, languages: tuple[str, ...], name: str) -> str:
    """Make a one-time invitation; its token is known to the caller alone."""
    token = tx.vault.token()
    expires_at = tx.now + desk.policy.invitation_life
    await staff.invite(
        tx, token, Invitation(role=role, languages=languages, name=name, expires_at=expires_at)
    )
    tx.audit("staff.invited")
    return token


async def join(tx: Transaction, person: Person, token: str) -> Invitation | None:
    """Use an invitation. None where it is unknown, used or past its time: all three look alike."""
    invitation = await staff.redeem(tx, token)
    if invitation is not None:
        await staff.join(tx, person, invitation)
        tx.audit("staff.joined", actor=person.id, subject=person.id)
    return invitation


async def join_group(desk: Desk, tx: Transaction, person: Person, member: Staff | None, chat_id: int) -> None:
    """Somebody added the bot to a group. It stays only where a lead did so: that is the team's group."""
    if member is None or member.role not in LEADING:
        tx.post(Letter(chat_id=chat_id, locale="en", template=LEAVE, values={}))
        if person.locale:
            tx.post(letter(person, "group_left"))
        return
    await staff.hold_group(tx)
    before = await staff.group(tx)
    if before is not None and before.chat_id != chat_id:
        tx.post(Letter(chat_id=before.chat_id, locale="en", template=LEAVE, values={}))
    await staff.set_group(tx, chat_id, person, tx.now + desk.policy.digest_every)
    tx.audit("group.adopted", actor=person.id)
    tx.post(Letter(chat_id=chat_id, locale="en", template="group_hello", values={}))
    tx.post(letter(person, "group_adopted"))


async def drop_group(tx: Transaction, chat_id: int) -> None:
    """The bot was removed from a group."""
    await staff.drop_group(tx, chat_id)
    await outbox.drop_chat(tx, chat_id)


async def move_group(tx: Transaction, old: int, new: int) -> None:
    """A group has a new id."""
    await staff.move_group(tx, old, new)
    await outbox.move_chat(tx, old, new)


async def point_to_private_chat(tx: Transaction, chat_id: int, locale: str) -> None:
    """Somebody talked to the bot in a group: show the way to the private chat, and nothing else."""
    tx.post(Letter(chat_id=chat_id, locale=locale, template="group_private", values={}))


async def members(tx: Transaction) -> list[Staff]:
    """The team of today."""
    return await staff.members(tx)


async def remove(tx: Transaction, member_id: int) -> bool:
    """Take somebody out of the team; what they held goes back. False where nobody has this id."""
    found = await people.by_id(tx, member_id)
    # Held and read again: the member may be writing at this moment, or erasing themselves.
    known = await staff.speaker(tx, found.telegram_id) if found is not None else None
    if known is None or known[1] is None:
        return False
    person = known[0]
    await tickets.release_all(tx, person.id)
    await staff.leave(tx, person)
    await people.save(tx, replace(person, state=None, draft={}))
    tx.audit("staff.removed", subject=person.id)
    return True
