"""Leaving: after one confirmation nothing of a person is left, neither a word nor a key."""

import asyncio
import sqlite3
from typing import Any

import pytest
from dialogue import Person, World
from dialogues.scenes import UNKNOWN_BUTTON, asks, links, own, replies

from bot.settings import Settings

SECRET = "مکتوب صورتی را در بکس آبی گم کرده‌ام"
DONE = "Done. What we kept about you is erased."

Rows = dict[str, list[dict[str, Any]]]


def everything(settings: Settings) -> Rows:
    """All rows of all tables, read past the service."""
    with sqlite3.connect(settings.data_dir / "hamrah.sqlite") as database:
        database.row_factory = sqlite3.Row
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in database.execute(f"SELECT * FROM {name}")] for name in names}


def secrets_of(rows: Rows, telegram_id: int) -> set[bytes]:
    """The key of a person, and every sealed value that this key opens."""
    (person,) = [row for row in rows["people"] if row["telegram_id"] == telegram_id]
    found = {person["key_wrapped"], person["draft_sealed"]}
    tickets = {row["id"] for row in rows["tickets"] if row["person_id"] == person["id"]}
    found |= {row["body_sealed"] for row in rows["ticket_messages"] if row["ticket_id"] in tickets}
    found |= {row["question_sealed"] for row in rows["answers"] if row["person_id"] == person["id"]}
    return {value for value in found if value}


def values(rows: Rows) -> list[Any]:
    return [value for table in rows.values() for row in table for value in row.values()]


async def leaves(person: Person) -> None:
    await person.says("/forget")
    await person.presses("Yes, erase everything")
    await person.reads(DONE)


@pytest.fixture
async def known(world: World, zahra: Person, farid: Person) -> Person:
    """Zahra with all that can be kept of her: a case, an answer, requests, a reply, a note, a dialogue."""
    await links(zahra)
    await zahra.says("پاسپورت ندارم")
    await asks(zahra, SECRET)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Note")
    await farid.says("Une note de Farid sur la dame au sac bleu")
    await replies(farid, "H-1001", "جواب فرید به مکتوب صورتی")
    await asks(zahra, "سوال دوم من دربارهٔ بکس آبی")
    await zahra.says("/case")
    await zahra.says("/ask")
    await zahra.says("What colour should we paint the blue bag?")
    await zahra.says("What colour should we paint the kitchen?")
    await world.settled()
    await zahra.hears()
    return zahra


async def test_forget_asks_once_and_says_what_stays_and_why(zahra: Person) -> None:
    await zahra.says("/forget")
    (asked,) = await zahra.reads(
        "Erase everything about you?",
        "What stays: number, language, urgency and times of your requests, without your name "
        "and without your words, because we count how long people wait.",
        "If a case register holds your file, it stays, because it belongs to the office that decides.",
        "The chat on your phone is not erased. Delete it yourself in Telegram.",
    )
    assert list(asked.buttons) == [
        zahra.in_own_words("Yes, erase everything"),
        zahra.in_own_words("No, keep it"),
    ]
    await zahra.says("/requests")  # nothing has happened yet
    await zahra.reads("Your requests")
    await zahra.presses("Yes, erase everything")
    await zahra.reads(DONE, "Now delete this chat on your phone. If you need us again, press /start")


async def test_afterwards_the_database_holds_nothing_of_her(
    world: World, settings: Settings, known: Person, luc: Person
) -> None:
    await asks(luc, "Une question de Luc qui reste")
    before = everything(settings)
    secrets = secrets_of(before, known.id)
    assert known.id in values(before)
    assert len(secrets) >= 6
    kept_of_luc = secrets_of(before, luc.id)

    await leaves(known)
    await world.settled()
    async with asyncio.timeout(30):
        # The chat stays claimed for a moment after the goodbye, so that it is not written to too fast.
        while everything(settings)["claims"]:  # noqa: ASYNC110  (the row is all there is to see)
            await asyncio.sleep(0.05)
    after = everything(settings)
    left = values(after)
    assert known.id not in left
    assert not secrets & {value for value in left if isinstance(value, bytes)}
    assert kept_of_luc <= {value for value in left if isinstance(value, bytes)}
    # Nothing readable either: what still opens with the service's own keys says nothing of hers.
    for value in left:
        assert not (isinstance(value, str) and any(word in value for word in ("صورتی", "Zahra", "زهرا")))
    assert not after["outbox"]
    assert all(row["payload_sealed"] is None and row["chat_id"] is None for row in after["inbox"])
    assert not after["links"]
    # The numbers and the times stay.
    mine = [row for row in after["tickets"] if row["id"] in (1, 2)]
    assert [row["state"] for row in mine] == ["closed", "closed"]
    assert all(row["opened_at"] for row in mine)


async def test_staff_open_the_request_and_see_that_it_was_erased(known: Person, farid: Person) -> None:
    await farid.hears()
    await leaves(known)
    await farid.forges("qt:1")
    (request,) = await farid.reads("H-1001", "(erased)")
    for word in (SECRET, "جواب فرید", "sac bleu"):
        assert word not in request
    await farid.says("/queue")
    await farid.reads("Nobody is waiting.", without=("H-1002",))


async def test_a_reply_that_was_being_written_goes_nowhere(known: Person, farid: Person) -> None:
    await farid.hears()
    await farid.forges("qreply:1")
    await farid.says("سلام، یک جواب دیگر")
    await leaves(known)
    await farid.presses("Send")
    await farid.reads(without=(own(farid, "Sent to the person of %(number)s.", number="H-1001"),))
    assert await known.hears() == []


async def test_who_comes_back_starts_from_nothing(known: Person, farid: Person) -> None:
    await leaves(known)
    await known.says("/start")
    (language,) = await known.hears()
    assert list(language.buttons) == ["دری", "پښتو", "English", "Français"]
    await known.presses("دری")
    await known.reads("Who are you?")
    await known.presses("I am an applicant")
    await known.hears()
    await known.says("/requests")
    await known.reads("Your requests", without=("H-1001", "H-1002"))
    await known.says("/case")
    await known.reads("Link my case", without=("Show it",))
    for data in ("req:1", "reqreopen:1", "askfrom:1", "showcase"):
        await known.forges(data)
        await known.reads(UNKNOWN_BUTTON, without=(SECRET,))
    await links(known)  # and may link again, since nobody holds it


async def test_no_keep_it(known: Person, farid: Person) -> None:
    await known.says("/privacy")
    await known.presses("Erase everything about me")
    await known.presses("No, keep it")
    await known.reads("What do you want to do?", without=(DONE,))
    await known.says("/requests")
    await known.presses("H-1001")
    await known.reads(SECRET)
    await known.says("/case")
    await known.reads("Show it")


async def test_only_she_can_erase_herself(known: Person, karim: Person, sarah: Person) -> None:
    await karim.forges("forgetyes")
    await karim.reads(DONE)  # himself
    await sarah.forges("forgetyes:1")
    await sarah.reads(UNKNOWN_BUTTON)
    await known.says("/requests")
    await known.presses("H-1001")
    await known.reads(SECRET)


async def test_afterwards_not_even_the_bytes_of_the_files_hold_her_key(
    settings: Settings, known: Person, luc: Person
) -> None:
    """SQLite's write-ahead log would keep what was erased until somebody writes over it."""
    await asks(luc, "Une question de Luc qui reste")

    def bytes_on_disk() -> bytes:
        return b"".join(path.read_bytes() for path in settings.data_dir.glob("hamrah.sqlite*"))

    before = everything(settings)
    hers, lucs = secrets_of(before, known.id), secrets_of(before, luc.id)
    assert all(secret in bytes_on_disk() for secret in hers | lucs)
    await leaves(known)
    for _ in range(100):  # the log is emptied right after the words of goodbye
        if not any(secret in bytes_on_disk() for secret in hers):
            break
        await asyncio.sleep(0.02)
    assert not any(secret in bytes_on_disk() for secret in hers)
    assert any(secret in bytes_on_disk() for secret in lucs)
