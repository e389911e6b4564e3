"""Telegram's HTML parse mode: HTML to text with entities, as the Bot API reads it."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.links import checked_link, is_emoji_id
from sandbox.refusals import Refusal, bad_request

Entity = dict[str, Any]

STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
"""Tags whose entity needs nothing but its place."""
TAGS = frozenset(STYLES) | {"a", "tg-emoji", "pre", "code", "blockquote"}

_RUN = re.compile(r"[^<&]+")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot)(?![a-zA-Z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_HALF = re.compile("[\ud800-\udfff]")
_TAG_NAME = re.compile(r"[^\s>]*")
_SPACE = re.compile(r"\s*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*")
_TOKEN = re.compile(r"[a-zA-Z0-9.\-]*")


def units(text: str) -> int:
    """Return the length of a text in UTF-16 code units, which is how Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Return the text and its entities, in order of their ends.

    Raises the 400 that Telegram answers broken HTML with, in its words.
    """
    return _Parser(source).parse()


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text = ""
        self._units = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self._at < len(self._source):
            if run := _RUN.match(self._source, self._at):
                self._at = run.end()
                self._say(run[0])
            elif self._source[self._at] == "&":
                self._say(self._reference() or self._next())
            elif self._source.startswith("</", self._at):
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise broken(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        if _HALF.search(self._text):
            raise broken(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return self._text, self._entities

    def _say(self, text: str) -> None:
        self._text += text
        self._units += units(text)

    def _next(self) -> str:
        self._at += 1
        return self._source[self._at - 1 : self._at]

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._source, self._at)
        text = match[0] if match else ""
        self._at += len(text)
        return text

    def _reference(self) -> str:
        match = _REFERENCE.match(self._source, self._at)
        if match is None:
            return ""
        hexadecimal, decimal, name = match.groups()
        code = ord(_NAMED[name]) if name else int(hexadecimal or decimal, 16 if hexadecimal else 10)
        if not 0 < code < 0x10FFFF:
            return ""
        self._at = match.end()
        return chr(code)

    def _byte(self, position: int) -> str:
        return f"at byte offset {len(self._source[:position].encode())}"

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        tag = self._skip(_TAG_NAME).lower()
        if self._at >= len(self._source):
            raise broken(f"Unclosed start tag {self._byte(begin)}")
        if tag not in TAGS:
            raise broken(f'Unsupported start tag "{tag}" {self._byte(begin)}')
        argument = ""
        while True:
            self._skip(_SPACE)
            if self._source.startswith(">", self._at):
                break
            name, value = self._attribute(tag, begin)
            argument = _argument(tag, name, value) or argument
        if tag == "span" and argument != "spoiler":
            raise broken(f'Tag "span" must have class "tg-spoiler" {self._byte(begin)}')
        self._at += 1
        self._open.append(_Open(tag, argument, self._units, len(self._text)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._skip(_ATTRIBUTE_NAME)
        if not name:
            raise broken(f'Empty attribute name in the tag "{tag}" {self._byte(begin)}')
        self._skip(_SPACE)
        unclosed = broken(f'Unclosed start tag "{tag}" {self._byte(begin)}')
        if self._at >= len(self._source):
            raise unclosed
        if not self._source.startswith("=", self._at):
            return name, ""
        self._at += 1
        self._skip(_SPACE)
        if self._at >= len(self._source):
            raise unclosed
        value_begin = self._at
        if self._source[self._at] in "'\"":
            value = self._literal(self._next())
        else:
            value = self._skip(_TOKEN).lower()
            if self._at < len(self._source) and not re.match(r"[\s>]", self._source[self._at]):
                raise broken(f"Unexpected end of name token {self._byte(value_begin)}")
        if self._at >= len(self._source):
            raise broken(f"Unclosed start tag {self._byte(begin)}")
        return name, value

    def _literal(self, quote: str) -> str:
        value = ""
        while self._at < len(self._source) and self._source[self._at] != quote:
            value += (self._reference() if self._source[self._at] == "&" else "") or self._next()
        self._at += 1
        return value

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise broken(f"Unexpected end tag {self._byte(begin)}")
        self._at += 2
        found = self._skip(_TAG_NAME)
        self._skip(_SPACE)
        if not self._source.startswith(">", self._at):
            raise broken(f"Unclosed end tag {self._byte(begin)}")
        self._at += 1
        opened = self._open.pop()
        if found and found.lower() != opened.tag:
            raise broken(
                f'Unmatched end tag {self._byte(begin)}, expected "</{opened.tag}>", found "</{found}>"'
            )
        if self._units > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        place = {"offset": opened.offset, "length": self._units - opened.offset}
        last = self._entities[-1] if self._entities else {}
        same_place = all(last.get(key) == value for key, value in place.items())
        if opened.tag in STYLES:
            self._entities.append({"type": STYLES[opened.tag], **place})
        elif opened.tag == "a":
            url = opened.argument or self._text[opened.start :]
            if link := checked_link(url):
                self._entities.append({"type": "text_link", **place, "url": link})
        elif opened.tag == "tg-emoji":
            if not is_emoji_id(opened.argument):
                raise broken("Invalid custom emoji identifier specified")
            self._entities.append({"type": "custom_emoji", **place, "custom_emoji_id": opened.argument})
        elif opened.tag == "blockquote":
            kind = "expandable_blockquote" if opened.argument else "blockquote"
            self._entities.append({"type": kind, **place})
        elif opened.tag == "pre" and last.get("type") == "code" and same_place:
            last["type"] = "pre"
        elif opened.tag == "code" and opened.argument:
            # Only <pre> around it gives the language a meaning; `parse_mode` drops it elsewhere.
            self._entities.append({"type": "code", **place, "language": opened.argument})
        else:
            self._entities.append({"type": opened.tag, **place})


def _argument(tag: str, name: str, value: str) -> str:
    """Return what an attribute means for its tag, empty for nothing."""
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case ("code", "class") if value.startswith("language-"):
            return value.removeprefix("language-")
        case ("span", "class") if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case ("blockquote", "expandable"):
            return "1"
    return ""


def broken(reason: str) -> Refusal:
    """Return the 400 for markup that cannot be read."""
    return bad_request(f"can't parse entities: {reason}")
