"""The engine, off the event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from bot.metrics import Metrics
from desk.feedback import Examples, merged
from engine import Engine, Understanding
from knowledge.library import Library

NOTHING: Examples = {}


class Thinker:
    """Understands texts in a thread of its own, one after the other.

    The engine is built there too unless it is given: buttons and letters need not wait for it.
    """

    def __init__(
        self, library: Library, metrics: Metrics, engine: Engine | None = None, added: Examples = NOTHING
    ) -> None:
        self._library = library
        self._added = added
        self._metrics = metrics
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")

    async def ready(self) -> None:
        """Wait until the engine is built. Raises what went wrong with it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._built)
        self._metrics.engine_ready()

    async def understand(self, text: str, chosen: str | None) -> Understanding:
        """What a text asks."""
        loop, began = asyncio.get_running_loop(), self._metrics.now()
        understanding = await loop.run_in_executor(self._thread, self._understand, text, chosen)
        self._metrics.understood(began)
        return understanding

    def _built(self) -> Engine:
        # Only the one thread comes here, so it is built once.
        if self._engine is None:
            self._engine = build_engine(self._library, self._added)
        return self._engine

    def _understand(self, text: str, chosen: str | None) -> Understanding:
        return self._built().understand(text, chosen)

    def close(self) -> None:
        """Stop the thread."""
        self._thread.shutdown(cancel_futures=True)


def build_engine(library: Library, added: Examples = NOTHING) -> Engine:
    """The engine of the knowledge's example questions, and of those that the team added."""
    return Engine.from_examples(
        merged({topic.id: topic.questions for topic in library.topics.values()}, added),
        urgent_topics=library.urgent,
        out_of_scope=library.out_of_scope(),
    )
