"""Approving the shipped texts from the command line, as members of the team would in the chat."""

import click

from bot import service
from bot.settings import NotReady, Settings
from desk import review, team
from desk.roles import APPROVING, EDITING
from knowledge.library import Library
from locales import LOCALES
from storage.records import Staff
from storage.transaction import Transaction

REFUSALS = {
    "role": "has not the role: editors propose; approvers, leads and admins do both.",
    "language": "does not have this language.",
}


async def approve(
    settings: Settings, editor_id: int, approver_id: int, locale: str, topics: tuple[str, ...]
) -> None:
    """Approve the shipped words of topics, or of all, in one language. Raises NotReady with the reason."""
    desk = service.build_desk(settings, Library())
    if unknown := [
        topic for topic in topics if not (known := desk.library.topics.get(topic)) or not known.answers
    ]:
        raise NotReady(f"No answers: {', '.join(unknown)}.")
    if editor_id == approver_id:
        raise NotReady("Nobody approves what they propose: --editor and --approver must be two people.")
    database = await service.open_database(settings)
    try:
        async with database.begin(service.utc_now()) as tx:
            editor, approver = await _member(tx, editor_id), await _member(tx, approver_id)
            for member, roles in ((editor, EDITING), (approver, APPROVING)):
                if refused := review.refusal(member, locale, roles):
                    raise NotReady(f"The member {member.person_id} {REFUSALS[refused]}")
            done = await review.approve_shipped(desk, tx, editor, approver, locale, topics)
    finally:
        await database.close()
    click.echo(f"{len(done)} texts approved in {locale}{': ' if done else '.'}{', '.join(done)}")


async def _member(tx: Transaction, member_id: int) -> Staff:
    for member in await team.members(tx):
        if member.person_id == member_id:
            return member
    raise NotReady(f"Nobody in the team has the id {member_id}: see `hamrah staff list`.")


async def show(settings: Settings) -> None:
    """Print how every answer stands in every language."""
    desk = service.build_desk(settings, Library())
    database = await service.open_database(settings)
    try:
        async with database.read(service.utc_now()) as tx:
            for locale in LOCALES:
                for item in await review.entries(desk, tx, locale):
                    standing = item.standing(desk.policy, tx.now.date())
                    fields = (item.topic.id, locale, standing, item.shown.version, item.review_by or "-")
                    click.echo("\t".join(map(str, fields)))
    finally:
        await database.close()
