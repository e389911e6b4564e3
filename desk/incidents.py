"""Telling the leads of a fault: one outside of the service when it is over, one of the engine at once."""

from collections.abc import Iterable
from datetime import datetime

from desk.desk import Desk, notice
from desk.roles import LEADING
from storage import incidents, people, staff
from storage.records import Person
from storage.transaction import Transaction

ENGINE = "engine"


async def tell(desk: Desk, tx: Transaction, kind: str, began: datetime) -> None:
    """Tell the leads that a fault ("telegram" or "database") is over; once, however many workers saw it.

    A worker that saw a much longer one than was told of tells it too.
    """
    seconds = (tx.now - began).total_seconds()
    if not await incidents.may_tell(tx, kind, seconds, desk.policy.incident_pause):
        return
    for lead in await _leads(tx):
        tx.post(notice(lead, "staff_incident", {"kind": kind, "seconds": seconds}))
    tx.audit("incident.told")


async def engine_halved(tx: Transaction) -> bool:
    """Tell the leads that the engine only suggests, once while it lasts; whether there is one who knows."""
    leads = await _leads(tx)
    if leads and await incidents.begin(tx, ENGINE):
        _tell_of_engine(tx, leads, whole=False)
    return bool(leads)


async def engine_whole(tx: Transaction) -> bool:
    """Tell the leads that the engine answers again, if they were told that it did not; then they know."""
    if await incidents.end(tx, ENGINE):
        _tell_of_engine(tx, await _leads(tx), whole=True)
    return True


def _tell_of_engine(tx: Transaction, leads: Iterable[Person], *, whole: bool) -> None:
    for lead in leads:
        tx.post(notice(lead, "staff_engine", {"whole": whole}))
    tx.audit("incident.told")


async def _leads(tx: Transaction) -> list[Person]:
    return list((await people.by_ids(tx, await staff.ids_by_role(tx, LEADING))).values())
