"""The engine in its own process: asked in order, killed at any moment, never waited for by anybody else."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import pytest
from bot_engines import command_of, engines

from bot import engine_process, thinking
from bot.metrics import Metrics
from bot.thinking import UNKNOWN, EngineProcess, EngineThread
from engine import Candidate, Decision, Engine, Understanding

HOUSE = Path(__file__).parent.parent.parent
ODD = (sys.executable, "-m", "tests.bot.odd_engine")
PATIENCE = 60.0  # seconds; what takes longer is stuck
DANGER = "پولیس شوهرم را امروز از خانه برد"


@asynccontextmanager
async def started(command: Sequence[str] = ODD, *, longest: float = 10.0) -> AsyncIterator[EngineProcess]:
    """An engine in its own process, which is ready."""
    thinker = EngineProcess(Metrics(), command, longest=longest)
    try:
        async with asyncio.timeout(PATIENCE):
            await thinker.ready()
            yield thinker
    finally:
        await thinker.close()
        assert engines() == []  # whatever happened, nothing is left behind


def kill_the_engine() -> None:
    """As the system does when memory is short: nothing of it is asked."""
    (child,) = engines()
    os.kill(child, signal.SIGKILL)


def figure(thinker: EngineProcess, name: str, **labels: str) -> float:
    """A figure of the thinker's metrics."""
    value = thinker._metrics.registry.get_sample_value(f"hamrah_{name}", labels)
    assert value is not None
    return value


def topic_of(understanding: Understanding) -> str:
    """What the odd engine was asked; "given up" where nobody was."""
    return understanding.topic or "given up"


async def until_it_is_gone(process: int) -> None:
    """Wait until a process has ended."""
    async with asyncio.timeout(10):
        while command_of(process):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


# --- asking


async def test_the_real_engine_in_its_process_understands_what_it_understands_here(engine: Engine) -> None:
    async with started(thinking.COMMAND) as thinker:
        for text in (DANGER, "When is the flight?", "", "?", "What colour should we paint the kitchen?"):
            assert await thinker.understand(text, "fa_AF") == engine.understand(text, "fa_AF")
        assert thinker.whole is getattr(engine, "whole", False)
        assert figure(thinker, "questions_total", outcome="understood") == 5
        assert figure(thinker, "engine_seconds_count") == 5
        assert figure(thinker, "engine_ready") == 1
        assert figure(thinker, "engine_start_seconds") > 0


async def test_whether_the_engine_is_whole_is_not_known_before_it_is_ready() -> None:
    thinker = EngineProcess(Metrics(), ODD)
    assert thinker.whole is None
    await thinker.ready()
    assert thinker.whole is False
    await thinker.close()


@pytest.mark.parametrize(
    "text",
    [
        "\ud83d",
        "half \udc00 a pair",
        "\ufdfa" * 3000,
        "🇦🇫" * 10_000,
        "a\nb\r\u2028\x00\x1b",
        '{"asked": [',
        "",
    ],
    ids=["surrogate", "half a pair", "ligatures", "20,000 characters", "control", "json", "empty"],
)
async def test_whatever_people_can_type_passes_whole(text: str) -> None:
    async with started() as thinker:
        understood = await thinker.understand(text, "ps", "case-status")
        assert understood == Understanding(
            Decision.ANSWER, text, (Candidate("case-status", 0.1 + 0.2),), "ps"
        )


def test_everything_that_was_understood_passes_the_pipe() -> None:
    understood = Understanding(Decision.SUGGEST, None, (Candidate("a", 0.1), Candidate("b", 1e-9)), "ps")
    assert engine_process.read(asdict(understood)) == understood


async def test_two_hundred_questions_at_once_are_answered_each_with_its_own_in_order() -> None:
    answered: list[str] = []

    async def ask(text: str) -> None:
        assert topic_of(await thinker.understand(text, None)) == text
        answered.append(text)

    texts = [f"question {number}" for number in range(200)]
    async with started() as thinker:
        asking = [asyncio.create_task(ask(text)) for text in texts]
        await asyncio.sleep(0)
        assert figure(thinker, "questions_waiting") == 200
        async with asyncio.timeout(20):
            await asyncio.gather(*asking)
        assert figure(thinker, "questions_waiting") == 0
    assert answered == texts


async def test_who_asks_before_the_engine_is_ready_waits_for_it() -> None:
    thinker = EngineProcess(Metrics(), (*ODD, "slow"))
    starting = asyncio.create_task(thinker.ready())
    assert topic_of(await thinker.understand("early", None)) == "early"
    await starting
    await thinker.close()


async def test_the_event_loop_goes_on_while_a_question_takes_long() -> None:
    async with started() as thinker:
        asking, turns = asyncio.create_task(thinker.understand("sleep 1", None)), 0
        while not asking.done():
            await asyncio.sleep(0.01)
            turns += 1
        assert topic_of(await asking) == "sleep 1"
        assert turns > 5  # a loop that waits with the question turns twice at most


async def test_nobody_gets_the_answer_of_somebody_who_no_longer_waits() -> None:
    async with started() as thinker:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await thinker.understand("sleep 0.3", None)
        assert topic_of(await thinker.understand("mine", None)) == "mine"


# --- dying


async def test_killed_in_the_middle_of_a_question_the_next_engine_answers_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with started() as thinker:
        asking = [asyncio.create_task(thinker.understand(text, None)) for text in ("sleep 1", "after it")]
        await asyncio.sleep(0.2)
        kill_the_engine()
        assert [topic_of(each) for each in await asyncio.gather(*asking)] == ["sleep 1", "after it"]
        assert figure(thinker, "engine_restarts_total") == 1
        assert figure(thinker, "questions_total", outcome="given_up") == 0
    assert "the engine died (exit code -9)" in caplog.text
    assert "after it" not in caplog.text


async def test_killed_while_it_has_nothing_to_do_another_is_ready_before_the_next_question() -> None:
    async with started() as thinker:
        kill_the_engine()
        async with asyncio.timeout(10):
            while not figure(thinker, "engine_restarts_total") or not figure(thinker, "engine_ready"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert topic_of(await thinker.understand("mine", None)) == "mine"


async def test_a_question_that_ends_two_engines_goes_to_the_team_and_the_next_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with started() as thinker:
        poison, mine = await asyncio.gather(
            thinker.understand("die canary", None), thinker.understand("mine", None)
        )
        assert poison == UNKNOWN
        assert (poison.decision, poison.topic, poison.candidates) == (Decision.HANDOFF, None, ())
        assert topic_of(mine) == "mine"
        assert figure(thinker, "engine_restarts_total") == 2
        assert figure(thinker, "questions_total", outcome="given_up") == 1
        assert figure(thinker, "questions_total", outcome="understood") == 1
    assert "the engine died (exit code -9)" in caplog.text
    assert "canary" not in caplog.text


async def test_a_question_that_takes_too_long_ends_the_engine_and_the_next_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with started(longest=0.5) as thinker:
        endless, mine = await asyncio.gather(
            thinker.understand("sleep 60", None), thinker.understand("mine", None)
        )
        assert endless == UNKNOWN
        assert topic_of(mine) == "mine"
    assert caplog.text.count("the engine died (no word for 0.5 s)") == 2


async def test_waiting_for_others_does_not_count_as_taking_long() -> None:
    async with started(longest=2) as thinker:
        texts = ["sleep 0.7", "sleep 0.8", "sleep 0.9"]
        answers = await asyncio.gather(*(thinker.understand(text, None) for text in texts))
        assert [topic_of(answer) for answer in answers] == texts


async def test_a_question_that_eats_the_memory_ends_the_engine_and_not_the_machine(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with started() as thinker:
        assert await thinker.understand("eat", None) == UNKNOWN
        assert topic_of(await thinker.understand("mine", None)) == "mine"
        limits = Path(f"/proc/{engines()[0]}/limits").read_text()  # noqa: ASYNC240
        (data,) = (line for line in limits.splitlines() if line.startswith("Max data size"))
        assert data.split()[3:5] == [str(engine_process.MEMORY)] * 2
    assert "the engine died (MemoryError at odd_engine.py" in caplog.text


async def test_a_question_that_the_engine_fails_at_goes_to_the_team_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with started() as thinker:
        assert await thinker.understand("break canary", None) == UNKNOWN
        assert figure(thinker, "engine_restarts_total") == 0
        assert figure(thinker, "questions_total", outcome="given_up") == 1
    assert "ValueError at odd_engine.py" in caplog.text
    assert "canary" not in caplog.text


async def test_what_libraries_print_is_neither_an_answer_nor_in_the_log(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async with started() as thinker:
        assert topic_of(await thinker.understand("print canary", None)) == "print canary"
    assert "canary" not in caplog.text + "".join(capfd.readouterr())


async def test_an_engine_that_cannot_be_built_keeps_nobody_waiting_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    thinker = EngineProcess(Metrics(), (*ODD, "stillborn"))
    starting = asyncio.create_task(thinker.ready())
    async with asyncio.timeout(30):
        assert await thinker.understand("mine", None) == UNKNOWN
    assert figure(thinker, "engine_restarts_total") == thinking.STARTS
    assert figure(thinker, "engine_ready") == 0
    pauses = [record.args[1] for record in caplog.records if isinstance(record.args, tuple) and record.args]
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6]
    assert "RuntimeError at odd_engine.py" in caplog.text
    assert "canary" not in caplog.text
    starting.cancel()
    await thinker.close()


async def test_an_engine_whose_program_is_missing_keeps_nobody_waiting_for_ever() -> None:
    thinker = EngineProcess(Metrics(), ("/nowhere/python",))
    starting = asyncio.create_task(thinker.ready())
    async with asyncio.timeout(30):
        assert await thinker.understand("mine", None) == UNKNOWN
    starting.cancel()
    await thinker.close()


# --- stopping


async def test_closing_ends_the_engine_and_lets_go_of_who_waits() -> None:
    thinker = EngineProcess(Metrics(), ODD)
    await thinker.ready()
    asking = [asyncio.create_task(thinker.understand("sleep 60", None)) for _ in range(3)]
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await thinker.close()
    late = asyncio.create_task(thinker.understand("late", None))
    await asyncio.wait([*asking, late], timeout=PATIENCE)
    assert all(each.cancelled() for each in (*asking, late))
    assert time.monotonic() - began < 30
    assert engines() == []


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
async def test_a_stop_that_reaches_all_processes_leaves_the_engine_to_its_parent(
    asked: signal.Signals,
) -> None:
    async with started() as thinker:
        (child,) = engines()
        assert os.getpgid(child) != os.getpgid(0)  # Ctrl-C in a terminal does not even reach it
        os.kill(child, asked)
        assert topic_of(await thinker.understand("sleep 0.1", None)) == "sleep 0.1"
        assert figure(thinker, "engine_restarts_total") == 0


PARENT = """
import asyncio, sys
from bot.metrics import Metrics
from bot.thinking import EngineProcess
async def main():
    thinker = EngineProcess(Metrics(), (sys.executable, "-m", "tests.bot.odd_engine", "alone"))
    await thinker.ready()
    print("ready", flush=True)
    await thinker.understand("sleep " + sys.argv[1], None)
    print("answered", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("seconds", "said"), [("0", b"answered"), ("60", b"ready")], ids=["at rest", "in a question"]
)
async def test_when_the_parent_is_killed_the_engine_ends(seconds: str, said: bytes) -> None:
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, seconds), cwd=HOUSE, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    async with asyncio.timeout(20):
        while await parent.stdout.readline() != said + b"\n":
            pass
    await asyncio.sleep(0.2)
    (child,) = engines(parent.pid)
    parent.kill()
    await parent.wait()
    await until_it_is_gone(child)


async def test_the_engine_knows_none_of_the_services_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMRAH_TOKEN", "1000:canary")
    async with started():
        (child,) = engines()
        assert b"canary" not in Path(f"/proc/{child}/environ").read_bytes()  # noqa: ASYNC240


# --- in a thread


async def test_an_engine_that_is_given_is_asked_in_a_thread(engine: Engine) -> None:
    thinker = EngineThread(Metrics(), engine)
    await thinker.ready()
    assert await thinker.understand(DANGER, "fa_AF") == engine.understand(DANGER, "fa_AF")
    assert engines() == []
    await thinker.close()
