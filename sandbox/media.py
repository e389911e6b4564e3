"""Photos, voices and documents as the Bot API shows them, from an upload or from a file id."""

from typing import Any

from sandbox.files import FileStore, StoredFile, picture_size
from sandbox.params import Params, Upload
from sandbox.refusals import bad_request

Json = dict[str, Any]

FOLDERS = {"photo": "photos", "voice": "voice", "document": "documents"}


def received_file(files: FileStore, params: Params, kind: str) -> StoredFile:
    """Return the file that a call sends as ``kind``: uploaded with it, or known by its id."""
    upload = _upload(params, kind)
    if upload is not None:
        if not upload.data:
            raise bad_request("file must be non-empty")
        return files.add(FOLDERS[kind], upload.name, upload.mime_type, upload.data)
    reference = params.text(kind)
    if not reference:
        raise bad_request(f"there is no {kind} in the request")
    stored = files.by_id(reference)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return stored


def _upload(params: Params, kind: str) -> Upload | None:
    reference = params.text(kind)
    name = reference.removeprefix("attach://") if reference.startswith("attach://") else kind
    return params.uploads.get(name)


def described(kind: str, stored: StoredFile, duration: int = 0) -> Json | list[Json]:
    """Return the Bot API's PhotoSizes, Voice or Document of a file; ``duration`` is in seconds."""
    if kind == "photo":
        size = picture_size(stored.data)
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        return [stored.api | {"width": size[0], "height": size[1]}]
    if kind == "voice":
        return stored.api | {"duration": duration, "mime_type": stored.mime_type}
    return stored.api | {"file_name": stored.name, "mime_type": stored.mime_type}
