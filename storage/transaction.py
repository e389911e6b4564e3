"""The unit of work in which everything is read and written."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import Letter
from storage.vault import Vault


@dataclass(slots=True)
class Transaction:
    """One unit of work. Use cases read and write through it and never commit; whoever opened it does."""

    connection: AsyncConnection
    vault: Vault
    now: datetime
    letters: list[Letter] = field(default_factory=list)
    """What is to be said; written to the outbox with the commit."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """What happened, for the audit; written with the commit."""

    def post(self, letter: Letter) -> None:
        """Say something when (and only when) this unit of work is committed."""
        self.letters.append(letter)

    def audit(self, action: str, *, actor: int | None = None, subject: int | None = None) -> None:
        """Record that something happened. Ids only: an audit row never holds personal data."""
        self.events.append({"at": self.now, "action": action, "actor_id": actor, "subject_id": subject})
