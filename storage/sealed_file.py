"""A sealed file: written and read as a stream of any length, and nothing of it can be changed unseen.

The file has a random key of its own, which stands at its head, wrapped by the master key. The content is
compressed and cut into chunks. Each is encrypted and authenticated with its number, so that none can be
left out or moved; and since what is compressed says itself where it ends, none can be cut off.
"""

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import BackupDamaged, BackupRefused, MasterKeyWrong, Sealed
from storage.key_file import sync_folder
from storage.vault import ID_BYTES, KEY_BYTES, NONCE_BYTES, MasterKeys

NAME = b"HAMRAH BACKUP "
MAGIC = NAME + b"1\n"
PLACE = "backup"
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
LEVEL = 1  # most of the content is ciphertext, which no effort makes smaller

DAMAGED = "The backup is damaged or cut off: {}. Take another one."


@contextmanager
def usable(name: str | Path) -> Iterator[None]:
    """Say of a file that it cannot be read or written, and why. Raises BackupRefused."""
    try:
        yield
    except OSError as error:
        raise BackupRefused(f"{name} cannot be used: {error.strerror}.") from None


@contextmanager
def new_file(path: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """A file for its owner alone, which gets its name only once it is whole and on the disk.

    Raises BackupRefused, also where there is such a file already and `replace` is false.
    """
    if path.exists() and not (replace and path.is_file()):
        raise BackupRefused(f"{path} is there already. Give another name, or --force to replace it.")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with usable(path):
        part.unlink(missing_ok=True)  # of a run that was killed
        part.touch(mode=0o600, exist_ok=False)
    try:
        with part.open("wb") as file:
            yield file
            with usable(path):
                file.flush()
                os.fsync(file.fileno())
        with usable(path):
            part.rename(path)
            sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


class SealedWriter:
    """Writes a sealed file; it is whole only after `finish`."""

    def __init__(self, file: BinaryIO, masters: MasterKeys, random: Callable[[int], bytes]) -> None:
        key = random(KEY_BYTES)
        self._file = file
        self._aead = AESGCM(key)
        self._compress = zlib.compressobj(LEVEL)
        self._waiting = bytearray()
        self._number = 0
        wrapped = masters.wrap(key, PLACE)
        with usable(file.name):
            file.write(MAGIC + len(wrapped).to_bytes(2) + wrapped)

    def write(self, content: bytes) -> None:
        """Add content."""
        self._put_full(self._compress.compress(content))

    def finish(self) -> None:
        """Write what is left, and that it is the end."""
        self._put_full(self._compress.flush())
        self._put(bytes(self._waiting))

    def _put_full(self, compressed: bytes) -> None:
        self._waiting += compressed
        while len(self._waiting) > CHUNK_BYTES:
            self._put(bytes(self._waiting[:CHUNK_BYTES]))
            del self._waiting[:CHUNK_BYTES]

    def _put(self, chunk: bytes) -> None:
        # A counter is a good nonce, because no other file has this key.
        nonce = self._number.to_bytes(NONCE_BYTES)
        with usable(self._file.name):
            self._file.write(self._aead.encrypt(nonce, chunk, MAGIC))
        self._number += 1


def read_sealed(file: BinaryIO, masters: MasterKeys) -> Iterator[bytes]:
    """The content of a sealed file, piece by piece; what was given out is genuine, also if more follows.

    Raises BackupDamaged, and MasterKeyWrong where none of the master keys opens it.
    """
    aead = AESGCM(_file_key(file, masters))
    decompress = zlib.decompressobj()
    number = 0
    while sealed := file.read(CHUNK_BYTES + TAG_BYTES):
        try:
            chunk = aead.decrypt(number.to_bytes(NONCE_BYTES), sealed, MAGIC)
        except InvalidTag:
            raise BackupDamaged(DAMAGED.format(f"its part {number + 1} is not as it was written")) from None
        yield decompress.decompress(chunk)
        number += 1
    if not decompress.eof:
        raise BackupDamaged(DAMAGED.format("its end is missing"))


def _file_key(file: BinaryIO, masters: MasterKeys) -> bytes:
    magic = file.read(len(MAGIC))
    if not magic.startswith(NAME):
        raise BackupDamaged("This file is no backup of Hamrah.")
    if magic != MAGIC:
        raise BackupDamaged("A newer version of Hamrah wrote this backup: restore it with that version.")
    length = int.from_bytes(file.read(2))
    wrapped = file.read(length)
    if len(wrapped) < max(length, ID_BYTES):
        raise BackupDamaged(DAMAGED.format("its head is not whole"))
    if wrapped[:ID_BYTES] not in masters.ids:
        raise MasterKeyWrong(
            "The backup was made with another master key. Put that key beside the present one, as the last."
        )
    try:
        return masters.unwrap(wrapped, PLACE)
    except Sealed:
        raise BackupDamaged(DAMAGED.format("its head is not as it was written")) from None
