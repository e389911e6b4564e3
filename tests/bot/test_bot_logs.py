"""Nothing that people write goes into a log: not when all is well, not when something breaks."""

import asyncio
import logging

import pytest
from dialogue import Person, World

from bot import log
from engine import Engine, Understanding
from storage import outbox
from storage.records import Letter

CANARY = "canary-blackbird بلدرچین G000012345"
SECRETS = ("canary", "blackbird", "بلدرچین", "G000012345", "1369-05-12", "RAHIM", "Rahimi", "7123456789")


class Fragile(Engine):
    """An engine that breaks at some texts, and says them in its error."""

    def __init__(self, whole: Engine) -> None:
        self._whole = whole

    def understand(self, text: str, chosen: str | None = None) -> Understanding:
        if "canary" in text:
            raise ValueError(f"cannot understand {text!r}")
        return self._whole.understand(text, chosen)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """In this file the service runs on an engine that breaks."""
    return Fragile(engine)


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every line that the program logs, from the most talkative level on."""
    log.set_up()
    caplog.set_level(logging.DEBUG)
    return caplog


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the bot's process would log; the local Bot API is another process in real life."""
    formatter = logging.Formatter("%(levelname)s %(name)s %(message)s")
    return [formatter.format(record) for record in caplog.records if not record.name.startswith("aiohttp")]


def assert_nobody_is_quoted(caplog: pytest.LogCaptureFixture) -> None:
    for line in lines(caplog):
        for secret in (*SECRETS, "1000:demo"):
            assert secret not in line


async def test_a_day_without_trouble_quotes_nobody(
    everything: pytest.LogCaptureFixture, world: World, zahra: Person, karim: Person, farid: Person
) -> None:
    await zahra.says("/case")
    await zahra.presses("Link my case")
    for step in ("G000012345", "1369-05-12", "RAHIM"):
        await zahra.says(step)
    await zahra.hears()
    await world.passes(seconds=5)
    await karim.says("What is the status of my case? My number 7123456789.")
    await karim.hears()
    await farid.says("/queue")
    await farid.hears()
    await karim.blocks()
    await world.settled()
    assert_nobody_is_quoted(everything)


async def test_a_message_that_breaks_us_is_logged_by_its_kind_and_given_to_the_team(
    everything: pytest.LogCaptureFixture, world: World, karim: Person, farid: Person
) -> None:
    written = await karim.world.control(f"people/{karim.id}/send", {"text": CANARY})
    await world.control(f"people/{karim.id}/send", {"text": "/privacy"})
    for seconds in (0, 3, 16, 61):
        world.clock.advance(seconds=seconds)
        await _until_tried(everything, world)
    heard = await karim.reads("Something went wrong on our side", "H-1001", "What is kept about you")
    assert "What is kept about you" in heard[-1]  # what came later waited for it
    failures = [line for line in lines(everything) if f"update {written['update_id']} failed" in line]
    assert len(failures) == 4
    assert all("ValueError at test_bot_logs.py:" in line for line in failures)
    assert_nobody_is_quoted(everything)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads("canary-blackbird")


async def _until_tried(caplog: pytest.LogCaptureFixture, world: World) -> None:
    """Wait until the log tells of one more try."""
    before = len([line for line in lines(caplog) if "failed" in line])
    async with asyncio.timeout(10):
        while len([line for line in lines(caplog) if "failed" in line]) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.05)


async def test_a_letter_that_cannot_be_written_is_logged_without_its_values(
    everything: pytest.LogCaptureFixture, world: World, karim: Person
) -> None:
    async with world.database.begin(world.clock()) as tx:
        tx.post(Letter(chat_id=karim.id, locale="en", template="staff_welcome", values={"name": CANARY}))
    await karim.reads("an answer could not be shown")
    refused = [line for line in lines(everything) if "staff_welcome" in line]
    assert len(refused) == 1
    assert "refused UndefinedError at" in refused[0]
    assert_nobody_is_quoted(everything)
    async with world.database.read(world.clock()) as tx:
        assert await outbox.waiting(tx) == 0


def test_an_errors_place_is_told_and_not_its_message() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        told = log.where(error)
    assert told.startswith("ValueError at test_bot_logs.py:")
    assert "canary" not in told
