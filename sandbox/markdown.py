"""Telegram's legacy Markdown parse mode: flat marks that never nest, as the Bot API reads them."""

import re

from sandbox.html import Entity, broken, units
from sandbox.links import checked_link

_RUN = re.compile(r"(?:\\(?=[_*`\[])(.))|([^_*`\[\\]+|\\)")
_FENCE = re.compile(r"```(?:([^\s`]+)(?=\s))?\n?")
_KINDS = {"_": "italic", "*": "bold", "`": "code", "[": "text_link"}


def parse_markdown(source: str) -> tuple[str, list[Entity]]:
    """Return the text and its entities. Raises Telegram's 400 where a mark has no end."""
    text, entities, at = "", [], 0
    while at < len(source):
        if run := _RUN.match(source, at):
            text += run[1] or run[2]
            at = run.end()
            continue
        begin, fence = at, _FENCE.match(source, at)
        at = fence.end() if fence else at + 1
        mark = "```" if fence else "]" if source[begin] == "[" else source[begin]
        end = source.find(mark, at)
        if end < 0:
            offset = len(source[:begin].encode())
            raise broken(f"Can't find end of the entity starting at byte offset {offset}")
        inside = source[at:end]
        at = end + len(mark)
        entity: Entity = {"type": "pre" if fence else _KINDS[source[begin]]}
        entity |= {"offset": units(text), "length": units(inside)}
        text += inside
        if fence and fence[1]:
            entity["language"] = fence[1]
        if mark == "]":
            url = inside
            if source.startswith("(", at) and inside:
                closing = source.find(")", at)
                url = source[at + 1 : closing if closing >= 0 else None]
                at = closing + 1 if closing >= 0 else len(source)
            entity["url"] = checked_link(url)
        if inside and entity.get("url") != "":
            entities.append(entity)
    return text, entities
