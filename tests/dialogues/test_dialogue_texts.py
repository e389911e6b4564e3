"""Review of the answers: somebody proposes, somebody else approves, and only then words leave the house."""

from pathlib import Path

import pytest
from dialogue import Invites, Person, World, joins
from dialogues.scenes import UNKNOWN_BUTTON, among_real_people
from sqlalchemy import select

from bot import demo
from bot.settings import Settings
from knowledge.library import Library
from storage import tables

QUESTION = "When does the Group of Five pause end?"
NO_ANSWER = "We have no approved answer to this in your language yet."
MISSING = "It is not approved, or its review is overdue. People are offered the team instead."
NEW = "There is no day for the end of the pause. Nobody needs an agent."
PROPOSED = "Proposed. Somebody else has to approve these words before they are sent."
OWN = "You proposed these words yourself. Somebody else has to decide on them."
CHANGED = "This text has changed meanwhile. Open it again."
NOT_YOURS = "This language is not one of yours."


@pytest.fixture
def settings(api: str, data_dir: Path) -> Settings:
    """The demonstration's settings, without its exemption."""
    return among_real_people(demo.settings(api, data_dir))


@pytest.fixture
async def nadia(world: World, invites: Invites) -> Person:
    """An editor of English and Dari, who reads English."""
    return await joins(world, invites, "Nadia", 610, "editor", "en", "fa_AF")


@pytest.fixture
async def omar(world: World, invites: Invites) -> Person:
    """An approver of English and Dari, without Pashto, who reads English."""
    return await joins(world, invites, "Omar", 611, "approver", "en", "fa_AF")


def title(library: Library, topic: str = "g5-pause", locale: str = "en") -> str:
    return library.topics[topic].texts[locale].title


async def opens(person: Person, library: Library, topic: str = "g5-pause", language: str = "English") -> None:
    """Look at a text."""
    await person.says("/texts")
    await person.presses(language)
    await person.forges(f"xt:{'en' if language == 'English' else 'fa_AF'}:{topic}")  # the way is long
    await person.world.settled()


async def proposes(nadia: Person, library: Library, topic: str = "g5-pause") -> None:
    await opens(nadia, library, topic)
    await nadia.presses("Propose these words")
    await nadia.reads(PROPOSED)


async def revisions(world: World) -> list[tuple[str, str, int, str]]:
    await world.settled()
    async with world.database.read(world.clock()) as tx:
        table = tables.revisions
        rows = await tx.connection.execute(
            select(table.c.topic, table.c.locale, table.c.version, table.c.state).order_by(table.c.id)
        )
        return [tuple(row) for row in rows]


async def given(world: World) -> list[tuple[str | None, int | None, str]]:
    """What the answers' table says was sent: topic, version, language."""
    await world.settled()
    async with world.database.read(world.clock()) as tx:
        table = tables.answers
        rows = await tx.connection.execute(
            select(table.c.topic, table.c.version, table.c.locale).order_by(table.c.id)
        )
        return [tuple(row) for row in rows]


# --- the road of a text


async def test_what_one_proposes_and_another_approves_is_sent(
    world: World, nadia: Person, omar: Person, karim: Person, library: Library
) -> None:
    await karim.says(QUESTION)
    await karim.reads(NO_ANSWER, without=(title(library),))
    await proposes(nadia, library)
    await omar.reads(f"Words wait for your approval (English): {title(library)}")
    await world.passes(seconds=8)  # what he writes now is a question of its own
    await karim.says(QUESTION)
    await karim.reads(NO_ANSWER, without=(title(library),))  # a proposal is not sent
    await omar.presses("Open it")
    await omar.reads(title(library), "waits for approval", "Approve", "Return")
    await omar.presses("Approve")
    await omar.reads("To be reviewed by", "approved", without=("Approve",))
    await nadia.reads(f"The words that you proposed are approved (English): {title(library)}")
    await karim.says(QUESTION)
    await karim.reads(title(library), "This helped", without=(NO_ANSWER, "Draft text"))
    assert (await given(world))[-1] == ("g5-pause", 1, "en")
    assert await revisions(world) == [("g5-pause", "en", 1, "approved")]


async def test_only_this_language_is_approved(
    nadia: Person, omar: Person, luc: Person, library: Library
) -> None:
    await proposes(nadia, library)
    await omar.presses("Open it")
    await omar.presses("Approve")
    await luc.says("Quand finit la pause du Groupe de cinq ?")
    await luc.reads(NO_ANSWER, without=(title(library, locale="fr"),))


async def test_other_words_are_written_previewed_approved_and_sent(
    world: World, nadia: Person, omar: Person, karim: Person, library: Library
) -> None:
    await opens(nadia, library)
    await nadia.presses("Write other words")
    await nadia.reads("Write the new short answer as one message, in English.")
    await nadia.says(NEW)
    await nadia.reads("This is what people will read:", NEW)
    await nadia.presses("Propose")
    await nadia.reads(PROPOSED)
    await omar.presses("Open it")
    await omar.reads(NEW)
    await omar.presses("Approve")
    await karim.says(QUESTION)
    await karim.reads(NEW)
    assert (await given(world))[-1] == ("g5-pause", 2, "en")
    # The words that came with the software are still there to read, and to propose again.
    await opens(nadia, library)
    await nadia.presses("Show the shipped words")
    await nadia.presses("Propose these words")
    await omar.presses("Open it")
    await omar.presses("Approve")
    assert await revisions(world) == [("g5-pause", "en", 2, "replaced"), ("g5-pause", "en", 1, "approved")]


async def test_an_approved_safety_text_goes_to_who_is_in_danger(
    nadia: Person, omar: Person, zahra: Person, library: Library
) -> None:
    await opens(nadia, library, "detained", language="دری")
    await nadia.presses("Propose these words")
    await omar.presses("Open it")
    await omar.presses("Approve")
    await zahra.says("پولیس شوهرم را امروز از خانه برد")
    # The contacts alone, which are said without an approved text, have no title.
    await zahra.reads(title(library, "detained", "fa_AF"), "+00 000 000 0001 (invented)", "H-1001")


async def test_the_words_stand_in_a_list_of_their_subject(nadia: Person, library: Library) -> None:
    await nadia.says("/texts")
    overview = (await nadia.hears())[-1]
    assert list(overview.buttons) == ["English", "دری"]
    assert "not approved: " in overview.text
    await nadia.presses("English")
    await nadia.presses("Sponsoring")
    await nadia.reads(f"✏️ {title(library)}")
    await nadia.presses(f"✏️ {title(library)}")
    await nadia.reads("version 1", "True as of", "Write other words", "Propose these words")
    await nadia.presses("Back")
    await nadia.reads("Sponsoring")


async def test_returned_words_come_back_with_the_reason(
    world: World, nadia: Person, omar: Person, karim: Person, library: Library
) -> None:
    await proposes(nadia, library)
    await omar.presses("Open it")
    await omar.presses("Return")
    await omar.reads("Write in one message why you return these words.")
    await omar.says("The date is of last year.")
    await omar.reads("Returned. Whoever proposed these words has been told why.")
    await nadia.reads("The words that you proposed were returned (English)", "The date is of last year.")
    assert await revisions(world) == [("g5-pause", "en", 1, "returned")]
    await karim.says(QUESTION)
    await karim.reads(NO_ANSWER)


async def test_approved_words_that_turn_out_wrong_are_stopped_at_once(
    nadia: Person, omar: Person, karim: Person, library: Library
) -> None:
    await proposes(nadia, library)
    await omar.presses("Open it")
    await omar.presses("Approve")
    await nadia.forges("xz:1")  # an editor cannot
    await nadia.reads(UNKNOWN_BUTTON)
    await karim.says(QUESTION)
    await karim.reads(title(library))
    await omar.presses("Stop sending it")
    await karim.says(QUESTION)
    await karim.reads(NO_ANSWER, without=(title(library),))


# --- what cannot be proposed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("word " * 150, "They have 749 characters; 700 are allowed."),
        ("Call {{ contacts.nobody }}.", "This cannot be filled in: {{ contacts.nobody }}"),
        ("Call {{ contacts.iom }}.", "must name the same contacts. Different: contacts.iom"),
    ],
)
async def test_words_that_break_a_rule_are_refused_and_the_next_message_is_taken(
    world: World, nadia: Person, library: Library, words: str, said: str
) -> None:
    await opens(nadia, library)
    await nadia.presses("Write other words")
    await nadia.says(words)
    await nadia.reads(
        "These words cannot be proposed yet:", said, without=("This is what people will read:",)
    )
    assert await revisions(world) == []
    await nadia.says(NEW)
    await nadia.reads("This is what people will read:", NEW)


async def test_iranian_words_and_bare_ones_are_refused_in_dari(nadia: Person, library: Library) -> None:
    await opens(nadia, library, language="دری")
    await nadia.presses("Write other words")
    await nadia.says("پروندهٔ شما، پرونده و Душанбе")
    await nadia.reads(
        "“پرونده” is said in Iran. In Dari: دوسیه", "This would be shown in the wrong order: Душанбе"
    )


async def test_only_the_previewed_words_are_proposed(world: World, nadia: Person, library: Library) -> None:
    await opens(nadia, library)
    await nadia.presses("Write other words")
    await nadia.says(NEW)
    (preview,) = [message for message in await nadia.hears() if "Propose" in message.buttons]
    await nadia.says("Something else.")
    await nadia.forges(preview.buttons["Propose"]["data"])
    await nadia.reads(CHANGED)
    assert await revisions(world) == []


# --- who may not


async def test_an_editor_cannot_approve_and_nobody_their_own(
    world: World, nadia: Person, omar: Person, sarah: Person, library: Library
) -> None:
    await proposes(nadia, library)
    for data in ("xa:1", "xr:1", "xz:1"):
        await nadia.forges(data)
        await nadia.reads(UNKNOWN_BUTTON)
    # Omar may approve, but not what he proposed himself.
    await opens(omar, library, "newborn")
    await omar.presses("Propose these words")
    await opens(omar, library, "newborn")
    await omar.reads("waits for approval", without=("Approve",))
    for data in ("xa:2", "xr:2"):
        await omar.forges(data)
        await omar.reads(OWN)
    assert {state for *_, state in await revisions(world)} == {"proposed"}
    await sarah.forges("xa:2")
    await sarah.reads("approved")
    assert ("newborn", "en", 1, "approved") in await revisions(world)


async def test_agents_and_outsiders_see_nothing_of_it(
    world: World, farid: Person, karim: Person, zahra: Person, nadia: Person, library: Library
) -> None:
    await proposes(nadia, library)
    mark = "0123456789ab"
    for person in (farid, karim, zahra):
        await person.says("/texts")
        await person.reads("I do not know this command.", without=(title(library), "Texts"))
        for data in (
            "xs",
            "xl:en",
            "xg:en:sponsoring",
            "xt:en:g5-pause",
            "xf:en:g5-pause",
            "xw:en:g5-pause",
            f"xp:en:g5-pause:{mark}",
            f"xn:{mark}",
            "xa:1",
            "xr:1",
            "xz:1",
        ):
            await person.forges(data)
            await person.reads(UNKNOWN_BUTTON, without=(title(library),))
    assert await revisions(world) == [("g5-pause", "en", 1, "proposed")]


async def test_nobody_works_on_a_language_that_is_not_theirs(
    world: World, invites: Invites, nadia: Person, omar: Person, library: Library
) -> None:
    layla = await joins(world, invites, "Layla", 612, "editor", "ps")
    await layla.says("/texts")
    await layla.presses("پښتو")
    await layla.forges("xt:ps:g5-pause")
    await layla.presses("Propose these words")
    await layla.reads(
        PROPOSED, "Nobody else in the team may approve words in this language. Ask a lead to invite somebody."
    )
    await omar.reads(without=("Words wait for your approval",))
    for data in (
        "xl:ps",
        "xg:ps:sponsoring",
        "xt:ps:g5-pause",
        "xf:ps:g5-pause",
        "xw:ps:g5-pause",
        "xa:1",
        "xr:1",
    ):
        await omar.forges(data)
        await omar.reads(NOT_YOURS, without=(title(library, locale="ps"),))
    assert await revisions(world) == [("g5-pause", "ps", 1, "proposed")]


async def test_who_leaves_the_team_while_writing_proposes_nothing(
    world: World, nadia: Person, library: Library
) -> None:
    await opens(nadia, library)
    await nadia.presses("Write other words")
    await nadia.hears()
    async with world.database.begin(world.clock()) as tx:
        await tx.connection.execute(tables.staff.delete())
    await nadia.says(NEW)
    await nadia.reads(without=("This is what people will read:",))
    assert await revisions(world) == []


async def test_a_decision_is_made_once_and_on_the_words_that_were_seen(
    world: World, nadia: Person, omar: Person, sarah: Person, library: Library
) -> None:
    await proposes(nadia, library)
    for approver in (omar, sarah):
        await approver.presses("Open it")
    await opens(nadia, library)
    await nadia.presses("Write other words")
    await nadia.says(NEW)
    await nadia.presses("Propose")
    await omar.hears()
    await omar.forges("xa:1")  # the words that he saw are not those that wait now
    await omar.reads(CHANGED)
    await omar.forges("xa:2")
    await omar.reads("approved")
    for data in ("xa:2", "xr:2"):
        await sarah.forges(data)
        await sarah.reads(CHANGED)
    assert [state for *_, state in await revisions(world)] == ["replaced", "approved"]


# --- what nobody looked at for too long


async def test_an_overdue_text_is_not_sent_and_the_editor_is_told_once_a_day(
    world: World, nadia: Person, omar: Person, karim: Person, luc: Person, library: Library
) -> None:
    await proposes(nadia, library)
    await omar.presses("Open it")
    await omar.presses("Approve")
    await nadia.hears()
    await karim.says(QUESTION)
    await karim.reads(title(library))
    await nadia.reads(without=(MISSING,))
    await world.passes(days=250)  # beyond both the topic's own day and half a year
    for _ in range(2):
        await karim.says(QUESTION)
        await karim.reads(NO_ANSWER, "Ask the team", without=(title(library),))
        await world.passes(seconds=8)  # what he writes next is a question of its own
    (told,) = await nadia.reads(
        f"Somebody asked for a text that may not be sent (English): {title(library)}", MISSING
    )
    await omar.reads(without=(MISSING,))
    await nadia.presses("Open it")
    await nadia.reads("This day is past:", "due for review")
    await world.passes(days=1.1)
    await karim.says(QUESTION)
    await karim.hears()
    await nadia.reads(MISSING)
    assert told.buttons
    # Approved again, it is sent again, under the same number: the words are the same.
    await proposes(nadia, library)
    await omar.presses("Open it")
    await omar.presses("Approve")
    await karim.says(QUESTION)
    await karim.reads(title(library), without=(NO_ANSWER,))
    assert (await given(world))[-1] == ("g5-pause", 1, "en")


async def test_without_an_editor_the_lead_is_told(karim: Person, sarah: Person, library: Library) -> None:
    await karim.says(QUESTION)
    await karim.hears()
    await sarah.reads(MISSING, title(library))
