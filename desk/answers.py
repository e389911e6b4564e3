"""Questions: giving approved answers, suggesting topics, and what people say of them."""

from datetime import timedelta
from typing import Any

from desk.desk import Desk, letter
from knowledge.library import Text, Topic
from storage import answers
from storage.records import Answer, Person
from storage.transaction import Transaction

UNCLEAR = "unclear"
IN_A_ROW = timedelta(hours=1)  # two questions that were not understood within this time: a person takes over


def may_send(desk: Desk, text: Text | None) -> bool:
    """Whether these words may leave the house."""
    return text is not None and bool(text.body) and (text.approved or not desk.only_approved)


def may_offer(desk: Desk, topic: Topic, locale: str) -> bool:
    """Whether a topic may be suggested: danger always, the rest if there is something to send or to do."""
    if topic.then == "urgent":
        return True
    return topic.offered and (not topic.answers or may_send(desk, topic.texts.get(locale)))


def suggestions(desk: Desk, topic_ids: list[str], locale: str) -> list[dict[str, str]]:
    """Topics to choose from, as the values of a template."""
    topics = [desk.library.topics[topic_id] for topic_id in topic_ids if topic_id in desk.library.topics]
    return [
        {"topic": topic.id, "title": topic.texts[locale].title}
        for topic in topics
        if may_offer(desk, topic, locale)
    ]


def menu(desk: Desk, role: str | None, locale: str) -> dict[str, list[str]]:
    """The topics that can be chosen without a question, by subject, for this kind of person."""
    subjects: dict[str, list[str]] = {}
    for topic in desk.library.topics.values():
        fits = topic.audience in ("any", role) or role == "other"
        if fits and topic.answers and topic.then != "urgent" and may_offer(desk, topic, locale):
            subjects.setdefault(topic.group, []).append(topic.id)
    return subjects


async def give(
    desk: Desk, tx: Transaction, person: Person, topic: Topic, *, locale: str, question: str | None
) -> None:
    """Send the approved answer of a topic, or say that there is none and offer the team."""
    text = topic.texts.get(locale)
    if text is None or not may_send(desk, text):
        row = await answers.add(tx, person, decision="handoff", locale=locale, question=question)
        tx.post(letter(person, "no_approved_answer", {"answer": row}, locale=locale))
        return
    row = await answers.add(
        tx, person, decision="answer", topic=topic.id, version=text.version, locale=locale, question=question
    )
    values = answer_values(desk, topic, text, locale)
    tx.post(letter(person, "answer", {"answer": row, **values}, locale=locale))


def answer_values(desk: Desk, topic: Topic, text: Text, locale: str) -> dict[str, Any]:
    """What the answer's template needs of the topic."""
    return {
        "title": text.title,
        "body": text.body,
        "approved": text.approved,
        "as_of": topic.as_of.isoformat() if topic.as_of else None,
        "sources": desk.library.sources_of(topic),
        "offer": topic.then == "answer+offer",
        "next": suggestions(desk, list(topic.next), locale),
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


async def judge(tx: Transaction, person: Person, answer_id: int, *, helped: bool) -> Answer | None:
    """Record whether an answer helped. None for one that this person was never given."""
    answer = await answers.of_person(tx, person, answer_id)
    if answer is None or answer.topic is None:
        return None
    await answers.set_helped(tx, answer_id, helped)
    return answer
