"""Questions in the person's own words, and the buttons under their answers."""

from telegram import Update

from desk import answers, burst, danger, tickets
from engine import Decision
from handlers import bot_topics
from handlers.alarm import alarm
from handlers.turn import Turn

SMALL_TALK = "small-talk"
DOUBTFUL = "is-this-message-real"


async def text(_: Update, turn: Turn) -> None:
    """A written message that is not part of any other dialogue."""
    if turn.staff is not None:
        turn.say("staff_hint", role=turn.staff.role)
        return
    if not any(character.isalnum() for character in turn.text):
        turn.say("empty_text")
        return
    if turn.update.edited_message:
        turn.say("edited")
    if turn.message.forward_origin is not None:
        await _forwarded(turn, turn.text)
    else:
        await ask(turn, turn.text)


async def ask(turn: Turn, question: str) -> None:
    """Answer a question, or ask back, or hand it over; danger before all else."""
    if await alarm(turn, question):
        return
    understanding = turn.understand(question)
    turn.spoken = understanding.locale
    turn.person = burst.count(turn.desk.policy, turn.person, turn.tx.now)
    if burst.is_over(turn.desk.policy, turn.person):
        await _keep_together(turn, question)
        return
    turn.expect(None)
    topic = turn.desk.library.topics.get(understanding.topic or "")
    if understanding.decision is Decision.ANSWER and topic is not None:
        await _answer(turn, topic.id, question)
        return
    likely = [item.topic for item in understanding.candidates[:3]]
    if understanding.decision is Decision.SUGGEST and likely[:1] == [SMALL_TALK]:
        # Asking back "did you mean a greeting?" would be silly, and answering a greeting harms nobody.
        await bot_topics.act(turn, SMALL_TALK)
        return
    likely = [topic for topic in likely if topic != SMALL_TALK]
    found = await answers.suggestions(turn.desk, turn.tx, likely, turn.locale)
    if understanding.decision is Decision.SUGGEST and found:
        await _suggest(turn, "suggest", found, question)
        return
    unclear = await answers.not_understood(turn.tx, turn.person, locale=turn.locale, question=question)
    if unclear is not None:
        turn.say("handed_over")
        await tickets.open_ticket(
            turn.desk, turn.tx, turn.person, text=unclear, topic=None, locale=turn.locale
        )


async def _answer(turn: Turn, topic_id: str, question: str | None) -> None:
    topic = turn.desk.library.topics[topic_id]
    if topic.answers:
        await answers.give(turn.desk, turn.tx, turn.person, topic, locale=turn.locale, question=question)
    else:
        await bot_topics.act(turn, topic_id)


async def _suggest(turn: Turn, template: str, found: list[dict[str, str]], question: str) -> None:
    await answers.suggest(
        turn.desk, turn.tx, turn.person, template, found, locale=turn.locale, question=question
    )


async def _keep_together(turn: Turn, question: str) -> None:
    """One of many questions within seconds: it goes to the team with the others, and that is said once."""
    known = turn.person.draft.get("burst")
    ticket = await tickets.collect(turn.desk, turn.tx, turn.person, known, text=question, locale=turn.locale)
    if known != ticket.id:
        turn.expect(None, burst=ticket.id)
        turn.say("burst", number=ticket.number)


async def _forwarded(turn: Turn, question: str) -> None:
    """A forwarded text is more often a doubt about it than a question of the person's own."""
    if await alarm(turn, question):
        return
    likely = [DOUBTFUL, *(item.topic for item in turn.understand(question).candidates[:2])]
    found = await answers.suggestions(turn.desk, turn.tx, list(dict.fromkeys(likely)), turn.locale)
    await _suggest(turn, "forwarded", found, question)


# --- buttons


async def topic(_: Update, turn: Turn) -> None:
    """A topic was chosen from the menu."""
    await _choose(turn, None)


async def pick(_: Update, turn: Turn) -> None:
    """A topic was chosen from suggestions; the question that led to them goes along."""
    asked = await answers.of(turn.tx, turn.person, turn.pressed_id())
    if asked is None:
        turn.say("unknown_button")
        return
    turn.spoken = asked.locale
    await answers.choose(turn.desk, turn.tx, asked, turn.pressed("topic"))
    await _choose(turn, asked.question)


async def _choose(turn: Turn, question: str | None) -> None:
    chosen = turn.desk.library.topics.get(turn.pressed("topic"))
    if chosen is None:
        turn.say("unknown_button")
    elif chosen.then == "urgent":
        ticket = await danger.raise_alarm(
            turn.desk, turn.tx, turn.person, chosen.id, text=question, locale=turn.locale
        )
        turn.expect("ticket", ticket=ticket.id)
    else:
        await _answer(turn, chosen.id, question)


async def helped(_: Update, turn: Turn) -> None:
    """The answer helped."""
    if await answers.judge(turn.tx, turn.person, turn.pressed_id(), helped=True) is None:
        turn.say("unknown_button")
        return
    turn.say("thanks")


async def not_helped(_: Update, turn: Turn) -> None:
    """The answer did not help: lead on to the team and to what stands near, not in a circle."""
    answer = await answers.judge(turn.tx, turn.person, turn.pressed_id(), helped=False)
    known = turn.desk.library.topics.get(answer.topic or "") if answer else None
    if answer is None or known is None:
        turn.say("unknown_button")
        return
    near = await answers.suggestions(turn.desk, turn.tx, known.next, turn.locale)
    turn.say("not_helped", answer=answer.id, topics=near)
