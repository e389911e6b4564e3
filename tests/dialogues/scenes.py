"""What happens in many dialogues: proving a case, waiting for its answer, asking the team, answering."""

from dataclasses import dataclass
from typing import Any

from dialogue import Person, World, plain
from sqlalchemy import Column, ColumnElement, select, update

from bot.raw import chat_of
from bot.settings import Settings
from storage import inbox, outbox, tables
from storage.transaction import Transaction

NO_MESSAGE = 99_999
"""A message that is not there: a press under it is answered by a new message."""

TEAM = -1001
"""The chat of the team's group."""

PASSER_BY = 999
"""Somebody whom nothing concerns."""

DELAY = 3.0
"""Seconds that every answer to a proof waits."""

UNKNOWN_BUTTON = "This button no longer works."
UNKNOWN_COMMAND = "I do not know this command."
REFUSED = "With these details we cannot show a case."
LOCKED = "There were too many tries. For safety, linking a case is locked for 24 hours."
LINKED = "Done. You can now see the case here."
CHANGED = "This did not work: somebody else has changed the request meanwhile, or it is not yours."


@dataclass(frozen=True)
class Proof:
    """What an applicant types to prove a case."""

    number: str
    birth: str
    name: str


ZAHRAS = Proof("G000012345", "1990-08-03", "RAH")
NOBODYS = Proof("G999999999", "1990-08-03", "RAH")
HAIDARIS = Proof("G000022222", "1979-06-11", "HAI")
"""A case of the register whose applicant has never written to the bot."""


def own(person: Person, english: str, **values: Any) -> str:
    """A text of the catalogue with its values, as this person reads it."""
    return plain(person.in_own_words(english) % values)


def among_real_people(settings: Settings) -> Settings:
    """These settings for a service whose Bot API is Telegram's own, though the one of the test is local."""
    return _AmongRealPeople.model_construct(**dict(settings))


class _AmongRealPeople(Settings):
    @property
    def on_loopback(self) -> bool:
        """Not exempt from anything."""
        return False


async def proves(person: Person, proof: Proof) -> None:
    """Type a proof in three steps; its answer has not come yet."""
    await person.says("/case")
    await person.presses("Link my case")
    for text in (proof.number, proof.birth, proof.name):
        await person.says(text)


async def links(person: Person, proof: Proof = ZAHRAS) -> None:
    """Prove a case and wait until it is shown."""
    await proves(person, proof)
    await after_the_delay(person.world)
    await person.reads(LINKED)


async def after_the_delay(world: World) -> None:
    """Let the fixed delay of a proof's answer pass."""
    await world.settled()
    world.clock.advance(seconds=DELAY)
    await wakes(world)
    await world.settled()


async def wakes(world: World) -> None:
    """Have something happen, so that no loop sleeps on after the clock was moved."""
    await world.control("people", {"id": PASSER_BY, "first_name": "Passer-by"})
    await world.control(f"people/{PASSER_BY}/block", {"blocked": True})


async def asks(person: Person, question: str) -> None:
    """Write to the team."""
    await person.says("/ask")
    await person.says(question)
    await person.world.settled()


async def replies(member: Person, number: str, text: str) -> None:
    """Answer a request that this member of the team holds."""
    await member.says("/queue")
    await member.presses(number)
    await member.presses("Reply")
    await member.says(text)
    await member.presses("Send")
    await member.world.settled()


async def waits(world: World) -> tuple[int, int]:
    """How many updates are not done, and how many letters wait, due or not."""
    async with world.database.read(world.clock()) as tx:
        return await inbox.count_waiting(tx), await outbox.waiting(tx)


def in_chat_of(person: Person) -> dict[str, Any]:
    """Sender and chat of a message of this person, as Telegram writes them."""
    return {
        "from": {"id": person.id, "is_bot": False, "first_name": person.name},
        "chat": {"id": person.id, "type": "private", "first_name": person.name},
    }


async def arrives(world: World, number: int, news: dict[str, Any], *, damaged: bool = False) -> None:
    """Let an update arrive that the local Bot API does not make; `damaged`: its row changes on the disk."""
    update_id = 900_000_000 + number
    async with world.database.begin(world.clock()) as tx:
        await inbox.add(tx, [(update_id, chat_of(news), {"update_id": update_id, **news})])
        if damaged:
            here = tables.inbox.c.update_id == update_id
            await flip(tx, tables.inbox.c.payload_sealed, here)
    await wakes(world)


async def receives(world: World, number: int, news: dict[str, Any]) -> None:
    """The same, and wait until it is handled."""
    await arrives(world, number, news)
    await world.settled()


async def flip(tx: Transaction, column: Column[Any], row: ColumnElement[bool]) -> None:
    """Change one bit of a sealed value."""
    sealed = (await tx.connection.execute(select(column).where(row))).scalar_one()
    damaged = sealed[:-1] + bytes([sealed[-1] ^ 1])
    await tx.connection.execute(update(column.table).where(row).values({column: damaged}))
