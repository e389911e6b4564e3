"""The road's rows: units of work, inbox, outbox, invitations."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from storage_bytes import bytes_of

from bot import service
from bot.settings import Settings
from storage import events, inbox, outbox, people, staff
from storage.database import Database
from storage.records import NOTICE, REPLY, Invitation, Letter, Outgoing
from storage.transaction import Transaction

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ZAHRA, LUC = 501, 503


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
async def neighbour(settings: Settings, database: Database) -> AsyncIterator[Database]:
    """The same database, opened a second time as another process would."""
    second = await service.open_database(settings)
    yield second
    await second.close()


# --- units of work


async def test_no_concurrent_change_is_lost(database: Database, neighbour: Database) -> None:
    async with database.begin(NOON) as tx:
        await people.add(tx, ZAHRA)

    async def count_one(place: Database) -> None:
        async with place.begin(NOON) as tx:
            zahra = await people.by_telegram_id(tx, ZAHRA)
            assert zahra is not None
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
        async with asyncio.timeout(2), neighbour.read(NOON) as tx:
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
    with pytest.raises(Exception, match="UNIQUE") as caught:
        async with database.begin(NOON) as tx:
            await people.add(tx, 7_123_456_789)
    assert "7123456789" not in str(caught.value)


# --- inbox


async def waiting(database: Database, when: datetime, *busy: int) -> list[int]:
    async with database.read(when) as tx:
        return [item.update_id for item in await inbox.waiting(tx, limit=50, except_chats=set(busy))]


async def received(database: Database, *updates: tuple[int, int]) -> None:
    async with database.begin(NOON) as tx:
        await inbox.add(tx, [(update, chat, {"update_id": update}) for update, chat in updates])


async def test_the_same_update_twice_is_one_row_even_after_it_is_done(database: Database) -> None:
    await received(database, (10, ZAHRA), (10, ZAHRA))
    await received(database, (10, ZAHRA))
    assert await waiting(database, NOON) == [10]
    async with database.begin(NOON) as tx:
        await inbox.done(tx, 10)
    await received(database, (10, ZAHRA))
    assert await waiting(database, NOON) == []


async def test_updates_come_in_order_without_busy_chats(database: Database) -> None:
    await received(database, (12, ZAHRA), (11, LUC), (10, ZAHRA))
    assert await waiting(database, NOON) == [10, 11, 12]
    assert await waiting(database, NOON, ZAHRA) == [11]


async def test_a_failed_update_holds_back_its_own_chat_until_its_time(database: Database) -> None:
    await received(database, (10, ZAHRA), (11, LUC), (12, ZAHRA))
    async with database.begin(NOON) as tx:
        first = (await inbox.waiting(tx, limit=1, except_chats=()))[0]
        await inbox.failed(tx, first, at(15))
    await received(database, (13, ZAHRA))  # what comes later waits behind it as well
    assert await waiting(database, at(14)) == [11]
    assert await waiting(database, at(15)) == [10, 11, 12, 13]
    async with database.read(at(15)) as tx:
        assert (await inbox.waiting(tx, limit=1, except_chats=()))[0].attempts == 1


async def test_a_done_update_keeps_its_number_and_forgets_who_and_what(database: Database) -> None:
    await received(database, (10, ZAHRA))
    async with database.begin(NOON) as tx:
        await inbox.done(tx, 10)
    async with database.read(NOON) as tx:
        row = (await tx.connection.exec_driver_sql("SELECT chat_id, payload_sealed FROM inbox")).one()
        assert tuple(row) == (None, None)
        assert await inbox.count_waiting(tx) == 0
    async with database.begin(at(1)) as tx:
        await inbox.drop_done_before(tx, at(1))
    async with database.read(NOON) as tx:
        assert (await tx.connection.exec_driver_sql("SELECT count(*) FROM inbox")).scalar_one() == 0


def spoiled(folder: Path, statement: str) -> None:
    """Change stored bytes behind the program's back, as a failing disk would."""
    with closing(sqlite3.connect(folder / "hamrah.sqlite", timeout=5)) as connection:
        assert connection.execute(statement).rowcount == 1
        connection.commit()


async def test_an_update_that_can_no_longer_be_opened_holds_up_nobody(
    database: Database, data_dir: Path
) -> None:
    await received(database, (10, ZAHRA), (11, LUC))
    spoiled(data_dir, "UPDATE inbox SET payload_sealed = zeroblob(40) WHERE update_id = 10")
    async with database.read(NOON) as tx:
        found = await inbox.waiting(tx, limit=50, except_chats=())
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


async def due(tx: Transaction, *busy: int) -> list[Outgoing]:
    return await outbox.due(tx, limit=50, except_chats=set(busy))


async def templates(database: Database, when: datetime, *busy: int) -> list[str]:
    async with database.read(when) as tx:
        return [item.letter.template for item in await due(tx, *busy)]


async def test_letters_leave_by_lane_and_then_by_age(database: Database) -> None:
    await post(
        database,
        letter("broadcast", lane=2),
        letter("notice", lane=NOTICE),
        letter("first", lane=REPLY),
        letter("second", LUC, lane=REPLY),
    )
    assert await templates(database, NOON) == ["first", "second", "notice", "broadcast"]
    assert await templates(database, NOON, ZAHRA) == ["second"]


async def test_a_letter_comes_back_as_it_was_posted(database: Database) -> None:
    posted = letter("menu", edit=7, lane=NOTICE, not_before=NOON)
    await post(database, posted)
    async with database.read(NOON) as tx:
        assert [item.letter for item in await due(tx)] == [posted]


async def test_a_letter_that_can_no_longer_be_opened_holds_up_nobody(
    database: Database, data_dir: Path
) -> None:
    await post(database, letter("first"), letter("for luc", LUC))
    spoiled(data_dir, f"UPDATE outbox SET letter_sealed = zeroblob(9) WHERE chat_id = {ZAHRA}")
    async with database.read(NOON) as tx:
        broken, whole = [item.letter for item in await due(tx)]
    # Whoever waits for it is told that it failed, with nothing of what it said.
    assert (broken.chat_id, broken.template, broken.values, broken.edit) == (ZAHRA, "not_shown", {}, None)
    assert whole == letter("for luc", LUC, not_before=NOON)


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


async def test_a_letter_that_is_tried_again_keeps_its_place(database: Database) -> None:
    await post(
        database, letter("first"), letter("second"), letter("notice", lane=NOTICE), letter("of luc", LUC)
    )
    async with database.begin(NOON) as tx:
        await outbox.retry(tx, (await due(tx))[0], at(10), 2)
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


async def test_the_token_and_the_name_stand_nowhere_in_the_file(invited: Database, data_dir: Path) -> None:
    stored = bytes_of(data_dir)
    for secret in (b"the-token", b"Farid"):
        assert secret not in stored
