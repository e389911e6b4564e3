"""Review of the answers: somebody proposes words, somebody else approves them, each in their languages."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from desk.desk import Desk, Policy, notice
from desk.roles import APPROVING, EDITING
from desk.texts import is_stale, named, text_of
from knowledge.library import Text, Topic
from knowledge.rules import LONGEST_BODY, Fault, cleaned, contacts
from storage import people, revisions, staff
from storage.records import Revision, Staff
from storage.transaction import Transaction

STANDINGS = ("proposed", "draft", "due", "approved")
"""How a text stands: it waits for approval; nobody approved it; its review is near or past; all is well."""

Refusal = Literal["role", "language", "own", "changed"]
"""Why words are not proposed or decided on: what the member may not do, or what is no more as they saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One answer in one language: the shipped draft, what is approved of it, and what waits for approval."""

    topic: Topic
    locale: str
    draft: Text
    approved: Revision | None
    proposed: Revision | None

    @property
    def shown(self) -> Text:
        """The newest words that somebody has to decide on, or that are sent."""
        revision = self.proposed or self.approved
        return text_of(revision, self.draft) if revision else self.draft

    @property
    def review_by(self) -> date | None:
        """The last day on which the words that are approved may be sent."""
        return self.approved.review_by if self.approved else self.topic.review_by

    def standing(self, policy: Policy, today: date) -> str:
        """One of STANDINGS."""
        if self.proposed:
            return "proposed"
        if not (self.approved or self.draft.approved):
            return "draft"
        return "due" if is_stale(self.review_by, today + policy.review_soon) else "approved"


# --- who may do what


def refusal(member: Staff, locale: str, roles: Sequence[str] = EDITING) -> Refusal | None:
    """Why a member may not see and propose words of a language (or, with other roles, decide on them)."""
    if member.role not in roles:
        return "role"
    return None if locale in member.languages else "language"


def decision_refusal(member: Staff, revision: Revision | None) -> Refusal | None:
    """Why a member may not approve or return these words."""
    if revision is None or revision.state != "proposed":
        return "changed"
    if revision.proposed_by == member.person_id:
        return "own"
    return refusal(member, revision.locale, APPROVING)


# --- reading


async def entries(desk: Desk, tx: Transaction, locale: str) -> list[Entry]:
    """Every answer in a language."""
    found = {(revision.topic, revision.state): revision for revision in await revisions.present(tx, locale)}
    return [
        Entry(
            topic=topic,
            locale=locale,
            draft=topic.texts[locale],
            approved=found.get((topic.id, "approved")),
            proposed=found.get((topic.id, "proposed")),
        )
        for topic in desk.library.topics.values()
        if topic.answers
    ]


async def entry(desk: Desk, tx: Transaction, topic_id: str, locale: str) -> Entry | None:
    """One answer in a language; None where there is no such answer."""
    return next((item for item in await entries(desk, tx, locale) if item.topic.id == topic_id), None)


async def overview(desk: Desk, tx: Transaction, member: Staff) -> list[dict[str, Any]]:
    """How many texts stand how, in each of the member's languages, as values of a template."""
    counted = []
    for locale in member.languages:
        counts = Counter(
            item.standing(desk.policy, tx.now.date()) for item in await entries(desk, tx, locale)
        )
        counted.append({"locale": locale, **{standing: counts[standing] for standing in STANDINGS}})
    return counted


async def listed(desk: Desk, tx: Transaction, locale: str) -> dict[str, list[dict[str, str]]]:
    """The answers in a language by subject, each with its title and how it stands."""
    groups: dict[str, list[dict[str, str]]] = {}
    for item in await entries(desk, tx, locale):
        standing = item.standing(desk.policy, tx.now.date())
        groups.setdefault(item.topic.group, []).append(
            {"topic": item.topic.id, "title": item.shown.title, "standing": standing}
        )
    return groups


def view(desk: Desk, tx: Transaction, member: Staff, item: Entry, *, shipped: bool = False) -> dict[str, Any]:
    """One answer as people would read it, and what this member may do with it, as values of a template.

    With `shipped`, the words that came with the software, whatever was approved since.
    """
    text = item.draft if shipped else item.shown
    decides = not shipped and decision_refusal(member, item.proposed) is None
    stops = not shipped and refusal(member, item.locale, APPROVING) is None
    waits = item.proposed is not None and not shipped
    facts = [desk.library.facts[fact] for fact in item.topic.facts if fact in desk.library.facts]
    return {
        "topic": item.topic.id,
        "group": item.topic.group,
        "locale": item.locale,
        "standing": item.standing(desk.policy, tx.now.date()),
        "shipped": shipped,
        "revision": item.proposed.id if item.proposed is not None and decides else None,
        "approved": item.approved.id if item.approved is not None and stops else None,
        "mark": None if waits else mark(text),
        "differs": not shipped and item.draft.said != text.said,
        "title": text.title,
        "body": text.body,
        "sponsor": text.sponsor,
        "more": text.more,
        "version": text.version,
        "facts": [
            {"statement": fact.statement, "source": fact.source, "as_of": fact.as_of} for fact in facts
        ],
        "as_of": item.topic.as_of.isoformat() if item.topic.as_of else None,
        "review_by": item.review_by.isoformat() if item.review_by else None,
        "stale": is_stale(item.review_by, tx.now.date()),
    }


def mark(text: Text) -> str:
    """A short mark of words, so that a button proposes what stands above it and nothing later."""
    words = "\0".join(part or "" for part in text.said)
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:12]


# --- proposing


def rewritten(item: Entry, body: str) -> Text:
    """The words of an answer with another short text."""
    return replace(item.shown, body=cleaned(body), review="unreviewed", recording=None)


def faults(desk: Desk, item: Entry, body: str) -> Iterator[Fault]:
    """The rules that a new short text breaks; it names the same contacts as the words before it."""
    yield from desk.library.rules.faults(item.locale, cleaned(body), LONGEST_BODY)
    for contact in sorted(contacts(item.shown.body) ^ contacts(cleaned(body))):
        yield Fault("contact", contact)


async def propose(tx: Transaction, member: Staff, item: Entry, text: Text) -> Revision | Refusal:
    """Let words wait for the approval of somebody else."""
    refused = refusal(member, item.locale)
    if refused is not None:
        return refused
    await revisions.hold(tx, item.topic.id, item.locale)
    earlier = await revisions.of_text(tx, item.topic.id, item.locale)
    revision = await revisions.propose(
        tx,
        item.topic.id,
        item.locale,
        {"title": text.title, "body": text.body, "sponsor": text.sponsor, "more": text.more},
        version=version_of(text, item.draft, [text_of(other, None) for other in earlier]),
        by=member.person_id,
    )
    tx.audit("text.proposed", actor=member.person_id, subject=revision.id)
    return revision


async def propose_marked(
    desk: Desk, tx: Transaction, member: Staff, item: Entry, chosen: str, body: str | None
) -> Revision | Refusal:
    """Propose the words with this mark: with the new short text, else the shipped or the approved ones."""
    choices = [item.draft] if item.proposed else [item.draft, item.shown]
    if body is not None:
        choices = [] if any(faults(desk, item, body)) else [rewritten(item, body)]
    text = next((choice for choice in choices if mark(choice) == chosen), None)
    return "changed" if text is None else await propose(tx, member, item, text)


async def tell_approvers(tx: Transaction, topic: Topic, revision: Revision) -> int:
    """Tell who may approve words that they wait; how many are told."""
    team = await staff.members(tx)
    able = [member.person_id for member in team if decision_refusal(member, revision) is None]
    approvers = await people.by_ids(tx, able)
    for approver in approvers.values():
        tx.post(notice(approver, "staff_text_new", named(topic, approver.locale, revision.locale)))
    return len(approvers)


def version_of(text: Text, draft: Text, earlier: Sequence[Text]) -> int:
    """The number of some words: the same words keep theirs, others get a new one."""
    known = {other.said: other.version for other in earlier}
    if text.said in known:
        return known[text.said]
    taken = set(known.values())
    if text.said == draft.said and draft.version not in taken:
        return draft.version
    return max(draft.version, *taken) + 1 if taken else draft.version + 1


# --- deciding


async def approve(desk: Desk, tx: Transaction, member: Staff, revision_id: int) -> Revision | Refusal:
    """Let words be sent from now on, until the day of their review; tell who proposed them."""
    revision = await _decided_on(tx, member, revision_id)
    if not isinstance(revision, Revision):
        return revision
    topic = desk.library.topics.get(revision.topic)
    if topic is None:
        return "changed"
    review_by = max(filter(None, [topic.review_by, (tx.now + desk.policy.review_every).date()]))
    if not await revisions.approve(tx, revision, by=member.person_id, review_by=review_by):
        return "changed"
    tx.audit("text.approved", actor=member.person_id, subject=revision.id)
    await _tell_proposer(desk, tx, revision, None)
    return revision


async def give_back(
    desk: Desk, tx: Transaction, member: Staff, revision_id: int, reason: str
) -> Revision | Refusal:
    """Do not approve words, and tell who proposed them why."""
    revision = await _decided_on(tx, member, revision_id)
    if not isinstance(revision, Revision):
        return revision
    if not await revisions.give_back(tx, revision, by=member.person_id):
        return "changed"
    tx.audit("text.returned", actor=member.person_id, subject=revision.id)
    await _tell_proposer(desk, tx, revision, reason)
    return revision


async def withdraw(tx: Transaction, member: Staff, revision_id: int) -> Revision | Refusal:
    """Send approved words no more, at once and whoever proposed them: they turned out to be wrong."""
    revision = await revisions.by_id(tx, revision_id)
    if revision is None:
        return "changed"
    refused = refusal(member, revision.locale, APPROVING)
    if refused is not None:
        return refused
    await revisions.hold(tx, revision.topic, revision.locale)
    if not await revisions.withdraw(tx, revision, by=member.person_id):
        return "changed"
    tx.audit("text.withdrawn", actor=member.person_id, subject=revision.id)
    return revision


async def decidable(tx: Transaction, member: Staff, revision_id: int) -> Revision | Refusal:
    """Words that this member may approve or return, or why not."""
    revision = await revisions.by_id(tx, revision_id)
    refused = decision_refusal(member, revision)
    if revision is None or refused is not None:
        return refused or "changed"
    return revision


async def _decided_on(tx: Transaction, member: Staff, revision_id: int) -> Revision | Refusal:
    """The same, held: nobody else proposes or decides meanwhile."""
    seen = await decidable(tx, member, revision_id)
    if isinstance(seen, Revision):
        await revisions.hold(tx, seen.topic, seen.locale)
        return await decidable(tx, member, revision_id)
    return seen


async def _tell_proposer(desk: Desk, tx: Transaction, revision: Revision, reason: str | None) -> None:
    person = await people.by_id(tx, revision.proposed_by)
    topic = desk.library.topics.get(revision.topic)
    if person is not None and topic is not None and await staff.of(tx, person) is not None:
        values = {**named(topic, person.locale, revision.locale), "reason": reason}
        tx.post(notice(person, "staff_text_decided", values))


# --- for the command line


async def approve_shipped(
    desk: Desk, tx: Transaction, editor: Staff, approver: Staff, locale: str, topic_ids: Sequence[str]
) -> list[str]:
    """Propose the shipped words as one member and approve them as another; the topics that it was done for.

    Without topics: every answer whose shipped words are not approved or are due, except where words wait
    for approval. Raises PermissionError where one of the two may not.
    """
    done = []
    for item in await entries(desk, tx, locale):
        standing = item.standing(desk.policy, tx.now.date())
        settled = standing == "approved" and item.shown.said == item.draft.said
        if item.topic.id not in topic_ids if topic_ids else standing == "proposed" or settled:
            continue
        proposed = await propose(tx, editor, item, item.draft)
        decided = (
            await approve(desk, tx, approver, proposed.id) if isinstance(proposed, Revision) else proposed
        )
        if not isinstance(decided, Revision):
            raise PermissionError(decided)
        done.append(item.topic.id)
    return done
