"""Asking the team: a person reads and answers."""

from telegram import Update

from desk import answers, tickets
from handlers.alarm import alarm
from handlers.turn import Turn


async def ask_team(_: Update, turn: Turn) -> None:
    """The button, or /ask: the next message goes to the team; so do words that stand behind the command."""
    if turn.words_after_command:
        await _send(turn, turn.words_after_command, None)
        return
    turn.expect("ask")
    turn.say("ask_write")


async def written_to_team(_: Update, turn: Turn) -> None:
    """The question that was asked for is here."""
    if await alarm(turn, turn.text):
        return
    topic = turn.person.draft.get("topic")
    turn.expect(None)
    await _send(turn, turn.text, topic)


async def ask_from(_: Update, turn: Turn) -> None:
    """The person takes a question to the team that was answered, or not understood."""
    asked = await answers.of(turn.tx, turn.person, turn.pressed_id())
    if asked is None:
        turn.say("unknown_button")
    elif asked.question:
        await tickets.open_from(turn.desk, turn.tx, turn.person, asked)
    else:
        turn.expect("ask", topic=asked.topic)
        turn.say("ask_write")


async def _send(turn: Turn, text: str, topic: str | None) -> None:
    understanding = turn.understand(text)
    turn.spoken = understanding.locale
    guessed = topic or understanding.topic or next((item.topic for item in understanding.candidates), None)
    await tickets.open_ticket(turn.desk, turn.tx, turn.person, text=text, topic=guessed, locale=turn.locale)
