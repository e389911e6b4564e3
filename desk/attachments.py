"""Files that people give to the team and the team sends to people: which are taken, and how they leave."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Literal

from desk.desk import Policy, letter
from storage import attachments
from storage.records import Attachment, File, Person, Ticket
from storage.transaction import Transaction

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
    WORD: "docx",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
}
"""What is taken. Nothing that can be run, no archive, no film."""

ALBUM_FILES = 10  # that Telegram shows together
ALBUM_BYTES = 20 * 2**20  # that leave in one call
LONGEST_NAME = 60  # characters

Refusal = Literal["kind", "size", "many"]


SIGNATURES = {
    "image/jpeg": rb"\xff\xd8\xff",
    "image/png": rb"\x89PNG\r\n\x1a\n",
    "image/webp": rb"RIFF....WEBP",
    "image/heic": rb"....ftyp(?:heic|heix|mif1)",
    "application/pdf": rb"%PDF-",
    WORD: rb"PK\x03\x04",
    "audio/ogg": rb"OggS.{24,56}OpusHead",
    "audio/mpeg": rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]",
    "audio/mp4": rb"....ftypM4A ",
}
"""How the bytes of each begin."""


def mime_of(content: bytes) -> str | None:
    """What a file is, by its content and not by what its sender says; None for all that is not taken."""
    for mime, signature in SIGNATURES.items():
        if re.match(signature, content, re.DOTALL):
            return mime if mime != WORD or _is_word(content) else None
    return None


def _is_word(content: bytes) -> bool:
    """Whether an archive is a text of Word and nothing else: no program in it, nothing beside it."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        return False
    parts = {"[Content_Types].xml", "_rels", "word", "docProps", "customXml"}
    return (
        "word/document.xml" in names
        and all(name.partition("/")[0] in parts for name in names)
        and not any(name.lower().endswith((".bin", ".exe", ".js")) for name in names)
    )


def refusal(policy: Policy, mime: str | None, size: int, before: Sequence[int]) -> Refusal | None:
    """Why a file is refused at sight, before it is fetched; `before` are the sizes of those beside it.

    The claimed `mime` only spares people a detour: what counts is the content, once it is there.
    """
    claimed = mime or "application/octet-stream"
    if not claimed.startswith(("image/", "audio/")) and claimed not in (*ENDINGS, "application/octet-stream"):
        return "kind"
    if size > policy.file_bytes:
        return "size"
    if len(before) >= policy.files_at_once or sum(before) + size > policy.bytes_at_once:
        return "many"
    return None


def checked(policy: Policy, kind: str, name: str, content: bytes) -> File | None:
    """A file that may be kept, with a name that is safe; None where it is not what it was sent as."""
    mime = mime_of(content)
    wanted = {"photo": "image/", "voice": "audio/"}.get(kind, "")
    if mime is None or not mime.startswith(wanted) or len(content) > policy.file_bytes:
        return None
    return File(kind=kind, mime=mime, name=safe_name(name or kind, mime), content=content)


def safe_name(name: str, mime: str) -> str:
    """A stranger's file name without path, invisible marks and length; its ending tells the content."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(
        # The zero-width non-joiner is a letter's shape in Dari and Pashto; all other marks can deceive.
        character if character == "\u200c" or unicodedata.category(character)[0] not in "CZ" else " "
        for character in unicodedata.normalize("NFC", last)
    )
    stem = " ".join(re.sub(r'[<>:"|?*]', " ", shown).split())
    if "." in stem:
        stem = stem.rpartition(".")[0]
    return f"{stem[:LONGEST_NAME].strip('. ') or 'file'}.{ENDINGS[mime]}"


def albums(files: Sequence[Attachment]) -> list[list[int]]:
    """The ids of files as they leave: pictures together, documents together, each sound by itself."""
    found: list[list[int]] = []
    ordered = sorted(files, key=lambda file: (file.message_id, file.kind, file.id))
    for (_, kind), group in groupby(ordered, key=lambda file: (file.message_id, file.kind)):
        size = ALBUM_BYTES
        for file in group:
            full = kind == "voice" or size + file.size > ALBUM_BYTES or len(found[-1]) == ALBUM_FILES
            if full:
                found.append([])
                size = 0
            found[-1].append(file.id)
            size += file.size
    return found


# --- use cases


async def has_room(policy: Policy, tx: Transaction, person: Person, files: Sequence[File]) -> bool:
    """Whether these can be kept too: nobody can fill the disk alone."""
    kept = await attachments.bytes_of(tx, person.id)
    return kept + sum(len(file.content) for file in files) <= policy.bytes_kept


async def show_to_team(tx: Transaction, member: Person, ticket: Ticket) -> bool:
    """Send all files of a request to a member of the team, who cannot forward them. False for none."""
    return _post(tx, member, "staff_files", ticket, await attachments.of_ticket(tx, ticket.id), protect=True)


async def show_own(tx: Transaction, person: Person, ticket: Ticket) -> bool:
    """Send all files of a person's own request to them. False where there are none."""
    return _post(tx, person, "ticket_files", ticket, await attachments.of_ticket(tx, ticket.id))


async def show_last_reply(tx: Transaction, person: Person, ticket: Ticket) -> bool:
    """Send a person the files of the team's last reply that had any. False where none had."""
    from_team = [file for file in await attachments.of_ticket(tx, ticket.id) if file.author == "staff"]
    last = [file for file in from_team if file.message_id == from_team[-1].message_id]
    return _post(tx, person, "ticket_files", ticket, last)


def _post(
    tx: Transaction,
    reader: Person,
    template: str,
    ticket: Ticket,
    files: Sequence[Attachment],
    *,
    protect: bool = False,
) -> bool:
    # A letter names files by their ids only; they are opened when it leaves.
    values: dict[str, Any] = {
        "ticket": ticket.id,
        "number": ticket.number,
        "albums": albums(files),
        "protect": protect,
    }
    if files:
        tx.post(letter(reader, template, values))
    return bool(files)
