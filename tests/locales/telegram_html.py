"""What Telegram's parser of HTML takes."""

import re
from html import unescape

from locales.split import LIMIT, visible_length

TELEGRAMS_TAGS = {"b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler", "a"}
TAG = re.compile(r"<(/?)([a-z-]+)([^>]*)>")


def tags_of(html: str) -> list[str]:
    return [match[0] for match in TAG.finditer(html)]


def assert_telegram_takes(html: str) -> None:
    """Only Telegram's tags, closed in order; no bare sign of markup; neither empty nor too long."""
    opened: list[str] = []
    for slash, name, _ in TAG.findall(html):
        assert name in TELEGRAMS_TAGS
        if slash:
            assert opened
            assert opened.pop() == name
        else:
            opened.append(name)
    assert opened == []
    bare = TAG.sub("", html)
    assert "<" not in bare
    assert re.findall(r"&(?!amp;|lt;|gt;|quot;|#\d+;)", bare) == []
    assert unescape(bare).strip()
    assert visible_length(html) <= LIMIT
