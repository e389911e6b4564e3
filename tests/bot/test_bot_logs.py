"""Nothing that people write goes into a log: not when all is well, not when something breaks."""

import asyncio
import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from bot_door import SECRET, door, free_port, mislaid
from dialogue import Person, World
from dialogues.scenes import arrives, waits, wakes

from bot import log, service
from bot.settings import Settings
from bot.webhook import PROOF
from engine import Engine, Understanding
from storage import inbox, outbox
from storage.database import Database
from storage.errors import StorageError
from storage.records import Letter

HOUSE = Path(__file__).parent.parent.parent
CANARY = "canary-blackbird بلدرچین Дрозд 画眉鸟 G000012345"
NADIA = 7_123_456_789
PHONE, LATITUDE = "+93700555123", 34.512345
SECRETS = (
    *("canary", "blackbird", "بلدرچین", "Дрозд", "画眉鸟", "G000012345", "1369-05-12", "RAHIM", "Rahimi"),
    *(str(NADIA), "93700555123", "34.5123", "1000:demo", SECRET),
)
ESCAPED = tuple(json.dumps(secret)[1:-1] for secret in SECRETS)


class Fragile(Engine):
    """An engine that breaks at some texts, and says them in its error."""

    def __init__(self, whole: Engine) -> None:
        self._inner = whole

    @property
    def whole(self) -> bool:
        return self._inner.whole

    def understand(self, text: str, chosen: str | None = None, last: str | None = None) -> Understanding:
        if "canary" in text:
            raise ValueError(f"cannot understand {text!r}")
        return self._inner.understand(text, chosen, last)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """In this file the service runs on an engine that breaks."""
    return Fragile(engine)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The demonstration's settings, with a server of our own."""
    return settings.model_copy(update={"listen": f"127.0.0.1:{free_port()}"})


class Written:
    """What the program has written as text and as JSON, from the most talkative level on."""

    def __init__(self) -> None:
        self.text, self.json = io.StringIO(), io.StringIO()

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.getvalue().splitlines()

    def names_nobody(self) -> bool:
        """Whether no canary and no key is in it; says which is."""
        everything = self.text.getvalue() + self.json.getvalue()
        assert everything
        assert [secret for secret in (*SECRETS, *ESCAPED) if secret in everything] == []
        return True


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Iterator[Written]:
    """Every line that anything in this process logs: other libraries are not even told to be quiet."""
    written = Written()
    handlers = [log.Discreet(written.text, "text"), log.Discreet(written.json, "json", "worker-7")]
    root = logging.getLogger()
    for handler in handlers:
        root.addHandler(handler)
    with caplog.at_level(logging.DEBUG):
        yield written
    for handler in handlers:
        root.removeHandler(handler)


async def test_a_day_without_trouble_quotes_nobody(
    everything: Written, world: World, zahra: Person, karim: Person, farid: Person
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
    assert everything.names_nobody()


async def test_a_message_that_breaks_us_is_logged_by_its_kind_and_given_to_the_team(
    everything: Written, world: World, karim: Person, farid: Person
) -> None:
    written = await karim.world.control(f"people/{karim.id}/send", {"text": CANARY})
    await world.control(f"people/{karim.id}/send", {"text": "/privacy"})
    for seconds in (0, 3, 16, 61):
        world.clock.advance(seconds=seconds)
        await _until_tried(everything, world)
    heard = await karim.reads("Something went wrong on our side", "H-1001", "What is kept about you")
    assert "What is kept about you" in heard[-1]  # what came later waited for it
    failures = [line for line in everything.lines if f"update {written['update_id']} failed" in line]
    assert len(failures) == 4
    assert all("ValueError at test_bot_logs.py:" in line for line in failures)
    assert everything.names_nobody()
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads("canary-blackbird")


async def _until_tried(written: Written, world: World) -> None:
    """Wait until the log tells of one more try."""
    before = len([line for line in written.lines if "failed" in line])
    async with asyncio.timeout(60):
        while len([line for line in written.lines if "failed" in line]) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.05)


async def test_a_letter_that_cannot_be_written_is_logged_without_its_values(
    everything: Written, world: World, karim: Person
) -> None:
    async with world.database.begin(world.clock()) as tx:
        tx.post(Letter(chat_id=karim.id, locale="en", template="staff_welcome", values={"name": CANARY}))
    await karim.reads("an answer could not be shown")
    refused = [line for line in everything.lines if "staff_welcome" in line]
    assert len(refused) == 1
    assert "refused UndefinedError at" in refused[0]
    assert everything.names_nobody()
    async with world.database.read(world.clock()) as tx:
        assert await outbox.waiting(tx) == 0


# --- canaries in everything that Telegram can send

WHO = {
    "id": NADIA,
    "is_bot": False,
    "first_name": f"{CANARY} first",
    "last_name": f"{CANARY} last",
    "username": "canary_blackbird",
    "language_code": "canary",
}
HERE = {**WHO, "type": "private"}
GROUP = {"id": -1_007_123_456_789, "type": "supergroup", "title": CANARY, "username": "canary_group"}
FILE = {"file_id": CANARY, "file_unique_id": CANARY, "file_name": f"{CANARY}.pdf", "mime_type": CANARY}


def heard(number: int, /, chat: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
    chat = chat or HERE
    return {"message": {"message_id": number, "date": 1_795_000_000, "chat": chat, "from": WHO, **content}}


def command(text: str, length: int) -> dict[str, Any]:
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": length}]}


def pressed(data: str) -> dict[str, Any]:
    shown = {"message_id": 1, "date": 1_795_000_000, "chat": HERE, "text": CANARY}
    return {
        "callback_query": {"id": CANARY, "from": WHO, "chat_instance": CANARY, "data": data, "message": shown}
    }


NEWS = [
    heard(1, text=CANARY),
    heard(2, **command(f"/start {CANARY}", 6)),
    heard(3, **command("/start join-canary-blackbird", 6)),
    heard(4, **command("/canary_blackbird", 17)),
    heard(5, caption=CANARY, document=FILE),
    heard(6, caption=CANARY, photo=[{**FILE, "width": 1, "height": 1}]),
    heard(7, voice={**FILE, "duration": 1}),
    heard(8, contact={"phone_number": PHONE, "first_name": CANARY, "user_id": NADIA, "vcard": CANARY}),
    heard(9, location={"latitude": LATITUDE, "longitude": 69.2}),
    heard(
        10,
        venue={"location": {"latitude": LATITUDE, "longitude": 69.2}, "title": CANARY, "address": CANARY},
    ),
    heard(11, text="x", forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": CANARY}),
    heard(12, text="x", reply_to_message={"message_id": 1, "date": 1, "chat": HERE, "text": CANARY}),
    heard(13, GROUP, text=CANARY),
    heard(14, GROUP, new_chat_title=CANARY),
    heard(15, GROUP, new_chat_members=[WHO]),
    heard(16, text=CANARY, entities="canary"),  # nothing that the library can read
    heard(17, date=CANARY, text=CANARY),
    heard(18, sticker={**FILE, "type": "canary"}),
    {"edited_message": {**heard(1, text=CANARY)["message"], "edit_date": 1_795_000_001}},
    *map(pressed, (CANARY[:60], "canary:1", "qtake:canary", "case:G000012345", "req:7123456789", "")),
    {"my_chat_member": {"chat": GROUP, "from": WHO, "date": 1, "old_chat_member": CANARY}},
    {"message": CANARY},
    {"canary": CANARY},
]


async def pages(settings: Settings) -> str:
    """Everything that our own HTTP server says."""
    said = []
    async with aiohttp.ClientSession(f"http://{settings.listen}") as http:
        for page in ("healthz", "readyz", "metrics", "canary", "metrics?canary=G000012345"):
            async with http.get(f"/{page}", headers={"X-Canary": "canary"}) as response:
                said.append(await response.text())
    return "\n".join(said)


async def test_canaries_in_every_place_come_out_nowhere(
    everything: Written, world: World, settings: Settings, farid: Person
) -> None:
    await world.control("people", {"id": NADIA, "first_name": CANARY})
    for number, news in enumerate(NEWS):
        await arrives(world, number, news)
    for number, how in enumerate(("429", "500", "reset")):
        await world.control("fail", {"how": how, "count": 1, "method": "sendMessage"})
        await arrives(world, 500 + number, heard(30, text="/help"))
    async with asyncio.timeout(60):
        while await waits(world) != (0, 0):
            world.clock.advance(minutes=2)
            await wakes(world)
            await asyncio.sleep(0.1)
    await world.control(f"people/{NADIA}/block", {"blocked": True})
    await arrives(world, 600, heard(31, text="/help"))
    await world.settled()
    assert any("unreachable" in line for line in everything.lines)
    assert any("failed" in line for line in everything.lines)  # something did break
    assert everything.names_nobody()
    said = await pages(settings)
    assert "hamrah_updates_handled_total" in said
    assert [secret for secret in SECRETS if secret in said] == []


async def test_canaries_come_out_nowhere_while_the_database_fails(
    everything: Written, world: World, settings: Settings
) -> None:
    async with mislaid(settings, "people"):
        for number, news in enumerate(NEWS[:6]):
            await arrives(world, number, news)
        await asyncio.sleep(0.5)
        said = await pages(settings)
    assert any("waits for the database" in line for line in everything.lines)
    assert everything.names_nobody()
    assert [secret for secret in SECRETS if secret in said] == []


async def test_canaries_in_posts_come_out_nowhere(
    everything: Written, settings: Settings, database: Database
) -> None:
    async with door(settings, database) as opened:
        for number, news in enumerate(NEWS):
            assert await opened.post({"update_id": number, **news}) == 200
        async with mislaid(settings, "inbox"):
            assert await opened.post({"update_id": 99, **NEWS[0]}) == 503
        assert await opened.post(CANARY.encode()) == 400
        assert await opened.post(json.dumps([CANARY]).encode()) == 400
        assert await opened.post(NEWS[0], headers={PROOF: "canary-blackbird"}) == 401
    assert everything.names_nobody()


async def test_the_database_says_nothing_of_a_person_in_its_error(
    settings: Settings, database: Database
) -> None:
    async def store() -> None:
        async with database.begin(service.utc_now()) as tx:
            await inbox.add(tx, [(1, NADIA, NEWS[0])])

    async with mislaid(settings, "inbox"):
        with pytest.raises(StorageError) as caught:
            await store()
    told = str(caught.value)
    assert [secret for secret in SECRETS if secret in told] == []


# --- how a line looks


def line(record_of: str, message: object, *args: object, error: BaseException | None = None) -> str:
    """What is written of one event."""
    written = io.StringIO()
    logger = logging.Logger(record_of)
    logger.addHandler(log.Discreet(written, "text"))
    logger.error(message, *args, exc_info=error)
    return written.getvalue()


def failing() -> Exception:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        return error


def test_an_errors_place_is_told_and_not_its_message() -> None:
    told = log.where(failing())
    assert told.startswith("ValueError at test_bot_logs.py:")
    assert "canary" not in told
    assert log.where(ExceptionGroup(CANARY, [failing()])) == told


def test_an_error_that_hangs_on_a_line_is_told_by_its_kind_and_place() -> None:
    written = line("bot.handling", "it failed", error=failing())
    assert re.search(r" ERROR bot\.handling it failed: ValueError at test_bot_logs\.py:\d+\n$", written)
    assert "canary" not in written


@pytest.mark.parametrize("library", ["aiohttp.server", "sqlalchemy.pool", "asyncio", "botany"])
def test_of_another_librarys_line_the_values_are_left_out(library: str) -> None:
    written = line(library, "Error handling request from %s", CANARY, error=failing())
    assert "Error handling request from %s: ValueError at" in written
    assert "canary" not in written


def test_a_line_is_one_line_and_one_that_cannot_be_written_is_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert line("bot.x", "one\ntwo\u2028three").count("\n") == 1
    assert line("bot.x", "%d", CANARY) == ""
    assert "canary" not in capsys.readouterr().err


async def test_an_error_that_nobody_fetched_is_told_without_its_text(everything: Written) -> None:
    async def fails() -> None:
        raise ValueError(CANARY)

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    task.get_loop().call_exception_handler(
        {"message": "Task exception was never retrieved", "exception": task.exception(), "task": task}
    )
    assert "Task exception was never retrieved: ValueError at" in everything.lines[-1]
    assert everything.names_nobody()


def test_a_line_for_machines_is_an_object_with_these_fields() -> None:
    written = io.StringIO()
    logger = logging.Logger("bot.sweeping")
    logger.addHandler(log.Discreet(written, "json", "worker-7"))
    logger.warning("%d rows\nwere odd", 3, extra={"text": CANARY})
    fields = json.loads(written.getvalue())
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", fields.pop("time"))
    assert fields == {
        "level": "WARNING",
        "logger": "bot.sweeping",
        "message": "3 rows were odd",
        "worker": "worker-7",
    }


@pytest.mark.parametrize(("form", "begins"), [("None", "{"), ('"json"', "{"), ('"text"', "20")])
def test_a_program_that_breaks_says_where_and_not_what(form: str, begins: str) -> None:
    program = f"from bot import log; log.set_up('INFO', {form}); raise ValueError('canary')"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(begins)  # nobody watches: lines for machines, unless asked otherwise
    assert "ended by ValueError at <string>:1" in ended.stderr
    assert "canary" not in ended.stderr
