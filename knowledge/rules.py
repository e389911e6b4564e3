"""The rules that words must keep before anybody may approve them: in the files and in the chat alike."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from locales import RIGHT_TO_LEFT
from locales.bidi import isolate_runs, unisolated_runs
from locales.render import Renderer
from locales.split import visible_length
from locales.words import PUBLISHED

LONGEST_BODY = 700  # characters that are seen, in every language
LONGEST_MORE = 2500
LONGEST_TITLE = 34
SAMPLE_CONTACTS = {place: f"+00 000 000 00{number:02}" for number, place in enumerate(PUBLISHED, 1)}

_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that some words break."""

    rule: str  # placeholder | long | bare | iranian
    found: str  # what breaks it: the placeholder, the length, the bare run, the word
    wanted: str = ""  # the length that is allowed, or what Dari says instead


class Rules:
    """The rules, read once."""

    def __init__(self, folder: Path) -> None:
        self._avoid = _words_to_avoid(folder / "dari-avoid.tsv")
        self._renderer = Renderer({"name": "", "kind": "organisation", "privacy": ""}, SAMPLE_CONTACTS)

    def faults(self, locale: str, words: str, longest: int) -> Iterator[Fault]:
        """What is wrong with the words of an answer or a part of it."""
        try:
            shown = self._renderer.approved(locale, words)
        except ValueError as error:
            yield Fault("placeholder", str(error))
            return
        length = visible_length(shown)
        if length > longest:
            yield Fault("long", str(length), str(longest))
        if locale in RIGHT_TO_LEFT:
            yield from (Fault("bare", run) for run in unisolated_runs(isolate_runs(shown)))
        yield from self.iranian(locale, words)

    def iranian(self, locale: str, words: str) -> Iterator[Fault]:
        """The words that Iran says and Kabul does not."""
        for word, use in self._avoid.items() if locale == "fa_AF" else ():
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", words):
                yield Fault("iranian", word, use)


def cleaned(words: str) -> str:
    """Words that somebody copied out of a message, without the invisible marks that it was shown with."""
    return _MARKS.sub("", words).strip()


def placeholders(words: str) -> list[str]:
    """What words leave to be filled in: days and contacts, in one order for every language."""
    return sorted(_PLACEHOLDER.findall(words))


def contacts(words: str) -> set[str]:
    """The contacts that words name."""
    return {placeholder for placeholder in placeholders(words) if placeholder.startswith("contacts.")}


def _words_to_avoid(path: Path) -> dict[str, str]:
    """Iranian words, each with what Dari says instead."""
    words = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        _, use, avoid = line.split("\t")
        words.update({word.strip(): use for word in avoid.split("،")})
    return words
