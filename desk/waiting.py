"""An honest wait: place in the queue and expected time."""

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from desk.desk import Desk, Policy
from storage import tickets
from storage.records import Ticket
from storage.transaction import Transaction

ENOUGH = 5  # answered requests from which a measured waiting time is told


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
