"""Three workers keep Telegram's limits together, and whoever waits for a reply goes before a broadcast."""

import asyncio
import time
from functools import partial

from dialogue import World
from faults.scenes import all_done, events, meet_many, now, on_three_workers, said, until

from storage import outbox
from storage.records import BROADCAST, Letter

GROUP = -1001


@on_three_workers
async def test_a_burst_a_group_and_a_fast_person_stay_below_the_limits(world: World) -> None:
    people = await meet_many(world, 701, 60)
    karim = people[0]
    team = {"id": GROUP, "title": "Team", "type": "supergroup", "members": [karim.id], "bot_is_member": True}
    await world.control("groups", team)
    await world.control("limits", {"enabled": True})
    begun, start = await now(world), time.monotonic()
    async with world.database.begin(world.clock()) as tx:
        for _ in range(15):
            tx.post(Letter(chat_id=GROUP, locale="en", template="privacy", values={}))
    asking = [*(person.id for person in people), *[karim.id] * 7]
    await world.control("burst", {"items": [{"person": person, "text": "/privacy"} for person in asking]})
    await all_done(world)
    arrived, refused = len(await said(world, begun)), await events(world, begun, "refused")
    print(f"{arrived} in {time.monotonic() - start:.1f} s, {len(refused)} refused")
    assert arrived == 15 + len(asking)
    # On a busy machine two calls may arrive closer together than they left.
    assert len(refused) <= 3


@on_three_workers
async def test_a_reply_goes_before_five_thousand_broadcasts(world: World) -> None:
    people = await meet_many(world, 701, 60)
    karim = await world.meet("Karim", 505)
    await karim.says("/start")
    await karim.hears()
    async with world.database.begin(world.clock()) as tx:
        for _ in range(84):
            for person in people:
                tx.post(Letter(chat_id=person.id, locale="en", template="privacy", values={}, lane=BROADCAST))
    await asyncio.sleep(2)
    overtaken = []
    for _ in range(5):
        begun = await now(world)
        await karim.says("/help")
        await until(partial(_has_reply, world, begun, karim.id))
        chats = [event["chat_id"] for event in await events(world, begun, "message") if event["is_bot"]]
        overtaken.append(chats.index(karim.id))
        await asyncio.sleep(0.5)
    print(f"broadcasts that left between asking and reply: {overtaken}")
    async with world.database.read(world.clock()) as tx:
        assert await outbox.waiting(tx) > 3_000
    # In a single queue it would be thousands. How many seconds it takes, benchmarks/lanes.py measures.
    assert max(overtaken) < 300


async def _has_reply(world: World, begun: int, chat: int) -> bool:
    return bool(await said(world, begun, chat))
