"""The keys in the database: the service's own, and changing the master key that wraps them all.

The service has two keys of its own: `index` for keyed hashes, `queue` for inbox and outbox. They are
random and never change; a rotation of the master key only wraps keys anew, and touches no text.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, exists, func, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import LargeBinary

from storage import upsert
from storage.database import Database, available, create_engine
from storage.errors import MasterKeyWrong, Sealed
from storage.tables import keys, metadata
from storage.vault import ID_BYTES, KEY_BYTES, DataKey, MasterKeys, Vault

SERVICE_KEYS = ("index", "queue")
MARK = "master"  # a database from before 0004 has this row alone, sealed with the derived queue key
DAMAGED = "damaged"
BATCH = 500  # keys wrapped anew in one unit of work, so that nobody waits long

WRAPPING = [table for table in metadata.sorted_tables if "key_wrapped" in table.c and table is not keys]
WRAPPING.append(keys)
"""All tables with wrapped keys. The service's come last: until then the old master key cannot be left out."""

WRONG = (
    "The master key is not the one that this database was made with. Bring the right one back; "
    "with another key nothing in the database can be opened."
)
STILL_NEEDED = (
    "Some keys in the database are wrapped by a master key that was not given. Put it back, as the last of "
    "the master keys, and run `hamrah keys rewrap` before you leave it out."
)


async def open_vault(url: str, masters: MasterKeys, random: Callable[[int], bytes]) -> Vault:
    """Unwrap the service's keys of a migrated database; make them in a new one. Raises MasterKeyWrong."""
    with available():
        engine = create_engine(url)
        try:
            async with engine.begin() as connection:
                await _make_missing(connection, masters, random)
                own = await unlock(connection, masters)
                return Vault(masters, random, index=own["index"], queue=own["queue"])
        finally:
            await engine.dispose()


async def unlock(connection: AsyncConnection, masters: MasterKeys) -> dict[str, bytes]:
    """The service's keys by name, after a look whether all other keys open too. Raises MasterKeyWrong."""
    rows = await connection.execute(select(keys.c.name, keys.c.key_wrapped))
    try:
        own = {name: masters.unwrap(wrapped) for name, wrapped in rows}
    except Sealed:
        raise MasterKeyWrong(WRONG) from None
    for table in WRAPPING:
        if await connection.scalar(select(exists().where(_master_id(table).not_in(masters.ids)))):
            raise MasterKeyWrong(STILL_NEEDED)
    return own


async def rewrap(database: Database, clock: Callable[[], datetime], batch: int = BATCH) -> Counter[str]:
    """Wrap every key with the first master key, while others work; how many keys of which table.

    Under DAMAGED stands how many of them do not open, and did not before. It may be killed at any
    time and run again. Afterwards the other master keys open nothing.
    """
    done: Counter[str] = Counter()
    for table in WRAPPING:
        last = None
        while True:
            async with database.begin(clock()) as tx:
                rows, damaged = await _rewrap(tx.connection, database.vault.masters, table, last, batch)
            if not rows:
                break
            last = rows[-1]
            done[table.name] += len(rows)
            done[DAMAGED] += damaged
    await database.forget_pages()
    return done


async def _make_missing(
    connection: AsyncConnection, masters: MasterKeys, random: Callable[[int], bytes]
) -> None:
    rows = await connection.execute(select(keys.c.name, keys.c.key_wrapped))
    found = dict(rows.all())
    if all(name in found for name in SERVICE_KEYS):
        return
    new = {name: random(KEY_BYTES) for name in SERVICE_KEYS}
    if MARK in found:
        new = _derived(masters, found[MARK], random)
        await connection.execute(delete(keys).where(keys.c.name == MARK))
    await connection.execute(
        upsert.insert(connection, keys).on_conflict_do_nothing(),  # another worker may start at the same time
        [{"name": name, "key_wrapped": masters.wrap(key)} for name, key in new.items()],
    )
    if MARK in found:
        for table in WRAPPING:  # keys from before have no id of their master key
            batch, _ = await _rewrap(connection, masters, table)
            while batch:
                batch, _ = await _rewrap(connection, masters, table, batch[-1])


def _derived(masters: MasterKeys, mark: bytes, random: Callable[[int], bytes]) -> dict[str, bytes]:
    """What older versions derived from the master key that sealed `mark`. Raises MasterKeyWrong."""
    for index, queue in zip(*(masters.derived(name) for name in SERVICE_KEYS), strict=True):
        try:
            DataKey(queue, random).open(mark, "keys.check")
        except Sealed:
            continue
        return {"index": index, "queue": queue}
    raise MasterKeyWrong(WRONG)


async def _rewrap(
    connection: AsyncConnection, masters: MasterKeys, table: Table, after: Any = None, limit: int = BATCH
) -> tuple[list[Any], int]:
    """Wrap the next batch of a table's keys; the ids of its rows, and how many do not open."""
    (row_id,) = table.primary_key
    query = select(row_id, table.c.key_wrapped).where(_master_id(table) != masters.ids[0])
    if after is not None:
        query = query.where(row_id > after)
    rows = await connection.execute(query.order_by(row_id).limit(limit).with_for_update(key_share=True))
    found, damaged = [], 0
    for row, wrapped in rows:
        try:
            new = masters.rewrap(wrapped)
        except Sealed:
            # Nobody can open it any more. It must not hold up the rotation, and keeps all its bytes.
            new, damaged = masters.ids[0] + wrapped, damaged + 1
        found.append({"row": row, "old": wrapped, "new": new})
    if found:
        await connection.execute(
            update(table)
            # Whoever was erased meanwhile has no key any more, and must not get one back.
            .where(row_id == bindparam("row"), table.c.key_wrapped == bindparam("old"))
            .values(key_wrapped=bindparam("new")),
            found,
        )
    return [row["row"] for row in found], damaged


def _master_id(table: Table) -> Any:
    """The id of the master key that wrapped a row's key; null where the row has none."""
    return type_coerce(func.substr(table.c.key_wrapped, 1, ID_BYTES), LargeBinary)
