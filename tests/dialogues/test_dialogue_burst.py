"""Fifty messages in a second from one person: the first are answered, the rest go together to the team."""

from dialogue import Person, World
from dialogues.scenes import own, waits

G5 = "When does the Group of Five pause end?"
LONG = f"{G5} " * 98
TOGETHER = (
    "You sent many messages at once. I answered the first ones. "
    "The others go together to the team, as request %(number)s."
)


async def at_once(person: Person, texts: list[str]) -> None:
    await person.world.control("burst", {"items": [{"person": person.id, "text": text} for text in texts]})
    await person.world.settled()


def numbered(number: int) -> str:
    return f"Question {number}: what colour is the kitchen door?"


async def request_as_read(member: Person, number: str) -> str:
    """A whole request as a member of the team reads it."""
    await member.says("/queue")
    await member.hears()
    await member.presses(number)
    return "\n".join(message.text for message in await member.hears())


async def test_fifty_messages_in_a_second(world: World, karim: Person, sarah: Person, luc: Person) -> None:
    await at_once(karim, [G5] * 8 + [numbered(number) for number in range(9, 51)])
    heard = await karim.reads(
        own(karim, TOGETHER, number="H-1001"), "Your request has the number H-1001.", without=("H-1002",)
    )
    assert sum("This helped" in message for message in heard) == 1  # the same eight times is one question
    assert len(heard) == 3  # the number, and one notice for all the others
    assert list(heard[-1].buttons) == ["My requests", "Menu"]
    assert await waits(world) == (0, 0)

    shown = await request_as_read(sarah, "H-1001")
    for number in range(9, 51):
        assert shown.count(numbered(number)) == 1
    # Others are served as ever.
    await luc.says("/help")
    await luc.reads("What do you want to do?")


async def test_nothing_of_it_is_lost_when_the_menu_is_pressed_later(
    karim: Person, sarah: Person, luc: Person
) -> None:
    texts = [f"{number}. {LONG}" for number in range(9, 14)]
    await at_once(karim, [G5] * 8 + texts)
    await karim.presses("Menu")
    await karim.presses("News")
    await karim.says("/privacy")
    await karim.says("/cancel")
    await karim.world.settled()
    squeezed = "".join((await request_as_read(sarah, "H-1001")).split())
    for text in texts:
        assert "".join(text.split()) in squeezed
    await luc.forges("req:1")  # it is Karim's alone
    await luc.reads("This button no longer works.", without=(G5,))


async def test_danger_in_the_middle_of_a_burst_is_raised_at_once(karim: Person, sarah: Person) -> None:
    cry = "Police arrested my brother in Rawalpindi this morning"
    before, after = [numbered(number) for number in range(9, 25)], [numbered(n) for n in range(25, 50)]
    await at_once(karim, [G5] * 8 + before + [cry] + after)
    await karim.reads(
        own(karim, TOGETHER, number="H-1001"),
        own(
            karim,
            "Your urgent request has the number %(number)s. The team has been called.",
            number="H-1002",
        ),
    )
    await sarah.reads("Urgent request", "H-1002")
    # What followed the cry belongs to it, what came before it is not lost, and all of it can be read.
    shown = await request_as_read(sarah, "H-1002")
    for text in (cry, *after):
        assert text in shown
    shown = await request_as_read(sarah, "H-1001")
    for text in before:
        assert text in shown


async def test_a_burst_of_presses_and_a_burst_of_stickers(world: World, zahra: Person) -> None:
    await zahra.says("/help")
    await world.settled()
    menu = (await zahra.messages())[-1]
    await world.control(
        "burst",
        {"items": [{"person": zahra.id, "message_id": menu.id, "data": "menu"} for _ in range(25)]},
    )
    await world.control("burst", {"items": [{"person": zahra.id, "sticker": "🙏"} for _ in range(25)]})
    heard = await zahra.reads("I can only read written messages.")
    assert len(heard) >= 25
    assert await waits(world) == (0, 0)


async def test_ten_seconds_later_questions_are_answered_again(world: World, karim: Person) -> None:
    await at_once(karim, [G5] * 12)
    await karim.reads(own(karim, TOGETHER, number="H-1001"))
    world.clock.advance(seconds=11)
    await karim.says(G5)
    await karim.reads("This helped", without=("H-1001",))


async def test_many_people_at_once_are_all_answered(world: World) -> None:
    crowd = [await world.meet(f"Person {number}", 700 + number) for number in range(40)]
    await world.control("burst", {"items": [{"person": person.id, "text": "/start"} for person in crowd]})
    await world.settled()
    for person in crowd:
        await person.reads("Choose your language")
