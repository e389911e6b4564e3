"""Files at rest: unreadable on the disk, gone with their request and with their person."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dialogue import Person, World
from dialogues.letters import CANARY, document, pdf, photo, picture
from dialogues.scenes import flip
from engines import on_sqlite
from sqlalchemy import func, select
from storage_bytes import blobs_of, bytes_of, checkpoint

from storage import attachments, people, tickets
from storage.database import Database
from storage.records import File, Ticket
from storage.records import Person as Record
from storage.tables import attachments as table
from storage.transaction import Transaction

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LETTER = File(kind="document", mime="application/pdf", name="Chenar-canary-name.pdf", content=pdf())
PICTURE = File(kind="photo", mime="image/png", name="photo.png", content=picture())


@pytest.fixture
async def tx(database: Database) -> AsyncIterator[Transaction]:
    """One unit of work, at noon."""
    async with database.begin(NOON) as tx:
        yield tx


async def asks(tx: Transaction, telegram_id: int, *files: File) -> tuple[Record, Ticket]:
    """Somebody asks the team and gives it files."""
    person = await people.add(tx, telegram_id)
    ticket = await tickets.add(tx, person_id=person.id, locale="en", urgent=False)
    await tickets.say(
        tx, ticket, person, author="person", author_id=person.id, body="", locale="en", files=files
    )
    return person, ticket


async def ids(tx: Transaction, ticket: Ticket) -> list[int]:
    return [file.id for file in await attachments.of_ticket(tx, ticket.id)]


async def rows(tx: Transaction) -> int:
    return (await tx.connection.execute(select(func.count()).select_from(table))).scalar_one()


async def test_what_was_given_comes_back_as_it_was(tx: Transaction) -> None:
    person, ticket = await asks(tx, 501, LETTER, PICTURE)
    known = await attachments.of_ticket(tx, ticket.id)
    assert [(file.kind, file.size, file.author) for file in known] == [
        ("document", len(LETTER.content), "person"),
        ("photo", len(PICTURE.content), "person"),
    ]
    assert await attachments.opened(tx, [file.id for file in known]) == [LETTER, PICTURE]
    (message,) = await tickets.conversation(tx, ticket.id, person, notes=True)
    assert (message.files, message.body) == (2, "")
    assert await attachments.bytes_of(tx, person.id) == len(LETTER.content) + len(PICTURE.content)


@on_sqlite
async def test_nothing_of_it_stands_in_the_file_in_clear(
    world: World, zahra: Person, farid: Person, data_dir: Path
) -> None:
    await zahra.sends(**photo())
    await zahra.sends(**document("Chenar-canary-name.pdf", pdf()))
    await zahra.presses("Yes, give it to the team")
    await zahra.hears()
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Show the files")
    await world.settled()
    assert len(await farid.files()) == 2
    await asyncio.to_thread(checkpoint, data_dir)
    stored = bytes_of(data_dir)
    assert b"ticket.opened" in stored  # the search would find a text that is there
    for secret in (CANARY.encode(), b"canary-name", b"\x89PNG", b"%PDF"):
        assert secret not in stored
    sealed = blobs_of(data_dir, "SELECT body_sealed FROM attachments")
    assert len(sealed) == 2
    await zahra.says("/forget")
    await zahra.presses("Yes, erase everything")
    await zahra.hears()
    await asyncio.to_thread(checkpoint, data_dir)
    assert not any(blob in bytes_of(data_dir) for blob in sealed)


async def test_who_leaves_takes_their_files_along_and_only_theirs(tx: Transaction) -> None:
    zahra, hers = await asks(tx, 501, LETTER, PICTURE)
    _, his = await asks(tx, 502, PICTURE)
    both = [*await ids(tx, hers), *await ids(tx, his)]
    await people.erase(tx, zahra)
    assert await attachments.opened(tx, both) == [PICTURE]
    assert await rows(tx) == 1


async def test_files_end_with_their_request(tx: Transaction) -> None:
    _, old = await asks(tx, 501, LETTER)
    _, new = await asks(tx, 502, PICTURE)
    await tickets.change(tx, old, state="closed", closed_at=NOON - timedelta(days=400))
    await tickets.drop_closed_before(tx, NOON - timedelta(days=365))
    assert await ids(tx, new)
    assert await rows(tx) == 1


async def test_a_damaged_file_does_not_keep_back_what_stands_beside_it(tx: Transaction) -> None:
    _, ticket = await asks(tx, 501, LETTER, PICTURE)
    first, second = await ids(tx, ticket)
    await flip(tx, table.c.body_sealed, table.c.id == first)
    assert await attachments.opened(tx, [first, second]) == [PICTURE]


async def test_a_file_shows_nothing_of_itself_in_an_error(tx: Transaction) -> None:
    assert CANARY not in repr(LETTER)
