"""Reads the knowledge into records. What the files look like is said in knowledge/README.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from locales import LOCALES

FOLDER = Path(__file__).parent


class KnowledgeError(Exception):
    """A file of the knowledge cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Text:
    """An answer or an update in one language."""

    title: str  # also the label of its button
    body: str  # a Jinja source: dates and contacts are placeholders
    review: str  # unreviewed | approved
    version: int

    @property
    def approved(self) -> bool:
        """Whether the operator has approved these words."""
        return self.review == "approved"


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
        """The earliest ISO day, month or year that the fact was true of, for comparing as text."""
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


class Library:
    """Everything the service may say about the programme."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.facts = {
            row["id"]: Fact(row["id"], row["statement"], str(row["as_of"]), row["source"], row.get("url"))
            for row in _yaml(folder / "facts.yaml")
        }
        self.topics = {path.name: _topic(path) for path in sorted((folder / "topics").iterdir())}
        news = [_update(path) for path in (folder / "updates").iterdir()]
        self.updates = {update.id: update for update in sorted(news, key=lambda u: u.day, reverse=True)}
        self.stages: dict[str, dict[str, Stage]] = {
            locale: {key: Stage(**row) for key, row in _yaml(folder / "stages" / f"{locale}.yaml").items()}
            for locale in LOCALES
        }

    @cached_property
    def urgent(self) -> frozenset[str]:
        """The topics of danger."""
        return frozenset(topic.id for topic in self.topics.values() if topic.then == "urgent")

    def sources_of(self, topic: Topic) -> list[str]:
        """Where the facts of a topic come from, each source once, in the order of the facts."""
        return list(dict.fromkeys(self.facts[fact].source for fact in topic.facts if fact in self.facts))

    def out_of_scope(self) -> dict[str, list[str]]:
        """Questions that are not ours, by language: the engine learns from them what to leave alone."""
        return dict(_yaml(self.folder / "out_of_scope" / "questions.yaml"))


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise KnowledgeError(f"{path.relative_to(FOLDER.parent)}: {error}") from error


def _texts(folder: Path) -> dict[str, Text]:
    return {
        locale: _text(folder / f"{locale}.md") for locale in LOCALES if (folder / f"{locale}.md").exists()
    }


def _text(path: Path) -> Text:
    try:
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        fields = yaml.safe_load(front)
        return Text(fields["title"], body.strip(), fields["review"], fields["version"])
    except (ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise KnowledgeError(f"{path.parent.name}/{path.name}: {error!r}") from error


def _topic(folder: Path) -> Topic:
    fields = _yaml(folder / "topic.yaml")
    try:
        return Topic(
            id=folder.name,
            then=fields["then"],
            group=fields["group"],
            audience=fields["audience"],
            release=fields["release"],
            facts=tuple(fields.get("facts", ())),
            as_of=fields.get("as_of"),
            review_by=fields.get("review_by"),
            owner=fields["owner"],
            next=tuple(fields.get("next", ())),
            texts=_texts(folder),
            questions=_yaml(folder / "questions.yaml"),
        )
    except KeyError as error:
        raise KnowledgeError(f"topics/{folder.name}/topic.yaml lacks {error}") from error


def _update(folder: Path) -> Update:
    fields = _yaml(folder / "update.yaml")
    return Update(
        id=folder.name,
        day=fields["date"],
        release=fields["release"],
        audience=fields["audience"],
        source=fields["source"],
        facts=tuple(fields.get("facts", ())),
        texts=_texts(folder),
    )
