"""Files that people and the bot have sent, kept in memory."""

import hashlib
import secrets
import struct
import zlib
from dataclasses import dataclass
from typing import Any

PHOTO_WIDTH, PHOTO_HEIGHT = 320, 200
FOLDERS = {
    "photo": "photos", "voice": "voice", "audio": "music", "document": "documents",
    "animation": "animations", "video": "videos", "sticker": "stickers",
}  # fmt: skip
"""The first part of a file's path, by what it was sent as."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file: ``path`` is what ``getFile`` names, ``unique_id`` is the same for the same bytes.

    ``kind`` is what it was sent as; an invented file has a name and a size, but nothing to see or hear.
    """

    kind: str
    file_id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    data: bytes
    invented: bool = False

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

    def add(self, kind: str, name: str, mime_type: str, data: bytes, *, invented: bool = False) -> StoredFile:
        """Keep a file that is sent as ``kind``."""
        number = len(self._by_id) + 1
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        suffix = suffix if suffix.isascii() and suffix.isalnum() else "bin"
        path = f"{FOLDERS[kind]}/file_{number}.{suffix}"
        unique_id = "AQAD" + hashlib.sha256(kind.encode() + b"\0" + data).hexdigest()[:16]
        file_id = f"AgACAg{number}-{secrets.token_urlsafe(16)}"
        stored = StoredFile(kind, file_id, unique_id, path, name, mime_type, data, invented)
        self._by_id[file_id] = self._by_path[path] = self._by_unique_id[unique_id] = stored
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
