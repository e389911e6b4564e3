"""Fifty messages in a second from one person: the first are answered, the rest kept for one decision."""

from dialogue import Person, World
from dialogues.scenes import own, waits

BURST = (
    "You sent many messages at once. I answered the first ones and kept the others.",
    "Shall I give them to the team? Or write the most important question again in a minute.",
)
G5 = "When does the Group of Five pause end?"


async def at_once(person: Person, texts: list[str]) -> None:
    await person.world.control("burst", {"items": [{"person": person.id, "text": text} for text in texts]})
    await person.world.settled()


def numbered(number: int) -> str:
    return f"Question {number}: what colour is the kitchen door?"


async def test_fifty_messages_in_a_second(world: World, karim: Person, sarah: Person, luc: Person) -> None:
    await at_once(karim, [G5] * 8 + [numbered(number) for number in range(9, 51)])
    heard = await karim.reads(*BURST)
    assert sum("This helped" in message for message in heard) == 8
    assert len(heard) == 9  # one notice for all the others
    assert list(heard[-1].buttons) == ["Give them to the team", "Menu"]
    assert await waits(world) == (0, 0)

    await karim.presses("Give them to the team")
    await karim.reads("Your request has the number H-1001.")
    await sarah.says("/queue")
    await sarah.presses("Take next")
    shown = "\n".join(message.text for message in await sarah.hears())
    for number in range(9, 51):
        assert numbered(number) in shown
    # Others are served as ever.
    await luc.says("/help")
    await luc.reads("What do you want to do?")


async def test_danger_in_the_middle_of_a_burst_is_raised_at_once(karim: Person, sarah: Person) -> None:
    cry = "Police arrested my brother in Rawalpindi this morning"
    before, after = [numbered(number) for number in range(9, 25)], [numbered(n) for n in range(25, 50)]
    await at_once(karim, [G5] * 8 + before + [cry] + after)
    await karim.reads(
        *BURST,
        own(
            karim,
            "Your urgent request has the number %(number)s. The team has been called.",
            number="H-1001",
        ),
    )
    await sarah.reads("Urgent request", "H-1001")
    await sarah.presses("Open it")
    shown = "\n".join(message.text for message in await sarah.hears())
    # What followed the cry belongs to it, and all of it can be read.
    for text in (cry, *after):
        assert text in shown
    # What was kept before it is not lost.
    await karim.presses("Give them to the team")
    await karim.reads("Your request has the number H-1002.")
    await sarah.says("/queue")
    await sarah.presses("H-1002")
    shown = "\n".join(message.text for message in await sarah.hears())
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
    heard = await zahra.reads(
        "I can only read written messages. Please write your question, or choose below."
    )
    assert len(heard) >= 25
    assert await waits(world) == (0, 0)


async def test_ten_seconds_later_questions_are_answered_again(world: World, karim: Person) -> None:
    await at_once(karim, [G5] * 12)
    await karim.reads(*BURST)
    world.clock.advance(seconds=11)
    await karim.says(G5)
    await karim.reads("This helped")


async def test_many_people_at_once_are_all_answered(world: World) -> None:
    crowd = [await world.meet(f"Person {number}", 700 + number) for number in range(40)]
    await world.control("burst", {"items": [{"person": person.id, "text": "/start"} for person in crowd]})
    await world.settled()
    for person in crowd:
        await person.reads("Choose your language")
