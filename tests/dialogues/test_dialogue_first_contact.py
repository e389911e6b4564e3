"""First contact: two taps and one can ask; nothing written before them is lost, and danger does not wait."""

import pytest
from dialogue import Person, World
from dialogues.scenes import UNKNOWN_BUTTON, asks, own, replies

from knowledge.library import Library
from locales import LOCALES, NAMES

OPERATOR = "Example Support Network (invented)"
READY = "Thank you. Now write your question in your own words, in any of the four languages. Or choose below."
ROLES = (
    "I am an applicant",
    "I am a private sponsor",
    "I write for an organisation",
    "Somebody else",
)


@pytest.mark.parametrize("locale", LOCALES)
async def test_two_taps_and_one_can_ask(world: World, locale: str) -> None:
    omid = await world.meet("Omid", 506, locale)
    await omid.says("/start")
    (language,) = await omid.reads()
    assert list(language.buttons) == ["دری", "پښتو", "English", "Français"]

    await omid.presses(NAMES[locale])
    (welcome,) = await omid.reads(
        OPERATOR,
        "It is free. Nobody here ever asks for money.",
        "It decides nothing. It cannot speed up a case.",
        "It needs no copies of documents. Do not send passports or ID cards here.",
        "Scams: whoever promises a visa or a place on a list for money is lying. "
        "Be careful with private numbers that say they are IRCC or UNHCR.",
        "Who are you?",
    )
    assert list(welcome.buttons) == [omid.in_own_words(role) for role in ROLES]
    assert welcome.id == language.id  # one screen, in the place of the first

    await omid.presses("I am an applicant")
    (ready,) = await omid.reads(READY)
    assert ready.id == language.id


@pytest.mark.parametrize("role", ROLES)
async def test_everybody_may_ask_whoever_they_are(world: World, role: str) -> None:
    omid = await world.meet("Omid", 506)
    await omid.settles_in(role)
    await omid.says("Is the Afghan program still open?")
    await omid.reads("This helped")


async def test_what_omid_writes_before_the_taps_is_answered_after_them(
    omid: Person, library: Library
) -> None:
    answer = library.topics["no-passport"].texts["fa_AF"].title
    await omid.says("پاسپورت ندارم")
    await omid.reads("English", without=(answer,))
    await omid.presses("دری")
    await omid.reads("Who are you?", without=(answer,))
    await omid.presses("I am an applicant")
    await omid.reads(answer, "This helped", without=("English",))


async def test_all_that_was_written_before_the_taps_reaches_the_team(omid: Person, sarah: Person) -> None:
    await omid.says("What colour should we paint the kitchen?")
    await omid.says("Do you know a good plumber in Toronto?")
    await omid.presses("English")
    await omid.presses("Somebody else")
    await omid.presses("Send it to the team")
    await omid.world.settled()
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads("What colour should we paint the kitchen?", "Do you know a good plumber in Toronto?")


CRIES = {
    "Dari": ("fa_AF", "پولیس شوهرم را امروز از خانه برد"),
    "Dari in Latin letters": ("fa_AF", "polis shawharam ra emroz az khana bord"),
    "Pashto": ("ps", "پولیسو زما ورور ونیو"),
    "French": ("fr", "La police a arrêté mon mari ce matin"),
    "English": ("en", "Police arrested my brother in Rawalpindi this morning"),
}


@pytest.mark.parametrize(("language", "cry"), CRIES.values(), ids=CRIES)
async def test_danger_before_the_taps_is_answered_at_once_in_its_own_language(
    world: World, library: Library, language: str, cry: str
) -> None:
    omid = await world.meet("Omid", 506, "en" if language != "en" else "fr")
    reader = Person(world, "a reader of that language", omid.id, language)
    await omid.says(cry)
    safety, number, taps = await omid.hears()
    assert library.topics["detained"].texts[language].title in safety
    assert "+00 000 000 0001 (invented)" in safety
    assert (
        own(
            reader,
            "Your urgent request has the number %(number)s. The team has been called.",
            number="H-1001",
        )
        in number
    )
    assert list(taps.buttons) == ["دری", "پښتو", "English", "Français"]


async def test_what_follows_the_cry_goes_to_the_same_request_also_before_the_taps(
    omid: Person, sarah: Person
) -> None:
    await omid.says("polis shawharam ra emroz az khana bord")
    await omid.hears()
    await omid.says("Rawalpindi, I-9")
    await omid.reads("H-1001", "دری")
    await omid.presses("English")
    await omid.presses("I am an applicant")
    await omid.says("He has no phone with him")
    await omid.reads("H-1001", without=("H-1002",))
    await sarah.says("/queue")
    await sarah.presses("Take next")
    await sarah.reads("polis shawharam ra emroz az khana bord", "Rawalpindi, I-9", "He has no phone with him")


async def test_start_again_leads_to_the_menu_and_ends_a_dialogue(zahra: Person, sarah: Person) -> None:
    await zahra.says("/ask")
    await zahra.reads("Your question to the team")
    await zahra.says("/start")
    await zahra.reads("What do you want to do?", "Somebody is in danger", without=("Who are you?",))
    await zahra.says("پاسپورت ندارم")
    await zahra.reads("This helped", without=("H-1001",))
    await sarah.says("/queue")
    await sarah.reads("Nobody is waiting.")


async def test_start_twice_before_the_taps_shows_the_same_screen(omid: Person) -> None:
    await omid.says("/start")
    (first,) = await omid.hears()
    await omid.says("/start")
    (second,) = await omid.hears()
    assert (second.text, list(second.buttons)) == (first.text, list(first.buttons))
    await omid.presses("دری")
    await omid.hears()
    await omid.says("/start")
    await omid.reads("Who are you?")


async def test_switching_the_language_at_any_time(zahra: Person) -> None:
    await zahra.says("/language")
    await zahra.presses("پښتو")
    await zahra.hears()
    zahra.locale = "ps"
    await zahra.says("/help")
    await zahra.reads("What do you want to do?")
    await zahra.presses("Language")
    await zahra.presses("Français")
    zahra.locale = "fr"
    await zahra.reads("What do you want to do?")


async def test_switching_the_language_does_not_end_a_dialogue(helen: Person, sarah: Person) -> None:
    await helen.says("/ask")
    await helen.says("/language")
    await helen.presses("Français")
    await helen.says("Pouvez-vous nous envoyer la liste des bureaux ?")
    await helen.world.settled()
    await sarah.says("/queue")
    await sarah.reads("H-1001")


async def test_an_answer_comes_in_the_language_of_the_question(karim: Person, library: Library) -> None:
    await karim.says("La pause des groupes de cinq finit quand ?")
    karim.locale = "fr"
    await karim.reads(library.topics["g5-pause"].texts["fr"].title, "This helped")
    karim.locale = "en"
    await karim.says("/help")
    await karim.reads("What do you want to do?")


@pytest.mark.parametrize(
    "early", ["/case", "/updates", "/ask", "/requests", "/queue", "/nonsense", "/help", "/start queue"]
)
async def test_commands_before_the_taps_lead_to_them(omid: Person, early: str) -> None:
    await omid.says(early)
    (language,) = await omid.hears()
    assert list(language.buttons) == ["دری", "پښتو", "English", "Français"]


async def test_forged_buttons_before_the_taps_lead_to_them(omid: Person, sarah: Person, luc: Person) -> None:
    await asks(luc, "Une question de Luc à l'équipe")
    await omid.says("/start")
    await omid.hears()
    for data in ("showcase", "link", "req:1", "topic:detained", "menu", "nonsense"):
        await omid.forges(data)
        await omid.reads("English", without=("Luc",))
    for data in ("q", "qtake:1", "qt:1"):
        await omid.forges(data)
        await omid.reads(UNKNOWN_BUTTON, without=("Luc",))
    await sarah.says("/queue")
    await sarah.reads("H-1001", without=("H-1002",))


async def test_a_forged_role_does_not_spare_the_choice_of_a_language(omid: Person) -> None:
    await omid.says("/start")
    await omid.forges("role:applicant")
    await omid.hears()
    await omid.says("/case")
    (language,) = await omid.hears()
    assert list(language.buttons) == ["دری", "پښتو", "English", "Français"]


async def test_a_sticker_before_the_taps_leads_to_them(omid: Person) -> None:
    await omid.sends(sticker="🙏")
    await omid.reads("دری", "پښتو", "English", "Français")


# --- words behind a command


async def test_danger_behind_a_command_is_heard(karim: Person, sarah: Person, library: Library) -> None:
    commands = ("/help", "/case", "/ask", "/start", "/privacy", "/queue", "/nonsense", "/help@sandbox_bot")
    for number, command in enumerate(commands, start=1):
        await karim.says(f"{command} police arrested my husband, call {number}")
        await karim.reads(library.topics["detained"].texts["en"].title, "H-1001", without=("H-1002",))
    await sarah.presses("Open it")
    calls = [f"police arrested my husband, call {number}" for number in range(1, len(commands) + 1)]
    await sarah.reads(*calls, without=("/help", "/nonsense"))


async def test_danger_behind_a_command_is_heard_before_the_taps(
    world: World, sarah: Person, library: Library
) -> None:
    for number, command in enumerate(("/help", "/start", "/nonsense"), start=1):
        newcomer = await world.meet(f"Newcomer {number}", 520 + number, "fa_AF")
        await newcomer.says(f"{command} پولیس شوهرم را امروز از خانه برد")
        await newcomer.reads(library.topics["detained"].texts["fa_AF"].title, f"H-100{number}")
        await sarah.reads("Urgent request", f"H-100{number}")


async def test_a_question_behind_ask_goes_to_the_team(luc: Person, farid: Person) -> None:
    await luc.says("/ask Nous cherchons un appartement,\ndans quelle ville arrive-t-elle ?")
    await luc.reads("H-1001", without=("Your question to the team",))
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads(
        "Nous cherchons un appartement,\ndans quelle ville arrive-t-elle ?", without=("/ask Nous",)
    )


async def test_a_question_behind_a_command_before_the_taps_is_answered_after_them(
    world: World, library: Library
) -> None:
    answer = library.topics["g5-pause"].texts["en"].title
    for number, command in enumerate(("/help", "/ask", "/start", "/nonsense"), start=1):
        newcomer = await world.meet(f"Newcomer {number}", 520 + number)
        await newcomer.says(f"{command} When does the Group of Five pause end?")
        await newcomer.reads("English", without=(answer,))
        await newcomer.presses("English")
        await newcomer.presses("I am an applicant")
        await newcomer.reads(answer, "This helped")


async def test_the_payload_of_a_link_is_no_question(omid: Person) -> None:
    await omid.says("/start group")
    await omid.presses("دری")
    await omid.presses("I am an applicant")
    await omid.reads(READY)


# --- leaving, and the team's answer, before the taps


async def test_privacy_and_forget_work_before_the_taps(omid: Person, karim: Person) -> None:
    await omid.says("پاسپورت ندارم")
    await omid.says("/privacy")
    await omid.reads("What is kept about you")
    await omid.says("/forget")
    await omid.reads("Erase everything about you?")
    await omid.presses("No, keep it")
    await omid.reads("English")
    await omid.says("/forget")
    await omid.presses("Yes, erase everything")
    await omid.reads("Done. What we kept about you is erased.")
    await omid.settles_in("I am an applicant")
    await omid.says("/help")  # what was written before is gone, and answered no more
    await omid.reads("What do you want to do?", without=("This helped",))
    await karim.says("/help")  # others are still there
    await karim.reads("What do you want to do?", without=("Who are you?",))


async def test_privacy_before_the_taps_keeps_what_was_written(omid: Person, library: Library) -> None:
    await omid.says("پاسپورت ندارم")
    await omid.says("/privacy")
    await omid.says("/language")
    await omid.presses("دری")
    await omid.presses("I am an applicant")
    await omid.reads(library.topics["no-passport"].texts["fa_AF"].title)


async def test_before_a_language_is_chosen_a_request_is_spoken_of_in_its_own(
    world: World, omid: Person, sarah: Person
) -> None:
    reader = Person(world, "a reader of French", omid.id, "fr")
    await omid.says("La police a arrêté mon mari ce matin")
    await world.settled()
    await reader.hears()
    await sarah.presses("Open it")
    await sarah.presses("Take it")
    await reader.reads(
        own(reader, "Somebody in the team is now reading your request %(number)s.", number="H-1001")
    )
    await omid.says("Rawalpindi")
    await reader.reads(
        own(reader, "Added to your request %(number)s. The team will read it.", number="H-1001")
    )
    await replies(sarah, "H-1001", "Bonjour, nous appelons le Haut-Commissariat tout de suite.")
    await reader.reads(own(reader, "There is an answer to your request %(number)s.", number="H-1001"))
    await sarah.presses("Open it")
    await sarah.presses("Resolve")
    await reader.reads(own(reader, "The team has closed your request %(number)s.", number="H-1001"))
    await omid.says("La police a arrêté aussi mon fils ce matin")
    await reader.hears()
    await world.passes(hours=4, minutes=1)
    await reader.reads("You are waiting longer than we aimed for. We are sorry. Your request is not lost.")
