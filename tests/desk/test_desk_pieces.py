"""A question in pieces: which belong together, and when the reply to it changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rehearsed import answer, suggest, unknown

from desk.desk import Policy
from desk.pieces import LONGEST, Effect, effect, goes_on, joined, left
from engine import Understanding
from storage.records import Answer

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ZAHRAS = Answer(
    id=1,
    person_id=1,
    decision="answer",
    topic="newborn",
    version=1,
    locale="fa_AF",
    at=NOON,
    question="نوزاد",
    helped=None,
    ticket_id=None,
    near=("newborn", "processing-time"),
    shown=(),
)
SUGGESTED = replace(ZAHRAS, decision="suggest", topic=None, near=("newborn", "no-passport"))
UNCLEAR = replace(ZAHRAS, decision="unclear", topic=None, near=())

OWN, SAME, OTHER = Effect.OWN, Effect.SAME, Effect.OTHER

EFFECTS: dict[str, tuple[Answer, Understanding, Understanding, Effect, str | None]] = {
    # before, the piece alone, all pieces; what it does, and the topic that is answered then
    "more about the same": (ZAHRAS, unknown(), answer("newborn"), SAME, "newborn"),
    "the same again": (ZAHRAS, answer("newborn"), unknown(), SAME, "newborn"),
    "now it is something else": (ZAHRAS, unknown(), answer("no-passport"), OTHER, "no-passport"),
    "a question of its own": (ZAHRAS, answer("no-passport"), answer("newborn"), OWN, "no-passport"),
    "of its own, though it was near": (ZAHRAS, answer("processing-time"), unknown(), OWN, "processing-time"),
    "together less clear": (ZAHRAS, unknown(), suggest("newborn", "no-passport"), OWN, None),
    "neither alone nor together": (ZAHRAS, suggest("no-passport"), unknown(), OWN, None),
    "from guesses to an answer": (SUGGESTED, unknown(), answer("g5-pause"), OTHER, "g5-pause"),
    "the piece says which guess": (SUGGESTED, answer("no-passport"), unknown(), OTHER, "no-passport"),
    "it was no guess": (SUGGESTED, answer("g5-pause"), answer("g5-pause"), OWN, "g5-pause"),
    "the same guesses": (SUGGESTED, unknown(), suggest("newborn", "no-passport"), SAME, None),
    "other guesses": (SUGGESTED, unknown(), suggest("g5-pause"), OTHER, None),
    "no guess any more": (SUGGESTED, unknown(), unknown(), OWN, None),
    "understood together": (UNCLEAR, unknown(), answer("newborn"), OTHER, "newborn"),
    "guessed together": (UNCLEAR, unknown(), suggest("newborn"), OTHER, None),
    "guessed alone": (UNCLEAR, suggest("newborn"), unknown(), OTHER, None),
    "understood alone": (UNCLEAR, answer("newborn"), answer("newborn"), OWN, "newborn"),
    "still not understood": (UNCLEAR, unknown(), unknown(), SAME, None),
}


@pytest.mark.parametrize(("before", "alone", "whole", "does", "topic"), EFFECTS.values(), ids=EFFECTS)
def test_what_a_further_piece_does(
    before: Answer, alone: Understanding, whole: Understanding, does: Effect, topic: str | None
) -> None:
    found, understanding = effect(before, alone, whole)
    assert found is does
    assert understanding.topic == topic
    assert understanding in ((alone,) if does is OWN else (alone, whole))


@pytest.mark.parametrize(("seconds", "same"), [(0, True), (7.9, True), (8, False), (-7.9, True), (-8, False)])
def test_a_piece_comes_within_eight_seconds_of_the_one_before(seconds: float, same: bool) -> None:
    assert goes_on(Policy(), ZAHRAS, "و پاسپورت", NOON, NOON + seconds * SECOND) is same


@pytest.mark.parametrize(
    "done", [{"helped": True}, {"helped": False}, {"ticket_id": 1}, {"question": None}], ids=str
)
def test_a_question_that_was_judged_or_given_to_the_team_is_over(done: dict[str, object]) -> None:
    assert goes_on(Policy(), ZAHRAS, "و پاسپورت", NOON, NOON + SECOND)
    assert not goes_on(Policy(), replace(ZAHRAS, **done), "و پاسپورت", NOON, NOON + SECOND)  # type: ignore[arg-type]


def test_a_question_does_not_grow_without_end() -> None:
    room = LONGEST - len("نوزاد\n")
    assert goes_on(Policy(), ZAHRAS, "x" * room, NOON, NOON)
    assert not goes_on(Policy(), ZAHRAS, "x" * (room + 1), NOON, NOON)
    assert joined(ZAHRAS, "و پاسپورت") == "نوزاد\nو پاسپورت"


def test_what_was_shown_is_left_out_and_nothing_stands_twice() -> None:
    assert left(["a", "b", "a", "c"], ("b",)) == ["a", "c"]
