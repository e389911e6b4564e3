"""The master key is exchanged while people write: everything opens afterwards, and not with the old key."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text, update
from test_storage_schema import upgraded_to

from storage import inbox, keys, people
from storage.database import Database, create_engine, migrate
from storage.errors import MasterKeyWrong, Sealed
from storage.keys import WRAPPING, open_vault
from storage.records import Person
from storage.tables import metadata, tickets
from storage.tables import people as people_table
from storage.vault import DataKey, MasterKeys

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OLD, NEW, THIRD = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32
WORDS = {"first": "زهرا"}


def noon() -> datetime:
    return NOON


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path, engine_name: str) -> str:
    """An empty database, once of each kind."""
    if engine_name == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path / 'hamrah.sqlite'}"


@pytest.fixture
async def opened(url: str) -> AsyncIterator[Callable[..., "asyncio.Future[Database]"]]:
    """Opens the database with the master keys given, as the service does."""
    all_open = []

    async def open_with(*masters: bytes) -> Database:
        await migrate(url)
        database = Database(url, await open_vault(url, MasterKeys(masters, os.urandom), os.urandom))
        all_open.append(database)
        return database

    yield open_with  # type: ignore[misc]
    for database in all_open:
        await database.close()


async def comes(database: Database, telegram_id: int) -> None:
    """Somebody writes for the first time, and leaves words that wait for the next tap."""
    async with database.begin(NOON) as tx:
        person = await people.add(tx, telegram_id)
        person.draft.update(WORDS)
        await people.save(tx, person)


async def found(database: Database, telegram_id: int) -> Person | None:
    async with database.read(NOON) as tx:
        return await people.by_telegram_id(tx, telegram_id)


async def assert_known(database: Database, *telegram_ids: int) -> None:
    for telegram_id in telegram_ids:
        person = await found(database, telegram_id)
        assert person is not None
        assert person.draft == WORDS


Opened = Callable[..., "asyncio.Future[Database]"]


# --- rotation


async def test_after_a_rotation_everything_opens_with_the_new_key_and_nothing_with_the_old(
    opened: Opened,
) -> None:
    before = await opened(OLD)
    await comes(before, 501)
    number = before.vault.fingerprint("case number", "G000012345")
    async with before.begin(NOON) as tx:
        await inbox.add(tx, [(1, 501, {"text": "سلام"})])
    both = await opened(NEW, OLD)
    await comes(both, 502)
    await assert_known(both, 501, 502)
    assert await keys.rewrap(both, noon) == {"people": 1, "keys": 2, "damaged": 0}  # 502 has the new one
    after = await opened(NEW)
    await assert_known(after, 501, 502)
    assert after.vault.fingerprint("case number", "G000012345") == number
    async with after.read(NOON) as tx:
        (waiting,) = await inbox.waiting(tx, [501])
    assert waiting.payload == {"text": "سلام"}
    with pytest.raises(MasterKeyWrong, match=r"not the one that this database was made with"):
        await opened(OLD)
    assert await keys.rewrap(after, noon) == {}


async def test_a_worker_from_before_goes_on_only_with_both_keys(opened: Opened) -> None:
    forgotten, restarted = await opened(OLD), await opened(OLD, NEW)
    await comes(forgotten, 501)
    await keys.rewrap(await opened(NEW, OLD), noon)
    await assert_known(restarted, 501)
    with pytest.raises(Sealed):
        await found(forgotten, 501)


async def test_a_key_that_is_still_needed_is_missed_at_the_start(opened: Opened) -> None:
    forgotten = await opened(OLD)
    await keys.rewrap(await opened(NEW, OLD), noon)
    await comes(forgotten, 501)  # a worker that was not restarted wraps with the old key
    with pytest.raises(MasterKeyWrong, match=r"wrapped by a master key that was not given.*keys rewrap"):
        await opened(NEW)
    await keys.rewrap(await opened(NEW, OLD), noon)
    await assert_known(await opened(NEW), 501)


class Killed(Exception):
    """The end of the process."""


async def test_a_rotation_that_was_killed_is_taken_up_again(opened: Opened) -> None:
    before = await opened(OLD)
    for person in range(501, 506):
        await comes(before, person)
    times = iter([NOON, NOON])

    def dies() -> datetime:
        try:
            return next(times)
        except StopIteration:
            raise Killed from None

    both = await opened(NEW, OLD)
    with pytest.raises(Killed):
        await keys.rewrap(both, dies, batch=2)
    await assert_known(await opened(NEW, OLD), *range(501, 506))
    with pytest.raises(MasterKeyWrong):
        await opened(NEW)
    assert 0 < (await keys.rewrap(both, noon))["people"] < 5
    await assert_known(await opened(NEW), *range(501, 506))


async def test_people_write_while_the_key_is_exchanged(opened: Opened) -> None:
    for person in range(501, 521):
        await comes(await opened(OLD), person)
    one, other = await opened(OLD, NEW), await opened(NEW, OLD)

    async def writes(database: Database, first: int) -> None:
        for person in range(first, first + 20):
            await comes(database, person)
            await assert_known(database, person, person % 20 + 501)

    rotation = keys.rewrap(await opened(NEW, OLD), noon, batch=3)
    await asyncio.gather(writes(one, 600), writes(other, 700), rotation)
    await keys.rewrap(other, noon)  # the first worker has still wrapped with the old key
    await assert_known(await opened(NEW), *range(501, 521), *range(600, 620), *range(700, 720))


async def test_who_is_erased_meanwhile_gets_no_key_back(opened: Opened) -> None:
    before = await opened(OLD)
    await comes(before, 501)
    both = await opened(NEW, OLD)
    zahra = await found(before, 501)
    assert zahra is not None
    async with before.begin(NOON) as tx:
        await people.erase(tx, zahra)
        rotation = asyncio.create_task(keys.rewrap(both, noon))
        await asyncio.sleep(0.2)  # it waits for the row on PostgreSQL, for the file on SQLite
    await rotation
    async with both.read(NOON) as tx:
        assert (await tx.connection.execute(select(people_table.c.key_wrapped))).scalars().all() == [None]


async def test_one_damaged_key_holds_up_nobody(opened: Opened) -> None:
    before = await opened(OLD)
    await comes(before, 501)
    await comes(before, 502)
    async with before.begin(NOON) as tx:
        row = people_table.c.telegram_id == 501
        key = (await tx.connection.execute(select(people_table.c.key_wrapped).where(row))).scalar_one()
        damaged = key[:-1] + bytes([key[-1] ^ 1])
        await tx.connection.execute(update(people_table).where(row).values(key_wrapped=damaged))
    done = await keys.rewrap(await opened(NEW, OLD), noon)
    assert done == {"people": 2, "keys": 2, "damaged": 1}
    after = await opened(NEW)
    await assert_known(after, 502)
    with pytest.raises(Sealed):
        await found(after, 501)


def test_the_services_keys_come_last_and_every_table_can_be_walked_through() -> None:
    assert WRAPPING[-1] is metadata.tables["keys"]
    assert {table.name for table in WRAPPING} >= {"people", "cases", "keys"}
    assert all(len(table.primary_key) == 1 for table in WRAPPING)
    assert tickets not in WRAPPING


# --- the first start


async def test_two_workers_that_start_together_have_the_same_keys(url: str) -> None:
    await migrate(url)
    masters = MasterKeys([OLD], os.urandom)
    one, other = await asyncio.gather(*(open_vault(url, masters, os.urandom) for _ in range(2)))
    assert one.fingerprint("x", "y") == other.fingerprint("x", "y")
    assert other.queue.open(one.queue.seal("سلام", "x"), "x") == "سلام"


async def test_the_services_keys_do_not_follow_from_the_master_key(url: str, opened: Opened) -> None:
    database = await opened(OLD)
    (derived,) = MasterKeys([OLD], os.urandom).derived("queue")
    with pytest.raises(Sealed):
        DataKey(derived, os.urandom).open(database.vault.queue.seal("سلام", "x"), "x")


@pytest.mark.parametrize("given_keys", [(OLD,), (NEW, OLD), (OLD, NEW)], ids=["old", "new+old", "old+new"])
async def test_a_database_from_before_opens_with_all_it_holds(
    url: str, opened: Opened, given_keys: tuple[bytes, ...]
) -> None:
    masters = MasterKeys([OLD], os.urandom)
    zahras = os.urandom(32)
    draft = DataKey(zahras, os.urandom).seal('{"first": "زهرا"}', people.DRAFT)
    (queue,) = masters.derived("queue")
    mark = DataKey(queue, os.urandom).seal("hamrah", "keys.check")
    waiting = DataKey(queue, os.urandom).seal('{"text": "سلام"}', inbox.PLACE)
    engine = create_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(upgraded_to, "0001")
        await connection.execute(
            insert(people_table).values(
                telegram_id=501, key_wrapped=masters.wrap(zahras)[8:], draft_sealed=draft, created_at=NOON
            )
        )
        await connection.execute(
            insert(metadata.tables["inbox"]).values(
                update_id=1, chat_id=501, payload_sealed=waiting, received_at=NOON
            )
        )
        await connection.execute(
            text("INSERT INTO keys (name, check_sealed) VALUES ('master', :mark)"), {"mark": mark}
        )
    await engine.dispose()
    with pytest.raises(MasterKeyWrong, match="made with"):
        await opened(THIRD)
    for _ in range(2):
        database = await opened(*given_keys)
        await assert_known(database, 501)
        async with database.read(NOON) as tx:
            (update_waiting,) = await inbox.waiting(tx, [501])
        assert update_waiting.payload == {"text": "سلام"}
        async with database.read(NOON) as tx:
            names = await tx.connection.execute(select(func.count()).select_from(metadata.tables["keys"]))
            assert names.scalar_one() == 2
    await keys.rewrap(await opened(NEW, OLD), noon)
    await assert_known(await opened(NEW), 501)


# --- any texts, any rotations


@given(
    st.lists(st.text(), max_size=5), st.lists(st.binary(min_size=32, max_size=32), min_size=2, unique=True)
)
def test_whatever_was_sealed_opens_after_any_rotations_and_with_no_key_from_before(
    texts: list[str], masters: list[bytes]
) -> None:
    wrapped = MasterKeys(masters[:1], os.urandom).wrap(os.urandom(32))
    first = DataKey(MasterKeys(masters[:1], os.urandom).unwrap(wrapped), os.urandom)
    sealed = [first.seal(text, "x") for text in texts]
    for older, newer in pairwise(masters):
        wrapped = MasterKeys([newer, older], os.urandom).rewrap(wrapped)
    last = DataKey(MasterKeys(masters[-1:], os.urandom).unwrap(wrapped), os.urandom)
    opened_again = [last.open(one, "x") for one in sealed]
    assert opened_again == [text.encode("utf-8", "replace").decode() for text in texts]
    with pytest.raises(Sealed):
        MasterKeys(masters[:-1], os.urandom).unwrap(wrapped)
