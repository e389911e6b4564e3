"""Failures made to order: the next calls answer 429 or 500, never answer, or lose the connection."""

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


class Faults:
    """The failures still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

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
        return None
