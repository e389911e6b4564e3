"""Questions that a person must answer: the text says what the team needs, and the next words go to it."""

import pytest
from dialogue import Person, World
from rehearsed import Rehearsed, answer, unknown

from engine import Engine
from knowledge.library import Library
from locales import LOCALES

PARTNER = "We would like to refer people to you"
DETAILS = "We are a women's centre in Calgary and follow twelve families"
SUBSCRIBE = "tell me when there is news"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """In this file the service understands the lines of the stories as written here."""
    lines = {
        PARTNER: answer("become-referral-partner"),
        DETAILS: unknown(),
        SUBSCRIBE: answer("subscribe"),
    }
    return Rehearsed(engine, lines)


@pytest.mark.parametrize("locale", LOCALES)
async def test_helens_next_words_go_to_the_team_with_the_topic(
    world: World, sarah: Person, library: Library, locale: str
) -> None:
    helen = await world.meet("Helen", 504, locale)
    await helen.settles_in("I write for an organisation")
    text = library.topics["become-referral-partner"].texts[locale]
    await helen.says(PARTNER)
    await helen.reads(text.title, "Your question to the team")
    await helen.says(DETAILS)
    await helen.reads("H-1001")
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(DETAILS, library.topics["become-referral-partner"].texts["en"].title)


@pytest.mark.parametrize("locale", LOCALES)
async def test_luc_hears_that_news_does_not_come_by_itself(world: World, locale: str) -> None:
    luc = await world.meet("Luc", 503, locale)
    await luc.settles_in("I am a private sponsor")
    await luc.says(SUBSCRIBE)
    (said,) = await luc.reads("I do not send news by myself, and I keep no list of readers.")
    await luc.presses("News")
    await luc.reads("News")
    assert len(said.buttons) == 3
