"""`python -m tests.bot.odd_engine`: the engine's process, with an engine that does what it is told.

It takes long, breaks, ends itself, eats memory, prints. The rest is as in `bot/engine_process.py`.
"""

import os
import signal
import sys
import time
from typing import cast

from bot import engine_process
from desk.feedback import Examples
from engine import Candidate, Decision, Engine, Understanding


class OddEngine:
    """Understands "sleep 3", "die", "break", "eat" and "print canary"; anything else is echoed as a topic."""

    whole = False

    def understand(self, text: str, chosen: str | None = None, last: str | None = None) -> Understanding:
        word, _, rest = text.partition(" ")
        match word:
            case "sleep":
                time.sleep(float(rest))
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "break":
                raise ValueError(f"cannot understand {text!r}")
            case "eat":
                bytearray(2**40)
            case "print":
                os.write(1, f"{rest}\n".encode())
                os.write(2, f"{rest}\n".encode())
        return Understanding(Decision.ANSWER, text, (Candidate(last or "none", 0.1 + 0.2),), chosen)


def build(_: Examples) -> Engine:
    """The engine; the process is told in its command what else is odd about it."""
    match sys.argv[1:]:
        case ["stillborn"]:
            raise RuntimeError("canary")
        case ["slow"]:
            time.sleep(1)
    return cast("Engine", OddEngine())


if __name__ == "__main__":
    engine_process.serve(build, alone=2 if "alone" in sys.argv else engine_process.ALONE)
