"""Cutting a long message into pieces that Telegram takes."""

import html
import re

LIMIT = 4096
"""UTF-16 units of one message's visible text."""

_TAG = re.compile(r"<[^>]*>")
_NAME = re.compile(r"[a-z-]+")


def visible_length(text: str) -> int:
    """How long Telegram finds an HTML text: without tags, in UTF-16 units."""
    return len(_visible(text).encode("utf-16-le", "surrogatepass")) // 2


def _visible(text: str) -> str:
    return html.unescape(_TAG.sub("", text))


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Pieces of an HTML text, cut between lines; a line too long alone is cut inside, without its tags.

    A tag that spans lines is closed and opened again where the cut is.
    """
    if visible_length(text) <= limit:
        return [text]
    pieces: list[list[str]] = [[]]
    room = limit
    for line in text.split("\n"):
        for part in _fitting(line, limit):
            length = visible_length(part)
            if length > room:
                pieces.append([])
                room = limit
            pieces[-1].append(part)
            room -= length + 1  # the line break
    return [piece for piece in _balanced(["\n".join(parts) for parts in pieces]) if _visible(piece).strip()]


def _balanced(pieces: list[str]) -> list[str]:
    """Close at the end of each piece the tags that are open there, and open them again in the next."""
    balanced, opened = [], list[str]()
    for piece in pieces:
        text = "".join(opened) + piece
        for tag in _TAG.findall(piece):
            if tag.startswith("</"):
                opened.pop()
            else:
                opened.append(tag)
        balanced.append(text + "".join(f"</{_NAME.findall(tag)[0]}>" for tag in reversed(opened)))
    return balanced


def _fitting(line: str, limit: int) -> list[str]:
    if visible_length(line) <= limit:
        return [line]
    plain = _visible(line)
    step = limit // 2  # characters outside the basic plane count twice
    parts = [html.escape(plain[start : start + step], quote=False) for start in range(0, len(plain), step)]
    return ["".join(_spanning(line)) + parts[0], *parts[1:]]


def _spanning(line: str) -> list[str]:
    """The tags of a line that belong to other lines too: closed but not opened in it, or the reverse."""
    closed, opened = [], list[str]()
    for tag in _TAG.findall(line):
        if not tag.startswith("</"):
            opened.append(tag)
        elif opened:
            opened.pop()
        else:
            closed.append(tag)
    return [*closed, *opened]
