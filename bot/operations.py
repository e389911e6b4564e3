"""What an operator does beside the running service: the master key, backups. The command line calls it."""

import os
from pathlib import Path

import click

from bot import service
from bot.settings import Settings
from storage import backup, key_file, keys
from storage.backup import Summary
from storage.database import prepare_folder
from storage.restore import restore as fill
from storage.sealed_file import new_file, usable
from storage.vault import KEY_BYTES


async def make_key(file: Path | None) -> None:
    """Print a new master key, or put it in front of those of a file."""
    key = os.urandom(KEY_BYTES)
    if file is None:
        click.echo(key_file.written(key))
        return
    key_file.put_in_front(file, key)
    click.echo(f"{file} begins with a new key. Keep a copy of the file apart from the database.")


async def rewrap(settings: Settings) -> None:
    """Wrap every key with the first master key."""
    database = await service.open_database(settings)
    try:
        done = await keys.rewrap(database, service.utc_now)
    finally:
        await database.close()
    if damaged := done.pop(keys.DAMAGED, 0):
        click.echo(f"{damaged} of the keys are damaged: they do not open, and did not before.", err=True)
    counts = ", ".join(f"{count} of {table}" for table, count in done.items())
    click.echo(f"Keys wrapped anew: {counts or 'none, all were'}. The first master key opens everything.")


async def back_up(settings: Settings, path: Path, *, replace: bool) -> None:
    """Write the whole database into a sealed file."""
    prepare_folder(settings.database)
    masters = service.master_keys(settings)
    with new_file(path, replace=replace) as file:
        summary = await backup.back_up(settings.database, masters, file, service.utc_now(), os.urandom)
    _show("Backed up", summary, path)


async def restore(settings: Settings, path: Path) -> None:
    """Fill the empty database from a sealed file."""
    prepare_folder(settings.database)
    masters = service.master_keys(settings)
    with usable(path):
        file = path.open("rb")
    with file:
        summary = await fill(settings.database, masters, file)
    _show("Restored", summary, path)


async def check_backup(settings: Settings, path: Path) -> None:
    """Read a sealed file from end to end."""
    masters = service.master_keys(settings)
    with usable(path):
        file = path.open("rb")
    with file:
        summary = backup.check(file, masters)
    _show("The backup is whole", summary, path)


def _show(done: str, summary: Summary, path: Path) -> None:
    count, tables = sum(summary.rows.values()), len(summary.rows)
    click.echo(
        f"{done}: {count} rows of {tables} tables, {path.stat().st_size} bytes, schema {summary.schema}, "
        f"made at {summary.made_at:%Y-%m-%d %H:%M:%S} UTC."
    )
