"""An answer in the words for who asks, with more to read and, where it was recorded, to hear."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dialogue import Person, World
from dialogues.scenes import UNKNOWN_BUTTON

from desk import answers
from desk.desk import Desk
from knowledge.library import Library
from locales import LOCALES
from storage import people

SPONSOR = {
    "en": "Your group cannot send a new application now.",
    "fr": "Votre groupe ne peut pas envoyer de nouvelle demande maintenant.",
    "fa_AF": "گروه شما حالا درخواستی نو فرستاده نمی‌تواند.",
    "ps": "ستاسو ډله اوس نوې غوښتنه نه شي لېږلای.",
}
MORE = {
    "en": "The longer story of the pause.",
    "fr": "L'histoire plus longue de la pause.",
    "fa_AF": "قصهٔ درازتر این توقف.",
    "ps": "د دې درېدو اوږده کیسه.",
}
NEWER = "The pause was made longer again."
PAUSE, TIME = "topic:g5-pause", "topic:processing-time"
SILENT = "This answer cannot be heard at the moment. You can read it above, or ask the team."
LISTEN, READ_MORE = "🔊 Listen", "Read more"


@pytest.fixture(scope="session")
def library() -> Library:
    """The real knowledge, and more words about the pause."""
    library = Library()
    for locale in LOCALES:
        rewrite(library, "g5-pause", locale, sponsor=SPONSOR[locale], more=MORE[locale])
    return library


def rewrite(library: Library, topic_id: str, locale: str, **fields: Any) -> None:
    """Change a text, as an editor does."""
    topic = library.topics[topic_id]
    text = replace(topic.texts[locale], **fields)
    library.topics[topic_id] = replace(topic, texts={**topic.texts, locale: text})


@pytest.fixture(autouse=True)
def _written_anew(library: Library) -> Iterator[None]:
    """What a story rewrites is as before for the next."""
    before = dict(library.topics)
    yield
    library.topics.update(before)


def clip(library: Library) -> bytes:
    path = library.topics["processing-time"].texts["en"].recording
    assert path is not None
    return path.read_bytes()


@pytest.mark.parametrize("locale", LOCALES)
async def test_a_sponsor_reads_the_words_for_sponsors_and_an_applicant_the_others(
    world: World, library: Library, locale: str
) -> None:
    luc, zahra = await world.meet("Luc", 503, locale), await world.meet("Zahra", 501, locale)
    await luc.settles_in("I am a private sponsor")
    await zahra.settles_in("I am an applicant")
    body = library.topics["g5-pause"].texts[locale].body.partition("\n")[0]
    assert "{{" not in body
    await luc.forges(PAUSE)
    await luc.reads(SPONSOR[locale], "Source:", without=(body,))
    await zahra.forges(PAUSE)
    await zahra.reads(body, without=(SPONSOR[locale],))


@pytest.mark.parametrize("locale", LOCALES)
async def test_more_to_read_stands_in_a_message_of_its_own(
    world: World, library: Library, locale: str
) -> None:
    zahra = await world.meet("Zahra", 501, locale)
    await zahra.settles_in("I am an applicant")
    await zahra.forges(PAUSE)
    (answer,) = await zahra.reads(READ_MORE, without=(MORE[locale],))
    await zahra.presses(READ_MORE)
    (longer,) = await zahra.hears()
    assert longer.id > answer.id
    assert longer.text.startswith(library.topics["g5-pause"].texts[locale].title)
    assert MORE[locale] in longer
    assert list(longer.buttons) == [zahra.in_own_words(label) for label in ("Ask the team", "Menu")]


async def test_what_has_no_more_to_read_has_no_button_for_it(karim: Person) -> None:
    await karim.forges("topic:newborn")
    await karim.reads("This helped", without=(READ_MORE, LISTEN))
    for data in ("more:1", "more:99"):
        await karim.forges(data)
        await karim.reads(UNKNOWN_BUTTON)


async def test_after_a_new_version_the_present_text_is_read(karim: Person, library: Library) -> None:
    await karim.forges(PAUSE)
    await karim.reads(READ_MORE)
    rewrite(library, "g5-pause", "en", version=9, more=NEWER)
    await karim.presses(READ_MORE)
    await karim.reads(NEWER, without=(MORE["en"],))
    rewrite(library, "g5-pause", "en", version=10, more=None)
    await karim.presses(READ_MORE)
    await karim.reads(UNKNOWN_BUTTON)


async def test_helens_answer_in_dari_goes_on_in_dari(helen: Person) -> None:
    await helen.says("توقف گروه پنج‌نفری تا چی وقت است؟")
    await helen.forges("more:1")
    await helen.reads(MORE["fa_AF"], without=(MORE["en"],))


async def test_an_answer_that_was_recorded_can_be_heard(karim: Person, library: Library) -> None:
    await karim.forges(TIME)
    await karim.presses(LISTEN)
    await karim.reads("This helped", without=(SILENT,))
    assert await karim.files() == [("voice", clip(library))]


async def test_what_was_recorded_in_one_language_is_offered_in_no_other(luc: Person) -> None:
    await luc.forges(TIME)
    await luc.reads("This helped", without=(LISTEN,))
    await luc.forges("listen:1")
    await luc.reads(SILENT)
    assert await luc.files() == []


async def test_other_words_than_the_recorded_ones_are_not_heard(world: World, library: Library) -> None:
    """The recording is of the words for everybody."""
    rewrite(library, "processing-time", "en", sponsor=SPONSOR["en"])
    luc, karim = await world.meet("Luc", 503), await world.meet("Karim", 505)
    await luc.settles_in("I am a private sponsor")
    await karim.settles_in("I am an applicant")
    await karim.forges(TIME)
    await karim.reads(LISTEN)
    await luc.forges(TIME)
    await luc.reads(SPONSOR["en"], without=(LISTEN,))
    await luc.forges("listen:2")
    await luc.reads(SILENT)
    assert await luc.files() == []


async def test_after_a_new_version_the_old_recording_is_not_heard(karim: Person, library: Library) -> None:
    await karim.forges(TIME)
    await karim.reads(LISTEN)
    rewrite(library, "processing-time", "en", version=9, recording=None)
    await karim.presses(LISTEN)
    await karim.reads(SILENT)
    assert await karim.files() == []


@pytest.mark.usefixtures("something_fails")
@pytest.mark.parametrize("locale", LOCALES)
async def test_a_recording_that_is_gone_is_said_in_words(
    world: World, library: Library, tmp_path: Path, locale: str
) -> None:
    rewrite(library, "g5-pause", locale, recording=tmp_path / "gone.ogg")
    zahra = await world.meet("Zahra", 501, locale)
    await zahra.settles_in("I am an applicant")
    await zahra.forges(PAUSE)
    await zahra.presses(LISTEN)
    await zahra.reads(SILENT)
    assert await zahra.files() == []


async def test_an_outsider_reads_and_hears_nothing_of_somebody_elses_answer(
    zahra: Person, karim: Person, library: Library
) -> None:
    await zahra.forges(PAUSE)
    await zahra.reads(READ_MORE)
    for data in ("more:1", "listen:1"):
        await karim.forges(data)
        await karim.reads(UNKNOWN_BUTTON, without=(*MORE.values(), SILENT))
    assert await karim.files() == []
    await zahra.presses(READ_MORE)
    await zahra.reads(MORE["fa_AF"])


async def test_among_real_people_what_is_no_longer_approved_is_neither_read_nor_heard(
    world: World, library: Library, karim: Person
) -> None:
    await karim.forges(PAUSE)
    await karim.forges(TIME)
    await world.settled()
    async with world.database.read(world.clock()) as tx:
        asker = await people.by_telegram_id(tx, karim.id)
        assert asker is not None
        pause, time = [await answers.of(tx, asker, row) for row in (1, 2)]
    assert pause is not None
    assert time is not None
    strict, lenient = Desk(library=library), Desk(library=library, only_approved=False)
    async with world.database.read(world.clock()) as tx:
        assert await answers.more(lenient, tx, pause) is not None
        assert await answers.recording(lenient, tx, time, "applicant") == "processing-time/en.v1.ogg"
        for topic in ("g5-pause", "processing-time"):
            rewrite(library, topic, "en", review="unreviewed")
        assert await answers.more(strict, tx, pause) is None
        assert await answers.recording(strict, tx, time, "applicant") is None
