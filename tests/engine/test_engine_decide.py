"""From scores to decisions, and the engine as a whole."""

import threading

import pytest
from engine_examples import EXAMPLES, OUT_OF_SCOPE, URGENT, engine
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Candidate, Decision, Engine
from engine.danger import Signs
from engine.decide import Thresholds, Understanding, decide

CALM = Signs(frozenset(), calm=False)
MARKS = Thresholds(answer=0.7, lead=0.25, suggest=0.2, alarm=0.3, calm_alarm=0.9)


def decided(*scores: tuple[str, float], signs: Signs = CALM, alarm: float = 0.0) -> Understanding:
    return decide(
        [Candidate(topic, score) for topic, score in scores],
        signs=signs,
        alarm=alarm,
        urgent_topics=frozenset(URGENT),
        locale="en",
        thresholds=MARKS,
    )


def test_sure_is_answered() -> None:
    got = decided(("newborn", 0.8), ("medical-cost", 0.3))
    assert (got.decision, got.topic) == (Decision.ANSWER, "newborn")


def test_close_second_is_asked_back() -> None:
    got = decided(("newborn", 0.8), ("medical-cost", 0.6))
    assert (got.decision, got.topic) == (Decision.SUGGEST, None)
    assert [c.topic for c in got.candidates] == ["newborn", "medical-cost"]


def test_at_most_three_are_suggested() -> None:
    got = decided(("a", 0.5), ("b", 0.4), ("c", 0.3), ("d", 0.25))
    assert [c.topic for c in got.candidates] == ["a", "b", "c"]


def test_nothing_near_is_handed_over() -> None:
    got = decided(("a", 0.1))
    assert got == Understanding(Decision.HANDOFF, None, (), "en")


def test_a_sign_outweighs_every_score() -> None:
    got = decided(("newborn", 0.99), signs=Signs(frozenset({"detained"}), calm=True))
    assert (got.decision, got.topic) == (Decision.URGENT, "detained")


def test_the_likelier_of_two_signs_is_named() -> None:
    both = Signs(frozenset({"deported", "detained"}), calm=False)
    assert decided(("detained", 0.4), ("deported", 0.2), signs=both).topic == "detained"


def test_likeness_to_danger_is_enough() -> None:
    assert decided(("newborn", 0.9), ("deported", 0.1), alarm=0.31).topic == "deported"


def test_a_calm_phrase_asks_for_more_likeness() -> None:
    calm = Signs(frozenset(), calm=True)
    assert decided(("deported", 0.9), signs=calm, alarm=0.8).decision is Decision.SUGGEST
    assert decided(("deported", 0.9), signs=calm, alarm=0.95).decision is Decision.URGENT


def test_some_likeness_of_both_judges_is_enough() -> None:
    assert decided(("deported", 0.5), alarm=0.15).decision is Decision.URGENT
    assert decided(("newborn", 0.5), ("deported", 0.4), alarm=0.15).decision is Decision.SUGGEST


def test_an_urgent_topic_is_never_a_mere_answer() -> None:
    assert decided(("deported", 0.95), alarm=0.01).decision is Decision.SUGGEST


@pytest.mark.parametrize(
    ("text", "topic", "locale"),
    [
        ("who pays for the medical exam", "medical-cost", "en"),
        ("qui paie l'examen medical", "medical-cost", "fr"),
        ("پول معاينات صحي را كي ميدهد", "medical-cost", "fa_AF"),
        ("د طبي معاینې پیسې څوک ورکوي", "medical-cost", "ps"),
        ("parwaz baadi chi waqt as", "next-charter", "fa_AF"),
    ],
)
def test_questions_find_their_topic(text: str, topic: str, locale: str) -> None:
    got = engine().understand(text, locale)
    assert got.candidates[0].topic == topic
    assert got.locale == locale


@pytest.mark.parametrize("text", ["", " ", "🙏🙏", "؟؟؟", "12345", "\u200f\u200c", "qwrtzpsdf"])
def test_nothing_to_understand_goes_to_people(text: str) -> None:
    assert engine().understand(text).decision is Decision.HANDOFF


def test_the_chosen_language_settles_a_doubt() -> None:
    word = "visa"
    assert engine().understand(word).locale is None
    assert engine().understand("نوم").locale in {None, "ps", "fa_AF"}


def test_the_same_question_the_same_answer_in_any_thread() -> None:
    expected = engine().understand("when is the flight")
    other = Engine.from_examples(EXAMPLES, urgent_topics=URGENT, out_of_scope=OUT_OF_SCOPE)
    results: list[Understanding] = []
    threads = [
        threading.Thread(target=lambda: results.append(other.understand("when is the flight")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8


@pytest.mark.parametrize(
    "text",
    [
        "\ufdfa" * 20_000,
        "a" * 20_000,
        "آیا " * 10_000,
        "\ud800" * 100,
        "e" + "\u0301" * 20_000,
        "\x00\x01\x1b" * 5000,
        "police " * 4000,
        "مې " * 8000,
        "a.b." * 5000,
        "''" * 10_000,
        "".join(map(chr, range(0x600, 0x700))) * 60,
    ],
)
def test_hostile_text_is_bounded(text: str) -> None:
    got = engine().understand(text)
    assert len(got.candidates) <= 3


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=600), st.sampled_from([None, "en", "fr", "fa_AF", "ps", "xx"]))
def test_any_text_is_understood_somehow(text: str, chosen: str | None) -> None:
    got = engine().understand(text, chosen)
    assert got == engine().understand(text, chosen)
    assert all(0 <= c.score <= 1 for c in got.candidates)
    assert got.locale in {None, "en", "fr", "fa_AF", "ps"}
    assert (got.topic is not None) == (got.decision in {Decision.ANSWER, Decision.URGENT})
