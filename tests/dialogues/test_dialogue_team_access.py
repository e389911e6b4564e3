"""Who is in the team and who is not: checked on the server for every press, message and command."""

import re

import pytest
from dialogue import Invites, Person, World, joins
from dialogues.scenes import (
    CHANGED,
    NO_MESSAGE,
    TEAM,
    UNKNOWN_BUTTON,
    UNKNOWN_COMMAND,
    asks,
    own,
    replies,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.ext import CallbackQueryHandler

from desk import team
from handlers.routes import ROUTES
from storage import people, tickets

QUESTION = "Nous cherchons un appartement pour la famille"
NOTE = "Same family as the list of Monday"
BAD_INVITATION = (
    "This invitation is not valid: it was used already, or its time is over. "
    "Ask your administrator for a new one."
)

PATTERNS = [
    route.pattern.pattern
    for route in ROUTES
    if isinstance(route, CallbackQueryHandler) and isinstance(route.pattern, re.Pattern)
]
GROUPS = {"id": ["1"], "mark": ["0123456789ab"], "verdict": ["allow", "deny", "swap"]}


def data_of(pattern: str) -> list[str]:
    """All data that a route's pattern takes, for request 1."""
    found = [pattern.removeprefix("^").removesuffix(r"\Z")]
    for name, values in GROUPS.items():
        group = rf"\(\?P<{name}>[^)]*\)"
        found = list(dict.fromkeys(re.sub(group, value, data) for data in found for value in values))
    return found


STAFF_BUTTONS = sorted(data for pattern in PATTERNS if pattern.startswith("^q") for data in data_of(pattern))
"""The data of every button of the team, for request 1, read from the routes so that none is forgotten."""

VERDICTS = ("qlink:allow:1", "qlink:deny:1", "qlink:swap:1")


def test_the_staff_buttons_are_all_there() -> None:
    assert [
        "q",
        "qfiles:1",
        *VERDICTS,
        "qnext",
        "qnote:1",
        "qrelease:1",
        "qreply:1",
        "qresolve:1",
        "qsend:1:0123456789ab",
        "qt:1",
        "qtake:1",
    ] == STAFF_BUTTONS


async def state_of(world: World, ticket_id: int = 1) -> tuple[str, int | None, int]:
    """State, assignee and number of texts of a request."""
    async with world.database.read(world.clock()) as tx:
        ticket = await tickets.by_id(tx, ticket_id)
        assert ticket is not None
        texts = await tickets.conversation(tx, ticket_id, None, notes=True)
    return ticket.state, ticket.assignee_id, len(texts)


# --- coming in


async def test_an_invitation_opens_the_team(world: World, invites: Invites) -> None:
    token = await invites("agent", "fr", "fa_AF", name="Farid")
    farid = await world.meet("Farid", 602, "fr")
    await farid.says(f"/start join-{token}")
    await farid.reads(own(farid, "Welcome to the team, %(name)s.", name="Farid"), "agent", "/queue")
    await farid.says("/queue")
    await farid.reads("Nobody is waiting.")


async def test_an_invitation_works_once(world: World, invites: Invites, karim: Person) -> None:
    token = await invites("agent", "en", name="Farid")
    farid = await world.meet("Farid", 602)
    await farid.says(f"/start join-{token}")
    await farid.reads("Welcome to the team, Farid.")
    await karim.says(f"/start join-{token}")
    await karim.reads(BAD_INVITATION)
    await karim.says("/queue")
    await karim.reads(UNKNOWN_COMMAND)


async def test_two_people_open_the_same_link_at_once(
    world: World, invites: Invites, karim: Person, helen: Person
) -> None:
    token = await invites("agent", "en", name="Farid")
    items = [{"person": person.id, "text": f"/start join-{token}"} for person in (karim, helen)]
    await world.control("burst", {"items": items})
    welcomed = [
        any("Welcome to the team" in message for message in await person.hears()) for person in (karim, helen)
    ]
    assert sorted(welcomed) == [False, True]


@pytest.mark.parametrize(("hours", "welcome"), [(7 * 24 - 1, True), (7 * 24 + 1, False)])
async def test_an_invitation_lasts_seven_days(
    world: World, invites: Invites, karim: Person, hours: int, welcome: bool
) -> None:
    token = await invites("agent", "en", name="Farid")
    world.clock.advance(hours=hours)
    await karim.says(f"/start join-{token}")
    await karim.reads("Welcome to the team, Farid." if welcome else BAD_INVITATION)


@pytest.mark.parametrize("token", ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", "join-", "' OR 1=1 --"])
async def test_a_forged_invitation_opens_nothing(karim: Person, invites: Invites, token: str) -> None:
    await invites("lead", "en")
    await karim.says(f"/start join-{token}")
    await karim.reads(BAD_INVITATION)
    await karim.says("/queue")
    await karim.reads(UNKNOWN_COMMAND)


async def test_a_new_invitation_gives_a_member_a_new_role(
    world: World, invites: Invites, farid: Person, luc: Person
) -> None:
    await asks(luc, QUESTION)
    await farid.forges("qlink:allow:1")
    await farid.reads(UNKNOWN_BUTTON)
    await farid.says(f"/start join-{await invites('lead', 'fr', name='Farid')}")
    await farid.hears()
    await farid.forges("qlink:allow:1")
    await farid.reads(CHANGED)  # now the lead's button; but there is no second account here


@pytest.mark.parametrize("role", ["editor", "approver"])
async def test_who_works_on_texts_has_no_queue(
    world: World, invites: Invites, luc: Person, role: str
) -> None:
    await asks(luc, QUESTION)
    editor = await joins(world, invites, "Nadia", 604, role, "en")
    await editor.says("/queue")
    await editor.reads(UNKNOWN_COMMAND, without=("H-1001",))
    for data in STAFF_BUTTONS:
        await editor.forges(data)
        await editor.reads(UNKNOWN_BUTTON, without=("H-1001", QUESTION))
    assert await state_of(world) == ("open", None, 1)


# --- forging


async def test_an_outsider_forges_every_staff_button_and_command(
    world: World, luc: Person, karim: Person, farid: Person
) -> None:
    await asks(luc, QUESTION)
    for taken in (False, True):
        if taken:
            await farid.says("/queue")
            await farid.presses("Take next")
            await farid.presses("Note")
            await farid.says(NOTE)
            await world.settled()
        before = await state_of(world)
        for outsider in (karim, luc):  # somebody else, and the person whose request it is
            await outsider.hears()
            await outsider.says("/queue")
            await outsider.reads(UNKNOWN_COMMAND)
            for data in STAFF_BUTTONS:
                await outsider.forges(data)
                await outsider.reads(UNKNOWN_BUTTON, without=(QUESTION, NOTE))
            await outsider.says("Bonjour")
            await outsider.hears()
        assert await state_of(world) == before


async def test_a_request_that_a_colleague_holds_is_closed_to_an_agent_and_open_to_a_lead(
    world: World, luc: Person, farid: Person, mina: Person, sarah: Person
) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await world.settled()
    before = await state_of(world)
    for data in STAFF_BUTTONS:
        if data in ("q", "qnext", *VERDICTS):
            continue
        await mina.forges(data, NO_MESSAGE)
        await mina.reads(CHANGED, without=(QUESTION,))
    await mina.says("/queue")
    await mina.reads("Nobody is waiting.", without=("H-1001",))
    await sarah.forges("qt:1")
    await sarah.reads(QUESTION, "Farid")
    # She may read it, and take it over or put it back; as long as she does not, the answer stays with Farid.
    for data in ("qsend:1:0123456789ab", "qresolve:1"):
        await sarah.forges(data, NO_MESSAGE)
        await sarah.reads(CHANGED)
    await sarah.forges("qreply:1")
    await sarah.says("Good morning from Sarah")
    await sarah.presses("Send")
    await sarah.reads(CHANGED)
    assert await state_of(world) == before


async def test_a_lead_takes_over_what_a_colleague_holds(
    world: World, luc: Person, farid: Person, sarah: Person
) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Reply")
    await farid.says("Bonjour, voici la réponse de Farid")
    await world.settled()
    (*_, preview) = await farid.hears()
    await sarah.forges("qt:1")
    await sarah.presses("Take it")
    await sarah.reads(QUESTION, "Sarah", "Reply")
    # What Farid wrote is not sent, and not lost: it still stands on his screen.
    await farid.presses("Send")
    (told,) = await farid.reads(CHANGED)
    assert told.id != preview.id
    assert any(
        "la réponse de Farid" in message for message in await farid.messages() if message.id == preview.id
    )
    await replies(sarah, "H-1001", "Good morning, this is the answer of Sarah")
    await luc.presses("Read it")
    await luc.reads("this is the answer of Sarah", without=("la réponse de Farid",))


async def test_a_lead_puts_back_what_a_colleague_holds(
    world: World, luc: Person, farid: Person, mina: Person, sarah: Person
) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await world.settled()
    await mina.forges("qrelease:1", NO_MESSAGE)  # an agent may not
    await mina.reads(CHANGED)
    assert (await state_of(world))[0] == "taken"
    await sarah.forges("qrelease:1", NO_MESSAGE)
    await sarah.reads("H-1001 is back in the queue.")
    assert (await state_of(world))[:2] == ("open", None)
    await mina.says("/queue")
    await mina.presses("Take next")
    await mina.reads(QUESTION)
    # There is nothing to put back twice.
    await sarah.forges("qrelease:1", NO_MESSAGE)
    await sarah.forges("qrelease:1", NO_MESSAGE)
    heard = await sarah.hears()
    assert [CHANGED in message for message in heard] == [False, True]


async def test_an_urgent_request_that_was_taken_and_left_lying_is_everybodys_again(
    world: World, luc: Person, zahra: Person, farid: Person, mina: Person
) -> None:
    await asks(luc, QUESTION)
    await zahra.says("پولیس شوهرم را امروز از خانه برد")
    await world.settled()
    for _ in range(2):
        await farid.says("/queue")
        await farid.presses("Take next")
    await world.passes(hours=3, minutes=50)
    assert (await state_of(world, 2))[0] == "taken"
    await world.passes(minutes=15)
    assert (await state_of(world, 2))[:2] == ("open", None)
    await mina.says("/queue")
    await mina.presses("Take next")
    await mina.reads("پولیس شوهرم را امروز از خانه برد")
    await farid.forges("qreply:2", NO_MESSAGE)
    await farid.reads(CHANGED)
    # What is not urgent stays with who took it.
    await world.passes(hours=80)
    assert (await state_of(world))[0] == "taken"


async def test_who_is_taken_out_of_the_team_loses_access_at_once(
    world: World, luc: Person, karim: Person, farid: Person, mina: Person
) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Reply")  # in the middle of a reply
    await world.settled()
    async with world.database.begin(world.clock()) as tx:
        ids = {member.name: member.person_id for member in await team.members(tx)}
        outsider = await people.by_telegram_id(tx, karim.id)
        assert outsider is not None
        assert not await team.remove(tx, outsider.id)  # who is not in it cannot be taken out
        assert not await team.remove(tx, 999)
        assert await team.remove(tx, ids["Farid"])
        assert [member.name for member in await team.members(tx)] == ["Mina"]
    await farid.hears()
    await farid.says("Bonjour, voici la réponse")
    await farid.says("/queue")
    for data in STAFF_BUTTONS:
        await farid.forges(data, NO_MESSAGE)
    for message in await farid.hears():
        assert QUESTION not in message
        assert "H-1001" not in message
    assert (await state_of(world)) == ("open", None, 1)
    await mina.says("/queue")
    await mina.presses("Take next")
    await mina.reads(QUESTION)


async def test_a_request_that_does_not_exist(farid: Person, sarah: Person) -> None:
    for member in (farid, sarah):
        for number in ("77", "999999999999"):
            for data in STAFF_BUTTONS:
                if ":1" in data and data not in VERDICTS:
                    await member.forges(data.replace(":1", f":{number}"), NO_MESSAGE)
                    await member.reads(CHANGED)


# --- leaving the team


async def test_a_member_who_leaves_loses_access_at_once_and_what_they_held_waits_again(
    world: World, luc: Person, farid: Person, mina: Person
) -> None:
    await asks(luc, QUESTION)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.presses("Reply")  # in the middle of a reply
    await farid.says("/forget")
    await farid.presses("Yes, erase everything")
    await farid.hears()
    await farid.says("Bonjour, voici la réponse")
    await farid.reads("دری", "English")  # to the bot he is somebody new
    for data in ("q", "qt:1", "qtake:1", "qsend:1:0123456789ab", "qnext"):
        await farid.forges(data)
        await farid.reads(UNKNOWN_BUTTON, without=(QUESTION,))
    await farid.says("/queue")
    await farid.reads("English", without=("H-1001",))
    assert (await state_of(world))[:2] == ("open", None)
    await mina.says("/queue")
    await mina.presses("Take next")
    await mina.reads(QUESTION)


async def test_a_lead_who_left_cannot_make_a_group_the_teams_one(world: World, sarah: Person) -> None:
    await sarah.says("/forget")
    await sarah.presses("Yes, erase everything")
    await sarah.hears()
    await world.control("groups", {"id": TEAM, "title": "Team", "type": "supergroup", "members": [sarah.id]})
    await world.control(f"people/{sarah.id}/bot_in_group", {"chat_id": TEAM, "member": True})
    await world.settled()
    (group,) = (await world.control("world"))["groups"]
    assert group["bot_is_member"] is False


# --- any forged data at all


PIECES = st.sampled_from(
    ["q", "qt", "req", "reqadd", "askfrom", "linkyes", "unlinkyes", "topic", "news", "showcase", "lang", ":"]
)
NUMBERS = st.integers(min_value=-1, max_value=10**13).map(str)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
DATA = st.lists(st.one_of(PIECES, NUMBERS, TEXTS, st.just(":")), min_size=1, max_size=4).map("".join)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=DATA.filter(lambda data: 1 <= len(data.encode()) <= 64))
async def test_any_data_an_outsider_sends_is_answered_and_shows_nothing_of_others(
    world: World, luc: Person, karim: Person, data: str
) -> None:
    if not await luc.messages() or not any("H-1001" in message for message in await luc.messages()):
        await asks(luc, QUESTION)
    before = await state_of(world)
    await karim.hears()
    await karim.forges(data, NO_MESSAGE)
    heard = await karim.hears()
    assert 1 <= len(heard) <= 2  # never silence
    for message in heard:
        assert QUESTION not in message
        assert "H-1001" not in message
    assert await state_of(world) == before
