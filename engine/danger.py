"""Recognises danger: arrest, deportation, threats to life, stranded people, orders to leave Tajikistan.

Missing one message can cost a life, so this does not rest on likeness to examples alone. The signs are data,
``knowledge/urgent/<locale>.yaml``, which people who know the languages can read and correct:

``words``   names of groups of phrases
``signs``   topic to rules; a rule names groups that all stand in one sentence, in any order, the event last.
            Under ``clear`` nothing takes a sign back; under ``likely`` a calm phrase does.
``calm``    ``maybe`` (close to the event: "can I be arrested", "was not"), ``past`` and ``far`` (anywhere
            in the sentence: "in 2016", "from Germany"); ``now`` ("tonight") takes a ``maybe`` back.

In a phrase ``*`` stands for the rest of a word, ``..`` for up to four words between, ``(a|b)`` for either,
``x?`` for an optional
letter or blank,
``#`` for a digit. Phrases of Dari and Pashto are also sought by their consonants, which finds
them in Latin letters, unless ``=`` stands before.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from engine.fold import LONGEST, fold, skeleton, words

LOCALES = ("en", "fr", "fa_AF", "ps")
LATIN_ALSO = ("fa_AF", "ps")

SENTENCE_WORDS = 32
"""A sentence without a full stop is looked at in stretches of so many words, each half over the last."""

SHORTEST = 3
"""Words of a sentence that is looked at by itself."""

BREAK = "#" * 4
"""Stands between what was written and its skeletons."""

BONES = {"words": 4, "calm": 3}
"""Consonants that a phrase needs to be sought by them alone; fewer are met in too many other words."""

REACH = 70
"""Characters before an event in which a ``maybe`` still means it."""

AFTER = 12
"""Characters after an event in which it does: Dari and Pashto deny at the end."""

_SYNTAX = re.compile(r"(\.\.| \?|[*()|?#])")
_GAP = r"\W+(?:\w+\W+){0,4}?"
_WRITTEN = {"..": _GAP, "*": r"\w*", "(": "(?:", ")": ")", "|": "|", "?": "?", " ?": r"\W*", "#": "[0-9]"}
_PREFIX = re.compile(r"(?<!\w)(ن?می|N?M)\\W\+")
_BREAKS = re.compile(r"[\n\r]+")
_STOPS = re.compile(r"[.!?;]+")


@dataclass(frozen=True, slots=True)
class Signs:
    """What the words of a message say: the urgent topics meant, whether a calm phrase stands in it.

    ``where`` holds the folded sentences in which a sign stands.
    """

    topics: frozenset[str]
    calm: bool
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    topic: str
    groups: tuple[re.Pattern[str], ...]
    clear: bool


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The signs of one language in one script."""

    rules: tuple[_Rule, ...]
    maybe: re.Pattern[str]
    past: re.Pattern[str]
    far: re.Pattern[str]
    now: re.Pattern[str]

    def topics(self, sentence: str) -> Iterable[str]:
        """Yield the topics whose rules ``sentence`` meets."""
        past = self.past.search(sentence) or self.far.search(sentence)
        now = self.now.search(sentence)
        for rule in self.rules:
            if past and not rule.clear:
                continue
            if not all(group.search(sentence) for group in rule.groups[:-1]):
                continue
            for event in rule.groups[-1].finditer(sentence):
                near = sentence[max(0, event.start() - REACH) : event.end() + AFTER]
                if rule.clear or now or not self.maybe.search(near):
                    yield rule.topic
                    break


class Danger:
    """The signs of danger in all languages."""

    def __init__(self, sources: Mapping[str, Mapping[str, object]]) -> None:
        """Read ``sources``: locale to the content of its file. Raises KeyError on an unknown group."""
        self._lexicons = {name: _lexicon(source, name in LATIN_ALSO) for name, source in sources.items()}

    def signs(self, text: str, languages: Mapping[str, bool]) -> Signs:
        """Return what ``text`` says.

        ``languages`` are those it may be in, each with "in Latin letters that are not its own"; none: any.
        """
        topics: set[str] = set()
        where: dict[str, None] = {}
        calm = False
        for sentence in _sentences(text):
            for locale, lexicon in self._lexicons.items():
                if languages and locale not in languages:
                    continue
                form = f"{sentence} {BREAK} {_bones(sentence)}" if languages.get(locale) else sentence
                found = set(lexicon.topics(form))
                if found:
                    topics |= found
                    where[sentence] = None
                calm = calm or any(p.search(form) for p in (lexicon.maybe, lexicon.past, lexicon.far))
        return Signs(frozenset(topics), calm, tuple(where))


@cache
def shipped() -> Danger:
    """Return the signs that the knowledge ships."""
    folder = files("knowledge") / "urgent"
    return Danger(
        {name: yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8")) for name in LOCALES}
    )


def _sentences(text: str) -> Iterable[str]:
    """Yield the folded sentences of ``text``: a short cry with the next, a long one in stretches."""
    waiting: list[str] = []
    for sentence in _STOPS.split(fold(_BREAKS.sub(". ", text[:LONGEST]))):
        waiting += sentence.split()
        if len(waiting) < SHORTEST:
            continue
        for start in range(0, max(1, len(waiting) - SENTENCE_WORDS // 2), SENTENCE_WORDS // 2):
            yield " ".join(waiting[start : start + SENTENCE_WORDS])
        waiting = []
    if waiting:
        yield " ".join(waiting)


def _bones(text: str) -> str:
    """Return the skeletons of the words of ``text``, in capitals: no written phrase is met in them."""
    return " ".join(filter(None, map(skeleton, words(fold(text))))).upper()


def _lexicon(source: Mapping[str, object], by_bones: bool) -> _Lexicon:
    """Compile one file; ``by_bones``: its phrases are also sought by their consonants."""
    groups, calm = (
        {
            name: _compile(phrases, BONES[part] if by_bones else None)
            for name, phrases in _mapping(source[part]).items()
        }
        for part in ("words", "calm")
    )
    rules = tuple(
        _Rule(topic, tuple(groups[name] for name in rule.split()), clear=kind == "clear")
        for topic, kinds in _mapping(source["signs"]).items()
        for kind, listed in _mapping(kinds).items()
        for rule in listed
    )
    return _Lexicon(rules, calm["maybe"], calm["past"], calm["far"], calm["now"])


def _mapping(value: object) -> Mapping[str, list[str]]:
    """Return ``value`` as the mapping that the file format promises; TypeError otherwise."""
    if not isinstance(value, dict):
        message = f"a mapping was expected, not {value!r}"
        raise TypeError(message)
    return value


def _compile(phrases: Iterable[str], bones: int | None) -> re.Pattern[str]:
    """Return one expression that finds any of ``phrases`` as whole words.

    Where ``bones`` is a number, phrases with at least so many consonants are also sought by their skeletons.
    """
    expressions = []
    for line in phrases:
        phrase = line.removeprefix("=")
        as_written = phrase != line or phrase.isascii()
        expressions.append(_expression(phrase, fold))
        if bones is not None and not as_written:
            expressions += [
                _expression(one, _bones)
                for one in _alternatives(phrase)
                if sum(map(len, map(skeleton, words(fold(one))))) >= bones
            ]
    return re.compile(r"(?<!\w)(?:" + "|".join(expressions) + r")(?!\w)")


def _alternatives(phrase: str) -> Iterable[str]:
    """Yield ``phrase`` once for each way through its alternatives."""
    start = phrase.find("(")
    if start < 0:
        yield phrase
        return
    end = phrase.index(")", start)
    choices = phrase[start + 1 : end].split("|")
    tail = phrase[end + 1 :]
    if tail.startswith("?"):
        choices.append("")
    for rest in _alternatives(tail.removeprefix("?")):
        for choice in choices:
            yield phrase[:start] + choice + rest


def _expression(phrase: str, form: Callable[[str], str]) -> str:
    """Return the regular expression of one phrase."""
    pieces = []
    for piece in _SYNTAX.split(phrase):
        if piece in _WRITTEN:
            pieces.append(_WRITTEN[piece])
        elif piece:
            # Apostrophes are left out as often as not, and so is the blank after the Dari prefix "می".
            shaped = r"\W+".join(
                r"\W?".join(re.escape(form(part)) for part in word.split("'")) for word in piece.split()
            )
            shaped = _PREFIX.sub(r"\1\\W*", shaped)
            lead = r"\W+" if piece[0].isspace() else ""
            trail = r"\W+" if shaped and piece[-1].isspace() else ""
            pieces.append(lead + shaped + trail)
    return "".join(pieces).replace(r"\W+" + _GAP, _GAP).replace(_GAP + r"\W+", _GAP)
