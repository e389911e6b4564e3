"""Files with real bytes that people send: base64 in the control call."""

import base64
import binascii
from typing import Any

from sandbox.body import Body, ControlError
from sandbox.files import picture_size
from sandbox.media import described
from sandbox.world import World

USUAL = {
    "photo": ("photo.jpg", "image/jpeg"),
    "voice": ("voice.oga", "audio/ogg"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "video": ("video.mp4", "video/mp4"),
    "animation": ("animation.mp4", "video/mp4"),
    "document": ("file.bin", "application/octet-stream"),
}
"""The name and type of a file of which nothing else is said."""


def given_file(world: World, kind: str, file: Body) -> Any:
    """Return the Bot API's object of a file: ``{data, name?, mime_type?, duration?, …}``."""
    try:
        data = base64.b64decode(file.text("data"), validate=True)
    except (binascii.Error, ValueError):
        raise ControlError(f"The data of the {kind} must be base64.") from None
    if not data:
        raise ControlError(f"The {kind} must not be empty.")
    if kind == "photo" and picture_size(data) is None:
        raise ControlError("The photo must be a PNG or JPEG picture.")
    name, mime_type = USUAL[kind]
    if data.startswith(b"\x89PNG") and kind == "photo":
        name, mime_type = "photo.png", "image/png"
    stored = world.files.add(kind, file.text("name", name), file.text("mime_type", mime_type), data)
    return described(stored, file.values)
