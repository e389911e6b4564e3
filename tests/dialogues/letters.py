"""Pictures, documents and sounds that people send, small, real, and with words that stand out."""

import base64
import struct
import zlib
from typing import Any

CANARY = "Chenar-canary-picture"
"""Stands in clear text in every picture and document below."""


def picture(mark: int = 0) -> bytes:
    """A PNG of eight by eight points with words in it; another for another mark."""
    rows = b"".join(b"\0" + bytes([mark] * 8) for _ in range(8))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Comment\0" + CANARY.encode()),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def pdf(words: str = "a letter") -> bytes:
    """What begins and ends like a PDF."""
    return f"%PDF-1.7\n% {CANARY} {words}\n%%EOF\n".encode()


def voice() -> bytes:
    """The first page of a sound as Telegram's voice notes have it."""
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, 16_000, 0, 0)
    return b"OggS\0\x02" + bytes(20) + b"\x01" + bytes([len(head)]) + head


PROGRAM = (
    b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00 This program cannot be run in DOS mode."
)
"""What begins like a program of Windows."""


def photo(content: bytes | None = None, **more: Any) -> dict[str, Any]:
    """A picture, as the control API takes it."""
    return {"photo": {"data": _base64(content or picture())}, **more}


def document(name: str, content: bytes, mime: str = "application/pdf", **more: Any) -> dict[str, Any]:
    """A document with a name and a type that its sender claims."""
    return {"document": {"data": _base64(content), "name": name, "mime_type": mime}, **more}


def voice_note(content: bytes | None = None, **more: Any) -> dict[str, Any]:
    """A voice note of two seconds."""
    return {"voice": {"data": _base64(content or voice()), "duration": 2}, **more}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
