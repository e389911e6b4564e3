"""The words that may leave the house: what the team approved, or the drafts of the knowledge."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from desk.desk import Desk, notice
from desk.roles import LEADING
from knowledge.library import Text, Topic
from storage import people, revisions, staff
from storage.records import Revision, Staff
from storage.transaction import Transaction


def text_of(revision: Revision, draft: Text | None) -> Text:
    """The words of a revision; the draft's recording goes along where it says just these words."""
    text = Text(
        title=revision.title,
        body=revision.body,
        review="approved" if revision.state == "approved" else "unreviewed",
        version=revision.version,
        sponsor=revision.sponsor,
        more=revision.more,
    )
    same = draft is not None and (draft.said, draft.version) == (text.said, text.version)
    return replace(text, recording=draft.recording) if draft is not None and same else text


def is_stale(review_by: date | None, today: date) -> bool:
    """Whether somebody should have looked at a text again by now."""
    return review_by is not None and review_by < today


def sendable(desk: Desk, topic: Topic, locale: str, revision: Revision | None, today: date) -> Text | None:
    """What may be sent of a topic on a day. Once the team has approved words in the chat, these count alone.

    A text that is not approved, or whose review is overdue, goes out on a local Bot API only, as a draft.
    """
    draft = topic.texts.get(locale)
    text = text_of(revision, draft) if revision is not None else draft
    if text is None or not text.body:
        return None
    if is_stale(revision.review_by if revision is not None else topic.review_by, today):
        text = replace(text, review="unreviewed")
    return text if text.approved or not desk.only_approved else None


async def sendable_of(
    desk: Desk, tx: Transaction, locale: str, topic_ids: Collection[str]
) -> dict[str, Text]:
    """The words of these topics that may be sent now in a language; a topic that has none is missing."""
    known = {
        topic_id: desk.library.topics[topic_id] for topic_id in topic_ids if topic_id in desk.library.topics
    }
    wanted = [topic.id for topic in known.values() if topic.answers]
    approved = await revisions.approved(tx, locale, wanted) if wanted else {}
    texts = {
        topic_id: sendable(desk, known[topic_id], locale, approved.get(topic_id), tx.now.date())
        for topic_id in wanted
    }
    return {topic_id: text for topic_id, text in texts.items() if text is not None}


async def tell_missing(desk: Desk, tx: Transaction, topic: Topic, locale: str) -> None:
    """Somebody asked for a text that may not be sent: tell who can change that, once a day for each text."""
    if not await revisions.may_tell_missing(tx, topic.id, locale, desk.policy.missing_pause):
        return
    told = _responsible(await staff.members(tx), locale)
    found = await people.by_ids(tx, [member.person_id for member in told])
    for member in told:
        editor = found.get(member.person_id)
        if editor is not None:
            values = {**named(topic, editor.locale, locale), "may_open": locale in member.languages}
            tx.post(notice(editor, "staff_text_missing", values))
    tx.audit("text.missing")


def named(topic: Topic, reader: str | None, locale: str) -> dict[str, Any]:
    """The text of a topic in a language, as values of a template, with its title as the reader knows it."""
    return {"topic": topic.id, "title": topic.texts[reader or "en"].title, "locale": locale}


def _responsible(team: list[Staff], locale: str) -> list[Staff]:
    """The editors who have a language; where there are none the other editors, else the leads."""
    editors = [member for member in team if member.role == "editor"]
    return (
        [member for member in editors if locale in member.languages]
        or editors
        or [member for member in team if member.role in LEADING]
    )
