"""The engine, off the event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from engine import Engine, Understanding
from knowledge.library import Library


class Thinker:
    """Understands texts in a thread of its own, one after the other."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")

    async def understand(self, text: str, chosen: str | None) -> Understanding:
        """What a text asks."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._engine.understand, text, chosen)

    def close(self) -> None:
        """Stop the thread."""
        self._thread.shutdown()


def build_engine(library: Library) -> Engine:
    """The engine of the knowledge's example questions."""
    return Engine.from_examples(
        {topic.id: topic.questions for topic in library.topics.values()},
        urgent_topics=library.urgent,
        out_of_scope=library.out_of_scope(),
    )
