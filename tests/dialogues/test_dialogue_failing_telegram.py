"""A Telegram that refuses, breaks or says nothing: every reply still arrives, in order."""

from typing import Any

import pytest
from dialogue import Person, World
from dialogues.letters import photo, picture, voice_note
from dialogues.scenes import asks, own, waits, wakes

from bot import client
from bot.transport import AiohttpRequest

TEXTS = ["/ask", "/cancel", "/requests", "/privacy", "/help"]
READS = [
    "Your question to the team",
    "Stopped. Nothing was sent.",
    "Your requests",
    "What is kept about you",
    "What do you want to do?",
]


@pytest.fixture(autouse=True)
def _an_impatient_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real client, but it waits half a second for an answer in place of twenty: tests are in a hurry."""

    def impatient(api_url: str, **options: Any) -> AiohttpRequest:
        return AiohttpRequest(api_url, **{**options, "read_timeout": 0.5})

    monkeypatch.setattr(client, "AiohttpRequest", impatient)


async def until_all_arrived(world: World) -> None:
    """Let time pass until no letter waits for a next try."""
    for _ in range(20):
        await world.settled()
        if await waits(world) == (0, 0):
            return
        world.clock.advance(seconds=2)
        await wakes(world)
    raise AssertionError("letters still wait")


@pytest.mark.parametrize("how", ["429", "500", "timeout", "reset"])
async def test_replies_arrive_in_order_though_the_first_tries_fail(
    world: World, karim: Person, luc: Person, how: str
) -> None:
    await world.control("fail", {"how": how, "count": 2, "method": "sendMessage", "chat_id": karim.id})
    for text in TEXTS:
        await karim.says(text)
    await luc.says("/help")
    await luc.reads("What do you want to do?")  # nobody else waits
    await until_all_arrived(world)
    heard = [message.text for message in await karim.hears()]
    order = [index for text in heard for index, read in enumerate(READS) if read in text]
    assert sorted(set(order)) == [0, 1, 2, 3, 4]
    assert order == sorted(order)
    if how != "timeout":  # there the message had arrived, and only its confirmation was lost
        assert len(heard) == len(READS)


@pytest.mark.parametrize("how", ["429", "500", "reset"])
async def test_a_press_is_answered_though_the_edit_fails(world: World, karim: Person, how: str) -> None:
    await karim.says("/help")
    await karim.reads("What do you want to do?")
    await world.control("fail", {"how": how, "count": 1, "method": "editMessageText"})
    await karim.presses("Choose a subject")
    await until_all_arrived(world)
    await karim.reads("What is your question about?")


async def test_a_lost_acknowledgement_of_a_press_loses_nothing(world: World, karim: Person) -> None:
    await karim.says("/help")
    await karim.hears()
    await world.control("fail", {"how": "500", "count": 1, "method": "answerCallbackQuery"})
    await karim.presses("Choose a subject")
    await karim.reads("What is your question about?")


async def test_the_poll_fails_and_no_message_is_lost(world: World, karim: Person) -> None:
    await world.control("fail", {"how": "500", "count": 1, "method": "getUpdates"})
    await karim.says("/help")
    await karim.says("/requests")
    await karim.reads("What do you want to do?", "Your requests")


async def test_an_urgent_call_arrives_though_telegram_refuses_at_first(
    world: World, group: Person, zahra: Person
) -> None:
    await world.control("fail", {"how": "429", "count": 1, "method": "sendMessage", "chat_id": group.chat})
    await zahra.says("پولیس شوهرم را امروز از خانه برد")
    await until_all_arrived(world)
    await group.reads("Urgent request", "H-1001")


async def test_a_replied_request_is_told_of_once_though_sending_fails(
    world: World, luc: Person, farid: Person
) -> None:
    await asks(luc, "Nous cherchons un appartement")
    await luc.hears()
    await world.control("fail", {"how": "500", "count": 1, "method": "sendMessage", "chat_id": luc.id})
    await farid.says("/queue")
    await farid.presses("Take next")
    await until_all_arrived(world)
    taken = own(luc, "Somebody in the team is now reading your request %(number)s.", number="H-1001")
    assert sum(taken in message for message in await luc.hears()) == 1


# --- files


@pytest.mark.parametrize("how", ["429", "500", "timeout", "reset"])
async def test_what_has_arrived_of_many_files_is_not_sent_again(
    world: World, luc: Person, farid: Person, how: str
) -> None:
    pictures = [picture(mark) for mark in range(3)]
    await luc.sends_album(*map(photo, pictures))
    await luc.sends(**voice_note())
    await luc.presses("Yes, give it to the team")
    await luc.hears()
    await farid.says("/queue")
    await farid.presses("Take next")
    await world.control("fail", {"how": how, "count": 1, "method": "sendVoice", "chat_id": farid.id})
    await farid.presses("Show the files")
    await until_all_arrived(world)
    arrived = await farid.files()
    assert arrived[:3] == [("photo", content) for content in pictures]
    # There the sound had arrived, and only its confirmation was lost.
    assert [kind for kind, _ in arrived[3:]] == ["voice"] * (2 if how == "timeout" else 1)


@pytest.mark.parametrize("how", ["429", "500", "timeout", "reset"])
async def test_an_album_arrives_whole_though_its_first_try_fails(
    world: World, luc: Person, farid: Person, how: str
) -> None:
    pictures = [picture(mark) for mark in range(3)]
    await luc.sends_album(*map(photo, pictures))
    await luc.presses("Yes, give it to the team")
    await luc.hears()
    await farid.says("/queue")
    await farid.presses("Take next")
    await world.control("fail", {"how": how, "count": 1, "method": "sendMediaGroup"})
    await farid.presses("Show the files")
    await until_all_arrived(world)
    arrived = [content for _, content in await farid.files()]
    assert arrived == pictures * (2 if how == "timeout" else 1)


@pytest.mark.usefixtures("something_fails")
async def test_a_file_that_cannot_be_fetched_now_is_fetched_later(world: World, luc: Person) -> None:
    await luc.sends(**photo())
    await world.control("fail", {"how": "500", "count": 1, "method": "getFile"})
    await luc.presses("Yes, give it to the team")
    for _ in range(20):
        world.clock.advance(seconds=2)
        await wakes(world)
        await world.settled()
    await luc.reads(own(luc, "The team has what you sent. Files: %(count)s", count="1"))
