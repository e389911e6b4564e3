"""Two topics in one message, and a question that goes on from the answer before."""

import pytest
from dialogue import Person, World
from dialogues.scenes import UNKNOWN_BUTTON, own
from rehearsed import Rehearsed, answer, unknown

from engine import Engine
from knowledge.library import Library
from locales import LOCALES

BOTH = "My baby was born here. When does the Group of Five pause end?"
AND_STATUS = "My baby was born here. What is the status of my file?"
STATUS_FIRST = "What is the status of my file? And my baby was born here."
BOT_BOTH = "What is the status of my file? And who are you?"
BORN, ALSO = "My baby was born here", "when does the pause end"
WIFE = {
    "en": "and for my wife?",
    "fr": "et pour ma femme ?",
    "fa_AF": "و برای خانمم؟",
    "ps": "او زما د مېرمنې لپاره؟",
}
LINES = {
    BOTH: answer("newborn", "g5-pause", also="g5-pause"),
    AND_STATUS: answer("newborn", also="case-status"),
    STATUS_FIRST: answer("case-status", also="newborn"),
    BOT_BOTH: answer("case-status", also="who-runs-this"),
    BORN: answer("newborn"),
    ALSO: unknown(),
    f"{BORN}\n{ALSO}": answer("newborn", also="g5-pause"),
    f"{BORN}\n{ALSO}\n{ALSO}": answer("newborn", also="g5-pause"),
    **dict.fromkeys(WIFE.values(), answer("newborn", follows=True)),
}
YOU_ALSO_ASKED = "You also asked about:"
OFFER = 'If your situation is different, press "Ask the team".'
STILL = 'Still about "%(title)s":'
NOT_UNDERSTOOD = "I did not understand this well enough to answer."


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """In this file the service understands the lines of the stories as written above."""
    return Rehearsed(engine, LINES)


async def test_the_first_is_answered_and_the_second_is_one_press_away(
    karim: Person, sarah: Person, library: Library
) -> None:
    baby, pause = (library.topics[topic].texts["en"].title for topic in ("newborn", "g5-pause"))
    await karim.says(BOTH)
    (first,) = await karim.reads(YOU_ALSO_ASKED)
    assert first.text.startswith(baby)
    assert pause in first.text
    await karim.presses(pause)
    (second,) = await karim.reads("This helped", without=(YOU_ALSO_ASKED,))
    assert second.text.startswith(pause)
    await karim.presses("Ask the team")  # under the second
    await karim.reads("H-1001")
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(BOTH, pause)


@pytest.mark.parametrize("locale", LOCALES)
async def test_what_needs_a_dialogue_is_offered_in_the_first_answer(
    world: World, library: Library, locale: str
) -> None:
    zahra = await world.meet("Zahra", 501, locale)
    await zahra.settles_in("I am an applicant")
    status = library.topics["case-status"].texts[locale].title
    await zahra.says(AND_STATUS)
    (first,) = await zahra.reads(YOU_ALSO_ASKED)
    assert first.text.startswith(library.topics["newborn"].texts[locale].title)
    assert status in first.text
    await zahra.presses(status)
    await zahra.reads("Link my case")


async def test_where_the_first_is_a_dialogue_the_second_is_offered_after_it(
    karim: Person, library: Library
) -> None:
    await karim.says(STATUS_FIRST)
    (case, offered) = await karim.reads("Link my case", YOU_ALSO_ASKED)
    assert "Link my case" in case
    assert list(offered.buttons) == [library.topics["newborn"].texts["en"].title]


async def test_of_two_dialogues_the_second_is_offered(karim: Person, luc: Person, library: Library) -> None:
    await karim.says(BOT_BOTH)
    (_, offered) = await karim.reads("Link my case", YOU_ALSO_ASKED)
    (label,) = offered.buttons
    assert label == library.topics["who-runs-this"].texts["en"].title
    await luc.forges(offered.buttons[label]["data"])  # an outsider's press
    await luc.reads(UNKNOWN_BUTTON)
    await karim.presses(label)
    await karim.reads("About this service")


async def test_a_second_topic_in_a_further_piece_is_offered_once(karim: Person, library: Library) -> None:
    await karim.says(BORN)
    await karim.reads("This helped")
    await karim.says(ALSO)
    (second,) = await karim.reads(YOU_ALSO_ASKED)
    assert list(second.buttons) == [library.topics["g5-pause"].texts["en"].title]
    await karim.says(ALSO)
    assert await karim.hears() == []


# --- "and for my wife?"


@pytest.mark.parametrize("locale", LOCALES)
async def test_a_question_that_leans_on_the_answer_before(
    world: World, library: Library, locale: str
) -> None:
    zahra = await world.meet("Zahra", 501, locale)
    await zahra.settles_in("I am an applicant")
    topic = library.topics["newborn"].texts[locale]
    await zahra.forges("topic:newborn")
    await zahra.reads(topic.title, without=(OFFER,))
    await zahra.says(WIFE[locale])
    (again,) = await zahra.reads(own(zahra, STILL, title=topic.title), OFFER)
    assert topic.body.partition("\n")[0].partition("{{")[0] in again.text
    assert zahra.in_own_words("Ask the team") in again.buttons


async def test_a_quarter_of_an_hour_later_it_leans_on_nothing(world: World, karim: Person) -> None:
    await karim.says(BORN)
    await world.passes(minutes=14.5)
    await karim.says(WIFE["en"])
    await karim.reads(own(karim, STILL, title="We had a baby"))
    await world.passes(minutes=15)
    await karim.says(WIFE["en"])
    await karim.reads(NOT_UNDERSTOOD)


async def test_it_leans_on_nobody_elses_answer(zahra: Person, karim: Person) -> None:
    await zahra.forges("topic:newborn")
    await zahra.reads("This helped")
    await karim.says(WIFE["en"])
    await karim.reads(NOT_UNDERSTOOD)
