"""How long a pressed button takes while other people ask 30 questions a second.

    python -m benchmarks.beside [--seconds 20] [--rate 30] [--people 2000]

The whole service with its engine in a process of its own, as `hamrah run` starts it, first with both on one
core, then on all. Half of the people ask, the other half press buttons just as often; before that the same
buttons are pressed while nobody asks. The bar for a button's reply is 50 ms (95 of 100).
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from benchmarks.load import Cost, instant, settle_in
from benchmarks.measured import BOT_CORE, measured

WARM_UP = 300  # updates before the measurement: first times cost more
BAR = 50  # ms
CORES = {"one core": BOT_CORE, "all cores": -1}


def row(name: str, cost: Cost) -> str:
    """What was measured, as a line of the table."""
    asked = "question" in cost.by_kind
    questions = [f"{cost.percentile(percent, 'question'):.0f}" if asked else "" for percent in (50, 95)]
    buttons = [f"{cost.percentile(percent, 'button'):.0f}" for percent in (50, 95)]
    return f"| {name} | {' | '.join([*buttons, *questions])} | {cost.count - cost.answered} |"


async def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.beside")
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--rate", type=int, default=30, help="questions a second, and as many buttons")
    options.add_argument("--people", type=int, default=2000, help="an even number")
    chosen = options.parse_args()
    count = chosen.seconds * chosen.rate
    print(f"| bar: {BAR} ms | button ms: p50 | p95 | question ms: p50 | p95 | left without |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, core in CORES.items():
        with tempfile.TemporaryDirectory() as folder:
            await settle_in(Path(folder), chosen.people)
            arguments = ("--folder", folder, "--engine", "process")
            async with (
                instant() as api,
                measured("serving", *arguments, "--api", api.address, core=core) as (bot, _),
            ):
                await api.measure(bot, count=WARM_UP, people=chosen.people)
                alone = await api.measure(
                    bot, count=count, people=chosen.people, rate=chosen.rate, kinds=["button"]
                )
                print(row(f"{name}, nobody asks", alone), flush=True)
                beside = await api.measure(
                    bot,
                    count=2 * count,
                    people=chosen.people,
                    rate=2 * chosen.rate,
                    kinds=["question", "button"],
                )
                print(row(f"{name}, {chosen.rate} questions a second", beside), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
