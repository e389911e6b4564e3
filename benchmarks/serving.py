"""The whole service as a process that is measured.

    python -m benchmarks.serving --core 0 --api http://127.0.0.1:1234 --folder /tmp/x --engine real

With `--engine process` the engine has a process of its own, as in service; with `real` it works in a thread,
whose time can be told apart; with `fixed` every question is understood in the same way at no cost. Telegram's
limits are off unless `--limits` is given.
"""

import argparse
import time
from pathlib import Path
from typing import cast

import uvloop

from benchmarks.measured import answer_parent, pin
from bot import demo, service
from bot.building import build_engine
from engine import Candidate, Decision, Engine, Understanding
from knowledge.library import Library

FIXED = Understanding(Decision.ANSWER, "processing-time", (Candidate("processing-time", 1.0),), None)


class Timed:
    """An engine whose own processor time is counted; without one, every question means the same."""

    def __init__(self, engine: Engine | None) -> None:
        self._engine = engine
        self.seconds = 0.0
        self.whole = engine is None or engine.whole

    def understand(self, text: str, chosen: str | None, last: str | None = None) -> Understanding:
        """What the text asks."""
        if self._engine is None:
            return FIXED
        began = time.thread_time()
        try:
            return self._engine.understand(text, chosen, last)
        finally:
            self.seconds += time.thread_time() - began


async def serve(chosen: argparse.Namespace) -> None:
    """Run until the parent is gone."""
    library = Library()
    timed = Timed(build_engine(library) if chosen.engine == "real" else None)
    engine = None if chosen.engine == "process" else cast("Engine", timed)
    faster = 1 if chosen.limits else 1_000_000  # such a fast clock takes the limits away
    settings = demo.settings(chosen.api, chosen.folder)
    async with service.running(
        settings.model_copy(update={"database_url": chosen.database}),
        library,
        engine,
        monotonic=lambda: time.monotonic() * faster,
    ):
        await answer_parent(lambda: {"engine": timed.seconds}, profile=chosen.profile)


def main() -> None:
    """Read the command line and run."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.serving")
    options.add_argument("--core", type=int, required=True)
    options.add_argument("--api", required=True)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--engine", choices=("real", "fixed", "process"), default="real")
    options.add_argument("--limits", action="store_true")
    options.add_argument("--profile", default="")
    options.add_argument("--database", default="", help="its address; a file in the folder if not given")
    chosen = options.parse_args()
    if chosen.core >= 0:
        pin(chosen.core)
    uvloop.run(serve(chosen))


if __name__ == "__main__":
    main()
