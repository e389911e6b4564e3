"""Many questions within seconds: the first are answered, the rest go together to the team."""

from dataclasses import replace
from datetime import datetime

from desk.desk import Policy
from storage.records import Person


def count(policy: Policy, person: Person, now: datetime) -> Person:
    """The person's record with one more question counted; a new count begins after a pause."""
    started = person.burst_started_at
    if started is None or not policy.burst_window > now - started >= -policy.burst_window:
        return replace(person, burst_started_at=now, burst_count=1)
    return replace(person, burst_count=person.burst_count + 1)


def is_over(policy: Policy, person: Person) -> bool:
    """Whether the person's last counted question came too soon to be answered by itself."""
    return person.burst_count > policy.burst_limit
