"""The examples to learn from, and the ways in which phones and hurry change them."""

import random
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from knowledge.library import Library

NONE = ""
"""The class of messages that are nobody's topic."""

LANGUAGES = ("en", "fr", "fa_AF", "ps", "fa_AF.latin", "ps.latin")

CALM = 3
"""Times that a message is shown which speaks of danger where there is none: they are few and look like it."""

_ARABIC = re.compile(r"[\u0600-\u06ff]")
_KEYS = {  # what other keyboards and hurried fingers write
    "ی": "يیے", "ې": "یي", "ۍ": "یي", "ګ": "گك", "گ": "ګك", "ک": "ك", "ه": "ةہه", "ښ": "شخ", "ځ": "زخ",
    "څ": "سچ", "ڼ": "ن", "ړ": "ر", "ټ": "ت", "ډ": "د", "ږ": "ژگ", "ئ": "ی", "آ": "ا", "ص": "س", "ث": "س",
    "ط": "ت", "ذ": "ز", "ض": "ز", "ظ": "ز", "ح": "ه", "ق": "غ", "غ": "ق", "ع": "ا",
}  # fmt: skip
_SOUNDS = {
    "q": "gh", "gh": "q", "oo": "u", "u": "o", "ee": "i", "i": "e", "w": "v", "v": "w", "kh": "x", "aa": "a",
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A message with what it means."""

    text: str
    locale: str
    topic: str
    urgent: bool
    times: int = 1  # that it is shown in one pass

    @property
    def language(self) -> str:
        """One of `LANGUAGES`: Dari and Pashto in Latin letters are languages of their own."""
        latin = self.locale in ("fa_AF", "ps") and not _ARABIC.search(self.text)
        return f"{self.locale}.latin" if latin else self.locale


def read(library: Library) -> list[Example]:
    """Return all examples of the knowledge."""
    urgent = library.urgent
    examples = [
        Example(text, locale, topic.id, topic.id in urgent)
        for topic in library.topics.values()
        for locale, texts in topic.questions.items()
        for text in texts
    ]
    for locale, texts in library.out_of_scope().items():
        examples += [Example(text, locale, NONE, urgent=False) for text in texts]
    for locale, rows in library.not_urgent().items():
        examples += [
            Example(row["text"], locale, row["topic"] or NONE, urgent=False, times=CALM) for row in rows
        ]
    return examples


def first(examples: list[Example], share: float) -> list[Example]:
    """Return the first part of each list of questions: what later writers added is left out."""
    lists: dict[tuple[str, str, bool], list[Example]] = {}
    for example in examples:
        lists.setdefault((example.topic, example.locale, example.urgent), []).append(example)
    return [example for listed in lists.values() for example in listed[: round(share * len(listed))]]


def disturb(text: str, locale: str, chance: random.Random) -> str:
    """Return the text as somebody else might have typed it: half of the time with slips, else as it is."""
    if chance.random() < 0.5:
        return text
    if locale == "fr" and chance.random() < 0.5:
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if locale in ("fa_AF", "ps"):
        share = chance.choice((0.0, 0.1, 0.5))
        text = "".join(chance.choice(_KEYS[c]) if c in _KEYS and chance.random() < share else c for c in text)
        if not _ARABIC.search(text):
            for sound, other in _SOUNDS.items():
                if sound in text and chance.random() < 0.15:
                    text = text.replace(sound, other)
    if chance.random() < 0.3:
        text = re.sub(r"[.,!?؟،'’-]", "", text)
    characters: list[Any] = list(text)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 1 + len(text) // 25)) if len(text) > 3 else 0):
        at = chance.randrange(len(characters))
        slip = chance.random()
        if slip < 0.35 and len(characters) > 4:
            del characters[at]
        elif slip < 0.6 and at + 1 < len(characters):
            characters[at], characters[at + 1] = characters[at + 1], characters[at]
        elif slip < 0.8:
            characters.insert(at, characters[at])
        else:
            characters[at] = chance.choice(characters)
    words = "".join(characters).split()
    if len(words) > 6 and chance.random() < 0.2:
        del words[chance.randrange(len(words))]
    if len(words) > 3 and chance.random() < 0.1:
        at = chance.randrange(len(words) - 1)
        words[at : at + 2] = ["".join(words[at : at + 2])]
    return " ".join(words) or text
