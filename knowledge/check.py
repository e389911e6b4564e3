"""`hamrah knowledge check`: what must hold of every text before it can be approved."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import TemplateError

from engine.fold import fold
from knowledge.library import Library, Text, Topic, Update
from locales import LOCALES, RIGHT_TO_LEFT
from locales.bidi import isolate_runs, unisolated_runs
from locales.render import Renderer
from locales.split import visible_length

LONGEST_BODY = 700  # characters, in every language
LONGEST_UPDATE = 600
LONGEST_TITLE = 34
FEWEST_QUESTIONS = 15
FEWEST_LATIN = 4  # of them, in Dari and Pashto
SAMPLE_CONTACTS = {
    "pakistan": "+00 000 000 0001",
    "tajikistan": "+00 000 000 0002",
    "elsewhere": "+00 000 000 0003",
}

_PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_ARABIC = re.compile(r"[\u0600-\u06ff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (or, as a warning, due) and where."""

    place: str
    text: str
    warning: bool = False


def check(library: Library, today: date) -> list[Finding]:
    """Everything that is wrong with the knowledge on a given day, errors first."""
    avoid = _words_to_avoid(library.folder / "dari-avoid.tsv")
    renderer = Renderer({"name": "", "kind": "organisation", "privacy": ""}, SAMPLE_CONTACTS)
    findings: list[Finding] = []
    for topic in library.topics.values():
        findings += _topic(library, topic, today)
        findings += _texts(f"topics/{topic.id}", topic.texts, LONGEST_BODY, avoid, renderer)
    for update in library.updates.values():
        findings += _update(library, update, today)
        findings += _texts(f"updates/{update.id}", update.texts, LONGEST_UPDATE, avoid, renderer)
    findings += _questions(library)
    findings += _stages(library, avoid)
    return sorted(findings, key=lambda finding: finding.warning)


def _words_to_avoid(path: Path) -> dict[str, str]:
    """Iranian words, each with what Dari says instead."""
    words = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        _, use, avoid = line.split("\t")
        words.update({word.strip(): use for word in avoid.split("،")})
    return words


def _topic(library: Library, topic: Topic, today: date) -> Iterator[Finding]:
    place = f"topics/{topic.id}"
    for fact in topic.facts:
        if fact not in library.facts:
            yield Finding(place, f"unknown fact {fact}")
        elif topic.as_of and library.facts[fact].earliest > topic.as_of.isoformat():
            yield Finding(place, f"fact {fact} is newer than the answer")
    for other in topic.next:
        if other not in library.topics:
            yield Finding(place, f"unknown follow-up {other}")
    if topic.answers and not (topic.facts and topic.as_of):
        yield Finding(place, "an answer needs facts and an as-of date")
    if topic.review_by and topic.review_by < today:
        yield Finding(place, f"the review was due on {topic.review_by}", warning=True)


def _update(library: Library, update: Update, today: date) -> Iterator[Finding]:
    for fact in update.facts:
        if fact not in library.facts:
            yield Finding(f"updates/{update.id}", f"unknown fact {fact}")
    if update.day > today:
        yield Finding(f"updates/{update.id}", "dated in the future")


def _texts(
    place: str, texts: Mapping[str, Text], longest: int, avoid: dict[str, str], renderer: Renderer
) -> Iterator[Finding]:
    for locale in LOCALES:
        if locale not in texts:
            yield Finding(place, f"{locale} is missing")
    placeholders = {locale: sorted(_PLACEHOLDER.findall(text.body)) for locale, text in texts.items()}
    for locale, text in texts.items():
        where = f"{place}/{locale}.md"
        if placeholders[locale] != placeholders.get("en"):
            yield Finding(where, "its placeholders differ from the English")
        if bool(text.body) != bool(texts["en"].body if "en" in texts else text.body):
            yield Finding(where, "the body is empty here only")
        try:
            shown = renderer.approved(locale, text.body)
        except (TemplateError, ValueError) as error:
            yield Finding(where, f"its placeholders cannot be filled in: {error}")
            continue
        length = visible_length(shown)
        if length > longest:
            yield Finding(where, f"{length} characters; {longest} are allowed")
        if len(text.title) > (LONGEST_TITLE if place.startswith("topics") else 60):
            yield Finding(where, "the title is too long for a button")
        if locale in RIGHT_TO_LEFT and unisolated_runs(isolate_runs(shown)):
            yield Finding(where, "a number or Latin word stands bare in right-to-left text")
        if locale == "fa_AF":
            yield from _iranian(where, f"{text.title}\n{text.body}", avoid)


def _iranian(where: str, text: str, avoid: dict[str, str]) -> Iterator[Finding]:
    for word, use in avoid.items():
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text):
            yield Finding(where, f"«{word}» is Iranian; Dari says «{use}»")


def _questions(library: Library) -> Iterator[Finding]:
    homes: dict[str, set[str]] = defaultdict(set)
    for topic in library.topics.values():
        for locale in LOCALES:
            questions = topic.questions.get(locale, [])
            place = f"topics/{topic.id}/questions.yaml"
            if len(questions) < FEWEST_QUESTIONS:
                yield Finding(place, f"{locale}: {len(questions)} questions; {FEWEST_QUESTIONS} are needed")
            latin = sum(not _ARABIC.search(question) for question in questions)
            if locale in RIGHT_TO_LEFT and latin < FEWEST_LATIN:
                yield Finding(place, f"{locale}: {latin} in Latin script; {FEWEST_LATIN} are needed")
            for question in questions:
                homes[fold(question)].add(topic.id)
    for question, topics in homes.items():
        if len(topics) > 1:
            yield Finding("topics", f"the same question in {', '.join(sorted(topics))}: {question}")


def _stages(library: Library, avoid: dict[str, str]) -> Iterator[Finding]:
    for locale in LOCALES:
        if list(library.stages[locale]) != list(library.stages["en"]):
            yield Finding(f"stages/{locale}.yaml", "its stages differ from the English")
    for key, stage in library.stages["fa_AF"].items():
        text = "\n".join([stage.name, stage.meaning, stage.next, stage.actor])
        yield from _iranian(f"stages/fa_AF.yaml: {key}", text, avoid)
