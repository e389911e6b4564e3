"""The command line: `hamrah`. It exits with 0 (done), 1 (refused or failed, with the reason) or 2 (usage)."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Coroutine
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import click
import uvloop
from pydantic import ValidationError

from bot import approving, examples, log, operations, service
from bot.building import build_engine
from bot.ending import stopped_by_signal
from bot.settings import NotReady, Settings, check_ready
from desk import register, team
from desk.roles import ROLES
from engine import Understanding
from knowledge.check import check
from knowledge.library import KnowledgeError, Library
from locales import LOCALES
from storage import cases
from storage.errors import StorageError

logger = logging.getLogger(__name__)

EXPECTED = (NotReady, StorageError, KnowledgeError)
"""Errors whose text is meant for the operator."""


class Refused(click.ClickException):
    """The command cannot be done; its text says why and what to do."""


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"HAMRAH_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors()]
        raise Refused("\n".join(lines)) from None


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)
    except EXPECTED as error:
        raise Refused(str(error)) from None
    except BaseExceptionGroup as group:
        # Inside the running service, errors arrive in groups.
        inner: BaseException = group
        while isinstance(inner, BaseExceptionGroup) and len(inner.exceptions) == 1:
            inner = inner.exceptions[0]
        if isinstance(inner, EXPECTED):
            raise Refused(str(inner)) from None
        raise


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Hamrah answers Afghan applicants and their sponsors in Dari, Pashto, English and French."""
    # What is written from here on holds what people wrote: nobody else on the machine may read it.
    os.umask(0o077)


@main.command()
def run() -> None:
    """Run the bot until it is stopped (Ctrl-C or SIGTERM). The database is made or migrated first."""
    settings = _settings()
    log.set_up(settings.log_level, settings.log_format, worker=str(os.getpid()))
    _run(_serve(settings))


async def _serve(settings: Settings) -> None:
    check_ready(settings, service.utc_now().date())
    async with stopped_by_signal(settings.stop_seconds), service.running(settings, Library()):
        logger.info("Hamrah is running. Ctrl-C stops it.")
        await asyncio.Event().wait()


@main.command()
@click.option("--port", default=8080, show_default=True, help="Port of the page; 0 takes any free one.")
def demo(port: int) -> None:
    """Run everything on embedded parts, with invented people, and print the address of the page."""
    from bot.demo import demo as run_demo  # noqa: PLC0415  (needed by this command alone)

    log.set_up()
    _run(run_demo(port))


@main.group(name="cases")
def cases_group() -> None:
    """The register of cases."""


@cases_group.command(name="import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day the register was true; today if not given."
)
def import_cases(file: TextIO, as_of: Any) -> None:
    """Fill the register of cases from a CSV FILE ("-" reads standard input).

    The heading names number, birth_date, family_name, stage, since, office, stream. Days are
    year-month-day, Gregorian or Solar Hijri, in any of the three digit sets. Nothing is imported
    if any row is wrong; each wrong row is named with its line and the reason.
    """
    day: date = as_of.date() if as_of else service.utc_now().date()
    stages = list(Library().stages["en"])
    try:
        good, bad = register.read_rows(file, stages=stages, as_of=day)
    except UnicodeDecodeError:
        raise Refused("The file is not UTF-8 text.") from None
    for row in bad:
        click.echo(f"line {row.line}: {row.reason}", err=True)
    if not bad and not good:
        raise Refused("Nothing was imported: the file holds no rows.")
    if bad:
        raise Refused(f"Nothing was imported: {len(bad)} of {len(good) + len(bad)} rows are wrong.")
    _run(_store(_settings(), good))


async def _store(settings: Settings, rows: list[dict[str, Any]]) -> None:
    database = await service.open_database(settings)
    try:
        with click.progressbar(rows, label="Encrypting", file=sys.stderr) as progress:
            sealed = [cases.sealed(database.vault, fields) for fields in progress]
        async with database.begin(service.utc_now()) as tx:
            new, told = await register.store(tx, sealed)
        click.echo(f"{len(rows)} cases imported: {new} new, {len(rows) - new} changed; {told} people told.")
    finally:
        await database.close()


@main.group()
def staff() -> None:
    """The team."""


@staff.command()
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the new member may do.")
@click.option("--name", help="What colleagues call the new member; the role if not given.")
@click.option(
    "--languages", default="en", show_default=True, help="Locales the member answers in: fa_AF,ps,en,fr."
)
def invite(role: str, name: str | None, languages: str) -> None:
    """Make a one-time invitation and print its link. It ends after seven days, or with its first use."""
    chosen = tuple(languages.split(","))
    if unknown := [language for language in chosen if language not in LOCALES]:
        raise click.BadParameter(f"unknown: {', '.join(unknown)}", param_hint="--languages")
    _run(_invite(_settings(), role, name or role, chosen))


async def _invite(settings: Settings, role: str, name: str, languages: tuple[str, ...]) -> None:
    username = await service.bot_username(settings)
    database = await service.open_database(settings)
    try:
        desk = service.build_desk(settings, Library())
        async with database.begin(service.utc_now()) as tx:
            token = await team.invite(desk, tx, role=role, languages=languages, name=name)
        click.echo(f"https://t.me/{username}?start=join-{token}")
    finally:
        await database.close()


@staff.command(name="list")
def list_staff() -> None:
    """List the team: id, role, languages, name."""
    _run(_list_staff(_settings()))


async def _list_staff(settings: Settings) -> None:
    database = await service.open_database(settings)
    try:
        async with database.read(service.utc_now()) as tx:
            for member in await team.members(tx):
                click.echo(f"{member.person_id}\t{member.role}\t{','.join(member.languages)}\t{member.name}")
    finally:
        await database.close()


@staff.command()
@click.argument("member", type=int)
def remove(member: int) -> None:
    """Take MEMBER (the id that `hamrah staff list` shows) out of the team; what they held goes back."""
    _run(_remove(_settings(), member))


async def _remove(settings: Settings, member: int) -> None:
    database = await service.open_database(settings)
    try:
        async with database.begin(service.utc_now()) as tx:
            removed = await team.remove(tx, member)
    finally:
        await database.close()
    if not removed:
        raise Refused(f"Nobody in the team has the id {member}.")
    click.echo("Removed.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def backup(file: Path, force: bool) -> None:
    """Write the whole database into FILE, sealed with the master key, while the service goes on.

    It can be restored into SQLite and PostgreSQL alike, whichever it came from.
    """
    _run(operations.back_up(_settings(), file, replace=force))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Only read FILE to its end; no database is needed.")
def restore(file: Path, only_check: bool) -> None:
    """Fill the empty database of the settings from FILE, all or nothing. The service must not run."""
    _run((operations.check_backup if only_check else operations.restore)(_settings(), file))


@main.group(name="keys")
def keys_group() -> None:
    """The master key, which opens everything in the database. docs/operations.md says how to rotate it."""


@keys_group.command()
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Put the key in front of those of this file, and print none.",
)
def make(file: Path | None) -> None:
    """Make a new master key and print it."""
    _run(operations.make_key(file))


@keys_group.command()
def rewrap() -> None:
    """Let the first of the master keys open everything, so that the others can be left out.

    The service goes on meanwhile; every worker must have been started with both keys before.
    """
    _run(operations.rewrap(_settings()))


@main.group()
def knowledge() -> None:
    """The approved answers."""


@knowledge.command(name="check")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day to check review dates against.")
def check_knowledge(today: Any) -> None:
    """Check answers, updates and stages: languages, facts, lengths, wording, examples."""
    day: date = today.date() if today else service.utc_now().date()
    try:
        findings = check(Library(), day)
    except KnowledgeError as error:
        raise Refused(str(error)) from None
    for finding in findings:
        click.echo(f"{'warning' if finding.warning else 'error'}: {finding.place}: {finding.text}")
    errors = sum(not finding.warning for finding in findings)
    if errors:
        raise Refused(f"{errors} errors.")
    click.echo(f"The knowledge is in order; {len(findings)} warnings.")


@knowledge.command(name="list")
def list_texts() -> None:
    """List how every answer stands: topic, language, state, version, review date."""
    _run(approving.show(_settings()))


@knowledge.command(name="approve")
@click.option(
    "--editor", type=int, required=True, help="Who proposes the words: an id of `hamrah staff list`."
)
@click.option("--approver", type=int, required=True, help="Who approves them: somebody else.")
@click.option("--all", "every", is_flag=True, help="All answers that are not approved or are due.")
@click.argument("language", type=click.Choice(LOCALES))
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
def approve_texts(editor: int, approver: int, every: bool, language: str, topics: tuple[str, ...]) -> None:
    """Approve the words of knowledge/topics in LANGUAGE, for these TOPICs or for all.

    Both people must have the language, and have read the words: their names stand for them.
    """
    if every == bool(topics):
        raise click.UsageError("Give either topics or --all.")
    _run(approving.approve(_settings(), editor, approver, language, topics))


@knowledge.command(name="examples")
def show_examples() -> None:
    """Print the examples that editors made in the chat, to be taken into knowledge/topics."""
    _run(examples.show(_settings()))


@main.command()
@click.argument("text", required=False)
@click.option("--jsonl", type=click.File(encoding="utf-8"), help="Read rows with a field `text` instead.")
@click.option("--chosen", type=click.Choice(LOCALES), help="The language the person has chosen.")
def answer(text: str | None, jsonl: TextIO | None, chosen: str | None) -> None:
    """Show what the engine understands of TEXT, or of each row of a JSON-lines file."""
    if (text is None) == (jsonl is None):
        raise click.UsageError("Give either TEXT or --jsonl FILE.")
    engine = build_engine(Library())
    if text is not None:
        click.echo(_shown(engine.understand(text, chosen)))
    for number, line in enumerate(jsonl or (), 1):
        try:
            row = json.loads(line)
            understanding = engine.understand(row["text"], row.get("chosen"))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused(f"line {number}: a JSON object with a field `text` is expected.") from None
        click.echo(_shown(understanding))


def _shown(understanding: Understanding) -> str:
    return json.dumps(
        {
            "topic": understanding.topic,
            "candidates": [
                {"topic": candidate.topic, "score": round(candidate.score, 4)}
                for candidate in understanding.candidates
            ],
            "decision": understanding.decision.value,
            "language": understanding.locale,
        }
    )
