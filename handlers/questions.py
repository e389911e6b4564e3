"""Questions in the person's own words, and the answers' buttons."""

from telegram import Update

from desk import answers, danger, tickets
from engine import Decision
from handlers import bot_topics
from handlers.alarm import alarm
from handlers.turn import Turn

SMALL_TALK = "small-talk"
LONGEST = 4096  # characters of a question that are kept, as many as a message can have


async def text(_: Update, turn: Turn) -> None:
    """A written message that is not part of any other dialogue."""
    if turn.staff is not None:
        turn.say("staff_hint")
        return
    if not any(character.isalnum() for character in turn.text):
        turn.say("empty_text")
        return
    if turn.update.edited_message:
        turn.say("edited")
    if turn.message.forward_origin is not None:
        await _forwarded(turn, turn.text)
        return
    await ask(turn, turn.text)


async def ask(turn: Turn, question: str) -> None:
    """Answer a question, or ask back, or hand it over; danger before all else."""
    question = question[:LONGEST]
    understanding = turn.understand(question)
    if await alarm(turn, question, understanding) or _in_burst(turn, question):
        return
    locale = understanding.locale or turn.locale
    topic = turn.desk.library.topics.get(understanding.topic or "")
    if understanding.decision is Decision.ANSWER and topic is not None:
        turn.expect(None)
        turn.change(last_topic=topic.id, unsure=0)
        if topic.answers:
            await answers.give(turn.desk, turn.tx, turn.person, topic, locale, question)
        else:
            await bot_topics.act(turn, topic.id)
        return
    likely = [item.topic for item in understanding.candidates[:3]]
    if understanding.decision is Decision.SUGGEST and likely[:1] == [SMALL_TALK]:
        # Asking back "did you mean a greeting?" would be silly, and answering a greeting harms nobody.
        await bot_topics.act(turn, SMALL_TALK)
        return
    found = answers.suggestions(turn.desk, [topic for topic in likely if topic != SMALL_TALK], locale)
    if understanding.decision is Decision.SUGGEST and found:
        turn.expect(None, question=question, locale=locale)
        turn.change(unsure=0)
        urgent = any(item["topic"] in turn.desk.library.urgent for item in found)
        turn.say("suggest", locale=locale, topics=found, urgent=urgent)
        return
    await _not_understood(turn, question, locale)


async def _not_understood(turn: Turn, question: str, locale: str) -> None:
    """Ask back the first time; the second time in a row a person takes over."""
    if turn.person.unsure == 0:
        turn.expect(None, question=question, locale=locale)
        turn.change(unsure=1)
        turn.say("not_understood", locale=locale)
        return
    earlier = turn.person.draft.get("question", "")
    turn.expect(None)
    turn.change(unsure=0)
    turn.say("handed_over", locale=locale)
    both = "\n\n".join(filter(None, [earlier, question]))
    await tickets.open_ticket(turn.desk, turn.tx, turn.person, text=both, topic=None, locale=locale)


def _in_burst(turn: Turn, question: str) -> bool:
    """Many questions within seconds: the first are answered, the rest kept together for one decision."""
    policy, now, person = turn.desk.policy, turn.tx.now, turn.person
    started = person.burst_started_at
    if started is None or now - started > policy.burst_window:
        turn.change(burst_started_at=now, burst_count=1)
        return False
    turn.change(burst_count=person.burst_count + 1)
    if person.burst_count < policy.burst_limit:
        return False
    kept = "\n\n".join(filter(None, [person.draft.get("question"), question]))
    turn.change(draft={**person.draft, "question": kept[:LONGEST]})
    if person.burst_count == policy.burst_limit:
        turn.say("burst")
    return True


async def _forwarded(turn: Turn, question: str) -> None:
    """A forwarded text is more often a doubt about it than a question of the person's own."""
    understanding = turn.understand(question)
    if await alarm(turn, question, understanding):
        return
    turn.expect(None, question=question)
    likely = ["is-this-message-real", *(item.topic for item in understanding.candidates[:2])]
    turn.say("forwarded", topics=answers.suggestions(turn.desk, list(dict.fromkeys(likely)), turn.locale))


# --- buttons


async def topic(_: Update, turn: Turn) -> None:
    """A topic was chosen from the menu or the suggestions."""
    chosen = turn.desk.library.topics.get(turn.pressed("topic"))
    if chosen is None:
        turn.say("unknown_button")
        return
    question = turn.person.draft.get("question")
    turn.expect(None)
    turn.change(last_topic=chosen.id)
    if chosen.then == "urgent":
        ticket = await danger.raise_alarm(
            turn.desk, turn.tx, turn.person, chosen.id, text=question, locale=turn.locale
        )
        turn.expect("ticket", ticket=ticket.id)
    elif chosen.answers:
        await answers.give(turn.desk, turn.tx, turn.person, chosen, turn.locale, question)
    else:
        await bot_topics.act(turn, chosen.id)


async def helped(_: Update, turn: Turn) -> None:
    """The answer helped."""
    if await answers.judge(turn.tx, turn.person, turn.pressed_id(), helped=True) is None:
        turn.say("unknown_button")
        return
    turn.say("thanks")


async def not_helped(_: Update, turn: Turn) -> None:
    """The answer did not help: lead on to the team and to what stands near, not in a circle."""
    answer = await answers.judge(turn.tx, turn.person, turn.pressed_id(), helped=False)
    if answer is None or answer.topic not in turn.desk.library.topics:
        turn.say("unknown_button")
        return
    near = list(turn.desk.library.topics[answer.topic].next)
    turn.say("not_helped", answer=answer.id, topics=answers.suggestions(turn.desk, near, turn.locale))
