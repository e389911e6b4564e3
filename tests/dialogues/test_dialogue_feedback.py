"""Feedback: editors see what fails and what found no answer, and make examples without anybody in them."""

import aiohttp
import pytest
from dialogue import Clock, Invites, Person, World, joins
from dialogues.scenes import UNKNOWN_BUTTON
from rehearsed import Rehearsed, suggest, unknown
from sqlalchemy import select

from bot import service
from bot.settings import Settings
from desk import feedback
from engine import Decision, Engine
from knowledge.library import Library
from storage import events, examples, people, tables

QUESTION = "Zalmay wants marbles, purple trombones?"
ALIKE = "zalmay wants purple marbles and trombones"
VAGUE = "Someone asks me money for a visa"
XYLOPHONE = "Xylophone?"
PASHTO = "وریجې څنګه پخېږي؟"
SENTENCE = "May somebody bring a musical instrument?"
GONE = "These words are not kept any more, or are not in a language of yours."
NONE = "No question whose words are still kept."
NOT_YOURS = "This language is not one of yours."
LINES = {
    VAGUE: suggest("agent-asks-money", "is-this-message-real"),
    **dict.fromkeys((QUESTION, ALIKE, XYLOPHONE, PASHTO), unknown()),
}


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """In this file the service understands the lines of the stories as written above."""
    return Rehearsed(engine, LINES)


@pytest.fixture
async def nadia(world: World, invites: Invites) -> Person:
    """An editor of English and Dari, without Pashto, who reads English."""
    return await joins(world, invites, "Nadia", 610, "editor", "en", "fa_AF")


async def joins_for_pashto(world: World, invites: Invites) -> Person:
    """Layla, an editor of Pashto alone."""
    return await joins(world, invites, "Layla", 612, "editor", "ps")


async def is_not_understood(person: Person, *questions: str) -> None:
    """Ask what no topic answers, each a question of its own."""
    for question in questions:
        await person.says(question)
        await person.world.settled()
        person.world.clock.advance(minutes=1)


async def opens_questions(nadia: Person, language: str = "English") -> None:
    await nadia.says("/feedback")
    await nadia.presses(language)
    await nadia.presses("Unanswered questions")


async def starts_example(nadia: Person, topic: str = "newborn") -> None:
    """From the first group to the sentence."""
    await opens_questions(nadia)
    await nadia.presses("Make an example")
    await nadia.world.settled()
    await nadia.forges(f"fe:{await first_answer(nadia.world)}:{topic}")
    await nadia.reads("Write one sentence in English", "nothing of the person may be in it")


async def first_answer(world: World) -> int:
    await world.settled()
    async with world.database.read(world.clock()) as tx:
        rows = await tx.connection.execute(select(tables.answers.c.id).order_by(tables.answers.c.id))
        return int(rows.scalars().all()[0])


async def added(world: World) -> dict[str, dict[str, list[str]]]:
    await world.settled()
    async with world.database.read(world.clock()) as tx:
        return await feedback.examples(tx)


async def audit(world: World) -> list[str]:
    await world.settled()
    async with world.database.read(world.clock()) as tx:
        return await events.actions(tx)


# --- figures


async def test_an_editor_sees_how_the_answers_do(
    world: World, nadia: Person, karim: Person, helen: Person, luc: Person, library: Library
) -> None:
    title = library.topics["g5-pause"].texts["en"].title
    for person, verdict in ((karim, "It did not help"), (helen, "It did not help"), (karim, "This helped")):
        await person.says("When does the Group of Five pause end?")
        await person.presses(verdict)
    await luc.says("Quand finit la pause du Groupe de cinq ?")
    await nadia.says("/feedback")
    (screen,) = await nadia.reads("answered: 3", "helped: 1", "did not help: 2", "asked back: 0", "Dari")
    assert f"{title}: did not help 2 of 3 people" in screen.text
    assert list(screen.buttons) == ["English", "دری"]
    assert "French" not in screen.text
    await nadia.presses("English")
    await nadia.presses("Topics that fail")
    await nadia.reads(f"{title}: did not help 2 of 3 people", without=("Found only after asking back",))
    await world.passes(days=31)
    await nadia.says("/feedback")
    await nadia.reads("answered: 0", without=(title,))


async def test_what_was_found_after_asking_back_is_counted_and_not_unanswered(
    world: World, nadia: Person, karim: Person, library: Library
) -> None:
    await karim.says(VAGUE)
    (asked,) = await karim.reads("Did you mean one of these?")
    label, button = next(iter(asked.buttons.items()))
    assert button["data"].startswith("pick:")
    await opens_questions(nadia)
    await nadia.reads(VAGUE)
    await karim.presses(label)
    await opens_questions(nadia)
    await nadia.reads(NONE, without=(VAGUE,))
    await nadia.presses("Back")
    await nadia.presses("Topics that fail")
    await nadia.reads("Found only after asking back", f"{label}: 1")
    # The suggestion itself was no answer: nobody can say that it helped.
    await karim.forges(f"helped:{button['data'].split(':')[1]}")
    await karim.reads(UNKNOWN_BUTTON)


# --- questions without an answer


async def test_like_questions_stand_together_and_reading_them_is_in_the_audit(
    world: World, nadia: Person, karim: Person, helen: Person, gulalai: Person
) -> None:
    await is_not_understood(karim, QUESTION)
    await is_not_understood(helen, XYLOPHONE, ALIKE)
    await is_not_understood(gulalai, PASHTO)
    assert "questions.opened" not in await audit(world)
    await opens_questions(nadia)
    await nadia.reads(
        "Group 1 of 2, like questions: 2", QUESTION, ALIKE, without=("Xylophone", PASHTO, "Karim", "Helen")
    )
    assert (await audit(world)).count("questions.opened") == 1
    await nadia.presses("Next group")
    await nadia.reads("Group 2 of 2, like questions: 1", "Xylophone", without=("Next group", QUESTION))


async def test_old_words_and_those_of_who_left_are_gone(
    world: World, nadia: Person, karim: Person, helen: Person
) -> None:
    await is_not_understood(karim, QUESTION)
    await is_not_understood(helen, XYLOPHONE)
    await opens_questions(nadia)
    await nadia.reads("Group 1 of 2")
    await karim.says("/forget")
    await karim.presses("Yes, erase everything")
    await nadia.presses("Make an example")
    await opens_questions(nadia)
    await nadia.reads("Xylophone", "Group 1 of 1", without=(QUESTION,))
    await world.passes(days=30.1)
    await nadia.presses("Make an example")
    await nadia.reads(GONE)
    await opens_questions(nadia)
    await nadia.reads(NONE, without=("Xylophone",))


async def test_only_editors_see_it_and_only_their_languages(
    world: World, nadia: Person, farid: Person, karim: Person, gulalai: Person, invites: Invites
) -> None:
    await is_not_understood(gulalai, PASHTO)
    answer = await first_answer(world)
    for person in (farid, karim):
        await person.says("/feedback")
        await person.reads("I do not know this command.", without=("Feedback",))
    for data in (
        "ff",
        "fl:ps",
        "ft:ps",
        "fq:ps:0",
        f"fm:{answer}",
        f"fs:{answer}:host",
        f"fe:{answer}:newborn",
        "fx:1",
    ):
        for person in (farid, karim):
            await person.forges(data)
            await person.reads(UNKNOWN_BUTTON, without=(PASHTO,))
    for data in ("fl:ps", "ft:ps", "fq:ps:0"):
        await nadia.forges(data)
        await nadia.reads(NOT_YOURS, without=(PASHTO,))
    for data in (f"fm:{answer}", f"fs:{answer}:host", f"fe:{answer}:newborn"):
        await nadia.forges(data)
        await nadia.reads(GONE, without=(PASHTO,))
    assert "questions.opened" not in await audit(world)
    layla = await joins_for_pashto(world, invites)
    await layla.says("/feedback")
    await layla.presses("Unanswered questions")
    await layla.reads(PASHTO)
    assert "questions.opened" in await audit(world)


async def test_in_the_group_nothing_is_shown(
    world: World, group: Person, sarah: Person, karim: Person
) -> None:
    await is_not_understood(karim, QUESTION)
    await group.says("/feedback")
    await group.reads(without=(QUESTION, "Unanswered questions"))
    await group.forges("fq:en:0")
    await group.reads(without=(QUESTION,))
    await sarah.says("/feedback")
    await sarah.presses("Unanswered questions")  # she has one language
    await sarah.reads(QUESTION)


# --- examples


async def test_an_editor_makes_an_example(
    world: World, nadia: Person, karim: Person, library: Library
) -> None:
    await is_not_understood(karim, QUESTION)
    await opens_questions(nadia)
    await nadia.presses("Make an example")
    await nadia.reads("Which topic should these questions find?", "Changes in the family", "Programmes")
    await nadia.presses("Changes in the family")
    await nadia.presses(library.topics["newborn"].texts["en"].title)
    await nadia.reads("Write one sentence in English", "nothing of the person may be in it")
    for text, said in (
        ("My case G000012345 has instruments", "This holds a number"),
        ("Ask zahra@example.org", "This holds an e-mail address"),
        ("The police have taken my son and beat him", "This tells of danger"),
        (library.topics["g5-pause"].questions["en"][0], "This sentence is an example already."),
    ):
        await nadia.says(text)
        await nadia.reads(said, "Write another one.", without=("Kept as an example",))
    assert await added(world) == {}
    await nadia.says(SENTENCE)
    await nadia.reads("Kept as an example of", "The service learns from it at its next start.")
    assert await added(world) == {"newborn": {"en": [SENTENCE]}}
    assert "example.added" in await audit(world)
    await nadia.presses("Do not keep it")
    await nadia.reads("It is not kept any more.")
    assert await added(world) == {}


async def test_the_service_learns_from_it_at_its_next_start(
    api: str, settings: Settings, clock: Clock, library: Library, engine: Engine
) -> None:
    question = "A little angel has joined us now, what about her papers?"
    assert engine.understand(question).decision is not Decision.ANSWER  # as shipped, without the example
    database = await service.open_database(settings)
    async with database.begin(clock()) as tx:
        somebody = await people.add(tx, 999)
        sentence = "A little angel has joined us, what about papers?"
        await examples.add(tx, "newborn", "en", sentence, by=somebody.id)
    await database.close()
    # Without an engine given, it is built as it is on a server.
    async with (
        aiohttp.ClientSession(api) as http,
        service.running(settings, library, clock=clock, sweep_every=0.1) as running,
    ):
        karim = await World(api, http, running, clock).meet("Karim", 505)
        await karim.settles_in("I am an applicant")
        await karim.says(question)
        (answer,) = await karim.reads("This helped")
        assert answer.text.startswith(library.topics["newborn"].texts["en"].title)


async def test_nobody_else_takes_an_example_away(
    world: World, nadia: Person, karim: Person, farid: Person, invites: Invites
) -> None:
    await is_not_understood(karim, QUESTION)
    await starts_example(nadia)
    await nadia.says(SENTENCE)
    await nadia.hears()
    layla = await joins_for_pashto(world, invites)
    for person in (karim, farid, layla):
        await person.forges("fx:1")
        await person.reads(UNKNOWN_BUTTON)
    assert await added(world) == {"newborn": {"en": [SENTENCE]}}


async def test_who_leaves_the_team_while_writing_adds_nothing(
    world: World, nadia: Person, karim: Person
) -> None:
    await is_not_understood(karim, QUESTION)
    await starts_example(nadia)
    async with world.database.begin(world.clock()) as tx:
        await tx.connection.execute(tables.staff.delete())
    await nadia.says(SENTENCE)
    await nadia.reads(without=("Kept as an example",))
    assert await added(world) == {}
