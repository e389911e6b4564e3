"""Giving approved answers."""

from typing import Any

from desk.desk import Desk, letter
from knowledge.library import Text, Topic
from storage import answers
from storage.records import Answer, Person
from storage.transaction import Transaction


def may_send(desk: Desk, text: Text | None) -> bool:
    """Whether these words may leave the house."""
    return text is not None and bool(text.body) and (text.approved or not desk.only_approved)


def title(desk: Desk, topic_id: str, locale: str) -> str:
    """What a topic is called on a button."""
    return desk.library.topics[topic_id].texts[locale].title


def suggestions(desk: Desk, topic_ids: list[str], locale: str) -> list[dict[str, str]]:
    """Topics to choose from, as the values of a template; responsive ones are left out."""
    known = [topic_id for topic_id in topic_ids if topic_id in desk.library.topics]
    return [
        {"topic": topic_id, "title": title(desk, topic_id, locale)}
        for topic_id in known
        if desk.library.topics[topic_id].offered
    ]


async def give(
    desk: Desk, tx: Transaction, person: Person, topic: Topic, locale: str, question: str | None
) -> None:
    """Send the approved answer of a topic, or say that there is none and offer the team."""
    text = topic.texts.get(locale)
    if text is None or not may_send(desk, text):
        tx.post(letter(person, "no_approved_answer", {"topic": topic.id}, locale=locale))
        return
    answer_id = await answers.add(
        tx, person, topic=topic.id, version=text.version, locale=locale, question=question
    )
    tx.post(letter(person, "answer", answer_values(desk, topic, text, locale, answer_id), locale=locale))


def answer_values(desk: Desk, topic: Topic, text: Text, locale: str, answer_id: int | None) -> dict[str, Any]:
    """What the answer's template needs."""
    return {
        "answer": answer_id,
        "title": text.title,
        "body": text.body,
        "approved": text.approved,
        "as_of": topic.as_of.isoformat() if topic.as_of else None,
        "sources": desk.library.sources_of(topic),
        "offer": topic.then == "answer+offer",
        "next": suggestions(desk, list(topic.next), locale),
    }


async def of(tx: Transaction, person: Person, answer_id: int) -> Answer | None:
    """An answer that this person was given; None for anybody else's."""
    return await answers.of_person(tx, person, answer_id)


async def judge(tx: Transaction, person: Person, answer_id: int, helped: bool) -> Answer | None:
    """Record whether an answer helped. None for an answer that this person was never given."""
    answer = await answers.of_person(tx, person, answer_id)
    if answer is not None:
        await answers.set_helped(tx, answer_id, helped)
    return answer
