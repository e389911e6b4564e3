"""Programme updates: dated, sourced, approved, each in four languages."""

from typing import Any

from desk.desk import Desk
from knowledge.library import Text

SHOWN = 15  # buttons under one message; fewer would hide all that is for one role only


def may_send(desk: Desk, text: Text | None) -> bool:
    """Whether the words of a piece of news may leave the house."""
    return text is not None and bool(text.body) and (text.approved or not desk.only_approved)


def listed(desk: Desk, locale: str, role: str | None) -> list[dict[str, str]]:
    """The newest updates for this kind of reader, as values of a template; no responsive ones."""
    fitting = [
        update
        for update in desk.library.updates.values()
        if update.release != "responsive"
        and update.audience in ("any", role)
        and may_send(desk, update.texts.get(locale))
    ]
    return [{"id": update.id, "title": update.texts[locale].title} for update in fitting[:SHOWN]]


def values(desk: Desk, update_id: str, locale: str, role: str | None = None) -> dict[str, Any] | None:
    """What the template of one update needs; None where there is none to send to this kind of reader."""
    update = desk.library.updates.get(update_id)
    text = update.texts.get(locale) if update else None
    if update is None or text is None or not may_send(desk, text) or update.audience not in ("any", role):
        return None
    return {
        "title": text.title,
        "day": update.day.isoformat(),
        "body": text.body,
        "source": update.source,
        "approved": text.approved,
    }
