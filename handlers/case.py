"""The case: linking it with a proof, showing it, a second account, unlinking."""

from telegram import Update

from desk import cases, proof
from handlers.alarm import alarm
from handlers.turn import Turn


async def show(_: Update, turn: Turn) -> None:
    """/case: nothing of the case itself yet, since a phone shows new messages to whoever looks at it."""
    turn.expect(None)
    if await cases.has_case(turn.tx, turn.person):
        turn.show("case_ready")
    elif turn.person.role == "applicant":
        turn.show("case_none")
    else:
        turn.show("case_other_role")


async def show_card(_: Update, turn: Turn) -> None:
    """The case itself, in the place of the message whose button was pressed."""
    values = await cases.card_values(turn.desk, turn.tx, turn.person, turn.locale)
    if values is None:
        turn.say("unknown_button")
    else:
        turn.show("case_card", **values)


# --- linking: three steps


async def link(_: Update, turn: Turn) -> None:
    """Begin to prove a case. Only an applicant can."""
    if turn.person.role != "applicant":
        turn.show("case_other_role")
    elif await cases.is_locked(turn.desk, turn.tx, turn.person):
        turn.say("proof_locked")
    else:
        turn.expect("case.number")
        turn.say("case_number")


async def number(_: Update, turn: Turn) -> None:
    """Step 1."""
    typed = proof.case_number(turn.text)
    if typed is None:
        await _not_it(turn, "case_number_bad")
        return
    turn.expect("case.birth", number=typed)
    turn.say("case_birth")


async def birth(_: Update, turn: Turn) -> None:
    """Step 2."""
    days = proof.birth_dates(turn.text)
    if not days:
        await _not_it(turn, "case_birth_bad")
        return
    turn.expect("case.name", number=turn.person.draft["number"], birth=turn.text)
    turn.say("case_name")


async def name(_: Update, turn: Turn) -> None:
    """Step 3, and the check; its answer comes after a fixed delay."""
    if len(turn.text) > 80 or not proof.letters(turn.text):
        await _not_it(turn, "case_name_bad")
        return
    # A family name is one word as a rule; several may be a cry for help.
    if len(turn.text.split()) > 1 and await alarm(turn, turn.text, turn.understand(turn.text)):
        return
    draft = turn.person.draft
    turn.expect(None)
    turn.say("proof_wait")
    days = proof.birth_dates(draft["birth"])
    await cases.prove(turn.desk, turn.tx, turn.person, draft["number"], days, turn.text)


async def _not_it(turn: Turn, template: str) -> None:
    """What came is not what was asked for: perhaps a cry for help, else ask again."""
    if any(character.isalpha() for character in turn.text):
        understanding = turn.understand(turn.text)
        if await alarm(turn, turn.text, understanding):
            return
    turn.say(template)


# --- a second account


async def allow(_: Update, turn: Turn) -> None:
    """The first account agrees."""
    await _decide(turn, allow=True)


async def deny(_: Update, turn: Turn) -> None:
    """The first account refuses."""
    await _decide(turn, allow=False)


async def _decide(turn: Turn, *, allow: bool) -> None:
    if not await cases.holder_decides(turn.tx, turn.person, turn.pressed_id(), allow=allow):
        turn.say("unknown_button")
        return
    turn.show("link_allowed" if allow else "link_denied")


# --- unlinking


async def ask_unlink(_: Update, turn: Turn) -> None:
    """Ask before the case is hidden for good."""
    turn.show("unlink_ask")


async def unlink(_: Update, turn: Turn) -> None:
    """Show no case here any more."""
    await cases.unlink_all(turn.tx, turn.person)
    turn.show("unlinked")
