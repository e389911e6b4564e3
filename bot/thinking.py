"""The engine, off the event loop."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

from engine import Engine, Understanding
from knowledge.library import Library


class Thinker:
    """Understands texts in a thread of its own, one after the other.

    The engine is built there too unless it is given: buttons and letters need not wait for it. A build
    cannot be cut off, so it begins only with `start`: a program that is stopped before need not wait for it.
    """

    def __init__(self, library: Library, engine: Engine | None = None) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._build = lambda: engine or build_engine(library)
        self._building: Future[Engine] = Future()

    def start(self) -> None:
        """Begin to build the engine."""
        self._building = self._thread.submit(self._build)

    async def ready(self) -> None:
        """Wait until the engine is built. Raises what went wrong with it."""
        await asyncio.wrap_future(self._building)

    async def understand(self, text: str, chosen: str | None) -> Understanding:
        """What a text asks."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._understand, text, chosen)

    def _understand(self, text: str, chosen: str | None) -> Understanding:
        return self._building.result().understand(text, chosen)

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
