"""Files that people and the bot have sent, kept in memory."""

import hashlib
import secrets
import struct
import zlib
from dataclasses import dataclass
from typing import Any

PHOTO_WIDTH, PHOTO_HEIGHT = 320, 200


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file: ``path`` is what ``getFile`` names, ``unique_id`` is the same for the same bytes."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    data: bytes

    @property
    def api(self) -> dict[str, Any]:
        """The fields that every Bot API object of a file has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


class FileStore:
    """All files by id, by path and by unique id."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._by_unique_id: dict[str, StoredFile] = {}

    def add(self, folder: str, name: str, mime_type: str, data: bytes) -> StoredFile:
        """Keep a file; ``folder`` is the first part of its path (photos, voice, documents)."""
        number = len(self._by_id) + 1
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        path = f"{folder}/file_{number}.{suffix if suffix.isascii() and suffix.isalnum() else 'bin'}"
        unique_id = "AQAD" + hashlib.sha256(data).hexdigest()[:16]
        stored = StoredFile(
            f"AgACAg{number}-{secrets.token_urlsafe(16)}", unique_id, path, name, mime_type, data
        )
        self._by_id[stored.file_id] = self._by_path[path] = self._by_unique_id[unique_id] = stored
        return stored

    def by_id(self, file_id: str) -> StoredFile | None:
        """Find the file a bot names by its id."""
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        """Find the file that ``getFile`` gave this path."""
        return self._by_path.get(path)

    def by_unique_id(self, unique_id: str) -> StoredFile | None:
        """Find the file for the page."""
        return self._by_unique_id.get(unique_id)


def picture() -> bytes:
    """Return the picture people send here: a plain PNG of 320 by 200 points."""
    rows = b"".join(
        b"\0" + bytes(150 + (x * 60 // PHOTO_WIDTH) + (y * 30 // PHOTO_HEIGHT) for x in range(PHOTO_WIDTH))
        for y in range(PHOTO_HEIGHT)
    )
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", PHOTO_WIDTH, PHOTO_HEIGHT, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG or JPEG in points; none for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return struct.unpack(">II", data[16:24])
    if data[:2] != b"\xff\xd8":
        return None
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        marker, length = data[position + 1], struct.unpack(">H", data[position + 2 : position + 4])[0]
        # Start-of-frame segments carry the size; C4, C8 and CC in the same range are something else.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return None
