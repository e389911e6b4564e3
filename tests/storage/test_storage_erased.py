"""Who takes the disk away reads nothing; and what is erased is not there any more, not even sealed."""

from pathlib import Path

import pytest
from dialogue import Person, World
from storage_bytes import blobs_of, bytes_of, checkpoint

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


async def test_nothing_personal_ever_stands_in_the_file(
    world: World, stranger: Person, farid: Person, data_dir: Path
) -> None:
    await her_story(stranger, farid)
    before = bytes_of(data_dir)
    assert b"ticket.replied" in before  # the search would find a text that is there
    assert_no_secret(before)
    checkpoint(data_dir)
    assert_no_secret(bytes_of(data_dir))
    await stranger.says("/forget")
    await stranger.presses("Yes, erase everything")
    await stranger.hears()
    assert_no_secret(bytes_of(data_dir))


async def test_after_erasing_even_the_ciphertexts_and_the_account_are_gone(
    world: World, stranger: Person, farid: Person, data_dir: Path
) -> None:
    account = ACCOUNT.to_bytes(6, "big")
    await her_story(stranger, farid)
    checkpoint(data_dir)
    key = blobs_of(data_dir, f"SELECT key_wrapped FROM people WHERE telegram_id = {ACCOUNT}")
    texts = blobs_of(data_dir, "SELECT body_sealed FROM ticket_messages")
    assert len(texts) == 4
    for known in (account, *key, *texts):
        assert known in bytes_of(data_dir)

    await stranger.says("/forget")
    await stranger.presses("Yes, erase everything")
    await stranger.hears()
    checkpoint(data_dir)
    stored = bytes_of(data_dir)
    for gone in (account, *key, *texts):
        assert gone not in stored


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
