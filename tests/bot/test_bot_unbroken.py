"""A piece of work that was begun is done to its end, even when the program is stopped meanwhile."""

import asyncio

import pytest

from bot.unbroken import unbroken


async def test_its_result_and_its_error_are_handed_on() -> None:
    async def result() -> int:
        return 7

    async def fail() -> None:
        raise ZeroDivisionError

    assert await unbroken(result()) == 7
    with pytest.raises(ZeroDivisionError):
        await unbroken(fail())


async def test_a_cancellation_takes_effect_at_the_end_of_the_work() -> None:
    steps = []
    may_end = asyncio.Event()

    async def work() -> None:
        steps.append("begun")
        await may_end.wait()
        steps.append("done")

    async def loop() -> None:
        await unbroken(work())
        steps.append("went on")

    task = asyncio.create_task(loop())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["begun", "done"]


async def test_an_error_while_stopping_is_logged_without_its_text_and_stops_no_less(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        raise ValueError("canary")

    task = asyncio.create_task(unbroken(work()))
    await begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "failed while stopping: ValueError at test_bot_unbroken.py:" in caplog.text
    assert "canary" not in caplog.text
