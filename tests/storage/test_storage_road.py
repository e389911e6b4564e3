"""The road's rows: units of work, inbox, outbox, invitations."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dialogue import letters_due
from engines import on_sqlite
from sqlalchemy import Column, ColumnElement, update
from storage_bytes import bytes_of

from bot import service
from bot.settings import Settings
from storage import claims, events, inbox, outbox, people, staff, tables, workers
from storage.claims import Queue
from storage.database import Database
from storage.errors import ClaimLost
from storage.records import BROADCAST, NOTICE, REPLY, Incoming, Invitation, Lane, Letter, Outgoing
from storage.transaction import Transaction

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ZAHRA, LUC = 501, 503


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


# --- units of work


async def test_no_concurrent_change_is_lost(database: Database, neighbour: Database) -> None:
    async with database.begin(NOON) as tx:
        await people.add(tx, ZAHRA)

    async def count_one(place: Database) -> None:
        async with place.begin(NOON) as tx:
            speaker = await staff.speaker(tx, ZAHRA)
            assert speaker is not None
            zahra, _ = speaker
            await asyncio.sleep(0.001)  # whoever may read in between would read the old number
            await people.save(tx, replace(zahra, burst_count=zahra.burst_count + 1))

    await asyncio.gather(*(count_one(place) for place in (database, neighbour) for _ in range(10)))
    async with database.read(NOON) as tx:
        zahra = await people.by_telegram_id(tx, ZAHRA)
    assert zahra is not None
    assert zahra.burst_count == 20


async def test_looking_waits_for_no_writer_and_sees_only_what_is_committed(
    database: Database, neighbour: Database
) -> None:
    async with database.begin(NOON) as writing:
        await people.add(writing, ZAHRA)
        async with asyncio.timeout(30), neighbour.read(NOON) as tx:
            assert await people.by_telegram_id(tx, ZAHRA) is None
    async with neighbour.read(NOON) as tx:
        assert await people.by_telegram_id(tx, ZAHRA) is not None


async def test_a_unit_of_work_that_fails_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.begin(NOON) as tx:
            await people.add(tx, ZAHRA)
            tx.post(Letter(chat_id=ZAHRA, locale="en", template="menu", values={}))
            tx.audit("person.came")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.read(NOON) as tx:
        assert await people.by_telegram_id(tx, ZAHRA) is None
        assert await outbox.waiting(tx) == 0
        assert "person.came" not in await events.actions(tx)


async def test_what_is_posted_while_only_looking_goes_nowhere(database: Database) -> None:
    async with database.read(NOON) as tx:
        tx.post(Letter(chat_id=ZAHRA, locale="en", template="menu", values={}))
        tx.audit("person.came")
    async with database.read(NOON) as tx:
        assert await outbox.waiting(tx) == 0
        assert "person.came" not in await events.actions(tx)


async def test_an_error_of_the_database_does_not_quote_what_people_wrote(database: Database) -> None:
    async with database.begin(NOON) as tx:
        await people.add(tx, 7_123_456_789)
    with pytest.raises(Exception, match=r"(?i)unique") as caught:
        async with database.begin(NOON) as tx:
            await people.add(tx, 7_123_456_789)
    assert "7123456789" not in str(caught.value)


# --- inbox


@pytest.fixture
async def worker(database: Database) -> int:
    """One of the processes that share the queues."""
    async with database.begin(NOON) as tx:
        return await workers.join(tx, alone=False)


@pytest.fixture
async def other(database: Database) -> int:
    """Another one."""
    async with database.begin(NOON) as tx:
        return await workers.join(tx, alone=False)


async def taken(database: Database, worker: int, when: datetime = NOON, limit: int = 50) -> list[Incoming]:
    """What a worker gets to handle."""
    async with database.begin(when) as tx:
        return await inbox.waiting(tx, await inbox.claim(tx, worker, limit=limit))


async def let_go(database: Database, worker: int, *chats: int, queue: Queue = Queue.INBOX) -> None:
    async with database.begin(NOON) as tx:
        await claims.release(tx, queue, worker, chats)


async def numbers(database: Database, worker: int, when: datetime = NOON) -> list[int]:
    """The updates that a worker gets; its chats are let go again."""
    found = await taken(database, worker, when)
    await let_go(database, worker, *(item.chat_id for item in found))
    return [item.update_id for item in found]


async def received(database: Database, *updates: tuple[int, int]) -> None:
    async with database.begin(NOON) as tx:
        await inbox.add(tx, [(update, chat, {"update_id": update}) for update, chat in updates])


async def handle(database: Database, incoming: Incoming, worker: int, *answers: Letter) -> None:
    async with database.begin(NOON) as tx:
        for answer in answers:
            tx.post(answer)
        await inbox.done(tx, incoming, worker)


async def test_the_same_update_twice_is_one_row_even_after_it_is_done(
    database: Database, worker: int
) -> None:
    await received(database, (10, ZAHRA), (10, ZAHRA))
    await received(database, (10, ZAHRA))
    (incoming,) = await taken(database, worker)
    await handle(database, incoming, worker)
    await let_go(database, worker, ZAHRA)
    await received(database, (10, ZAHRA))
    assert await taken(database, worker) == []


async def test_updates_come_in_order(database: Database, worker: int) -> None:
    await received(database, (12, ZAHRA), (11, LUC), (10, ZAHRA))
    assert await numbers(database, worker) == [10, 11, 12]


async def test_a_chat_is_one_workers_and_all_of_it(database: Database, worker: int, other: int) -> None:
    await received(database, (10, ZAHRA), (11, LUC), (12, ZAHRA))
    assert [item.update_id for item in await taken(database, worker, limit=1)] == [10, 12]
    await received(database, (13, ZAHRA))
    assert [item.update_id for item in await taken(database, other)] == [11]
    assert await taken(database, other) == []
    await let_go(database, other, ZAHRA)  # what is not theirs they cannot let go
    assert await taken(database, other) == []
    await let_go(database, worker, ZAHRA)
    assert [item.update_id for item in await taken(database, other)] == [10, 12, 13]


async def test_many_workers_at_once_share_every_chat_and_none_twice(
    settings: Settings, database: Database
) -> None:
    people_at_once = range(1000, 1120)
    await received(database, *((1 + chat, chat) for chat in people_at_once))
    places = [await service.open_database(settings) for _ in range(4)]

    async def work(place: Database) -> list[int]:
        async with place.begin(NOON) as tx:
            me = await workers.join(tx, alone=False)
        found: list[int] = []
        while some := await taken(place, me, limit=7):
            found += [item.chat_id for item in some]
        return found

    shares = await asyncio.gather(*map(work, places))
    assert sorted(chat for share in shares for chat in share) == list(people_at_once)
    for place in places:
        await place.close()


async def test_a_dead_workers_chats_go_to_the_living_and_it_can_finish_nothing(
    database: Database, worker: int, other: int
) -> None:
    await received(database, (10, ZAHRA))
    (frozen,) = await taken(database, worker)
    async with database.begin(NOON) as tx:
        assert not await workers.bury(tx, worker, beat=7)  # it has moved: it is alive
        assert await workers.bury(tx, worker, beat=0)
    (again,) = await taken(database, other)
    with pytest.raises(ClaimLost):
        await handle(database, frozen, worker, letter("menu"))
    await handle(database, again, other)
    with pytest.raises(ClaimLost):
        await handle(database, again, other)  # nor can anybody finish it twice
    async with database.begin(NOON) as tx:
        assert await outbox.waiting(tx) == 0
        assert not await workers.beat(tx, worker)
        assert await workers.beat(tx, other)
        assert await workers.beats(tx) == {other: 1}


async def test_of_two_that_handle_the_same_update_at_once_one_counts(
    settings: Settings, database: Database, worker: int, other: int
) -> None:
    """The frozen worker wakes up in the very moment in which the other one finishes."""
    await received(database, (10, ZAHRA))
    (incoming,) = await taken(database, worker)
    second = await service.open_database(settings)
    outcomes: list[str] = []

    async def finish(place: Database, me: int) -> None:
        try:
            async with place.begin(NOON) as tx:
                await people.add(tx, 9_000 + me)
                await inbox.done(tx, incoming, me)
                await asyncio.sleep(0.05)
            outcomes.append("counted")
        except ClaimLost:
            outcomes.append("lost")

    async def take_over() -> None:
        async with second.begin(NOON) as tx:
            await workers.bury(tx, worker, beat=0)
            await inbox.claim(tx, other, limit=1)
        await finish(second, other)

    await asyncio.gather(finish(database, worker), take_over())
    assert sorted(outcomes) == ["counted", "lost"]
    async with database.read(NOON) as tx:
        found = [await people.by_telegram_id(tx, 9_000 + me) for me in (worker, other)]
    assert sum(person is not None for person in found) == 1
    await second.close()


async def test_a_worker_can_ask_what_it_holds(database: Database, worker: int, other: int) -> None:
    await received(database, (10, ZAHRA), (11, LUC))
    await taken(database, worker, limit=1)
    await taken(database, other)
    async with database.read(NOON) as tx:
        assert await claims.held(tx, Queue.INBOX, worker) == {ZAHRA}
        assert await claims.held(tx, Queue.INBOX, other) == {LUC}
        assert await claims.held(tx, Queue.OUTBOX, worker) == set()


async def test_who_was_buried_can_claim_nothing(database: Database, worker: int) -> None:
    await received(database, (10, ZAHRA))
    async with database.begin(NOON) as tx:
        await workers.leave(tx, worker)
    with pytest.raises(ClaimLost):
        await taken(database, worker)


async def test_one_worker_polls_and_the_next_when_it_is_gone(
    database: Database, worker: int, other: int
) -> None:
    async def polls(me: int) -> bool:
        async with database.begin(NOON) as tx:
            return await claims.claim_polling(tx, me)

    assert [await polls(worker), await polls(other), await polls(worker)] == [True, False, True]
    async with database.begin(NOON) as tx:
        await workers.leave(tx, worker)
    assert await polls(other)


async def test_who_is_alone_takes_over_at_once(database: Database, worker: int) -> None:
    await received(database, (10, ZAHRA))
    await taken(database, worker)
    async with database.begin(NOON) as tx:
        started_again = await workers.join(tx, alone=True)
    assert await numbers(database, started_again) == [10]


async def test_a_failed_update_holds_back_its_own_chat_until_its_time(
    database: Database, worker: int
) -> None:
    await received(database, (10, ZAHRA), (11, LUC), (12, ZAHRA))
    first = (await taken(database, worker))[0]
    async with database.begin(NOON) as tx:
        await inbox.failed(tx, first, at(15), worker)
    await let_go(database, worker, ZAHRA, LUC)
    await received(database, (13, ZAHRA))  # what comes later waits behind it as well
    assert await numbers(database, worker, at(14)) == [11]
    assert await numbers(database, worker, at(15)) == [10, 11, 12, 13]
    assert (await taken(database, worker, at(15)))[0].attempts == 1


async def test_a_clock_that_was_set_back_holds_nothing_up(database: Database, worker: int) -> None:
    await received(database, (10, ZAHRA))
    (first,) = await taken(database, worker)
    async with database.begin(NOON) as tx:
        await inbox.failed(tx, first, at(60), worker)
        tx.post(letter("refusal", not_before=at(3)))
    await let_go(database, worker, ZAHRA)
    assert await numbers(database, worker, at(1)) == []
    assert await templates(database, at(1)) == []
    yesterday = NOON - timedelta(days=1)
    assert await numbers(database, worker, yesterday) == [10]
    assert await templates(database, yesterday) == ["refusal"]


async def test_a_done_update_keeps_its_number_and_forgets_who_and_what(
    database: Database, worker: int
) -> None:
    await received(database, (10, ZAHRA))
    (incoming,) = await taken(database, worker)
    await handle(database, incoming, worker)
    async with database.read(NOON) as tx:
        row = (await tx.connection.exec_driver_sql("SELECT chat_id, payload_sealed FROM inbox")).one()
        assert tuple(row) == (None, None)
        assert await inbox.count_waiting(tx) == 0
    async with database.begin(at(1)) as tx:
        await inbox.drop_done_before(tx, at(1))
    async with database.read(NOON) as tx:
        assert (await tx.connection.exec_driver_sql("SELECT count(*) FROM inbox")).scalar_one() == 0


async def spoiled(database: Database, column: Column[bytes], here: ColumnElement[bool]) -> None:
    """Change stored bytes behind the program's back, as a failing disk would."""
    async with database.begin(NOON) as tx:
        changed = await tx.connection.execute(update(column.table).where(here).values({column: bytes(40)}))
        assert changed.rowcount == 1


async def test_an_update_that_can_no_longer_be_opened_holds_up_nobody(
    database: Database, worker: int
) -> None:
    await received(database, (10, ZAHRA), (11, LUC))
    await spoiled(database, tables.inbox.c.payload_sealed, tables.inbox.c.update_id == 10)
    found = await taken(database, worker)
    assert [(item.update_id, item.chat_id, item.payload) for item in found] == [
        (10, ZAHRA, {}),
        (11, LUC, {"update_id": 11}),
    ]


# --- outbox


def letter(template: str, chat_id: int = ZAHRA, **more: object) -> Letter:
    return Letter(chat_id=chat_id, locale="en", template=template, values={"name": "زهرا"}, **more)  # type: ignore[arg-type]


async def post(database: Database, *letters: Letter, when: datetime = NOON) -> None:
    async with database.begin(when) as tx:
        for item in letters:
            tx.post(item)


async def due(tx: Transaction) -> list[Outgoing]:
    return await letters_due(tx)


async def templates(database: Database, when: datetime) -> list[str]:
    async with database.read(when) as tx:
        return [item.letter.template for item in await due(tx)]


async def test_letters_leave_by_lane_and_then_by_age(database: Database) -> None:
    await post(
        database,
        letter("broadcast", lane=BROADCAST),
        letter("notice", lane=NOTICE),
        letter("first", lane=REPLY),
        letter("second", LUC, lane=REPLY),
    )
    assert await templates(database, NOON) == ["first", "second", "notice", "broadcast"]


async def test_chats_are_taken_by_lane_and_age_and_by_one_worker(
    database: Database, worker: int, other: int
) -> None:
    await post(database, letter("broadcast", 1, lane=BROADCAST), letter("notice", 2, lane=NOTICE))
    await post(database, letter("reply", 3), letter("broadcast", 3, lane=BROADCAST), letter("reply", 4))

    async def claim(me: int, limit: int, lane: Lane = BROADCAST) -> set[int]:
        async with database.begin(NOON) as tx:
            return await outbox.claim(tx, me, limit=limit, lane=lane)

    assert await claim(worker, 2) == {3, 4}
    assert await claim(other, 9, NOTICE) == {2}
    assert await claim(other, 9) == {1}
    assert await claim(worker, 9) == set()
    await let_go(database, other, 1, queue=Queue.INBOX)  # another queue's claim is another claim
    assert await claim(worker, 9) == set()
    await let_go(database, other, 1, queue=Queue.OUTBOX)
    assert await claim(worker, 9) == {1}


async def test_a_letter_comes_back_as_it_was_posted(database: Database) -> None:
    posted = [letter("menu", edit=7, lane=NOTICE, not_before=NOON), letter("menu", LUC)]
    await post(database, *posted)
    async with database.read(NOON) as tx:
        assert sorted((item.letter for item in await due(tx)), key=lambda found: -found.lane) == posted


async def test_a_letter_that_can_no_longer_be_opened_holds_up_nobody(database: Database) -> None:
    await post(database, letter("first"), letter("for luc", LUC))
    await spoiled(database, tables.outbox.c.letter_sealed, tables.outbox.c.chat_id == ZAHRA)
    async with database.read(NOON) as tx:
        broken, whole = [item.letter for item in await due(tx)]
    # Whoever waits for it is told that it failed, with nothing of what it said.
    assert (broken.chat_id, broken.template, broken.values, broken.edit) == (ZAHRA, "not_shown", {}, None)
    assert whole == letter("for luc", LUC)


async def test_the_number_of_a_letter_that_left_is_never_given_again(database: Database) -> None:
    await post(database, letter("first"))
    async with database.begin(NOON) as tx:
        (first,) = await due(tx)
        await outbox.settle(tx, [first.id])
    await post(database, letter("second"))
    async with database.read(NOON) as tx:
        (second,) = await due(tx)
    assert second.id > first.id


async def test_a_letter_waits_for_its_time(database: Database) -> None:
    await post(database, letter("later", not_before=at(3)), letter("now"))
    assert await templates(database, NOON) == ["now"]
    async with database.read(NOON) as tx:
        assert await outbox.next_after(tx) == at(3)
    assert await templates(database, at(3)) == ["later", "now"]


async def test_a_letter_that_is_tried_again_keeps_its_place(
    database: Database, worker: int, other: int
) -> None:
    await post(
        database, letter("first"), letter("second"), letter("notice", lane=NOTICE), letter("of luc", LUC)
    )
    async with database.begin(NOON) as tx:
        await outbox.claim(tx, worker, limit=9)
        first = (await due(tx))[0]
        await outbox.retry(tx, first, at(10), 2, worker)
        # Who has it no more changes nothing of it.
        await outbox.retry(tx, replace(first, attempts=7), at(1), 1, other)
        await outbox.remember(tx, first, 1, other)
    # What is said meanwhile must not overtake it either.
    await post(database, letter("third"), when=at(5))
    assert await templates(database, at(9)) == ["of luc", "notice"]
    assert await templates(database, at(10)) == ["first", "second", "of luc", "third", "notice"]
    async with database.read(at(10)) as tx:
        found = await due(tx)
    assert [(item.attempts, item.pieces_sent) for item in found[:2]] == [(1, 2), (0, 0)]


async def test_a_letter_meant_for_later_holds_back_nothing(database: Database) -> None:
    await post(database, letter("answer to a proof", not_before=at(3)))
    await post(database, letter("menu"), when=at(1))
    assert await templates(database, at(1)) == ["menu"]


async def test_settled_letters_are_gone(database: Database) -> None:
    await post(database, letter("first"), letter("second"))
    async with database.begin(NOON) as tx:
        await outbox.settle(tx, [(await due(tx))[0].id])
    assert await templates(database, NOON) == ["second"]
    async with database.begin(NOON) as tx:
        await outbox.settle(tx, [item.id for item in await due(tx)])
        assert await outbox.waiting(tx) == 0


async def test_a_chat_can_be_dropped_and_moved(database: Database) -> None:
    await post(database, letter("for zahra"), letter("for luc", LUC))
    async with database.begin(NOON) as tx:
        await outbox.drop_chat(tx, ZAHRA)
        await outbox.move_chat(tx, LUC, -100)
    async with database.read(NOON) as tx:
        assert [item.letter.chat_id for item in await due(tx)] == [-100]


# --- invitations

FARID = Invitation(role="agent", languages=("fr", "fa_AF"), name="Farid", expires_at=at(100))


async def redeem(database: Database, token: str, when: datetime) -> Invitation | None:
    async with database.begin(when) as tx:
        return await staff.redeem(tx, token)


@pytest.fixture
async def invited(database: Database) -> Database:
    async with database.begin(NOON) as tx:
        await staff.invite(tx, "the-token", FARID)
    return database


async def test_an_invitation_lets_in_once(invited: Database) -> None:
    assert await redeem(invited, "the-token", at(1)) == FARID
    assert await redeem(invited, "the-token", at(2)) is None


async def test_nothing_is_kept_of_an_invitation_that_was_used(invited: Database) -> None:
    await redeem(invited, "the-token", at(1))
    async with invited.read(at(1)) as tx:
        rows = await tx.connection.exec_driver_sql("SELECT count(*) FROM invitations")
        assert rows.scalar_one() == 0


async def test_what_ended_unused_is_forgotten(invited: Database) -> None:
    for moment, left in ((at(100), 1), (at(101), 0)):
        async with invited.begin(moment) as tx:
            await staff.drop_invitations_before(tx, moment)
            rows = await tx.connection.exec_driver_sql("SELECT count(*) FROM invitations")
            assert rows.scalar_one() == left


async def test_of_two_who_come_at_once_one_gets_in(invited: Database, neighbour: Database) -> None:
    both = await asyncio.gather(
        *(redeem(place, "the-token", at(1)) for place in (invited, neighbour) for _ in range(3))
    )
    assert sum(found is not None for found in both) == 1


async def test_an_invitation_ends_with_its_time(invited: Database) -> None:
    assert await redeem(invited, "the-token", at(100)) is None
    assert await redeem(invited, "the-token", at(99)) == FARID


@pytest.mark.parametrize("token", ["", "the-toke", "the-token ", "The-Token", "%"])
async def test_a_guessed_invitation_lets_nobody_in(invited: Database, token: str) -> None:
    assert await redeem(invited, token, at(1)) is None


@on_sqlite
async def test_the_token_and_the_name_stand_nowhere_in_the_file(invited: Database, data_dir: Path) -> None:
    stored = bytes_of(data_dir)
    for secret in (b"the-token", b"Farid"):
        assert secret not in stored
