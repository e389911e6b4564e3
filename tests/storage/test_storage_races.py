"""Two units of work at once: one has written and not yet committed when the other begins.

On PostgreSQL the second sees nothing of the first until it waits for something; on SQLite it waits at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import pytest
from dialogue import letters_due
from engines import on_postgresql
from sqlalchemy import func, select, update

from desk import cases, deadlines, privacy, queue, register, team, tickets
from desk.desk import Desk, Policy
from knowledge.library import Library
from storage import cases as case_rows
from storage import people, staff, tables
from storage import tickets as ticket_rows
from storage.database import Database
from storage.records import LEAVE, Invitation, Person, Staff, Ticket
from storage.transaction import Transaction

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
ZAHRA, MARYAM, MINA, FARID, SARAH, KARIM = 501, 506, 507, 602, 601, 505
NUMBER, BIRTH, FAMILY = "G000012345", [date(1990, 8, 3)], "RAHIMI"
UNKNOWN = "G999999999"

First = TypeVar("First")
Second = TypeVar("Second")


@pytest.fixture
def desk(library: Library) -> Desk:
    return Desk(library=library)


class Two:
    """Two processes that share a database."""

    def __init__(self, database: Database, neighbour: Database) -> None:
        self.database = database
        self.neighbour = neighbour

    async def at_once(
        self,
        first: Callable[[Transaction], Awaitable[First]],
        second: Callable[[Transaction], Awaitable[Second]],
        now: datetime = NOON,
    ) -> tuple[First, Second]:
        """The second begins, and goes as far as it gets, before the first commits."""

        async def follow() -> Second:
            async with self.neighbour.begin(now) as tx:
                return await second(tx)

        async with self.database.begin(now) as tx:
            result = await first(tx)
            following = asyncio.create_task(follow())
            await asyncio.wait([following], timeout=0.2)
        return result, await following

    async def do(self, act: Callable[[Transaction], Awaitable[First]], now: datetime = NOON) -> First:
        async with self.database.begin(now) as tx:
            return await act(tx)

    async def letters(self) -> list[tuple[int, str]]:
        """Who is told what."""
        async with self.database.read(LATER) as tx:
            return sorted((item.letter.chat_id, item.letter.template) for item in await letters_due(tx))

    async def forgets_letters(self) -> None:
        async with self.database.begin(NOON) as tx:
            await tx.connection.execute(tables.outbox.delete())


@pytest.fixture
async def two(database: Database, neighbour: Database) -> Two:
    """Zahra, Maryam, Mina and Karim are known; Farid is an agent, Sarah leads."""
    async with database.begin(NOON) as tx:
        for telegram_id in (ZAHRA, MARYAM, MINA, KARIM):
            await people.add(tx, telegram_id)
        for telegram_id, role, name in ((FARID, "agent", "Farid"), (SARAH, "lead", "Sarah")):
            member = await people.add(tx, telegram_id)
            invitation = Invitation(role=role, languages=("en",), name=name, expires_at=LATER)
            await staff.join(tx, member, invitation)
    return Two(database, neighbour)


async def speaks(tx: Transaction, telegram_id: int) -> Person:
    """As every turn begins: the person's row is held."""
    known = await staff.speaker(tx, telegram_id)
    assert known is not None
    return known[0]


async def works(tx: Transaction, telegram_id: int) -> Staff:
    known = await staff.speaker(tx, telegram_id)
    assert known is not None
    assert known[1] is not None
    return known[1]


async def only(tx: Transaction, ticket_id: int) -> Ticket:
    ticket = await ticket_rows.by_id(tx, ticket_id)
    assert ticket is not None
    return ticket


# --- what a person adds while the team closes

MORE = "They came to the house again"

Way = Callable[[Desk, Transaction, Person, int], Awaitable[object]]


async def writes_to_it(desk: Desk, tx: Transaction, zahra: Person, ticket_id: int) -> None:
    ticket = await tickets.own_to_change(tx, zahra, ticket_id)
    assert ticket is not None
    await tickets.add(desk, tx, zahra, ticket, MORE, "en")


async def writes_to_the_newest(desk: Desk, tx: Transaction, zahra: Person, _: int) -> None:
    ticket = await tickets.newest_open(tx, zahra)
    if ticket is None:
        await tickets.open_ticket(desk, tx, zahra, text=MORE, topic=None, locale="en")
    else:
        await tickets.add(desk, tx, zahra, ticket, MORE, "en")


async def asks_one_too_many(desk: Desk, tx: Transaction, zahra: Person, _: int) -> None:
    strict = replace(desk, policy=Policy(open_requests=1))
    await tickets.open_ticket(strict, tx, zahra, text=MORE, topic=None, locale="en")


async def writes_in_a_burst(desk: Desk, tx: Transaction, zahra: Person, ticket_id: int) -> None:
    await tickets.collect(desk, tx, zahra, ticket_id, text=MORE, locale="en")


async def is_in_danger(desk: Desk, tx: Transaction, zahra: Person, _: int) -> None:
    await tickets.raise_urgent(desk, tx, zahra, text=MORE, topic="danger", locale="en")


async def presses_danger(desk: Desk, tx: Transaction, zahra: Person, _: int) -> None:
    ticket = await tickets.raise_urgent(desk, tx, zahra, text=None, topic="danger", locale="en")
    # A button brings no words; this is for the common question below.
    await ticket_rows.say(tx, ticket, zahra, author="person", author_id=zahra.id, body=MORE, locale="en")


async def answered(two: Two, desk: Desk, *, urgent: bool) -> int:
    """Zahra has asked, Farid has answered."""

    async def ask(tx: Transaction) -> int:
        zahra = await speaks(tx, ZAHRA)
        if urgent:
            asked = await tickets.raise_urgent(desk, tx, zahra, text="Help", topic="danger", locale="en")
        else:
            asked = await tickets.open_ticket(desk, tx, zahra, text="When?", topic=None, locale="en")
        farid = await works(tx, FARID)
        assert await queue.take(tx, farid, await only(tx, asked.id))
        assert await queue.reply(tx, farid, await only(tx, asked.id), "Soon", "en")
        return asked.id

    ticket_id = await two.do(ask)
    await two.forgets_letters()
    return ticket_id


@pytest.mark.parametrize(
    ("way", "urgent"),
    [
        (writes_to_it, False),
        (writes_to_the_newest, False),
        (asks_one_too_many, False),
        (writes_in_a_burst, False),
        (is_in_danger, True),
        (presses_danger, True),
    ],
)
async def test_what_zahra_adds_while_farid_resolves_still_waits_for_the_team(
    two: Two, desk: Desk, way: Way, urgent: bool
) -> None:
    ticket_id = await answered(two, desk, urgent=urgent)

    async def resolve(tx: Transaction) -> bool:
        return await queue.resolve(tx, await works(tx, FARID), await only(tx, ticket_id))

    async def add(tx: Transaction) -> None:
        await way(desk, tx, await speaks(tx, ZAHRA), ticket_id)

    resolved, _ = await two.at_once(resolve, add)
    assert resolved
    async with two.database.read(NOON) as tx:
        zahra = await people.by_telegram_id(tx, ZAHRA)
        assert zahra is not None
        (waiting,) = await ticket_rows.queue(tx, limit=10)
        texts = await ticket_rows.conversation(tx, waiting.id, zahra, notes=False)
    assert texts[-1].body == MORE


@on_postgresql
async def test_farid_is_told_that_something_came_while_he_resolved(two: Two, desk: Desk) -> None:
    ticket_id = await answered(two, desk, urgent=False)

    async def add(tx: Transaction) -> None:
        await writes_to_it(desk, tx, await speaks(tx, ZAHRA), ticket_id)

    async def resolve(tx: Transaction) -> bool:
        return await queue.resolve(tx, await works(tx, FARID), await only(tx, ticket_id))

    _, resolved = await two.at_once(add, resolve)
    async with two.database.read(NOON) as tx:
        ticket = await only(tx, ticket_id)
    assert not resolved
    assert ticket.state == "taken"


async def test_a_request_that_zahra_opens_again_loses_none_of_its_texts(two: Two, desk: Desk) -> None:
    ticket_id = await answered(two, desk, urgent=False)
    await two.do(lambda tx: _close(tx, ticket_id))
    old = NOON + desk.policy.retention + timedelta(days=1)

    async def reopen(tx: Transaction) -> None:
        zahra = await speaks(tx, ZAHRA)
        ticket = await tickets.own_to_change(tx, zahra, ticket_id)
        assert ticket is not None
        await tickets.reopen(desk, tx, zahra, ticket)

    async def forget(tx: Transaction) -> None:
        await ticket_rows.drop_closed_before(tx, tx.now - desk.policy.retention)

    await two.at_once(reopen, forget, old)
    async with two.database.read(old) as tx:
        zahra = await people.by_telegram_id(tx, ZAHRA)
        assert len(await ticket_rows.conversation(tx, ticket_id, zahra, notes=True)) == 2
        assert (await only(tx, ticket_id)).state == "open"


async def _close(tx: Transaction, ticket_id: int) -> None:
    assert await tickets.close_ticket(tx, await only(tx, ticket_id), 0)


# --- who sees a case


def proving(desk: Desk, telegram_id: int, number: str = NUMBER) -> Callable[[Transaction], Awaitable[None]]:
    async def prove(tx: Transaction) -> None:
        await cases.prove(desk, tx, await speaks(tx, telegram_id), number, BIRTH, FAMILY)

    return prove


async def seers(two: Two) -> list[int]:
    """Who sees the case, by Telegram id."""
    found = []
    async with two.database.read(NOON) as tx:
        for telegram_id in (ZAHRA, MARYAM, MINA, KARIM):
            person = await people.by_telegram_id(tx, telegram_id)
            if person is not None and await cases.has_case(tx, person):
                found.append(telegram_id)
    return found


async def test_of_two_who_prove_a_case_at_once_the_first_sees_it_and_is_asked(two: Two, desk: Desk) -> None:
    await two.at_once(proving(desk, ZAHRA), proving(desk, MARYAM))
    assert await seers(two) == [ZAHRA]
    assert await two.letters() == [
        (ZAHRA, "case_linked"),
        (ZAHRA, "link_asked"),
        (MARYAM, "proof_refused"),
    ]


@pytest.mark.parametrize("number", [NUMBER, UNKNOWN])
async def test_no_two_at_once_try_a_number_once_too_often(two: Two, desk: Desk, number: str) -> None:
    strict = replace(desk, policy=Policy(number_tries=1))

    async def guess(tx: Transaction) -> None:
        await cases.prove(strict, tx, await speaks(tx, KARIM), number, BIRTH, "GUESS")

    async def count(tx: Transaction) -> int:
        maryam = await speaks(tx, MARYAM)
        await cases.prove(strict, tx, maryam, number, BIRTH, FAMILY)
        _, on_number = await case_rows.failures(tx, maryam, number, NOON - timedelta(days=1))
        return on_number

    _, failures = await two.at_once(guess, count)
    assert failures == 2
    assert await seers(two) == []


async def test_who_proves_while_the_holder_erases_everything_is_let_in(two: Two, desk: Desk) -> None:
    await two.do(proving(desk, ZAHRA))
    await two.forgets_letters()

    async def erase(tx: Transaction) -> None:
        await privacy.erase(tx, await speaks(tx, ZAHRA), "en")

    await two.at_once(erase, proving(desk, MARYAM))
    assert await seers(two) == [MARYAM]
    assert await two.letters() == [(ZAHRA, "forgotten"), (MARYAM, "case_linked")]
    assert await requests(two) == 0


async def test_who_proves_while_the_holder_unlinks_is_let_in(two: Two, desk: Desk) -> None:
    await two.do(proving(desk, ZAHRA))

    async def unlink(tx: Transaction) -> None:
        await cases.unlink_all(tx, await speaks(tx, ZAHRA))

    await two.at_once(unlink, proving(desk, MARYAM))
    assert await seers(two) == [MARYAM]
    assert await requests(two) == 0


async def requests(two: Two) -> int:
    async with two.database.read(NOON) as tx:
        return (await tx.connection.execute(select(func.count()).select_from(tables.tickets))).scalar_one()


async def test_who_is_put_out_by_a_lead_can_let_nobody_in_any_more(two: Two, desk: Desk) -> None:
    for telegram_id in (ZAHRA, MARYAM, MINA):
        await two.do(proving(desk, telegram_id))

    async def standing(tx: Transaction) -> tuple[Ticket, int]:
        """The request about Mina, and the link of Maryam."""
        maryam, mina = await people.by_telegram_id(tx, MARYAM), await people.by_telegram_id(tx, MINA)
        assert maryam is not None
        assert mina is not None
        links = (await tx.connection.execute(select(tables.links))).all()
        of = {link.person_id: link.id for link in links}
        waiting = await ticket_rows.queue(tx, limit=10)
        return next(t for t in waiting if t.link_id == of[mina.id]), of[maryam.id]

    about_mina, marys = await two.do(standing)

    async def swap(tx: Transaction) -> bool:
        return await cases.staff_decide(tx, await works(tx, SARAH), about_mina, "swap")

    async def allow(tx: Transaction) -> bool:
        return await cases.holder_decides(tx, await speaks(tx, ZAHRA), marys, allow=True)

    assert await two.at_once(swap, allow) == (True, False)
    assert await seers(two) == [MINA]


async def test_a_lead_who_swaps_also_puts_out_whom_the_first_lets_in_at_that_moment(
    two: Two, desk: Desk
) -> None:
    for telegram_id in (ZAHRA, MARYAM, MINA):
        await two.do(proving(desk, telegram_id))

    async def links(tx: Transaction) -> list[int]:
        return list((await tx.connection.execute(select(tables.links.c.id).order_by("id"))).scalars())

    _, marys, minas = await two.do(links)

    async def allow(tx: Transaction) -> bool:
        return await cases.holder_decides(tx, await speaks(tx, ZAHRA), marys, allow=True)

    async def swap(tx: Transaction) -> bool:
        sarah = await works(tx, SARAH)
        about_mina = next(t for t in await ticket_rows.queue(tx, limit=10) if t.link_id == minas)
        return await cases.staff_decide(tx, sarah, about_mina, "swap")

    assert await two.at_once(allow, swap) == (True, True)
    assert await seers(two) == [MINA]


# --- time


async def test_of_two_sweeps_at_once_one_tells_that_it_takes_longer(two: Two, desk: Desk) -> None:
    async def ask(tx: Transaction) -> None:
        await tickets.open_ticket(desk, tx, await speaks(tx, ZAHRA), text="When?", topic=None, locale="en")

    await two.do(ask, NOON - desk.policy.target)
    await two.forgets_letters()
    await two.at_once(lambda tx: deadlines.sweep(desk, tx), lambda tx: deadlines.sweep(desk, tx))
    assert await two.letters() == [(ZAHRA, "ticket_overdue"), (SARAH, "staff_overdue")]


@on_postgresql
async def test_a_sweep_does_not_wait_for_a_person_who_is_writing(two: Two, desk: Desk) -> None:
    ticket_id = await answered(two, desk, urgent=False)
    async with two.database.begin(NOON) as tx:
        await writes_to_it(desk, tx, await speaks(tx, ZAHRA), ticket_id)
        tx.letters.clear()
    due = NOON + desk.policy.target
    async with two.database.begin(due) as writing:
        await writes_to_it(desk, writing, await speaks(writing, ZAHRA), ticket_id)
        async with asyncio.timeout(30), two.neighbour.begin(due) as tx:
            await deadlines.sweep(desk, tx)
            assert tx.letters == []


@pytest.mark.parametrize("told", ["overdue_told_at", "called_at"])
async def test_a_request_of_which_somebody_told_meanwhile_has_changed(
    two: Two, desk: Desk, told: str
) -> None:
    ticket_id = await answered(two, desk, urgent=True)
    async with two.database.begin(NOON) as tx:
        seen = replace(await only(tx, ticket_id), called_at=None)
        await tx.connection.execute(update(tables.tickets).values(called_at=None))
        assert await ticket_rows.change(tx, seen, **{told: NOON})
        assert not await ticket_rows.change(tx, seen, **{told: NOON})


# --- the team


async def test_of_two_groups_that_come_at_once_the_later_one_stays(two: Two, desk: Desk) -> None:
    async def lead(tx: Transaction) -> None:
        invitation = Invitation(role="lead", languages=("en",), name="Maryam", expires_at=LATER)
        await staff.join(tx, await speaks(tx, MARYAM), invitation)

    def adds(telegram_id: int, chat_id: int) -> Callable[[Transaction], Awaitable[None]]:
        async def add(tx: Transaction) -> None:
            person, member = await speaks(tx, telegram_id), await works(tx, telegram_id)
            await team.join_group(desk, tx, person, member, chat_id)

        return add

    await two.do(lead)
    await two.at_once(adds(SARAH, -100), adds(MARYAM, -200))
    async with two.database.read(NOON) as tx:
        assert (await tx.connection.execute(select(tables.groups.c.chat_id))).scalars().all() == [-200]
    assert (-100, LEAVE) in await two.letters()
    assert (-200, LEAVE) not in await two.letters()


async def test_whom_we_take_out_of_the_team_while_they_write_keeps_nothing(two: Two, desk: Desk) -> None:
    async def ask(tx: Transaction) -> int:
        zahra = await speaks(tx, ZAHRA)
        return (await tickets.open_ticket(desk, tx, zahra, text="When?", topic=None, locale="en")).id

    ticket_id = await two.do(ask)

    async def take(tx: Transaction) -> int:
        farid = await works(tx, FARID)
        assert await queue.take(tx, farid, await only(tx, ticket_id))
        await people.save(tx, replace(await speaks(tx, FARID), state="staff.reply", locale="fr"))
        return farid.person_id

    async def remove(tx: Transaction) -> bool:
        farid = await people.by_telegram_id(tx, FARID)
        assert farid is not None
        return await team.remove(tx, farid.id)

    _, removed = await two.at_once(take, remove)
    assert removed
    async with two.database.begin(NOON) as tx:
        assert (await only(tx, ticket_id)).assignee_id is None
        known = await staff.speaker(tx, FARID)
    assert known is not None
    farid, membership = known
    # What they chose while they wrote stays chosen.
    assert (farid.state, farid.locale, membership) == (None, "fr", None)


async def test_who_writes_while_we_take_them_out_of_the_team_is_a_member_no_more(two: Two) -> None:
    async def remove(tx: Transaction) -> bool:
        farid = await people.by_telegram_id(tx, FARID)
        assert farid is not None
        return await team.remove(tx, farid.id)

    removed, known = await two.at_once(remove, lambda tx: staff.speaker(tx, FARID))
    assert removed
    assert known is not None
    assert known[1] is None


async def test_of_a_member_who_erases_themselves_while_we_remove_them_nothing_comes_back(
    two: Two,
) -> None:
    async def erase(tx: Transaction) -> int:
        farid = await speaks(tx, FARID)
        farid = replace(farid, locale="fr", role="other")
        await people.save(tx, farid)
        await privacy.erase(tx, farid, "en")
        return farid.id

    async def remove(tx: Transaction) -> bool:
        found = await people.by_telegram_id(tx, FARID)
        return found is not None and await team.remove(tx, found.id)

    await two.do(lambda tx: _chooses(tx, FARID))
    farid_id, removed = await two.at_once(erase, remove)
    assert not removed
    async with two.database.read(NOON) as tx:
        row = (await tx.connection.execute(select(tables.people).where(tables.people.c.id == farid_id))).one()
    assert (row.telegram_id, row.key_wrapped, row.locale, row.role) == (None, None, None, None)


async def _chooses(tx: Transaction, telegram_id: int) -> None:
    await people.save(tx, replace(await speaks(tx, telegram_id), locale="fr", role="other"))


@on_postgresql
async def test_nobody_waits_for_zahra_to_be_handled_only_to_point_to_her(two: Two, desk: Desk) -> None:
    async with two.database.begin(NOON) as handling:
        zahra = await speaks(handling, ZAHRA)
        async with asyncio.timeout(30), two.neighbour.begin(NOON) as tx:
            await tickets.open_link_decision(desk, tx, zahra, await _a_link(tx, zahra))


async def _a_link(tx: Transaction, person: Person) -> int:
    case = await case_rows.by_number(tx, NUMBER)
    assert case is not None
    return (await case_rows.add_link(tx, case.id, person.id, "active")).id


# --- the register


def importing(two: Two, numbers: list[str]) -> Callable[[Transaction], Awaitable[tuple[int, int]]]:
    fields = {
        "birth_date": BIRTH[0],
        "family_name": "Rahimi",
        "stage": "interview",
        "since": date(2026, 11, 1),
        "office": "Islamabad",
        "stream": "Private sponsorship",
        "as_of": date(2026, 11, 20),
    }
    rows = [case_rows.sealed(two.database.vault, {"number": number, **fields}) for number in numbers]
    return lambda tx: register.store(tx, rows)


async def test_of_two_imports_at_once_one_tells_zahra_and_neither_fails(two: Two, desk: Desk) -> None:
    await two.do(proving(desk, ZAHRA))
    await two.forgets_letters()
    new = "G000099999"
    found = await two.at_once(importing(two, [new, NUMBER]), importing(two, [NUMBER, new]))
    assert found == ((1, 1), (0, 0))
    assert await two.letters() == [(ZAHRA, "case_changed")]


async def test_any_number_of_people_can_be_looked_up_at_once(two: Two) -> None:
    async with two.database.read(NOON) as tx:
        zahra = await people.by_telegram_id(tx, ZAHRA)
        assert zahra is not None
        found = await people.by_ids(tx, [*range(100_000, 140_000), zahra.id])
    assert list(found) == [zahra.id]
