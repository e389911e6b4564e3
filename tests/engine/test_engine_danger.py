"""Danger is recognised by its words and its meaning; its harmless twins are left in peace."""

import pytest

from engine import Decision, Engine, danger

DANGER = [
    ("detained", "The police took my brother from our house last night"),
    ("detained", "my husband got arrested in Rawalpindi, he is in jail"),
    ("detained", "police are knocking at the door right now"),
    ("deported", "they put us on a bus to Torkham"),
    ("deported", "they are going to deport us tomorrow morning"),
    ("life-in-danger", "the taliban are searching for my father, they came to our home"),
    ("life-in-danger", "he says he will kill me"),
    ("refused-boarding", "we are at the airport and they don't let us board"),
    ("refused-boarding", "stuck at the border with two children"),
    ("tajikistan-deadline", "Tajikistan gave us 15 days to leave the country"),
    ("detained", "La police a emmené mon mari ce matin"),
    ("deported", "ils vont nous expulser demain"),
    ("life-in-danger", "ma vie est en danger, les talibans me cherchent"),
    ("refused-boarding", "à l'aéroport ils refusent de nous laisser embarquer"),
    ("tajikistan-deadline", "le Tadjikistan nous ordonne de partir dans quinze jours"),
    ("detained", "برادرم را پولیس گرفت، حالا بندی است"),
    ("detained", "شوهرم ديروز دستگير شد"),
    ("deported", "ما را در بس انداختند طرف تورخم"),
    ("deported", "فامیلم را از پاکستان رد مرز کردند"),
    ("life-in-danger", "طالبان خانه ما آمدند دنبال پدرم میگردند"),
    ("life-in-danger", "مرا می‌کشند کمک کنید"),
    ("refused-boarding", "در میدان هوایی هستیم ما را سوار طیاره نمیمانند"),
    ("tajikistan-deadline", "تاجکستان گفت در ۱۵ روز از اینجا بیرون شوید"),
    ("detained", "زما ورور پولیسو ونیو"),
    ("deported", "موږ یې له پاکستانه ډیپورټ کړو"),
    ("life-in-danger", "طالبان ما پسې ګرځي، ما وژني"),
    ("refused-boarding", "په تورخم کې بند پاتې یو نه مو پرېږدي"),
    ("tajikistan-deadline", "تاجکستان راته ویلي چې په پنځلس ورځو کې ووځئ"),
    ("detained", "biadaram ra police greft"),
    ("deported", "ma ra deport mekonan"),
    ("life-in-danger", "mara mekushand komak konid"),
    ("detained", "zama wror police wanewo"),
    ("life-in-danger", "zama zhwand pa khatar ke dai"),
]

HARMLESS = [
    "my cousin was deported from Germany in 2016",
    "can I be arrested if my visa expires?",
    "we were not arrested, they only asked for our papers",
    "my brother was arrested two years ago and released",
    pytest.param(
        "what happens if the police arrest us",
        marks=pytest.mark.xfail(strict=True, reason="the event is heard louder than the if"),
    ),
    "taliban took my passport",
    "we wait for the letter, this waiting is killing me",
    "mon cousin a été expulsé d'Allemagne en 2016",
    "est-ce que la police peut m'arrêter si mon visa expire ?",
    "le Canada a arrêté le programme",
    "پسر کاکایم در ۲۰۱۶ از آلمان دیپورت شد",
    "اگر ویزه‌ام ختم شود پولیس مرا دستگیر میکند؟",
    "ما را دستگیر نکردند",
    "مراحل چقدر طول میکشد",
    "د تره زوی مې په ۲۰۱۶ کې له جرمني دیپورټ شو",
    "که ویزه مې ختمه شي پولیس مې نیسي؟",
    "چا ته زنګ ووهم",
    "agar visa khalas shawad police mara dastgir mekonad?",
    "pesar kakaim da 2016 az alman deport shod",
]


DENIED = {"ما را دستگیر نکردند"}
"""Harmless, but the shipped engine is alarmed by it."""

SIGNS = danger.shipped()


@pytest.mark.parametrize(("topic", "text"), DANGER)
def test_danger_is_urgent(topic: str, text: str, shipped: Engine) -> None:
    understood = shipped.understand(text)
    assert (understood.decision, understood.topic) == (Decision.URGENT, topic)


@pytest.mark.parametrize(("topic", "text"), DANGER)
def test_its_words_are_a_sign(topic: str, text: str) -> None:
    signs = SIGNS.signs(text, {}).topics | SIGNS.signs(text, {"fa_AF": True, "ps": True}).topics
    assert topic in signs


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_twin_is_not(request: pytest.FixtureRequest, text: str, shipped: Engine) -> None:
    if text in DENIED:
        request.applymarker(pytest.mark.xfail(strict=True, reason="the engine does not hear this denial"))
    assert shipped.understand(text).decision is not Decision.URGENT


@pytest.mark.parametrize("topic", sorted({topic for topic, _ in DANGER}))
def test_danger_is_heard_without_the_encoder(topic: str, by_words: Engine) -> None:
    texts = [text for named, text in DANGER if named == topic]
    heard = [text for text in texts if by_words.understand(text).decision is Decision.URGENT]
    assert len(heard) * 10 >= len(texts) * 9


@pytest.mark.parametrize(
    "text",
    [
        "Hello. I hope you are well. We applied in 2022. " * 30 + "They arrested my wife this morning.",
        "HELP!!! HELP!!! police. took. my. son.",
        "Dear sir, برادرم را پولیس گرفت, please help, we are the family you know since 2021",
        "ما سال‌ها منتظر بودیم " * 40 + "شوهرم را طالبان بردند",
        "pooolice took my brother",
    ],
    ids=["last of many sentences", "cries", "two scripts", "no full stop", "repeated letters"],
)
def test_danger_anywhere_in_the_message(text: str, shipped: Engine) -> None:
    assert shipped.understand(text).decision is Decision.URGENT


def test_a_sign_says_where_it_stands() -> None:
    signs = SIGNS.signs("We live in Islamabad. They arrested my wife. We have two children.", {"en": False})
    assert signs == danger.Signs(frozenset({"detained"}), calm=False, where=("they arrested my wife",))
    assert SIGNS.signs("We live in Islamabad.", {"en": False}).where == ()


def test_a_calm_phrase_is_told() -> None:
    signs = SIGNS.signs("can I be arrested if my visa expires?", {"en": False})
    assert signs == danger.Signs(frozenset(), calm=True)
