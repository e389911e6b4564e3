"""Nearness by words and letters alone."""

from itertools import chain

import numpy as np
import pytest
from engine_examples import EXAMPLES, OTHERS

from engine.fold import fold
from engine.lexical import LONGEST, NONE, Lexical, features

ROWS = [
    *((topic, text) for topic, texts in EXAMPLES.items() for text in chain(*texts.values())),
    *chain(*OTHERS.values()),
]
LEXICAL = Lexical(ROWS)


def best(text: str, lexical: Lexical = LEXICAL) -> str:
    return lexical.topics[int(np.argmax(lexical.scores(text)))]


def score(text: str, topic: str) -> float:
    return float(LEXICAL.scores(text)[LEXICAL.topics.index(topic)])


@pytest.mark.parametrize(("topic", "text"), ROWS)
def test_every_example_is_nearest_to_its_own_topic(topic: str, text: str) -> None:
    assert best(text) == topic


@pytest.mark.parametrize("text", ["medical", "پرواز بعدی", "xyzzy", "1400 ۱۴۰۰", "a" * 5000, "joke flight"])
def test_scores_are_probabilities(text: str) -> None:
    scores = LEXICAL.scores(text)
    assert scores.shape == (len(LEXICAL.topics),)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", " ", "🙏🙏", "؟!.", "\u200f\u200c", "\ud800"])
def test_where_there_is_no_word_all_topics_are_alike(text: str) -> None:
    assert LEXICAL.scores(text) == pytest.approx(1 / len(LEXICAL.topics))


def test_topics_stand_in_order_each_once() -> None:
    assert LEXICAL.topics == (NONE, *sorted(EXAMPLES))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("معاينات صحي", "معاینات صحی"),
        ("معاينة", "معاینه"),
        ("کې", "کی"),
        ("MEDICAL  Exam", "medical exam"),
        ("l’examen médical", "l'examen medical"),
        ("می‌دهد", "می دهد"),
        ("flightttt ٣", "flight 3"),
    ],
)
def test_what_folds_alike_is_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert (LEXICAL.scores(one) == LEXICAL.scores(other)).all()


def test_latin_letters_meet_the_own_script_by_their_consonants() -> None:
    assert set(features("parvaaz")[0]) & set(features("پرواز")[0])
    assert not set(features("parvaaz")[0]) & set(features("معاینه")[0])
    scripts = Lexical([("flight", "پرواز چارتر"), ("medical", "معاینه صحی"), (NONE, "هوا چطور است")])
    assert best("parvaaz e chaartar", scripts) == "flight"


def test_a_slip_of_the_finger_is_forgiven() -> None:
    assert best("when is the next charrter fligth") == "next-charter"


def test_what_only_one_topic_says_counts_more_than_what_all_say() -> None:
    judge = Lexical([("a", "please tell me the visa"), ("b", "please tell me the tazkira"), (NONE, "please")])
    assert best("please please tell me tell me the the tazkira", judge) == "b"


def test_a_question_that_is_nobodys_is_nobodys() -> None:
    assert best("what is the weather") == NONE
    assert score("tell me a joke about the weather", NONE) > 0.5


def test_every_feature_stands_once() -> None:
    numbers, weights = features("flight flight flight")
    assert len(set(numbers)) == len(numbers) == len(weights)
    once, _ = features("flight")
    assert set(once) < set(numbers)  # three in a row have pairs besides


def test_only_the_beginning_is_compared() -> None:
    start = ("flight " * 100)[:LONGEST]
    assert (LEXICAL.scores(start) == LEXICAL.scores(start + " medical exam")).all()
    assert best("medical exam " + start) == "next-charter"


def test_the_order_of_the_examples_changes_nothing() -> None:
    backwards = Lexical(ROWS[::-1])
    for _, text in ROWS:
        assert backwards.scores(text) == pytest.approx(LEXICAL.scores(text), abs=1e-3)


def test_asking_changes_nothing() -> None:
    before = LEXICAL.scores("medical exam")
    for _, text in ROWS:
        LEXICAL.scores(text)
    assert (LEXICAL.scores("medical exam") == before).all()
