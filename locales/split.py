"""Cutting a long message into pieces that Telegram takes."""

import html
import re

LIMIT = 4096
"""UTF-16 units of one message's visible text."""

_TAG = re.compile(r"<[^>]*>")


def visible_length(text: str) -> int:
    """How long Telegram finds an HTML text: without tags, in UTF-16 units."""
    return len(html.unescape(_TAG.sub("", text)).encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Pieces of an HTML text, cut between lines; a line too long alone is cut inside, without its tags.

    Tags never span lines in our templates, except a blockquote that is far below the limit.
    """
    if visible_length(text) <= limit:
        return [text]
    pieces: list[str] = []
    current = ""
    for line in text.split("\n"):
        for part in _fitting(line, limit):
            longer = f"{current}\n{part}" if current else part
            if visible_length(longer) <= limit:
                current = longer
            else:
                pieces.append(current)
                current = part
    return [piece for piece in [*pieces, current] if piece.strip()]


def _fitting(line: str, limit: int) -> list[str]:
    if visible_length(line) <= limit:
        return [line]
    plain = html.unescape(_TAG.sub("", line))
    step = limit // 2  # characters outside the basic plane count twice
    return [html.escape(plain[start : start + step], quote=False) for start in range(0, len(plain), step)]
