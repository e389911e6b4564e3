"""Danger goes first: the safety text and an urgent request at once, without a tap, whatever it interrupts."""

from datetime import timedelta

import pytest
from dialogue import Person, World, letters_due
from dialogues.scenes import ZAHRAS, asks, own, replies
from rehearsed import Rehearsed, suggest

from engine import Engine
from knowledge.library import Library
from storage.records import REPLY

CRIES = {
    "fa_AF": ("پولیس شوهرم را امروز از خانه برد", "detained"),
    "ps": ("هغوی وايي سبا مو طورخم ته لېږي", "deported"),
    "en": ("Police arrested my brother in Rawalpindi this morning", "detained"),
    "fr": ("La police a arrêté mon mari ce matin", "detained"),
}
CRY = CRIES["fa_AF"][0]
VAGUE = "Who should repair my bicycle?"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """The real one, but for a question that might be about an arrest, whatever it has learnt."""
    return Rehearsed(engine, {VAGUE: suggest("detained")})


def urgent(person: Person, number: str) -> str:
    return own(
        person, "Your urgent request has the number %(number)s. The team has been called.", number=number
    )


def added(person: Person, number: str) -> str:
    return own(person, "Added to your request %(number)s. The team will read it.", number=number)


@pytest.mark.parametrize("locale", CRIES)
async def test_a_cry_for_help_gets_the_safety_text_and_the_team_without_a_tap(
    world: World, library: Library, sarah: Person, locale: str
) -> None:
    cry, topic = CRIES[locale]
    person = await world.meet("Samira", 508, locale)
    await person.settles_in("I am an applicant")
    await person.says(cry)
    safety, number = await person.hears()
    assert safety.text.startswith(library.topics[topic].texts[locale].title)
    for contact in ("+00 000 000 0001", "+00 000 000 0002", "+00 000 000 0003"):
        assert contact in safety
    assert urgent(person, "H-1001") in number
    assert own(person, "Place in the queue: %(place)s", place="۱" if locale in ("fa_AF", "ps") else "1") in (
        number
    )
    # The lead hears of it at once, without a word of what it is about.
    (call,) = await sarah.reads("Urgent request", "H-1001")
    assert cry not in call
    await sarah.presses("Open it")
    await sarah.reads(cry, library.topics[topic].texts["en"].title, "urgent")


async def test_it_stands_before_everybody_who_waits_longer(
    luc: Person, helen: Person, zahra: Person, sarah: Person
) -> None:
    await asks(luc, "Nous avons une question sur le logement")
    await asks(helen, "We have a list of families")
    await zahra.says(CRY)
    await zahra.reads(urgent(zahra, "H-1003"), own(zahra, "Place in the queue: %(place)s", place="۱"))
    await sarah.says("/queue")
    (*_, queue) = await sarah.hears()
    assert list(queue.buttons) == ["Take next", "H-1003", "H-1001", "H-1002"]
    await luc.says("/requests")
    await luc.reads(own(luc, "Place in the queue: %(place)s", place="2"))
    await sarah.presses("Take next")
    await sarah.reads(CRY)


async def test_many_cries_and_details_are_one_request(zahra: Person, sarah: Person) -> None:
    await zahra.says(CRY)
    await zahra.reads(urgent(zahra, "H-1001"))
    await zahra.says("پولیس شوهرم را برد، کمک کنید!")
    await zahra.says("در راولپندی، از دیروز")
    await zahra.says("نام او را نمی‌نویسم")
    heard = await zahra.reads(added(zahra, "H-1001"), without=("H-1002",))
    assert sum(added(zahra, "H-1001") in message for message in heard) == 3
    await zahra.says("/requests")
    await zahra.reads("H-1001", without=("H-1002",))
    await sarah.presses("Open it")
    await sarah.reads(CRY, "پولیس شوهرم را برد، کمک کنید!", "در راولپندی، از دیروز", "نام او را نمی‌نویسم")


async def test_after_a_button_a_question_is_a_question_again(
    zahra: Person, sarah: Person, library: Library
) -> None:
    await zahra.says(CRY)
    await zahra.says("/help")
    await zahra.says("پاسپورت ندارم")
    await zahra.reads(library.topics["no-passport"].texts["fa_AF"].title, "This helped")
    # And another cry still goes to the request that is open; alone, for it is no piece of that question.
    zahra.world.clock.advance(minutes=1)
    await zahra.says("polis shawharam ra emroz az khana bord")
    await zahra.reads(added(zahra, "H-1001"), without=("H-1002",))
    await sarah.presses("Open it")
    await sarah.reads("polis shawharam ra emroz az khana bord", without=("پاسپورت ندارم",))


async def calls(member: Person) -> int:
    """How often somebody was called to an urgent request since they last looked."""
    return sum("Urgent request" in message for message in await member.hears())


@pytest.mark.parametrize("state", ["open", "taken", "answered", "closed"])
async def test_danger_again_gives_the_safety_text_again_and_calls_the_team_every_ten_minutes(
    world: World, zahra: Person, sarah: Person, mina: Person, library: Library, state: str
) -> None:
    safety = library.topics["detained"].texts["fa_AF"].title
    again = "پولیس آمد و پسرم را هم برد"
    await zahra.says(CRY)
    await world.settled()
    if state != "open":
        await sarah.presses("Open it")
        await sarah.presses("Take it")
    if state == "answered":
        await replies(sarah, "H-1001", "We have informed the High Commission.")
    if state == "closed":
        await sarah.presses("Resolve")
    await zahra.hears()
    await sarah.hears()
    assert await calls(mina) == 1
    for minutes, called in ((0, 0), (9, 0), (2, 1), (1, 0)):
        world.clock.advance(minutes=minutes)
        await zahra.says(again)
        await zahra.reads(safety, added(zahra, "H-1001"), without=("H-1002",))
        assert (await calls(sarah), await calls(mina)) == (called, called)
    await sarah.says("/queue")
    await sarah.presses("H-1001")
    await sarah.reads(CRY, again)


async def test_an_urgent_request_that_is_opened_again_calls_the_team(
    world: World, zahra: Person, karim: Person, sarah: Person
) -> None:
    await zahra.says(CRY)
    await zahra.says("/requests")
    await zahra.presses("H-1001")
    await zahra.presses("It is settled: close")
    await zahra.hears()
    assert await calls(sarah) == 1
    world.clock.advance(minutes=11)
    await karim.forges("reqreopen:1")  # nobody else opens it
    await karim.reads("This button no longer works.")
    assert await calls(sarah) == 0
    await zahra.presses("Open it again")
    await zahra.reads("Your request is open again.")
    assert await calls(sarah) == 1


async def test_pressing_a_danger_again_and_again_makes_one_request_a_day_and_floods_nobody(
    world: World, zahra: Person, sarah: Person, library: Library
) -> None:
    safety = library.topics["detained"].texts["fa_AF"].title
    for _ in range(4):
        await zahra.forges("topic:detained")
        await zahra.reads(safety)  # whoever presses gets the advice every time
        await zahra.forges("reqclose:1")
        await zahra.hears()
    await zahra.says("/requests")
    await zahra.reads("H-1001", without=("H-1002",))
    assert await calls(sarah) == 1
    world.clock.advance(hours=24)
    await zahra.forges("topic:detained")
    await zahra.reads(safety, urgent(zahra, "H-1002"))
    assert await calls(sarah) == 1


async def test_a_call_goes_before_all_notices(world: World, group: Person, zahra: Person) -> None:
    """Where Telegram takes only so many letters a second, the calls are not those that wait."""
    for chat_id in (601, 602, group.chat):
        await world.control(
            "fail",
            {"how": "429", "count": 1, "method": "sendMessage", "chat_id": chat_id, "retry_after": 300},
        )
    await zahra.says(CRY)
    await world.settled()
    async with world.database.read(world.clock() + timedelta(minutes=6)) as tx:
        held = [waiting.letter for waiting in await letters_due(tx)]
    assert {(letter.chat_id, letter.template) for letter in held} == {
        (601, "staff_urgent"),
        (602, "staff_urgent"),
        (group.chat, "group_urgent"),
    }
    assert {letter.lane for letter in held} == {REPLY}


@pytest.mark.parametrize(
    "step",
    [
        ("/ask",),
        ("/case", "Link my case"),
        ("/case", "Link my case", ZAHRAS.number),
        ("/case", "Link my case", ZAHRAS.number, ZAHRAS.birth),
    ],
    ids=["asking the team", "the case number", "the birth date", "the family name"],
)
async def test_danger_in_the_middle_of_another_dialogue(
    zahra: Person, sarah: Person, library: Library, step: tuple[str, ...]
) -> None:
    for word in step:
        if word == "Link my case":
            await zahra.presses(word)
        else:
            await zahra.says(word)
    await zahra.hears()
    await zahra.says(CRY)
    await zahra.reads(library.topics["detained"].texts["fa_AF"].title, urgent(zahra, "H-1001"))
    await zahra.says("در راولپندی")
    await zahra.reads(added(zahra, "H-1001"), without=("H-1002",))
    await sarah.presses("Open it")
    await sarah.reads(CRY, "در راولپندی")


async def test_danger_while_adding_to_an_ordinary_request(helen: Person, sarah: Person) -> None:
    await asks(helen, "We have a list of families")
    await helen.presses("Add something")
    await helen.says("Police arrested my brother in Rawalpindi this morning")
    await helen.reads(urgent(helen, "H-1002"))
    await sarah.reads("Urgent request", "H-1002")


async def test_danger_that_is_forwarded_or_edited_or_stands_under_a_picture(
    karim: Person, helen: Person, luc: Person
) -> None:
    await karim.says("Police arrested my brother in Rawalpindi this morning", forward=True)
    await karim.reads(urgent(karim, "H-1001"))
    written = await helen.says("When does the Group of Five pause end?")
    await helen.hears()
    await helen.edits(written, "Police arrested my brother in Rawalpindi this morning")
    await helen.reads(urgent(helen, "H-1002"))
    await luc.sends(photo=True, caption="La police a arrêté mon mari ce matin")
    await luc.reads(urgent(luc, "H-1003"))


async def test_the_list_of_dangers_for_who_cannot_write(
    gulalai: Person, sarah: Person, library: Library
) -> None:
    await gulalai.says("/help")
    await gulalai.presses("Somebody is in danger")
    (_, dangers) = await gulalai.reads("Is somebody in danger now?")
    titles = {library.topics[topic].texts["ps"].title for topic in library.urgent}
    assert len(titles) == 5
    assert titles < set(dangers.buttons)
    await gulalai.presses(library.topics["deported"].texts["ps"].title)
    await gulalai.reads(library.topics["deported"].texts["ps"].title, urgent(gulalai, "H-1001"))
    await gulalai.says("طورخم")
    await gulalai.reads(added(gulalai, "H-1001"))
    await sarah.presses("Open it")
    await sarah.reads("طورخم", library.topics["deported"].texts["en"].title)


async def test_a_suggested_danger_that_is_pressed_takes_the_question_along(
    karim: Person, sarah: Person, library: Library
) -> None:
    await karim.says(VAGUE)
    await karim.presses(library.topics["detained"].texts["en"].title)
    await karim.reads(urgent(karim, "H-1001"))
    await sarah.presses("Open it")
    await sarah.reads(VAGUE)


async def test_nobody_else_sees_the_request(zahra: Person, karim: Person, sarah: Person) -> None:
    await zahra.says(CRY)
    await zahra.world.settled()
    for data in ("req:1", "reqadd:1", "reqclose:1", "reqreopen:1"):
        await karim.forges(data)
        await karim.reads("This button no longer works.", without=(CRY, "H-1001"))
    await karim.says("/requests")
    await karim.reads("Your requests", without=("H-1001",))
    await sarah.says("/queue")
    await sarah.reads("H-1001")


async def test_when_the_request_has_ended_long_ago_a_text_is_a_question(
    world: World, zahra: Person, sarah: Person, library: Library
) -> None:
    await zahra.says(CRY)
    await world.settled()
    await sarah.presses("Open it")
    await sarah.presses("Take it")
    await sarah.presses("Resolve")
    await world.settled()
    await world.passes(days=366)  # what was closed is kept for a year
    await zahra.hears()
    await zahra.says("پاسپورت ندارم")
    await zahra.reads(library.topics["no-passport"].texts["fa_AF"].title, "This helped", without=("H-1001",))
