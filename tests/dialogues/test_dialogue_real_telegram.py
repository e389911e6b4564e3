"""With real people on the other side only words that the operator has approved leave; danger never waits."""

from pathlib import Path

import pytest
from dialogue import Person
from dialogues.scenes import UNKNOWN_BUTTON, among_real_people, links, own

from bot import demo
from bot.settings import Settings
from knowledge.library import Library

QUESTION = "When does the Group of Five pause end?"
VAGUE = "Someone asks me money for a visa"
NO_ANSWER = "We have no approved answer to this in your language yet."
CRY = "پولیس شوهرم را امروز از خانه برد"


@pytest.fixture
def settings(api: str, data_dir: Path) -> Settings:
    """The demonstration's settings, without its exemption."""
    return among_real_people(demo.settings(api, data_dir))


@pytest.fixture
def unapproved(library: Library) -> set[str]:
    """The titles of all answers that must not be offered; there are some."""
    found = {
        text.title
        for topic in library.topics.values()
        for text in topic.texts.values()
        if topic.answers and topic.then != "urgent" and not text.approved
    }
    assert len(found) > 50
    return found


async def test_what_nobody_approved_is_not_said_and_the_question_goes_to_the_team(
    karim: Person, luc: Person, sarah: Person, library: Library
) -> None:
    await karim.says(QUESTION)
    (answer,) = await karim.reads(NO_ANSWER, without=(library.topics["g5-pause"].texts["en"].title,))
    assert list(answer.buttons) == ["Ask the team", "Menu"]
    await luc.forges(answer.buttons["Ask the team"]["data"])  # somebody else's question
    await luc.reads(UNKNOWN_BUTTON, without=(QUESTION,))
    for _ in range(2):
        await karim.presses("Ask the team")
    await karim.reads("H-1001", without=("H-1002", "Your question to the team"))
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(QUESTION)


async def test_unapproved_titles_are_not_offered_anywhere(
    karim: Person, library: Library, unapproved: set[str]
) -> None:
    await karim.says("/help")
    await karim.presses("Choose a subject")
    for text in (VAGUE, QUESTION, "What colour should we paint the kitchen?"):
        await karim.says(text)
    await karim.says("500 dollars and your name is on the list", forward=True)
    await karim.says("/updates")
    await karim.forges("topic:g5-pause")
    await karim.forges("subject:sponsoring")
    await karim.forges("news:" + next(iter(library.updates)))
    for message in await karim.hears():
        assert not unapproved & set(message.buttons)
        for title in unapproved:
            assert title not in message.text


async def test_a_stage_is_shown_by_its_name_only(zahra: Person, karim: Person, library: Library) -> None:
    await links(zahra)
    await zahra.says("/case")
    await zahra.presses("Show it")
    stage = library.stages["fa_AF"]["security"]
    assert not stage.approved
    await zahra.reads("G000012345", stage.name, "Islamabad", without=(stage.meaning, stage.next, stage.actor))
    await karim.forges("showcase")
    await karim.reads(UNKNOWN_BUTTON, without=(stage.name,))


async def test_danger_gets_the_contacts_and_the_team_though_no_safety_text_is_approved(
    zahra: Person, karim: Person, sarah: Person, library: Library
) -> None:
    body = library.topics["detained"].texts["fa_AF"]
    assert not body.approved
    await zahra.says(CRY)
    await zahra.reads(
        "First keep yourself safe. If it is safe to call, call now:",
        "+00 000 000 0001 (invented)",
        "+00 000 000 0002 (invented)",
        "+00 000 000 0003 (invented)",
        own(
            zahra, "Your urgent request has the number %(number)s. The team has been called.", number="H-1001"
        ),
        without=(body.title,),
    )
    await sarah.presses("Open it")
    await sarah.reads(CRY)
    # The list of dangers is there for who cannot write.
    await karim.says("/help")
    await karim.presses("Somebody is in danger")
    await karim.presses(library.topics["deported"].texts["en"].title)
    await karim.reads("First keep yourself safe. If it is safe to call, call now:", "H-1002")
