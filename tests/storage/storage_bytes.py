"""What somebody finds who takes the disk away."""

import sqlite3
from pathlib import Path


def bytes_of(folder: Path) -> bytes:
    """Every byte of the database's files: the file itself, what waits beside it, and the shared index."""
    files = sorted(folder.glob("hamrah.sqlite*"))
    assert files, f"no database in {folder}"
    return b"\n".join(path.read_bytes() for path in files)


def checkpoint(folder: Path) -> None:
    """Let the database take in what waits in its write-ahead log, as it does by itself sooner or later."""
    connection = sqlite3.connect(folder / "hamrah.sqlite", timeout=5)
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    connection.close()
    assert not busy


def blobs_of(folder: Path, query: str) -> list[bytes]:
    """Ciphertexts as they stand in the file now."""
    connection = sqlite3.connect(folder / "hamrah.sqlite", timeout=5)
    found = [row[0] for row in connection.execute(query)]
    connection.close()
    assert found
    assert all(isinstance(blob, bytes) and len(blob) > 20 for blob in found)
    return found
