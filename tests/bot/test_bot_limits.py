"""Telegram's limits, kept in a time that runs as fast as the test can."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Coroutine
from selectors import DefaultSelector
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.limits import Limiter, Stopping
from storage.records import BROADCAST, REPLY

GROUP = -1_000_000_000_777
START = 1_000_000.0


class _Leap(DefaultSelector):
    """Where the loop would wait, its time leaps ahead."""

    leapt = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.leapt += max(timeout or 0.0, 1e-6)  # some time passes in any case
        return super().select(0)


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        return START + self._leap.leapt


def in_leaps(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(work)


Left = list[tuple[float, int]]


async def write(limiter: Limiter, chat: int, count: int, pause: float, left: Left) -> None:
    """What the sender does for one chat: one letter after the other, each of them taking a while."""
    loop = asyncio.get_running_loop()
    for _ in range(count):
        await limiter.wait(chat, REPLY)
        left.append((loop.time(), chat))
        await asyncio.sleep(pause)


def sent(*chats: tuple[int, int, float]) -> Left:
    """When messages leave: for each chat how many, and how long each takes to send."""
    left: Left = []

    async def all_of_them() -> None:
        limiter = Limiter(asyncio.get_running_loop().time)
        async with asyncio.TaskGroup() as group:
            for chat, count, pause in chats:
                group.create_task(write(limiter, chat, count, pause, left))

    in_leaps(all_of_them())
    return left


def most_within(times: list[float], seconds: float) -> int:
    """The most that left in any such span of time, wherever it begins."""
    times = sorted(times)
    return max(sum(begin <= time < begin + seconds for time in times) for begin in times)


def by_chat(left: Left) -> dict[int, list[float]]:
    found: dict[int, list[float]] = defaultdict(list)
    for time, chat in left:
        found[chat].append(time)
    return found


def assert_within_telegrams_limits(left: Left) -> None:
    assert most_within([time for time, _ in left], 1) <= 30
    for chat, times in by_chat(left).items():
        if chat < 0:
            assert most_within(times, 60) <= 20
        else:
            assert most_within(times, 5) <= 5


def test_a_hundred_people_at_once_get_theirs_within_four_seconds() -> None:
    left = sent(*((person, 1, 0.0) for person in range(1, 101)))
    assert_within_telegrams_limits(left)
    assert len(left) == 100
    assert max(time for time, _ in left) - START < 4


def test_a_reply_of_a_few_messages_does_not_wait() -> None:
    left = sent((501, 4, 0.0))
    assert max(time for time, _ in left) - START < 0.01


def test_one_person_gets_about_one_a_second_in_the_long_run() -> None:
    left = sent((501, 60, 0.0))
    assert_within_telegrams_limits(left)
    assert 50 <= left[-1][0] - START <= 70


def test_a_group_gets_twenty_a_minute() -> None:
    left = sent((GROUP, 50, 0.0))
    assert_within_telegrams_limits(left)
    assert 120 <= left[-1][0] - START <= 130


def test_a_busy_group_does_not_hold_up_a_person() -> None:
    left = sent((GROUP, 40, 0.0), (501, 5, 0.0))
    assert max(by_chat(left)[501]) - START < 1
    assert len(by_chat(left)[GROUP]) == 40


def test_after_silence_nobody_may_make_up_for_it() -> None:
    left: Left = []

    async def speak_be_silent_speak() -> None:
        limiter = Limiter(asyncio.get_running_loop().time)
        for _ in range(2):
            async with asyncio.TaskGroup() as group:
                for person in range(1, 61):
                    group.create_task(write(limiter, person, 1, 0.0, left))
            await asyncio.sleep(3600)

    in_leaps(speak_be_silent_speak())
    assert_within_telegrams_limits(left)
    assert len(left) == 120


def test_the_order_of_a_chat_stays() -> None:
    left = sent((501, 12, 0.0), (502, 12, 0.1), (GROUP, 12, 0.0))
    for times in by_chat(left).values():
        assert times == sorted(times)


def test_it_does_not_grow_with_everybody_who_ever_wrote() -> None:
    async def many() -> None:
        limiter = Limiter(asyncio.get_running_loop().time)
        for person in range(1, 10_100):
            await limiter.wait(person, REPLY)
        assert len(limiter._chats) <= 10_000

    in_leaps(many())


def test_a_reply_finds_room_while_thousands_are_told_something() -> None:
    left: Left = []
    waited: list[float] = []

    async def tell_everybody() -> None:
        loop = asyncio.get_running_loop()
        limiter = Limiter(loop.time)

        async def tell(person: int) -> None:
            await limiter.wait(person, BROADCAST)
            left.append((loop.time(), person))

        async def reply(person: int) -> None:
            await asyncio.sleep(0.37 * (person - 500))
            began = loop.time()
            await limiter.wait(person, REPLY)
            left.append((loop.time(), person))
            waited.append(loop.time() - began)

        async with asyncio.TaskGroup() as group:
            for person in range(10_000, 10_600):
                group.create_task(tell(person))
            for person in range(500, 560):
                group.create_task(reply(person))

    in_leaps(tell_everybody())
    assert_within_telegrams_limits(left)
    assert len(left) == 660
    assert max(waited) < 0.1


def test_three_workers_together_stay_within_the_limit() -> None:
    left: Left = []

    async def work() -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            for share in range(3):
                limiter = Limiter(loop.time)
                limiter.workers = 3
                for person in range(1000 * (share + 1), 1000 * (share + 1) + 100):
                    group.create_task(write(limiter, person, 1, 0.0, left))

    in_leaps(work())
    assert_within_telegrams_limits(left)
    assert len(left) == 300
    assert max(time for time, _ in left) - START < 13


def test_nobody_waits_when_the_service_stops() -> None:
    async def stop() -> None:
        loop = asyncio.get_running_loop()
        limiter = Limiter(loop.time)
        for _ in range(20):
            await limiter.wait(GROUP, REPLY)
        waiting = asyncio.create_task(limiter.wait(GROUP, REPLY))
        await asyncio.sleep(1)
        limiter.stop()
        with pytest.raises(Stopping):
            await waiting
        assert loop.time() - START < 2

    in_leaps(stop())


def test_a_chat_is_free_once_nothing_said_in_it_counts() -> None:
    async def speak() -> None:
        limiter = Limiter(asyncio.get_running_loop().time)
        assert limiter.is_free(501)
        await limiter.wait(501, REPLY)
        assert not limiter.is_free(501)
        await asyncio.sleep(5.6)
        assert limiter.is_free(501)

    in_leaps(speak())


CHATS = st.lists(
    st.tuples(
        st.sampled_from([501, 502, 503, GROUP, GROUP - 1]),
        st.integers(1, 45),
        st.sampled_from([0.0, 0.05, 0.7]),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda chat: chat[0],
)


@settings(max_examples=25, deadline=None)
@given(CHATS, st.integers(0, 60), st.randoms(use_true_random=False))
def test_no_crowd_whatever_breaks_a_limit(
    chats: list[tuple[int, int, float]], crowd: int, order: random.Random
) -> None:
    everybody = [*chats, *((9000 + number, 1, 0.0) for number in range(crowd))]
    order.shuffle(everybody)
    left = sent(*everybody)
    assert_within_telegrams_limits(left)
    assert len(left) == sum(count for _, count, _ in everybody)
