"""Who takes the disk away reads nothing; and what is erased is not there any more, not even sealed."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dialogue import Person, World
from engines import on_sqlite
from storage_bytes import blobs_of, bytes_of, checkpoint

from storage import people
from storage.database import Database

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

ACCOUNT = 7_123_456_789_012
"""A Telegram id that stands out: six bytes in SQLite's format."""

QUESTION = "Chenar-canary-question بلدرچین پرسش"
MORE = "Chenar-canary-addition بلدرچین اضافه"
REPLY = "Chenar-canary-reply بلدرچین جواب"
NOTE = "Chenar-canary-note بلدرچین یادداشت"
HELD = "Chenar-canary-beforehand بلدرچین"
SECRETS = {
    "her question": "canary-question",
    "what she added": "canary-addition",
    "the team's reply": "canary-reply",
    "the team's note": "canary-note",
    "what she wrote before the taps": "canary-beforehand",
    "any of it in Dari": "بلدرچین",
    "her case number": "G000012345",
    "its digits": "000012345",
    "her birth date as she typed it": "1369-05-12",
    "her birth date as the register has it": "1990-08-03",
    "her family name": "Rahimi",
    "the letters she typed": "RAHIM",
    "her first name": "Zahra",
    "the agent's name": "Farid",
    "another family of the register": "Stanekzai",
}


def encodings(text: str) -> list[bytes]:
    return [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"), text.encode("unicode_escape")]


def assert_no_secret(stored: bytes) -> None:
    lowered = stored.lower()
    for what, secret in SECRETS.items():
        for encoded in encodings(secret):
            assert encoded.lower() not in lowered, f"{what} stands in the file in clear text"


async def her_story(zahra: Person, farid: Person) -> None:
    """She writes before the taps, links her case, asks the team; Farid notes and replies; she adds."""
    await zahra.says(HELD)
    await zahra.presses("دری")
    await zahra.presses("I am an applicant")
    await zahra.says("/case")
    await zahra.presses("Link my case")
    for step in ("G000012345", "1369-05-12", "RAHIM"):
        await zahra.says(step)
    await zahra.hears()
    await zahra.world.passes(seconds=5)
    await zahra.presses("Show it")
    await zahra.reads("G000012345")
    await zahra.says("/ask")
    await zahra.says(QUESTION)
    await zahra.reads("H-1001")
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Note")
    await farid.says(NOTE)
    await farid.presses("Open it")
    await farid.presses("Reply")
    await farid.says(REPLY)
    await farid.presses("Send")
    await zahra.presses("Read it")
    await zahra.reads(REPLY)
    await zahra.presses("Answer the team")
    await zahra.says(MORE)
    await zahra.world.settled()


@pytest.fixture
async def stranger(world: World) -> Person:
    return await world.meet("Zahra", ACCOUNT, "fa_AF")


@on_sqlite
async def test_nothing_personal_ever_stands_in_the_file(
    world: World, stranger: Person, farid: Person, data_dir: Path
) -> None:
    await her_story(stranger, farid)
    before = bytes_of(data_dir)
    assert b"ticket.replied" in before  # the search would find a text that is there
    assert_no_secret(before)
    await asyncio.to_thread(checkpoint, data_dir)
    assert_no_secret(bytes_of(data_dir))
    await stranger.says("/forget")
    await stranger.presses("Yes, erase everything")
    await stranger.hears()
    assert_no_secret(bytes_of(data_dir))


@on_sqlite
async def test_after_erasing_even_the_ciphertexts_and_the_account_are_gone(
    world: World, stranger: Person, farid: Person, data_dir: Path
) -> None:
    account = ACCOUNT.to_bytes(6, "big")
    await her_story(stranger, farid)
    await asyncio.to_thread(checkpoint, data_dir)
    key = blobs_of(data_dir, f"SELECT key_wrapped FROM people WHERE telegram_id = {ACCOUNT}")
    texts = blobs_of(data_dir, "SELECT body_sealed FROM ticket_messages")
    assert len(texts) == 4
    for known in (account, *key, *texts):
        assert known in bytes_of(data_dir)

    await stranger.says("/forget")
    await stranger.presses("Yes, erase everything")
    await stranger.reads("Done. What we kept about you is erased.")
    await _until_gone(data_dir, *key, *texts)
    async with asyncio.timeout(30):
        # The chat stays claimed for a moment after the goodbye, so that it is not written to too fast.
        while await asyncio.to_thread(_stands_in, data_dir, account):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    stored = bytes_of(data_dir)
    for gone in (account, *key, *texts):
        assert gone not in stored


def _stands_in(folder: Path, secret: bytes) -> bool:
    checkpoint(folder)
    return secret in bytes_of(folder)


async def _until_gone(folder: Path, *secrets: bytes) -> None:
    """Wait until the program by itself has let them go, from the log of writes as well."""
    async with asyncio.timeout(30):
        while any(secret in bytes_of(folder) for secret in secrets):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@on_sqlite
async def test_what_is_erased_stands_nowhere_once_its_pages_are_forgotten(
    database: Database, data_dir: Path
) -> None:
    async with database.begin(NOON) as tx:
        zahra = await people.add(tx, ACCOUNT)
        await people.add(tx, ACCOUNT + 1)
    (key,) = blobs_of(data_dir, f"SELECT key_wrapped FROM people WHERE telegram_id = {ACCOUNT}")
    (other,) = blobs_of(data_dir, f"SELECT key_wrapped FROM people WHERE telegram_id = {ACCOUNT + 1}")
    async with database.begin(NOON) as tx:
        await people.erase(tx, zahra)
    assert key in bytes_of(data_dir)  # in the log of writes, for as long as nobody tidies it up
    await database.forget_pages()
    assert (data_dir / "hamrah.sqlite-wal").stat().st_size == 0
    assert key not in bytes_of(data_dir)
    assert other in bytes_of(data_dir)


@on_sqlite
async def test_a_reader_in_the_way_holds_up_no_writer_and_the_next_call_makes_up_for_it(
    database: Database, data_dir: Path
) -> None:
    async with database.begin(NOON) as tx:
        zahra = await people.add(tx, ACCOUNT)
    (key,) = blobs_of(data_dir, f"SELECT key_wrapped FROM people WHERE telegram_id = {ACCOUNT}")
    async with database.read(NOON) as looking:
        assert await people.by_telegram_id(looking, ACCOUNT) is not None
        async with database.begin(NOON) as tx:
            await people.erase(tx, zahra)
        async with asyncio.timeout(30):
            await database.forget_pages()
            async with database.begin(NOON) as tx:
                await people.add(tx, ACCOUNT + 1)
    await database.forget_pages()
    assert key not in bytes_of(data_dir)


@on_sqlite
async def test_the_others_keep_what_is_theirs(
    world: World, stranger: Person, gulalai: Person, farid: Person
) -> None:
    await gulalai.says("/ask")
    await gulalai.says("زما پوښتنه دلته پاتې کېږي")
    await gulalai.hears()
    await her_story_short(stranger)
    await stranger.says("/forget")
    await stranger.presses("Yes, erase everything")
    await stranger.hears()
    await gulalai.says("/requests")
    await gulalai.presses("H-1001")
    await gulalai.reads("زما پوښتنه دلته پاتې کېږي")


async def her_story_short(zahra: Person) -> None:
    await zahra.settles_in("I am an applicant")
    await zahra.says("/ask")
    await zahra.says(QUESTION)
    await zahra.hears()
