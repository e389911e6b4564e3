"""Asking the team: a person reads and answers."""

from telegram import Update

from desk import answers, tickets
from handlers.alarm import alarm
from handlers.turn import Turn


async def ask_team(_: Update, turn: Turn) -> None:
    """/ask, or the button: the next message goes to the team."""
    turn.expect("ask")
    turn.say("ask_write")


async def written_to_team(_: Update, turn: Turn) -> None:
    """The question that was asked for is here."""
    topic_id = turn.person.draft.get("topic")
    understanding = turn.understand(turn.text)
    if await alarm(turn, turn.text, understanding):
        return
    turn.expect(None)
    await tickets.open_ticket(
        turn.desk,
        turn.tx,
        turn.person,
        text=turn.text,
        topic=topic_id or understanding.topic,
        locale=understanding.locale or turn.locale,
    )


async def ask_this(update: Update, turn: Turn) -> None:
    """Send the question that stands open to the team; where none does, the person writes one."""
    question = turn.person.draft.get("question")
    if not question:
        await ask_team(update, turn)
        return
    locale = turn.person.draft.get("locale", turn.locale)
    turn.expect(None)
    turn.change(unsure=0)
    await tickets.open_ticket(turn.desk, turn.tx, turn.person, text=question, topic=None, locale=locale)


async def ask_from(_: Update, turn: Turn) -> None:
    """The person takes an answered question to the team."""
    answer = await answers.of(turn.tx, turn.person, turn.pressed_id())
    if answer is None:
        turn.say("unknown_button")
    elif answer.question:
        await tickets.open_ticket(
            turn.desk, turn.tx, turn.person, text=answer.question, topic=answer.topic, locale=answer.locale
        )
    else:
        turn.expect("ask", topic=answer.topic)
        turn.say("ask_write")
