"""The team's group: urgent calls at once, otherwise a digest, never a word about anybody."""

import pytest
from dialogue import Person, World
from dialogues.scenes import TEAM, UNKNOWN_BUTTON, asks

from storage import staff

CRY = "پولیس شوهرم را امروز از خانه برد"
QUESTION = "Nous cherchons un appartement pour la famille"
PRIVATE_ONLY = "I only talk in private, to protect everybody here. Press the button."
OTHER = -1002


async def adds_the_bot(world: World, adder: Person, chat_id: int = TEAM, *others: Person) -> None:
    members = [adder.id, *(person.id for person in others)]
    await world.control(
        "groups", {"id": chat_id, "title": "A group", "type": "supergroup", "members": members}
    )
    await world.control(f"people/{adder.id}/bot_in_group", {"chat_id": chat_id, "member": True})
    await world.settled()


async def said_in(world: World, chat_id: int = TEAM) -> list[str]:
    """What the bot has said in a group; that it left is a line of Telegram's own."""
    messages = (await world.control(f"chats/{chat_id}/messages"))["messages"]
    return [message["text"] for message in messages if message["is_bot"] and message["kind"] != "service"]


async def bot_is_in(world: World, chat_id: int) -> bool:
    groups = (await world.control("world"))["groups"]
    return any(group["id"] == chat_id and group["bot_is_member"] for group in groups)


async def test_a_lead_makes_a_group_the_teams_one(world: World, sarah: Person) -> None:
    await adds_the_bot(world, sarah)
    await sarah.in_group(TEAM).reads("This is now the team's group.")
    await sarah.reads("The group is now the team's group. Urgent calls and digests go there.")
    assert await bot_is_in(world, TEAM)


@pytest.mark.parametrize("who", ["luc", "zahra", "farid"])
async def test_anybody_elses_group_is_left_without_a_word_in_it(
    world: World, luc: Person, zahra: Person, farid: Person, who: str
) -> None:
    """A sponsor, an applicant, even an agent: only a lead may."""
    adder = {"luc": luc, "zahra": zahra, "farid": farid}[who]
    await adds_the_bot(world, adder)
    assert not await bot_is_in(world, TEAM)
    assert await said_in(world) == []
    await adder.reads(
        "I only talk in private chats, so I have left the group. Nobody could see anything about you there."
    )
    await zahra.says(CRY)
    await world.settled()
    assert await said_in(world) == []


async def test_a_stranger_adds_the_bot_and_nothing_is_kept_of_them(world: World, omid: Person) -> None:
    await adds_the_bot(world, omid)
    assert not await bot_is_in(world, TEAM)
    await omid.says("/start")
    await omid.reads("English")  # to the bot he is somebody new


async def test_an_outsiders_group_does_not_replace_the_teams(
    world: World, group: Person, luc: Person, zahra: Person
) -> None:
    await adds_the_bot(world, luc, OTHER)
    assert await bot_is_in(world, TEAM)
    assert not await bot_is_in(world, OTHER)
    await zahra.says(CRY)
    await group.reads("Urgent request", "H-1001")


async def test_an_urgent_call_comes_at_once_without_a_word_of_what_it_is_about(
    world: World, group: Person, zahra: Person, luc: Person, farid: Person
) -> None:
    await asks(luc, QUESTION)
    assert await group.hears() == []  # what is not urgent waits for the digest
    await zahra.says(CRY)
    (call,) = await group.reads("Urgent request", "H-1002", "Dari")
    for secret in (CRY, "Zahra", "شوهر", "detained", "arrested", "applicant"):
        assert secret not in call
    ((label, button),) = call.buttons.items()
    assert label == "Open the queue"
    assert button["url"].endswith("?start=queue")
    await farid.reads("Urgent request", "H-1002")
    # What she adds is not called again.
    await zahra.says("در راولپندی")
    assert await group.hears() == []


async def test_a_digest_at_most_every_three_hours_and_none_when_nobody_waits(
    world: World, group: Person, luc: Person, gulalai: Person, farid: Person
) -> None:
    await world.passes(hours=3, minutes=1)
    assert await group.hears() == []  # nobody waits
    await asks(luc, QUESTION)
    await asks(gulalai, "موږ نوي کور ته تللي یو")
    await world.passes(hours=2, minutes=50)
    assert await group.hears() == []
    await world.passes(minutes=15)
    (digest,) = await group.reads("The queue now", "French: 1", "Pashto: 1", "urgent: 0")
    assert QUESTION not in digest
    assert "H-1001" not in digest
    for _ in range(3):
        await world.passes(minutes=50)
    assert await group.hears() == []
    await world.passes(minutes=31)
    await group.reads("The queue now")
    for _ in range(2):
        await farid.says("/queue")
        await farid.presses("Take next")
    await world.passes(hours=4)
    assert await group.hears() == []


async def test_commands_to_the_bot_in_the_group_point_to_the_private_chat(group: Person, luc: Person) -> None:
    await asks(luc, QUESTION)
    for command in ("/start", "/case", "/requests", "/queue", "/nonsense"):
        await group.says(f"{command}@sandbox_bot")
        (pointer,) = await group.reads(PRIVATE_ONLY, without=("H-1001",))
        ((label, button),) = pointer.buttons.items()
        assert label == "Open the private chat"
        assert "?start=" in button["url"]


async def test_commands_that_are_not_for_this_bot_are_not_its_business(group: Person, luc: Person) -> None:
    """In a group a bare command may be meant for any of its bots."""
    await asks(luc, QUESTION)
    for command in ("/start", "/case", "/queue", "/queue@another_bot", "/queue@another_bot H-1001"):
        await group.says(command)
    assert await group.hears() == []


async def test_what_is_said_in_the_group_is_nobodys_question(world: World, group: Person) -> None:
    for text in (
        "Police arrested my brother in Rawalpindi this morning",
        "When does the G5 pause end?",
        "H-1001",
    ):
        await group.says(text)
    await group.sends(sticker="🙏")
    await group.sends(photo=True, caption="They arrested my brother")
    assert await group.hears() == []


async def test_buttons_pressed_in_the_group_do_nothing(group: Person, luc: Person, sarah: Person) -> None:
    """Whoever forges a press in the group, even a lead, has done nothing."""
    await asks(luc, QUESTION)
    await luc.hears()
    await sarah.hears()
    for data in ("q", "qtake:1", "qt:1", "qnext", "requests", "showcase", "menu", "nonsense", "forgetyes"):
        await group.forges(data)
    assert await group.hears() == []
    assert await sarah.hears() == []
    assert await luc.hears() == []  # nobody has taken his request
    await sarah.says("/queue")  # and she has not left
    await sarah.reads("H-1001")


async def test_removed_from_the_group_the_calls_reach_the_members_privately(
    world: World, group: Person, sarah: Person, farid: Person, zahra: Person
) -> None:
    await world.control(f"people/{sarah.id}/bot_in_group", {"chat_id": TEAM, "member": False})
    await zahra.says(CRY)
    await farid.reads("Urgent request", "H-1001")
    await sarah.reads("Urgent request", "H-1001")
    await world.passes(hours=4)
    assert await group.hears() == []
    async with world.database.read(world.clock()) as tx:
        assert await staff.group(tx) is None


async def test_a_new_group_takes_the_place_of_the_old_one(
    world: World, group: Person, sarah: Person, zahra: Person
) -> None:
    await adds_the_bot(world, sarah, OTHER)
    assert await bot_is_in(world, OTHER)
    assert not await bot_is_in(world, TEAM)
    await zahra.says(CRY)
    await sarah.in_group(OTHER).reads("Urgent request", "H-1001")
    assert not any("Urgent request" in text for text in await said_in(world))


async def test_the_group_button_for_a_stranger_opens_the_first_screen(
    world: World, group: Person, karim: Person
) -> None:
    await karim.says("/start group")
    await karim.reads("What do you want to do?")
    omid = await world.meet("Omid", 506)
    await omid.says("/start group")
    await omid.reads("Choose your language")
    await omid.forges("q")
    await omid.reads(UNKNOWN_BUTTON)
