"""Linking a case with a proof, in three steps: number, birth date, letters of the family name."""

from telegram import Update

from desk import cases, proof
from engine import Decision
from handlers import questions
from handlers.alarm import alarm
from handlers.turn import Turn

THIS_DIALOGUE = "case-status"  # the topic that leads here; a number with a slip in it sounds like it


async def link(_: Update, turn: Turn) -> None:
    """Begin to prove a case. Only an applicant can."""
    if not cases.may_link(turn.person):
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
    if len(turn.text.split()) > 1 and await alarm(turn, turn.text):
        return
    draft = turn.person.draft
    turn.expect(None)
    if not cases.may_link(turn.person):
        turn.say("case_other_role")
        return
    turn.say("proof_wait")
    days = proof.birth_dates(draft["birth"])
    await cases.prove(turn.desk, turn.tx, turn.person, draft["number"], days, turn.text)


async def _not_it(turn: Turn, template: str) -> None:
    """What came is not what was asked for: a cry for help, a question, or a slip of the finger."""
    if any(character.isalpha() for character in turn.text):
        if await alarm(turn, turn.text):
            return
        understanding = turn.understand(turn.text)
        if understanding.decision is Decision.ANSWER and understanding.topic != THIS_DIALOGUE:
            # Somebody who asks something else has left this dialogue, and should not have to say so.
            turn.expect(None)
            await questions.ask(turn, turn.text)
            return
    turn.say(template)
