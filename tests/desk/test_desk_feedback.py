"""The rules of feedback: which topics fail, what an example may not hold, what the engine learns from."""

import pytest

from bot.building import build_engine
from desk.feedback import Failing, chosen, cleaned, failing, fault, merged
from engine import Engine, alike
from knowledge.library import Library
from storage.records import Tally


def tally(topic: str | None, helped: bool | None, number: int, decision: str = "answer") -> Tally:
    return Tally(locale="ps", decision=decision, topic=topic, helped=helped, number=number)


def test_topics_fail_by_their_share_once_three_people_have_judged() -> None:
    assert failing(
        [
            tally("newborn", False, 2),
            tally("newborn", True, 2),
            tally("passport", False, 3),
            tally("wait", False, 2),  # two verdicts say nothing
            tally("fine", True, 9),
            tally("silent", None, 9),
            tally(None, None, 4, "handoff"),
        ]
    ) == [Failing("passport", 3, 3), Failing("newborn", 2, 4)]


def test_topics_that_people_chose_themselves_are_counted() -> None:
    asked = [tally("newborn", None, 2, "suggest"), tally(None, None, 5, "suggest"), tally("wait", None, 4)]
    assert chosen(asked) == [("newborn", 2)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("My file is G000012345, is it lost?", "number"),
        ("دوسیهٔ ما G۰۰۰۰۱۲۳۴۵ گم شده؟", "number"),
        ("شمېره مې ۰۷۰۰ ۱۲۳ ۴۵۶ ده", "number"),
        ("call me: +93-700-123456", "number"),
        ("born 1990-08-03, what now", "number"),
        ("my number is １２３４５６", "number"),
        ("write to zahra@example.org", "contact"),
        ("I am @zahra", "contact"),
        ("see https://example.org", "contact"),
        ("join t.me/zahra", "contact"),
        ("a" * 301, "long"),
        ("Is G5 paused until 2027, with 40,000 people and form IMM 5476?", None),
        ("دوسیه ما در سال ۱۴۰۴ پس فرستاده شد، چرا؟", None),
        ("a" * 300, None),
    ],
)
def test_what_would_tell_who_somebody_is_is_not_kept(text: str, reason: str | None) -> None:
    assert fault(cleaned(text)) == reason


def test_an_invisible_mark_hides_no_number() -> None:
    assert fault(cleaned("G0000\u200b\u2066123\u206945")) == "number"
    assert cleaned(" می\u200cخواهم\n\u2066IRCC\u2069 \ud800") == "می\u200cخواهم IRCC"


def test_like_questions_stand_together_and_the_biggest_group_first(library: Library) -> None:
    known = [text for topic in library.topics.values() for text in topic.questions["en"]]
    texts = [
        "Can my brother bring his dog to Canada?",
        "What is the colour of the new travel card?",
        "may my brother bring his dogs to canada",
        "Is my brother allowed to bring a dog to Canada??",
        "what colour has the new travel card",
    ]
    assert alike(texts, known) == [[0, 2, 3], [1, 4]]
    assert alike([], known) == []


@pytest.mark.parametrize(
    ("other", "like"),
    [
        ("When does the next plane to Canada leave?", True),  # cosine 0.45
        ("When will they call us for the interview?", False),  # 0.15
    ],
)
def test_likeness_has_a_threshold(library: Library, other: str, like: bool) -> None:
    known = [text for topic in library.topics.values() for text in topic.questions["en"]]
    assert (len(alike(["When is the next flight to Canada?", other], known)) == 1) is like


def test_examples_of_the_team_stand_behind_those_of_the_knowledge() -> None:
    shipped = {"newborn": {"en": ["a", "b"]}}
    added = {"newborn": {"en": ["b", "c"], "ps": ["d"]}, "gone": {"en": ["e"]}}
    assert merged(shipped, added) == {"newborn": {"en": ["a", "b", "c"], "ps": ["d"]}}
    assert merged(shipped, {}) == shipped


def test_the_engine_learns_from_what_was_added(library: Library, engine: Engine) -> None:
    question = "Has the little prince got his crown yet?"
    before = engine.understand(question, "en")
    assert [item.topic for item in before.candidates][:1] != ["newborn"]
    taught = build_engine(library, {"newborn": {"en": ["Has the little prince got his crown?"]}})
    assert taught.understand(question, "en").candidates[0].topic == "newborn"
