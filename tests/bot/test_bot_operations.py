"""Keys and backups by the command line, as an operator uses it."""

import base64
from pathlib import Path

import pytest
from test_bot_cli import HEADING, ZAHRA, assert_refused, folder, hamrah, umask

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
