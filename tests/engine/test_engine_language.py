"""Which language a message is in, and how sure that must be."""

import math

import pytest
from engine_examples import EXAMPLES, OTHERS

from engine.language import ENOUGH, LIKELY, PASHTO_ENOUGH, SURE, Languages

SAMPLES = [
    *((locale, text) for topics in EXAMPLES.values() for locale, texts in topics.items() for text in texts),
    *((locale, text) for locale, rows in OTHERS.items() for _, text in rows),
]
LANGUAGES = Languages(SAMPLES)

Odds = dict[tuple[str, bool], float]


def named(text: str, chosen: str | None = None, heard: Odds | None = None) -> str | None:
    return Languages.name(LANGUAGES.probabilities(text, chosen, heard), chosen)


@pytest.mark.parametrize(("locale", "text"), SAMPLES)
def test_what_was_learnt_is_known(locale: str, text: str) -> None:
    assert named(text, locale) == locale


@pytest.mark.parametrize("text", ["", " ", "🙏", "؟!", "123 ۴۵۶", "\u200c\u202b", "\ud800"])
def test_without_letters_there_is_no_language(text: str) -> None:
    assert LANGUAGES.probabilities(text, "ps") == {}
    assert named(text, "ps") is None


def test_letters_of_another_script_are_no_language_for_certain() -> None:
    """Cyrillic stands with the Arabic letters, since it is not Latin: nothing speaks for one of the two."""
    assert Languages([]).probabilities("привет") == {}
    assert set(LANGUAGES.probabilities("привет")) == {("fa_AF", False), ("ps", False)}


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("salaam chetor asti", {("en", False), ("fr", False), ("fa_AF", True), ("ps", True)}),
        ("سلام چطور استی", {("fa_AF", False), ("ps", False)}),
    ],
)
def test_only_languages_of_the_script_are_thought_of(text: str, scripts: set[tuple[str, bool]]) -> None:
    found = LANGUAGES.probabilities(text)
    assert set(found) == scripts
    assert sum(found.values()) == pytest.approx(1)


def test_letters_that_only_pashto_has_speak_for_pashto() -> None:
    def share(text: str) -> float:
        return LANGUAGES.probabilities(text)["ps", False]

    assert share("ننګرهار ښار") > 0.9 > share("ننگرهار شار")
    # Digits keep the letters apart, so that no n-gram is known: only the letters themselves speak.
    shares = [share("1".join("ړ" * n)) for n in range(1, PASHTO_ENOUGH + 3)]
    assert shares[:PASHTO_ENOUGH] == sorted(set(shares[:PASHTO_ENOUGH]))
    assert shares[PASHTO_ENOUGH - 1] == pytest.approx(shares[-1], abs=1e-3)


def test_a_dari_message_may_name_a_pashto_place() -> None:
    assert named("پرواز بعدی از ښار است یا نه", "fa_AF") == "fa_AF"


def test_digits_and_keyboards_say_nothing() -> None:
    assert LANGUAGES.probabilities("پرواز ۱۲۳") == LANGUAGES.probabilities("پرواز")
    assert LANGUAGES.probabilities("معاينه") == LANGUAGES.probabilities("معاینه")


def test_the_chosen_language_speaks_for_itself() -> None:
    for chosen in ("en", "fr"):
        assert (
            LANGUAGES.probabilities("visa", chosen)[chosen, False]
            > LANGUAGES.probabilities("visa")[chosen, False]
        )


def test_a_language_that_nobody_knows_is_no_choice() -> None:
    assert LANGUAGES.probabilities("visa", "xx") == LANGUAGES.probabilities("visa")


def test_another_language_than_the_chosen_one_must_be_sure() -> None:
    between = (LIKELY + SURE) / 2
    odds: Odds = {("fa_AF", False): between, ("ps", False): 1 - between}
    assert Languages.name(odds) == "fa_AF"
    assert Languages.name(odds, "fa_AF") == "fa_AF"
    assert Languages.name(odds, "ps") is None
    assert Languages.name({("fa_AF", False): SURE, ("ps", False): 1 - SURE}, "ps") == "fa_AF"


def test_a_doubt_has_no_name() -> None:
    assert Languages.name({}) is None
    assert Languages.name({("en", False): 0.4, ("fr", False): 0.35, ("ps", True): 0.25}) is None


def test_both_scripts_of_a_language_count_together() -> None:
    assert Languages.name({("fa_AF", True): 0.3, ("fa_AF", False): 0.3, ("en", False): 0.4}) == "fa_AF"


def test_what_the_encoder_hears_outweighs_the_letters() -> None:
    text = "qui paie la visite"
    assert named(text) == "fr"
    heard: Odds = {("en", False): 0.0, ("fr", False): -20.0, ("fa_AF", True): -20.0, ("ps", True): -20.0}
    assert (
        LANGUAGES.probabilities(text, None, heard)["en", False] > LANGUAGES.probabilities(text)["en", False]
    )


def test_a_language_that_the_encoder_never_heard_is_unlikely() -> None:
    heard = LANGUAGES.probabilities("qui paie", None, {("en", False): math.log(0.5)})
    assert heard["fr", False] < LANGUAGES.probabilities("qui paie")["fr", False]


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("Dear sir, برادرم را پولیس گرفت", True),
        ("سلام sir", True),
        ("salaam", False),
        ("سلام", False),
        ("پرواز چارتر بعدی از اسلام آباد کی است visa", True),
        ("دوسیه ما در دفتر است و ما منتظر جواب هستیم OK", False),
        ("", False),
        ("12 🙏", False),
    ],
)
def test_two_scripts_in_earnest(text: str, mixed: bool) -> None:
    assert Languages.mixed(text) is mixed


def test_more_than_enough_samples_say_nothing_new() -> None:
    rows = [("en", "where is my file"), ("fr", "où est mon dossier")] * ENOUGH
    full = Languages(rows)
    assert full.probabilities("dossier") == Languages([*rows, *[("en", "dossier")] * 50]).probabilities(
        "dossier"
    )


def test_all_samples_are_learnt_up_to_enough() -> None:
    few = [("en", "where is my file"), ("fr", "où est mon dossier")]
    assert (
        Languages([*few, ("en", "dossier")]).probabilities("dossier")["en", False]
        > Languages(few).probabilities("dossier")["en", False]
    )
