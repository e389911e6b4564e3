"""Telegram's MarkdownV2 parse mode: marks to text with entities, as the Bot API reads them."""

import re
from dataclasses import dataclass

from sandbox.html import Entity, broken, units
from sandbox.links import checked_link, emoji_id

RESERVED = "_*[]()~`>#+-=|{}.!\n"
_RUN = re.compile(rf"[^\\{re.escape(RESERVED)}]+")
_CODE_RUN = re.compile(r"[^\\`]+")
_LANGUAGE = re.compile(r"[^\s`]+(?=\s)")

# What Telegram calls each kind in its errors, and where the mark of an end is longer than one sign, the mark.
_NAMES = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
    "spoiler": "Spoiler", "code": "Code", "pre": "Pre", "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji", "blockquote": "BlockQuote",
}  # fmt: skip
_MARKS = {
    "bold": "*", "italic": "_", "underline": "__", "strikethrough": "~", "spoiler": "||",
    "code": "`", "pre": "```", "text_link": "]", "custom_emoji": "]",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Open:
    kind: str
    at: int  # place of its mark in the source
    offset: int
    start: int
    language: str = ""


def parse_markdown_v2(source: str) -> tuple[str, list[Entity]]:
    """Return the text and its entities, in order of their ends.

    Raises the 400 that Telegram answers broken markup with, in its words.
    """
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text = ""
        self._units = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []
        self._quoting = False
        self._line_begins = True

    def parse(self) -> tuple[str, list[Entity]]:
        while self._at < len(self._source):
            sign = self._source[self._at]
            run = (_CODE_RUN if self._in_code() else _RUN).match(self._source, self._at)
            if run:
                self._say(run[0])
                self._line_begins = False
                self._at = run.end()
            elif sign == "\\":
                self._at += _is_escape(self._source, self._at)
                self._say(self._source[self._at])
                self._at += 1
            elif self._ends():
                self._end(sign)
            else:
                self._begin(sign)
        self._end_last_quote()
        if self._open:
            raise self._no_end(self._open[-1])
        return self._text, self._entities

    def _say(self, text: str) -> None:
        self._text += text
        self._units += units(text)
        self._line_begins = text == "\n"

    def _in_code(self) -> bool:
        return bool(self._open) and self._open[-1].kind in ("code", "pre")

    def _is_next(self, mark: str) -> bool:
        return self._source.startswith(mark, self._at)

    def _byte(self, position: int) -> int:
        return len(self._source[:position].encode())

    def _no_end(self, opened: _Open) -> Exception:
        name = "PreCode" if opened.language else _NAMES[opened.kind]
        return broken(f"Can't find end of {name} entity at byte offset {self._byte(opened.at)}")

    def _ends(self) -> bool:
        """Say whether what is next ends what was opened last, or a quotation at the end of its last line."""
        if not self._open:
            return False
        if self._quoting and self._is_next("\n"):
            return not self._is_next("\n>")
        kind = self._open[-1].kind
        if kind == "italic" and self._is_next("__"):
            return False
        return kind != "blockquote" and self._is_next(_MARKS[kind])

    def _begin(self, sign: str) -> None:
        kind, language, at = _kind_at(self._source, self._at), "", self._at
        if sign == "\n":
            self._say("\n")
            self._at += 1
            return
        if sign == ">" and self._line_begins:
            self._at += 1
            if self._quoting:
                return
            self._quoting, kind = True, "blockquote"
        elif kind == "":
            raise broken(f"Character '{sign}' is reserved and must be escaped with the preceding '\\'")
        elif kind == "custom_emoji":
            self._at += 2
        else:
            self._at += 1 if kind == "text_link" else len(_MARKS[kind])
        if kind == "pre":
            if match := _LANGUAGE.match(self._source, self._at):
                language, self._at = match[0], match.end()
            self._at += self._is_next("\n")
        self._open.append(_Open(kind, at, self._units, len(self._text), language))

    def _end(self, sign: str) -> None:
        opened, kind = self._open.pop(), ""
        if sign == "\n":
            if opened.kind != "blockquote":
                # An empty spoiler at the end of a quotation is the mark of one that can be unfolded.
                if opened.kind != "spoiler" or opened.at != self._at - 2:
                    raise self._no_end(opened)
                opened, kind = self._open.pop(), "expandable_blockquote"
                if opened.kind != "blockquote":
                    raise self._no_end(opened)
            self._quoting = False
            self._say("\n")
            self._at += 1
        else:
            self._at += len(_MARKS[opened.kind])
        more = self._arguments(opened)
        if more is not None and self._units > opened.offset:
            self._add(kind or opened.kind, opened, more)

    def _add(self, kind: str, opened: _Open, more: Entity) -> None:
        self._entities.append(
            {"type": kind, "offset": opened.offset, "length": self._units - opened.offset, **more}
        )

    def _arguments(self, opened: _Open) -> Entity | None:
        """Return what an entity has besides its place; none where its link is dropped, and it with it."""
        if opened.language:
            return {"language": opened.language}
        if opened.kind == "text_link":
            url = self._url() if self._is_next("(") else self._text[opened.start :]
            link = checked_link(url)
            return {"url": link} if link else None
        if opened.kind == "custom_emoji":
            if not self._is_next("("):
                raise broken("The entity must contain a tg://emoji or tg://time URL")
            found = emoji_id(self._url())
            if not found:
                raise broken("Invalid tg://emoji or tg://time URL specified")
            return {"custom_emoji_id": found}
        return {}

    def _url(self) -> str:
        self._at += 1
        begin, url = self._at, ""
        while self._at < len(self._source) and not self._is_next(")"):
            self._at += _is_escape(self._source, self._at)
            url += self._source[self._at]
            self._at += 1
        if not self._is_next(")"):
            raise broken(f"Can't find end of a URL at byte offset {self._byte(begin)}")
        self._at += 1
        return url

    def _end_last_quote(self) -> None:
        if not self._quoting:
            return
        kind = "blockquote"
        if self._open[-1].kind == "spoiler" and self._open[-1].at == len(self._source) - 2:
            self._open.pop()
            kind = "expandable_blockquote"
        if self._open[-1].kind == "blockquote":
            opened = self._open.pop()
            if self._units > opened.offset:
                self._add(kind, opened, {})


def _is_escape(source: str, at: int) -> bool:
    """Say whether a backslash stands here that takes the meaning of the ASCII sign after it."""
    return source[at] == "\\" and "\0" < source[at + 1 : at + 2] < "\x7f"


def _kind_at(source: str, at: int) -> str:
    """Return the kind of entity that begins here, empty for none."""
    if source.startswith("![", at):
        return "custom_emoji"
    if source.startswith("[", at):
        return "text_link"
    marks = ("pre", "underline", "spoiler", "code", "italic", "bold", "strikethrough")
    return next((kind for kind in marks if source.startswith(_MARKS[kind], at)), "")
