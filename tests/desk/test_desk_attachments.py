"""What files are taken, what they are called, and in which groups they leave: rules without a database."""

import io
import unicodedata
import zipfile

import pytest
from dialogues.letters import PROGRAM, pdf, picture, voice
from hypothesis import given
from hypothesis import strategies as st

from desk.attachments import (
    ALBUM_BYTES,
    ALBUM_FILES,
    ENDINGS,
    LONGEST_NAME,
    SIGNATURES,
    WORD,
    albums,
    checked,
    mime_of,
    refusal,
    safe_name,
)
from desk.desk import Policy
from storage.records import Attachment

POLICY = Policy()
MEGABYTE = 2**20


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
    return buffer.getvalue()


LETTER_OF_WORD = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml", "docProps/core.xml")

TAKEN = [
    (picture(), "image/png"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
    (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
    (b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
    (pdf(), "application/pdf"),
    (LETTER_OF_WORD, WORD),
    (voice(), "audio/ogg"),
    (b"ID3\x04\x00", "audio/mpeg"),
    (b"\xff\xfb\x90\x64", "audio/mpeg"),
    (b"\x00\x00\x00\x1cftypM4A \x00", "audio/mp4"),
]
REFUSED = {
    "nothing": b"",
    "a program of Windows": PROGRAM,
    "a program of Linux": b"\x7fELF\x02\x01\x01",
    "a script": b"#!/bin/sh\nrm -rf /",
    "a page": b"<!DOCTYPE html><script>",
    "a drawing with a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>',
    "a page that mentions a PDF later": b"<html>%PDF-1.7",
    "an archive": archive("letter.pdf"),
    "an app": archive("AndroidManifest.xml", "classes.dex"),
    "a text of Word with a program in it": archive(
        "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"
    ),
    "a text of Word with something beside it": archive("[Content_Types].xml", "word/document.xml", "run.exe"),
    "a torn archive": LETTER_OF_WORD[:60],
    "a film": b"\x00\x00\x00\x20ftypisom\x00\x00",
    "a film in the container of voice notes": b"OggS\0\x02" + bytes(22) + b"\x80theora",
    "words in UTF-16": "\ufeffhello".encode("utf-16-le"),
    "a WAV": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "a GIF": b"GIF89a",
}


@pytest.mark.parametrize(("content", "mime"), TAKEN, ids=[mime for _, mime in TAKEN])
def test_what_is_taken(content: bytes, mime: str) -> None:
    assert mime_of(content) == mime


def test_every_kind_that_is_taken_has_a_sample_and_an_ending() -> None:
    assert {mime for _, mime in TAKEN} == set(SIGNATURES) == set(ENDINGS)


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_taken(what: str) -> None:
    assert mime_of(REFUSED[what]) is None


@given(st.sampled_from([b"", b"PK\x03\x04", LETTER_OF_WORD[:200], b"\xff", b"OggS"]), st.binary(max_size=400))
def test_no_content_falls_over(start: bytes, rest: bytes) -> None:
    assert mime_of(start + rest) in {None, *ENDINGS}


@given(st.integers(0, len(LETTER_OF_WORD) - 1), st.integers(0, 255))
def test_no_damaged_archive_falls_over(position: int, byte: int) -> None:
    damaged = bytearray(LETTER_OF_WORD)
    damaged[position] = byte
    assert mime_of(bytes(damaged)) in {None, WORD}


@pytest.mark.parametrize(
    ("kind", "content", "taken"),
    [
        ("photo", picture(), True),
        ("photo", pdf(), False),
        ("voice", voice(), True),
        ("voice", picture(), False),
        ("document", picture(), True),
        ("document", voice(), True),
        ("document", PROGRAM, False),
        ("document", pdf().ljust(POLICY.file_bytes), True),
        ("document", pdf().ljust(POLICY.file_bytes + 1), False),
    ],
)
def test_a_file_must_be_what_it_was_sent_as(kind: str, content: bytes, taken: bool) -> None:
    assert (checked(POLICY, kind, "letter.pdf", content) is not None) is taken


@pytest.mark.parametrize(
    ("mime", "size", "before", "reason"),
    [
        ("application/pdf", 1, [], None),
        ("image/jpeg", POLICY.file_bytes, [], None),
        ("image/jpeg", POLICY.file_bytes + 1, [], "size"),
        (None, 1, [], None),
        ("application/octet-stream", 1, [], None),
        ("application/zip", 1, [], "kind"),
        ("video/mp4", 1, [], "kind"),
        ("text/html", 1, [], "kind"),
        ("audio/x-m4a", 1, [1] * 9, None),
        ("audio/x-m4a", 1, [1] * 10, "many"),
        ("image/png", 10 * MEGABYTE, [10 * MEGABYTE] * 3, None),
        ("image/png", 10 * MEGABYTE, [10 * MEGABYTE] * 4, "many"),
    ],
)
def test_what_is_refused_at_sight(mime: str | None, size: int, before: list[int], reason: str | None) -> None:
    assert refusal(POLICY, mime, size, before) == reason


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("letter.pdf", "letter.pdf"),
        ("letter.exe", "letter.pdf"),
        ("letter", "letter.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Windows\\letter.pdf", "letter.pdf"),
        ("نامهٔ دفتر.pdf", "نامهٔ دفتر.pdf"),
        ("نامه\u200cها.pdf", "نامه\u200cها.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.pdf"),
        ("a\r\nContent-Type: text.pdf", "a Content-Type text.pdf"),
        ('"quoted".pdf', "quoted.pdf"),
        (".pdf", "file.pdf"),
        ("....", "file.pdf"),
        ("", "file.pdf"),
        ("x" * 500 + ".pdf", "x" * LONGEST_NAME + ".pdf"),
    ],
)
def test_a_strangers_name_becomes_a_safe_one(name: str, safe: str) -> None:
    assert safe_name(name, "application/pdf") == safe


@given(st.text(max_size=300))
def test_no_name_can_deceive(name: str) -> None:
    safe = safe_name(name, "image/png")
    assert safe.endswith(".png")
    assert len(safe) <= LONGEST_NAME + 4
    assert not set(safe) & set('/\\<>:"|?*\r\n')
    assert all(c in " \u200c" or unicodedata.category(c)[0] not in "CZ" for c in safe)
    assert safe[0] not in ". "


def files(*kinds: str, message: int = 1, size: int = 1000) -> list[Attachment]:
    return [
        Attachment(id=number, message_id=message, author="person", kind=kind, size=size)
        for number, kind in enumerate(kinds, start=1)
    ]


def test_pictures_leave_together_documents_together_and_each_sound_by_itself() -> None:
    mixed = files("photo", "document", "voice", "photo", "voice", "document")
    assert albums(mixed) == [[2, 6], [1, 4], [3], [5]]


def test_files_of_two_messages_are_not_mixed() -> None:
    first, second = files("photo"), [Attachment(id=2, message_id=2, author="staff", kind="photo", size=1)]
    assert albums([*first, *second]) == [[1], [2]]


def test_an_album_has_at_most_ten_and_is_not_too_heavy() -> None:
    assert [len(album) for album in albums(files(*["photo"] * 12))] == [ALBUM_FILES, 2]
    heavy = albums(files(*["document"] * 5, size=ALBUM_BYTES // 2))
    assert [len(album) for album in heavy] == [2, 2, 1]
    assert albums([]) == []
