"""From scores to decisions."""

from engine_examples import URGENT

from engine import Candidate, Decision
from engine.danger import Signs
from engine.decide import GREETING, Thresholds, Understanding, asked_also, decide
from engine.lexical import NONE

QUIET = Signs(frozenset(), calm=False)
CALM = Signs(frozenset(), calm=True)
MARKS = Thresholds(
    answer=0.7,
    lead=0.25,
    suggest=0.1,
    ours=0.4,
    alarm=0.5,
    sign_alarm=0.2,
    calm_alarm=0.7,
    drowned=0.9,
    part=0.8,
)

Score = tuple[str, float]


def decided(
    *scores: Score,
    signs: Signs = QUIET,
    alarm: float = 0.0,
    last: str | None = None,
) -> Understanding:
    return decide(
        [Candidate(*score) for score in scores],
        signs=signs,
        alarm=alarm,
        urgent_topics=frozenset(URGENT),
        locale="en",
        thresholds=MARKS,
        last=last,
    )


def sign(*topics: str, calm: bool = False) -> Signs:
    return Signs(frozenset(topics), calm)


def test_sure_is_answered() -> None:
    got = decided(("newborn", 0.8), ("medical-cost", 0.1))
    assert (got.decision, got.topic, got.also, got.follows) == (Decision.ANSWER, "newborn", None, False)


def test_the_bar_itself_is_enough() -> None:
    assert decided(("newborn", 0.7)).decision is Decision.ANSWER
    assert decided(("newborn", 0.69)).decision is Decision.SUGGEST


def test_close_second_is_asked_back() -> None:
    got = decided(("newborn", 0.8), ("medical-cost", 0.6))
    assert (got.decision, got.topic) == (Decision.SUGGEST, None)
    assert [c.topic for c in got.candidates] == ["newborn", "medical-cost"]


def test_a_question_that_may_be_nobodys_is_not_answered() -> None:
    """ "Not ours" is a rival like any topic."""
    assert decided(("newborn", 0.75), (NONE, 0.6)).decision is Decision.SUGGEST
    assert decided((NONE, 0.75), ("newborn", 0.74)).decision is not Decision.ANSWER


def test_not_ours_is_never_named() -> None:
    got = decided(("newborn", 0.4), (NONE, 0.3), ("tazkira", 0.2))
    assert [c.topic for c in got.candidates] == ["newborn", "tazkira"]


def test_at_most_three_are_suggested() -> None:
    got = decided(("a", 0.5), ("b", 0.4), ("c", 0.3), ("d", 0.25))
    assert [c.topic for c in got.candidates] == ["a", "b", "c"]


def test_nothing_near_is_handed_over() -> None:
    got = decided(("a", 0.09), ("b", 0.08), ("c", 0.08), ("d", 0.08), ("e", 0.08))
    assert (got.decision, got.topic) == (Decision.HANDOFF, None)


def test_what_is_hardly_ours_is_handed_over() -> None:
    assert decided((NONE, 0.6), ("a", 0.2), ("b", 0.1)).decision is Decision.HANDOFF
    assert decided((NONE, 0.6), ("a", 0.2), ("b", 0.2)).decision is Decision.SUGGEST


def test_no_scores_at_all_are_handed_over() -> None:
    assert decided() == Understanding(Decision.HANDOFF, None, (), "en")
    assert decided((NONE, 1.0)) == Understanding(Decision.HANDOFF, None, (), "en")


def test_likeness_to_danger_outweighs_every_score() -> None:
    got = decided(("newborn", 0.99), ("deported", 0.01), alarm=0.5)
    assert (got.decision, got.topic) == (Decision.URGENT, "deported")
    assert [c.topic for c in got.candidates] == ["deported", "newborn"]
    assert decided(("newborn", 0.99), alarm=0.49).decision is Decision.ANSWER


def test_a_sign_asks_for_little_likeness() -> None:
    detained = sign("detained")
    assert decided(("newborn", 0.99), signs=detained, alarm=0.2).topic == "detained"
    assert decided(("newborn", 0.99), signs=detained, alarm=0.19).topic == "newborn"


def test_a_calm_phrase_asks_for_much_likeness() -> None:
    assert decided(("deported", 0.9), signs=CALM, alarm=0.69).decision is Decision.SUGGEST
    assert decided(("deported", 0.9), signs=CALM, alarm=0.7).decision is Decision.URGENT


def test_a_calm_phrase_elsewhere_takes_no_sign_back() -> None:
    """ "In 2016 we came here. They arrested him." holds both."""
    assert decided(("a", 0.9), signs=sign("detained", calm=True), alarm=0.2).decision is Decision.URGENT


def test_the_likelier_of_two_signs_is_named() -> None:
    both = sign("deported", "detained")
    assert decided(("detained", 0.4), ("deported", 0.2), signs=both, alarm=0.3).topic == "detained"


def test_a_sign_names_the_danger_before_likeness_does() -> None:
    got = decided(("deported", 0.9), ("detained", 0.05), signs=sign("detained"), alarm=0.9)
    assert got.topic == "detained"


def test_a_danger_that_no_score_names_is_named() -> None:
    got = decided(("newborn", 0.9), signs=sign("life-in-danger"), alarm=0.3)
    assert (got.topic, got.candidates[0]) == ("life-in-danger", Candidate("life-in-danger", 0.0))
    assert decided(("newborn", 0.9), alarm=0.9).topic in URGENT


def test_a_sign_of_a_topic_that_the_knowledge_lacks_is_still_danger() -> None:
    assert decided(("deported", 0.1), signs=sign("kidnapped"), alarm=0.2).topic == "deported"


def test_an_urgent_topic_is_never_a_mere_answer() -> None:
    assert decided(("deported", 0.95), alarm=0.01).decision is Decision.SUGGEST


def second(whole: tuple[Score, ...], *parts: Score) -> str | None:
    """The second topic of a message, by the scores of the whole and the best of each part."""
    return asked_also(
        decided(*whole),
        [Candidate(*score) for score in whole],
        [[Candidate(*part)] for part in parts],
        urgent_topics=frozenset(URGENT),
        thresholds=MARKS,
    )


NEWBORN = (("newborn", 0.9), ("tazkira", 0.05), ("deported", 0.02), (GREETING, 0.01), ("a", 0.01))


def test_a_part_that_is_sure_asks_a_second_question() -> None:
    assert second(NEWBORN, ("newborn", 0.95), ("tazkira", 0.9)) == "tazkira"


def test_two_parts_about_one_thing_are_one_question() -> None:
    assert second(NEWBORN, ("newborn", 0.9), ("newborn", 0.95)) is None


def test_a_doubtful_part_is_no_second_question() -> None:
    assert second(NEWBORN, ("newborn", 0.9), ("tazkira", 0.79)) is None


def test_the_story_before_a_question_is_no_second_question() -> None:
    assert second(NEWBORN, ("a", 0.99), ("newborn", 0.9)) is None
    assert second(NEWBORN, (NONE, 0.99), ("newborn", 0.9)) is None


def test_a_greeting_is_no_second_question() -> None:
    assert second(NEWBORN, (GREETING, 0.99), ("newborn", 0.9)) is None


def test_danger_is_never_a_second_question() -> None:
    assert second(NEWBORN, ("newborn", 0.9), ("deported", 0.99)) is None


def test_a_message_that_leans_on_the_one_before() -> None:
    got = decided(("a", 0.3), ("b", 0.3), last="medical-cost")
    assert (got.decision, got.topic, got.follows) == (Decision.ANSWER, "medical-cost", True)
    assert got.candidates[0].topic == "medical-cost"


def test_a_message_that_says_what_it_wants_leans_on_nothing() -> None:
    got = decided(("newborn", 0.9), last="medical-cost")
    assert (got.topic, got.follows) == ("newborn", False)


def test_nobody_is_told_a_danger_again_for_a_follow_up() -> None:
    got = decided(("a", 0.3), ("b", 0.3), last="deported")
    assert (got.decision, got.follows) == (Decision.SUGGEST, False)


def test_danger_in_a_follow_up_is_danger() -> None:
    assert decided(("a", 0.3), alarm=0.6, last="medical-cost").decision is Decision.URGENT


def test_the_language_is_handed_through() -> None:
    assert {decided(*scores).locale for scores in [(("a", 0.9),), (("a", 0.3),), ()]} == {"en"}
