"""The engine in a process of its own: `python -m bot.engine_process`, started by `bot/thinking.py`.

What a stranger wrote can do no more here than end this process: it holds no key and no database, its memory
has an end, and whoever asked kills it when it takes too long. It reads a question a line and writes an answer
a line, in JSON; the first line tells it the examples that the team added, its own that it is ready:

    {"newborn": {"ps": ["…"]}}
    {"whole": true}
    {"asked": ["And my wife?", "en", "newborn"]}      a question: text, chosen language, topic before; or null
    {"understood": {"decision": "answer", …}}         what it asks
    {"failed": "ValueError at fold.py:12"}            … or why that cannot be told
    {"ended": "MemoryError at lexical.py:80"}         the last words, if there is time for them
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any

from bot.building import build_engine
from bot.log import where
from desk.feedback import Examples
from engine import Candidate, Decision, Engine, Understanding
from knowledge.library import Library

MEMORY = 2**30  # bytes
ALONE = 60  # seconds that a question may take where no parent is left who would end us
GENTLY = 5  # how much readier the event loop is to get a processor that both want


def build(added: Examples) -> Engine:
    """The engine that the service runs on."""
    return build_engine(Library(), added)


def serve(build: Callable[[Examples], Engine], *, memory: int = MEMORY, alone: int = ALONE) -> None:
    """Build the engine and answer questions until the parent closes the pipe."""
    answers = _line_to_the_parent()
    # The parent stops us, by closing the pipe: a stop that reaches all processes at once is not for us.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with suppress(ValueError, OSError):  # the limit that is already set is lower
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    os.nice(GENTLY)
    try:
        engine = build(json.loads(sys.stdin.buffer.readline()))
        _say(answers, {"whole": engine.whole})
        for line in sys.stdin.buffer:
            signal.alarm(alone)  # nobody hears it: the system ends us, even in the middle of native code
            _say(answers, _answer(engine, json.loads(line)))
            signal.alarm(0)
    except BrokenPipeError:
        pass  # the parent has gone
    except BaseException as error:
        _say(answers, {"ended": where(error)})
        raise


def _line_to_the_parent() -> IO[bytes]:
    """Standard output for us alone: what libraries write there or as errors may quote a person."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    return answers


def _say(answers: IO[bytes], what: Mapping[str, Any]) -> None:
    # In ASCII: half of a surrogate pair, which people can send, has no bytes of its own.
    answers.write(json.dumps(what).encode("ascii") + b"\n")
    answers.flush()


def _answer(engine: Engine, question: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"understood": asdict(engine.understand(*question["asked"]))}
    except MemoryError:
        raise  # what is left of us is not to be trusted
    except Exception as error:
        return {"failed": where(error)}


def read(fields: Mapping[str, Any]) -> Understanding:
    """What was understood, from what `asdict` made of it. Raises KeyError, TypeError or ValueError."""
    decision = Decision(fields["decision"])
    candidates = tuple(Candidate(**candidate) for candidate in fields["candidates"])
    return Understanding(**{**fields, "decision": decision, "candidates": candidates})


if __name__ == "__main__":
    serve(build)
