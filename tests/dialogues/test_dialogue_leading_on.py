"""It did not help: the way leads on, never back to what was read, and soon to a person."""

import pytest
from dialogue import Person, World
from dialogues.scenes import UNKNOWN_BUTTON
from rehearsed import Rehearsed, answer

from engine import Engine
from knowledge.library import Library
from locales import LOCALES

QUESTION = "Our group waits with five names and no passports"
SORRY, AGAIN = "I am sorry that this did not help.", "I am sorry that this did not help either."
SHOWN = "Was shown:"
NOT_HELPED, ASK = "It did not help", "Ask the team"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """In this file the service understands the question as the stories need."""
    return Rehearsed(engine, {QUESTION: answer("g5-pause", "no-passport", "programme-open")})


def titles(library: Library, locale: str, *topics: str) -> list[str]:
    return [library.topics[topic].texts[locale].title for topic in topics]


@pytest.mark.parametrize("locale", LOCALES)
async def test_first_to_what_stands_near_then_to_the_team(
    world: World, library: Library, sarah: Person, locale: str
) -> None:
    luc = await world.meet("Luc", 503, locale)
    await luc.settles_in("I am a private sponsor")
    # What the topic leads to, then what the question may have meant besides, each once.
    near = titles(library, locale, "pause-existing-files", "programme-open", "no-passport")
    ask, subjects = luc.in_own_words(ASK), luc.in_own_words("Choose a subject")
    await luc.says(QUESTION)
    await luc.presses(NOT_HELPED)
    (_, sorry) = await luc.reads(SORRY)
    assert list(sorry.buttons) == [*near, ask, subjects]
    await luc.presses(near[0])
    (second,) = await luc.reads("This helped")
    assert second.text.startswith(near[0])
    # The first answer is not offered again: not under the second, and not after it.
    (first,) = titles(library, locale, "g5-pause")
    assert first not in second.buttons
    await luc.presses(NOT_HELPED)
    (again,) = await luc.reads(AGAIN, without=(first, near[0]))
    (further,) = titles(library, locale, "processing-time")
    assert list(again.buttons) == [ask, further, near[2], near[1], subjects]
    # One press, and the question goes along; the team sees what was read.
    await luc.presses(ASK)
    await luc.reads("H-1001", without=(SHOWN,))
    await sarah.says("/queue")
    await sarah.presses("Take next")
    read = " · ".join(titles(library, "en", "g5-pause", "pause-existing-files"))
    await sarah.reads(QUESTION, f"{SHOWN} {read}")
    # It is for the team alone.
    await luc.presses("My requests")
    await luc.presses("H-1001")
    await luc.reads(QUESTION, without=(SHOWN,))


async def test_the_third_time_all_that_was_read_is_left_out(karim: Person, library: Library) -> None:
    await karim.says(QUESTION)
    for topic in ("no-passport", "programme-open"):
        await karim.presses(NOT_HELPED)
        await karim.presses(*titles(library, "en", topic))
    await karim.hears()
    await karim.presses(NOT_HELPED)
    (again,) = await karim.reads(AGAIN)
    assert not set(titles(library, "en", "no-passport", "programme-open", "g5-pause")) & set(again.buttons)


async def test_another_question_begins_anew(world: World, karim: Person, library: Library) -> None:
    await karim.says(QUESTION)
    await karim.presses(NOT_HELPED)
    await karim.presses(*titles(library, "en", "no-passport"))
    await world.passes(seconds=9)
    await karim.says(QUESTION)
    await karim.hears()
    await karim.presses(NOT_HELPED)
    await karim.reads(SORRY, without=(AGAIN,))


async def test_an_outsider_goes_nobody_elses_way(karim: Person, luc: Person, sarah: Person) -> None:
    await karim.says(QUESTION)
    await karim.presses(NOT_HELPED)
    (_, sorry) = await karim.reads(SORRY)
    for button in [*sorry.buttons.values(), {"data": "nothelped:1"}]:
        if ":" in button["data"]:
            await luc.forges(button["data"])
            await luc.reads(UNKNOWN_BUTTON, without=(QUESTION,))
    await sarah.says("/queue")
    await sarah.reads("Nobody is waiting.")
