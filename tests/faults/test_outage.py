"""Telegram does not answer for ten minutes."""

import asyncio

from dialogue import Clock, Person, World
from faults.scenes import (
    IN_ORDER,
    all_done,
    count_heard,
    events,
    meet_many,
    now,
    on_both,
    said,
    until,
    write_to,
)

TOLD = "Telegram could not be reached"
CHATS = 40


@on_both
async def test_nothing_is_lost_no_storm_breaks_out_and_the_lead_is_told_once(
    world: World, clock: Clock, sarah: Person, engine_name: str
) -> None:
    people = await meet_many(world, 701, CHATS)
    begun = await now(world)
    await world.control("faults", {"outage": True})
    await write_to(world, [person.id for person in people])
    await asyncio.sleep(3)
    first_calls = await events(world, begun, "refused")
    clock.advance(minutes=10)
    await people[0].says("/requests")
    await asyncio.sleep(3)
    calls = await events(world, begun, "refused")
    count = 1 if engine_name == "sqlite" else 3
    print(f"{len(first_calls)} calls in the first three seconds of the outage, {len(calls)} in six")
    # Those that were just leaving, and then one at a time, more and more seldom.
    assert len(calls) <= CHATS + 6 * count
    assert not await said(world, begun)

    await world.control("faults", {})
    await all_done(world)
    for person in people:
        heard = await said(world, begun, person.id)
        order = [place for text in heard for place, part in enumerate(IN_ORDER.values()) if part in text]
        assert order == [0, 1, 2], heard
    await people[0].reads("Your requests")

    async def told() -> bool:
        return bool(await count_heard(sarah, TOLD))

    # The worker that saw the outage may be the last to see its end: it asks at most every half minute.
    await until(told)
    assert await count_heard(sarah, TOLD) == 1

    # Who noticed the outage but had nothing to send at its end does not tell of it later.
    clock.advance(minutes=50)
    for person in people:
        await person.says("/help")
    await all_done(world)
    assert await count_heard(sarah, TOLD) == 1
