"""Statements about the register of cases, who may see them, and failed proofs."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select, update

from storage import upsert
from storage.locks import lock
from storage.records import Case, Link, Person
from storage.tables import attempts, cases, links
from storage.transaction import Transaction
from storage.vault import Vault

PROOF = "cases.proof"
NUMBER = "case number"


def _case(vault: Vault, row: Row[Any]) -> Case:
    proof = json.loads(vault.unwrap(row.key_wrapped).open(row.proof_sealed, PROOF))
    return Case(
        id=row.id,
        number=proof["number"],
        birth_date=date.fromisoformat(proof["birth_date"]),
        family_name=proof["family_name"],
        stage=row.stage,
        since=row.since,
        office=row.office,
        stream=row.stream,
        as_of=row.as_of,
    )


def _link(row: Row[Any]) -> Link:
    return Link(id=row.id, case_id=row.case_id, person_id=row.person_id, state=row.state)


def sealed(vault: Vault, fields: dict[str, Any]) -> dict[str, Any]:
    """A register row (the fields of Case without `id`) as columns. Slow work, done before a unit of work."""
    wrapped = vault.new_key()
    proof = {key: str(fields[key]) for key in ("number", "birth_date", "family_name")}
    return {
        "number_hash": vault.fingerprint(NUMBER, fields["number"]),
        "key_wrapped": wrapped,
        "proof_sealed": vault.unwrap(wrapped).seal(json.dumps(proof, ensure_ascii=False), PROOF),
        **{key: fields[key] for key in ("stage", "since", "office", "stream", "as_of")},
    }


async def hold_register(tx: Transaction) -> None:
    """Let nobody else import until the unit of work ends."""
    await lock(tx, b"the register")


async def put(tx: Transaction, rows: Sequence[dict[str, Any]]) -> int:
    """Write rows made by `sealed`, new or changed, in one statement; how many were new."""
    before = (await tx.connection.execute(select(func.count()).select_from(cases))).scalar_one()
    statement = upsert.insert(tx.connection, cases)
    changes = {column: statement.excluded[column] for column in rows[0] if column != "number_hash"}
    await tx.connection.execute(
        statement.on_conflict_do_update(index_elements=["number_hash"], set_=changes), list(rows)
    )
    after = (await tx.connection.execute(select(func.count()).select_from(cases))).scalar_one()
    return int(after - before)


async def watched_stages(tx: Transaction) -> dict[bytes, tuple[str, list[int]]]:
    """Of every case that somebody may see: number hash, stage, and the row ids of those people."""
    rows = await tx.connection.execute(
        select(cases.c.number_hash, cases.c.stage, links.c.person_id)
        .join(links, links.c.case_id == cases.c.id)
        .where(links.c.state == "active")
    )
    watched: dict[bytes, tuple[str, list[int]]] = {}
    for row in rows:
        watched.setdefault(row.number_hash, (row.stage, []))[1].append(row.person_id)
    return watched


async def hold_number(tx: Transaction, number: str) -> None:
    """Let nobody else prove this number, or decide on its case, until the unit of work ends.

    Not the case's row is held, since a number may have none, and an import holds them all for long.
    """
    await lock(tx, tx.vault.fingerprint(NUMBER, number))


async def hold(tx: Transaction, case_id: int) -> None:
    """Hold the number of this case."""
    await _hold(tx, select(cases.c.number_hash).where(cases.c.id == case_id))


async def hold_all_of(tx: Transaction, person_id: int) -> None:
    """Hold the number of every case that this person sees, has asked for, or must not see."""
    standing = select(links.c.case_id).where(links.c.person_id == person_id)
    await _hold(tx, select(cases.c.number_hash).where(cases.c.id.in_(standing)))


async def _hold(tx: Transaction, numbers: Select[bytes]) -> None:
    found = (await tx.connection.execute(numbers)).scalars()
    for number_hash in sorted(found):  # in one order everywhere, so that no two wait for each other
        await lock(tx, number_hash)


async def by_number(tx: Transaction, number: str) -> Case | None:
    """The case with this number."""
    row = (
        await tx.connection.execute(
            select(cases).where(cases.c.number_hash == tx.vault.fingerprint(NUMBER, number))
        )
    ).first()
    return None if row is None else _case(tx.vault, row)


async def visible_to(tx: Transaction, person_id: int) -> list[Case]:
    """The cases that this person may see."""
    rows = await tx.connection.execute(
        select(cases)
        .join(links, links.c.case_id == cases.c.id)
        .where(links.c.person_id == person_id, links.c.state == "active")
        .order_by(links.c.id)
    )
    return [_case(tx.vault, row) for row in rows]


async def links_of_case(tx: Transaction, case_id: int) -> list[Link]:
    """Everybody's standing with this case, oldest first."""
    rows = await tx.connection.execute(select(links).where(links.c.case_id == case_id).order_by(links.c.id))
    return [_link(row) for row in rows]


async def link_by_id(tx: Transaction, link_id: int) -> Link | None:
    """One link."""
    row = (await tx.connection.execute(select(links).where(links.c.id == link_id))).first()
    return None if row is None else _link(row)


async def add_link(tx: Transaction, case_id: int, person_id: int, state: str) -> Link:
    """A new standing of a person with a case."""
    row = (
        await tx.connection.execute(
            insert(links)
            .values(case_id=case_id, person_id=person_id, state=state, asked_at=tx.now)
            .returning(links)
        )
    ).one()
    return _link(row)


async def decide_link(tx: Transaction, link: Link, state: str) -> bool:
    """Change the standing from the state that was seen. False where somebody else decided first."""
    result = await tx.connection.execute(
        update(links)
        .where(links.c.id == link.id, links.c.state == link.state)
        .values(state=state, decided_at=tx.now)
    )
    return bool(result.rowcount)


async def unlink(tx: Transaction, case_id: int, person_id: int) -> None:
    """The person sees the case no more."""
    await tx.connection.execute(
        delete(links).where(links.c.case_id == case_id, links.c.person_id == person_id)
    )


async def note_failure(tx: Transaction, person: Person, number: str) -> None:
    """Remember a failed proof, by keyed hashes of the account and the number."""
    await tx.connection.execute(
        insert(attempts).values(
            account_hash=_account(tx, person), number_hash=tx.vault.fingerprint(NUMBER, number), at=tx.now
        )
    )


async def failures(tx: Transaction, person: Person, number: str | None, since: datetime) -> tuple[int, int]:
    """Failed proofs since a moment: of this account, and on this number by anybody (0 without a number)."""
    by_account = select(func.count()).where(
        attempts.c.account_hash == _account(tx, person), attempts.c.at > since
    )
    own = (await tx.connection.execute(by_account)).scalar_one()
    if number is None:
        return own, 0
    on_number = select(func.count()).where(
        attempts.c.number_hash == tx.vault.fingerprint(NUMBER, number), attempts.c.at > since
    )
    return own, (await tx.connection.execute(on_number)).scalar_one()


def _account(tx: Transaction, person: Person) -> bytes:
    return tx.vault.fingerprint("account", str(person.telegram_id))


async def drop_failures_before(tx: Transaction, moment: datetime) -> None:
    """Forget failed proofs that no limit counts any more."""
    await tx.connection.execute(delete(attempts).where(attempts.c.at < moment))
