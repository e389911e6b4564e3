"""`hamrah knowledge check`: what must hold of every text before it can be approved."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from engine.fold import fold
from knowledge import recording
from knowledge.library import Library, Text, Topic, Update
from knowledge.rules import LONGEST_BODY, LONGEST_MORE, LONGEST_TITLE, Fault, Rules, placeholders
from locales import LOCALES, RIGHT_TO_LEFT

LONGEST_UPDATE = 600
LONGEST_UPDATE_TITLE = 60
LONGEST_RECORDING = 180  # seconds
BIGGEST_RECORDING = 300_000  # bytes
FEWEST_QUESTIONS = 15
FEWEST_LATIN = 4  # of them, in Dari and Pashto
SAME_WORDS = 0.5
"""Two topics that share so much of the words of their examples cannot be told apart; usual is below 0.25."""

FAULTS = {
    "placeholder": "its placeholders cannot be filled in: {found}",
    "long": "{found} characters; {wanted} are allowed",
    "bare": "{found} stands bare in right-to-left text",
    "iranian": "«{found}» is Iranian; Dari says «{wanted}»",
}

_ARABIC = re.compile(r"[\u0600-\u06ff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (or, as a warning, due) and where."""

    place: str
    text: str
    warning: bool = False


def check(library: Library, today: date) -> list[Finding]:
    """Everything that is wrong with the knowledge on a given day, errors first."""
    findings: list[Finding] = []
    for topic in library.topics.values():
        place = f"topics/{topic.id}"
        findings += _topic(library, topic, today)
        findings += _texts(library.rules, place, topic.texts, LONGEST_TITLE, LONGEST_BODY)
        findings += _recordings(library, topic)
    for update in library.updates.values():
        place = f"updates/{update.id}"
        findings += _update(library, update, today)
        findings += _texts(library.rules, place, update.texts, LONGEST_UPDATE_TITLE, LONGEST_UPDATE)
    findings += _questions(library)
    findings += _told_apart(library)
    findings += _stages(library)
    return sorted(findings, key=lambda finding: finding.warning)


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
    place = f"updates/{update.id}"
    for fact in update.facts:
        if fact not in library.facts:
            yield Finding(place, f"unknown fact {fact}")
    if update.day > today:
        yield Finding(place, "dated in the future")
    if any(text.sections for text in update.texts.values()):
        yield Finding(place, "an update has no sections")


def _texts(
    rules: Rules, place: str, texts: Mapping[str, Text], longest_title: int, longest: int
) -> Iterator[Finding]:
    for locale in LOCALES:
        if locale not in texts:
            yield Finding(place, f"{locale} is missing")
    english = texts.get("en")
    for locale, text in texts.items():
        where = f"{place}/{locale}.md"
        if len(text.title) > longest_title:
            yield Finding(where, "the title is too long for a button")
        yield from (_finding(where, fault) for fault in rules.iranian(locale, text.title))
        yield from (_finding(where, fault) for fault in rules.faults(locale, text.body, longest))
        for name, words in text.sections.items():
            allowed = LONGEST_MORE if name == "more" else longest
            yield from (
                _finding(f"{where} ## {name}", fault) for fault in rules.faults(locale, words, allowed)
            )
        if english is not None:
            yield from _like_the_english(where, text, english)


def _like_the_english(where: str, text: Text, english: Text) -> Iterator[Finding]:
    if bool(text.body) != bool(english.body):
        yield Finding(where, "the body is empty here only")
    if placeholders(text.body) != placeholders(english.body):
        yield Finding(where, "its placeholders differ from the English")
    if text.sections.keys() != english.sections.keys():
        yield Finding(where, "its sections differ from the English")
    for name in text.sections.keys() & english.sections.keys():
        if placeholders(text.sections[name]) != placeholders(english.sections[name]):
            yield Finding(f"{where} ## {name}", "its placeholders differ from the English")


def _finding(where: str, fault: Fault) -> Finding:
    return Finding(where, FAULTS[fault.rule].format(found=fault.found, wanted=fault.wanted))


def _recordings(library: Library, topic: Topic) -> Iterator[Finding]:
    known = {text.recording for text in topic.texts.values()}
    for path in sorted((library.folder / "topics" / topic.id).glob("*.ogg")):
        place = f"topics/{topic.id}/{path.name}"
        seconds = recording.seconds(path)
        if path not in known:
            yield Finding(place, "no text has this language and version")
        if seconds is None:
            yield Finding(place, "not OGG Opus")
        elif seconds > LONGEST_RECORDING:
            yield Finding(place, f"{seconds:.0f} seconds; {LONGEST_RECORDING} are allowed")
        if path.stat().st_size > BIGGEST_RECORDING:
            yield Finding(place, f"{path.stat().st_size} bytes; {BIGGEST_RECORDING} are allowed")


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


def _told_apart(library: Library) -> Iterator[Finding]:
    """Topics whose examples are nearly the same words: shared words, measured by all words of the two."""
    for locale in LOCALES:
        words = {
            topic.id: {
                word for question in topic.questions.get(locale, []) for word in fold(question).split()
            }
            for topic in library.topics.values()
        }
        for one, other in combinations(words, 2):
            shared, both = words[one] & words[other], words[one] | words[other]
            if len(shared) > SAME_WORDS * len(both):
                yield Finding(
                    "topics", f"{locale}: the examples of {one} and {other} are nearly the same words"
                )


def _stages(library: Library) -> Iterator[Finding]:
    for locale in LOCALES:
        if list(library.stages[locale]) != list(library.stages["en"]):
            yield Finding(f"stages/{locale}.yaml", "its stages differ from the English")
    for key, stage in library.stages["fa_AF"].items():
        text = "\n".join([stage.name, stage.meaning, stage.next, stage.actor])
        for fault in library.rules.iranian("fa_AF", text):
            yield _finding(f"stages/fa_AF.yaml: {key}", fault)
