"""Many questions within seconds: the first eight are answered one by one, a pause begins anew."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.burst import count, is_over
from desk.desk import Policy
from storage.records import Person
from storage.vault import DataKey

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
POLICY = Policy()
ZAHRA = Person(
    id=1,
    telegram_id=501,
    key=DataKey(b"\x07" * 32, os.urandom),
    locale="fa_AF",
    role="applicant",
    state=None,
    draft={},
    burst_started_at=None,
    burst_count=0,
    blocked_at=None,
)


def over(*seconds: float, policy: Policy = POLICY) -> list[bool]:
    """Which of Zahra's questions, asked at these seconds after noon, come too soon."""
    zahra, found = ZAHRA, []
    for second in seconds:
        zahra = count(policy, zahra, NOON + timedelta(seconds=second))
        found.append(is_over(policy, zahra))
    return found


def test_who_never_asked_is_not_too_soon() -> None:
    assert not is_over(POLICY, ZAHRA)


def test_eight_questions_at_once_are_answered_and_the_ninth_is_not() -> None:
    assert over(*[0] * 10) == [False] * 8 + [True] * 2


def test_the_operators_limit_counts() -> None:
    assert over(0, 0, 0, policy=replace(POLICY, burst_limit=2)) == [False, False, True]


def test_a_new_count_begins_with_the_first_question_after_the_window() -> None:
    assert over(*[0] * 8, 9.9, 10, *[11] * 7, 11) == [False] * 8 + [True] + [False] * 8 + [True]


def test_a_clock_that_was_set_back_silences_nobody_for_long() -> None:
    assert over(*[3600] * 9, *[0] * 9) == [False] * 8 + [True] + [False] * 8 + [True]


def test_counting_changes_nothing_else() -> None:
    counted = count(POLICY, replace(ZAHRA, state="ask", draft={"topic": "newborn"}), NOON)
    assert counted == replace(
        ZAHRA, state="ask", draft={"topic": "newborn"}, burst_started_at=NOON, burst_count=1
    )


@given(st.lists(st.floats(0, 60), max_size=60).map(sorted))
def test_who_asks_at_most_eight_in_ten_seconds_is_always_answered_and_nobody_else_for_long(
    seconds: list[float],
) -> None:
    answered = [at for at, late in zip(seconds, over(*seconds), strict=True) if not late]
    for at, late in zip(seconds, over(*seconds), strict=True):
        if late:  # then more than eight questions really stood within ten seconds
            assert sum(at - 10 < other <= at for other in seconds) > 8
    for begin in seconds:  # two windows can touch, so twice the limit is the most
        assert sum(begin <= at < begin + 10 for at in answered) <= 16
