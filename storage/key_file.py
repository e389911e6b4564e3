"""The file of the master keys: one key a line, the newest first; its owner alone may read it."""

import base64
import binascii
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from storage.errors import MasterKeyInvalid, MasterKeyMissing
from storage.vault import KEY_BYTES


def parse(text: str) -> list[bytes]:
    """Read master keys written as URL-safe base64, apart by white space. Raises MasterKeyInvalid."""
    keys = []
    for word in text.split():
        try:
            key = base64.b64decode(word, altchars="-_", validate=True)
        except (binascii.Error, ValueError):
            raise MasterKeyInvalid("The master key is not URL-safe base64.") from None
        if len(key) != KEY_BYTES:
            raise MasterKeyInvalid(f"The master key has {len(key)} bytes; it needs {KEY_BYTES}.")
        keys.append(key)
    if not keys:
        raise MasterKeyInvalid("The master key is empty.")
    return keys


def written(key: bytes) -> str:
    """A master key as `parse` reads it."""
    return base64.urlsafe_b64encode(key).decode()


def read_or_make(path: Path, *, may_make: bool, random: Callable[[int], bytes]) -> list[bytes]:
    """Read the key file; make it where `may_make` (an empty database) allows.

    Raises MasterKeyMissing where there is data and no key: a new key could never open it; and
    MasterKeyInvalid for a file that is no key, that others may read, or that cannot be read or written.
    """
    try:
        if may_make and path.exists() and path.stat().st_size == 0:
            path.unlink()  # an earlier start was killed between making the file and writing it
        if path.exists():
            return _read(path)
        if not may_make:
            raise MasterKeyMissing(
                f"There is data, but there is no master key at {path}. "
                "Bring the key file back, or set HAMRAH_MASTER_KEY. Without it the data cannot be opened."
            )
        key = random(KEY_BYTES)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, [key])
    except OSError as error:
        raise MasterKeyInvalid(f"The master key's file {path} cannot be used: {error.strerror}.") from None
    return [key]


def put_in_front(path: Path, key: bytes) -> None:
    """Make `key` the first of the file, which is made if it is not there; at no moment is it half written.

    Raises MasterKeyInvalid like `read_or_make`.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        older = _read(path) if path.exists() else []
        part.unlink(missing_ok=True)  # of a run that was killed
        _write(part, [key, *older])
        if older:
            owner = path.stat()
            os.chown(part, owner.st_uid, owner.st_gid)  # root does this for the service's user
        part.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise MasterKeyInvalid(f"The master key's file {path} cannot be used: {error.strerror}.") from None


def _read(path: Path) -> list[bytes]:
    if _others_may_use(path):
        raise MasterKeyInvalid(f"{path} can be read by others. Run: chmod 600 {path}")
    return parse(path.read_text(encoding="ascii", errors="replace"))


def _others_may_use(path: Path) -> bool:
    others = stat.S_IRWXG | stat.S_IRWXO
    if str(path.parent) == os.environ.get("CREDENTIALS_DIRECTORY"):
        others &= ~stat.S_IRGRP  # systemd lets the service in by an access list, which shows as this bit
    return bool(path.stat().st_mode & others)


def _write(path: Path, keys: Sequence[bytes]) -> None:
    path.touch(mode=0o600, exist_ok=False)
    with path.open("w") as file:
        file.writelines(written(key) + "\n" for key in keys)
        file.flush()
        os.fsync(file.fileno())  # on the disk before anything that only this key opens
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
