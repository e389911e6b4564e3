"""The clock leaps ten years ahead, and comes back: what is kept for a time is still there."""

import asyncio
from datetime import timedelta

from dialogue import Person, World
from dialogues.scenes import asks
from sqlalchemy import func, select

from storage import tables


async def kept(world: World) -> dict[str, int]:
    """How many rows there are of what ends some day."""
    ending = (tables.answers, tables.tickets, tables.events, tables.people, tables.inbox)
    async with world.database.read(world.clock()) as tx:
        return {
            table.name: (await tx.connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in ending
        }


async def test_a_leap_of_ten_years_ends_nothing_that_is_still_there_when_the_clock_comes_back(
    world: World, karim: Person, sarah: Person
) -> None:
    await asks(karim, "Where is my cousin's letter?")
    before, ten_years = await kept(world), timedelta(days=3650).total_seconds()
    world.clock.advance(seconds=ten_years)
    await karim.says("/help")
    await karim.reads("What do you want to do?")
    await asyncio.sleep(2)  # four sweeps
    world.clock.advance(seconds=-ten_years)
    await world.settled()
    after = await kept(world)
    assert all(after[name] >= number for name, number in before.items()), (before, after)
    await karim.says("/requests")
    await karim.reads("H-1001")
