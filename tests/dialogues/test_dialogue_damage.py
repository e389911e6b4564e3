"""What cannot be read, for whatever reason, stops nobody else, and its words are not lost."""

import asyncio
import base64
from typing import Any

import pytest
from dialogue import Person, World
from dialogues.scenes import arrives, flip, in_chat_of, waits, wakes
from pydantic import SecretStr
from sqlalchemy import func, select

from bot import service
from bot.settings import Settings
from desk.desk import letter
from engine import Engine
from knowledge.library import Library
from storage import outbox, people, tables
from storage.errors import MasterKeyWrong

pytestmark = pytest.mark.usefixtures("something_fails")

WORDS = "We have a question about the flat"
FAILED = "Something went wrong on our side. We are sorry. Your message was kept and given to the team."
NOT_SHOWN = "Something went wrong on our side, and an answer could not be shown. We are sorry."


def unreadable(person: Person, **more: Any) -> dict[str, Any]:
    """A message with a part that python-telegram-bot can make nothing of."""
    entities = [{"type": "bold", "offset": 0}]  # without its length
    return {"message": {"message_id": 1, "date": 1, **in_chat_of(person), "entities": entities, **more}}


async def until_given_up(world: World) -> None:
    """Let time pass until no update and no letter waits for a next try."""
    for _ in range(50):
        if await waits(world) == (0, 0):
            return
        world.clock.advance(seconds=20)
        await wakes(world)
        await asyncio.sleep(0.1)
    raise AssertionError("something still waits")


async def is_served(person: Person) -> None:
    """Ask for the menu and get it, whoever else waits."""
    seen = len(await person.messages())
    await person.says("/help")
    for _ in range(500):
        if len(await person.messages()) > seen:
            break
        await asyncio.sleep(0.02)
    assert person.in_own_words("What do you want to do?") in (await person.messages())[-1]


async def test_an_update_that_cannot_be_read_stops_nobody_and_its_words_go_to_the_team(
    world: World, karim: Person, luc: Person, sarah: Person
) -> None:
    await arrives(world, 1, unreadable(karim, text=WORDS))
    await is_served(luc)
    await until_given_up(world)
    await karim.reads(FAILED, "H-1001")
    await is_served(karim)
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(WORDS)
    await luc.hears()
    await luc.forges("req:1")  # it is Karim's request, and nobody else's
    await luc.reads("This button no longer works.", without=(WORDS,))


async def test_an_unreadable_picture_goes_to_the_team_with_its_caption_and_one_without_words_is_told(
    world: World, karim: Person, sarah: Person
) -> None:
    await arrives(world, 1, unreadable(karim, caption=WORDS))
    await until_given_up(world)
    await karim.reads(FAILED, "H-1001")
    await arrives(world, 2, unreadable(karim))
    await until_given_up(world)
    await karim.reads(NOT_SHOWN, without=("H-1002",))
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(WORDS)


async def test_an_unreadable_update_of_a_group_or_of_nobody_is_dropped(
    world: World, karim: Person, sarah: Person
) -> None:
    in_group = unreadable(karim, text=WORDS)
    in_group["message"]["chat"] = {"id": -1005, "type": "group", "title": "Somewhere"}
    await arrives(world, 1, in_group)
    await arrives(world, 2, {"message": {"message_id": 1, "entities": [{}]}})
    await until_given_up(world)
    assert await karim.hears() == []
    await sarah.says("/queue")
    await sarah.reads("Nobody is waiting.", without=(WORDS,))


async def test_a_damaged_row_of_the_inbox_stops_nobody(world: World, karim: Person, luc: Person) -> None:
    message = {"message": {"message_id": 1, "date": 1, **in_chat_of(karim), "text": "/help"}}
    await arrives(world, 1, message, damaged=True)
    await is_served(luc)
    await is_served(karim)
    await until_given_up(world)
    async with world.database.read(world.clock()) as tx:
        undone = select(func.count()).select_from(tables.inbox).where(tables.inbox.c.done_at.is_(None))
        assert (await tx.connection.execute(undone)).scalar_one() == 0


async def test_a_damaged_row_of_the_outbox_stops_nobody_and_its_reader_is_told(
    world: World, karim: Person, luc: Person
) -> None:
    async with world.database.begin(world.clock()) as tx:
        hurt = await people.by_telegram_id(tx, karim.id)
        well = await people.by_telegram_id(tx, luc.id)
        assert hurt is not None
        assert well is not None
        menu = {"staff": False}
        await outbox.add(tx, [letter(hurt, "edited"), letter(hurt, "menu", menu), letter(well, "menu", menu)])
        first = select(func.min(tables.outbox.c.id)).scalar_subquery()
        await flip(tx, tables.outbox.c.letter_sealed, tables.outbox.c.id == first)
    await wakes(world)
    await until_given_up(world)
    await luc.reads("What do you want to do?", without=(NOT_SHOWN,))
    (told, asked) = await karim.reads(NOT_SHOWN, "What do you want to do?")
    assert NOT_SHOWN in told
    assert "What do you want to do?" in asked


async def test_with_a_wrong_master_key_nothing_starts(
    api: str, settings: Settings, library: Library, engine: Engine
) -> None:
    other = SecretStr(base64.urlsafe_b64encode(bytes(32)).decode())
    wrong = settings.model_copy(update={"master_key": other})
    with pytest.raises(MasterKeyWrong, match="not the one that this database was made with"):
        async with service.running(wrong, library, engine):
            pytest.fail("it runs with a key that opens nothing")
    async with service.running(settings, library, engine):  # with the right one it does
        pass
