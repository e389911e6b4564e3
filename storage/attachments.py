"""Statements about files that hang on the texts of requests."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, insert, select

from storage.errors import Sealed
from storage.records import Attachment, File, Person
from storage.tables import attachments, people, ticket_messages, tickets
from storage.transaction import Transaction

NAME, BODY = "attachments.name", "attachments.body"


async def add(tx: Transaction, message_id: int, owner: Person, files: Sequence[File]) -> None:
    """Keep files of a text, sealed with the key of the ticket's person."""
    for file in files:
        # One row a statement: their contents together may be as large as all that is kept of a person.
        await tx.connection.execute(
            insert(attachments).values(
                message_id=message_id,
                kind=file.kind,
                mime=file.mime,
                size=len(file.content),
                name_sealed=owner.key.seal(file.name, NAME),
                body_sealed=owner.key.seal_bytes(file.content, BODY),
                at=tx.now,
            )
        )


def count_of(message_id: ColumnElement[int]) -> ScalarSelect[Any]:
    """How many files hang on a text: a part of a statement about texts."""
    return select(func.count()).where(attachments.c.message_id == message_id).scalar_subquery()


async def of_ticket(tx: Transaction, ticket_id: int) -> list[Attachment]:
    """The files of a request, oldest first, without their contents."""
    rows = await tx.connection.execute(
        select(
            attachments.c.id,
            attachments.c.message_id,
            ticket_messages.c.author,
            attachments.c.kind,
            attachments.c.size,
        )
        .join_from(attachments, ticket_messages)
        .where(ticket_messages.c.ticket_id == ticket_id)
        .order_by(attachments.c.id)
    )
    return [Attachment(**row._mapping) for row in rows]


async def bytes_of(tx: Transaction, person_id: int) -> int:
    """How much is kept in the requests of a person."""
    query = (
        select(func.coalesce(func.sum(attachments.c.size), 0))
        .join_from(attachments, ticket_messages)
        .join(tickets, tickets.c.id == ticket_messages.c.ticket_id)
        .where(tickets.c.person_id == person_id)
    )
    return int((await tx.connection.execute(query)).scalar_one())


async def opened(tx: Transaction, ids: Collection[int]) -> list[File]:
    """Files with their contents, oldest first; those that are erased, or do not open, are missing."""
    rows = await tx.connection.execute(
        select(attachments, people.c.key_wrapped)
        .join_from(attachments, ticket_messages)
        .join(tickets, tickets.c.id == ticket_messages.c.ticket_id)
        .join(people, people.c.id == tickets.c.person_id)
        .where(attachments.c.id.in_(ids))
        .order_by(attachments.c.id)
    )
    files = []
    for row in rows:
        try:
            key = tx.vault.unwrap(row.key_wrapped)
            name, content = key.open(row.name_sealed, NAME), key.open_bytes(row.body_sealed, BODY)
        except Sealed:
            continue  # one damaged row must not keep back what stands beside it
        files.append(File(kind=row.kind, mime=row.mime, name=name, content=content))
    return files
