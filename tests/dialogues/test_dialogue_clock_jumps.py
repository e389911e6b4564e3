"""The server's clock is wrong for a while: people are answered all the same."""

import pytest
from dialogue import Person, World
from dialogues.scenes import LINKED, ZAHRAS, after_the_delay, asks, proves, waits


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_jump_of_an_hour_delays_no_reply_and_flags_no_request(
    world: World, karim: Person, sarah: Person, hours: int
) -> None:
    await asks(karim, "Where is my cousin's letter?")
    await sarah.hears()
    await karim.hears()
    world.clock.advance(hours=hours)
    await karim.says("/help")
    await karim.reads("What do you want to do?")
    await world.passes(seconds=1)
    await sarah.reads(without=("H-1001",))
    await karim.says("/requests")
    await karim.reads("H-1001")
    world.clock.advance(hours=-hours)
    await karim.says("/privacy")
    await karim.reads("What is kept about you")


@pytest.mark.parametrize("hours", [-1, 1])
async def test_the_answer_to_a_proof_comes_though_the_clock_jumps_meanwhile(
    world: World, zahra: Person, hours: int
) -> None:
    await proves(zahra, ZAHRAS)
    await world.settled()
    world.clock.advance(hours=hours)
    await after_the_delay(world)
    await zahra.reads(LINKED)
    assert await waits(world) == (0, 0)
