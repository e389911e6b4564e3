"""Updates: dated, sourced, in the reader's language, and only those that are meant for the reader."""

import pytest
from dialogue import Person, World
from dialogues.scenes import UNKNOWN_BUTTON

from knowledge.library import Library
from locales import LOCALES, formats


def titles(library: Library, locale: str, *, audience: str, release: str = "") -> set[str]:
    return {
        update.texts[locale].title
        for update in library.updates.values()
        if update.audience == audience and release in ("", update.release)
    }


@pytest.mark.parametrize("locale", LOCALES)
async def test_the_list_and_one_of_it_in_every_language(world: World, library: Library, locale: str) -> None:
    reader = await world.meet("Samira", 508, locale)
    await reader.settles_in("I am a private sponsor")
    await reader.says("/updates")
    (news,) = await reader.reads("News about the programmes")
    *listed, menu = news.buttons
    assert menu == reader.in_own_words("Menu")
    days = {update.texts[locale].title: update.day for update in library.updates.values()}
    assert len(listed) >= 6
    assert [days[title] for title in listed] == sorted((days[title] for title in listed), reverse=True)

    await reader.presses(listed[0])
    newest = next(iter(library.updates.values()))
    (shown,) = await reader.reads("Source:", newest.source, formats.day(newest.day, locale))
    assert shown.id == news.id
    assert shown.text.startswith(listed[0])
    await reader.presses("All news")
    (again,) = await reader.hears()
    assert list(again.buttons) == list(news.buttons)


async def test_responsive_news_is_never_listed(
    luc: Person, helen: Person, zahra: Person, library: Library
) -> None:
    for person in (luc, helen, zahra):
        responsive = titles(library, person.locale, audience="any", release="responsive")
        assert responsive
        await person.says("/updates")
        (news,) = await person.hears()
        assert not responsive & set(news.buttons)


async def test_news_for_organisations_is_for_organisations_only(
    helen: Person, luc: Person, zahra: Person, library: Library
) -> None:
    await helen.says("/updates")
    (news,) = await helen.hears()
    assert titles(library, "en", audience="partner") < set(news.buttons)
    for person in (luc, zahra):
        await person.says("/updates")
        (news,) = await person.hears()
        assert not titles(library, person.locale, audience="partner") & set(news.buttons)
        for update in library.updates.values():
            if update.audience == "partner":
                await person.forges(f"news:{update.id}")
                await person.reads(UNKNOWN_BUTTON)


async def test_a_forged_piece_of_news_is_told_so(luc: Person) -> None:
    await luc.forges("news:no-such-news")
    await luc.reads(UNKNOWN_BUTTON)
