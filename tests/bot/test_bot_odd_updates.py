"""Updates that cannot be read, rows that cannot be opened: nobody else waits, nobody is left in silence."""

import asyncio
from typing import Any

from dialogue import PATIENCE, Person, World
from sqlalchemy import insert

from storage import inbox
from storage.tables import inbox as inbox_table
from storage.tables import outbox as outbox_table

ODD = 900_000_000  # far beyond the numbers of the local Bot API, so that it never answers with the same


def unreadable(person: Person, **message: Any) -> dict[str, Any]:
    """A message whose day is no day: the library cannot make a message of it."""
    chat = {"id": person.id, "type": "private", "first_name": person.name}
    sender = {"id": person.id, "is_bot": False, "first_name": person.name}
    return {
        "update_id": ODD,
        "message": {"message_id": 9, "date": "odd", "chat": chat, "from": sender, **message},
    }


async def receives(world: World, person: Person, update: dict[str, Any]) -> None:
    async with world.database.begin(world.clock()) as tx:
        await inbox.add(tx, [(ODD, person.id, update)])


async def hears_within_patience(person: Person, fragment: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while not any(fragment in message for message in await person.messages()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def until_given_up(world: World) -> None:
    """Let so much time pass that it was tried again and again."""
    async with asyncio.timeout(PATIENCE):
        while True:
            world.clock.advance(minutes=2)
            await asyncio.sleep(0.05)
            async with world.database.read(world.clock()) as tx:
                if not await inbox.count_waiting(tx):
                    return


async def test_a_message_that_cannot_be_read_goes_to_the_team_with_its_words(
    world: World, karim: Person, helen: Person, farid: Person
) -> None:
    await receives(world, karim, unreadable(karim, text="They knocked at our door"))
    await helen.says("/privacy")
    await hears_within_patience(helen, "What is kept about you")  # nobody else waits
    await until_given_up(world)
    await karim.reads("Something went wrong on our side", "H-1001")
    await karim.says("/privacy")
    await karim.reads("What is kept about you")
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads("They knocked at our door")


async def test_an_unreadable_thing_without_words_is_said_to_have_failed(world: World, karim: Person) -> None:
    await receives(world, karim, unreadable(karim))
    await until_given_up(world)
    await karim.reads("an answer could not be shown", without=("H-1001",))


async def test_nonsense_without_a_sender_is_put_aside(world: World, karim: Person) -> None:
    await receives(world, karim, {"update_id": ODD, "message": {"chat": [], "date": "odd"}})
    await until_given_up(world)
    assert await karim.hears() == []
    await karim.says("/privacy")
    await karim.reads("What is kept about you")


async def test_a_damaged_row_of_the_inbox_holds_up_nobody(world: World, karim: Person) -> None:
    async with world.database.begin(world.clock()) as tx:
        row = {"update_id": 0, "chat_id": karim.id, "payload_sealed": b"\0" * 50, "received_at": tx.now}
        await tx.connection.execute(insert(inbox_table).values(row))
    await karim.says("/privacy")
    await karim.reads("What is kept about you")


async def test_who_waits_for_a_damaged_letter_is_told_that_it_failed(world: World, karim: Person) -> None:
    async with world.database.begin(world.clock()) as tx:
        row = {"chat_id": karim.id, "lane": 0, "letter_sealed": b"\0" * 50}
        await tx.connection.execute(insert(outbox_table).values(created_at=tx.now, not_before=tx.now, **row))
    await karim.says("/privacy")
    heard = await karim.reads("an answer could not be shown", "What is kept about you")
    assert len(heard) == 2
