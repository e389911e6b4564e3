"""An engine without its encoder: danger is heard, the rest is suggested, and the lead knows of it."""

import asyncio
import logging

import pytest
from dialogue import Person, World
from rehearsed import Rehearsed

from desk import incidents
from engine import Engine

HALF = "A part of the bot could not be loaded."
WHOLE = "The bot answers questions by itself again. You need not do anything."
CRY = "Police arrested my brother in Rawalpindi this morning"


class Failing(Rehearsed):
    """The real engine, which may lose its encoder."""

    def __init__(self, real: Engine) -> None:
        super().__init__(real, {})
        self.encoder = False

    @property
    def whole(self) -> bool:
        return self.encoder


@pytest.fixture
def engine(engine: Engine) -> Failing:
    """In this file the service starts with half an engine."""
    return Failing(engine)


async def looked() -> None:
    """The service looks every tenth of a second in tests."""
    await asyncio.sleep(0.5)


async def learns(person: Person, words: str) -> None:
    """Wait until the service has told them; it may have done so as they came in."""
    for _ in range(200):
        if await times(person, words):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{person.name} is not told {words!r}")


async def times(person: Person, words: str) -> int:
    """How often they were told."""
    return sum(words in message for message in await person.messages())


async def test_the_lead_is_told_once_and_again_when_it_is_back(
    world: World,
    engine: Failing,
    sarah: Person,
    farid: Person,
    karim: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await learns(sarah, HALF)
    await looked()
    assert await times(sarah, HALF) == 1
    records = [*caplog.get_records("setup"), *caplog.records]
    logged = [record for record in records if record.name == "bot.wholeness"]
    assert [record.levelno for record in logged] == [logging.WARNING]
    assert "answers nothing" in logged[0].getMessage()
    # People are served, and danger is heard.
    await karim.says(CRY)
    await karim.reads("First keep yourself safe. If it is safe to call, call now:", without=(HALF,))
    await sarah.reads("Urgent request")
    engine.encoder = True
    await learns(sarah, WHOLE)
    await looked()
    assert (await times(sarah, HALF), await times(sarah, WHOLE)) == (1, 1)
    for nobody in (farid, karim):  # an agent and an outsider need not know
        assert await times(nobody, "bot") == 0


async def test_who_leads_only_later_is_told_then(world: World, sarah: Person) -> None:
    await learns(sarah, HALF)


async def test_after_a_restart_the_lead_is_not_told_a_second_time(world: World, sarah: Person) -> None:
    await learns(sarah, HALF)
    async with world.database.begin(world.clock()) as tx:
        # Another worker, or the same after a restart: it learns that the leads know.
        assert await incidents.engine_halved(tx)
        assert tx.letters == []
    async with world.database.begin(world.clock()) as tx:
        await incidents.engine_whole(tx)
        assert [letter.template for letter in tx.letters] == ["staff_engine"]
        await incidents.engine_whole(tx)
        assert len(tx.letters) == 1
