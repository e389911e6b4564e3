"""What more workers bring: one, then three, on one PostgreSQL, against a Bot API that answers at once.

    python -m benchmarks.workers [--rounds 3] [--updates 1500] [--people 1500]

Everything shares this machine's cores: workers, PostgreSQL and the Bot API. Beside the rates it says what
the workers and PostgreSQL took of the processor for one update, which is what limits them on so few cores.
Questions are understood at no cost.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psutil  # comes with the embedded PostgreSQL

from benchmarks.load import Cost, instant, settle_in
from benchmarks.measured import CORES, Measured, measured

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import postgres  # the same server that the tests use

WARM_UP = 300


class Team:
    """Several workers as one: their figures together."""

    def __init__(self, members: list[Measured], server: psutil.Process) -> None:
        self._members = members
        self._server = server

    async def figures(self) -> dict[str, float]:
        """Processor seconds of all workers, and of PostgreSQL; the peak of the largest."""
        each = [await member.figures() for member in self._members]
        return {"cpu": sum(one["cpu"] for one in each), "peak": max(one["peak"] for one in each)}

    def of_server(self) -> float:
        """Processor seconds of PostgreSQL and its connections so far."""
        family = (self._server, *self._server.children(recursive=True))
        return float(sum(sum(process.cpu_times()[:2]) for process in family))


@asynccontextmanager
async def team(api: str, folder: str, url: str, size: int, server: psutil.Process) -> AsyncIterator[Any]:
    """So many workers."""
    arguments = ("--api", api, "--folder", folder, "--engine", "fixed", "--database", url)
    async with AsyncExitStack() as stack:
        members = [
            (await stack.enter_async_context(measured("serving", *arguments, core=-1)))[0]
            for _ in range(size)
        ]
        await asyncio.sleep(5)  # a new worker is quiet until the others know of it
        yield Team(members, server)


async def one(server: Any, size: int, updates: int, people: int) -> tuple[Cost, float]:
    """Measure so many workers; their cost, and the server's processor seconds."""
    url = postgres.new_database(server)
    process = psutil.Process(server.get_pid())
    try:
        with tempfile.TemporaryDirectory() as folder:
            await settle_in(Path(folder), people, url)
            async with instant() as api, team(api.address, folder, url, size, process) as workers:
                await api.measure(workers, count=WARM_UP, people=people)
                before = workers.of_server()
                cost = await api.measure(workers, count=updates, people=people)
                return cost, workers.of_server() - before
    finally:
        postgres.drop_database(server, url)


async def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.workers")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--updates", type=int, default=1500)
    options.add_argument("--people", type=int, default=1500)
    chosen = options.parse_args()
    found: dict[int, list[tuple[Cost, float]]] = {1: [], 3: []}
    with postgres.server() as server:
        for _ in range(chosen.rounds):
            for size, costs in found.items():
                costs.append(await one(server, size, chosen.updates, chosen.people))
    print(f"{len(CORES)} cores")
    print("| workers | updates a second | workers' ms an update | PostgreSQL's ms an update | unanswered |")
    print("| --- | --- | --- | --- | --- |")
    for size, costs in found.items():
        rate = median(cost.rate for cost, _ in costs)
        own = median(cost.milliseconds for cost, _ in costs)
        its = median(1000 * seconds / cost.answered for cost, seconds in costs)
        lost = sum(cost.count - cost.answered for cost, _ in costs)
        print(f"| {size} | {rate:.0f} | {own:.2f} | {its:.2f} | {lost} |")


if __name__ == "__main__":
    asyncio.run(main())
