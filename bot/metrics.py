"""What operators measure, in Prometheus' format. docs/metrics.md says what each figure means.

No label names a person or takes a value from outside, so there is no end of series and nobody in them.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from math import nan
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder

from bot.delivery import Outcome
from bot.log import where
from storage import queues
from storage.database import Database

log = logging.getLogger(__name__)

READING = 2.0  # seconds that the database has to say what waits
LAG_EVERY = 0.5  # seconds between looks at the event loop
LANES = {0: "replies", 1: "notices", 2: "broadcasts"}
QUESTIONS = ("understood", "given_up")
HANDLED = ("done", "later", "given_up")
LETTERS = ("arrived", "later", "refused", "unreachable", "moved")
POSTS = ("200", "400", "401", "413", "503")
SHORT = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
LONG = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60)


class Metrics:
    """The figures of one running service, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._received = self._counter("updates_received", "Updates taken into the inbox.")
        self._handled = self._counter("updates_handled", "Updates handled, by outcome.", "outcome", HANDLED)
        self._handling = self._histogram("handling_seconds", "From taking an update up to its commit.", SHORT)
        self._understanding = self._histogram(
            "understanding_seconds", "From asking the engine to its answer.", SHORT
        )
        self._questions = self._counter(
            "questions", "Questions to the engine, by outcome.", "outcome", QUESTIONS
        )
        self._waiting = self._gauge("questions_waiting", "Questions that have no answer yet.")
        self._engine_seconds = self._histogram(
            "engine_seconds", "What the engine took for a question.", SHORT
        )
        self._engine_start = self._gauge("engine_start_seconds", "How long the engine's last start took.")
        self._restarts = self._counter("engine_restarts", "Engines that died and were replaced.")
        self._letters = self._counter("letters", "Tries to send a letter, by outcome.", "outcome", LETTERS)
        self._delivery = self._histogram(
            "delivery_seconds", "A try to send a letter, waiting for Telegram's limits included.", LONG
        )
        self._throttled = self._counter("throttled", "Calls that Telegram answered with 429.")
        self._unacknowledged = self._counter("acknowledgements_failed", "Buttons whose spinner went on.")
        self._posts = self._counter("webhook_posts", "Posts to the webhook, by status.", "status", POSTS)
        self._lag = self._histogram("event_loop_lag_seconds", "How late the event loop woke up.", SHORT)
        self._database_errors = self._counter("database_errors", "Units of work that the database failed.")
        self._database_up = self._gauge("database_up", "Whether the database said what waits (0 or 1).")
        self._engine_ready = self._gauge("engine_ready", "Whether questions can be understood (0 or 1).")
        self._workers = self._gauge("workers_alive", "Workers that share this database.")
        self._updates = self._gauge("inbox_waiting", "Updates that are not done.")
        self._oldest_update = self._gauge("inbox_oldest_seconds", "Age of the oldest of these.")
        self._outbox = self._gauge("outbox_waiting", "Letters that wait, by lane.", "lane", LANES.values())
        self._oldest_letter = self._gauge("outbox_oldest_seconds", "Age of the oldest letter that is due.")
        self._tickets = self._gauge("tickets_open", "Requests that are not closed.")
        self._urgent = self._gauge("tickets_urgent", "Urgent ones of these.")
        self._overdue = self._gauge("tickets_overdue", "Those of these that are past their service level.")
        self._workers.set(1)
        self._failures_seen = 0

    def _counter(self, name: str, text: str, label: str = "", values: Iterable[str] = ()) -> Counter:
        counter = Counter(f"hamrah_{name}", text, [label] if label else (), registry=self.registry)
        for value in values:  # a series that is there from the start has a rate from the first event on
            counter.labels(value)
        return counter

    def _gauge(self, name: str, text: str, label: str = "", values: Iterable[str] = ()) -> Gauge:
        gauge = Gauge(f"hamrah_{name}", text, [label] if label else (), registry=self.registry)
        for value in values:
            gauge.labels(value)
        return gauge

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"hamrah_{name}", text, buckets=buckets, registry=self.registry)

    @staticmethod
    def now() -> float:
        """The moment at which something that is timed begins, in seconds of a clock that never jumps."""
        return time.perf_counter()

    def received(self, updates: int) -> None:
        """So many updates were stored."""
        self._received.inc(updates)

    def handled(self, outcome: Literal["done", "later", "given_up"], began: float) -> None:
        """An update was tried."""
        self._handled.labels(outcome).inc()
        self._handling.observe(self.now() - began)

    @contextmanager
    def question(self) -> Iterator[None]:
        """A question waits for its answer for the length of the block."""
        with self._waiting.track_inprogress():
            yield

    def understood(self, began: float) -> None:
        """Whoever asked the engine then has the answer."""
        self._understanding.observe(self.now() - began)

    def answered(self, began: float) -> None:
        """The engine, which got a question then, has answered it."""
        self._questions.labels("understood").inc()
        self._engine_seconds.observe(self.now() - began)

    def given_up(self) -> None:
        """The engine could not answer a question."""
        self._questions.labels("given_up").inc()

    def restarted(self) -> None:
        """An engine died."""
        self._restarts.inc()

    def delivered(self, outcome: Outcome, began: float) -> None:
        """A letter was tried."""
        self._letters.labels(outcome.kind).inc()
        self._delivery.observe(self.now() - began)
        if outcome.error == "RetryAfter":
            self.throttled()

    def throttled(self) -> None:
        """Telegram has asked us to wait."""
        self._throttled.inc()

    def unacknowledged(self) -> None:
        """A pressed button could not be acknowledged."""
        self._unacknowledged.inc()

    def posted(self, status: int) -> None:
        """A post to the webhook was answered."""
        self._posts.labels(str(status)).inc()

    def engine_ready(self, began: float) -> float:
        """The engine that was started then understands questions from now on; the seconds its start took."""
        seconds = self.now() - began
        self._engine_ready.set(1)
        self._engine_start.set(seconds)
        return seconds

    def engine_gone(self) -> None:
        """From now on no question is understood."""
        self._engine_ready.set(0)

    def workers(self, alive: int) -> None:
        """So many workers share this database."""
        self._workers.set(alive)

    async def watch(self) -> None:
        """Measure how late the event loop wakes up, until cancelled."""
        while True:
            began = self.now()
            await asyncio.sleep(LAG_EVERY)
            self._lag.observe(max(0.0, self.now() - began - LAG_EVERY))

    async def page(self, database: Database, now: datetime, accept: str = "") -> tuple[bytes, str]:
        """All figures and their content type. While the database is silent its figures are no numbers."""
        waiting = await self._read(database, now)
        self._database_up.set(waiting is not None)
        for gauge, figure in (
            (self._updates, "updates"),
            (self._oldest_update, "oldest_update"),
            (self._oldest_letter, "oldest_letter"),
            (self._tickets, "tickets"),
            (self._urgent, "urgent"),
            (self._overdue, "overdue"),
        ):
            gauge.set(nan if waiting is None else getattr(waiting, figure))
        for lane, name in LANES.items():
            self._outbox.labels(name).set(nan if waiting is None else waiting.letters.get(lane, 0))
        self._database_errors.inc(database.failures - self._failures_seen)
        self._failures_seen = database.failures
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type

    @staticmethod
    async def _read(database: Database, now: datetime) -> queues.Queues | None:
        try:
            async with asyncio.timeout(READING), database.read(now) as tx:
                return await queues.read(tx)
        except Exception as error:
            log.warning("the queues cannot be measured: %s", where(error))
            return None
