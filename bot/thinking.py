"""The engine, off the event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from bot.metrics import Metrics
from engine import Engine, Understanding
from knowledge.library import Library


class Thinker:
    """Understands texts in a thread of its own, one after the other.

    The engine is built there too unless it is given: buttons and letters need not wait for it.
    """

    def __init__(self, library: Library, metrics: Metrics, engine: Engine | None = None) -> None:
        self._library = library
        self._metrics = metrics
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")

    async def ready(self) -> None:
        """Wait until the engine is built. Raises what went wrong with it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._built)
        self._metrics.engine_ready()

    @property
    def whole(self) -> bool | None:
        """Whether the engine answers and does not only suggest; None until it is built."""
        return None if self._engine is None else self._engine.whole

    async def understand(self, text: str, chosen: str | None, last: str | None = None) -> Understanding:
        """What a text asks; it may lean on the topic `last` answered."""
        loop, began = asyncio.get_running_loop(), self._metrics.now()
        understanding = await loop.run_in_executor(self._thread, self._understand, text, chosen, last)
        self._metrics.understood(began)
        return understanding

    def _built(self) -> Engine:
        # Only the one thread comes here, so it is built once.
        if self._engine is None:
            self._engine = build_engine(self._library)
        return self._engine

    def _understand(self, text: str, chosen: str | None, last: str | None) -> Understanding:
        return self._built().understand(text, chosen, last)

    def close(self) -> None:
        """Stop the thread."""
        self._thread.shutdown(cancel_futures=True)


def build_engine(library: Library) -> Engine:
    """The engine of the knowledge's example questions."""
    return Engine.from_examples(
        {topic.id: topic.questions for topic in library.topics.values()},
        urgent_topics=library.urgent,
        out_of_scope=library.out_of_scope(),
    )
