"""What the documents say exists, exists; and what exists and must be known stands in them."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.cli import main
from bot.settings import Settings

HOUSE = Path(__file__).parent.parent
DOCUMENTS = sorted([*HOUSE.glob("*.md"), *(HOUSE / "docs").glob("*.md")])
README = HOUSE / "README.md"
VARIABLES = {f"HAMRAH_{name.upper()}" for name in Settings.model_fields}
PARTS = (
    "bot handlers desk storage locales knowledge sandbox tests docs benchmarks pyproject.toml Makefile "
    ".ci/run README.md CONTRIBUTING.md docs/architecture.md docs/settings.md"
)


def commands(group: click.Group, before: str = "hamrah") -> Iterator[str]:
    """Every command of the command line, such as "hamrah cases import"."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_every_part_of_the_project_is_there() -> None:
    assert [part for part in PARTS.split() if not (HOUSE / part).exists()] == []


# --- settings


@pytest.mark.parametrize("variable", sorted(VARIABLES))
def test_every_setting_is_documented(variable: str) -> None:
    rows = re.findall(rf"^\| `{variable}` \| (.+?) \| (.+?) \|$", text_of(HOUSE / "docs/settings.md"), re.M)
    assert len(rows) == 1, f"docs/settings.md needs one row of {variable}"


def test_every_setting_says_what_it_is_to_who_reads_the_code() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_names_a_setting_that_does_not_exist(path: Path) -> None:
    named = set(re.findall(r"\bHAMRAH_[A-Z_]+[A-Z]\b", text_of(path)))
    assert named <= VARIABLES


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("target_hours", "72"),
        ("urgent_target_hours", "4"),
        ("digest_hours", "3"),
        ("retention_days", "365"),
        ("mode", "`polling`"),
        ("stop_seconds", "20"),
        ("log_level", "`INFO`"),
        ("operator_kind", "`organisation`"),
        ("data_dir", "`data`"),
        ("api_url", "`https://api.telegram.org`"),
    ],
)
def test_the_documented_default_is_the_real_one(name: str, told: str) -> None:
    assert str(Settings.model_fields[name].default) == told.strip("`")
    row = next(
        line
        for line in text_of(HOUSE / "docs/settings.md").splitlines()
        if f"`HAMRAH_{name.upper()}`" in line
    )
    assert told in row.rsplit("|", 2)[1]


# --- commands and files


def written_out(text: str) -> str:
    """The text with "hamrah staff list|remove" as two commands, a line each, indented as commands are."""
    return re.sub(
        r"(hamrah [a-z]+) ([a-z]+(?:\|[a-z]+)+)",
        lambda found: "\n    ".join(f"{found[1]} {command}" for command in found[2].split("|")),
        text,
    )


def test_every_command_stands_in_a_document() -> None:
    everything = written_out("\n".join(text_of(path) for path in DOCUMENTS))
    assert [command for command in commands(main) if command not in everything] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_names_a_command_that_does_not_exist(path: Path) -> None:
    known = list(commands(main))
    for named in re.findall(r"(?:`|^    )(hamrah [a-z]+(?: [a-z]+)?)", written_out(text_of(path)), re.M):
        assert any(
            command == named or command.startswith(named + " ") or named.startswith(command)
            for command in known
        )


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_names_a_target_of_make_that_does_not_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(HOUSE / "Makefile"), re.M))
    named = set(re.findall(r"(?:`|^    )make ([a-z]+)", text_of(path), re.M))
    assert named <= targets, f"{path.name}: {sorted(named - targets)}"


PLACE = re.compile(
    r"`((?:bot|handlers|desk|storage|engine|locales|knowledge|sandbox|tests|docs|benchmarks|\.ci)/[\w./-]*)`"
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_and_folder_that_a_document_names_exists(path: Path) -> None:
    assert [name for name in PLACE.findall(text_of(path)) if not (HOUSE / name).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_picture_of_a_document_is_there(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text_of(path)):
        if not re.match(r"https?://|mailto:", target):
            assert (path.parent / target).exists(), f"{path.name} points to {target}"


def test_the_map_of_the_house_names_every_room() -> None:
    readme = text_of(README)
    for room in ("bot", "handlers", "desk", "storage", "locales", "knowledge", "engine", "sandbox", "tests"):
        assert f"`{room}/`" in readme, f"the README's map lacks {room}/"


def test_the_readme_says_how_to_try_it_test_it_and_go_live() -> None:
    readme = text_of(README)
    for needed in (
        "make demo",
        "make test",
        "hamrah run",
        "docs/settings.md",
        "docs/architecture.md",
    ):
        assert needed in readme, f"the README lacks {needed}"
    assert re.search(r"!\[[^\]]+\]\([^)]+\)|<img ", readme), "the README has no picture"
