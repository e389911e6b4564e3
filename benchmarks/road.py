"""How fast the whole road is: updates received, handled and answered, per second, on SQLite.

    .venv/bin/python -m benchmarks.road [--updates 2000] [--people 400]

Starts a local Bot API in a process of its own and the service in this one, sends a burst of buttons (70 %),
commands (20 %) and questions (10 %) from people who have settled in, and prints the rate from the first
update to the last reply. Telegram's limits are off. Compare figures of one run only: machines vary.
"""

import argparse
import asyncio
import itertools
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from bot import demo, service
from bot.thinking import build_engine
from knowledge.library import Library
from storage import inbox, outbox
from storage.database import Database

BUTTONS = ("menu", "subjects", "subject:status", "updates", "requests", "privacy", "about")
COMMANDS = ("/help", "/updates")
QUESTIONS = ("How long does the whole process take?", "Nothing has changed for months, is my file lost?")


async def main() -> None:
    """Run once and print."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--updates", type=int, default=2000)
    options.add_argument("--people", type=int, default=400)
    chosen = options.parse_args()
    library = Library()
    engine = build_engine(library)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            demo.local_bot_api(0) as address,
            httpx.AsyncClient(base_url=address, timeout=60) as control,
            # A clock that runs a million times faster takes the limits away.
            service.running(
                demo.settings(address, Path(folder)),
                library,
                engine,
                monotonic=lambda: time.monotonic() * 1_000_000,
            ) as database,
        ):
            people = range(10_000, 10_000 + chosen.people)
            await settle_in(control, database, people)
            items = list(itertools.islice(mix(itertools.cycle(people)), chosen.updates))
            began, cpu = time.perf_counter(), time.process_time()
            await burst(control, items)
            await settled(control, database)
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(items)} updates in {seconds:.2f} s: {len(items) / seconds:.0f} a second")
    print(f"processor time of the bot: {1000 * cpu / len(items):.2f} ms an update")
    print(f"resident memory, engine included: {memory:.0f} MB")


def mix(people: Any) -> Any:
    """Seven buttons, two commands and a question, over and over, each by the next person."""
    for number in itertools.count():
        person = next(people)
        if number % 10 < 7:
            yield {"person": person, "message_id": 1, "data": BUTTONS[number % len(BUTTONS)]}
        elif number % 10 < 9:
            yield {"person": person, "text": COMMANDS[number % len(COMMANDS)]}
        else:
            yield {"person": person, "text": QUESTIONS[number % len(QUESTIONS)]}


async def settle_in(control: httpx.AsyncClient, database: Database, people: range) -> None:
    """Let everybody choose a language and a role."""
    for person in people:
        await control.post("/control/people", json={"id": person, "first_name": f"Person {person}"})
    language, role = ({"message_id": 1, "data": data} for data in ("lang:en", "role:sponsor"))
    for step in ({"text": "/start"}, language, role):
        await burst(control, [{"person": person, **step} for person in people])
        await settled(control, database)


async def burst(control: httpx.AsyncClient, items: list[dict[str, Any]]) -> None:
    """Act for many people at once."""
    (await control.post("/control/burst", json={"items": items})).raise_for_status()


async def settled(control: httpx.AsyncClient, database: Database) -> None:
    """Wait until everything is answered."""
    while True:
        if (await control.get("/control/updates")).json()["pending"] == 0:
            async with database.read(service.utc_now()) as tx:
                if not await inbox.count_waiting(tx) and not await outbox.waiting(tx):
                    return
        await asyncio.sleep(0.05)


asyncio.run(main())
