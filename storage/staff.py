"""Statements about the team: members, invitations, the group."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from storage.locks import lock
from storage.people import record
from storage.records import Group, Invitation, Person, Staff
from storage.tables import groups, invitations, people, staff
from storage.transaction import Transaction
from storage.vault import DataKey

NAME = "staff.name"
INVITED = "invitations.name"


def _record(key: DataKey, row: Row[*tuple[Any, ...]]) -> Staff:
    return Staff(
        person_id=row.person_id,
        role=row.staff_role,
        languages=tuple(row.languages.split(",")),
        name=key.open(row.name_sealed, NAME),
    )


_MEMBERSHIP = (staff.c.person_id, staff.c.role.label("staff_role"), staff.c.languages, staff.c.name_sealed)


_SPEAKER = (
    select(people, staff.c.person_id)
    .join_from(people, staff, staff.c.person_id == people.c.id, isouter=True)
    .where(people.c.telegram_id == bindparam("this"))
    .with_for_update(of=people, key_share=True)
)


async def speaker(tx: Transaction, telegram_id: int) -> tuple[Person, Staff | None] | None:
    """The person with this Telegram account and their place in the team; None for an unknown account.

    The person's row is held until the unit of work ends: it is written as a whole, so nobody else may
    write it meanwhile.
    """
    row = (await tx.connection.execute(_SPEAKER, {"this": telegram_id})).first()
    if row is None:
        return None
    person = record(tx.vault, row)
    # Of the team we read once more: they may have been taken out of it while we waited for their row.
    return person, None if row.person_id is None else await of(tx, person)


async def of(tx: Transaction, person: Person) -> Staff | None:
    """The person's present place in the team; None for everybody else."""
    row = (await tx.connection.execute(select(*_MEMBERSHIP).where(staff.c.person_id == person.id))).first()
    return None if row is None else _record(person.key, row)


async def members(tx: Transaction) -> list[Staff]:
    """The whole team of today."""
    # A condition on people would have SQLite look at everybody there is, to find the few of the team.
    rows = await tx.connection.execute(
        select(*_MEMBERSHIP, people.c.key_wrapped).join(people, people.c.id == staff.c.person_id)
    )
    return [_record(tx.vault.unwrap(row.key_wrapped), row) for row in rows if row.key_wrapped]


async def join(tx: Transaction, person: Person, invitation: Invitation) -> None:
    """Take the person into the team, or give a member the new role and languages."""
    await tx.connection.execute(delete(staff).where(staff.c.person_id == person.id))
    await tx.connection.execute(
        insert(staff).values(
            person_id=person.id,
            role=invitation.role,
            languages=",".join(invitation.languages),
            name_sealed=person.key.seal(invitation.name, NAME),
            joined_at=tx.now,
        )
    )


async def leave(tx: Transaction, person: Person) -> None:
    """The person is no member any more."""
    await tx.connection.execute(delete(staff).where(staff.c.person_id == person.id))


async def invite(tx: Transaction, token: str, invitation: Invitation) -> None:
    """Store an invitation; only the hash of its token is kept."""
    await tx.connection.execute(
        insert(invitations).values(
            token_hash=tx.vault.fingerprint("invitation", token),
            role=invitation.role,
            languages=",".join(invitation.languages),
            name_sealed=tx.vault.queue.seal(invitation.name, INVITED),
            expires_at=invitation.expires_at,
        )
    )


async def redeem(tx: Transaction, token: str) -> Invitation | None:
    """Use an invitation up; nothing of it is kept. None for a token that is unknown or past its time."""
    row = (
        await tx.connection.execute(
            delete(invitations)
            .where(
                invitations.c.token_hash == tx.vault.fingerprint("invitation", token),
                invitations.c.expires_at > tx.now,
            )
            .returning(invitations)
        )
    ).first()
    if row is None:
        return None
    return Invitation(
        role=row.role,
        languages=tuple(row.languages.split(",")),
        name=tx.vault.queue.open(row.name_sealed, INVITED),
        expires_at=row.expires_at,
    )


async def drop_invitations_before(tx: Transaction, moment: datetime) -> None:
    """Forget invitations that ended before this moment."""
    await tx.connection.execute(delete(invitations).where(invitations.c.expires_at < moment))


async def hold_group(tx: Transaction) -> None:
    """Let nobody else make a chat the team's group until the unit of work ends."""
    await lock(tx, b"the team's group")


async def group(tx: Transaction) -> Group | None:
    """The team's group, if there is one."""
    row = (await tx.connection.execute(select(groups))).first()
    return None if row is None else Group(chat_id=row.chat_id, digest_at=row.digest_at)


async def set_group(tx: Transaction, chat_id: int, added_by: Person, digest_at: datetime) -> None:
    """Make this chat the team's group, in the place of any other."""
    await tx.connection.execute(delete(groups))
    await tx.connection.execute(
        insert(groups).values(chat_id=chat_id, added_by=added_by.id, joined_at=tx.now, digest_at=digest_at)
    )


async def drop_group(tx: Transaction, chat_id: int) -> None:
    """This chat is the team's group no more."""
    await tx.connection.execute(delete(groups).where(groups.c.chat_id == chat_id))


async def move_group(tx: Transaction, old: int, new: int) -> None:
    """The group became a supergroup and has a new id."""
    await tx.connection.execute(update(groups).where(groups.c.chat_id == old).values(chat_id=new))


async def set_digest_at(tx: Transaction, seen: Group, digest_at: datetime) -> bool:
    """Set when the next digest is due. False where another worker got there first."""
    result = await tx.connection.execute(
        update(groups)
        .where(groups.c.chat_id == seen.chat_id, groups.c.digest_at == seen.digest_at)
        .values(digest_at=digest_at)
    )
    return bool(result.rowcount)


async def ids_by_role(tx: Transaction, roles: Sequence[str]) -> list[int]:
    """Row ids of the members with one of these roles."""
    return list(
        (await tx.connection.execute(select(staff.c.person_id).where(staff.c.role.in_(roles)))).scalars()
    )
