"""The engine, off the event loop: in a process of its own, or in a thread where a test brings one along."""

import asyncio
import json
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.building import NOTHING
from bot.engine_process import read
from bot.log import where
from bot.metrics import Metrics
from desk.feedback import Examples
from engine import Decision, Engine, Understanding

log = logging.getLogger(__name__)

HOUSE = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "bot.engine_process")
LONGEST = 10.0  # seconds that a question may take, from the moment the engine has it
START = 120.0  # seconds that the engine may take to be built; in calm times it takes four
ENDING = 1.0  # seconds that a process which closed its pipe has to end by itself; then it is killed
TRIES = 2  # engines that are asked the same question
PAUSE, LONGEST_PAUSE = 0.1, 30.0  # seconds before the next start; each death in a row doubles them
LINE = 2**20  # bytes of one answer
STARTS = 5  # deaths in a row before questions no longer wait for an engine that does not come up

UNKNOWN = Understanding(Decision.HANDOFF, None, (), None)
"""What no engine could understand: the person is asked back, then the team gets it."""


class EngineDied(Exception):
    """The engine's process has ended, or must end; the message says why and quotes nobody."""


@dataclass(slots=True, eq=False)
class Question:
    """What somebody waits to have understood."""

    asked: list[Any]  # what the engine is called with
    answer: asyncio.Future[Understanding]
    tries: int = 0


class EngineProcess:
    """Understands texts in a process of its own, one after the other.

    The process may die at any moment, of any text: a new one is started and is asked again. A question that
    has ended two of them is answered with `UNKNOWN`. Who asks before the engine is ready waits; how many may
    wait is for them to decide (`bot/handling.py`).
    """

    def __init__(
        self,
        metrics: Metrics,
        command: Sequence[str] = COMMAND,
        *,
        added: Examples = NOTHING,
        longest: float = LONGEST,
    ) -> None:
        """`added` are examples of the team, which the engine learns besides those of the knowledge."""
        self.whole: bool | None = None  # whether the engine has its encoder; None until it is known
        self._metrics = metrics
        self._added = json.dumps(added).encode("ascii") + b"\n"
        self._command = command
        self._longest = longest
        self._questions: deque[Question] = deque()  # the first one is, or is about to be, in the engine
        self._news = asyncio.Event()  # a question has come, or the process has ended
        self._ready = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None
        self._closed = False

    async def ready(self) -> None:
        """Start the engine, and wait until it is ready. From now on it is kept alive."""
        self._serving = asyncio.create_task(self._serve())
        await self._ready.wait()

    async def understand(self, text: str, chosen: str | None, last: str | None = None) -> Understanding:
        """What a text asks. Raises CancelledError when the service stops meanwhile."""
        began, answer = self._metrics.now(), asyncio.get_running_loop().create_future()
        if self._closed:
            answer.cancel()
        self._questions.append(Question([text, chosen, last], answer))
        self._news.set()
        with self._metrics.question():
            understanding: Understanding = await answer
        self._metrics.understood(began)
        return understanding

    async def close(self) -> None:
        """End the engine; who still waits for an answer is cancelled, having changed nothing yet."""
        self._closed = True
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait([self._serving])
        for question in self._questions:
            question.answer.cancel()

    async def _serve(self) -> None:
        deaths = 0
        while True:
            try:
                async with self._started() as process:
                    while True:
                        await self._ask(process, await self._next(process))
                        deaths = 0
            except Exception as error:
                deaths += 1
                await self._mourn(error, deaths)

    @asynccontextmanager
    async def _started(self) -> AsyncIterator[Process]:
        """An engine that is ready; it ends with the block. Raises EngineDied or OSError."""
        began = self._metrics.now()
        self._ready.clear()
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            limit=LINE,
            cwd=HOUSE,  # so that it runs the code that we run
            env={name: value for name, value in os.environ.items() if not name.startswith("HAMRAH_")},
            start_new_session=True,  # Ctrl-C is for us; we end it when nobody needs it any more
        )
        ended = asyncio.create_task(process.wait())
        ended.add_done_callback(lambda _: self._news.set())
        try:
            self.whole = (await _heard(process, START, self._added))["whole"]
            seconds = self._metrics.engine_ready(began)
            self._ready.set()
            log.info("the engine is ready after %.1f s", seconds)
            yield process
        finally:
            self._metrics.engine_gone()
            with suppress(ProcessLookupError):
                process.kill()
            await ended
            if process.stdin is not None:
                process.stdin.close()

    async def _next(self, process: Process) -> Question:
        """The next question, while the engine lives. Raises EngineDied."""
        while True:
            self._news.clear()
            if process.returncode is not None:
                raise EngineDied(_exit(process))
            while self._questions:
                if not self._questions[0].answer.done():
                    return self._questions[0]
                self._questions.popleft()  # nobody waits for it any more
            await self._news.wait()

    async def _ask(self, process: Process, question: Question) -> None:
        """Have a question answered. Raises EngineDied, or whatever a garbled answer leads to."""
        began = self._metrics.now()
        question.tries += 1
        line = json.dumps({"asked": question.asked}).encode("ascii") + b"\n"
        said = await _heard(process, self._longest, line)
        if "failed" in said:
            log.error("the engine failed at a question: %s", said["failed"])
            self._give_up()
            return
        understanding = read(said["understood"])
        self._questions.popleft()
        self._metrics.answered(began)
        if not question.answer.done():
            question.answer.set_result(understanding)

    async def _mourn(self, error: Exception, deaths: int) -> None:
        """Say that the engine died, and rest before the next start."""
        pause = min(PAUSE * 2.0 ** min(deaths - 1, 10), LONGEST_PAUSE)
        reason = str(error) if isinstance(error, EngineDied) else where(error)
        log.warning("the engine died (%s); a new one starts in %.1f s", reason, pause)
        self._metrics.restarted()
        if self._questions and self._questions[0].tries >= TRIES:
            log.error("a question has ended %d engines; the team gets it", TRIES)
            self._give_up()
        hopeless = deaths >= STARTS and not self._ready.is_set()
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                while True:
                    while hopeless and self._questions:
                        self._give_up()
                    self._news.clear()
                    await self._news.wait()

    def _give_up(self) -> None:
        """Answer the first question with `UNKNOWN`."""
        answer = self._questions.popleft().answer
        self._metrics.given_up()
        if not answer.done():
            answer.set_result(UNKNOWN)


async def _heard(process: Process, seconds: float, line: bytes = b"") -> dict[str, Any]:
    """What the process says to a line within so many seconds. Raises EngineDied."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process was started without pipes")
    try:
        async with asyncio.timeout(seconds):
            process.stdin.write(line)
            await process.stdin.drain()
            answer = await process.stdout.readline()
    except TimeoutError:
        raise EngineDied(f"no word for {seconds:g} s") from None
    except ConnectionError:
        answer = b""
    if not answer:
        # It is ending by itself: killed now, its exit code could be lost to asyncio, which waits for it.
        try:
            async with asyncio.timeout(ENDING):
                await process.wait()
        except TimeoutError:
            raise EngineDied("it closed its pipe") from None
        raise EngineDied(_exit(process))
    said: dict[str, Any] = json.loads(answer)
    if "ended" in said:
        raise EngineDied(said["ended"])
    return said


def _exit(process: Process) -> str:
    return f"exit code {process.returncode}"


class EngineThread:
    """Understands texts in a thread of our own process, with an engine that is there already."""

    def __init__(self, metrics: Metrics, engine: Engine) -> None:
        self._metrics = metrics
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")

    @property
    def whole(self) -> bool | None:
        """Whether the engine has its encoder now."""
        return self._engine.whole

    async def ready(self) -> None:
        """Nothing is to be waited for."""
        self._metrics.engine_ready(self._metrics.now())

    async def understand(self, text: str, chosen: str | None, last: str | None = None) -> Understanding:
        """What a text asks. Raises what the engine raises."""
        loop, began = asyncio.get_running_loop(), self._metrics.now()
        with self._metrics.question():
            understanding = await loop.run_in_executor(
                self._thread, self._engine.understand, text, chosen, last
            )
        self._metrics.understood(began)
        return understanding

    async def close(self) -> None:
        """Stop the thread, after what it has in hand."""
        self._thread.shutdown(cancel_futures=True)


Thinker = EngineProcess | EngineThread
