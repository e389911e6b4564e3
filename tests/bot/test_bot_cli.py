"""The command line: help, exit codes (0 done, 1 refused, 2 misused), and errors that say what to do."""

import asyncio
import base64
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp
import click
import pytest
import yaml
from click.testing import CliRunner, Result
from dialogue import letters_due

from bot import service
from bot.cli import main
from bot.settings import Settings
from knowledge.library import Library
from storage import cases, examples, people, staff, tickets
from storage.records import Invitation

HOUSE = Path(__file__).parent.parent.parent
HEADING = "number,birth_date,family_name,stage,since,office,stream"
ZAHRA = "G000012345,1990-08-03,Rahimi,security,2026-03-17,Islamabad,Private sponsorship"
GULALAI = "G000067890,۱۳۷۰-۱۱-۲۵,Stanekzai,interview,2026-09-02,Islamabad,Government-assisted"
WRONG = "G00001,1990-02-30,Canaryname,security,2026-03-17,Islamabad,Private sponsorship"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """What the program sets for itself must not outlast the test."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of the test's own, without settings; the data goes into `data`."""
    for name in os.environ:
        if name.startswith("HAMRAH_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hamrah(*words: str, stdin: str | bytes = "", **settings: str) -> Result:
    environment = {f"HAMRAH_{name.upper()}": value for name, value in settings.items()}
    return CliRunner().invoke(main, list(words), input=stdin, env=environment)


def assert_refused(result: Result, *said: str, code: int = 1) -> None:
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    for text in said:
        assert text in result.stderr
    assert "Traceback" not in result.output


# --- help and misuse


def groups(command: click.Command, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield before
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from groups(inner, (*before, name))


@pytest.mark.parametrize("words", list(groups(main)), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        result = hamrah(*words, option)
        assert result.exit_code == 0
        assert len(result.stdout.splitlines()) > 3
        assert "Usage:" in result.stdout


def test_the_commands_are_those_that_were_promised() -> None:
    promised = {
        ("demo",),
        ("run",),
        ("cases", "import"),
        ("staff", "invite"),
        ("staff", "list"),
        ("staff", "remove"),
        ("knowledge", "check"),
        ("knowledge", "list"),
        ("knowledge", "approve"),
        ("knowledge", "examples"),
        ("answer",),
    }
    assert promised <= set(groups(main))


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("cases", "import"),
        ("cases", "import", "no-such-file.csv"),
        ("cases", "import", "-", "--as-of", "yesterday"),
        ("staff", "invite", "--role", "king", "--name", "x"),
        ("staff", "invite", "--name", "x"),
        ("staff", "remove"),
        ("staff", "remove", "Farid"),
        ("staff", "invite", "--role", "agent", "--name", "x", "--languages", "fa"),
        ("staff", "invite", "--role", "agent", "--name", "x", "--languages", ""),
        ("knowledge", "check", "--today", "tomorrow"),
        ("knowledge", "approve", "--editor", "1", "--approver", "2", "en"),
        ("knowledge", "approve", "--editor", "1", "--approver", "2", "en", "--all", "newborn"),
        ("knowledge", "approve", "--editor", "1", "--approver", "2", "de", "newborn"),
        ("knowledge", "approve", "--editor", "Nadia", "--approver", "2", "en", "newborn"),
        ("answer",),
        ("answer", "text", "--jsonl", "-"),
        ("answer", "text", "--chosen", "de"),
        ("demo", "--port", "x"),
    ],
    ids=" ".join,
)
def test_misuse_ends_with_2_and_the_reason(folder: Path, words: tuple[str, ...]) -> None:
    assert_refused(hamrah(*words), "Error:", code=2)
    assert list(folder.iterdir()) == []


# --- settings that do not do


def test_wrong_settings_are_named_one_a_line(folder: Path) -> None:
    result = hamrah("run", operator_kind="company", target_hours="soon")
    assert_refused(result, "HAMRAH_OPERATOR_KIND: ", "HAMRAH_TARGET_HOURS: ")


def test_a_wrong_secret_is_not_repeated(folder: Path) -> None:
    result = hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n", master_key="canary-no-key")
    assert_refused(result, "The master key")
    assert "canary" not in result.output


def test_run_says_everything_that_is_missing(folder: Path) -> None:
    result = hamrah("run")
    assert_refused(
        result, "HAMRAH_TOKEN is empty", "HAMRAH_OPERATOR_NAME is empty", "HAMRAH_CONTACTS_CHECKED"
    )
    assert list(folder.iterdir()) == []


def imported(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "data/hamrah.sqlite")) as connection:
        return int(connection.execute("SELECT count(*) FROM cases").fetchone()[0])


def test_run_stops_at_a_newer_schema_and_at_a_missing_key(folder: Path) -> None:
    assert hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n").exit_code == 0
    local = {"token": "1:x", "api_url": "http://127.0.0.1:1"}
    with closing(sqlite3.connect(folder / "data/hamrah.sqlite")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert_refused(hamrah("run", **local), "schema 9999", "newer version")
    (folder / "data/master.key").rename(folder / "elsewhere.key")
    assert_refused(hamrah("run", **local), "there is no master key at data/master.key", "HAMRAH_MASTER_KEY")


def test_the_key_of_another_database_is_said_to_be_that(folder: Path) -> None:
    hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n")
    other = base64.urlsafe_b64encode(os.urandom(32)).decode()
    refused = hamrah("staff", "list", master_key=other)
    assert_refused(refused, "The master key is not the one that this database was made with.")
    assert other not in refused.output
    assert hamrah("staff", "list").exit_code == 0


LIVE = {
    "token": "1:x",
    "operator_name": "Example Network",
    "privacy_contact": "privacy@example.org",
    "contact_pakistan": "+00 1",
    "contact_tajikistan": "+00 2",
    "contact_elsewhere": "+00 3",
}


@pytest.mark.parametrize("checked", ["", "2020-01-01", "2999-01-01"])
def test_run_does_not_face_real_people_with_contacts_that_nobody_called(folder: Path, checked: str) -> None:
    result = hamrah("run", **LIVE, contacts_checked=checked)
    assert_refused(result, "Error: HAMRAH_CONTACTS_CHECKED must be a day of the last 90")
    assert list(folder.iterdir()) == []


# --- a database that cannot be used

UNUSABLE = {
    "no address": ("nonsense", "Could not parse"),
    "a driver that cannot wait": ("sqlite:///x.sqlite", "async driver"),
    "an engine that nobody knows": ("canarysql+x://u:canary-secret@localhost/x", "Can't load plugin"),
    "an engine that is not installed": ("mysql+aiomysql://u:canary-secret@localhost/x", "aiomysql"),
    "a port that is none": ("postgresql://u:canary-secret@localhost:x/y", "its address cannot be read"),
    "a folder that cannot be made": ("sqlite+aiosqlite:///plain/x.sqlite", "plain"),
    "a folder in the place of the file": ("sqlite+aiosqlite:///folder", "folder cannot be written"),
    "a file that is no database": ("sqlite+aiosqlite:///noise", "file is not a database"),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_database_that_cannot_be_used_is_a_clear_refusal(folder: Path, what: str) -> None:
    (folder / "plain").touch()
    (folder / "folder").mkdir()
    (folder / "noise").write_bytes(b"noise" * 2000)
    url, said = UNUSABLE[what]
    result = hamrah("staff", "list", database_url=url)
    assert_refused(result, "Error: The database cannot be used: ", said)
    assert "canary-secret" not in result.output
    assert len(result.stderr.splitlines()) == 1
    assert (folder / "noise").read_bytes() == b"noise" * 2000


def test_run_refuses_an_unusable_database_as_clearly(folder: Path) -> None:
    (folder / "noise").write_bytes(b"noise" * 2000)
    url = "sqlite+aiosqlite:///noise"
    result = hamrah("run", database_url=url, token="1:x", api_url="http://127.0.0.1:1")
    assert_refused(result, "Error: The database cannot be used: file is not a database")


def test_a_data_folder_that_cannot_be_made_is_a_clear_refusal(folder: Path) -> None:
    (folder / "plain").touch()
    result = hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n", data_dir="plain/data")
    assert_refused(result, "Error: The database cannot be used: ", "plain")


def test_a_database_that_another_process_keeps_locked_is_a_clear_refusal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n")
    monkeypatch.setattr("storage.sqlite.PATIENCE", 50)  # milliseconds, so that the test need not wait long
    with closing(sqlite3.connect(folder / "data/hamrah.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = hamrah("cases", "import", "-", stdin=f"{HEADING}\n{GULALAI}\n")
        assert_refused(result, "Error: The database cannot be used: database is locked")
        other.execute("ROLLBACK")
    assert imported(folder) == 1
    assert hamrah("cases", "import", "-", stdin=f"{HEADING}\n{GULALAI}\n").exit_code == 0


def test_what_is_written_can_be_read_by_its_owner_alone(folder: Path) -> None:
    os.umask(0o000)
    assert hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n").exit_code == 0
    os.umask(0o000)
    elsewhere = "sqlite+aiosqlite:///other/deep/x.sqlite"
    assert hamrah("staff", "list", database_url=elsewhere, master_key_file="key").exit_code == 0
    written = [path for path in folder.rglob("*") if path != folder / "plain"]
    assert {"hamrah.sqlite", "master.key", "x.sqlite", "key"} <= {path.name for path in written}
    assert [path for path in written if path.stat().st_mode & 0o077] == []


# --- cases import


def test_a_register_is_imported_and_imported_again(folder: Path) -> None:
    (folder / "cases.csv").write_text(f"\ufeff{HEADING}\r\n{ZAHRA}\r\n{GULALAI}\r\n", encoding="utf-8")
    first = hamrah("cases", "import", "cases.csv")
    assert first.exit_code == 0, first.output
    assert first.stdout == "2 cases imported: 2 new, 0 changed; 0 people told.\n"
    assert "Encrypting" in first.stderr
    assert imported(folder) == 2
    again = hamrah("cases", "import", "cases.csv")
    assert again.stdout == "2 cases imported: 0 new, 2 changed; 0 people told.\n"
    assert imported(folder) == 2


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_register_comes_in_through_standard_input(folder: Path, mark: str) -> None:
    result = hamrah("cases", "import", "-", stdin=f"{mark}{HEADING}\n{GULALAI}\n".encode())
    assert result.exit_code == 0, result.output
    assert imported(folder) == 1


def test_if_one_row_is_wrong_nothing_is_imported_and_each_wrong_row_is_named(folder: Path) -> None:
    hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n")
    rows = [HEADING, GULALAI, WRONG, GULALAI, "", WRONG.replace("G00001", "G000000001")]
    result = hamrah("cases", "import", "-", stdin="\n".join(rows))
    assert_refused(
        result,
        "line 3: number: one letter and nine digits are expected",
        "line 4: the same number stands in line 2",
        "line 6: birth_date: year-month-day is expected",
        "Nothing was imported: 3 of 4 rows are wrong.",
    )
    assert result.stdout == ""
    for private in ("Canaryname", "1990-02-30", "G00001", "Stanekzai", "G000067890"):
        assert private not in result.output
    assert imported(folder) == 1


def test_a_wrong_register_touches_no_database(folder: Path) -> None:
    assert_refused(hamrah("cases", "import", "-", stdin=f"{HEADING}\n{WRONG}\n"))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the heading lacks: number, birth_date, family_name, stage, since, office, stream"),
        (HEADING.encode() + b"\n", "the file holds no rows"),
        (b"a,b\n1,2\n", "line 1: the heading lacks"),
        (HEADING.encode("utf-16"), "not UTF-8"),
        (f"{HEADING}\n{ZAHRA}".encode() + b"\xff\xfe", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_register_is_said_to_be_none(folder: Path, content: bytes, said: str) -> None:
    assert_refused(hamrah("cases", "import", "-", stdin=content), said)


def test_the_day_of_the_register_can_be_given(folder: Path) -> None:
    good = hamrah("cases", "import", "-", "--as-of", "2026-03-17", stdin=f"{HEADING}\n{ZAHRA}\n")
    assert good.exit_code == 0, good.output
    with closing(sqlite3.connect(folder / "data/hamrah.sqlite")) as connection:
        assert connection.execute("SELECT as_of FROM cases").fetchone() == ("2026-03-17",)
    early = hamrah("cases", "import", "-", "--as-of", "2026-03-16", stdin=f"{HEADING}\n{ZAHRA}\n")
    assert_refused(early, "line 2: since: later than the day of the register")


def test_who_may_see_a_case_that_moved_is_told_and_nobody_else(folder: Path) -> None:
    hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n{GULALAI}\n")

    async def link() -> None:
        database = await service.open_database(Settings())
        async with database.begin(NOW) as tx:
            for number, account in (("G000012345", 501), ("G000067890", 502)):
                case = await cases.by_number(tx, number)
                assert case is not None
                await cases.add_link(tx, case.id, (await people.add(tx, account)).id, "active")
        await database.close()

    asyncio.run(link())
    moved = ZAHRA.replace("security,2026-03-17", "interview,2026-11-01")
    result = hamrah("cases", "import", "-", stdin=f"{HEADING}\n{moved}\n{GULALAI}\n")
    assert result.stdout == "2 cases imported: 0 new, 2 changed; 1 people told.\n"

    async def letters() -> list[tuple[int, str]]:
        database = await service.open_database(Settings())
        async with database.read(datetime.now(UTC)) as tx:
            due = await letters_due(tx)
        await database.close()
        return [(item.letter.chat_id, item.letter.template) for item in due]

    assert asyncio.run(letters()) == [(501, "case_changed")]


# --- staff invite


@pytest.fixture
async def called(api: str) -> str:
    """A local Bot API that knows its bot already."""
    async with aiohttp.ClientSession() as http, http.get(f"{api}/bot1000:demo/getMe") as response:
        assert (await response.json())["ok"]
    return api


async def test_an_invitation_is_a_link_that_lets_one_member_in(folder: Path, called: str) -> None:
    words = ("staff", "invite", "--role", "agent", "--name", "Farid", "--languages", "fr,fa_AF")
    result = await asyncio.to_thread(hamrah, *words, token="1000:demo", api_url=called)
    assert result.exit_code == 0, result.output
    found = re.fullmatch(r"https://t\.me/(\w+)\?start=join-([A-Za-z0-9_-]{22})\n", result.stdout)
    assert found is not None, result.stdout
    assert len("join-" + found[2]) <= 64
    database = await service.open_database(Settings())
    try:
        async with database.begin(datetime.now(UTC)) as tx:
            invitation = await staff.redeem(tx, found[2])
    finally:
        await database.close()
    assert invitation is not None
    assert (invitation.role, invitation.name, invitation.languages) == ("agent", "Farid", ("fr", "fa_AF"))
    again = await asyncio.to_thread(hamrah, *words, token="1000:demo", api_url=called)
    assert again.stdout != result.stdout


async def test_a_member_without_a_name_is_called_by_the_role(folder: Path, called: str) -> None:
    words = ("staff", "invite", "--role", "lead")
    result = await asyncio.to_thread(hamrah, *words, token="1000:demo", api_url=called)
    assert result.exit_code == 0, result.output
    token = result.stdout.strip().rpartition("join-")[2]
    database = await service.open_database(Settings())
    async with database.begin(datetime.now(UTC)) as tx:
        invitation = await staff.redeem(tx, token)
        assert await staff.redeem(tx, token) is None
    await database.close()
    assert invitation is not None
    assert (invitation.role, invitation.name, invitation.languages) == ("lead", "lead", ("en",))


INVITE = ("staff", "invite", "--role", "lead", "--name", "Sarah")


async def test_a_token_that_telegram_does_not_know_is_said_to_be_none(folder: Path, called: str) -> None:
    result = await asyncio.to_thread(hamrah, *INVITE, token="2000:canary", api_url=called)
    assert_refused(result, "Telegram does not know this HAMRAH_TOKEN")
    assert "canary" not in result.output


def test_without_a_token_there_is_no_link(folder: Path) -> None:
    assert_refused(hamrah(*INVITE), "HAMRAH_TOKEN is empty")
    assert list(folder.iterdir()) == []


def test_a_bot_api_that_is_away_is_named(folder: Path) -> None:
    result = hamrah(*INVITE, token="1000:canary", api_url="http://127.0.0.1:1")
    assert_refused(result, "The Bot API at http://127.0.0.1:1 does not answer: NetworkError.")
    assert "canary" not in result.output


# --- staff list, staff remove


async def _joined() -> int:
    """Farid is in the team and holds a request of Zahra's; his id."""
    database = await service.open_database(Settings())
    async with database.begin(NOW) as tx:
        zahra, farid = await people.add(tx, 501), await people.add(tx, 602)
        invitation = Invitation(role="agent", languages=("fr", "fa_AF"), name="Farid", expires_at=NOW)
        await staff.join(tx, farid, invitation)
        await people.save(tx, replace(farid, state="staff.reply", draft={"ticket": 1}))
        fields = {"person_id": zahra.id, "topic": None, "locale": "fa_AF", "role": None, "urgent": False}
        ticket = await tickets.add(tx, **fields, due_at=NOW)
        await tickets.change(tx, ticket, state="taken", assignee_id=farid.id)
    await database.close()
    return farid.id


async def _how_it_stands(member: int) -> tuple[bool, str | None, str, int | None]:
    database = await service.open_database(Settings())
    async with database.read(NOW) as tx:
        farid, ticket = await people.by_id(tx, member), await tickets.by_id(tx, 1)
        assert farid is not None
        assert ticket is not None
        found = (await staff.of(tx, farid) is not None, farid.state, ticket.state, ticket.assignee_id)
    await database.close()
    return found


def test_the_team_is_listed_and_a_member_is_taken_out(folder: Path) -> None:
    assert hamrah("staff", "list").stdout == ""
    farid = asyncio.run(_joined())
    assert hamrah("staff", "list").stdout == f"{farid}\tagent\tfr,fa_AF\tFarid\n"
    assert asyncio.run(_how_it_stands(farid)) == (True, "staff.reply", "taken", farid)
    removed = hamrah("staff", "remove", str(farid))
    assert (removed.exit_code, removed.stdout) == (0, "Removed.\n")
    assert hamrah("staff", "list").stdout == ""
    assert asyncio.run(_how_it_stands(farid)) == (False, None, "open", None)  # Zahra's request waits again


@pytest.mark.parametrize("somebody", ["0", "1", "999999999999"])
def test_who_is_not_in_the_team_cannot_be_taken_out(folder: Path, somebody: str) -> None:
    asyncio.run(_joined())  # person 1 is Zahra
    assert_refused(hamrah("staff", "remove", somebody), f"Nobody in the team has the id {somebody}.")
    assert len(hamrah("staff", "list").stdout.splitlines()) == 1


# --- knowledge list, knowledge approve

APPROVE = ("knowledge", "approve", "--editor", "1", "--approver", "2")


async def _four_join() -> None:
    """Nadia (1), Omar (2) and Farid (3) are in the team, and Layla (4), who has Pashto alone."""
    database = await service.open_database(Settings())
    async with database.begin(NOW) as tx:
        for number, (role, name, *languages) in enumerate(
            [
                ("editor", "Nadia", "en", "fa_AF", "ps"),
                ("approver", "Omar", "en", "fa_AF"),
                ("agent", "Farid", "en"),
                ("approver", "Layla", "ps"),
            ]
        ):
            person = await people.add(tx, 610 + number)
            invitation = Invitation(role=role, languages=tuple(languages), name=name, expires_at=NOW)
            await staff.join(tx, person, invitation)
    await database.close()


def listed(topic: str, language: str) -> list[str]:
    """State, version and review date of a text."""
    result = hamrah("knowledge", "list")
    assert result.exit_code == 0, result.output
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    (row,) = [row[2:] for row in rows if row[:2] == [topic, language]]
    return row


def test_two_people_approve_the_shipped_words_of_a_language(folder: Path) -> None:
    asyncio.run(_four_join())
    assert listed("newborn", "fa_AF")[:2] == ["draft", "1"]
    done = hamrah(*APPROVE, "fa_AF", "newborn", "detained")
    assert (done.exit_code, done.stdout) == (0, "2 texts approved in fa_AF: detained, newborn\n"), done.output
    state, version, review_by = listed("newborn", "fa_AF")
    assert (state, version) == ("approved", "1")
    assert date.fromisoformat(review_by) >= service.utc_now().date() + timedelta(days=179)
    assert listed("newborn", "en")[0] == "draft"
    assert listed("deported", "fa_AF")[0] == "draft"
    every = hamrah(*APPROVE, "fa_AF", "--all")
    assert every.exit_code == 0
    assert "deported" in every.stdout
    assert "newborn" not in every.stdout  # they are approved already
    assert hamrah(*APPROVE, "fa_AF", "--all").stdout == "0 texts approved in fa_AF.\n"


@pytest.mark.parametrize(
    ("editor", "approver", "language", "said"),
    [
        ("2", "2", "en", "Nobody approves what they propose"),
        ("3", "2", "en", "The member 3 has not the role"),
        ("2", "3", "en", "The member 3 has not the role"),
        ("2", "1", "en", "The member 1 has not the role"),
        ("1", "2", "ps", "The member 2 does not have this language."),
        ("4", "2", "en", "The member 4 does not have this language."),
        ("1", "2", "fr", "The member 1 does not have this language."),
        ("1", "9", "en", "Nobody in the team has the id 9"),
    ],
)
def test_who_may_not_approve_is_refused_by_name_of_the_reason(
    folder: Path, editor: str, approver: str, language: str, said: str
) -> None:
    asyncio.run(_four_join())
    words = ("knowledge", "approve", "--editor", editor, "--approver", approver, language, "newborn")
    assert_refused(hamrah(*words), said)
    assert listed("newborn", language)[0] == "draft"


def test_only_answers_can_be_approved(folder: Path) -> None:
    asyncio.run(_four_join())
    result = hamrah(*APPROVE, "en", "newborn", "no-such-topic", "small-talk")
    assert_refused(result, "No answers: no-such-topic, small-talk.")
    assert listed("newborn", "en")[0] == "draft"


# --- knowledge examples


async def _examples_are_added(*added: tuple[str, str, str]) -> None:
    database = await service.open_database(Settings())
    async with database.begin(NOW) as tx:
        person = await people.add(tx, 610)
        for topic, locale, text in added:
            await examples.add(tx, topic, locale, text, by=person.id)
    await database.close()


def test_the_teams_examples_are_printed_for_the_files(folder: Path) -> None:
    assert hamrah("knowledge", "examples").stdout == ""
    shipped = Library().topics["newborn"].questions["en"][0]
    asyncio.run(
        _examples_are_added(
            ("newborn", "fa_AF", 'طفل ما "تولد" شد: چه کنیم؟'),
            ("newborn", "en", shipped),  # taken into the files since
            ("newborn", "en", "# We have a son now"),
            ("g5-pause", "fr", "C'est fini, la pause ?"),
        )
    )
    result = hamrah("knowledge", "examples")
    assert result.exit_code == 0, result.output
    first, second = result.stdout.split("# knowledge/topics/newborn/questions.yaml\n")
    assert first.startswith("# knowledge/topics/g5-pause/questions.yaml\n")
    assert yaml.safe_load(first) == {"fr": ["C'est fini, la pause ?"]}
    assert yaml.safe_load(second) == {
        "fa_AF": ['طفل ما "تولد" شد: چه کنیم؟'],
        "en": ["# We have a son now"],
    }


# --- run


async def test_run_serves_until_it_is_stopped(folder: Path, called: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env={**os.environ, "HAMRAH_TOKEN": "1000:demo", "HAMRAH_API_URL": called, "PYTHONPATH": str(HOUSE)},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            said = ""
            while "Hamrah is running" not in said:
                line = await process.stderr.readline()
                assert line, said
                said += line.decode()
            async with aiohttp.ClientSession(called) as http:
                await http.post(
                    "/control/people", json={"id": 501, "first_name": "Zahra", "language_code": "fa"}
                )
                await http.post("/control/people/501/send", json={"text": "/start"})
                while True:
                    async with http.get("/control/chats/501/messages") as response:
                        messages = (await response.json())["messages"]
                    if len(messages) > 1:
                        break
                    await asyncio.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            rest = (await process.stderr.read()).decode()
            assert await process.wait() == 0, said + rest
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert "دری" in messages[1]["text"]
    assert "1000:demo" not in said + rest
    assert "Traceback" not in said + rest
    async with aiohttp.ClientSession(called) as http, http.get("/control/world") as response:
        bot = (await response.json())["bot"]
    assert set(bot["commands"]) == set(service.TELEGRAM_CODES.values())
    for shown in bot["commands"].values():
        assert [item["command"] for item in shown] == list(service.COMMANDS)
    assert len({items[0]["description"] for items in bot["commands"].values()}) == 4
    assert len(set(bot["descriptions"].values())) == 4


# --- knowledge check and answer


def test_the_knowledge_that_ships_is_in_order() -> None:
    result = hamrah("knowledge", "check", "--today", "2026-11-21")
    assert (result.exit_code, result.stdout) == (0, "The knowledge is in order; 0 warnings.\n")


def test_a_review_that_is_due_is_a_warning_and_no_failure() -> None:
    result = hamrah("knowledge", "check", "--today", "2030-01-01")
    assert result.exit_code == 0
    assert "warning: topics/newborn: the review was due on" in result.stdout


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("dari-avoid.tsv", "meaning\tuse\tavoid\nx\ty\tIRCC\n", "error: topics/"),
        ("facts.yaml", "- {id: [", "knowledge/facts.yaml"),
    ],
)
def test_a_broken_copy_of_the_knowledge_fails(tmp_path: Path, name: str, content: str, said: str) -> None:
    shutil.copytree(HOUSE / "knowledge", tmp_path / "knowledge")
    (tmp_path / "knowledge" / name).write_text(content)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "knowledge", "check", "--today", "2026-11-21"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{HOUSE}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_answer_shows_what_is_understood_of_each_row(folder: Path) -> None:
    rows = [
        {"text": "آخرین وضعیت دوسیه من چیست؟"},
        {"text": "My husband was arrested by the police in Islamabad", "chosen": "fr"},
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = hamrah("answer", "--jsonl", "rows.jsonl")
    assert result.exit_code == 0, result.output
    shown = [json.loads(line) for line in result.stdout.splitlines()]
    assert [set(row) for row in shown] == [{"topic", "candidates", "decision", "language"}] * 2
    assert [row["language"] for row in shown] == ["fa_AF", "en"]
    assert (shown[1]["topic"], shown[1]["decision"]) == ("detained", "urgent")
    assert all(set(candidate) == {"topic", "score"} for candidate in shown[0]["candidates"])


def test_answer_takes_one_text(folder: Path) -> None:
    result = hamrah("answer", "my husband was arrested", "--chosen", "en")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["topic"] == "detained"


def test_answer_names_the_line_it_cannot_read(folder: Path) -> None:
    result = hamrah("answer", "--jsonl", "-", stdin='{"text": "hello"}\n{"question": "x"}\n')
    assert_refused(result, "line 2: a JSON object with a field `text` is expected.")
    assert len(result.stdout.splitlines()) == 1
