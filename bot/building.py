"""From the knowledge to the engine."""

import logging

from desk.feedback import Examples, merged
from engine import Encoder, EncoderError, Engine
from engine.lexical import NONE
from knowledge.library import Library

log = logging.getLogger(__name__)

NOTHING: Examples = {}


def build_engine(library: Library, added: Examples = NOTHING) -> Engine:
    """The engine of the knowledge's example questions, and of those that the team added.

    It is without its encoder where that cannot be loaded.
    """
    try:
        encoder = Encoder()
    except EncoderError as error:
        log.error("the engine only suggests and answers nothing outright: %s", error)
        encoder = None
    others = {locale: [(NONE, text) for text in texts] for locale, texts in library.out_of_scope().items()}
    for locale, rows in library.not_urgent().items():
        others[locale] += [(row["topic"] or NONE, row["text"]) for row in rows]
    return Engine.from_examples(
        merged({topic.id: topic.questions for topic in library.topics.values()}, added),
        urgent_topics=library.urgent,
        others=others,
        encoder=encoder,
    )
