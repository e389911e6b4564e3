"""The page in a real browser: what people see there, and how they use it."""

import base64

import pytest
from browser.screen import Screen
from dialogue import Person, World
from playwright.async_api import expect

from engine import Decision, Engine
from knowledge.library import Library
from locales import NAMES

THANKS = "Thank you. It is good to know that this helped."


@pytest.fixture(scope="session")
def dari_question(library: Library, engine: Engine) -> tuple[str, str]:
    """A question in Dari that is answered outright, and the title of its answer."""
    for topic in library.topics.values():
        for question in topic.questions["fa_AF"] if topic.answers else ():
            heard = engine.understand(question, "fa_AF")
            if (heard.decision, heard.topic, heard.locale) == (Decision.ANSWER, topic.id, "fa_AF"):
                return question, topic.texts["fa_AF"].title
    raise AssertionError("no example in Dari is answered outright")


async def test_zahra_asks_in_dari_and_gets_the_approved_answer(
    desk: Screen, zahra: Person, dari_question: tuple[str, str]
) -> None:
    question, title = dari_question
    await desk.shows(zahra)
    await desk.writes(zahra, question)
    answer = await desk.reads(zahra, title)
    assert await desk.direction(answer) == "rtl"
    own = desk.bubble(zahra, question)
    assert await desk.direction(own) == "rtl"
    assert await desk.left_edge(answer) < await desk.left_edge(own), "her own words stand on the other side"

    await desk.presses(zahra, "This helped")
    assert await desk.direction(await desk.reads(zahra, THANKS)) == "rtl"


async def test_a_dari_line_that_begins_with_latin_letters_stands_on_the_right(
    desk: Screen, world: World, zahra: Person
) -> None:
    letter = {"chat_id": zahra.id, "text": "\u2066IRCC\u2069 سوابق را بررسی می‌کند.\nIRCC, in English"}
    async with world.http.post("/bot1000:demo/sendMessage", json=letter) as response:
        assert response.ok
    await desk.shows(zahra)
    dari, english = await (await desk.reads(zahra, "سوابق را")).locator(".line").all()
    text = desk.messages(zahra).last.locator(".text")
    left, right = await desk.ink(text)
    assert await desk.direction(desk.messages(zahra).last) == "rtl"
    assert (await desk.ink(dari))[1] == right, "the Dari line begins at the right edge"
    assert (await desk.ink(english))[0] == left, "the English line begins at the left edge"


async def test_luc_reads_french_from_left_to_right(desk: Screen, luc: Person) -> None:
    await desk.shows(luc)
    await desk.writes(luc, "/ask")
    assert await desk.direction(await desk.reads(luc, "/cancel")) == "ltr"


async def test_zahra_and_sarah_side_by_side(desk: Screen, zahra: Person, sarah: Person) -> None:
    await desk.shows(zahra, sarah)
    await expect(desk.chat(sarah)).to_be_visible()
    await desk.writes(zahra, "/ask")
    await desk.writes(zahra, "شماره تلیفون من تغییر کرده است")
    await desk.reads(zahra, "H-1001")

    await desk.writes(sarah, "/queue")
    await desk.presses(sarah, "Take next")
    await desk.reads(sarah, "شماره تلیفون من تغییر کرده است")
    await desk.presses(sarah, "Reply")
    await desk.writes(sarah, "تشکر. نمبر نو را نوشتیم.")
    await desk.presses(sarah, "Send")

    await expect(desk.button(zahra, "Read it")).to_be_visible()
    before = await desk.messages(zahra).count()
    await desk.presses(zahra, "Read it")
    reply = await desk.reads(zahra, "تشکر. نمبر نو را نوشتیم.")
    assert await desk.direction(reply) == "rtl"
    assert await desk.messages(zahra).count() == before, "it opens in the place of the notice"
    assert await desk.direction(await desk.reads(sarah, "H-1001")) == "ltr"


async def test_a_chat_of_somebody_else_shows_only_their_own(
    desk: Screen, zahra: Person, karim: Person
) -> None:
    await desk.shows(zahra)
    await desk.writes(zahra, "/ask")
    await desk.reads(zahra, "/cancel")
    await desk.page.get_by_test_id(f"person-{karim.id}").click()
    await expect(desk.chat(karim)).to_be_visible()
    await expect(desk.chat(zahra)).to_have_count(0)
    assert "/cancel" not in await desk.chat(karim).inner_text()


async def test_first_contact_fits_a_phone_in_every_language(phone: Screen, world: World) -> None:
    for person_id, locale in enumerate(NAMES, start=701):
        newcomer = await world.meet("Somebody", person_id, locale)
        await phone.shows(newcomer)
        await phone.chat(newcomer).get_by_role("button", name="Start", exact=True).click()
        await phone.presses(newcomer, NAMES[locale])
        await phone.presses(newcomer, "I am an applicant")
        await expect(phone.button(newcomer, "My case")).to_be_visible()
        await phone.fits()
        assert await phone.messages(newcomer).count() == 2, "the screens follow one another in one message"
        assert await phone.direction(phone.messages(newcomer).last) == (
            "rtl" if locale in ("fa_AF", "ps") else "ltr"
        )
        await phone.presses(newcomer, "Choose a subject")
        await expect(phone.button(newcomer, "Menu")).to_be_visible()
        await phone.fits()


async def test_two_chats_fit_a_phone_behind_one_another(phone: Screen, zahra: Person, karim: Person) -> None:
    await phone.shows(karim, zahra)
    await expect(phone.chat(karim)).to_be_visible()
    await expect(phone.chat(zahra)).to_be_hidden()
    await phone.fits()
    await phone.page.locator(".tab").filter(has_text="Zahra").click()
    await expect(phone.chat(zahra)).to_be_visible()
    await expect(phone.chat(karim)).to_be_hidden()
    await phone.fits()


async def test_karim_blocks_the_bot_and_comes_back(desk: Screen, world: World, karim: Person) -> None:
    await desk.shows(karim)
    await desk.chat(karim).get_by_test_id("block").click()
    await expect(desk.chat(karim)).to_contain_text("You blocked this bot.")
    await expect(desk.chat(karim).get_by_test_id("composer")).to_have_count(0)
    await world.settled()
    before = await desk.messages(karim).count()

    await desk.chat(karim).get_by_role("button", name="Unblock").click()
    await desk.writes(karim, "/help")
    await expect(desk.button(karim, "My case")).to_be_visible()
    await expect(desk.messages(karim)).to_have_count(before + 2)


async def test_a_change_is_shown_in_place(desk: Screen, karim: Person) -> None:
    await desk.shows(karim)
    await expect(desk.button(karim, "News")).to_be_visible()
    before = await desk.messages(karim).count()
    await desk.presses(karim, "News")
    await expect(desk.messages(karim).last.locator(".edited")).to_be_visible()
    assert await desk.messages(karim).count() == before

    await desk.writes(karim, "a question of mine that has a mistake")
    await expect(desk.messages(karim).last.locator(".key").first).to_be_visible()  # the bot has answered
    box = desk.chat(karim).get_by_test_id("composer")
    await box.press("ArrowUp")
    await expect(box).to_have_value("a question of mine that has a mistake")
    await box.fill("a question of mine without mistakes")
    await box.press("Enter")
    changed = desk.bubble(karim, "without mistakes")
    await expect(changed.locator(".edited")).to_be_visible()
    await expect(desk.bubble(karim, "that has a mistake")).to_have_count(0)


async def test_a_file_and_typing_are_shown(desk: Screen, world: World, karim: Person) -> None:
    await desk.shows(karim)
    await desk.chat(karim).get_by_role("button", name="Send something else").click()
    await desk.page.get_by_role("menuitem", name="Document").click()
    await expect(desk.messages(karim).filter(has_text="letter.pdf")).to_be_visible()
    await expect(desk.button(karim, "Ask the team")).to_be_visible()

    typing = {"chat_id": karim.id, "action": "typing"}
    async with world.http.post("/bot1000:demo/sendChatAction", json=typing) as response:
        assert response.ok
    await expect(desk.chat(karim).get_by_text("typing…")).to_be_visible()


async def test_an_album_a_document_and_a_voice_are_shown(desk: Screen, world: World, karim: Person) -> None:
    await desk.shows(karim)
    await world.control(
        f"people/{karim.id}/album", {"items": [{"photo": True, "caption": "1"}, {"photo": True}]}
    )
    letter = {"data": base64.b64encode(b"%PDF-1.4 invented").decode(), "name": "letter.pdf"}
    await world.control(f"people/{karim.id}/send", {"document": letter})
    sound = {"data": base64.b64encode(b"OggS\0 invented").decode(), "duration": 2}
    await world.control(f"people/{karim.id}/send", {"voice": sound})

    pictures = desk.chat(karim).locator("[data-album] img")
    await expect(pictures).to_have_count(2)
    for picture in await pictures.all():
        await expect(picture).to_have_js_property("naturalWidth", 320)
    async with desk.page.expect_download() as download:
        await desk.chat(karim).get_by_role("link", name="letter.pdf").click()
    assert (await download.value).suggested_filename == "letter.pdf"
    await expect(desk.chat(karim).locator("audio")).to_have_attribute("controls", "")


async def test_a_topic_stands_over_its_messages(desk: Screen, world: World, karim: Person) -> None:
    group = {"id": -900, "title": "Friends", "type": "supergroup", "members": [karim.id], "is_forum": True}
    await world.control("groups", group)
    topic = await world.control(f"people/{karim.id}/topic", {"chat_id": -900, "name": "نامه‌ها"})
    await world.control(
        f"people/{karim.id}/send",
        {"chat_id": -900, "text": "One has come", "message_thread_id": topic["message_thread_id"]},
    )
    friends = karim.in_group(-900)
    await desk.page.goto(f"{desk.address}/#/-900")
    await expect(desk.messages(friends).last.locator(".topic")).to_have_text("نامه‌ها")
