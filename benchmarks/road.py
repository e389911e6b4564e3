"""How fast the whole road is: updates taken in, handled and answered, on SQLite, with one core for the bot.

    python -m benchmarks.road [--rounds 3] [--updates 2000] [--people 2000] [--profile FILE]

The bot has one core and no limits, against a Bot API that answers at once on another core
(`benchmarks.instant`). People who have settled in press buttons (70 %), send commands (20 %) and ask
questions (10 %). The engine's own time is counted apart, by its thread's clock. The bare echo of
python-telegram-bot gets the same load in the same round. Compare figures of one run only: machines vary.

`--profile` writes where the bot's main thread spends its time, instead of the table; read it with
`python -m pstats FILE`. Profiled figures are slower than real ones.
"""

import argparse
import asyncio
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from benchmarks.load import Cost, Instant, instant, settle_in
from benchmarks.measured import BOT_CORE, Measured, measured

WARM_UP = 300  # updates before the measurement: first times cost more
STEADY = 50  # updates a second


@asynccontextmanager
async def bot(api: Instant, people: int, *options: str) -> AsyncIterator[Measured]:
    """The service, with people who have settled in."""
    with tempfile.TemporaryDirectory() as folder:
        await settle_in(Path(folder), people)
        arguments = ("--api", api.address, "--folder", folder, *options)
        async with measured("serving", *arguments, core=BOT_CORE) as (process, _):
            await api.measure(process, count=WARM_UP, people=people)
            yield process


async def one_round(chosen: argparse.Namespace) -> dict[str, Cost]:
    """Measure everything once."""
    costs = {}
    for name, engine in (("burst", "real"), ("fixed", "fixed")):
        async with instant() as api, bot(api, chosen.people, "--engine", engine) as process:
            costs[name] = await api.measure(process, count=chosen.updates, people=chosen.people)
            if engine == "real":
                costs["steady"] = await api.measure(
                    process, count=STEADY * chosen.seconds, people=chosen.people, rate=STEADY
                )
    async with instant() as api, measured("echo", "--api", api.address, core=BOT_CORE) as (process, _):
        await api.measure(process, count=WARM_UP, people=chosen.people)
        costs["echo"] = await api.measure(process, count=chosen.updates, people=chosen.people)
    return costs


def table(rounds: list[dict[str, Cost]]) -> str:
    """The medians of the rounds, with what is asked for."""
    every: dict[str, list[float]] = defaultdict(list)
    for costs in rounds:
        burst, fixed, steady, echo = (costs[name] for name in ("burst", "fixed", "steady", "echo"))
        every["updates a second | 250 |"].append(burst.rate_without_engine)
        every["… the engine's own time included | |"].append(burst.rate)
        every["… every question understood at no cost | |"].append(fixed.rate)
        every["processor ms an update | |"].append(burst.milliseconds)
        every["engine ms a question | |"].append(10_000 * burst.engine / burst.answered)
        every["at 50 a second, ms from arrival to reply: p50 | |"].append(steady.percentile(50))
        every["… p95 | < 100 |"].append(steady.percentile(95))
        every["… p99 | |"].append(steady.percentile(99))
        every["highest resident memory without the engine, MB | < 200 |"].append(fixed.peak)
        every["… with it | |"].append(steady.peak)
        every["echo of python-telegram-bot: updates a second | |"].append(echo.rate)
        every["… processor ms an update | |"].append(echo.milliseconds)
        every["ratio to the echo | 0.3 |"].append(burst.rate_without_engine / echo.rate)
        every["… by processor time, which neighbours on the machine disturb less | |"].append(
            echo.milliseconds / burst.milliseconds
        )
        every["left without an answer | 0 |"].append(
            sum(cost.count - cost.answered for cost in (burst, fixed, steady))
        )
    lines = ["| | asked | measured | of rounds |", "| --- | --- | --- | --- |"]
    for name, values in every.items():
        middle, least, most = (
            f"{value:.{2 if max(values) < 10 else 0}f}"
            for value in (median(values), min(values), max(values))
        )
        lines.append(f"| {name} {middle} | {least} to {most} |")
    return "\n".join(lines)


async def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.road")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--updates", type=int, default=2000)
    options.add_argument("--people", type=int, default=2000)
    options.add_argument("--seconds", type=int, default=20, help="of the steady load")
    options.add_argument("--profile", default="", help="write a profile into this file instead")
    chosen = options.parse_args()
    if chosen.profile:
        async with instant() as api, bot(api, chosen.people, "--profile", chosen.profile) as process:
            await api.measure(process, count=chosen.updates, people=chosen.people)
        return
    rounds = []
    for _ in range(chosen.rounds):
        rounds.append(await one_round(chosen))
    print(table(rounds))


if __name__ == "__main__":
    asyncio.run(main())
