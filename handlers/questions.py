"""Questions in the person's own words, and the buttons under their answers."""

from dataclasses import replace
from datetime import datetime

from telegram import Update

from desk import answers, burst, danger, pieces, tickets
from desk.answers import Asked
from desk.pieces import Effect
from engine import Decision, Understanding
from handlers import bot_topics
from handlers.alarm import alarm
from handlers.turn import Turn
from storage.records import Answer

SMALL_TALK = "small-talk"
DOUBTFUL = "is-this-message-real"
PIECES = "pieces"  # in the draft: the question that the next words within seconds go on with


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
        # What was changed is asked anew; it is no further piece of what stood there before.
        await ask(turn, turn.text, None if turn.update.edited_message else await _before(turn))


async def ask(turn: Turn, question: str, before: Answer | None = None) -> None:
    """Answer a question, or ask back, or hand it over; danger before all else.

    It may be a further piece of the question `before`.
    """
    whole = pieces.joined(before, question) if before else None
    last = before.topic if before else await answers.last_topic(turn.desk, turn.tx, turn.person)
    if await alarm(turn, question, last, told=whole) or (whole and await alarm(turn, whole)):
        return
    understanding = turn.understand(question, last)
    turn.spoken = understanding.locale
    turn.person = burst.count(turn.desk.policy, turn.person, turn.tx.now)
    if burst.is_over(turn.desk.policy, turn.person):
        await _keep_together(turn, question)
        return
    said = turn.person.draft.get(PIECES, {})
    turn.expect(None)
    if before and whole:
        effect, understanding = pieces.effect(before, understanding, turn.understand(whole))
        if effect is not Effect.OWN:
            turn.spoken = understanding.locale or before.locale
            await _go_on(turn, before, whole, understanding, effect, said.get("also"))
            return
    await _reply(turn, understanding, _asked(turn, understanding, question))


async def _before(turn: Turn) -> Answer | None:
    """The question that what came now may be a further piece of."""
    said = turn.person.draft.get(PIECES)
    asked = await answers.of(turn.tx, turn.person, said["answer"]) if said else None
    if said is None or asked is None:
        return None
    written = datetime.fromisoformat(said["at"])
    return asked if pieces.goes_on(turn.desk.policy, asked, turn.text, written, turn.received) else None


def _expect_pieces(turn: Turn, answer_id: int, also: str | None) -> None:
    """What is written within seconds goes on with this question; whoever presses a button is done with it."""
    said = {"answer": answer_id, "at": turn.received.isoformat(), "also": also}
    turn.expect(None, **{PIECES: said})


async def _go_on(
    turn: Turn, before: Answer, whole: str, understanding: Understanding, effect: Effect, also: str | None
) -> None:
    """The question goes on: its reply stays, or another takes its place; what is new beside it is said."""
    asked = replace(_asked(turn, understanding, whole), instead=before.id)
    if effect is Effect.OTHER or not await answers.stands(turn.desk, turn.tx, before):
        await _reply(turn, understanding, asked)
        return
    await answers.goes_on(turn.tx, turn.person, before.id, whole)
    second = _also(turn, understanding)
    if second and second != also:
        await _second(turn, second, asked)
    _expect_pieces(turn, before.id, second or also)


def _also(turn: Turn, understanding: Understanding) -> str | None:
    """The second topic that was asked about, if we have it."""
    return understanding.also if understanding.also in turn.desk.library.topics else None


def _asked(turn: Turn, understanding: Understanding, question: str) -> Asked:
    return Asked(locale=turn.locale, question=question, near=pieces.near(understanding))


async def _reply(turn: Turn, understanding: Understanding, asked: Asked) -> None:
    """Do with a question what was decided."""
    topic = understanding.topic
    if understanding.decision is Decision.ANSWER and topic in turn.desk.library.topics:
        second = _also(turn, understanding)
        row = await _answer(turn, topic, asked, follows=understanding.follows, second=second)
        if row is not None:
            _expect_pieces(turn, row, second)
        return
    suggested = understanding.decision is Decision.SUGGEST
    if suggested and asked.near[:1] == (SMALL_TALK,):
        # Asking back "did you mean a greeting?" would be silly, and answering a greeting harms nobody.
        await bot_topics.act(turn, SMALL_TALK)
        return
    found = await answers.suggestions(turn.desk, turn.tx, pieces.left(asked.near, (SMALL_TALK,)), turn.locale)
    if suggested and found:
        row = await answers.suggest(turn.desk, turn.tx, turn.person, "suggest", found, asked)
        _expect_pieces(turn, row, None)
        return
    if asked.instead is not None and asked.question:
        # Nothing that could be offered: what was said to the first pieces stays.
        await answers.goes_on(turn.tx, turn.person, asked.instead, asked.question)
        _expect_pieces(turn, asked.instead, None)
        return
    row, words = await answers.ask_back(turn.tx, turn.person, asked)
    if row is not None:
        _expect_pieces(turn, row, None)
    if words is not None:
        turn.say("handed_over")
        await tickets.open_ticket(turn.desk, turn.tx, turn.person, text=words, topic=None, locale=turn.locale)


async def _answer(
    turn: Turn, topic_id: str, asked: Asked, *, follows: bool = False, second: str | None = None
) -> int | None:
    """Answer a topic, and offer the second one that was asked about; the first's row where it has a text."""
    topic, row = turn.desk.library.topics[topic_id], None
    if topic.answers:
        offered = await answers.suggestions(turn.desk, turn.tx, [second] if second else [], turn.locale)
        also = offered[0] if offered else None
        row = await answers.give(turn.desk, turn.tx, turn.person, topic, asked, follows=follows, also=also)
        if topic.then == "handoff":
            # The text says what the team needs to know; what is written next goes to it.
            turn.expect("ask", topic=topic.id)
            turn.say("ask_write")
            return None
    else:
        await bot_topics.act(turn, topic_id)
        if second:
            await _second(turn, second, asked)
    return row


async def _second(turn: Turn, topic_id: str, asked: Asked) -> None:
    """Offer what else was asked about."""
    offered = await answers.suggestions(turn.desk, turn.tx, [topic_id], turn.locale)
    if offered:
        asked = replace(asked, instead=None)
        await answers.suggest(turn.desk, turn.tx, turn.person, "also", offered, asked)


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
    understanding = turn.understand(question)
    asked = _asked(turn, understanding, question)
    likely = pieces.left([DOUBTFUL, *asked.near[:2]], ())
    found = await answers.suggestions(turn.desk, turn.tx, likely, turn.locale)
    await answers.suggest(turn.desk, turn.tx, turn.person, "forwarded", found, asked)


# --- buttons


async def topic(_: Update, turn: Turn) -> None:
    """A topic was chosen from the menu."""
    await _choose(turn, Asked(locale=turn.locale, question=None))


async def pick(_: Update, turn: Turn) -> None:
    """A topic was chosen from suggestions, or after an answer; the question that led to them goes along."""
    before = await answers.of(turn.tx, turn.person, turn.pressed_id())
    if before is None:
        turn.say("unknown_button")
        return
    turn.spoken = before.locale
    await answers.choose(turn.desk, turn.tx, before, turn.pressed("topic"))
    # What was shown and helped, or was asked about beside this, may be shown again.
    shown = before.given if before.helped is False else before.shown
    asked = Asked(locale=turn.locale, question=before.question, near=before.near, shown=shown)
    await _choose(turn, asked)


async def _choose(turn: Turn, asked: Asked) -> None:
    chosen = turn.desk.library.topics.get(turn.pressed("topic"))
    if chosen is None:
        turn.say("unknown_button")
    elif chosen.then == "urgent":
        ticket = await danger.raise_alarm(
            turn.desk, turn.tx, turn.person, chosen.id, text=asked.question, locale=turn.locale
        )
        turn.expect("ticket", ticket=ticket.id)
    else:
        await _answer(turn, chosen.id, asked)


async def more(_: Update, turn: Turn) -> None:
    """The longer text of an answer, as a message of its own."""
    given = await answers.of(turn.tx, turn.person, turn.pressed_id())
    longer = await answers.more(turn.desk, turn.tx, given) if given else None
    if given is None or longer is None:
        turn.say("unknown_button")
        return
    turn.spoken = given.locale
    turn.say("more", **longer)


async def listen(_: Update, turn: Turn) -> None:
    """An answer, spoken."""
    given = await answers.of(turn.tx, turn.person, turn.pressed_id())
    if given is None or given.topic is None:
        turn.say("unknown_button")
        return
    turn.spoken = given.locale
    spoken = await answers.recording(turn.desk, turn.tx, given, turn.person.role)
    turn.say("listen", recording=spoken)


async def helped(_: Update, turn: Turn) -> None:
    """The answer helped."""
    if await answers.judge(turn.tx, turn.person, turn.pressed_id(), helped=True) is None:
        turn.say("unknown_button")
        return
    turn.say("thanks")


async def not_helped(_: Update, turn: Turn) -> None:
    """The answer did not help: lead on to the team and to what stands near, not in a circle."""
    judged = await answers.judge(turn.tx, turn.person, turn.pressed_id(), helped=False)
    if judged is None:
        turn.say("unknown_button")
        return
    turn.spoken = judged.locale
    turn.say("not_helped", **await answers.lead_on(turn.desk, turn.tx, judged))
