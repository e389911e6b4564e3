"""How the answers do, and examples for the engine, in the private chats of those who edit the texts."""

from functools import partial

from telegram import Update

from desk import feedback
from handlers.turn import Turn
from locales.words import GROUPS
from storage.records import Question

OTHER = "other"
"""The subject of topics that the menu does not list."""

# --- reading


async def show(_: Update, turn: Turn) -> None:
    """/feedback, or the button: the figures of each of this member's languages."""
    await _figures(turn, "staff_feedback", turn.member.languages)


async def language(_: Update, turn: Turn) -> None:
    """The figures of one language."""
    locale = _own_language(turn)
    if locale is not None:
        await _figures(turn, "staff_feedback", (locale,))


async def topics(_: Update, turn: Turn) -> None:
    """The topics of a language that fail, and those that were found only after asking back."""
    locale = _own_language(turn)
    if locale is not None:
        await _figures(turn, "staff_feedback_topics", (locale,))


async def _figures(turn: Turn, template: str, locales: tuple[str, ...]) -> None:
    figures = await feedback.overview(turn.desk, turn.tx, locales, turn.locale)
    several = len(turn.member.languages) > 1
    turn.show(template, languages=figures, back=several and len(locales) == 1)


async def questions(_: Update, turn: Turn) -> None:
    """A group of like questions that found no answer."""
    locale = _own_language(turn)
    if locale is None:
        return
    present = await feedback.unanswered(turn.desk, turn.tx, locale)
    groups = turn.work_out(partial(feedback.grouped, turn.desk, locale, present))
    # While they were grouped, somebody may have left for good.
    ids = {question.id for question in present}
    still = [[question for question in group if question.id in ids] for group in groups]
    shown = feedback.open_group(turn.tx, turn.member, list(filter(None, still)), turn.pressed_id())
    turn.show("staff_questions", locale=locale, **shown)


def _own_language(turn: Turn) -> str | None:
    locale = turn.pressed("locale")
    if locale in turn.member.languages:
        return locale
    turn.say("staff_text_refused", reason="language")
    return None


# --- making an example


async def choose_topic(_: Update, turn: Turn) -> None:
    """Which topic the question should have found: what the engine thinks, then every subject."""
    asked = await _pressed(turn)
    if asked is None:
        return
    meant = turn.understand(asked.text)
    likely = dict.fromkeys(filter(None, [meant.topic, *(item.topic for item in meant.candidates)]))
    offered = [item for group in _by_subject(turn).values() for item in group]
    suggested = [item for topic in likely for item in offered if item["topic"] == topic]
    turn.show(
        "staff_example_topic",
        group=asked.id,
        locale=asked.locale,
        topics=suggested,
        subjects=list(_by_subject(turn)),
    )


async def subject(_: Update, turn: Turn) -> None:
    """The topics of a subject."""
    asked, listed = await _pressed(turn), _by_subject(turn).get(turn.pressed("subject"))
    if asked is None:
        return
    if listed is None:
        turn.say("unknown_button")
    else:
        turn.show(
            "staff_example_subject",
            group=asked.id,
            locale=asked.locale,
            subject=turn.pressed("subject"),
            topics=listed,
        )


def _by_subject(turn: Turn) -> dict[str, list[dict[str, str]]]:
    """Every topic with its title, by subject, in the menu's order."""
    found: dict[str, list[dict[str, str]]] = {group: [] for group in (*GROUPS, OTHER)}
    for topic in turn.desk.library.topics.values():
        item = {"topic": topic.id, "title": topic.texts[turn.locale].title}
        found[topic.group if topic.group in GROUPS else OTHER].append(item)
    return {group: items for group, items in found.items() if items}


async def write(_: Update, turn: Turn) -> None:
    """The next message is the example."""
    asked, topic = await _pressed(turn), turn.desk.library.topics.get(turn.pressed("topic"))
    if asked is None:
        return
    if topic is None:
        turn.say("unknown_button")
        return
    turn.expect("staff.example", topic=topic.id, locale=asked.locale)
    turn.say("staff_example_write", locale=asked.locale, title=topic.texts[turn.locale].title)


async def _pressed(turn: Turn) -> Question | None:
    """The question whose group a button names, if its words are still there for this member."""
    asked = await feedback.question(turn.desk, turn.tx, turn.member, turn.pressed_id())
    if asked is None:
        turn.say("staff_question_gone")
    return asked


async def written(_: Update, turn: Turn) -> None:
    """The sentence is here: it is kept, or what is wrong with it is said and the next one is taken."""
    topic = turn.desk.library.topics.get(turn.person.draft.get("topic", ""))
    locale = turn.person.draft.get("locale", "")
    if topic is None or locale not in turn.member.languages:
        turn.expect(None)
        turn.say("staff_question_gone")
        return
    text = feedback.cleaned(turn.text)
    meaning = turn.understand(text)
    kept = await feedback.add(turn.desk, turn.tx, turn.member, topic.id, locale, text, meaning)
    if isinstance(kept, int):
        turn.expect(None)
        turn.say("staff_example_kept", example=kept, locale=locale, title=topic.texts[turn.locale].title)
    else:
        turn.say("staff_example_fault", reason=kept, longest=feedback.LONGEST_EXAMPLE)


async def remove(_: Update, turn: Turn) -> None:
    """Something of a person is in it after all: it is kept no more."""
    if await feedback.remove(turn.tx, turn.member, turn.pressed_id()):
        turn.show("staff_example_removed")
    else:
        turn.say("unknown_button")
