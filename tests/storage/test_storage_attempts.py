"""Failed proofs are counted by account and by number, and the count outlives whoever leaves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage_bytes import bytes_of

from desk import cases as desk_cases
from desk import privacy
from desk.desk import Desk
from knowledge.library import Library
from storage import cases, people
from storage.database import Database

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
ZAHRAS, LUCS = "G000012345", "G000099999"


async def test_failures_are_counted_by_account_and_by_number(database: Database) -> None:
    async with database.begin(NOON) as tx:
        zahra, luc = await people.add(tx, 501), await people.add(tx, 503)
        for number in (ZAHRAS, ZAHRAS, LUCS):
            await cases.note_failure(tx, zahra, number)
        await cases.note_failure(tx, luc, ZAHRAS)
        assert await cases.failures(tx, zahra, ZAHRAS, NOON - DAY) == (3, 3)
        assert await cases.failures(tx, luc, ZAHRAS, NOON - DAY) == (1, 3)
        assert await cases.failures(tx, luc, LUCS, NOON - DAY) == (1, 1)
        assert await cases.failures(tx, luc, None, NOON - DAY) == (1, 0)
        assert await cases.failures(tx, zahra, ZAHRAS, NOON) == (0, 0)


async def test_who_erases_everything_and_comes_back_is_still_locked(
    database: Database, library: Library, data_dir: Path
) -> None:
    desk = Desk(library=library)
    async with database.begin(NOON) as tx:
        zahra = await people.add(tx, 7_123_456_789)
        for _ in range(desk.policy.proof_tries):
            await cases.note_failure(tx, zahra, LUCS)
        await privacy.erase(tx, zahra, "fa_AF")
        tx.letters.clear()
    async with database.begin(NOON) as tx:
        again, luc = await people.add(tx, 7_123_456_789), await people.add(tx, 503)
        assert again.id != zahra.id
        assert await desk_cases.is_locked(desk, tx, again)
        assert not await desk_cases.is_locked(desk, tx, luc)
    async with database.begin(NOON + DAY) as tx:
        assert not await desk_cases.is_locked(desk, tx, again)
        await cases.drop_failures_before(tx, NOON + timedelta(seconds=1))
        rows = await tx.connection.exec_driver_sql("SELECT count(*) FROM attempts")
        assert rows.scalar_one() == 0


async def test_neither_account_nor_number_stands_in_what_is_counted(
    database: Database, data_dir: Path
) -> None:
    async with database.begin(NOON) as tx:
        zahra = people.stranger(tx, 7_123_456_789_012)
        await cases.note_failure(tx, zahra, LUCS)
    stored = bytes_of(data_dir)
    for secret in (b"7123456789012", (7_123_456_789_012).to_bytes(6, "big"), LUCS.encode()):
        assert secret not in stored
