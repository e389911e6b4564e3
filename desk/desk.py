"""What every use case may reach for besides its unit of work: knowledge and the operator's rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from knowledge.library import Library
from storage.records import NOTICE, REPLY, Lane, Letter, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The operator's rules. Times are how long something lasts or may take."""

    target: timedelta = timedelta(hours=72)  # service level of a request
    urgent_target: timedelta = timedelta(hours=4)
    digest_every: timedelta = timedelta(hours=3)  # at most one digest to the team's group
    refusal_delay: timedelta = timedelta(seconds=3)  # every answer to a proof waits this long
    proof_window: timedelta = timedelta(hours=24)  # failed proofs are counted over this time
    proof_tries: int = 5  # of one person
    number_tries: int = 10  # on one case number, by anybody
    open_requests: int = 5  # of one person; what they ask beyond goes to the newest of them
    invitation_life: timedelta = timedelta(days=7)
    burst_window: timedelta = timedelta(seconds=10)
    piece_window: timedelta = timedelta(seconds=8)  # in which further words belong to the question before
    follow_window: timedelta = timedelta(minutes=15)  # in which a question may lean on the answer before
    call_pause: timedelta = timedelta(minutes=10)  # between two calls of the team to one urgent request
    incident_pause: timedelta = timedelta(minutes=30)  # between two words to the leads about one fault
    urgent_life: timedelta = timedelta(hours=24)  # in which a new danger goes to the same urgent request
    burst_limit: int = 8  # questions of one person that are answered one by one in that time
    file_bytes: int = 10 * 2**20  # the biggest file that is taken
    files_at_once: int = 10  # with one message
    bytes_at_once: int = 40 * 2**20
    bytes_kept: int = 100 * 2**20  # in all requests of one person
    offer_life: timedelta = timedelta(hours=24)  # in which a person may say that the team gets a file
    question_life: timedelta = timedelta(days=30)  # wording of questions that went to no ticket
    review_every: timedelta = timedelta(days=180)  # an approved text is looked at again after so long
    review_soon: timedelta = timedelta(days=14)  # before that the team sees that it is due
    missing_pause: timedelta = timedelta(days=1)  # between two words to the editors about one missing text
    retention: timedelta = timedelta(days=365)  # closed requests, given answers, audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The use cases' surroundings; one per process."""

    library: Library
    policy: Policy = field(default_factory=Policy)
    only_approved: bool = True
    """On the real Telegram only approved texts leave; on a local Bot API all do, with a label."""


def letter(
    person: Person,
    template: str,
    values: Mapping[str, Any] | None = None,
    *,
    locale: str | None = None,
    lane: Lane = REPLY,
) -> Letter:
    """A letter to a person, in their language unless another is given."""
    return Letter(
        chat_id=person.telegram_id,
        locale=locale or person.locale or "en",
        template=template,
        values=dict(values or {}),
        lane=lane,
    )


def notice(
    person: Person, template: str, values: Mapping[str, Any] | None = None, *, locale: str | None = None
) -> Letter:
    """A letter that the person did not just ask for; `locale` counts for who has not chosen a language."""
    return letter(person, template, values, locale=person.locale or locale, lane=NOTICE)
