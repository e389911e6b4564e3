"""How long somebody waits for a reply while thousands of broadcast letters leave, with Telegram's limits on.

    python -m benchmarks.lanes [--letters 5000] [--tries 20]

The letters wait in the outbox before the service starts, each for a chat of its own; then people write, one
after the other, three seconds apart. A Bot API that answers at once takes both.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.load import FIRST, Cost, instant, settle_in
from benchmarks.measured import BOT_CORE, measured
from bot import demo, service
from storage.records import BROADCAST, Letter

ELSEWHERE = 5_000_000  # Telegram id of the first person who only reads


async def fill(folder: Path, letters: int) -> None:
    """Let so many letters wait in the broadcast lane."""
    database = await service.open_database(demo.settings("http://127.0.0.1:1", folder))
    async with database.begin(service.utc_now()) as tx:
        for number in range(letters):
            tx.post(
                Letter(
                    chat_id=ELSEWHERE + number,
                    locale="en",
                    template="menu",
                    values={"staff": False},
                    lane=BROADCAST,
                )
            )
    await database.close()


async def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.lanes")
    options.add_argument("--letters", type=int, default=5000)
    options.add_argument("--tries", type=int, default=20)
    chosen = options.parse_args()
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory() as folder:
        await settle_in(Path(folder), chosen.tries)
        await fill(Path(folder), chosen.letters)
        async with (
            instant() as api,
            measured(
                *("serving", "--api", api.address, "--folder", folder, "--engine", "fixed", "--limits"),
                core=BOT_CORE,
            ) as (bot, _),
        ):
            for number in range(chosen.tries):
                await asyncio.sleep(3)
                costs.append(await api.measure(bot, count=1, people=1, first=FIRST + number))
            left = (await api.call("report"))["messages"]
    waits = [latency for cost in costs for latency in cost.latencies]
    print(f"{chosen.letters} letters waiting, {left} of them left during the {chosen.tries} tries")
    if not waits:
        raise SystemExit("nobody got a reply")
    print(f"seconds until the reply left: median {median(waits):.2f}, longest {max(waits):.2f}")
    print(f"without a reply: {chosen.tries - len(waits)}")


if __name__ == "__main__":
    asyncio.run(main())
