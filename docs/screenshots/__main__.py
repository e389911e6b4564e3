"""Takes the pictures of docs/screenshots anew: `.venv/bin/python -m docs.screenshots` (about two minutes).

It needs Chromium as `chromium`, and fonts of Arabic script (Debian: fonts-noto-core). It starts the
demonstration's parts, lets invented people talk to the bot through the page, and saves what they see.
"""

import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
from playwright.async_api import Locator, Page, async_playwright

from bot import demo, service
from bot.building import build_engine
from desk import team
from docs.screenshots.palette import smaller
from engine import Decision, Engine
from knowledge.library import Library
from locales import NAMES
from locales.catalogue import translate
from storage import inbox, outbox
from storage.database import Database

FOLDER = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-lcd-text", "--disable-sync"]
PHONE = {"width": 390, "height": 2400}  # so tall that nothing has to be scrolled
DESKTOP = {"width": 1360, "height": 860}
ISOLATES = re.compile("[\u2066\u2069]")
MARGIN = 4  # pixels around the bubbles
ANSWERED, DANGER = "agent-asks-money", "detained"
"""The topics in the pictures."""


@dataclass(frozen=True)
class Applicant:
    """Who is in the pictures of one language."""

    id: int
    locale: str
    case: tuple[str, str, str]
    question: str  # to the team
    reply: str


APPLICANTS = (
    Applicant(
        501,
        "fa_AF",
        ("G000012345", "۱۳۶۹/۵/۱۲", "RAH"),
        "نمبر تلیفون ما تغییر کرده است. به کی خبر بدهیم؟",
        "سلام. نمبر نو را با فورم آنلاین IRCC خبر بدهید. این‌جا آن را تغییر داده نمی‌توانیم.",
    ),
    Applicant(
        502,
        "ps",
        ("G000067890", "1992-02-14", "STA"),
        "زموږ د تلیفون شمېره بدله شوې ده. چا ته خبر ورکړو؟",
        "سلام. نوې شمېره د IRCC په انلاین فورم کې ولیکئ. دلته یې نه شو بدلولی.",
    ),
    Applicant(
        801,
        "fr",
        ("G000011111", "1985-01-30", "AHM"),
        "Notre numéro de téléphone a changé. À qui devons-nous le dire ?",
        "Bonjour. Signalez le nouveau numéro avec le formulaire Web d'IRCC. Nous ne le changeons pas ici.",
    ),
    Applicant(
        802,
        "en",
        ("G000022222", "1979-06-11", "HAI"),
        "Our phone number has changed. Whom should we tell?",
        "Hello. Please report the new number with IRCC's web form. We cannot change it here.",
    ),
)
NEWCOMERS = (
    {"id": 801, "first_name": "Mina", "language_code": "fr", "title": "Applicant, French"},
    {"id": 802, "first_name": "Laila", "language_code": "en", "title": "Applicant, English"},
    {"id": 603, "first_name": "پروین", "language_code": "fa", "title": "Staff, lead, Dari"},
)
ENGLISH_STAFF, DARI_STAFF = 601, 603


@dataclass
class Camera:
    """The page in a browser, on the chat of one person."""

    page: Page
    address: str
    database: Database
    control: httpx.AsyncClient
    person: int = 0
    locale: str = "en"

    async def look_at(self, person: int, locale: str) -> Self:
        """Go to the chat of a person who reads this language."""
        self.person, self.locale = person, locale
        await self.page.goto(f"{self.address}/#/{person}")
        await self.page.get_by_test_id(f"chat-{person}").wait_for()
        return self

    @property
    def chat(self) -> Locator:
        """The chat."""
        return self.page.get_by_test_id(f"chat-{self.person}")

    async def write(self, *texts: str) -> None:
        """Send messages, each when the last was answered."""
        for text in texts:
            await self.chat.get_by_test_id("composer").fill(text)
            await self.chat.get_by_test_id("send").click()
            await self.settle()

    async def press(self, label: str) -> None:
        """Press the newest button with this label of the catalogue."""
        buttons = self.chat.locator(".keyboard .key")
        # Numbers on a right-to-left label stand in isolates.
        labels = [ISOLATES.sub("", text) for text in await buttons.all_inner_texts()]
        newest = labels[::-1].index(translate(self.locale, label))
        await buttons.nth(len(labels) - 1 - newest).click()
        await self.settle()

    async def settle(self) -> None:
        """Wait until the bot has nothing more to do and the page shows it."""
        async with asyncio.timeout(60):
            while await self._busy():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await self.page.wait_for_timeout(400)

    async def _busy(self) -> bool:
        pending = (await self.control.get("/control/updates")).json()["pending"]
        async with self.database.read(service.utc_now()) as tx:
            return bool(pending or await inbox.count_waiting(tx) or await outbox.waiting(tx))

    async def take(self, name: str, messages: int) -> None:
        """Save a picture of the last messages."""
        rows = self.chat.get_by_test_id("message")
        count = await rows.count()
        first, last = await rows.nth(count - messages).bounding_box(), await rows.last.bounding_box()
        if first is None or last is None:
            raise ValueError(f"{name}: the messages are not on the screen")
        top = first["y"] - MARGIN
        height = last["y"] + last["height"] + MARGIN - top
        clip = {"x": 0, "y": top, "width": PHONE["width"], "height": height}
        # The pointer must not rest on a bubble, where it would show the menu.
        await self.page.mouse.move(0, 0)
        await self.page.wait_for_timeout(1800)  # a changed bubble lights up for a moment
        save(name, await self.page.screenshot(clip=clip))  # type: ignore[arg-type]


def save(name: str, png: bytes) -> None:
    """Write a picture."""
    path = FOLDER / f"{name}.png"
    path.write_bytes(smaller(png))
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def example(library: Library, engine: Engine, topic: str, locale: str, decision: Decision) -> str:
    """An example question of a topic that is surely understood. Raises LookupError where there is none."""
    for text in library.topics[topic].questions[locale]:
        heard = engine.understand(text, locale)
        if heard.decision is decision and heard.topic == topic:
            return text
    raise LookupError(f"no example of {topic} in {locale} leads to {decision}")


async def applicant(camera: Camera, who: Applicant, library: Library, engine: Engine) -> None:
    """First contact, an answer, the case, a request."""
    await camera.look_at(who.id, who.locale)
    await camera.write("/start")
    if who is APPLICANTS[0]:
        await camera.take("language", 1)  # the same for everybody
    await camera.press(NAMES[who.locale])
    await camera.take(f"first-{who.locale}", 1)
    await camera.press("I am an applicant")
    await camera.write(example(library, engine, ANSWERED, who.locale, Decision.ANSWER))
    await camera.take(f"answer-{who.locale}", 2)
    await camera.write("/case")
    await camera.press("Link my case")
    await camera.write(*who.case)
    await camera.press("Show it")
    await camera.take(f"case-{who.locale}", 1)
    await camera.write("/ask", who.question)


async def danger(camera: Camera, who: Applicant, library: Library, engine: Engine) -> None:
    """A cry for help."""
    await camera.look_at(who.id, who.locale)
    await camera.write(example(library, engine, DANGER, who.locale, Decision.URGENT))
    await camera.take(f"danger-{who.locale}", 3)


async def staff(camera: Camera, member: int, locale: str, asked: Applicant, number: str) -> None:
    """The queue, one request, and its answer."""
    await camera.look_at(member, locale)
    await camera.write("/queue")
    await camera.take(f"queue-{locale}", 1)
    await camera.press(number)
    await camera.press("Take it")
    await camera.take(f"ticket-{locale}", 1)
    await camera.press("Reply")
    await camera.write(asked.reply)
    await camera.take(f"preview-{locale}", 1)
    await camera.press("Send")


async def reply(camera: Camera, who: Applicant) -> None:
    """The person reads the answer."""
    await camera.look_at(who.id, who.locale)
    await camera.press("Read it")
    await camera.take(f"request-{who.locale}", 1)


async def desktop(camera: Camera, *people: int) -> None:
    """Two chats side by side on a wide screen."""
    await camera.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    await camera.page.goto(f"{camera.address}/#/{'/'.join(map(str, people))}")
    await camera.page.mouse.move(0, 0)
    await camera.page.wait_for_timeout(2000)
    save("desktop", await camera.page.screenshot())
    await camera.page.set_viewport_size(PHONE)  # type: ignore[arg-type]


@asynccontextmanager
async def stage() -> AsyncIterator[tuple[Camera, Library, Engine]]:
    """The demonstration's parts, and a browser on its page."""
    library = Library()
    engine = build_engine(library)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            demo.local_bot_api(0) as address,
            httpx.AsyncClient(base_url=address) as control,
            async_playwright() as playwright,
        ):
            await demo.invite_cast(control)
            for person in NEWCOMERS:
                (await control.post("/control/people", json=person)).raise_for_status()
            settings = demo.settings(address, Path(folder))
            async with service.running(settings, library, engine) as database:
                await demo.fill(database, settings, library, control)
                desk = service.build_desk(settings, library)
                async with database.begin(service.utc_now()) as tx:
                    token = await team.invite(desk, tx, role="lead", languages=("fa_AF",), name="پروین")
                chromium = await playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=FLAGS
                )
                page = await chromium.new_page(viewport=PHONE)  # type: ignore[arg-type]
                camera = Camera(page, address, database, control)
                await camera.look_at(DARI_STAFF, "fa_AF")
                await camera.write(f"/start join-{token}")
                yield camera, library, engine
                await chromium.close()


async def main() -> None:
    """Take all pictures."""
    async with stage() as (camera, library, engine):
        for who in APPLICANTS:
            await applicant(camera, who, library, engine)
        numbers = {who.locale: f"H-{1001 + place}" for place, who in enumerate(APPLICANTS)}
        dari, pashto, french, english = APPLICANTS
        await danger(camera, dari, library, engine)
        await camera.look_at(ENGLISH_STAFF, "en")
        await camera.press("Open it")
        await desktop(camera, dari.id, ENGLISH_STAFF)
        await staff(camera, ENGLISH_STAFF, "en", english, numbers["en"])
        await staff(camera, DARI_STAFF, "fa_AF", dari, numbers["fa_AF"])
        for who in (pashto, french):
            await camera.write("/queue")
            await camera.press(numbers[who.locale])
            await camera.press("Take it")
            await camera.press("Reply")
            await camera.write(who.reply)
            await camera.press("Send")
        for who in APPLICANTS:
            await reply(camera, who)
        for who in (pashto, french, english):
            await danger(camera, who, library, engine)


if __name__ == "__main__":
    if shutil.which("chromium") is None:
        sys.exit("There is no Chromium here (Debian: apt-get install chromium fonts-noto-core).")
    asyncio.run(main())
