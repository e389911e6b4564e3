"""People type one question in three messages: one reply stands under it, and changes as it becomes clear."""

import aiohttp
import pytest
from dialogue import Clock, Message, Person, World
from rehearsed import Rehearsed, answer, suggest, unknown, urgent
from sqlalchemy import select

from bot import service
from bot.settings import Settings
from engine import Engine
from knowledge.library import Library
from locales import LOCALES
from storage import tables

PIECES = {
    "en": ("A question please", "my five friends and I", "until when do we wait"),
    "fr": ("Une question s'il vous plaît", "mes cinq amis et moi", "on attend jusqu'à quand"),
    "fa_AF": ("یک سوال", "من و پنج دوستم", "تا کدام وقت صبر کنیم"),
    "ps": ("یوه پوښتنه", "زه او پنځه ملګري", "تر کله صبر وکړو"),
}
BABY, BORN, CITY = "We had a baby", "three days ago", "in Islamabad"
POLICE, HOUSE = "They came to the house", "and took him away"
PLEASE = "please tell me"

LETTER, FIGURES = "The letter", "how many letters arrived"

LINES = {
    LETTER: unknown(),
    FIGURES: suggest("no-topic-of-ours"),
    f"{LETTER}\n{FIGURES}": suggest("no-topic-of-ours"),
    BABY: answer("newborn", "processing-time"),
    BORN: unknown(),
    CITY: suggest("visa-expired-pakistan"),
    f"{BABY}\n{BORN}": answer("newborn"),
    f"{BABY}\n{BORN}\n{CITY}": answer("newborn"),
    f"{BABY}\n{CITY}": suggest("visa-expired-pakistan", "newborn"),
    PLEASE: unknown(),
    POLICE: suggest("no-passport"),
    HOUSE: unknown(),
    f"{POLICE}\n{HOUSE}": urgent("detained"),
    f"{POLICE}\n{PLEASE}": suggest("no-passport"),
}
for _one, _two, _three in PIECES.values():
    LINES |= {
        _one: unknown(),
        _two: unknown(),
        _three: unknown(),
        f"{_one}\n{_two}": suggest("find-a-sponsor", "g5-pause"),
        f"{_one}\n{_two}\n{_three}": answer("g5-pause"),
    }

NOT_UNDERSTOOD = "I did not understand this well enough to answer."
NOT_SURE = "I am not sure that I understood. Did you mean one of these?"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """In this file the service understands the lines of the stories as written above."""
    return Rehearsed(engine, LINES)


async def types(person: Person, *texts: str) -> None:
    """Write several messages at once, faster than the bot replies."""
    await person.world.control("burst", {"items": [{"person": person.id, "text": text} for text in texts]})
    await person.world.settled()


async def replies(person: Person, known: int) -> list[Message]:
    """What stands in the chat behind the messages that were there before."""
    await person.world.settled()
    return (await person.messages())[known:]


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "one after the other"])
@pytest.mark.parametrize("locale", LOCALES)
async def test_three_pieces_have_one_reply_which_becomes_the_answer(
    world: World, library: Library, sarah: Person, locale: str, at_once: bool
) -> None:
    zahra = await world.meet("Zahra", 501, locale)
    await zahra.settles_in("I am an applicant")
    before, title = len(await zahra.messages()), library.topics["g5-pause"].texts[locale].title
    if at_once:
        await types(zahra, *PIECES[locale])
    else:
        for piece, reads in zip(PIECES[locale], (NOT_UNDERSTOOD, NOT_SURE, title), strict=True):
            await zahra.says(piece)
            (said,) = await zahra.reads(reads)
            assert said.id == (await zahra.messages())[-1].id
    (reply,) = await replies(zahra, before)
    assert reply.text.startswith(title)
    assert zahra.in_own_words("This helped") in reply.buttons
    async with world.database.read(world.clock()) as tx:
        (row,) = (await tx.connection.execute(select(tables.answers))).all()
    text = library.topics["g5-pause"].texts[locale]
    assert (row.decision, row.topic, row.version, row.locale) == ("answer", "g5-pause", text.version, locale)
    assert row.message_id == reply.id
    # The whole question goes to the team.
    await zahra.presses("Ask the team")
    await zahra.reads("H-1001")
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads("\n".join(PIECES[locale]))


async def test_what_says_nothing_new_is_read_in_silence_and_goes_along(karim: Person, sarah: Person) -> None:
    await karim.says(BABY)
    await karim.reads("We had a baby", "This helped")
    await types(karim, BORN, CITY, BABY)
    assert await karim.hears() == []
    await karim.presses("Ask the team")
    await karim.reads("H-1001")
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(f"{BABY}\n{BORN}\n{CITY}\n{BABY}")


async def test_guesses_that_cannot_be_offered_leave_the_reply_as_it_is(karim: Person, sarah: Person) -> None:
    await karim.says(LETTER)
    await karim.reads(NOT_UNDERSTOOD)
    await karim.says(FIGURES)
    assert await karim.hears() == []
    await karim.presses("Send it to the team")
    await karim.reads("H-1001")
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(f"{LETTER}\n{FIGURES}")


async def test_a_question_of_its_own_gets_its_own_answer(karim: Person, library: Library) -> None:
    baby, pause = (library.topics[topic].texts["en"].title for topic in ("newborn", "g5-pause"))
    await types(karim, BABY, "When does the Group of Five pause end?")
    (first, second) = await karim.hears()
    assert first.text.startswith(baby)
    assert second.text.startswith(pause)


async def test_a_piece_that_makes_it_less_clear_is_answered_by_itself(karim: Person) -> None:
    await types(karim, BABY, CITY)
    (answered, guessed) = await karim.reads("This helped", NOT_SURE)
    assert "This helped" in answered
    assert NOT_SURE in guessed


async def test_eight_seconds_later_it_is_a_new_question(world: World, karim: Person) -> None:
    await karim.says(BABY)
    await world.passes(seconds=8)
    await karim.says(BORN)
    (_, asked_back) = await karim.reads("This helped", NOT_UNDERSTOOD)
    assert NOT_UNDERSTOOD in asked_back


async def test_each_piece_gives_eight_more_seconds(world: World, karim: Person) -> None:
    for text in (BABY, BORN, CITY):
        await karim.says(text)
        await world.passes(seconds=6)
    assert len(await karim.hears()) == 1


async def test_who_presses_a_button_is_done_with_the_question(karim: Person) -> None:
    await karim.says(BABY)
    await karim.presses("This helped")
    await karim.says(BORN)
    await karim.reads(NOT_UNDERSTOOD)


async def test_a_changed_message_is_asked_anew(karim: Person) -> None:
    await karim.says(BABY)
    message = await karim.says(BORN)
    await karim.hears()
    await karim.edits(message, PLEASE)
    await karim.reads(NOT_UNDERSTOOD)


async def test_danger_in_the_whole_is_raised_at_once_with_all_the_words(karim: Person, sarah: Person) -> None:
    await types(karim, POLICE, HOUSE)
    await karim.reads("First keep yourself safe. If it is safe to call, call now:", "H-1001")
    await sarah.reads("Urgent request", "H-1001")
    await sarah.presses("Open it")
    await sarah.reads(f"{POLICE}\n{HOUSE}")


async def test_danger_in_a_piece_takes_what_was_written_before_along(karim: Person, sarah: Person) -> None:
    cry = "Police arrested my brother in Rawalpindi this morning"
    await types(karim, BABY, cry)
    await karim.reads("This helped", "H-1001")
    await sarah.reads("Urgent request", "H-1001")
    await sarah.presses("Open it")
    await sarah.reads(f"{BABY}\n{cry}")


async def test_an_outsiders_piece_changes_nobody_elses_reply(
    world: World, zahra: Person, karim: Person
) -> None:
    one, two, three = PIECES["en"]
    await zahra.says(one)
    await zahra.reads(NOT_UNDERSTOOD)
    await karim.says(two)
    await karim.reads(NOT_UNDERSTOOD)
    assert await zahra.hears() == []
    await karim.says(three)
    assert await zahra.hears() == []
    async with world.database.read(world.clock()) as tx:
        rows = (await tx.connection.execute(select(tables.answers.c.person_id))).scalars().all()
    assert len(set(rows)) == len(rows) == 2


# --- the reply cannot be changed, or is not there yet


async def test_a_reply_that_is_gone_is_said_anew(world: World, karim: Person, settings: Settings) -> None:
    one, two, three = PIECES["en"]
    await karim.says(one)
    (reply,) = await karim.reads(NOT_UNDERSTOOD)
    url = f"/bot{settings.token.get_secret_value()}/deleteMessage"
    async with world.http.post(url, json={"chat_id": karim.id, "message_id": reply.id}) as response:
        assert response.status == 200
    await karim.says(two)
    (anew,) = await karim.reads(NOT_SURE)
    assert anew.id > reply.id
    # The new one is the reply from now on.
    await karim.says(three)
    (answered,) = await karim.reads("This helped")
    assert answered.id == anew.id


@pytest.mark.parametrize("how", ["429", "500", "reset"])
async def test_the_first_reply_is_late_and_the_others_wait_for_it(
    world: World, karim: Person, how: str
) -> None:
    before = len(await karim.messages())
    await world.control("fail", {"how": how, "count": 2, "method": "sendMessage", "chat_id": karim.id})
    await world.control("fail", {"how": how, "count": 1, "method": "editMessageText", "chat_id": karim.id})
    await types(karim, *PIECES["en"])
    for _ in range(10):
        await world.passes(seconds=3)
    (reply,) = await replies(karim, before)
    assert "This helped" in reply


async def test_another_process_goes_on_with_the_question(
    api: str, settings: Settings, clock: Clock, library: Library, engine: Engine
) -> None:
    one, two, three = PIECES["fa_AF"]
    async with aiohttp.ClientSession(api) as http:
        async with service.running(settings, library, engine, clock=clock) as database:
            world = World(api, http, database, clock)
            zahra = await world.meet("Zahra", 501, "fa_AF")
            await zahra.settles_in("I am an applicant")
            known = len(await zahra.messages())
            await zahra.says(one)
            await world.settled()
        clock.advance(seconds=-4)  # the service takes its time to start; Zahra does not
        async with service.running(settings, library, engine, clock=clock) as database:
            zahra.world = World(api, http, database, clock)
            await types(zahra, two, three)
            (reply,) = await replies(zahra, known)
    assert reply.text.startswith(library.topics["g5-pause"].texts["fa_AF"].title)
