"""What people say of the answers: topics that fail, questions without an answer, examples made of them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Literal

from desk.desk import Desk
from engine import Decision, Understanding, alike, fold_digits
from storage import answers
from storage import examples as kept
from storage.records import Question, Staff, Tally
from storage.transaction import Transaction

PERIOD = timedelta(days=30)  # that the figures are of
ENOUGH = 3  # people's words on a topic from which its share is told
LISTED = 10  # topics on one screen
OPENED = 500  # questions that are opened at once, the newest
WORDINGS = 3  # of a group that are shown
LONGEST_WORDING = 300  # characters of each
LONGEST_EXAMPLE = 300  # characters

Fault = Literal["number", "contact", "long", "danger", "known"]
"""Why a sentence is not kept: what it may hold of a person, its length, its meaning, or that it is there."""

Examples = Mapping[str, Mapping[str, Sequence[str]]]
"""Sentences by topic and language, as plain data."""


@dataclass(frozen=True, slots=True)
class Failing:
    """How often an answer did not help, of those that people judged."""

    topic: str
    unhelpful: int
    judged: int


# --- rules


def failing(tallies: Sequence[Tally]) -> list[Failing]:
    """The topics whose answers helped least, worst first; few verdicts say nothing."""
    judged, unhelpful = Counter[str](), Counter[str]()
    for tally in tallies:
        if tally.topic is not None and tally.helped is not None:
            judged[tally.topic] += tally.number
            unhelpful[tally.topic] += 0 if tally.helped else tally.number
    found = [
        Failing(topic, unhelpful[topic], number)
        for topic, number in judged.items()
        if number >= ENOUGH and unhelpful[topic]
    ]
    return sorted(found, key=lambda item: (-item.unhelpful / item.judged, -item.judged, item.topic))


def chosen(tallies: Sequence[Tally]) -> list[tuple[str, int]]:
    """The topics that people chose after they were asked back, and how often: the engine doubts of these."""
    counts = Counter[str]()
    for tally in tallies:
        if tally.decision == "suggest" and tally.topic is not None:
            counts[tally.topic] += tally.number
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


_NOT_WRITTEN = re.compile("[^\u200c\\S]+")
_NUMBER = re.compile(r"\d(?:[\s\-–—_.()/+]*\d){4,}")  # a year or a form's number has four digits
_CONTACT = re.compile(r"@|://|\bwww\.|\bt\.me\b", re.IGNORECASE)


def cleaned(text: str) -> str:
    """A sentence in one line, without invisible marks; the half-space of Dari and Pashto stays."""
    shown = "".join(
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in unicodedata.normalize("NFC", text)
        if character == "\u200c" or unicodedata.category(character) not in ("Cf", "Cs", "Co", "Cn")
    )
    return _NOT_WRITTEN.sub(" ", shown).strip()


def fault(text: str) -> Fault | None:
    """Why a cleaned sentence may not be kept as it stands: it would tell who somebody is, or it is too long.

    Numbers of files, telephones, documents and births have five digits or more; names only a person can see.
    """
    if _NUMBER.search(fold_digits(unicodedata.normalize("NFKC", text))):
        return "number"
    if _CONTACT.search(text):
        return "contact"
    return "long" if len(text) > LONGEST_EXAMPLE else None


def merged(shipped: Examples, added: Examples) -> dict[str, dict[str, list[str]]]:
    """The examples of the knowledge, and the team's for the topics that are still there."""
    together = {}
    for topic, by_locale in shipped.items():
        ours = added.get(topic, {})
        locales = dict.fromkeys([*by_locale, *ours])
        together[topic] = {
            locale: list(dict.fromkeys([*by_locale.get(locale, ()), *ours.get(locale, ())]))
            for locale in locales
        }
    return together


# --- figures


async def overview(desk: Desk, tx: Transaction, locales: Sequence[str], reader: str) -> list[dict[str, Any]]:
    """How the questions of the period ended, by language, as values of a template; titles for the reader."""
    tallies = await answers.tallies(tx, locales, tx.now - PERIOD)
    return [_figures(desk, locale, [t for t in tallies if t.locale == locale], reader) for locale in locales]


def _figures(desk: Desk, locale: str, tallies: Sequence[Tally], reader: str) -> dict[str, Any]:
    ends, verdicts = Counter[str](), Counter[bool]()
    for tally in tallies:
        ends[tally.decision] += tally.number
        if tally.helped is not None:
            verdicts[tally.helped] += tally.number
    title = partial(_title, desk, reader)
    return {
        "locale": locale,
        "answered": ends["answer"],
        "asked_back": ends["suggest"] + ends["unclear"],
        "handed_over": ends["handoff"],
        "helped": verdicts[True],
        "unhelpful": verdicts[False],
        "failing": [
            {"title": title(item.topic), "unhelpful": item.unhelpful, "judged": item.judged}
            for item in failing(tallies)[:LISTED]
        ],
        "chosen": [{"title": title(topic), "number": number} for topic, number in chosen(tallies)[:LISTED]],
    }


def _title(desk: Desk, reader: str, topic_id: str) -> str:
    topic = desk.library.topics.get(topic_id)
    return topic.texts[reader].title if topic else topic_id


# --- questions without an answer


async def unanswered(desk: Desk, tx: Transaction, locale: str) -> list[Question]:
    """The newest questions in a language that found no answer, as long as their words may be kept."""
    since = tx.now - desk.policy.question_life
    return await answers.unanswered(tx, [locale], since, limit=OPENED)


def grouped(desk: Desk, locale: str, questions: Sequence[Question]) -> list[list[Question]]:
    """The questions with those that are like them, biggest group first. It takes up to a second."""
    known = [text for topic in desk.library.topics.values() for text in topic.questions.get(locale, ())]
    groups = alike([question.text for question in questions], known)
    return [[questions[position] for position in group] for group in groups]


def open_group(
    tx: Transaction, member: Staff, groups: Sequence[Sequence[Question]], number: int
) -> dict[str, Any]:
    """One group for a member to read, as values of a template; that they read it goes into the audit."""
    if not groups:
        return {"group": None}
    number = min(number, len(groups) - 1)
    group = groups[number]
    tx.audit("questions.opened", actor=member.person_id, subject=group[0].id)
    wordings = list(dict.fromkeys(question.text for question in group))[:WORDINGS]
    return {
        "group": group[0].id,
        "number": number,
        "groups": len(groups),
        "count": len(group),
        "wordings": [
            text if len(text) <= LONGEST_WORDING else f"{text[:LONGEST_WORDING]}…" for text in wordings
        ],
    }


async def question(desk: Desk, tx: Transaction, member: Staff, answer_id: int) -> Question | None:
    """A question that this member may still read; None for one that has gone or is in another language."""
    since = tx.now - desk.policy.question_life
    found = await answers.unanswered(tx, member.languages, since, answer_id=answer_id)
    return found[0] if found else None


# --- examples


async def add(
    desk: Desk, tx: Transaction, member: Staff, topic: str, locale: str, text: str, meaning: Understanding
) -> int | Fault:
    """Keep a cleaned sentence as an example of a topic; its id, or why it is not kept.

    `meaning` is what the engine understands of it now: what it takes for danger must not teach it calm.
    """
    refused = fault(text)
    if refused is not None:
        return refused
    if meaning.decision is Decision.URGENT and topic not in desk.library.urgent:
        return "danger"
    shipped = (known.questions.get(locale, ()) for known in desk.library.topics.values())
    if any(text in questions for questions in shipped):
        return "known"
    example = await kept.add(tx, topic, locale, text, by=member.person_id)
    if example is None:
        return "known"
    tx.audit("example.added", actor=member.person_id, subject=example)
    return example


async def remove(tx: Transaction, member: Staff, example_id: int) -> bool:
    """Keep an example no more. False where there is none in the member's languages."""
    removed = await kept.remove(tx, example_id, member.languages)
    if removed:
        tx.audit("example.removed", actor=member.person_id, subject=example_id)
    return removed


async def examples(tx: Transaction) -> dict[str, dict[str, list[str]]]:
    """What the team has added, for the engine to learn from beside the knowledge; see `merged`."""
    found: dict[str, dict[str, list[str]]] = {}
    for example in await kept.listed(tx):
        found.setdefault(example.topic, {}).setdefault(example.locale, []).append(example.text)
    return found
