"""Failures made to order: calls answer 429 or 500, are never answered, or lose the connection."""

import math
import random
from dataclasses import dataclass
from typing import Literal, get_args

How = Literal["429", "500", "timeout", "reset"]
HOWS: tuple[How, ...] = get_args(How)


@dataclass(slots=True)
class Fault:
    """The next ``count`` calls that match fail in the way of ``how``."""

    how: How
    count: int
    method: str | None
    chat_id: int | None
    retry_after: int

    def matches(self, method: str, chat_id: int | None) -> bool:
        """Say whether a call is meant. Without a method every call is but the poll, which always runs."""
        if self.method is None and method == "getupdates":
            return False
        return self.method in (None, method) and self.chat_id in (None, chat_id)


class Share:
    """A standing share of failures: each call that changes something draws its fate.

    ``shares`` are the parts of all calls, together at most 1. The same seed gives the same fates in the same
    order. Polls draw too where ``polls`` says so; other calls that only read never fail.
    """

    def __init__(self, shares: dict[How, float], seed: int, retry_after: int, *, polls: bool) -> None:
        self._shares = shares
        self._chance = random.Random(seed)  # noqa: S311  repeatable, and nothing secret
        self._retry_after = retry_after
        self._polls = polls

    def draw(self, method: str, chat_id: int | None) -> Fault | None:
        """Return the failure that meets a call, if one does."""
        if not self._shares or (method.startswith("get") and not (self._polls and method == "getupdates")):
            return None
        left = self._chance.random()
        for how, share in self._shares.items():
            left -= share
            if left < 0:
                return Fault(how, 1, method, chat_id, self._retry_after)
        return None


NEVER = Share({}, 0, 1, polls=False)


class Faults:
    """The failures still to come: those asked for one by one, the standing share, and the outage."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self.share = NEVER
        self.down_until = -math.inf
        """When the outage ends, in seconds since 1970: infinity where nobody has said."""

    def add(self, fault: Fault) -> None:
        """Ask for a failure."""
        self._faults.append(fault)

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """Return the failure that meets this call and count it. ``method`` is in lower case."""
        for fault in self._faults:
            if fault.matches(method, chat_id):
                fault.count -= 1
                if fault.count <= 0:
                    self._faults.remove(fault)
                return fault
        return self.share.draw(method, chat_id)
