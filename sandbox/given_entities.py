"""Entities that a sender names beside a text, checked as Telegram checks them."""

from typing import Any

from sandbox.html import STYLES, Entity, units
from sandbox.links import checked_link
from sandbox.refusals import bad_request

KINDS = frozenset(STYLES.values()) | {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "code", "pre",
    "text_link", "text_mention", "custom_emoji", "blockquote", "expandable_blockquote",
}  # fmt: skip
FOUND_BY_TELEGRAM = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
)
"""Kinds that a sender may name but that Telegram finds for itself."""


def given_entities(text: str, given: list[Any]) -> list[Entity]:
    """Return the entities a sender names, checked against the text."""
    starts, at = {0}, 0
    for character in text if given else "":
        at += units(character)
        starts.add(at)
    return [entity for one in given if (entity := _given(one, starts, at)) is not None]


def _given(entity: Any, starts: set[int], total: int) -> Entity | None:
    if not isinstance(entity, dict) or entity.get("type") not in KINDS:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    kind, offset, length = entity["type"], entity.get("offset"), entity.get("length")
    if type(offset) is not int or type(length) is not int:
        raise bad_request('can\'t parse MessageEntity: Field "offset" must be of type Number')
    if kind in FOUND_BY_TELEGRAM or length <= 0:
        return None
    end = offset + length
    if not 0 <= offset < total:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
    if end > total:
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text "
            f"at UTF-16 offset {end}"
        )
    if offset not in starts or end not in starts:
        raise bad_request(f"entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol")
    checked: Entity = {"type": kind, "offset": offset, "length": length}
    if kind == "text_link":
        checked["url"] = checked_link(str(entity.get("url", "")))
        if not checked["url"]:
            raise bad_request(f"entity URL '{entity.get('url', '')}' is invalid: Wrong HTTP URL")
    if kind == "text_mention":
        user = entity.get("user")
        if not isinstance(user, dict) or type(user.get("id")) is not int:
            raise bad_request('can\'t parse MessageEntity: Field "user" must be of type Object')
        checked["user"] = user
    extra = {"pre": "language", "custom_emoji": "custom_emoji_id"}.get(kind)
    return checked | ({extra: str(entity[extra])} if extra and entity.get(extra) else {})
