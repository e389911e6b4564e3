"""What was not understood: asked back once, then handed to a person with all the words."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.answers import IN_A_ROW, Asked, ask_back, judge
from storage import answers, people
from storage.database import Database
from storage.records import Answer, Person

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Asking:
    """Somebody who is not understood."""

    def __init__(self, database: Database, person: Person) -> None:
        self.database = database
        self.person = person

    async def asks(self, question: str, minutes: float = 0) -> tuple[str | None, list[str]]:
        """What goes to the team, and the messages that are said."""
        async with self.database.begin(NOON + timedelta(minutes=minutes)) as tx:
            _, words = await ask_back(tx, self.person, Asked(locale="fa_AF", question=question))
            return words, [item.template for item in tx.letters]

    async def latest(self) -> Answer:
        async with self.database.read(NOON) as tx:
            found = await answers.latest(tx, self.person)
        assert found is not None
        return found


@pytest.fixture
async def zahra(database: Database) -> Asking:
    async with database.begin(NOON) as tx:
        person = await people.add(tx, 501)
    return Asking(database, person)


@pytest.fixture
async def luc(database: Database) -> Asking:
    async with database.begin(NOON) as tx:
        person = await people.add(tx, 503)
    return Asking(database, person)


async def test_the_first_time_it_is_asked_back_and_the_second_all_the_words_go_on(zahra: Asking) -> None:
    assert await zahra.asks("یک") == (None, ["not_understood"])
    first = await zahra.latest()
    assert (first.decision, first.topic, first.question, first.ticket_id) == ("unclear", None, "یک", None)
    assert first.at == NOON
    assert await zahra.asks("دو", minutes=5) == ("یک\n\nدو", [])
    assert (await zahra.latest()).decision == "handoff"


async def test_after_it_was_handed_over_it_is_asked_back_again(zahra: Asking) -> None:
    for question in ("یک", "دو"):
        await zahra.asks(question)
    assert await zahra.asks("سه") == (None, ["not_understood"])


async def test_an_hour_later_it_is_a_new_question(zahra: Asking) -> None:
    hour = IN_A_ROW.total_seconds() / 60
    await zahra.asks("یک")
    assert await zahra.asks("دو", minutes=hour) == (None, ["not_understood"])
    assert await zahra.asks("سه", minutes=2 * hour - 0.1) == ("دو\n\nسه", [])


async def test_an_answer_in_between_begins_anew(zahra: Asking) -> None:
    await zahra.asks("یک")
    async with zahra.database.begin(NOON) as tx:
        await answers.add(
            tx, zahra.person, decision="answer", topic="newborn", version=1, locale="fa_AF", question="نوزاد"
        )
    assert await zahra.asks("دو") == (None, ["not_understood"])


async def test_one_persons_doubts_are_not_anothers(zahra: Asking, luc: Asking) -> None:
    await zahra.asks("یک")
    assert await luc.asks("deux") == (None, ["not_understood"])
    mine = await zahra.latest()
    async with zahra.database.begin(NOON) as tx:
        assert await answers.of_person(tx, luc.person, mine.id) is None
        assert await judge(tx, luc.person, mine.id, helped=True) is None
        assert await judge(tx, zahra.person, mine.id, helped=True) is None  # it was no answer


async def test_words_that_are_erased_meanwhile_are_not_missed(zahra: Asking) -> None:
    await zahra.asks("یک")
    async with zahra.database.begin(NOON) as tx:
        await answers.drop_questions_before(tx, NOON + timedelta(minutes=1))
    assert await zahra.asks("دو", minutes=5) == ("دو", [])


async def test_a_damaged_number_finds_nothing(zahra: Asking) -> None:
    async with zahra.database.read(NOON) as tx:
        for number in (0, -1, 10**12 - 1):
            assert await answers.of_person(tx, zahra.person, number) is None
