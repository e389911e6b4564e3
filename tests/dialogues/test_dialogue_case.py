"""The case: shown to its applicant after proof; every other answer is the same words at the same delay."""

import asyncio
import csv
import io
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from dialogue import PATIENCE, Person, World, letters_due, plain
from dialogues.scenes import (
    DELAY,
    HAIDARIS,
    LINKED,
    LOCKED,
    NOBODYS,
    REFUSED,
    TEAM,
    UNKNOWN_BUTTON,
    ZAHRAS,
    Proof,
    after_the_delay,
    links,
    own,
    proves,
)
from rehearsed import Rehearsed, unknown

from bot import demo
from desk import register
from engine import Engine
from knowledge.library import Library
from storage import cases, people

GULALAIS = Proof("G000067890", "1992-02-14", "STA")
WAIT = "We are checking. This takes a few seconds."
NEWS = "There is news for you in Hamrah."


async def card(person: Person) -> str:
    """The case as this person is shown it on their own wish."""
    await person.hears()
    await person.says("/case")
    await person.presses("Show it")
    (ready, shown) = await person.hears()
    assert ready.id == shown.id
    return shown.text


@pytest.mark.parametrize(
    "proof",
    [
        ZAHRAS,
        Proof("g000012345", "1990/8/3", "rah"),
        Proof("G 000 012 345", "3.8.1990", "Rahimi"),
        Proof("G۰۰۰۰۱۲۳۴۵", "۱۳۶۹/۵/۱۲", "RAHI"),
        Proof("g-۰۰۰-۰۱۲-۳۴۵", "12 5 1369", "  rahimi "),
        Proof("G٠٠٠٠١٢٣٤٥", "١٣٦٩-٠٥-١٢", "ráh"),
    ],
    ids=["as on the letter", "lower case", "spaced", "Persian digits", "dashes", "Arabic digits"],
)
async def test_zahra_links_her_case_however_she_writes_it(zahra: Person, proof: Proof) -> None:
    await zahra.says("/case")
    await zahra.reads("Your case")
    await zahra.presses("Link my case")
    await zahra.reads(own(zahra, "Step %(one)s of %(all)s", one="۱", all="۳"))
    await zahra.says(proof.number)
    await zahra.reads(own(zahra, "Step %(one)s of %(all)s", one="۲", all="۳"))
    await zahra.says(proof.birth)
    await zahra.reads(own(zahra, "Step %(one)s of %(all)s", one="۳", all="۳"))
    await zahra.says(proof.name)
    await zahra.reads(WAIT, without=(LINKED,))
    await after_the_delay(zahra.world)
    await zahra.reads(LINKED)


async def test_she_sees_stage_meaning_what_comes_next_who_acts_since_when_and_as_of_when(
    zahra: Person, library: Library
) -> None:
    await links(zahra)
    text = await card(zahra)
    stage = library.stages["fa_AF"]["security"]
    for fragment in (stage.name, stage.meaning, stage.next, stage.actor, "G000012345", "Islamabad"):
        assert fragment in text
    assert own(zahra, "In this stage since %(day)s", day="۲۶ حوت ۱۴۰۴ (۱۷ مارچ ۲۰۲۶)") in text
    assert own(zahra, "As the register was on %(day)s", day="۱۰ عقرب ۱۴۰۵ (۱ نومبر ۲۰۲۶)") in text


async def test_gulalai_sees_hers_in_pashto(gulalai: Person, library: Library) -> None:
    await links(gulalai, Proof("G000067890", "۱۳۷۰/۱۱/۲۵", "sta"))
    text = await card(gulalai)
    assert library.stages["ps"]["interview"].meaning in text
    assert "G000012345" not in text


async def test_nothing_about_the_case_in_a_new_message(
    world: World, gulalai: Person, library: Library
) -> None:
    """A phone shows new messages on its locked screen; the case comes only in the place of an old one."""
    await links(gulalai, GULALAIS)
    await card(gulalai)
    await gulalai.presses("Hide it")
    await gulalai.says("سلام، زموږ د قضیې حالت څه دی؟")
    await gulalai.presses("Show it")
    await world.settled()
    stage = library.stages["ps"]["interview"]
    secrets = (
        "67890",
        "Stanekzai",
        "1992",
        "Islamabad",
        "Government",
        stage.name,
        stage.meaning,
        stage.actor,
    )
    events = (await world.control(f"transcript?chat_id={gulalai.id}"))["events"]
    new = [plain(event["text"]) for event in events if event["type"] == "message" and event["is_bot"]]
    edits = [plain(event["text"]) for event in events if event["type"] == "edit"]
    assert sum("G000067890" in text for text in edits) == 2
    for text in new:
        assert not any(secret in text for secret in secrets), text


async def test_hide_it(zahra: Person) -> None:
    await links(zahra)
    await card(zahra)
    await zahra.presses("Hide it")
    (hidden,) = await zahra.hears()
    assert "G000012345" not in hidden
    # Nothing of it is left in the chat either, but for what she typed herself.
    for message in await zahra.messages():
        assert "Islamabad" not in message


async def test_what_is_no_number_no_day_and_no_name_is_asked_for_again(zahra: Person) -> None:
    await zahra.says("/case")
    await zahra.presses("Link my case")
    await zahra.hears()
    for text in ("G12345", "12345", "AB 12", "G0000123456", "G00001234", "G00O012345"):
        await zahra.says(text)
        await zahra.reads(
            "This is not a case number. It has one letter and nine digits, for example G000012345."
        )
    await zahra.says(ZAHRAS.number)
    await zahra.hears()
    for text in ("1990", "1990-13-45", "3 August 1990", "نمی‌دانم"):
        await zahra.says(text)
        await zahra.reads("This is not a date. Write year, month and day in numbers.")
    await zahra.says(ZAHRAS.birth)
    await zahra.hears()
    for text in ("123", "R" * 81):
        await zahra.says(text)
        await zahra.reads("Please write at least three letters of the family name, for example: RAH")
    await zahra.says(ZAHRAS.name)
    await zahra.reads(WAIT)
    await after_the_delay(zahra.world)
    await zahra.reads(LINKED)


async def test_a_voice_message_or_a_question_of_price_does_not_end_the_linking(zahra: Person) -> None:
    await zahra.says("/case")
    await zahra.presses("Link my case")
    await zahra.sends(voice=4)
    await zahra.says(ZAHRAS.number)
    await zahra.says(ZAHRAS.birth)
    await zahra.says(ZAHRAS.name)
    await after_the_delay(zahra.world)
    await zahra.reads(LINKED)


async def test_cancel_stops_it(zahra: Person) -> None:
    await zahra.says("/case")
    await zahra.presses("Link my case")
    await zahra.says(ZAHRAS.number)
    await zahra.says("/cancel")
    await zahra.reads("Stopped. Nothing was sent.")
    await zahra.says(ZAHRAS.birth)
    await zahra.reads(without=(own(zahra, "Step %(one)s of %(all)s", one="۳", all="۳"),))
    await zahra.says("/case")
    await zahra.reads("Link my case")


WRONG = {
    "a number that nobody has": NOBODYS,
    "a wrong birth date": replace(ZAHRAS, birth="1990-08-04"),
    "a wrong name": replace(ZAHRAS, name="AHM"),
    "two letters only": replace(ZAHRAS, name="RA"),
    "the details of two different cases": replace(ZAHRAS, number=HAIDARIS.number),
}


@pytest.mark.parametrize("proof", WRONG.values(), ids=WRONG)
async def test_wrong_details_show_nothing(zahra: Person, proof: Proof) -> None:
    await proves(zahra, proof)
    await after_the_delay(zahra.world)
    await zahra.reads(REFUSED, without=(LINKED,))
    await zahra.says("/case")
    await zahra.reads("Link my case", without=("Show it",))
    await zahra.forges("showcase")
    await zahra.reads(UNKNOWN_BUTTON)


async def test_after_five_wrong_tries_linking_is_locked_for_a_day(zahra: Person) -> None:
    world = zahra.world
    for _ in range(5):
        await proves(zahra, NOBODYS)
        await after_the_delay(world)
        await zahra.reads(REFUSED)
    await zahra.presses("Try again")
    await zahra.reads(LOCKED)
    await zahra.says("/case")
    await zahra.presses("Link my case")
    await zahra.reads(LOCKED)
    # She is locked, not the case and not her other paths.
    await zahra.says("پاسپورت ندارم")
    await zahra.reads("This helped")
    world.clock.advance(hours=24)
    await links(zahra)


async def test_the_lock_holds_for_a_dialogue_that_had_begun_before(zahra: Person) -> None:
    """The right details in the sixth try are refused too, at the same delay."""
    for _ in range(4):
        await proves(zahra, NOBODYS)
        await after_the_delay(zahra.world)
    await zahra.hears()
    await zahra.says("/case")
    await zahra.presses("Link my case")
    begun = await zahra.messages()
    for text in (NOBODYS.number, NOBODYS.birth, NOBODYS.name):
        await zahra.says(text)
    await after_the_delay(zahra.world)
    await zahra.reads(REFUSED)
    await zahra.forges("link", begun[-1].id)
    await zahra.reads(LOCKED)
    for text in (ZAHRAS.number, ZAHRAS.birth, ZAHRAS.name):
        await zahra.says(text)
    await after_the_delay(zahra.world)
    await zahra.reads(without=(LINKED,))
    await zahra.says("/case")
    await zahra.reads(without=("Show it",))


async def test_leaving_and_coming_back_gives_no_new_tries(
    world: World, karim: Person, gulalai: Person
) -> None:
    """Who guesses a birth date must not be able to start anew by erasing themselves."""
    guess = replace(HAIDARIS, birth="1979-01-01")
    for _ in range(5):
        await proves(karim, guess)
        await after_the_delay(world)
        await karim.reads(REFUSED)
    await karim.says("/forget")
    await karim.presses("Yes, erase everything")
    await karim.settles_in("I am an applicant")
    await karim.says("/case")
    await karim.presses("Link my case")
    await karim.reads(LOCKED, without=(REFUSED,))
    for text in (HAIDARIS.number, HAIDARIS.birth, HAIDARIS.name):
        await karim.says(text)
    await after_the_delay(world)
    await karim.reads(without=(LINKED,))
    # Others are not locked by it, and he himself for a day only.
    await links(gulalai, GULALAIS)
    world.clock.advance(hours=24)
    await links(karim, HAIDARIS)


async def test_ten_tries_on_one_number_are_enough_for_all_accounts_together(
    world: World, karim: Person, zahra: Person
) -> None:
    await _others_tried(world, zahra, HAIDARIS.number, 10)
    # Now even the right details are refused.
    await proves(karim, HAIDARIS)
    await after_the_delay(world)
    await karim.reads(REFUSED, without=(LINKED,))
    world.clock.advance(hours=24)
    await links(karim, HAIDARIS)


# --- the same words at the same time


async def test_the_refusal_is_the_same_words_at_the_same_delay_whatever_the_reason(
    world: World, zahra: Person
) -> None:
    await links(zahra)
    tried_too_often = Proof("G000011111", "1985-01-30", "AHM")
    await _others_tried(world, zahra, tried_too_often.number, 10)
    proofs = {
        "the case does not exist": NOBODYS,
        "the case exists, the birth date is wrong": replace(HAIDARIS, birth="1979-06-12"),
        "the case is somebody else's": ZAHRAS,
        "the number was tried too often": tried_too_often,
    }
    people_of = {
        reason: await world.meet(f"Applicant {number}", 510 + number) for number, reason in enumerate(proofs)
    }
    asked, seen = {}, {}
    for reason, person in people_of.items():
        await person.settles_in("I am an applicant")
        await person.says("/case")
        await person.presses("Link my case")
        await person.says(proofs[reason].number)
        await person.says(proofs[reason].birth)
        await world.settled()
        seen[reason] = (await world.control("transcript"))["last_seq"]
        asked[reason] = world.clock()
        await person.says(proofs[reason].name)
        await person.reads(WAIT, without=(REFUSED,))

    async with world.database.read(world.clock() + timedelta(minutes=1)) as tx:
        later = {
            letter.letter.chat_id: letter
            for letter in await letters_due(tx)
            if letter.letter.chat_id != zahra.id
        }
    delays = {
        letter.letter.not_before - letter.created_at for letter in later.values() if letter.letter.not_before
    }
    assert len(later) == len(proofs)
    assert delays == {timedelta(seconds=DELAY)}

    world.clock.advance(seconds=DELAY - 1)
    for reason, person in people_of.items():
        await _until_refused(person)
        assert world.clock() - asked[reason] >= timedelta(seconds=DELAY), reason
    await world.settled()
    chats = {
        reason: await _what_the_bot_did(world, person, seen[reason]) for reason, person in people_of.items()
    }
    first = chats["the case does not exist"]
    assert [kind for kind, _, _ in first] == ["message", "message"]
    for reason, events in chats.items():
        assert events == first, reason


async def _others_tried(world: World, somebody: Person, number: str, times: int) -> None:
    async with world.database.begin(world.clock()) as tx:
        person = await people.by_telegram_id(tx, somebody.id)
        assert person is not None
        for _ in range(times):
            await cases.note_failure(tx, person, number)


async def _until_refused(person: Person) -> None:
    until = time.monotonic() + PATIENCE
    while not any(own(person, REFUSED) in message for message in await person.hears()):
        assert time.monotonic() < until, f"{person.name} waits for an answer"
        await asyncio.sleep(0.02)


async def _what_the_bot_did(world: World, person: Person, after: int) -> list[tuple[str, str, list[str]]]:
    """Everything the bot did in this chat, with its words and buttons."""
    events = (await world.control(f"transcript?chat_id={person.id}&after={after}"))["events"]
    return [
        (
            event["type"],
            event.get("text", ""),
            [button["text"] for row in event.get("keyboard") or [] for button in row],
        )
        for event in events
        if event["type"] != "message" or event["is_bot"]
    ]


# --- who is not the applicant


async def test_a_sponsor_cannot_link(luc: Person, helen: Person, world: World) -> None:
    for person in (luc, helen):
        await person.says("/case")
        await person.reads(
            "Only the applicant can see a case here. This protects the family.", without=("Link my case",)
        )
        await person.forges("link")
        for text in (ZAHRAS.number, ZAHRAS.birth, ZAHRAS.name):
            await person.says(text)
        await after_the_delay(world)
        await person.reads(without=(LINKED, WAIT))
        await person.forges("showcase")
        await person.reads(UNKNOWN_BUTTON)


async def test_staff_see_no_case_either(farid: Person, sarah: Person, zahra: Person) -> None:
    await links(zahra)
    for member in (farid, sarah):
        await member.forges("showcase")
        await member.reads(UNKNOWN_BUTTON)
        await member.says("/case")
        await member.reads("Only the applicant can see a case here. This protects the family.")


async def test_an_outsider_presses_the_buttons_of_zahras_case(zahra: Person, karim: Person) -> None:
    await links(zahra)
    await karim.forges("showcase")
    await karim.reads(UNKNOWN_BUTTON)
    await karim.forges("unlinkyes")
    await karim.hears()
    assert "G000012345" in await card(zahra)


async def test_nothing_about_a_case_in_a_group(world: World, zahra: Person, group: Person) -> None:
    await links(zahra)
    await world.control(
        "groups",
        {
            "id": TEAM,
            "title": "Team",
            "type": "supergroup",
            "members": [601, 602, zahra.id],
            "bot_is_member": True,
        },
    )
    zahra_there = zahra.in_group(TEAM)
    await group.hears()
    await zahra_there.says("/case@sandbox_bot")
    (pointer,) = await group.hears()
    assert "I only talk in private" in pointer or zahra.in_own_words(
        "I only talk in private, to protect everybody here. Press the button."
    ) in (pointer)
    await zahra_there.says("G000012345")
    await zahra_there.forges("showcase", pointer.id)
    await world.settled()
    for message in await group.messages():
        assert "G000012345" not in message
        assert "Islamabad" not in message


# --- afterwards


async def test_zahra_stops_showing_it(zahra: Person) -> None:
    await links(zahra)
    await card(zahra)
    await zahra.presses("Stop showing it here")
    await zahra.presses("No, keep it")
    await zahra.reads("Show it")
    await card(zahra)
    shown = await zahra.messages()
    await zahra.presses("Stop showing it here")
    await zahra.presses("Yes, stop showing it")
    await zahra.reads("Your case is no longer linked to this chat.")
    await zahra.forges("showcase", shown[-1].id)
    await zahra.reads(UNKNOWN_BUTTON)
    await zahra.says("/case")
    await zahra.reads("Link my case", without=("Show it",))
    await links(zahra)


async def _imports(world: World, library: Library, changes: dict[str, str]) -> None:
    """The register arrives again, with some stages changed."""
    with demo.REGISTER.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["stage"] = changes.get(row["number"], row["stage"])
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    text.seek(0)
    good, bad = register.read_rows(text, stages=list(library.stages["en"]), as_of=demo.REGISTER_DAY)
    assert not bad
    async with world.database.begin(world.clock()) as tx:
        await register.store(tx, [cases.sealed(world.database.vault, fields) for fields in good])


async def test_a_case_that_moves_is_told_without_saying_what(
    world: World, zahra: Person, gulalai: Person, karim: Person, library: Library
) -> None:
    await links(zahra)
    await links(gulalai, GULALAIS)
    await karim.hears()
    await _imports(world, library, {"G000012345": "decision"})
    await world.settled()
    (notice,) = await zahra.reads(NEWS)
    assert notice.text == own(zahra, NEWS)
    assert await gulalai.hears() == []  # hers has not moved
    assert await karim.hears() == []
    await zahra.presses("My case")
    await zahra.presses("Show it")
    await zahra.reads(library.stages["fa_AF"]["decision"].meaning)


async def test_the_same_register_again_tells_nobody(world: World, zahra: Person, library: Library) -> None:
    await links(zahra)
    await _imports(world, library, {"G000022222": "travel"})
    await world.settled()
    assert await zahra.hears() == []


# --- leaving the dialogue without a word of command


QUESTION = "When does the Group of Five pause end?"
NO_NUMBER = "This is not a case number."
NEITHER = "xyz 12"
"""No number, and no question either."""


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """The real one, but for a line that it must not understand, whatever it has learnt."""
    return Rehearsed(engine, {NEITHER: unknown()})


async def test_whoever_presses_or_commands_something_else_has_left_the_linking(karim: Person) -> None:
    async def writes_in_the_middle_of_linking_after(step: str) -> None:
        await karim.forges("link")
        await (karim.says(step) if step.startswith("/") else karim.forges(step))
        await karim.hears()
        await karim.says(NEITHER)
        karim.world.clock.advance(hours=2)

    commands = ("/updates", "/privacy", "/forget", "/start", "/help", "/nonsense")
    buttons = ("menu", "updates", "subjects", "danger", "requests", "privacy", "about", "role:applicant")
    for step in (*commands, *buttons):
        await writes_in_the_middle_of_linking_after(step)
        await karim.reads("I did not understand this well enough to answer.", without=(NO_NUMBER,))
    # Only who changes the language goes on where they were.
    for step in ("/language", "lang:en"):
        await writes_in_the_middle_of_linking_after(step)
        await karim.reads(NO_NUMBER)


@pytest.mark.parametrize("steps", [(), (ZAHRAS.number,)], ids=["the number", "the birth date"])
async def test_a_clear_question_in_the_middle_of_linking_is_answered(
    karim: Person, library: Library, steps: tuple[str, ...]
) -> None:
    await karim.says("/case")
    await karim.presses("Link my case")
    for step in steps:
        await karim.says(step)
    await karim.hears()
    await karim.says(QUESTION)
    await karim.reads(
        library.topics["g5-pause"].texts["en"].title, without=(NO_NUMBER, "This is not a date.")
    )
    # He has left the linking, and need not know that.
    await karim.says("1990-08-03")
    await karim.reads(without=(NO_NUMBER, "Step 2 of 3", "Step 3 of 3"))
