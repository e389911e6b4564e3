"""Pictures, documents and voice notes, both ways: kept after a yes only, and seen by who may see them."""

from typing import Any

import pytest
from dialogue import Person, World
from dialogues.letters import (
    PROGRAM,
    document,
    pdf,
    photo,
    picture,
    voice,
    voice_note,
)
from dialogues.scenes import CHANGED, NO_MESSAGE, UNKNOWN_BUTTON, asks, in_chat_of, own, receives
from sqlalchemy import func, select, update

from desk.desk import Policy
from locales import LOCALES
from storage import tables

ASKED = "Give this to the team?"
EARLIER = "This is also about the files that you sent before and have not said yes or no to."
NOBODY_NEEDS = (
    "Nobody needs a copy of your passport to answer a question here. "
    "Never give your original papers to anyone, and never pay anyone."
)
GIVEN = "The team has what you sent. Files: %(count)s"
WRITE_NOW = "Now write in one message what it is about. It goes to the same request."
NOTHING_KEPT = "Good. The team does not get the files, and they were not kept."
NOT_TAKEN = "The team did not get the files, and they were not kept."
WHAT_IT_IS = "Not kept, because it is not what its name says, or of a kind that we do not take: %(count)s."
GONE = "Not kept, because Telegram does not have it any more: %(count)s."
LATE = "If the team does not have your file yet, please send it again."
TOO_BIG = "This file is too big and was not kept. One file may have at most %(limit)s megabytes."
TOO_MANY = "These are too many files at once, and this one was not kept."
FIRST_YES_OR_NO = "First press Yes or No above. Then send this again."
FIRST_SEND = "First send the reply above. Then press “Reply” again and send this file."
NOT_THIS_KIND = "I cannot take this kind of file, and it was not kept."
FULL = (
    "Your requests already hold as many files as we can keep. Please describe in words what is in the file."
)
STOPPED = (
    "Nothing was sent. A file could not be fetched, is too big, "
    "or is not a picture, a PDF or Word file, or a sound."
)
WENT_NOWHERE = (
    "This file went nowhere. A person gets files only with a reply: "
    "open the request, press “Reply”, then send the file."
)
ABOVE = "the files that you sent above"
FILES = "Files: %(count)s"
YES, NO, SHOW = "Yes, give it to the team", "No, do not give it", "Show the files"

MEGABYTE = 2**20


async def kept(world: World) -> int:
    """How many files the database holds."""
    async with world.database.read(world.clock()) as tx:
        query = select(func.count()).select_from(tables.attachments)
        return (await tx.connection.execute(query)).scalar_one()


def count(person: Person, english: str, number: str) -> str:
    return own(person, english, count=number)


async def takes_next(member: Person) -> None:
    await member.says("/queue")
    await member.presses("Take next")
    await member.world.settled()


# --- a person's files


async def test_no_means_that_nothing_is_kept(world: World, zahra: Person) -> None:
    await zahra.sends(**photo())
    (question,) = await zahra.reads(ASKED, NOBODY_NEEDS)
    assert list(question.buttons) == [zahra.in_own_words(YES), zahra.in_own_words(NO)]
    assert await kept(world) == 0
    await zahra.presses(NO)
    await zahra.reads(NOTHING_KEPT, without=(ASKED,))
    assert await kept(world) == 0
    await zahra.says("/requests")
    await zahra.reads("Your requests", without=("H-1001",))


async def test_yes_gives_it_to_the_team_and_nobody_else_sees_it(
    world: World, zahra: Person, farid: Person, karim: Person
) -> None:
    await zahra.sends(**photo())
    await zahra.presses(YES)
    await zahra.reads(count(zahra, GIVEN, "۱"), "H-1001", WRITE_NOW)
    await zahra.says("این خط از دفتر آمده است")
    await zahra.reads("H-1001")
    await takes_next(farid)
    await farid.reads(count(farid, FILES, "1"), SHOW)
    await farid.presses(SHOW)
    (_, picture_message) = await farid.reads(own(farid, "The files of %(number)s:", number="H-1001"))
    assert picture_message.kind == "photo"
    assert picture_message.protected
    assert await farid.opens(picture_message) == picture()
    # Karim has no part in it, whatever he presses.
    for data in ("qfiles:1", "reqfiles:1", "reqread:1", "fileyes:1", "fileno:1"):
        await karim.forges(data, NO_MESSAGE)
    heard = await karim.hears()
    assert len(heard) == 5
    assert await karim.files() == []
    assert all(UNKNOWN_BUTTON in message for message in heard)


async def test_she_sees_what_she_gave(zahra: Person) -> None:
    await asks(zahra, "خط گرفتم")
    await zahra.sends(**photo())
    await zahra.presses(YES)
    await zahra.says("/requests")
    await zahra.presses("H-1001")
    await zahra.reads("خط گرفتم", count(zahra, FILES, "۱"))
    await zahra.presses(SHOW)
    await zahra.reads(own(zahra, "The files of your request %(number)s:", number="H-1001"))
    assert await zahra.files() == [("photo", picture())]


@pytest.mark.parametrize("locale", LOCALES)
async def test_the_question_is_asked_in_her_language(world: World, locale: str) -> None:
    person = await world.meet("Samira", 508, locale)
    await person.settles_in("I am an applicant")
    for sent in (photo(), document("letter.pdf", pdf()), voice_note()):
        await person.sends(**sent)
        await person.reads(ASKED, "If somebody is in danger, write it at once. It goes first.")
    await person.presses(YES)
    await person.reads(WRITE_NOW, "H-1001")
    assert await kept(world) == 3


async def test_an_album_is_asked_about_once_and_stays_together(
    world: World, luc: Person, farid: Person
) -> None:
    await asks(luc, "Nous cherchons un appartement")
    await luc.hears()
    pictures = [picture(mark) for mark in range(3)]
    await luc.sends_album(*[photo(content) for content in pictures])
    (question,) = await luc.reads(ASKED)
    assert luc.in_own_words(EARLIER) not in question
    await luc.presses(YES)
    await luc.reads(
        count(luc, GIVEN, "3"),
        own(luc, "Added to your request %(number)s. The team will read it.", number="H-1001"),
    )
    await takes_next(farid)
    await farid.presses(SHOW)
    await farid.world.settled()
    assert await farid.files() == [("photo", content) for content in pictures]
    albums = {message.album for message in await farid.messages() if message.file}
    assert len(albums) == 1
    assert None not in albums


async def test_documents_pictures_and_sounds_each_leave_with_their_own_kind(
    luc: Person, farid: Person
) -> None:
    for sent in (
        photo(picture(1)),
        document("b.pdf", pdf("b")),
        voice_note(),
        photo(picture(2)),
        document("d.pdf", pdf("d")),
    ):
        await luc.sends(**sent)
    await luc.presses(YES)
    await luc.reads(count(luc, GIVEN, "5"))
    await takes_next(farid)
    await farid.presses(SHOW)
    await farid.world.settled()
    assert await farid.files() == [
        ("document", pdf("b")),
        ("document", pdf("d")),
        ("photo", picture(1)),
        ("photo", picture(2)),
        ("voice", voice()),
    ]


async def test_words_beside_a_picture_go_first_and_the_picture_to_the_same_request(
    world: World, luc: Person, sarah: Person
) -> None:
    await luc.sends(**photo(caption="La police a arrêté mon mari ce matin"))
    heard = await luc.hears()
    order = [position for position, message in enumerate(heard) if "H-1001" in message or ASKED_FR in message]
    assert ASKED_FR in heard[order[-1]]
    assert len(order) == 2
    await luc.presses(YES)
    await luc.reads(own(luc, "Added to your request %(number)s. The team will read it.", number="H-1001"))
    await luc.says("Il s'appelle Omid")
    await luc.reads(own(luc, "Added to your request %(number)s. The team will read it.", number="H-1001"))
    await sarah.presses("Open it")
    await sarah.reads("mon mari", "Il s'appelle Omid", own(sarah, FILES, count="1"))


ASKED_FR = "Voulez-vous donner ceci à l'équipe ?"


async def test_a_question_written_after_the_picture_takes_nothing_away(world: World, karim: Person) -> None:
    """He sends a picture, asks about it, and answers the bot's question only then."""
    await karim.sends(**photo())
    await karim.says("When does the Group of Five pause end?")
    await karim.says("/help")
    await karim.hears()
    await karim.presses(YES)
    await karim.reads(count(karim, GIVEN, "1"), "H-1001")
    assert await kept(world) == 1


async def test_a_file_within_a_dialogue_keeps_the_dialogue(world: World, luc: Person, karim: Person) -> None:
    await luc.says("/ask")
    await luc.sends(**document("lettre.pdf", pdf()))
    await luc.presses(YES)
    await luc.reads("Your question to the team", ASKED, "H-1001", WRITE_NOW)
    await luc.says("Que veut dire cette lettre ?")
    await luc.reads(
        own(luc, "Added to your request %(number)s. The team will read it.", number="H-1001"),
        without=("H-1002",),
    )
    await karim.says("/case")
    await karim.presses("Link my case")
    await karim.sends(**photo())
    await karim.presses(YES)
    await karim.reads("H-1002", without=(WRITE_NOW,))
    await karim.says("G000012345")
    await karim.reads("Step 2 of 3")


async def test_the_question_first_and_the_yes_later_is_one_request(luc: Person) -> None:
    await luc.says("/ask")
    await luc.sends(**photo())
    await luc.says("Que veut dire cette lettre ?")
    await luc.presses(YES)
    await luc.reads(
        own(luc, "Added to your request %(number)s. The team will read it.", number="H-1001"),
        without=("H-1002",),
    )


async def test_a_file_for_a_request_of_ones_own_goes_to_that_one(
    world: World, karim: Person, farid: Person
) -> None:
    await asks(karim, "The first question")
    await asks(karim, "The second question")
    await karim.says("/requests")
    await karim.presses("H-1001")
    await karim.presses("Add something")
    await karim.sends(**photo())
    await karim.presses(YES)
    await karim.reads(own(karim, "Added to your request %(number)s. The team will read it.", number="H-1001"))
    await karim.says("And a word about it")
    await karim.reads(own(karim, "Added to your request %(number)s. The team will read it.", number="H-1001"))


# --- buttons pressed twice, late, or forged


async def test_yes_pressed_twice_gives_it_once(world: World, zahra: Person) -> None:
    await zahra.sends(**photo())
    (question,) = await zahra.reads(ASKED)
    yes = question.buttons[zahra.in_own_words(YES)]["data"]
    for _ in range(3):
        await zahra.forges(yes, question.id)
    await zahra.forges(yes.replace("yes", "no"), question.id)
    await zahra.reads("H-1001", without=("H-1002",))
    assert await kept(world) == 1


async def test_no_and_then_yes_keeps_nothing(world: World, zahra: Person) -> None:
    await zahra.sends(**photo())
    (question,) = await zahra.reads(ASKED)
    await zahra.presses(NO)
    await zahra.hears()
    await zahra.forges(question.buttons[zahra.in_own_words(YES)]["data"], question.id)
    await zahra.reads(LATE)
    assert await kept(world) == 0


async def test_the_button_of_an_earlier_question_gives_nothing_later(world: World, karim: Person) -> None:
    """What stood above it is one file; now there are two, and he is asked about both."""
    await karim.sends(**photo(picture(1)))
    (first,) = await karim.reads(ASKED)
    await karim.sends(**photo(picture(2)))
    await karim.reads(ASKED, EARLIER)
    await karim.forges(first.buttons[YES]["data"], first.id)
    await karim.reads(ASKED, EARLIER, without=("H-1001",))
    assert await kept(world) == 0
    await karim.presses(YES)
    await karim.reads(count(karim, GIVEN, "2"))
    assert await kept(world) == 2


async def test_after_a_day_and_after_cancel_the_question_is_over(world: World, zahra: Person) -> None:
    await zahra.sends(**photo())
    await zahra.hears()
    await world.passes(hours=25)
    await zahra.presses(YES)
    await zahra.reads(LATE)
    await zahra.sends(**photo())
    await zahra.says("/cancel")
    await zahra.presses(YES)
    await zahra.reads(LATE)
    assert await kept(world) == 0


# --- what is not taken


async def test_a_program_that_calls_itself_a_letter(world: World, zahra: Person, luc: Person) -> None:
    await zahra.sends(**document("letter.pdf", PROGRAM))
    await zahra.presses(YES)
    await zahra.reads(NOT_TAKEN, count(zahra, WHAT_IT_IS, "۱"), without=("H-1001",))
    # What stands beside it and is a letter arrives.
    await luc.sends(**document("lettre.pdf", pdf()))
    await luc.sends(**document("lettre.exe.pdf", PROGRAM))
    await luc.presses(YES)
    await luc.reads(count(luc, GIVEN, "1"), count(luc, WHAT_IT_IS, "1"))
    assert await kept(world) == 1


async def test_kinds_that_are_not_taken_are_refused_at_once(world: World, karim: Person) -> None:
    for name, mime in (("a.zip", "application/zip"), ("a.html", "text/html"), ("a.mp4", "video/mp4")):
        await karim.sends(**document(name, b"anything", mime))
        await karim.reads(NOT_THIS_KIND, without=(ASKED,))
    await karim.presses("Menu")
    await karim.reads("What do you want to do?")


async def test_too_big_and_too_many(world: World, luc: Person) -> None:
    big = pdf() + bytes(10 * MEGABYTE)
    await luc.sends(**document("gros.pdf", big, caption="Voici la lettre"))
    await luc.reads(own(luc, TOO_BIG, limit="10"), "I have read the words that you wrote beside it.")
    for number in range(Policy().files_at_once):
        await luc.sends(**document(f"{number}.pdf", pdf(str(number))))
    await luc.reads(ASKED, EARLIER, without=(TOO_MANY,))
    await luc.sends(**photo())
    await luc.reads(TOO_MANY, FIRST_YES_OR_NO)
    await luc.presses(YES)
    await luc.reads(count(luc, GIVEN, "10"))
    assert await kept(world) == 10


async def test_an_album_of_films_is_refused_once(karim: Person) -> None:
    film = {"video": photo()["photo"]}
    await karim.sends_album(film, film, film)
    heard = await karim.reads(NOT_THIS_KIND)
    assert len(heard) == 1


async def test_nobody_can_fill_the_disk_alone(world: World, karim: Person, luc: Person) -> None:
    await karim.sends(**photo())
    await karim.presses(YES)
    await karim.hears()
    async with world.database.begin(world.clock()) as tx:
        await tx.connection.execute(update(tables.attachments).values(size=Policy().bytes_kept))
    await karim.sends(**photo())
    await karim.presses(YES)
    await karim.reads(NOT_TAKEN, FULL)
    assert await kept(world) == 1
    await luc.sends(**photo())
    await luc.presses(YES)
    await luc.reads(count(luc, GIVEN, "1"))


async def test_what_telegram_no_longer_has(world: World, karim: Person) -> None:
    await world.settled()
    gone: dict[str, Any] = {"file_id": "gone", "file_unique_id": "gone", "file_size": 100}
    await receives(
        world, 1, {"message": {"message_id": 70, "date": 1, **in_chat_of(karim), "document": gone}}
    )
    await karim.presses(YES)
    await karim.reads(NOT_TAKEN, count(karim, GONE, "1"))


# --- the team's files


async def test_farid_answers_with_a_letter_and_a_voice_note(
    world: World, zahra: Person, farid: Person, karim: Person
) -> None:
    await asks(zahra, "خط گرفتم")
    await takes_next(farid)
    await farid.presses("Reply")
    await farid.hears()
    await farid.sends(**document("../../réponse\u202efdp.exe", pdf("answer")))
    await farid.reads(ABOVE)
    await farid.sends(**voice_note())
    await farid.says("سلام، این جواب ما است")
    await farid.reads("سلام، این جواب ما است", ABOVE)
    assert await kept(world) == 0
    await zahra.hears()
    await farid.presses("Send")
    await farid.reads(count(farid, FILES, "2"))
    # The news holds nothing of it, since a phone shows news to whoever looks at it.
    (news,) = await zahra.hears()
    assert "سلام، این جواب ما است" not in news
    assert await zahra.files() == []
    await zahra.presses("Read it")
    await zahra.reads("سلام، این جواب ما است", count(zahra, FILES, "۲"))
    assert await zahra.files() == [("document", pdf("answer")), ("voice", voice())]
    (letter, _) = [message for message in await zahra.messages() if message.file]
    assert letter.name == "réponse fdp.pdf"
    assert not letter.protected
    assert await karim.files() == []


async def test_an_album_is_a_reply_by_itself(luc: Person, farid: Person) -> None:
    await asks(luc, "Quels formulaires ?")
    await takes_next(farid)
    await farid.presses("Reply")
    await farid.hears()
    forms = [pdf("first"), pdf("second")]
    await farid.sends_album(*[document(f"{n}.pdf", content) for n, content in enumerate(forms)])
    (preview,) = await farid.reads(ABOVE)
    assert farid.in_own_words("Send") in preview
    await farid.presses("Send")
    await farid.reads(count(farid, FILES, "2"))
    await luc.presses("Read it")
    await luc.world.settled()
    assert [content for _, content in await luc.files()] == forms


async def test_too_many_for_one_reply_go_with_two(world: World, luc: Person, farid: Person) -> None:
    await asks(luc, "Quels formulaires ?")
    await takes_next(farid)
    await farid.presses("Reply")
    for number in range(Policy().files_at_once):
        await farid.sends(**document(f"{number}.pdf", pdf(str(number))))
    await farid.hears()
    await farid.sends(**document("last.pdf", pdf("last")))
    await farid.reads(TOO_MANY, FIRST_SEND, without=(FIRST_YES_OR_NO,))
    await farid.presses("Send")
    await farid.reads(count(farid, FILES, "10"))
    assert await kept(world) == 10


async def test_send_sends_what_stands_above_it_and_nothing_later(
    world: World, luc: Person, farid: Person
) -> None:
    await asks(luc, "Quels formulaires ?")
    await takes_next(farid)
    await farid.presses("Reply")
    await farid.says("Voici")
    (*_, preview) = await farid.hears()
    await farid.sends(**document("formulaire.pdf", pdf()))
    await farid.hears()
    await farid.forges(preview.buttons["Envoyer"]["data"], preview.id)
    await farid.reads(CHANGED)
    await farid.presses("Write it again")
    await farid.says("Sans fichier")
    await farid.presses("Send")
    await farid.world.settled()
    assert await kept(world) == 0
    await luc.presses("Read it")
    await luc.reads("Sans fichier")


async def test_a_file_that_is_none_stops_the_reply(world: World, luc: Person, farid: Person) -> None:
    await asks(luc, "Quels formulaires ?")
    await takes_next(farid)
    await farid.presses("Reply")
    await farid.sends(**document("formulaire.pdf", PROGRAM, caption="Voici"))
    await farid.presses("Send")
    await farid.reads(STOPPED)
    await luc.reads("H-1001", without=("Read it",))
    await farid.presses("Write it again")
    await farid.says("Voici")
    await farid.presses("Send")
    await luc.reads("Read it")
    assert await kept(world) == 0


async def test_a_file_of_the_team_without_a_reply_goes_nowhere(
    world: World, luc: Person, farid: Person
) -> None:
    await asks(luc, "Quels formulaires ?")
    await luc.hears()
    await farid.sends(**photo())
    await farid.reads(WENT_NOWHERE)
    assert await luc.hears() == []
    assert await kept(world) == 0


# --- leaving, and a Telegram that fails


async def test_forget_takes_the_files_along_even_on_their_way(
    world: World, zahra: Person, farid: Person
) -> None:
    await zahra.sends(**photo())
    await zahra.presses(YES)
    await zahra.hears()
    await takes_next(farid)
    await farid.hears()
    await world.control(
        "fail", {"how": "429", "count": 1, "method": "sendMessage", "chat_id": farid.id, "retry_after": 30}
    )
    await farid.presses(SHOW)
    await zahra.says("/forget")
    await zahra.presses("Yes, erase everything")
    await zahra.reads("Done. What we kept about you is erased.")
    assert await kept(world) == 0
    await world.passes(seconds=31)
    await farid.reads("H-1001")
    assert await farid.files() == []
