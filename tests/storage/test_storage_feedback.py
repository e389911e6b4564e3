"""What is kept of feedback: how questions ended, words that found no answer, the examples of the team."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from storage import answers, examples, people, tables
from storage.database import Database
from storage.records import Person, Tally

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MONTH = timedelta(days=30)


@pytest.fixture
async def zahra(database: Database) -> Person:
    """She asks in Dari."""
    async with database.begin(NOON) as tx:
        return await people.add(tx, 501)


async def asks(
    database: Database, person: Person, text: str, decision: str, locale: str = "fa_AF", topic: str = ""
) -> int:
    async with database.begin(NOON) as tx:
        return await answers.add(
            tx, person, decision=decision, locale=locale, question=text, topic=topic or None
        )


async def unanswered(database: Database, *locales: str, now: datetime = NOON, limit: int = 99) -> list[str]:
    async with database.read(now) as tx:
        found = await answers.unanswered(tx, locales, now - MONTH, limit=limit)
    return [question.text for question in found]


async def test_questions_without_an_answer_are_found_and_others_not(
    database: Database, zahra: Person
) -> None:
    await asks(database, zahra, "سپرده", "handoff")
    await asks(database, zahra, "پرسیده", "unclear")
    picked = await asks(database, zahra, "انتخاب شد", "suggest")
    await asks(database, zahra, "انتخاب نشد", "suggest")
    unhelpful = await asks(database, zahra, "کمک نکرد", "answer", topic="newborn")
    helpful = await asks(database, zahra, "کمک کرد", "answer", topic="newborn")
    await asks(database, zahra, "چیزی نگفت", "answer", topic="newborn")
    await asks(database, zahra, "en français", "handoff", "fr")
    async with database.begin(NOON) as tx:
        await answers.set_topic(tx, picked, "newborn")
        await answers.set_helped(tx, unhelpful, False)
        await answers.set_helped(tx, helpful, True)
    assert await unanswered(database, "fa_AF") == ["کمک نکرد", "انتخاب نشد", "پرسیده", "سپرده"]
    assert await unanswered(database, "fa_AF", limit=2) == ["کمک نکرد", "انتخاب نشد"]
    assert await unanswered(database, "fr") == ["en français"]
    assert await unanswered(database, "ps") == []
    async with database.read(NOON) as tx:
        tallies = await answers.tallies(tx, ["fa_AF"], NOON - MONTH)
        assert await answers.tallies(tx, ["fa_AF"], NOON + MONTH) == []
    assert len(tallies) == 7
    assert Tally(locale="fa_AF", decision="answer", topic="newborn", helped=False, number=1) in tallies
    assert sum(tally.number for tally in tallies) == 7


async def test_one_question_is_found_by_its_number_in_its_language_only(
    database: Database, zahra: Person
) -> None:
    asked = await asks(database, zahra, "سپرده", "handoff")
    answered = await asks(database, zahra, "جواب", "answer", topic="newborn")
    async with database.read(NOON) as tx:
        since = NOON - MONTH
        (found,) = await answers.unanswered(tx, ["ps", "fa_AF"], since, answer_id=asked)
        assert (found.id, found.locale, found.text) == (asked, "fa_AF", "سپرده")
        assert await answers.unanswered(tx, ["ps"], since, answer_id=asked) == []
        assert await answers.unanswered(tx, ["fa_AF"], since, answer_id=answered) == []


async def test_words_end_with_their_time_with_the_person_and_with_damage(
    database: Database, zahra: Person
) -> None:
    asked = await asks(database, zahra, "سپرده", "handoff")
    await asks(database, zahra, "دوم", "handoff")
    # Their time is over, though the sweep that erases them has not come by yet.
    assert await unanswered(database, "fa_AF", now=NOON + MONTH + timedelta(seconds=1)) == []
    async with database.begin(NOON) as tx:
        await tx.connection.execute(
            update(tables.answers).where(tables.answers.c.id == asked).values(question_sealed=b"damaged")
        )
    assert await unanswered(database, "fa_AF") == ["دوم"]
    async with database.begin(NOON) as tx:
        await people.erase(tx, zahra)
    assert await unanswered(database, "fa_AF") == []


async def test_a_sentence_is_an_example_once(database: Database, neighbour: Database, zahra: Person) -> None:
    async def adds(worker: Database, topic: str, locale: str = "fa_AF") -> int | None:
        async with worker.begin(NOON) as tx:
            return await examples.add(tx, topic, locale, "طفل ما تولد شد", by=zahra.id)

    kept = await asyncio.gather(*(adds(worker, "newborn") for worker in (database, neighbour) * 2))
    assert len([example for example in kept if example is not None]) == 1
    assert await adds(database, "detained") is None
    assert await adds(database, "newborn", "ps") is not None
    async with database.read(NOON) as tx:
        first, second = await examples.listed(tx)
    assert (first.topic, first.locale, first.text) == ("newborn", "fa_AF", "طفل ما تولد شد")
    async with database.begin(NOON) as tx:
        assert not await examples.remove(tx, first.id, ["ps", "fr"])
        assert await examples.remove(tx, first.id, ["fa_AF"])
        assert not await examples.remove(tx, first.id, ["fa_AF"])
        assert await examples.listed(tx) == [second]
