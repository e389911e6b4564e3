"""Questions: an approved answer with source and day, suggestions, or a person; never a guess or silence."""

import pytest
from dialogue import Person, World
from dialogues.scenes import UNKNOWN_BUTTON, own
from rehearsed import Rehearsed, suggest, unknown

from engine import Engine
from knowledge.library import Library
from locales import LOCALES, NAMES, formats

STRANGE = "What colour should we paint the kitchen?"
STRANGER = "Do you know a good plumber in Toronto?"
VAGUE = "Someone asks me money for a visa"
NOT_SURE = "I am not sure that I understood. Did you mean one of these?"
NOT_UNDERSTOOD = "I did not understand this well enough to answer."

G5 = {
    "en": "When does the Group of Five pause end?",
    "fr": "La pause des groupes de cinq finit quand ?",
    "fa_AF": "توقف گروه پنج‌نفری تا چی وقت است؟",
    "ps": "د پنځه کسیزې ډلې درېدل تر کله دي؟",
}


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """In this file the service finds these lines as hard as the stories need."""
    vague = suggest("agent-asks-money", "is-this-message-real", "visa-expired-pakistan")
    return Rehearsed(engine, {STRANGE: unknown(), STRANGER: unknown(), VAGUE: vague})


@pytest.mark.parametrize("locale", LOCALES)
async def test_an_approved_answer_with_its_source_its_day_and_three_buttons(
    world: World, library: Library, locale: str
) -> None:
    asker = await world.meet("Samira", 508, locale)
    await asker.settles_in("I am a private sponsor")
    topic = library.topics["g5-pause"]
    await asker.says(G5[locale])
    (answer,) = await asker.reads(
        topic.texts[locale].title,
        "Source:",
        *library.sources_of(topic),
        formats.day(topic.as_of, locale) if topic.as_of else "a topic without a day",
    )
    helped, not_helped, ask, *near = answer.buttons
    assert [helped, not_helped, ask] == [
        asker.in_own_words(label) for label in ("This helped", "It did not help", "Ask the team")
    ]
    assert near == [library.topics[topic_id].texts[locale].title for topic_id in topic.next]
    # What nobody has approved yet is said only in the demonstration, and says so.
    draft = asker.in_own_words("Draft text: not yet approved by the operator.")
    assert (draft in answer) is not topic.texts[locale].approved


@pytest.mark.parametrize(
    ("locale", "month"), [("fa_AF", "جوزا"), ("ps", "غبرګولی"), ("en", "June 2026"), ("fr", "juin 2026")]
)
async def test_the_day_stands_in_the_readers_calendar(world: World, locale: str, month: str) -> None:
    asker = await world.meet("Samira", 508, locale)
    await asker.settles_in("I am a private sponsor")
    await asker.says(G5[locale])
    await asker.reads(month)


async def test_an_answer_can_lead_on_to_what_stands_near(luc: Person, library: Library) -> None:
    near = library.topics["pause-existing-files"].texts["fr"].title
    await luc.says(G5["fr"])
    await luc.presses(near)
    (_, second) = await luc.hears()
    assert second.text.startswith(near)


async def test_a_text_that_is_only_like_a_question_gets_suggestions_and_the_team(
    karim: Person, library: Library
) -> None:
    money = library.topics["agent-asks-money"].texts["en"].title
    await karim.says(VAGUE)
    (suggestions,) = await karim.reads(NOT_SURE)
    *topics, team = suggestions.buttons
    assert 1 <= len(topics) <= 3
    assert money in topics
    assert team == "None of these: ask the team"
    await karim.presses(money)
    (answer,) = await karim.reads("This helped")
    assert answer.text.startswith(money)


async def test_none_of_the_suggestions_hands_the_question_over(karim: Person, sarah: Person) -> None:
    await karim.says(VAGUE)
    await karim.presses("None of these: ask the team")
    await karim.reads("H-1001")
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(VAGUE)


async def test_the_suggested_answer_remembers_the_question_for_the_team(
    karim: Person, sarah: Person, library: Library
) -> None:
    await karim.says(VAGUE)
    await karim.presses(library.topics["agent-asks-money"].texts["en"].title)
    await karim.presses("Ask the team")
    await karim.reads("H-1001")
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(VAGUE, library.topics["agent-asks-money"].texts["en"].title)


async def test_the_same_question_goes_to_the_team_once_however_often_it_is_pressed(
    karim: Person, sarah: Person
) -> None:
    await karim.says(VAGUE)
    for _ in range(3):
        await karim.presses("None of these: ask the team")
    await karim.reads("Your request has the number H-1001.", VAGUE, without=("H-1002",))
    await karim.says("/requests")
    await karim.reads("H-1001", without=("H-1002",))
    await sarah.says("/queue")
    await sarah.reads("H-1001", without=("H-1002",))
    await sarah.presses("Take next")
    (request,) = [message for message in await sarah.hears() if VAGUE in message]
    assert request.text.count(VAGUE) == 1


async def test_an_outsider_picks_no_suggestion_of_somebody_else(
    karim: Person, luc: Person, sarah: Person, library: Library
) -> None:
    await karim.says(VAGUE)
    (suggestions,) = await karim.hears()
    stolen = [button["data"] for button in suggestions.buttons.values()]
    assert stolen[0].startswith("pick:1:")
    for data in (*stolen, "pick:1:detained", "pick:99:g5-pause"):
        await luc.forges(data)
        await luc.reads(UNKNOWN_BUTTON, without=(VAGUE, "H-1001"))
    await sarah.says("/queue")
    await sarah.reads("Nobody is waiting.")
    # Karim's own buttons still work; a topic that is none does not.
    await karim.forges("pick:1:nothing-of-the-kind")
    await karim.reads(UNKNOWN_BUTTON)
    await karim.presses(library.topics["agent-asks-money"].texts["en"].title)
    await karim.reads("This helped")


async def test_not_understood_once_asks_back(karim: Person, sarah: Person) -> None:
    await karim.says(STRANGE)
    (asked_back,) = await karim.reads(NOT_UNDERSTOOD)
    assert list(asked_back.buttons) == ["Choose a subject", "Send it to the team"]
    await karim.presses("Send it to the team")
    await karim.reads("Your request has the number H-1001.")
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(STRANGE)


async def test_not_understood_twice_goes_to_a_person_with_both_texts(karim: Person, sarah: Person) -> None:
    await karim.says(STRANGE)
    await karim.reads(NOT_UNDERSTOOD)
    await karim.world.passes(seconds=8)  # sooner, it would be a further piece of the same question
    await karim.says(STRANGER)
    await karim.reads(
        "I still do not understand it well enough, so I am giving your question to the team. "
        "A person will read it.",
        "H-1001",
    )
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads(STRANGE)
    (request,) = [message for message in await sarah.messages() if STRANGER in message]
    assert STRANGE in request


async def test_an_understood_question_between_two_others_starts_the_count_anew(karim: Person) -> None:
    await karim.says(STRANGE)
    await karim.says(G5["en"])
    await karim.world.passes(seconds=8)
    await karim.says(STRANGER)
    await karim.reads(NOT_UNDERSTOOD, "This helped", without=("H-1001",))


async def test_it_helped(luc: Person) -> None:
    await luc.says(G5["fr"])
    await luc.presses("This helped")
    await luc.reads("Thank you. It is good to know that this helped.")


async def test_it_did_not_help_leads_to_the_team_with_the_question(
    luc: Person, farid: Person, library: Library
) -> None:
    await luc.says(G5["fr"])
    await luc.presses("It did not help")
    (_, sorry) = await luc.reads("I am sorry that this did not help.")
    assert luc.in_own_words("Ask the team") in sorry.buttons
    assert library.topics["pause-existing-files"].texts["fr"].title in sorry.buttons
    await luc.presses("Ask the team")
    await luc.reads("H-1001")
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads(G5["fr"], library.topics["g5-pause"].texts["fr"].title)


async def test_an_answer_chosen_from_the_menu_has_no_question_yet_so_the_team_asks_for_one(
    luc: Person, farid: Person, library: Library
) -> None:
    title = library.topics["g5-pause"].texts["fr"].title
    await luc.says("/help")
    await luc.presses("Choose a subject")
    await luc.presses("Sponsoring")
    await luc.presses(title)
    await luc.presses("Ask the team")
    await luc.reads("Your question to the team", without=("H-1001",))
    await luc.says("Notre groupe compte six personnes, est-ce permis ?")
    await luc.reads("H-1001")
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads("Notre groupe compte six personnes, est-ce permis ?", title)


async def test_an_outsider_cannot_use_the_buttons_of_somebody_elses_answer(
    luc: Person, karim: Person, sarah: Person
) -> None:
    await luc.says(G5["fr"])
    await luc.reads("This helped")
    for data in ("askfrom:1", "helped:1", "nothelped:1", "pick:1:g5-pause"):
        await karim.forges(data)
        (answer,) = await karim.reads(UNKNOWN_BUTTON)
        assert G5["fr"] not in answer
    await sarah.says("/queue")
    await sarah.reads("Nobody is waiting.")
    # Luc's own press still counts.
    await luc.presses("It did not help")
    await luc.reads("I am sorry that this did not help.")


async def test_the_menu_leads_to_every_subject_and_every_subject_to_answers(
    karim: Person, library: Library
) -> None:
    await karim.says("/help")
    await karim.presses("Choose a subject")
    (_, subjects) = await karim.reads("What is your question about?", "Somebody is in danger")
    offered = set()
    for label, button in subjects.buttons.items():
        if button["data"].startswith("subject:"):
            await karim.presses(label)
            (subject,) = await karim.hears()
            offered |= set(subject.buttons)
            await karim.presses("Choose a subject")
            await karim.hears()
    answered = {
        topic.texts["en"].title
        for topic in library.topics.values()
        if topic.then.startswith("answer") and topic.offered and topic.audience in ("any", "applicant")
    }
    assert answered <= offered
    assert len(answered) >= 15


async def test_a_forged_topic_or_subject_is_told_so(karim: Person) -> None:
    for data in ("topic:nothing-of-the-kind", "subject:nothing", "news:nothing", "lang:de", "role:lead"):
        await karim.forges(data)
        await karim.reads(UNKNOWN_BUTTON)


@pytest.mark.parametrize(
    ("question", "reads"),
    [
        ("How many Afghans have arrived so far?", "News about the programmes"),
        ("delete my data", "Erase everything about you?"),
        ("When is my next charter flight?", "News about the programmes"),
        ("How do I change the language?", "Choose your language"),
        ("Who runs this bot?", "About this service"),
        ("What is the status of my case?", "Link my case"),
        ("show me my requests", "Your requests"),
        ("I want to talk to a human being", "Your question to the team"),
        ("Hello", "Peace and good health to you. I am here to help."),
    ],
)
async def test_what_the_bot_can_do_it_does_when_asked_in_words(
    karim: Person, library: Library, question: str, reads: str
) -> None:
    await karim.says(question)
    heard = await karim.hears()
    if any(NOT_SURE in message for message in heard):
        # Where it is not sure it asks, and the first suggestion is the right one.
        await karim.presses(next(iter(heard[-1].buttons)))
        heard = await karim.hears()
    assert any(reads in message for message in heard), heard


@pytest.mark.parametrize("locale", LOCALES)
async def test_a_greeting_is_answered_with_a_greeting(world: World, locale: str) -> None:
    asker = await world.meet("Samira", 508, locale)
    await asker.settles_in("Somebody else")
    await asker.says({"en": "Hello", "fr": "Bonjour", "fa_AF": "سلام", "ps": "سلام"}[locale])
    await asker.reads("Peace and good health to you. I am here to help.")


async def test_helens_question_in_dari_is_answered_in_dari_and_her_menu_stays_english(
    helen: Person, library: Library
) -> None:
    await helen.says(G5["fa_AF"])
    await helen.reads(library.topics["g5-pause"].texts["fa_AF"].title)
    await helen.says("/help")
    await helen.reads("What do you want to do?")


async def test_about_and_privacy_say_who_and_what(luc: Person) -> None:
    await luc.says("/help")
    await luc.presses("About this service")
    await luc.reads("Example Support Network (invented)", "It is free. Nobody here ever asks for money.")
    await luc.says("/privacy")
    await luc.reads(
        "What is kept about you",
        own(luc, "Questions about your data: %(contact)s", contact="privacy@example.org"),
    )


async def test_every_language_is_named_in_itself(luc: Person) -> None:
    await luc.says("/language")
    (screen,) = await luc.hears()
    assert list(screen.buttons) == [NAMES[locale] for locale in LOCALES]
