"""Whether an update costs the same however many people are known.

    python -m benchmarks.people [1000 100000 1000000] [--updates 1000]

For each number a database is filled: people, of whom a tenth have a request with two messages and a fifth a
linked case, two answers and two audit events a person, and updates that were handled in the last days. Then
the same load arrives at the bot, from people all over the table. Processor time and latency per update should
stay within 1.5 times of the smallest database's.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from benchmarks.load import FIRST, LOCALES, Cost, instant
from benchmarks.measured import BOT_CORE, measured
from bot import demo, service
from storage import tables
from storage.database import Database
from storage.vault import Vault

ALL_AT_ONCE = 20_000  # rows of one statement
WARM_UP = 300
STEADY = 50  # updates a second
ACTIVE = 1000  # people who write during the measurement


def rows(
    vault: Vault, count: int, now: datetime
) -> Iterator[tuple[Table, Callable[[int], dict[str, Any]], int]]:
    """The tables to fill: what their rows are, by number, and how many."""
    key = vault.new_key()  # one for all: making a million keys says nothing about the bot
    text = vault.queue.seal("A question of the usual length, about a case.", "filled")

    def ago(number: int) -> datetime:
        return now - timedelta(seconds=60 + number * 2_000_000 // count)

    yield tables.people, lambda n: {
        "id": n + 1, "telegram_id": FIRST + n, "key_wrapped": key, "locale": LOCALES[n % len(LOCALES)],
        "role": "sponsor", "created_at": ago(n),
    }, count  # fmt: skip
    yield tables.cases, lambda n: {
        "id": n + 1, "number_hash": n.to_bytes(32), "key_wrapped": key, "proof_sealed": text,
        "stage": "received", "since": now.date(), "office": "Islamabad", "stream": "sponsored",
        "as_of": now.date(),
    }, count // 5  # fmt: skip
    yield tables.links, lambda n: {
        "id": n + 1, "case_id": n + 1, "person_id": 5 * n + 1, "state": "active", "asked_at": ago(n),
    }, count // 5  # fmt: skip
    yield tables.tickets, lambda n: {
        "id": n + 1, "person_id": 10 * n + 1, "topic": "case-status", "locale": "en", "role": "sponsor",
        "urgent": False, "state": "closed", "opened_at": ago(n), "first_reply_at": ago(n),
        "closed_at": ago(n),
    }, count // 10  # fmt: skip
    yield tables.ticket_messages, lambda n: {
        "ticket_id": n // 2 + 1, "author": "person", "author_id": n // 2 * 10 + 1, "body_sealed": text,
        "locale": "en", "at": ago(n),
    }, count // 10 * 2  # fmt: skip
    yield tables.answers, lambda n: {
        "person_id": n // 2 + 1, "decision": "answer", "topic": "processing-time", "version": 1,
        "locale": "en", "at": ago(n // 2), "helped": None,
    }, 2 * count  # fmt: skip
    yield tables.events, lambda n: {
        "at": ago(n // 2), "actor_id": n // 2 + 1, "action": "answer.given", "subject_id": n + 1,
    }, 2 * count  # fmt: skip
    yield tables.inbox, lambda n: {
        "update_id": n - 3 * count, "received_at": ago(n), "done_at": ago(n), "attempts": 0,
    }, count  # fmt: skip


async def fill(folder: Path, count: int) -> None:
    """Make a database in which so many people are known."""
    settings = demo.settings("http://127.0.0.1:1", folder)
    database: Database = await service.open_database(settings)
    now = datetime.now(UTC)
    for table, row, number in rows(database.vault, count, now):
        for start in range(0, number, ALL_AT_ONCE):
            async with database.begin(now) as tx:
                some = [row(n) for n in range(start, min(start + ALL_AT_ONCE, number))]
                await tx.connection.execute(insert(table), some)
    await database.forget_pages()  # the first update must not pay for writing all of this into the file
    await database.close()


async def measure(count: int, updates: int) -> Cost:
    """The cost of the load where so many people are known."""
    with tempfile.TemporaryDirectory() as folder:
        await fill(Path(folder), count)
        apart = max(1, count // ACTIVE)
        async with (
            instant() as api,
            measured(
                *("serving", "--api", api.address, "--folder", folder, "--engine", "fixed"), core=BOT_CORE
            ) as (bot, _),
        ):
            await api.measure(bot, count=WARM_UP, people=count, apart=apart)
            return await api.measure(bot, count=updates, people=count, rate=STEADY, apart=apart)


async def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.people")
    options.add_argument("counts", type=int, nargs="*", default=[1_000, 100_000, 1_000_000])
    options.add_argument("--updates", type=int, default=1000)
    chosen = options.parse_args()
    print("| people known | processor ms an update | ms to a reply: p50 | p95 | left without |")
    print("| --- | --- | --- | --- | --- |")
    first: Cost | None = None
    for count in chosen.counts:
        cost = await measure(count, chosen.updates)
        first = first or cost
        times = cost.milliseconds / first.milliseconds
        print(
            f"| {count:,} | {cost.milliseconds:.2f} ({times:.2f} times) | {cost.percentile(50):.0f} | "
            f"{cost.percentile(95):.0f} | {cost.count - cost.answered} |",
            flush=True,
        )


if __name__ == "__main__":
    asyncio.run(main())
