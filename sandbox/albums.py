"""``sendMediaGroup``: two to ten pictures, documents or sounds that stand together."""

from typing import Any

from sandbox.access import writable_chat
from sandbox.params import Params
from sandbox.refusals import bad_request
from sandbox.sending import file_content, send
from sandbox.world import World

Json = dict[str, Any]

ALONE = ("document", "audio")
"""Kinds that stand with their own kind only."""
TOGETHER = ("photo", "video", *ALONE)


def send_media_group(world: World, params: Params) -> list[Json]:
    """Send an album and return its messages. What is wrong with one item is known before any is sent."""
    chat_id = writable_chat(world, params)
    items = params.json("media", list, "media")
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) > 10:
        raise bad_request("too many messages to send as an album")
    if len(items) < 2:
        raise bad_request("too few messages to send as an album")
    kinds = [_kind(item) for item in items]
    for kind in ALONE:
        if kind in kinds and set(kinds) != {kind}:
            raise bad_request(f"{kind} can't be mixed with other media types")
    album = {"media_group_id": world.next_album_id()}
    contents = []
    for item, kind in zip(items, kinds, strict=True):
        reference = str(item.get("media") or "")
        contents.append((kind, album | file_content(world, Params(item, params.uploads), kind, reference)))
    return send(world, params, chat_id, contents)


def _kind(item: Any) -> str:
    kind = item.get("type") if isinstance(item, dict) else None
    if kind == "animation":
        raise bad_request('type "animation" can\'t be used in sendMediaGroup')
    if kind not in TOGETHER:
        raise bad_request("can't parse InputMedia: unsupported type specified")
    return str(kind)
