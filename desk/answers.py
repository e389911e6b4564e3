"""Questions: giving approved answers, suggesting topics, and what people say of them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from desk.desk import Desk, letter
from desk.texts import sendable_of, tell_missing
from knowledge.library import Text, Topic
from storage import answers
from storage.records import Answer, Person
from storage.transaction import Transaction

UNCLEAR = "unclear"
IN_A_ROW = timedelta(hours=1)  # two questions that were not understood within this time: a person takes over


def may_send(desk: Desk, text: Text | None) -> bool:
    """Whether the words of a piece of news may leave the house."""
    return text is not None and bool(text.body) and (text.approved or not desk.only_approved)


def may_offer(topic: Topic, sendable: Mapping[str, Text]) -> bool:
    """Whether a topic may be suggested: danger always, the rest if there is something to send or to do."""
    if topic.then == "urgent":
        return True
    return topic.offered and (not topic.answers or topic.id in sendable)


def titled(
    desk: Desk, sendable: Mapping[str, Text], topic_ids: Sequence[str], locale: str
) -> list[dict[str, str]]:
    """Those of some topics that may be suggested, as the values of a template."""
    topics = [desk.library.topics[topic_id] for topic_id in topic_ids if topic_id in desk.library.topics]
    return [
        {"topic": topic.id, "title": sendable.get(topic.id, topic.texts[locale]).title}
        for topic in topics
        if may_offer(topic, sendable)
    ]


async def suggestions(
    desk: Desk, tx: Transaction, topic_ids: Sequence[str], locale: str
) -> list[dict[str, str]]:
    """Topics to choose from, as the values of a template."""
    return titled(desk, await sendable_of(desk, tx, locale, topic_ids), topic_ids, locale)


async def menu(desk: Desk, tx: Transaction, role: str | None, locale: str) -> dict[str, list[dict[str, str]]]:
    """The topics that can be chosen without a question, by subject, for this kind of person."""
    fitting = [
        topic
        for topic in desk.library.topics.values()
        if (topic.audience in ("any", role) or role == "other") and topic.answers and topic.then != "urgent"
    ]
    sendable = await sendable_of(desk, tx, locale, [topic.id for topic in fitting])
    subjects: dict[str, list[dict[str, str]]] = {}
    for topic in fitting:
        for item in titled(desk, sendable, [topic.id], locale):
            subjects.setdefault(topic.group, []).append(item)
    return subjects


async def give(
    desk: Desk, tx: Transaction, person: Person, topic: Topic, *, locale: str, question: str | None
) -> None:
    """Send the approved answer of a topic, or say that there is none, offer the team and tell the editors."""
    sendable = await sendable_of(desk, tx, locale, [topic.id, *topic.next])
    text = sendable.get(topic.id)
    if text is None:
        row = await answers.add(tx, person, decision="handoff", locale=locale, question=question)
        tx.post(letter(person, "no_approved_answer", {"answer": row}, locale=locale))
        await tell_missing(desk, tx, topic, locale)
        return
    row = await answers.add(
        tx, person, decision="answer", topic=topic.id, version=text.version, locale=locale, question=question
    )
    values = answer_values(desk, topic, sendable, locale, person.role)
    tx.post(letter(person, "answer", {"answer": row, **values}, locale=locale))


def answer_values(
    desk: Desk, topic: Topic, sendable: Mapping[str, Text], locale: str, role: str | None
) -> dict[str, Any]:
    """What the answer's template needs of a topic that may be sent, for this kind of person."""
    text = sendable[topic.id]
    return {
        "title": text.title,
        "body": text.words(role),
        "approved": text.approved,
        "as_of": topic.as_of.isoformat() if topic.as_of else None,
        "sources": desk.library.sources_of(topic),
        "offer": topic.then == "answer+offer",
        "next": titled(desk, sendable, topic.next, locale),
    }


async def suggest(
    desk: Desk,
    tx: Transaction,
    person: Person,
    template: str,
    topics: list[dict[str, str]],
    *,
    locale: str,
    question: str,
) -> None:
    """Ask back with topics to choose from; the question stays with the buttons."""
    row = await answers.add(tx, person, decision="suggest", locale=locale, question=question)
    urgent = any(topic["topic"] in desk.library.urgent for topic in topics)
    values = {"answer": row, "topics": topics, "urgent": urgent}
    tx.post(letter(person, template, values, locale=locale))


async def not_understood(tx: Transaction, person: Person, *, locale: str, question: str) -> str | None:
    """Ask back the first time; the second time in a row give all the words back, for a person to read."""
    before = await answers.latest(tx, person)
    if before is not None and before.decision == UNCLEAR and tx.now - before.at < IN_A_ROW:
        await answers.add(tx, person, decision="handoff", locale=locale, question=question)
        return "\n\n".join(filter(None, [before.question, question]))
    row = await answers.add(tx, person, decision=UNCLEAR, locale=locale, question=question)
    tx.post(letter(person, "not_understood", {"answer": row}, locale=locale))
    return None


async def of(tx: Transaction, person: Person, answer_id: int) -> Answer | None:
    """What was decided on a question of this person; None for anybody else's."""
    return await answers.of_person(tx, person, answer_id)


async def choose(desk: Desk, tx: Transaction, asked: Answer, topic_id: str) -> None:
    """Record which of the suggested topics it was."""
    if asked.decision == "suggest" and topic_id in desk.library.topics:
        await answers.set_topic(tx, asked.id, topic_id)


async def judge(tx: Transaction, person: Person, answer_id: int, *, helped: bool) -> Answer | None:
    """Record whether an answer helped. None for one that this person was never given."""
    answer = await answers.of_person(tx, person, answer_id)
    if answer is None or answer.decision != "answer":
        return None
    await answers.set_helped(tx, answer_id, helped)
    return answer
