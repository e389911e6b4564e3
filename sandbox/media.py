"""Pictures, sounds and documents as the Bot API shows them, from an upload or from a file id."""

from typing import Any

from sandbox.files import FileStore, StoredFile, picture_size
from sandbox.params import Params, Upload
from sandbox.refusals import Refusal, bad_request

Json = dict[str, Any]

KINDS = ("photo", "voice", "audio", "document", "animation", "video")
LARGEST_UPLOAD = 50 * 1024 * 1024
"""Bytes of one file."""


def received_file(files: FileStore, params: Params, kind: str, reference: str) -> StoredFile:
    """Return the file that a call sends as ``kind``: uploaded with it, or known by its id.

    ``reference`` is what the call says of it: an id, ``attach://<name>``, or nothing.
    """
    upload = _upload(params, kind, reference)
    if upload is not None:
        if not upload.data:
            raise bad_request("file must be non-empty")
        if len(upload.data) > LARGEST_UPLOAD:
            raise Refusal(413, "Request Entity Too Large")
        return files.add(kind, upload.name, upload.mime_type, upload.data)
    if not reference:
        raise bad_request(f"there is no {kind} in the request")
    stored = files.by_id(reference)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise bad_request(f"can't use file of type {_type(stored.kind)} as {_type(kind)}")
    return stored


def _type(kind: str) -> str:
    return "VoiceNote" if kind == "voice" else kind.capitalize()


def _upload(params: Params, kind: str, reference: str) -> Upload | None:
    if reference.startswith("attach://"):
        return params.uploads.get(reference.removeprefix("attach://"))
    return None if reference else params.uploads.get(kind)


def described(stored: StoredFile, given: Json) -> Json | list[Json]:
    """Return the Bot API's object of a file.

    ``given`` is what the sender says of it: ``duration`` in seconds, ``width``, ``height``, ``title``,
    ``performer``. Raises a 400 for a photo that is no picture.
    """
    if stored.kind == "photo":
        size = picture_size(stored.data)
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        return [stored.api | {"width": size[0], "height": size[1]}]
    shown = stored.api | {"mime_type": stored.mime_type}
    if stored.kind != "voice":
        shown["file_name"] = stored.name
    if stored.kind != "document":
        shown["duration"] = _number(given, "duration")
    if stored.kind in ("animation", "video"):
        width, height = picture_size(stored.data) or (_number(given, "width"), _number(given, "height"))
        shown |= {"width": width, "height": height}
    texts = {
        name: given[name] for name in ("title", "performer") if stored.kind == "audio" and given.get(name)
    }
    return shown | texts


def _number(given: Json, name: str) -> int:
    number = str(given.get(name) or "")
    return int(number) if number.isascii() and number.isdigit() else 0
