"""Encryption at rest: one master key, one data key per person or case, authenticated everywhere.

A person's names, texts and proofs are sealed with that person's own data key; the data key is
stored wrapped by the master key. Erasing the wrapped key makes everything sealed with it
unreadable for good, in old backups that lack the row as well as in forgotten pages of the file.
"""

import base64
import binascii
import hashlib
import hmac
import os
import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import MasterKeyInvalid, MasterKeyMissing, Sealed

NONCE_BYTES = 12
KEY_BYTES = 32


class DataKey:
    """An unwrapped key in memory; it seals and opens what is one owner's and shows nothing of itself."""

    __slots__ = ("_aead", "_random")

    def __init__(self, key: bytes, random: Callable[[int], bytes]) -> None:
        self._aead = AESGCM(key)
        self._random = random

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt `text`, bound to its `place`, such as "ticket_messages.body"."""
        return self.seal_bytes(text.encode("utf-8", "replace"), place)

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt what `seal` made for the same place. Raises Sealed."""
        return self.open_bytes(sealed, place).decode()

    def seal_bytes(self, content: bytes, place: str) -> bytes:
        """Encrypt what is no text, such as a picture, bound to its place."""
        nonce = self._random(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, content, place.encode())

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what `seal_bytes` made for the same place. Raises Sealed."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):  # ValueError: too short to be one of ours
            raise Sealed(f"a sealed value of {place} does not open") from None


class Vault:
    """The master key at work: wraps data keys, derives the service's own keys, makes keyed hashes."""

    def __init__(self, master: bytes, random: Callable[[int], bytes]) -> None:
        self._random = random
        self._wrapper = DataKey(self._derive(master, "wrap"), random)
        self._index = self._derive(master, "index")
        self.queue = DataKey(self._derive(master, "queue"), random)
        """Seals what only passes through: inbox and outbox."""

    @staticmethod
    def _derive(master: bytes, purpose: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"hamrah/{purpose}".encode()).derive(master)

    def new_key(self) -> bytes:
        """A fresh data key, wrapped for storing."""
        return self._wrapper.seal(base64.b64encode(self._random(KEY_BYTES)).decode(), "key")

    def unwrap(self, wrapped: bytes) -> DataKey:
        """The data key that `new_key` wrapped. Raises Sealed when the master key is another one."""
        return DataKey(base64.b64decode(self._wrapper.open(wrapped, "key")), self._random)

    def fingerprint(self, purpose: str, value: str) -> bytes:
        """A keyed hash to find a value by without storing it; equal for equal values of one purpose."""
        return hmac.new(self._index, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()

    def token(self) -> str:
        """A secret for a one-time link: 128 random bits in the letters that a Telegram deep link allows."""
        return base64.urlsafe_b64encode(self._random(16)).decode().rstrip("=")


def parse_master_key(text: str) -> bytes:
    """Read a master key written as URL-safe base64. Raises MasterKeyInvalid."""
    try:
        key = base64.urlsafe_b64decode(text.strip())
    except (binascii.Error, ValueError):
        raise MasterKeyInvalid("The master key is not URL-safe base64.") from None
    if len(key) != KEY_BYTES:
        raise MasterKeyInvalid(f"The master key has {len(key)} bytes; it needs {KEY_BYTES}.")
    return key


def read_or_make_master_key(path: Path, *, may_make: bool, random: Callable[[int], bytes]) -> bytes:
    """Read the key file; make it, readable by its owner only, where `may_make` (an empty database) allows.

    Raises MasterKeyMissing where there is data and no key: a new key could never open it; and
    MasterKeyInvalid for a file that is no key, that others may read, or that cannot be read or written.
    """
    try:
        return _read_or_make(path, may_make=may_make, random=random)
    except OSError as error:
        raise MasterKeyInvalid(f"The master key's file {path} cannot be used: {error.strerror}.") from None


def _read_or_make(path: Path, *, may_make: bool, random: Callable[[int], bytes]) -> bytes:
    if may_make and path.exists() and path.stat().st_size == 0:
        path.unlink()  # an earlier start was killed between making the file and writing it
    if path.exists():
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise MasterKeyInvalid(f"{path} can be read by others. Run: chmod 600 {path}")
        return parse_master_key(path.read_text(encoding="ascii", errors="replace"))
    if not may_make:
        raise MasterKeyMissing(
            f"The database holds data, but there is no master key at {path}. "
            "Bring the key file back, or set HAMRAH_MASTER_KEY. Without it the data cannot be opened."
        )
    key = random(KEY_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    with path.open("w") as file:
        file.write(base64.urlsafe_b64encode(key).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())  # on the disk before anything that only this key opens
    return key
