"""Encryption at rest: master keys wrap one data key per person or case, authenticated everywhere.

A person's names, texts and proofs are sealed with that person's own data key; the data key is
stored wrapped by a master key. Erasing the wrapped key makes everything sealed with it
unreadable for good, in old backups that lack the row as well as in forgotten pages of the file.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import Sealed

NONCE_BYTES = 12
KEY_BYTES = 32
ID_BYTES = 8


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


class MasterKeys:
    """The master keys, which only wrap other keys: the first wraps, each of them unwraps.

    A wrapped key begins with the id of the master key that wrapped it. The id is no secret.
    """

    def __init__(self, keys: Sequence[bytes], random: Callable[[int], bytes]) -> None:
        self._keys = keys
        self._wrappers = {
            _derive(key, "id")[:ID_BYTES]: DataKey(_derive(key, "wrap"), random) for key in keys
        }
        self.ids = tuple(self._wrappers)
        """The ids of the keys, that of the first one first."""

    def wrap(self, key: bytes, place: str = "key") -> bytes:
        """Encrypt another key for storing, bound to its place."""
        first = self.ids[0]
        return first + self._wrappers[first].seal(base64.b64encode(key).decode(), place)

    def unwrap(self, wrapped: bytes, place: str = "key") -> bytes:
        """The key that `wrap` was given. Raises Sealed when none of these master keys wrapped it."""
        key_id = wrapped[:ID_BYTES]
        if key_id in self._wrappers:
            return base64.b64decode(self._wrappers[key_id].open(wrapped[ID_BYTES:], place))
        for wrapper in self._wrappers.values():
            try:  # without an id: from before keys had one
                return base64.b64decode(wrapper.open(wrapped, place))
            except Sealed:
                continue
        raise Sealed("a wrapped key does not open with any of the master keys given")

    def rewrap(self, wrapped: bytes) -> bytes:
        """The same key, wrapped by the first master key. Raises Sealed like `unwrap`."""
        return self.wrap(self.unwrap(wrapped))

    def derived(self, purpose: str) -> list[bytes]:
        """What each master key gives for a purpose: the service's keys of a database from before 0004."""
        return [_derive(key, purpose) for key in self._keys]


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"hamrah/{purpose}".encode()).derive(master)


class Vault:
    """The unwrapped keys of the service at work: makes and opens data keys, makes keyed hashes."""

    def __init__(
        self, masters: MasterKeys, random: Callable[[int], bytes], *, index: bytes, queue: bytes
    ) -> None:
        self.masters = masters
        self._random = random
        self._index = index
        self.queue = DataKey(queue, random)
        """Seals what only passes through: inbox and outbox."""

    def new_key(self) -> bytes:
        """A fresh data key, wrapped for storing."""
        return self.masters.wrap(self._random(KEY_BYTES))

    def unwrap(self, wrapped: bytes) -> DataKey:
        """The data key that `new_key` wrapped. Raises Sealed when the master key is another one."""
        return DataKey(self.masters.unwrap(wrapped), self._random)

    def fingerprint(self, purpose: str, value: str) -> bytes:
        """A keyed hash to find a value by without storing it; equal for equal values of one purpose."""
        return hmac.new(self._index, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()

    def token(self) -> str:
        """A secret for a one-time link: 128 random bits in the letters that a Telegram deep link allows."""
        return base64.urlsafe_b64encode(self._random(16)).decode().rstrip("=")
