"""Keys and backups by the command line, as an operator uses it."""

import base64
import re
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from dialogue import Clock, World
from dialogues.scenes import ZAHRAS, asks, links
from test_bot_cli import HEADING, ZAHRA, assert_refused, folder, hamrah, umask

from bot import operations, service
from bot.settings import Settings
from engine import Engine
from knowledge.library import Library
from storage.database import Database

__all__ = ["folder", "umask"]  # fixtures


def imports_zahra(**settings: str) -> None:
    assert hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n", **settings).exit_code == 0


def test_a_new_key_is_printed_and_works(folder: Path) -> None:
    made = [hamrah("keys", "make").stdout.strip() for _ in range(2)]
    assert made[0] != made[1]
    assert all(len(base64.urlsafe_b64decode(key)) == 32 for key in made)
    imports_zahra(master_key=made[0])
    assert hamrah("staff", "list", master_key=made[0]).exit_code == 0
    assert_refused(hamrah("staff", "list", master_key=made[1]), "The master key is not the one")
    assert [path.name for path in folder.iterdir()] == ["data"]


def test_the_master_key_is_rotated_in_its_file(folder: Path) -> None:
    imports_zahra()
    place = folder / "data/master.key"
    old = place.read_text()
    result = hamrah("keys", "make", "--file", str(place))
    assert result.exit_code == 0
    new = place.read_text().splitlines()[0]
    assert place.read_text() == f"{new}\n{old}"
    assert new not in result.output
    assert place.stat().st_mode & 0o777 == 0o600
    assert not list(folder.rglob("*.part"))

    place.write_text(f"{new}\n")
    assert_refused(hamrah("staff", "list"), "The master key is not the one")  # too early
    place.write_text(f"{new}\n{old}")
    result = hamrah("keys", "rewrap")
    assert result.exit_code == 0
    assert result.stdout == (
        "Keys wrapped anew: 1 of cases, 2 of keys. The first master key opens everything.\n"
    )
    place.write_text(f"{new}\n")
    assert hamrah("staff", "list").exit_code == 0
    assert "none, all were" in hamrah("keys", "rewrap").stdout
    assert_refused(hamrah("staff", "list", master_key=old), "The master key is not the one")
    assert hamrah("staff", "list", master_key=f"{old.strip()} {new}").exit_code == 0


def test_a_key_file_is_made_where_there_is_none(folder: Path) -> None:
    assert hamrah("keys", "make", "--file", "master.key").exit_code == 0
    assert (folder / "master.key").stat().st_mode & 0o777 == 0o600
    imports_zahra(master_key_file="master.key")
    assert not (folder / "data/master.key").exists()


@pytest.mark.parametrize("content", ["nonsense", ""])
def test_a_file_that_holds_no_key_is_left_alone(folder: Path, content: str) -> None:
    (folder / "notes.txt").write_text(content)
    (folder / "notes.txt").chmod(0o600)
    assert_refused(hamrah("keys", "make", "--file", "notes.txt"), "The master key")
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert (folder / "notes.txt").read_text() == content
    assert_refused(hamrah("keys", "make", "--file", "nowhere/master.key"), "cannot be used: No such file")


# --- backups


def database_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("data/hamrah.sqlite*"))


def test_a_database_is_backed_up_and_comes_back(folder: Path) -> None:
    imports_zahra()
    result = hamrah("backup", "hamrah.backup")
    assert result.exit_code == 0, result.output
    assert re.fullmatch(
        r"Backed up: \d+ rows of \d+ tables, \d+ bytes, schema \d+, made at [\d: -]+ UTC\.\n", result.stdout
    )
    backup = folder / "hamrah.backup"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert not list(folder.rglob("*.part"))
    assert hamrah("restore", "--check", "hamrah.backup").stdout.startswith("The backup is whole: ")

    assert_refused(hamrah("restore", "hamrah.backup"), "The database is not empty", "move the SQLite file")
    for name in database_of(folder):
        (folder / "data" / name).unlink()
    assert hamrah("restore", "--check", "hamrah.backup").exit_code == 0
    assert database_of(folder) == []  # no database is needed
    result = hamrah("restore", "hamrah.backup")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Restored: ")
    again = hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n")
    assert "1 cases imported: 0 new, 1 changed" in again.stdout


def test_a_service_moves_from_sqlite_to_postgresql(folder: Path, postgres_url: str) -> None:
    imports_zahra()
    assert hamrah("backup", "moving").exit_code == 0
    assert hamrah("restore", "moving", database_url=postgres_url).exit_code == 0
    again = hamrah("cases", "import", "-", stdin=f"{HEADING}\n{ZAHRA}\n", database_url=postgres_url)
    assert "1 cases imported: 0 new, 1 changed" in again.stdout
    assert_refused(
        hamrah("restore", "moving", database_url=postgres_url), "or make a new PostgreSQL database"
    )


def test_an_older_backup_is_replaced_only_when_asked(folder: Path) -> None:
    imports_zahra()
    (folder / "kept").write_text("an older backup")
    assert_refused(hamrah("backup", "kept"), "kept is there already", "--force")
    assert (folder / "kept").read_text() == "an older backup"
    assert_refused(hamrah("backup", "--force", "kept", master_key=KARIMS), "The master key is not the one")
    assert (folder / "kept").read_text() == "an older backup"
    assert [path.name for path in folder.iterdir() if path.is_file()] == ["kept"]
    assert hamrah("backup", "--force", "kept").exit_code == 0
    assert hamrah("restore", "--check", "kept").exit_code == 0


KARIMS = base64.urlsafe_b64encode(b"\x07" * 32).decode()
"""The master key of somebody else."""


def test_who_has_the_file_and_no_key_gets_nothing(folder: Path) -> None:
    imports_zahra()
    hamrah("backup", "taken")
    (folder / "data").rename(folder / "elsewhere")
    assert_refused(hamrah("restore", "taken"), "there is no master key at data/master.key")
    for words in (("restore", "taken"), ("restore", "--check", "taken")):
        assert_refused(hamrah(*words, master_key=KARIMS), "The backup was made with another master key")
    assert b"Rahimi" not in (folder / "taken").read_bytes()


def test_a_backup_that_cannot_be_written_or_read_is_named(folder: Path) -> None:
    imports_zahra()
    assert_refused(
        hamrah("backup", "nowhere/file"), "nowhere/file cannot be used: No such file or directory."
    )
    assert_refused(hamrah("restore", "--check", "gone"), "gone cannot be used: No such file or directory.")
    (folder / "torn").write_bytes(b"HAMRAH BACKUP 1\n")
    assert_refused(hamrah("restore", "--check", "torn"), "damaged or cut off")


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
async def test_zahra_goes_on_where_the_backup_was_restored(
    api: str, settings: Settings, clock: Clock, library: Library, engine: Engine, target: str, request: Any
) -> None:
    here = settings.data_dir
    async with aiohttp.ClientSession(api) as http:
        async with running(settings, library, engine, clock) as database:
            world = World(api, http, database, clock)
            zahra = await world.meet("Zahra", 501, "fa_AF")
            karim = await world.meet("Karim", 505)
            for person in (zahra, karim):
                await person.settles_in("I am an applicant")
            await links(zahra)
            await asks(zahra, "چند ماه است که هیچ خبری نیست.")
            await zahra.hears()
            await operations.back_up(settings, here / "night", replace=False)  # while the service goes on
        moved = settings.model_copy(update={"data_dir": here / "new", "master_key_file": settings.key_file})
        if target == "postgresql":
            moved.database_url = request.getfixturevalue("postgres_url")
        await operations.restore(moved, here / "night")
        async with running(moved, library, engine, clock) as database:
            world.database = database
            await zahra.says("/case")
            await zahra.presses("Show it")
            await zahra.reads(ZAHRAS.number)
            await zahra.says("/requests")
            await zahra.reads("H-1001")
            await karim.says("/case")
            await karim.reads("Link my case", without=(ZAHRAS.number, "Show it"))
            await asks(karim, "Is there any news?")
            await karim.reads("H-11002")  # numbers from between backup and restore are not given again


def running(
    settings: Settings, library: Library, engine: Engine, clock: Clock
) -> AbstractAsyncContextManager[Database]:
    return service.running(
        settings, library, engine, clock=clock, monotonic=lambda: time.monotonic() * 1000, sweep_every=0.1
    )
