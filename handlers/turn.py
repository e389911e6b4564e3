"""The one typed thing that a handler reaches for."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar, cast

from telegram import CallbackQuery, Message, Update

from desk.desk import Desk, letter
from engine import Understanding
from storage.records import Person, Staff
from storage.transaction import Transaction

T = TypeVar("T")

OFFER = "offer"  # in the draft: files that a person has sent, until they say whether the team gets them


class Thinking(Exception):
    """A handler needs a text understood. The road rolls back, thinks without the lock, and starts again."""

    def __init__(self, text: str, chosen: str | None, last: str | None) -> None:
        super().__init__()
        self.text = text
        self.chosen = chosen
        self.last = last


class Fetching(Exception):
    """A handler needs a file that was sent. The road rolls back, fetches it, and starts again likewise."""

    def __init__(self, file_id: str) -> None:
        super().__init__()
        self.file_id = file_id


class Working(Exception):
    """A handler needs what takes long to work out. The road rolls back, has it done, and starts again."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self.work = work


@dataclass(slots=True)
class Turn:
    """One update being handled: who speaks, the unit of work, and a mouth."""

    update: Update
    tx: Transaction
    desk: Desk
    person: Person
    staff: Staff | None
    received: datetime
    thought: Callable[[tuple[str, str | None]], Understanding | None] = lambda _asked: None
    fetched: Callable[[str], bytes | None] = lambda _file_id: None
    worked: Sequence[object] = ()  # what was worked out for this update
    matches: list[re.Match[str]] = field(default_factory=list)  # of the pressed button's data
    args: list[str] = field(default_factory=list)  # words after a command
    spoken: str | None = None  # the language a question was asked in, when that is certain
    erased: bool = False  # the person has left: nothing more is written about them

    @property
    def member(self) -> Staff:
        """Who speaks, in the team. Raises PermissionError for an outsider, whom no route lets come so far."""
        if self.staff is None:
            raise PermissionError("a handler of the team was reached by an outsider")
        return self.staff

    @property
    def message(self) -> Message:
        """The message that came in. Raises ValueError where the update holds none."""
        message = self.update.effective_message
        if message is None:
            raise ValueError("this update has no message")
        return message

    @property
    def text(self) -> str:
        """The words of the message, or of its caption; empty where there are none."""
        message = self.update.effective_message
        return (message.text or message.caption or "").strip() if message else ""

    @property
    def locale(self) -> str:
        """The language to answer in: of the question, else the chosen one, else a guess before that."""
        chosen = self.spoken or self.person.locale
        if chosen:
            return chosen
        user = self.update.effective_user
        return TELEGRAM_LANGUAGES.get((user.language_code or "")[:2], "en") if user else "en"

    @property
    def words_after_command(self) -> str:
        """What stands behind a command: "police took my son" in "/help police took my son"."""
        # Not from `args`: python-telegram-bot fills them only for commands that the bot has.
        message = self.update.message
        text = (message.text or message.caption or "") if message else ""
        command, *words = text.split(maxsplit=1) or [""]
        return words[0].strip() if words and command.startswith("/") else ""

    def pressed(self, name: str) -> str:
        """A named part of the pressed button's data."""
        return self.matches[0][name]

    def pressed_id(self) -> int:
        """The row id in the pressed button's data. It can be forged: look the row up with its owner."""
        return int(self.pressed("id"))

    def understand(self, text: str, last: str | None = None) -> Understanding:
        """What a text asks; it may lean on the topic `last` answered.

        Raises Thinking the first time, for the road to find out.
        """
        understanding = self.thought((text, last))
        if understanding is None:
            raise Thinking(text, self.person.locale, last)
        return understanding

    def fetch(self, file_id: str) -> bytes:
        """A file's content; empty where it cannot be had. Raises Fetching the first time."""
        content = self.fetched(file_id)
        if content is None:
            raise Fetching(file_id)
        return content

    def work_out(self, work: Callable[[], T]) -> T:
        """What takes long and needs no database. Raises Working the first time; once an update."""
        if not self.worked:
            raise Working(work)
        return cast("T", self.worked[0])

    def change(self, **fields: Any) -> None:
        """Change the person's record; the road saves it."""
        self.person = replace(self.person, **fields)

    def expect(self, state: str | None, **draft: Any) -> None:
        """Say what the person's next text means, and what has been gathered so far.

        Files that wait for the person's yes or no outlive the dialogue: they have buttons of their own.
        """
        waiting = self.person.draft.get(OFFER)
        self.change(state=state, draft={OFFER: waiting, **draft} if waiting else draft)

    def say(self, template: str, **values: Any) -> None:
        """Answer with a new message."""
        self.tx.post(letter(self.person, template, values, locale=self.locale))

    def show(self, template: str, **values: Any) -> None:
        """Answer in the place of the message whose button was pressed; with a new one if there is none."""
        answer = letter(self.person, template, values, locale=self.locale)
        query = self.update.callback_query
        self.tx.post(replace(answer, edit=_shown_message(query)) if query else answer)


TELEGRAM_LANGUAGES = {"fa": "fa_AF", "ps": "ps", "en": "en", "fr": "fr", "ur": "ps"}
"""The interface language that Telegram tells, as a first guess at ours."""


def _shown_message(query: CallbackQuery) -> int | None:
    # An old message is inaccessible (its date is 0): it cannot be edited any more.
    message = query.message
    return message.message_id if message is not None and message.is_accessible else None
