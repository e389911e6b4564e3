"""Conversations that are longer than Telegram takes at once arrive whole, and no piece twice."""

import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from dialogue import Clock, Person, World, plain
from dialogues.scenes import asks, waits, wakes

from bot import service
from bot.settings import Settings
from engine import Engine
from knowledge.library import Library


class Pace:
    """A clock in seconds for the sender's limits; it can be slowed down to real time."""

    def __init__(self) -> None:
        self._speed, self._since, self._told = 1000.0, time.monotonic(), 0.0

    def __call__(self) -> float:
        return self._told + (time.monotonic() - self._since) * self._speed

    def slow_down(self) -> None:
        """Go on in real time."""
        self._told, self._since, self._speed = self(), time.monotonic(), 1.0


@pytest.fixture
def pace() -> Pace:
    """The sender's clock."""
    return Pace()


@pytest.fixture
async def world(
    api: str, settings: Settings, clock: Clock, library: Library, engine: Engine, pace: Pace
) -> AsyncIterator[World]:
    """The running service, with a pace to change."""
    async with (
        aiohttp.ClientSession(api) as http,
        service.running(settings, library, engine, clock=clock, monotonic=pace, sweep_every=0.1) as database,
    ):
        yield World(api, http, database, clock)


def squeezed(text: str) -> str:
    """A text without blanks, so that it does not matter where it was cut."""
    return "".join(plain(text).split())


PARAGRAPHS = [f"Part {number}: " + f"we wrote this line for page {number}. " * 100 for number in range(1, 8)]


async def asks_at_length(karim: Person, sarah: Person) -> None:
    """A request of some 25,000 characters, of which Sarah sees the number."""
    await asks(karim, PARAGRAPHS[0])
    for paragraph in PARAGRAPHS[1:]:
        await karim.presses("Add something")
        await karim.says(paragraph)
    await sarah.says("/queue")
    await sarah.hears()
    await karim.hears()
    await sarah.world.control("limits", {"enabled": True})


async def reads_all(sarah: Person) -> None:
    """Every part once, in order, and the buttons under the last piece alone."""
    pieces = await sarah.hears()
    assert len(pieces) >= 7
    assert len({piece.id for piece in pieces}) == len(pieces)
    whole = squeezed("".join(piece.text for piece in pieces))
    places = [whole.find(squeezed(paragraph)) for paragraph in PARAGRAPHS]
    assert places == sorted(places)
    assert places[0] > 0
    for paragraph in PARAGRAPHS:
        assert whole.count(squeezed(paragraph)) == 1
    assert "Reply" in pieces[-1].buttons
    assert not any(piece.buttons for piece in pieces[:-1])


async def test_the_sender_waits_so_that_telegram_refuses_no_piece(
    karim: Person, sarah: Person, pace: Pace, caplog: pytest.LogCaptureFixture
) -> None:
    await asks_at_length(karim, sarah)
    pace.slow_down()
    caplog.clear()
    await sarah.presses("Take next")
    await reads_all(sarah)
    assert not [record for record in caplog.get_records("call") if "later" in record.getMessage()]


async def test_a_sender_that_was_too_fast_goes_on_with_the_piece_where_it_stopped(
    world: World, karim: Person, sarah: Person, caplog: pytest.LogCaptureFixture
) -> None:
    await asks_at_length(karim, sarah)
    await sarah.presses("Take next")
    for _ in range(5):
        await world.settled()
        if await waits(world) == (0, 0):
            break
        await world.control("clock", {"advance": 6})
        world.clock.advance(seconds=6)
        await wakes(world)
    assert any("RetryAfter" in record.getMessage() for record in caplog.get_records("call"))
    await reads_all(sarah)
