"""What an operator does beside the running service: the master key, backups. The command line calls it."""

import os
from pathlib import Path

import click

from bot import service
from bot.settings import Settings
from storage import key_file, keys
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
