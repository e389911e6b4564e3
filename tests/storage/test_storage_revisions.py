"""Versions of texts: at most one waits and one is sent, however many workers decide; and who is told once."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from storage import people, revisions, tables
from storage.database import Database
from storage.records import Revision

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REVIEW = date(2027, 5, 20)
WORDS = {"title": "عنوان", "body": "متن", "sponsor": None, "more": "بیشتر"}


@pytest.fixture
async def nadia(database: Database) -> int:
    """The row of an editor; Omar, who approves, has the next."""
    async with database.begin(NOON) as tx:
        nadia = await people.add(tx, 610)
        await people.add(tx, 611)
    return nadia.id


async def proposes(database: Database, by: int, version: int = 1, locale: str = "ps") -> Revision:
    async with database.begin(NOON) as tx:
        await revisions.hold(tx, "newborn", locale)
        return await revisions.propose(tx, "newborn", locale, WORDS, version=version, by=by)


async def approves(database: Database, seen: Revision) -> bool:
    async with database.begin(NOON) as tx:
        await revisions.hold(tx, seen.topic, seen.locale)
        return await revisions.approve(tx, seen, by=seen.proposed_by + 1, review_by=REVIEW)


async def states(database: Database) -> list[str]:
    async with database.read(NOON) as tx:
        return [revision.state for revision in await revisions.of_text(tx, "newborn", "ps")]


async def test_what_is_approved_is_found_with_all_its_words(database: Database, nadia: int) -> None:
    await approves(database, await proposes(database, nadia))
    await proposes(database, nadia, locale="fr")
    async with database.read(NOON) as tx:
        found = await revisions.approved(tx, "ps", ["newborn", "detained"])
        assert list(found) == ["newborn"]
        revision = found["newborn"]
        assert (revision.title, revision.body, revision.sponsor, revision.more) == tuple(WORDS.values())
        assert (revision.version, revision.review_by, revision.decided_by) == (1, REVIEW, nadia + 1)
        assert revision.proposed_at == revision.decided_at == NOON
        assert await revisions.approved(tx, "fr", ["newborn"]) == {}  # only proposed
        assert await revisions.approved(tx, "ps", ["detained"]) == {}
        assert [item.state for item in await revisions.present(tx, "fr")] == ["proposed"]


async def test_new_words_take_the_place_of_those_before(database: Database, nadia: int) -> None:
    first = await proposes(database, nadia)
    second = await proposes(database, nadia, version=2)
    assert await states(database) == ["replaced", "proposed"]
    assert not await approves(database, first)
    assert await approves(database, second)
    assert not await approves(database, second)
    third = await proposes(database, nadia, version=3)
    assert await states(database) == ["replaced", "approved", "proposed"]
    async with database.begin(NOON) as tx:
        assert await revisions.give_back(tx, third, by=nadia + 1)
        assert not await revisions.give_back(tx, third, by=nadia + 1)
    assert await states(database) == ["replaced", "approved", "returned"]
    async with database.begin(NOON) as tx:
        assert not await revisions.withdraw(tx, third, by=nadia + 1)
        assert await revisions.withdraw(tx, second, by=nadia + 1)
    assert await states(database) == ["replaced", "returned", "returned"]


@pytest.mark.parametrize("state", ["proposed", "approved"])
async def test_two_of_a_kind_cannot_be_stored(database: Database, nadia: int, state: str) -> None:
    fields = {**WORDS, "topic": "newborn", "locale": "ps", "proposed_by": nadia, "proposed_at": NOON}
    row = insert(tables.revisions).values(**fields, version=1, state=state)
    async with database.begin(NOON) as tx:
        await tx.connection.execute(row)
    with pytest.raises(IntegrityError):
        async with database.begin(NOON) as tx:
            await tx.connection.execute(row)


async def test_workers_that_decide_at_once_decide_once(
    database: Database, neighbour: Database, nadia: int
) -> None:
    for version in range(1, 6):
        seen = await proposes(database, nadia, version)
        decided = await asyncio.gather(*(approves(worker, seen) for worker in (database, neighbour) * 2))
        assert decided.count(True) == 1
    assert await states(database) == ["replaced"] * 4 + ["approved"]
    await asyncio.gather(*(proposes(worker, nadia, 6) for worker in (database, neighbour) * 2))
    assert (await states(database)).count("proposed") == 1


async def test_who_leaves_for_good_leaves_the_words(database: Database, nadia: int) -> None:
    await approves(database, await proposes(database, nadia))
    async with database.begin(NOON) as tx:
        person = await people.by_id(tx, nadia)
        assert person is not None
        await people.erase(tx, person)
    async with database.read(NOON) as tx:
        assert "newborn" in await revisions.approved(tx, "ps", ["newborn"])


async def test_that_a_text_is_missing_is_told_once_a_day_by_one_worker(
    database: Database, neighbour: Database
) -> None:
    day = timedelta(days=1)

    async def tells(worker: Database, now: datetime, locale: str = "ps") -> bool:
        async with worker.begin(now) as tx:
            return await revisions.may_tell_missing(tx, "newborn", locale, day)

    told = await asyncio.gather(*(tells(worker, NOON) for worker in (database, neighbour) * 3))
    assert told.count(True) == 1
    assert await tells(database, NOON, "fr")  # another text
    assert not await tells(database, NOON + day - timedelta(seconds=1))
    assert await tells(neighbour, NOON + day)
    assert await tells(neighbour, NOON - day)  # the clock was set back
