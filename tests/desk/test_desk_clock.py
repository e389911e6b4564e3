"""A clock that was set back silences nobody for long, and nobody in danger at all."""

from datetime import UTC, datetime, timedelta

import pytest
from dialogue import letters_due

from desk import deadlines, incidents, team, tickets
from desk.desk import Desk
from knowledge.library import Library
from storage import people, staff
from storage.database import Database
from storage.records import Invitation

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ZAHRA, SARAH, GROUP = 501, 601, -100


@pytest.fixture
def desk(library: Library) -> Desk:
    return Desk(library=library)


@pytest.fixture
async def led(database: Database, desk: Desk) -> Database:
    """Sarah leads, and the team has a group; Zahra is known."""
    async with database.begin(NOON) as tx:
        await people.add(tx, ZAHRA)
        sarah = await people.add(tx, SARAH)
        invitation = Invitation(role="lead", languages=("en",), name="Sarah", expires_at=NOON)
        await staff.join(tx, sarah, invitation)
        await team.join_group(desk, tx, sarah, await staff.of(tx, sarah), GROUP)
        tx.letters.clear()
    return database


async def count(database: Database, template: str) -> int:
    async with database.read(NOON + 2 * DAY) as tx:
        return sum(item.letter.template == template for item in await letters_due(tx))


async def tells_of_danger(database: Database, desk: Desk, when: datetime) -> None:
    async with database.begin(when) as tx:
        zahra = await people.by_telegram_id(tx, ZAHRA)
        assert zahra is not None
        await tickets.raise_urgent(desk, tx, zahra, text="They are here", topic="danger", locale="en")


@pytest.mark.parametrize(
    ("again", "calls"),
    [(-DAY, 2), (-MINUTE, 2), (timedelta(), 1), (9 * MINUTE, 1), (10 * MINUTE, 2)],
    ids=str,
)
async def test_a_call_still_to_come_holds_back_no_call(
    led: Database, desk: Desk, again: timedelta, calls: int
) -> None:
    await tells_of_danger(led, desk, NOON)
    await tells_of_danger(led, desk, NOON + again)
    assert await count(led, "staff_urgent") == calls
    assert await count(led, "group_urgent") == calls


@pytest.mark.parametrize(
    ("when", "digests"),
    [(-DAY, 1), (-181 * MINUTE, 1), (-MINUTE, 0), (timedelta(), 0), (179 * MINUTE, 0), (180 * MINUTE, 1)],
    ids=str,
)
async def test_a_digest_too_far_ahead_is_due(
    led: Database, desk: Desk, when: timedelta, digests: int
) -> None:
    async with led.begin(NOON - 2 * DAY) as tx:
        zahra = await people.by_telegram_id(tx, ZAHRA)
        assert zahra is not None
        await tickets.open_ticket(desk, tx, zahra, text="When?", topic=None, locale="en")
    async with led.begin(NOON + when) as tx:
        await deadlines.sweep(desk, tx)
    assert await count(led, "group_digest") == digests


async def told(database: Database, desk: Desk, when: datetime, lasted: timedelta) -> bool:
    before = await count(database, "staff_incident")
    async with database.begin(when) as tx:
        await incidents.tell(desk, tx, "telegram", when - lasted)
    return await count(database, "staff_incident") > before


async def test_of_an_incident_the_leads_hear_once_in_half_an_hour(led: Database, desk: Desk) -> None:
    assert await told(led, desk, NOON, MINUTE)
    assert not await told(led, desk, NOON, MINUTE)
    assert not await told(led, desk, NOON + 29 * MINUTE, MINUTE)
    assert await told(led, desk, NOON + 30 * MINUTE, MINUTE)


async def test_of_a_much_longer_one_they_hear_in_any_case(led: Database, desk: Desk) -> None:
    """The worker that noticed late was the first to see the end."""
    assert await told(led, desk, NOON, timedelta(seconds=31))
    assert not await told(led, desk, NOON, timedelta(seconds=61))
    assert await told(led, desk, NOON, timedelta(minutes=40))
    assert not await told(led, desk, NOON, timedelta(minutes=41))


async def test_an_incident_far_ahead_holds_back_no_word(led: Database, desk: Desk) -> None:
    assert await told(led, desk, NOON, MINUTE)
    # The clocks of two workers are never quite the same.
    assert not await told(led, desk, NOON - timedelta(seconds=1), MINUTE)
    assert await told(led, desk, NOON - 30 * MINUTE, MINUTE)
