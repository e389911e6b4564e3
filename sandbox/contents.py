"""The kinds of messages people send, as the Bot API's Message has them."""

from typing import Any

from sandbox.body import Body, ControlError
from sandbox.entities import too_long
from sandbox.files import picture
from sandbox.given_files import given_file
from sandbox.media import KINDS as FILES
from sandbox.media import described
from sandbox.people import text_content
from sandbox.world import World

Json = dict[str, Any]

KINDS = ("text", "sticker", *FILES, "location", "contact")
CAPTION_LIMIT = 1024
INVENTED: dict[str, Json] = {
    "location": {"latitude": 34.5, "longitude": 69.2},
    "contact": {"phone_number": "+10000000000", "first_name": "Somebody"},
}
"""What stands for ``true``."""


def content_of(world: World, chat_id: int, body: Body) -> tuple[str, Json]:
    """Return the kind of a message and its fields. Raises where it is none of the kinds, or several."""
    kinds = [kind for kind in KINDS if body.has(kind)]
    if len(kinds) != 1:
        raise ControlError(f"The message must be exactly one of: {', '.join(KINDS)}.")
    kind = kinds[0]
    content = text_of(body) if kind == "text" else {kind: _media(world, kind, body)}
    if body.has("caption"):
        if kind not in FILES:
            raise ControlError(f"A {kind} has no caption.")
        content |= _caption(body.text("caption"))
    if body.flag("forward", default=False):
        origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": int(world.now())}
        content["forward_origin"] = origin
    if body.has("reply_to"):
        message = world.find(chat_id, body.integer("reply_to"))
        if message is None:
            raise ControlError("There is no message to reply to.", 404)
        content["reply_to_message"] = {k: v for k, v in message.api.items() if k != "reply_to_message"}
    return kind, content


def _caption(text: str) -> Json:
    if too_long(text, CAPTION_LIMIT):
        raise ControlError(f"caption must not be longer than {CAPTION_LIMIT} characters.")
    return {
        f"caption_{key}" if key == "entities" else "caption": value
        for key, value in text_content(text).items()
    }


def text_of(body: Body) -> Json:
    """Return the fields of a text. Raises where there is none, or more than Telegram lets a person write."""
    text = body.text("text").strip()
    if not text:
        raise ControlError("text must not be empty.")
    if len(text.encode("utf-16-le")) > 2 * 4096:
        raise ControlError("text must not be longer than 4096 characters.")
    return text_content(text)


def _media(world: World, kind: str, body: Body) -> Any:
    if kind in FILES and isinstance(body.values[kind], dict):
        return given_file(world, kind, Body(body.values[kind]))
    match kind:
        case "sticker":
            return _sticker(world, body.text("sticker"))
        case "voice":
            seconds = body.integer("voice")
            if seconds < 1:
                raise ControlError("voice must be at least one second.")
            nothing = b"OggS: %d seconds of nothing" % seconds
            stored = world.files.add("voice", "voice.oga", "audio/ogg", nothing, invented=True)
            return described(stored, {"duration": seconds})
        case "photo":
            if not body.flag("photo"):
                raise ControlError("photo must be true.")
            return described(world.files.add("photo", "photo.png", "image/png", picture()), {})
        case "document":
            name = body.text("document")
            words = f"The invented file {name}\n".encode()
            return described(world.files.add("document", name, "text/plain", words), {})
        case "location" | "contact":
            return _place_or_contact(kind, body)
        case _:
            raise ControlError(f"{kind} must be an object with its data in base64.")


def _sticker(world: World, emoji: str) -> Json:
    stored = world.files.add(
        "sticker", "sticker.webp", "image/webp", f"sticker {emoji}".encode(), invented=True
    )
    flags = {"is_animated": False, "is_video": False}
    return stored.api | {"type": "regular", "width": 512, "height": 512, **flags, "emoji": emoji}


def _place_or_contact(kind: str, body: Body) -> Json:
    given = body.values[kind]
    if given is True:
        return dict(INVENTED[kind])
    if not isinstance(given, dict):
        raise ControlError(f"{kind} must be true or an object.")
    if kind == "location":
        numbers = {name: given.get(name) for name in ("latitude", "longitude")}
        if any(type(number) not in (int, float) for number in numbers.values()):
            raise ControlError("location must have a latitude and a longitude.")
        return numbers
    fields = Body(given)
    contact: Json = {name: fields.text(name) for name in ("phone_number", "first_name")}
    if fields.has("last_name"):
        contact["last_name"] = fields.text("last_name")
    return contact | ({"user_id": fields.integer("user_id")} if fields.has("user_id") else {})
