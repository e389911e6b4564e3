"""Whatever people send gets a clear answer in their language; nothing is lost and nothing falls over."""

from typing import Any

import pytest
from dialogue import Person, World, plain
from dialogues.scenes import (
    NO_MESSAGE,
    UNKNOWN_BUTTON,
    UNKNOWN_COMMAND,
    asks,
    in_chat_of,
    own,
    receives,
    replies,
    waits,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.library import Library
from locales import LOCALES

NO_WORDS = "I see no words in this message. Please write your question, or choose below."
ASKED = "Give this to the team?"
NO_FILM = "I cannot take this kind of file, and it was not kept."
READ_BESIDE = "I have read the words that you wrote beside it."
NO_PLACE = (
    "I do not need your location and have not kept it. "
    "For your safety, do not send it to anyone you do not know."
)
NO_PHONE = "I do not need phone numbers. I have not kept this one."
ONLY_TEXT = "I can only read written messages."
GOES_FIRST = "If somebody is in danger, write it at once. It goes first."

KINDS: list[tuple[dict[str, Any], str]] = [
    ({"sticker": "🙏"}, ONLY_TEXT),
    ({"document": "film.mp4"}, NO_FILM),
    ({"location": True}, NO_PLACE),
    ({"contact": True}, NO_PHONE),
    ({"sticker": "🙏", "forward": True}, ONLY_TEXT),
]

WORDLESS = ["؟؟!!", "👍", "…", "\u200f\u200e\u200f", "\u0301\u0301\u0301", "\x07\x1b", "\u2066\u2069", "‌‌-‌"]


@pytest.mark.parametrize("locale", LOCALES)
async def test_what_is_not_writing_is_answered_and_danger_has_its_door(world: World, locale: str) -> None:
    person = await world.meet("Samira", 508, locale)
    await person.settles_in("I am an applicant")
    for kind, answer in KINDS:
        await person.sends(**kind)
        (heard,) = await person.reads(answer, GOES_FIRST, without=(READ_BESIDE,))
        assert list(heard.buttons) == [person.in_own_words("Ask the team"), person.in_own_words("Menu")]


@pytest.mark.parametrize("locale", LOCALES)
async def test_text_without_a_word(world: World, locale: str) -> None:
    person = await world.meet("Samira", 508, locale)
    await person.settles_in("I am an applicant")
    for text in WORDLESS:
        await person.says(text)
        (heard,) = await person.reads(NO_WORDS)
        assert person.in_own_words("Menu") in heard.buttons


async def test_text_without_a_word_is_no_request_either(luc: Person, farid: Person) -> None:
    """It neither opens a request nor goes into one; the dialogue waits for words."""
    await luc.says("/ask")
    await luc.hears()
    for text in WORDLESS:
        await luc.says(text)
        await luc.reads(NO_WORDS, without=("H-1001",))
    await luc.says("Nous cherchons un appartement")
    await luc.reads("H-1001")
    await luc.presses("Add something")
    await luc.says("…")
    await luc.reads(NO_WORDS)
    await luc.says("Deux chambres suffisent")
    await luc.reads(own(luc, "Added to your request %(number)s. The team will read it.", number="H-1001"))
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads("Nous cherchons un appartement", "Deux chambres suffisent")


def long_text(kind: str) -> str:
    """4,096 characters, Telegram's limit, in the shapes that are hard to show."""
    if kind == "one line":
        return ("Wir warten <b>schon</b> & lange. " * 200)[:4096].rstrip("& ")
    if kind == "many lines":
        return "\n".join(f"{line}. line with 12 <i> signs & 3 more" for line in range(1, 150))[:4096].rstrip()
    if kind == "Dari with numbers":
        return ("سلام، ۱۲۳ روز و G000099999 و 45 بار پرسیدیم. " * 200)[:4096].rstrip()
    return ("a😀" * 3000).encode("utf-16-le")[: 2 * 4095].decode("utf-16-le", "ignore")


@pytest.mark.parametrize("kind", ["one line", "many lines", "Dari with numbers", "emoji"])
async def test_the_longest_text_reaches_the_team_whole_and_comes_back_whole(
    karim: Person, sarah: Person, kind: str
) -> None:
    text = long_text(kind)
    assert len(text.encode("utf-16-le")) // 2 > 4000
    await asks(karim, text)
    await karim.reads("H-1001")
    await sarah.says("/queue")
    await sarah.presses("Take next")
    shown = await sarah.hears()
    assert squeezed(text) in squeezed("".join(message.text for message in shown))
    assert "Reply" in shown[-1].buttons
    assert not any(message.buttons for message in shown[1:-1])
    # The same text as a reply, with its preview, and read by Karim.
    await sarah.presses("Reply")
    await sarah.says(text)
    assert squeezed(text) in squeezed("".join(message.text for message in await sarah.hears()))
    await sarah.presses("Send")
    await karim.presses("Read it")
    heard = squeezed("".join(message.text for message in await karim.hears()))
    assert heard.count(squeezed(text)) == 2


def squeezed(text: str) -> str:
    """A text without blanks, so that it does not matter where it was cut."""
    return "".join(plain(text).split())


@pytest.mark.parametrize("kind", ["one line", "many lines", "Dari with numbers", "emoji"])
async def test_the_longest_text_as_a_question_is_answered(karim: Person, kind: str) -> None:
    await karim.says(long_text(kind))
    assert len(await karim.hears()) >= 1


async def test_html_in_what_people_write_is_shown_as_they_wrote_it(luc: Person, farid: Person) -> None:
    text = "Est-ce que <b>vous</b> & <a href='https://example.org'>nous</a> {{ contacts }} %(number)s {text}"
    await asks(luc, text)
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads(text)
    await replies(farid, "H-1001", f"Réponse : {text}")
    await luc.presses("Read it")
    await luc.reads(f"Réponse : {text}")


# --- buttons and commands


async def test_a_stale_button_still_does_what_it_says_in_a_new_message(zahra: Person) -> None:
    await zahra.forges("menu", NO_MESSAGE)
    await zahra.reads("What do you want to do?")
    await zahra.forges("subject:status", NO_MESSAGE)
    await zahra.reads("Waiting and status")


@pytest.mark.parametrize("locale", LOCALES)
async def test_forged_buttons_are_told_so(world: World, locale: str) -> None:
    person = await world.meet("Samira", 508, locale)
    await person.settles_in("I am an applicant")
    for data in ("nonsense", "req:1", "helped:99999999999", "linkyes:0", "forgetyes\n", "menu ", "lang:fa"):
        await person.forges(data, NO_MESSAGE)
        (heard,) = await person.reads(UNKNOWN_BUTTON)
        assert list(heard.buttons) == [person.in_own_words("Menu")]


@pytest.mark.parametrize("locale", LOCALES)
async def test_unknown_commands_are_told_so(world: World, locale: str) -> None:
    person = await world.meet("Samira", 508, locale)
    await person.settles_in("I am an applicant")
    for text in ("/nonsense", "/queue", "/cases", "/start_", "/help@another_bot", "/ASKME 12"):
        await person.says(text)
        await person.reads(UNKNOWN_COMMAND)
    await person.says("/HELP")
    await person.reads("What do you want to do?")


async def test_a_command_in_the_middle_of_writing_to_the_team_is_not_sent(luc: Person, farid: Person) -> None:
    await luc.says("/ask")
    await luc.says("/nonsense")
    await luc.reads(UNKNOWN_COMMAND, without=("H-1001",))
    await asks(luc, "Nous cherchons un appartement")
    await luc.reads("H-1001")
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads("Nous cherchons un appartement", without=("/nonsense",))


# --- forwarded and edited


async def test_a_forwarded_text_is_doubted_with_the_reader(zahra: Person, library: Library) -> None:
    title = library.topics["is-this-message-real"].texts["fa_AF"].title
    await zahra.says("۵۰۰ دالر بفرستید تا نام تان در لست شود", forward=True)
    (asked,) = await zahra.reads(
        "You forwarded a message from somebody else. Do you want to know whether it is real?"
    )
    assert next(iter(asked.buttons)) == title
    await zahra.presses(title)
    await zahra.reads("This helped")
    await zahra.presses("Ask the team")
    await zahra.reads("H-1001")


async def test_a_forwarded_text_in_the_middle_of_linking_is_not_taken_for_a_number(zahra: Person) -> None:
    await zahra.says("/case")
    await zahra.presses("Link my case")
    await zahra.says("G000012345", forward=True)
    await zahra.reads(
        "You forwarded a message from somebody else. Do you want to know whether it is real?",
        without=(own(zahra, "Step %(one)s of %(all)s", one="۲", all="۳"),),
    )


async def test_an_edited_question_is_read_again(zahra: Person, library: Library) -> None:
    message = await zahra.says("سلام")
    await zahra.hears()
    await zahra.edits(message, "پاسپورت ندارم")
    await zahra.reads("I have read your changed message.", library.topics["no-passport"].texts["fa_AF"].title)


# --- blocking


async def test_who_blocks_the_bot_gets_nothing_and_may_come_back(
    world: World, luc: Person, farid: Person, karim: Person
) -> None:
    await asks(luc, "Nous cherchons un appartement")
    await farid.says("/queue")
    await farid.presses("Take next")
    await world.settled()
    await luc.hears()
    await luc.blocks()
    await replies(farid, "H-1001", "Bonjour, voici la réponse.")
    await farid.reads(own(farid, "Sent to the person of %(number)s.", number="H-1001"))
    assert await waits(world) == (0, 0)  # the letter was dropped, not kept for ever
    await karim.says("/help")
    await karim.reads("What do you want to do?")  # nobody waits for Luc

    await luc.blocks(False)
    assert await luc.hears() == []
    await luc.says("/requests")
    await luc.presses("H-1001")
    await luc.reads("Bonjour, voici la réponse.")
    await luc.presses("Answer the team")
    await luc.says("Merci, je suis de retour")
    await farid.reads(own(farid, "The person of %(number)s has written again.", number="H-1001"))
    await replies(farid, "H-1001", "Bienvenue de nouveau.")
    await luc.reads(own(luc, "There is an answer to your request %(number)s.", number="H-1001"))


async def test_somebody_who_blocks_before_ever_choosing_a_language(world: World, omid: Person) -> None:
    await omid.says("/start")
    await omid.blocks()
    await world.settled()
    await omid.blocks(False)
    await omid.says("/start")
    await omid.reads("English")
    assert await waits(world) == (0, 0)


# --- anything at all


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200).filter(
    lambda text: bool(text.strip()) and len(text.encode("utf-16-le")) <= 2 * 4096
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT)
async def test_any_text_is_answered(karim: Person, text: str) -> None:
    await karim.hears()
    await karim.says(text)
    assert 1 <= len(await karim.hears()) <= 3
    karim.world.clock.advance(minutes=1)  # this is no burst


# --- words beside a picture


async def test_a_caption_is_a_written_message(karim: Person, library: Library) -> None:
    await karim.sends(photo=True, caption="When does the Group of Five pause end?")
    await karim.reads(ASKED, READ_BESIDE, library.topics["g5-pause"].texts["en"].title, "This helped")
    await karim.sends(document="film.mp4", caption="👍")
    await karim.reads(NO_FILM, NO_WORDS)


async def test_a_caption_goes_where_a_written_message_would_go(
    luc: Person, karim: Person, farid: Person
) -> None:
    await luc.says("/ask")
    await luc.sends(document="liste.txt", caption="Nous cherchons un appartement")
    await luc.reads(NO_FILM, READ_BESIDE, "H-1001")
    await luc.presses("Add something")
    await luc.sends(photo=True, caption="Deux chambres suffisent")
    await luc.reads(
        ASKED, own(luc, "Added to your request %(number)s. The team will read it.", number="H-1001")
    )
    await farid.says("/queue")
    await farid.presses("Take next")
    await farid.reads("Nous cherchons un appartement", "Deux chambres suffisent", without=("liste.txt",))
    await karim.says("/case")
    await karim.presses("Link my case")
    await karim.sends(photo=True, caption="G000012345")
    await karim.reads(ASKED, "Step 2 of 3")


async def test_a_changed_caption_is_read_again_and_a_moving_location_is_not(
    world: World, karim: Person, library: Library
) -> None:
    edited = {"message_id": 1, "date": 1, "edit_date": 2, **in_chat_of(karim)}
    place = {"latitude": 34.5, "longitude": 69.2, "live_period": 900}
    for number in range(3):
        await receives(world, number, {"edited_message": {**edited, "location": place}})
    assert await karim.hears() == []
    file = {"file_id": "x", "file_unique_id": "x"}
    caption = "When does the Group of Five pause end?"
    await receives(world, 9, {"edited_message": {**edited, "document": file, "caption": caption}})
    await karim.reads(
        "I have read your changed message.", library.topics["g5-pause"].texts["en"].title, without=(ASKED,)
    )
