"""The engine, off the event loop."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from bot.metrics import Metrics
from engine import Encoder, EncoderError, Engine, Understanding
from engine.lexical import NONE
from knowledge.library import Library

log = logging.getLogger(__name__)


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

    async def understand(self, text: str, chosen: str | None) -> Understanding:
        """What a text asks."""
        loop, began = asyncio.get_running_loop(), self._metrics.now()
        understanding = await loop.run_in_executor(self._thread, self._understand, text, chosen)
        self._metrics.understood(began)
        return understanding

    def _built(self) -> Engine:
        # Only the one thread comes here, so it is built once.
        if self._engine is None:
            self._engine = build_engine(self._library)
        return self._engine

    def _understand(self, text: str, chosen: str | None) -> Understanding:
        return self._built().understand(text, chosen)

    def close(self) -> None:
        """Stop the thread."""
        self._thread.shutdown(cancel_futures=True)


def build_engine(library: Library) -> Engine:
    """The engine of the knowledge's example questions; without its encoder where that cannot be loaded."""
    try:
        encoder = Encoder()
    except EncoderError as error:
        log.error("the engine only suggests and answers nothing outright: %s", error)
        encoder = None
    others = {locale: [(NONE, text) for text in texts] for locale, texts in library.out_of_scope().items()}
    for locale, rows in library.not_urgent().items():
        others[locale] += [(row["topic"] or NONE, row["text"]) for row in rows]
    return Engine.from_examples(
        {topic.id: topic.questions for topic in library.topics.values()},
        urgent_topics=library.urgent,
        others=others,
        encoder=encoder,
    )
