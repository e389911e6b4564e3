"""What the shipped engine makes of messages as Zahra, Gulalai and Luc write them."""

import threading

import pytest

from engine import Decision, Encoder, Engine, Understanding
from engine.lexical import NONE

DENIED = pytest.mark.xfail(strict=True, reason="the engine hears the event, not the denial")


def answers(engine: Engine, text: str) -> str | None:
    """Return the topic that is answered outright, or None."""
    got = engine.understand(text)
    return got.topic if got.decision is Decision.ANSWER else None


@pytest.mark.parametrize(
    "text",
    [
        "we were not arrested, they only asked for our papers",
        "Nobody is looking for me, I just want to know about the flight",
        pytest.param("Nobody has arrested us, we are safe at home", marks=DENIED),
        pytest.param("کسی ما را دیپورت نکرده است", marks=DENIED),
    ],
)
def test_what_did_not_happen_is_no_emergency(text: str, shipped: Engine) -> None:
    assert shipped.understand(text).decision is not Decision.URGENT


def test_what_somebody_has_not_is_what_they_ask_about(shipped: Engine) -> None:
    assert answers(shipped, "I have no passport, can I still travel?") == "no-passport"
    assert answers(shipped, "I have a passport, thank you") is None


@pytest.mark.parametrize(
    ("text", "urgent"),
    [
        ("my cousin was deported from Germany in 2016", False),
        ("my friend's neighbour was arrested in Turkey in 2019", False),
        ("پسر کاکایم در ۲۰۱۶ از آلمان دیپورت شد", False),
        ("they put us on a bus to Torkham", True),
        ("ما را در بس انداختند طرف تورخم", True),
        ("موږ یې په بس کې واچولو، تورخم ته مو بیايي", True),
        ("Ils nous ont mis dans un bus vers Torkham", True),
    ],
)
def test_who_when_and_where_make_the_emergency(text: str, urgent: bool, shipped: Engine) -> None:
    assert (shipped.understand(text).decision is Decision.URGENT) is urgent


@pytest.mark.parametrize(
    ("text", "urgent"),
    [
        ("my brother was arrested two years ago and released", False),
        ("Will they deport me if my visa runs out?", False),
        ("police came yesterday and took my father", True),
        ("They are deporting us tomorrow", True),
    ],
)
def test_time_makes_the_emergency(text: str, urgent: bool, shipped: Engine) -> None:
    assert (shipped.understand(text).decision is Decision.URGENT) is urgent


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        (
            "Who pays for the medical exam? And when is the next charter flight?",
            ("medical-cost", "next-charter"),
        ),
        ("Comment ajouter un nouveau-né ? Qui paie l'examen médical ?", ("newborn", "medical-cost")),
        ("مصرف معاینه طبی را کی میدهد؟ پرواز چارتر بعدی چی وقت است؟", ("medical-cost", "next-charter")),
        (
            "My medical exam has expired. How do I change my phone number?",
            ("medical-expired", "update-contact"),
        ),
    ],
)
def test_of_two_questions_none_is_lost(text: str, topics: tuple[str, str], shipped: Engine) -> None:
    got = shipped.understand(text)
    if got.decision is Decision.ANSWER:
        assert {got.topic, got.also} == set(topics)
    else:
        assert got.decision is Decision.SUGGEST
        assert set(topics) <= {candidate.topic for candidate in got.candidates}


@pytest.mark.parametrize(
    "text", ["and for my wife?", "et pour ma femme ?", "و برای خانمم؟", "او زما د مېرمنې لپاره؟"]
)
def test_a_follow_up_is_about_the_topic_before(text: str, shipped: Engine) -> None:
    got = shipped.understand(text, last="medical-cost")
    assert (got.decision, got.topic, got.follows) == (Decision.ANSWER, "medical-cost", True)
    assert shipped.understand(text).decision is not Decision.ANSWER


@pytest.mark.parametrize("text", ["Who pays for the medical exam?", "and who pays for the medical exam?"])
def test_a_whole_question_is_no_follow_up(text: str, shipped: Engine) -> None:
    got = shipped.understand(text, last="newborn")
    assert (got.topic, got.follows) == ("medical-cost", False)


def test_danger_in_a_follow_up_is_heard(shipped: Engine) -> None:
    got = shipped.understand("and now the police took my wife", last="medical-cost")
    assert (got.decision, got.topic) == (Decision.URGENT, "detained")


@pytest.mark.parametrize("text", ["Who pays for the medical exam?", "پرواز چارتر بعدی چی وقت است؟", "salam"])
def test_without_the_encoder_it_only_suggests(text: str, by_words: Engine, shipped: Engine) -> None:
    assert answers(shipped, text) is not None
    got = by_words.understand(text)
    assert got.decision is Decision.SUGGEST
    assert answers(shipped, text) in {candidate.topic for candidate in got.candidates}
    assert not by_words.whole


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("پول معاینه صحی را کی میدهد؟", "پول معاينة صحي را كي ميدهد؟"),
        ("راتلونکې چارټر الوتنه کله ده؟", "راتلونکے چارټر الوتنه کله ده؟"),
        ("څنګه سپانسر پیدا کړم؟", "څنكه سپانسر پيدا كړم؟"),
        ("څنګه سپانسر پیدا کړم؟", "څنگه سپانسر پیدا کړم؟"),
        ("د روغتیایي معاینې پیسې څوک ورکوي؟", "د روغتیایی معاینی پیسی څوک ورکوی؟"),
        ("پول معاینه صحی را کی می‌دهد؟", "پول معاینه صحی را کی میدهد؟"),
        ("numéro de mon dossier perdu, que faire ?", "numero de mon dossier perdu que faire"),
        ("who pays for the medical exam", "who paaaaays for the mediiiical exam"),
        ("پول معاینه صحی را کی میدهد؟", "پووووول معاینه صحی را کی میدهد؟؟؟؟"),
        ("what happens 12 months after I arrive?", "what happens ۱۲ months after I arrive?"),
        ("what happens 12 months after I arrive?", "what happens ١٢ months after I arrive?"),
    ],
)
def test_the_keyboard_makes_no_difference(text: str, typed: str, shipped: Engine) -> None:
    assert answers(shipped, text) == answers(shipped, typed) is not None


@pytest.mark.parametrize(
    ("text", "topic", "locale"),
    [
        ("parwaz charter baadi chi waqt ast?", "next-charter", "fa_AF"),
        ("passport nadaram chi kunam?", "no-passport", "fa_AF"),
        ("charter alwatana kala da?", "next-charter", "ps"),
        ("zama pasport nishta, tsa wokram?", "no-passport", "ps"),
    ],
)
def test_dari_and_pashto_in_latin_letters(text: str, topic: str, locale: str, shipped: Engine) -> None:
    assert answers(shipped, text) == topic
    assert shipped.understand(text).locale == locale


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("Canada", "en"),
        ("Canada", "fr"),
        ("visa", "fr"),
        ("معاینه", "ps"),
        ("کانادا", "ps"),
    ],
)
def test_the_chosen_language_settles_a_doubt(text: str, chosen: str, shipped: Engine) -> None:
    assert shipped.understand(text, chosen).locale == chosen


@pytest.mark.parametrize("text", ["visa", "معاینه", "biometrics", "نوم"])
def test_a_word_alone_is_asked_back_about(text: str, shipped: Engine) -> None:
    assert shipped.understand(text).decision is Decision.SUGGEST


def test_what_is_nobodys_topic_goes_to_people(shipped: Engine) -> None:
    assert shipped.understand("what is the weather in Paris today?").decision is Decision.HANDOFF


def test_the_same_question_the_same_answer_in_any_thread(shipped: Engine) -> None:
    text = "Who pays for the medical exam? And when is the next charter flight?"
    expected = shipped.understand(text)
    results: list[Understanding] = []
    threads = [threading.Thread(target=lambda: results.append(shipped.understand(text))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8


def test_what_an_example_says_word_for_word_is_known(encoder: Encoder) -> None:
    """An editor's example counts at the next start, long before the encoder learns it."""
    prince = "Has the little prince got his crown?"
    examples = {"newborn": {"en": ["We had a baby", prince]}, "tazkira": {"en": ["Is a tazkira enough?"]}}
    engine = Engine.from_examples(examples, urgent_topics=[], others={"en": [(NONE, "hi")]}, encoder=encoder)
    got = engine.understand("has the  little prince got his CROWN")
    assert (got.decision, got.topic) == (Decision.ANSWER, "newborn")
    assert engine.understand("Has the tall prince got a crown?").decision is not Decision.ANSWER
