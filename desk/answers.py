"""Questions: giving approved answers, suggesting topics, and what people say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from desk import pieces
from desk.desk import Desk, letter
from desk.texts import sendable_of, tell_missing
from knowledge.library import Text, Topic
from storage import answers
from storage.records import Answer, Person
from storage.transaction import Transaction

UNCLEAR = "unclear"
LED_ON = 3  # topics that a question may have meant: the best was answered, the next two are left
IN_A_ROW = timedelta(hours=1)  # two questions that were not understood within this time: a person takes over


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it is to be answered. Without words it was chosen from a menu."""

    locale: str
    question: str | None
    near: tuple[str, ...] = ()  # topics it may have meant, best first
    shown: tuple[str, ...] = ()  # topics answered to it before, which did not help
    instead: int | None = None  # the row of the reply that this one takes the place of


async def give(
    desk: Desk,
    tx: Transaction,
    person: Person,
    topic: Topic,
    asked: Asked,
    *,
    follows: bool = False,
    also: dict[str, str] | None = None,
) -> int:
    """Send the approved answer of a topic, or say that there is none and offer the team; the row's id.

    `follows`: it goes on from the answer before; `also` is a second topic to offer.
    """
    sendable = await sendable_of(desk, tx, asked.locale, [topic.id, *topic.next])
    text = sendable.get(topic.id)
    if text is None:
        row = await _record(tx, person, asked, decision="handoff")
        _reply(tx, person, "no_approved_answer", {"answer": row}, asked, row)
        await tell_missing(desk, tx, topic, asked.locale)
        return row
    row = await _record(tx, person, asked, decision="answer", topic=topic.id, version=text.version)
    values = answer_values(desk, topic, sendable, asked.locale, person.role)
    values["offer"] |= follows
    values["next"] = [item for item in values["next"] if item["topic"] not in asked.shown]
    extras = {
        "follows": follows,
        "also": also,
        "more": text.more is not None,
        "listen": recording_of(text, person.role) is not None,
    }
    _reply(tx, person, "answer", {"answer": row, **values, **extras}, asked, row)
    return row


def recording_of(text: Text, role: str | None) -> Path | None:
    """The recording of the words that this kind of person reads; None where there is none."""
    return text.recording if text.words(role) == text.body else None


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
    desk: Desk, tx: Transaction, person: Person, template: str, topics: list[dict[str, str]], asked: Asked
) -> int:
    """Ask back with topics to choose from; the question stays with the buttons. The row's id."""
    row = await _record(tx, person, asked, decision="suggest")
    urgent = any(topic["topic"] in desk.library.urgent for topic in topics)
    _reply(tx, person, template, {"answer": row, "topics": topics, "urgent": urgent}, asked, row)
    return row


async def ask_back(tx: Transaction, person: Person, asked: Asked) -> tuple[int | None, str | None]:
    """Ask back what was not understood; the second time in a row give all the words to a person.

    Gives the row's id, or the words.
    """
    before = await answers.latest(tx, person)
    if before is not None and before.decision == UNCLEAR and tx.now - before.at < IN_A_ROW:
        await _record(tx, person, asked, decision="handoff")
        return None, "\n\n".join(filter(None, [before.question, asked.question]))
    row = await _record(tx, person, asked, decision=UNCLEAR)
    _reply(tx, person, "not_understood", {"answer": row}, asked, row)
    return row, None


async def _record(
    tx: Transaction,
    person: Person,
    asked: Asked,
    *,
    decision: str,
    topic: str | None = None,
    version: int | None = None,
) -> int:
    """Write down what is decided on a question: in a new row, or in that of the reply before."""
    fields: dict[str, Any] = {
        "decision": decision,
        "topic": topic,
        "version": version,
        "locale": asked.locale,
        "question": asked.question,
        "near": asked.near,
    }
    if asked.instead is None:
        return await answers.add(tx, person, **fields, shown=asked.shown)
    await answers.decide_again(tx, person, asked.instead, **fields)
    return asked.instead


def _reply(
    tx: Transaction, person: Person, template: str, values: dict[str, Any], asked: Asked, row: int
) -> None:
    """Say what was decided; in the place of the reply before, if this takes its place."""
    reply = letter(person, template, values, locale=asked.locale)
    tx.post(replace(reply, answer=row, again=asked.instead is not None))


async def goes_on(tx: Transaction, person: Person, answer_id: int, question: str) -> None:
    """The question has become longer, and the reply to it stays."""
    await answers.set_question(tx, person, answer_id, question)


async def last_topic(desk: Desk, tx: Transaction, person: Person) -> str | None:
    """The topic that a short question may lean on: the one last answered, not long ago."""
    return await answers.last_topic(tx, person, desk.policy.follow_window)


async def lead_on(desk: Desk, tx: Transaction, judged: Answer) -> dict[str, Any]:
    """Where an answer that did not help leads, as the values of a template: never to what was shown.

    The second time in a row the team stands first.
    """
    topic = desk.library.topics.get(judged.topic or "")
    ways = pieces.left([*(topic.next if topic else ()), *judged.near[:LED_ON]], judged.given)
    return {
        "answer": judged.id,
        "topics": await suggestions(desk, tx, ways, judged.locale),
        "again": bool(judged.shown),
    }


async def more(desk: Desk, tx: Transaction, judged: Answer) -> dict[str, Any] | None:
    """The longer text of an answer as it is now, as the values of a template; None where there is none."""
    topic, text = await _present(desk, tx, judged)
    if topic is None or text is None or text.more is None:
        return None
    return {
        "answer": judged.id,
        "title": text.title,
        "body": text.more,
        "approved": text.approved,
        "as_of": topic.as_of.isoformat() if topic.as_of else None,
    }


async def recording(desk: Desk, tx: Transaction, judged: Answer, role: str | None) -> str | None:
    """The name of the recording of an answer as it is now, below the topics; None where there is none."""
    topic, text = await _present(desk, tx, judged)
    path = recording_of(text, role) if text is not None else None
    return f"{topic.id}/{path.name}" if topic is not None and path is not None else None


async def stands(desk: Desk, tx: Transaction, given: Answer) -> bool:
    """Whether the words of a reply, if it was an answer, are still those that may be sent."""
    if given.decision != "answer":
        return True
    _, text = await _present(desk, tx, given)
    return text is not None and text.version == given.version


async def _present(desk: Desk, tx: Transaction, given: Answer) -> tuple[Topic | None, Text | None]:
    """The topic and text of an answer as they are now, if they may still be sent."""
    topic = desk.library.topics.get(given.topic or "")
    if topic is None:
        return None, None
    return topic, (await sendable_of(desk, tx, given.locale, [topic.id])).get(topic.id)


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
    return replace(answer, helped=helped)
