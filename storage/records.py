"""The nouns: what storage hands out. Frozen; a change is a new record."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from storage.vault import DataKey

Lane = Literal[0, 1, 2]
REPLY: Lane = 0
NOTICE: Lane = 1
BROADCAST: Lane = 2
"""To very many at once, such as after an import of the register; everything else goes before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who has written to the bot: applicant, sponsor, partner or staff."""

    id: int
    telegram_id: int  # also the id of the private chat
    key: DataKey
    locale: str | None  # None until chosen
    role: str | None  # applicant | sponsor | partner | other; None until chosen
    state: str | None  # what the next text means; None: it is a question
    draft: dict[str, Any]  # what the dialogue has gathered so far
    burst_started_at: datetime | None
    burst_count: int
    blocked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A person's place in the team."""

    person_id: int
    role: str  # agent | editor | approver | lead | admin
    languages: tuple[str, ...]  # locales this member answers in
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A one-time way into the team."""

    role: str
    languages: tuple[str, ...]
    name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file of the register, as the last import told it."""

    id: int
    number: str  # letter and nine digits
    birth_date: date
    family_name: str
    stage: str  # an id of knowledge/stages
    since: date  # when the stage began
    office: str
    stream: str
    as_of: date  # the day the register was true


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """That a person may see a case (active), has asked to (asked) or must not (refused)."""

    id: int
    case_id: int
    person_id: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A request to the team."""

    id: int
    person_id: int
    topic: str | None
    locale: str
    role: str | None
    urgent: bool
    link_id: int | None
    state: str  # open | taken | answered | closed
    assignee_id: int | None
    opened_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    overdue_told_at: datetime | None
    called_at: datetime | None
    first_reply_at: datetime | None

    @property
    def number(self) -> str:
        """What people quote: H-1001, H-1002, …"""
        return f"H-{1000 + self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMessage:
    """One text of a ticket's conversation; notes are seen by staff only."""

    author: str  # person | staff | note
    author_id: int
    body: str | None  # None once erased
    locale: str | None
    at: datetime
    files: int  # how many hang on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """That a file hangs on a text of a ticket's conversation, without its content."""

    id: int
    message_id: int
    author: str  # of the text: person | staff
    kind: str  # photo | document | voice: how it was sent, and is sent on
    size: int  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A picture, a document or a sound, with its content."""

    kind: str  # photo | document | voice
    mime: str  # what the content is, whatever its sender said
    name: str  # safe to write anywhere
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was decided on a question of a person: an approved text given, topics suggested, or neither."""

    id: int
    person_id: int
    decision: str  # answer | suggest | unclear (asked back) | handoff
    topic: str | None  # of an answer; of topics suggested, the one that was chosen
    version: int | None  # of the answer's text
    locale: str
    at: datetime
    question: str | None
    helped: bool | None
    ticket_id: int | None  # the request that the question became
    near: tuple[str, ...]  # topics the question may have meant, best first
    shown: tuple[str, ...]  # topics answered to the same question before, which did not help

    @property
    def given(self) -> tuple[str, ...]:
        """The topics that were answered to this question, in the order they were given."""
        return self.shown if self.topic is None else (*self.shown, self.topic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many questions of a language ended in one way."""

    locale: str
    decision: str  # as in Answer
    topic: str | None  # of an answer; of asking back: what the person chose
    helped: bool | None
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question in a person's own words, without who asked it."""

    id: int  # of the answer
    locale: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A sentence from which the engine learns a topic, written by a member of the team."""

    id: int
    topic: str
    locale: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A version of an answer that a member of the team proposed."""

    id: int
    topic: str
    locale: str
    version: int
    title: str
    body: str
    sponsor: str | None
    more: str | None
    state: str  # proposed | approved | returned | replaced
    proposed_by: int
    proposed_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    review_by: date | None  # of what is approved: the last day on which it is sent


LEAVE = "leave"
"""In the place of a template: the bot leaves the chat instead of saying something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something to be said, not yet rendered: a template with its values, in a language, to a chat.

    The buttons follow from the template and its values: see handlers/keyboards.py.
    """

    chat_id: int
    locale: str
    template: str  # a file of locales/templates, without its ending
    values: dict[str, Any]  # JSON values only; dates as ISO text
    edit: int | None = None  # the message to change instead of sending a new one
    answer: int | None = None  # the row of a question to which this is the reply: its message is remembered
    again: bool = False  # whether it takes the place of the reply that was remembered before
    lane: Lane = REPLY
    not_before: datetime | None = None  # None: now


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A letter that waits in the outbox."""

    id: int
    letter: Letter
    attempts: int
    pieces_sent: int  # of a letter that is cut into several messages
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An update that waits in the inbox."""

    update_id: int
    chat_id: int
    payload: dict[str, Any]  # as Telegram sent it; empty where it can no longer be opened
    attempts: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The team's group."""

    chat_id: int
    digest_at: datetime
