"""The shipped encoder, and the shipped knowledge without it."""

import pytest

from engine import Encoder, Engine
from engine.lexical import NONE
from knowledge.library import Library


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The shipped encoder."""
    return Encoder()


@pytest.fixture(scope="session")
def shipped(engine: Engine) -> Engine:
    """The shipped engine, whole: `bot/` would go on without the encoder, these tests must not."""
    assert engine.whole
    return engine


@pytest.fixture(scope="session")
def by_words(library: Library) -> Engine:
    """The engine of the shipped knowledge as it is where the encoder cannot be loaded."""
    return Engine.from_examples(
        {topic.id: topic.questions for topic in library.topics.values()},
        urgent_topics=library.urgent,
        others={
            locale: [(NONE, text) for text in texts]
            + [(row["topic"] or NONE, row["text"]) for row in library.not_urgent()[locale]]
            for locale, texts in library.out_of_scope().items()
        },
    )
