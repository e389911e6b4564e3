"""Reads the knowledge into records. What the files look like is said in knowledge/README.md."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from knowledge.rules import Rules
from locales import LOCALES

FOLDER = Path(__file__).parent
SECTIONS = ("sponsor", "more")
"""What a topic's text may hold after the short answer, each under a line `## name`."""

_HEADING = re.compile(r"^##[ \t]*(.*?)[ \t]*$\n?", re.MULTILINE)


class KnowledgeError(Exception):
    """A file of the knowledge cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Text:
    """An answer or an update in one language."""

    title: str  # also the label of its button
    body: str  # the short answer; days and contacts are placeholders
    review: str  # unreviewed | approved
    version: int
    sponsor: str | None = None  # the whole short answer in words for a private sponsor
    more: str | None = None  # what stands behind a button
    recording: Path | None = None  # the short answer, spoken, for people who do not read well

    @property
    def approved(self) -> bool:
        """Whether the operator has approved these words."""
        return self.review == "approved"

    @property
    def said(self) -> tuple[str, str, str | None, str | None]:
        """All the words, for telling whether two texts are the same."""
        return self.title, self.body, self.sponsor, self.more

    @property
    def sections(self) -> dict[str, str]:
        """The parts beside the short answer, by name."""
        named = {name: getattr(self, name) for name in SECTIONS}
        return {name: words for name, words in named.items() if words is not None}

    def words(self, role: str | None) -> str:
        """The short answer in the words for this kind of person."""
        return self.sponsor if role == "sponsor" and self.sponsor is not None else self.body


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true, with where and when."""

    id: str
    statement: str
    as_of: str  # ISO date, month, year or span
    source: str
    url: str | None

    @property
    def earliest(self) -> str:
        """The earliest ISO day, month or year that the fact was true of, for comparing as text.

        Empty where its source bears no date: nobody knows then since when it is true.
        """
        if self.as_of == "undated":
            return ""
        return self.as_of.split("-")[0] if re.fullmatch(r"\d{4}-\d{4}", self.as_of) else self.as_of


@dataclass(frozen=True, slots=True)
class Topic:
    """Something people ask about, and what the service does then."""

    id: str
    then: str  # answer | answer+offer | urgent | case | updates | bot | handoff
    group: str
    audience: str
    release: str  # key | supplementary | responsive
    facts: tuple[str, ...]
    as_of: date | None
    review_by: date | None
    owner: str
    next: tuple[str, ...]
    texts: Mapping[str, Text]
    questions: Mapping[str, list[str]]

    @property
    def answers(self) -> bool:
        """Whether there is a text to send, not only something to do."""
        return any(text.body for text in self.texts.values())

    @property
    def offered(self) -> bool:
        """Whether the topic may be suggested; responsive ones only answer the direct question."""
        return self.release != "responsive"


@dataclass(frozen=True, slots=True)
class Update:
    """A dated piece of news about the programme."""

    id: str
    day: date
    release: str
    audience: str  # any, or the role it is for
    source: str
    facts: tuple[str, ...]
    texts: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a case in one language."""

    name: str
    meaning: str
    next: str
    actor: str
    approved: bool  # with the other stages of its file


class Library:
    """Everything the service may say about the programme."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.facts = _facts(folder / "facts.yaml")
        self.topics = {path.name: _topic(path) for path in sorted((folder / "topics").iterdir())}
        news = [_update(path) for path in (folder / "updates").iterdir()]
        self.updates = {update.id: update for update in sorted(news, key=lambda u: u.day, reverse=True)}
        self.stages = {locale: _stages(folder / "stages" / f"{locale}.yaml") for locale in LOCALES}

    @cached_property
    def urgent(self) -> frozenset[str]:
        """The topics of danger."""
        return frozenset(topic.id for topic in self.topics.values() if topic.then == "urgent")

    @cached_property
    def rules(self) -> Rules:
        """What words must keep to, whoever writes them."""
        return Rules(self.folder)

    def sources_of(self, topic: Topic) -> list[str]:
        """Where the facts of a topic come from, each source once, in the order of the facts."""
        return list(dict.fromkeys(self.facts[fact].source for fact in topic.facts if fact in self.facts))

    def out_of_scope(self) -> dict[str, list[str]]:
        """Questions that are not ours, by language: the engine learns from them what to leave alone."""
        return dict(_yaml(self.folder / "out_of_scope" / "questions.yaml"))

    def not_urgent(self) -> dict[str, list[dict[str, Any]]]:
        """Messages that speak of danger where there is none, by language: `text`, and the `topic` if any."""
        return dict(_yaml(self.folder / "not_urgent" / "questions.yaml"))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the file whose content is not what it should be."""
    place = f"{path.parent.name}/{path.name}"
    try:
        yield
    except KeyError as error:
        raise KnowledgeError(f"{place} lacks {error}") from error
    except (OSError, ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise KnowledgeError(f"{place}: {error}") from error


def _yaml(path: Path) -> Any:
    with _naming(path):
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # ten times faster


def _day(value: object) -> date | None:
    if value is not None and type(value) is not date:
        raise TypeError(f"a day such as 2026-11-21 is expected, not {value!r}")
    return value


def _facts(path: Path) -> dict[str, Fact]:
    rows = _yaml(path)
    with _naming(path):
        return {
            row["id"]: Fact(row["id"], row["statement"], str(row["as_of"]), row["source"], row.get("url"))
            for row in rows
        }


def _stages(path: Path) -> dict[str, Stage]:
    fields = _yaml(path)
    with _naming(path):
        approved = fields["review"] == "approved"
        return {key: Stage(**row, approved=approved) for key, row in fields["stages"].items()}


def _texts(folder: Path) -> dict[str, Text]:
    return {
        locale: _text(folder / f"{locale}.md") for locale in LOCALES if (folder / f"{locale}.md").exists()
    }


def _text(path: Path) -> Text:
    with _naming(path):
        _, front, words = path.read_text(encoding="utf-8").split("---\n", 2)
        fields = yaml.safe_load(front)
        body, *rest = _HEADING.split(words)
        sections: dict[str, str] = {}
        for name, section in zip(rest[::2], rest[1::2], strict=True):
            if name not in SECTIONS or name in sections or not section.strip():
                raise ValueError(f"the section {name!r} is unknown, empty or there twice")
            sections[name] = section.strip()
        recording = path.with_name(f"{path.stem}.v{fields['version']}.ogg")
        return Text(
            title=fields["title"],
            body=body.strip(),
            review=fields["review"],
            version=fields["version"],
            recording=recording if recording.exists() else None,
            **sections,
        )


def _topic(folder: Path) -> Topic:
    fields = _yaml(folder / "topic.yaml")
    texts, questions = _texts(folder), _yaml(folder / "questions.yaml") or {}
    with _naming(folder / "topic.yaml"):
        return Topic(
            id=folder.name,
            then=fields["then"],
            group=fields["group"],
            audience=fields["audience"],
            release=fields["release"],
            facts=tuple(fields.get("facts", ())),
            as_of=_day(fields.get("as_of")),
            review_by=_day(fields.get("review_by")),
            owner=fields["owner"],
            next=tuple(fields.get("next", ())),
            texts=texts,
            questions=questions,
        )


def _update(folder: Path) -> Update:
    fields, texts = _yaml(folder / "update.yaml"), _texts(folder)
    with _naming(folder / "update.yaml"):
        day = _day(fields["date"])
        if day is None:
            raise KeyError("date")
        return Update(
            id=folder.name,
            day=day,
            release=fields["release"],
            audience=fields["audience"],
            source=fields["source"],
            facts=tuple(fields.get("facts", ())),
            texts=texts,
        )
