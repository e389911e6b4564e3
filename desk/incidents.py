"""Telling the leads of a fault outside of the service."""

from datetime import datetime

from desk.desk import Desk, notice
from desk.roles import LEADING
from storage import incidents, people, staff
from storage.transaction import Transaction


async def tell(desk: Desk, tx: Transaction, kind: str, began: datetime) -> None:
    """Tell the leads that a fault ("telegram" or "database") is over; once, however many workers saw it.

    A worker that saw a much longer one than was told of tells it too.
    """
    seconds = (tx.now - began).total_seconds()
    if not await incidents.may_tell(tx, kind, seconds, desk.policy.incident_pause):
        return
    leads = await people.by_ids(tx, await staff.ids_by_role(tx, LEADING))
    for lead in leads.values():
        tx.post(notice(lead, "staff_incident", {"kind": kind, "seconds": seconds}))
    tx.audit("incident.told")
