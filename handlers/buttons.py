"""What a button is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from locales.catalogue import N_


@dataclass(frozen=True, slots=True)
class Button:
    """A label of the catalogue (with values for its placeholders) and what pressing it sends or opens."""

    label: str
    data: str | None = None
    start: str | None = None  # opens the private chat with the bot, with this payload
    values: Mapping[str, str] = field(default_factory=dict)


Rows = list[list[Button]]
Values = Mapping[str, Any]


def plain(text: str, data: str) -> Button:
    """A button whose label is already in the person's language."""
    return Button("{text}", data, values={"text": text})


ALL_TEXTS = Button(N_("Texts"), "xs")
FEEDBACK = Button(N_("Feedback"), "ff")
