"""More people, invitations, the team's group; and no dialogue may end with an error in the log."""

import logging
from collections.abc import Iterator

import pytest
from dialogue import Invites, Person, World, joins
from dialogues.scenes import TEAM


@pytest.fixture
def something_fails() -> None:
    """Asked for by a dialogue in which something breaks on purpose; its error is rightly in the log."""


@pytest.fixture(autouse=True)
def nothing_failed(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever people do, no update fails, and Telegram refuses no letter for what stands in it."""
    yield
    if "something_fails" in request.fixturenames:
        return
    for record in [*caplog.get_records("setup"), *caplog.get_records("call")]:
        text = record.getMessage()
        assert record.levelno < logging.ERROR, text
        assert ": refused" not in text, text


@pytest.fixture
async def mina(world: World, invites: Invites) -> Person:
    """An agent who answers in Pashto and English, and reads English."""
    return await joins(world, invites, "Mina", 603, "agent", "en", "ps")


@pytest.fixture
async def omid(world: World) -> Person:
    """Somebody new, who reads Dari and has never written."""
    return await world.meet("Omid", 506, "fa_AF")


@pytest.fixture
async def maryam(world: World) -> Person:
    """A second account, in Dari: she knows the details of Zahra's case."""
    maryam = await world.meet("Maryam", 507, "fa_AF")
    await maryam.settles_in("I am an applicant")
    return maryam


@pytest.fixture
async def group(world: World, sarah: Person, farid: Person) -> Person:
    """The team's group as Sarah, the lead, sees it; she has just added the bot."""
    await world.control(
        "groups", {"id": TEAM, "title": "Team", "type": "supergroup", "members": [sarah.id, farid.id]}
    )
    await world.control(f"people/{sarah.id}/bot_in_group", {"chat_id": TEAM, "member": True})
    group = sarah.in_group(TEAM)
    await group.reads("This is now the team's group.")
    await sarah.hears()
    return group
