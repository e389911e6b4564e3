"""From the knowledge to the engine."""

from engine import Engine
from knowledge.library import Library


def build_engine(library: Library) -> Engine:
    """The engine of the knowledge's example questions."""
    return Engine.from_examples(
        {topic.id: topic.questions for topic in library.topics.values()},
        urgent_topics=library.urgent,
        out_of_scope=library.out_of_scope(),
    )
